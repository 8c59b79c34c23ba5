"""Section 2 of docs/rules.md in plain Python: what is disputed, what is covered, what is free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .reference_bank import LIVE_PAYMENTS, BankCredit, bank_credits, trade_debits
from .reference_ledger import OPEN_DISPUTES, ZERO, Item, Ledger, Payment

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
    lines = [line for line in ledger.disputes if line.state in OPEN_DISPUTES]
    for line in sorted(lines, key=lambda line: line.item_id is None):  # the items' own disputes first
        if line.item_id is None:
            _take(line.amount, [item for item in ledger.items if item.move_id == line.move_id], left)
        else:
            _take(line.amount, [item for item in ledger.items if item.id == line.item_id], left)
    return left


def _said(ledger: Ledger, of: str, credit_id: int) -> tuple[int | None, ...]:
    """What a person said that the credit is for: an invoice, nothing (None), or not a word."""
    return tuple(lift.move_id for lift in ledger.lifts if (lift.of, lift.credit_id) == (of, credit_id))


def _named_move(ledger: Ledger, credit: Item) -> tuple[int, ...]:
    """The invoice that a credit names. A reference names one only when the debtor has an open invoice with it."""
    if said := _said(ledger, "item", credit.id):
        return said
    if credit.reverses_id is not None:
        return (credit.reverses_id,)
    theirs = [item for item in ledger.items if item.debtor_id == credit.debtor_id and item.residual > 0]
    meant = [item.move_id for item in theirs if credit.reference in (item.number, item.payment_reference)]
    return (min(meant),) if credit.reference and meant else ()


def _credits(ledger: Ledger, today: date, bank: list[BankCredit], debtor_id: int, currency: str) -> list[_Credit]:
    """The debtor's credits. In which order is all the same: those that pair up in pass 2 are of one amount."""
    found = []
    for item in ledger.items:
        if (item.debtor_id, item.currency) == (debtor_id, currency) and item.residual < 0:
            if not item.account_non_trade and _said(ledger, "item", item.id) != (None,):
                found.append(_Credit(-item.residual, _named_move(ledger, item), loose=False))
    for payment in ledger.payments:
        if (payment.debtor_id, payment.currency) == (debtor_id, currency):
            found += _loose_credit(ledger, payment, today)
    for part in bank:
        if (part.debtor_id, part.currency) == (debtor_id, currency):
            found.append(_Credit(part.amount, () if part.move_id is None else (part.move_id,), loose=False))
    return found


def _loose_credit(ledger: Ledger, payment: Payment, today: date) -> list[_Credit]:
    names = _said(ledger, "payment", payment.id) or payment.names_move_ids
    if payment.entry or not payment.from_customer or names == (None,):
        return []
    recent = payment.state == "in_process" and (today - payment.date).days <= PAYMENT_DAYS
    counts = payment.state in LIVE_PAYMENTS if names else recent
    return [_Credit(payment.amount, names, loose=True)] if counts else []


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
    debits, bank = trade_debits(ledger), bank_credits(ledger, today)
    for debtor_id, currency in {(item.debtor_id, item.currency) for item in debits}:
        items = [item for item in debits if (item.debtor_id, item.currency) == (debtor_id, currency)]
        _cover(items, _credits(ledger, today, bank, debtor_id, currency), left)
    return left
