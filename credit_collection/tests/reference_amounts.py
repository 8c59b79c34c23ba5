"""Section 2 of docs/rules.md in plain Python: what is disputed, what is covered, what is free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .reference_ledger import ZERO, Item, Ledger

PAYMENT_DAYS = 14  # how long a pending transaction, or a loose payment that names no invoice, counts


@dataclass
class _Credit:
    left: Decimal
    names: tuple[int, ...]
    loose: bool  # a payment without journal entry


def _take(amount: Decimal, items: Iterable[Item], left: dict[int, Decimal]) -> Decimal:
    """Take `amount` from what is left of the items, earliest due date first; return what could not be taken."""
    for item in sorted(items, key=lambda item: (item.date_due, item.id)):
        part = min(amount, left[item.id])
        left[item.id] -= part
        amount -= part
    return amount


def undisputed_amounts(ledger: Ledger) -> dict[int, Decimal]:
    left = {item.id: max(item.residual, ZERO) for item in ledger.items}
    lines = [line for line in ledger.disputes if line.open]
    for line in sorted(lines, key=lambda line: line.item_id is None):  # the items' own disputes first
        if line.item_id is None:
            _take(line.amount, [item for item in ledger.items if item.move_id == line.move_id], left)
        else:
            _take(line.amount, [item for item in ledger.items if item.id == line.item_id], left)
    return left


def _named_move(ledger: Ledger, credit: Item) -> tuple[int, ...]:
    """The invoice that a credit names. A reference names one only when the debtor has an open invoice with it."""
    if credit.names_move_id is None or credit.names_by == "reversal":
        return () if credit.names_move_id is None else (credit.names_move_id,)
    open_moves = {item.move_id for item in ledger.items if item.debtor_id == credit.debtor_id and item.residual > 0}
    return (credit.names_move_id,) if credit.names_move_id in open_moves else ()


def _credits(ledger: Ledger, today: date, debtor_id: int, currency: str) -> list[_Credit]:
    """The debtor's credits, by date then id; those in the ledger before the payments without journal entry."""
    found = []
    for item in sorted(ledger.items, key=lambda item: (item.date, item.id)):
        if (item.debtor_id, item.currency) == (debtor_id, currency) and item.residual < 0:
            if not item.account_non_trade:
                found.append(_Credit(-item.residual, _named_move(ledger, item), loose=False))
    for payment in sorted(ledger.payments, key=lambda payment: (payment.date, payment.id)):
        if (payment.debtor_id, payment.currency) != (debtor_id, currency):
            continue
        recent = payment.state == "in_process" and (today - payment.date).days <= PAYMENT_DAYS
        if payment.names_move_ids and payment.state in ("in_process", "paid"):
            found.append(_Credit(payment.amount, payment.names_move_ids, loose=True))
        elif not payment.names_move_ids and recent:
            found.append(_Credit(payment.amount, (), loose=True))
    return found


def _cover_named(items: list[Item], found: list[_Credit], left: dict[int, Decimal]) -> None:
    """Payments without entry go first, and are there for each of their invoices up to the whole amount."""
    for move_id in {item.move_id for item in items}:
        named = [credit for credit in found if move_id in credit.names]
        for credit in sorted(named, key=lambda credit: not credit.loose):
            rest = _take(credit.left, [item for item in items if item.move_id == move_id], left)
            if not credit.loose:
                credit.left = rest


def _cover(items: list[Item], found: list[_Credit], left: dict[int, Decimal]) -> None:
    _cover_named(items, found, left)
    for credit in found:
        if not credit.names:
            exact = [item for item in items if left[item.id] == credit.left > 0]
            credit.left = _take(credit.left, exact, left)
    _take(sum((credit.left for credit in found if not (credit.loose and credit.names)), ZERO), items, left)


def free_amounts(ledger: Ledger, today: date) -> dict[int, Decimal]:
    left = undisputed_amounts(ledger)
    debits = [item for item in ledger.items if item.residual > 0 and item.debtor_id is not None]
    debits = [item for item in debits if not item.account_non_trade]
    for debtor_id, currency in {(item.debtor_id, item.currency) for item in debits}:
        items = [item for item in debits if (item.debtor_id, item.currency) == (debtor_id, currency)]
        _cover(items, _credits(ledger, today, debtor_id, currency), left)
    return left


def day_after_grace(ledger: Ledger, start: date, grace_days: int) -> date:
    """The first day after the grace days, which are working days counted from the day after `start`."""
    if not grace_days:
        return start
    day = start
    while grace_days:
        day += timedelta(days=1)
        grace_days -= day.weekday() in ledger.workdays and day not in ledger.holidays
    return day + timedelta(days=1)
