"""What customers said and what was agreed with them (docs/rules.md, sections 3, 6 and 7) in plain Python."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .reference_bank import trade_debits
from .reference_days import ONE_DAY, day_after_grace
from .reference_holds import Hold
from .reference_ledger import ZERO, ActionLine, AgreedItem, Debtor, DisputeLine, Item, Ledger, NamedItem, Step
from .reference_route import profile_of

GRACE_STATES = ("resolved", "rejected")  # of a dispute that ended and still holds its items for a while
PLAN_STATES = ("accepted", "running")
PROMISE_STATES = ("open", "to_approve")


def is_named(item: Item, lines: Iterable[NamedItem | DisputeLine | ActionLine]) -> bool:
    """Whether one of the lines is about the item; one whose item was replaced is about the whole invoice."""
    return any(line.item_id == item.id or (line.item_id is None and line.move_id == item.move_id) for line in lines)


def agreed(ledger: Ledger, item: Item, today: date) -> Hold | None:
    checks = (_dispute_grace, _told_paid, _plan_asked, _possible_dispute, _provisional, _in_plan, _promised)
    return next((hold for check in checks if (hold := check(ledger, item, today))), None)


def difficulty(debtor: Debtor, step: Step, today: date) -> Hold | None:
    if step.tone not in ("firm", "formal") or not debtor.difficulty_from:
        return None
    held = debtor.difficulty_from <= today <= debtor.difficulty_until
    return ("difficulty", debtor.difficulty_until + ONE_DAY) if held else None


def contested(ledger: Ledger, debtor: Debtor, disputed: Mapping[int, Decimal], today: date) -> bool:
    """Whether a person must see to the debtor; ``disputed`` by item, in the item's currency."""
    overdue = [item for item in trade_debits(ledger) if item.debtor_id == debtor.id and item.date_due < today]
    unit = Decimal(1).scaleb(-ledger.company_decimals)
    parts = [item.residual_company * disputed[item.id] / item.residual for item in overdue]
    together = sum((part.quantize(unit, ROUND_HALF_UP) for part in parts), ZERO)
    if together <= 0:
        return False
    profile = profile_of(ledger, debtor)
    if profile and profile.person_when_disputed:
        return True
    whole = sum((item.residual_company for item in overdue), ZERO)
    return ledger.disputed_share > 0 and together * 100 >= ledger.disputed_share * whole


# === HOLDS OF THE ITEM === #


def _latest(code: str, days: Iterable[date], today: date) -> Hold | None:
    """The hold that ends on the latest of the days, if that is to come."""
    ends = max(days, default=None)
    return (code, ends) if ends and today < ends else None


def _dispute_grace(ledger: Ledger, item: Item, today: date) -> Hold | None:
    ended = [line for line in ledger.disputes if line.state in GRACE_STATES and is_named(item, [line])]
    days = [day_after_grace(ledger, line.ended_on, line.grace_days) for line in ended]
    return _latest("dispute_grace", days, today)


def _told_paid(ledger: Ledger, item: Item, today: date) -> Hold | None:
    return _latest("told_paid", _ends_of_remarks(ledger, item, ("paid",)), today)


def _plan_asked(ledger: Ledger, item: Item, today: date) -> Hold | None:
    return _latest("plan_asked", _ends_of_remarks(ledger, item, ("plan",)), today)


def _possible_dispute(ledger: Ledger, item: Item, today: date) -> Hold | None:
    return _latest("possible_dispute", _ends_of_remarks(ledger, item, (None, "contact")), today)


def _ends_of_remarks(ledger: Ledger, item: Item, topics: Iterable[str | None]) -> list[date]:
    waiting = [remark for remark in ledger.remarks if remark.state == "open" and remark.topic in topics]
    return [remark.until + ONE_DAY for remark in waiting if is_named(item, remark.lines)]


def _provisional(ledger: Ledger, item: Item, today: date) -> Hold | None:
    remarks = [remark for remark in ledger.remarks if remark.state == "open" and not remark.lines]
    days = [remark.until + ONE_DAY for remark in remarks if remark.debtor_id == item.debtor_id]
    return _latest("provisional", days, today)


def _in_plan(ledger: Ledger, item: Item, today: date) -> Hold | None:
    plans = [plan for plan in ledger.plans if plan.state in PLAN_STATES]
    return ("in_plan", None) if any(_is_agreed(ledger, item, plan.lines) for plan in plans) else None


def _promised(ledger: Ledger, item: Item, today: date) -> Hold | None:
    promises = [promise for promise in ledger.promises if promise.state in PROMISE_STATES]
    promises = [promise for promise in promises if _is_agreed(ledger, item, promise.lines)]
    days = [day_after_grace(ledger, promise.date, promise.tolerance_days) for promise in promises]
    return _latest("promised", days, today)


def _is_agreed(ledger: Ledger, item: Item, lines: Iterable[AgreedItem]) -> bool:
    """As `is_named`; a line is about the whole invoice, too, when its item is smaller than what was agreed on.

    Nothing was paid of these items yet: what is open of one is all of it.
    """
    sizes = {other.id: other.residual for other in (*ledger.items, *ledger.closed_items)}
    in_parts = [line for line in lines if line.item_id and sizes[line.item_id] < line.amount]
    return is_named(item, lines) or any(line.move_id == item.move_id for line in in_parts)
