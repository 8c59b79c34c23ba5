"""What holds an item whatever its ladder: the first rows of section 3 of docs/rules.md in plain Python."""

from datetime import date

from .reference_amounts import PAYMENT_DAYS
from .reference_bank import trade_debits
from .reference_days import ONE_DAY
from .reference_ladder import late_day
from .reference_ledger import ZERO, Debtor, Item, Ledger, Partner, Pause

Hold = tuple[str, date | None]


def marked(ledger: Ledger, item: Item, today: date) -> Hold | None:
    marks = {
        "credit": item.residual < 0,
        "non_trade": item.account_non_trade,
        "no_partner": item.partner_id is None,
        "no_followup": item.no_followup,
        "blocked": item.blocked,
        "frozen": _is_frozen(ledger, item),
        "never_sent": ledger.require_sent and item.kind in ("out_invoice", "out_receipt") and not item.sent,
    }
    found = next(((code, None) for code, applies in marks.items() if applies), None)
    return found or _exempt(item, today) or _not_ours_to_ask(ledger, item)


def _is_frozen(ledger: Ledger, item: Item) -> bool:
    """Dated before the day on which the customer's insolvency began."""
    began = next((debtor.insolvent_since for debtor in ledger.debtors if debtor.id == item.debtor_id), None)
    return began is not None and item.date < began


def _exempt(item: Item, today: date) -> Hold | None:
    if not item.exempt:
        return None
    if not item.exempt_until:
        return item.exempt, None
    return (item.exempt, item.exempt_until + ONE_DAY) if today <= item.exempt_until else None


def _not_ours_to_ask(ledger: Ledger, item: Item) -> Hold | None:
    debtor = _debtor_of(ledger, item)
    of_companies = {partner.commercial_id for partner in ledger.partners if partner.id in ledger.company_partner_ids}
    came_back = any(reject.reason != "mistake" for reject in item.rejects)
    marks = {
        "intercompany": debtor.partner_id in of_companies,
        "protected": debtor.protected,
        "collected_by_us": item.collected_by_us and not came_back,
    }
    return next(((code, None) for code, applies in marks.items() if applies), None)


def _debtor_of(ledger: Ledger, item: Item) -> Debtor:
    return next(debtor for debtor in ledger.debtors if debtor.id == item.debtor_id)


def debtor_held(ledger: Ledger, debtor: Debtor, today: date) -> Hold | None:
    if debtor.hold_until and today <= debtor.hold_until:
        return "debtor_hold", debtor.hold_until + ONE_DAY
    partner = next(partner for partner in ledger.partners if partner.id == debtor.partner_id)
    days = [pause.until for pause in ledger.pauses if today <= pause.until and _is_for(pause, partner)]
    return ("paused", max(days) + ONE_DAY) if days else None


def _is_for(pause: Pause, partner: Partner) -> bool:
    if not pause.active or pause.company == "other":
        return False
    here = not pause.countries or partner.country in pause.countries
    return here and (not pause.industries or partner.industry in pause.industries)


def rejected(item: Item, today: date) -> Hold | None:
    days = [reject.hold_until for reject in item.rejects if reject.hold_until and today <= reject.hold_until]
    return ("rejected", max(days) + ONE_DAY) if days else None


def payment_pending(item: Item, today: date) -> Hold | None:
    if any(state == "authorized" for state, _ in item.transactions):
        return "payment_pending", None
    ends = [day + PAYMENT_DAYS * ONE_DAY for state, day in item.transactions if state == "pending"]
    return ("payment_pending", max(ends)) if ends and today < max(ends) else None


def we_owe(ledger: Ledger, item: Item, today: date) -> Hold | None:
    debtor = _debtor_of(ledger, item)
    family = {partner.id for partner in ledger.partners if partner.commercial_id == debtor.partner_id}
    ours = sum((bill.residual_company for bill in ledger.payables if bill.partner_id in family), ZERO)
    theirs = [other for other in trade_debits(ledger) if other.debtor_id == debtor.id and other.date_due < today]
    asked = sum((other.residual_company for other in theirs), ZERO)
    return ("we_owe", None) if debtor.waits_for_bills and ours > 0 and ours >= asked else None


def payment_run(ledger: Ledger, item: Item, today: date) -> Hold | None:
    late_on = late_day(ledger, item)
    waits = item.date_due <= today <= late_on != item.date_due
    return ("payment_run", late_on + ONE_DAY) if waits else None
