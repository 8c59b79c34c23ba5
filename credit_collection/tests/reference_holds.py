"""What holds an item whatever its ladder: the first rows of section 3 of docs/rules.md in plain Python."""

from datetime import date, timedelta

from .reference_amounts import PAYMENT_DAYS
from .reference_ledger import Debtor, Item, Ledger, Partner, Pause

Hold = tuple[str, date | None]


def marked(item: Item) -> Hold | None:
    marks = {
        "credit": item.residual < 0,
        "non_trade": item.account_non_trade,
        "no_partner": item.partner_id is None,
        "no_followup": item.no_followup,
        "blocked": item.blocked,
    }
    return next(((code, None) for code, applies in marks.items() if applies), None)


def debtor_held(ledger: Ledger, debtor: Debtor, today: date) -> Hold | None:
    if debtor.hold_until and today <= debtor.hold_until:
        return "debtor_hold", debtor.hold_until + timedelta(days=1)
    partner = next(partner for partner in ledger.partners if partner.id == debtor.partner_id)
    days = [pause.until for pause in ledger.pauses if today <= pause.until and _is_for(pause, partner)]
    return ("paused", max(days) + timedelta(days=1)) if days else None


def _is_for(pause: Pause, partner: Partner) -> bool:
    if not pause.active or pause.company == "other":
        return False
    here = not pause.countries or partner.country in pause.countries
    return here and (not pause.industries or partner.industry in pause.industries)


def payment_pending(item: Item, today: date) -> Hold | None:
    if any(state == "authorized" for state, _ in item.transactions):
        return "payment_pending", None
    ends = [day + timedelta(days=PAYMENT_DAYS) for state, day in item.transactions if state == "pending"]
    return ("payment_pending", max(ends)) if ends and today < max(ends) else None
