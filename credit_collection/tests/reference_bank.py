"""Money at the bank (docs/rules.md, section 2, and `bank_late`) in plain Python: whose it is, what for, how fresh."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .reference_days import day_after_grace, previous_banking_day
from .reference_ledger import ZERO, BankLine, Item, Ledger, Payment

LIVE_PAYMENTS = ("in_process", "paid")
REGISTERED_BEFORE = timedelta(days=10)  # how much earlier than the bank's line the payment may be dated
MOST_WORDS = 6  # of a label, that make up a number
WHOLE = Decimal("0.98")  # of what invoices are worth, from which money of another currency covers them wholly


@dataclass(frozen=True)
class BankCredit:
    """Money at the bank, or the part of it that names an invoice."""

    debtor_id: int
    currency: str
    amount: Decimal
    move_id: int | None


def bank_credits(ledger: Ledger, today: date) -> list[BankCredit]:
    credits = []
    for line, owner in _not_registered(ledger, _lines_with_owner(ledger, today)):
        credits += _split(ledger, line, owner)
    return credits


def bank_late(ledger: Ledger, today: date) -> bool:
    days = [line.date for line in ledger.bank_lines if line.posted]
    registered = [pay for pay in ledger.payments if pay.state in LIVE_PAYMENTS and pay.from_customer and not pay.online]
    days += [pay.date for pay in registered]
    days += [ledger.bank_posted_until] if ledger.bank_posted_until else []
    known = [day for day in days if day <= today]
    return ledger.bank_fresh and (not known or max(known) < previous_banking_day(ledger, today))


def trade_debits(ledger: Ledger) -> list[Item]:
    """What credits can cover, and what they can be recognised by."""
    debits = [item for item in ledger.items if item.residual > 0 and item.debtor_id is not None]
    return [item for item in debits if not item.account_non_trade]


# === WHICH LINES, AND WHOSE === #


@dataclass(frozen=True)
class Owner:
    debtor_id: int | None  # None: nobody, a partner who is no debtor, or several
    several: bool = False  # the label names invoices of several debtors, and each gets a share


def _lines_with_owner(ledger: Ledger, today: date) -> list[tuple[BankLine, Owner]]:
    nothing = {lift.credit_id for lift in ledger.lifts if lift.of == "bank_line" and lift.move_id is None}
    lines = [line for line in ledger.bank_lines if line.id not in nothing and _counts(ledger, line, today)]
    return [(line, _owner_of(ledger, line)) for line in sorted(lines, key=lambda line: (line.date, line.id))]


def _counts(ledger: Ledger, line: BankLine, today: date) -> bool:
    if not line.posted or line.reconciled or line.amount <= 0 or not ledger.cover_days:
        return False
    return line.date <= today < day_after_grace(ledger, line.date, ledger.cover_days)


def _owner_of(ledger: Ledger, line: BankLine) -> Owner:
    """The debtor that is first found."""
    said_for = _said_for(ledger, line)
    if said_for is not None:
        entries = (*ledger.items, *ledger.closed_items)
        return Owner(next(item.debtor_id for item in entries if item.move_id == said_for))
    in_label = {item.debtor_id for item in _items_in_label(ledger, line)}
    for partners in ({line.partner_id} - {None}, _account_holders(ledger, line)):
        customers = {partner.commercial_id for partner in ledger.partners if partner.id in partners}
        if len(customers) == 1:
            holder = next((debtor.id for debtor in ledger.debtors if debtor.partner_id in customers), None)
            owes = holder in {item.debtor_id for item in trade_debits(ledger)}
            if line.partner_id or owes or not in_label:
                return Owner(holder, several=holder in in_label and len(in_label) > 1)
    same_amount = {item.debtor_id for item in trade_debits(ledger) if _is_exactly(item, line)}
    found = in_label or same_amount
    return Owner(min(found) if len(found) == 1 else None, several=len(in_label) > 1)


def _said_for(ledger: Ledger, line: BankLine) -> int | None:
    lifts = [lift for lift in ledger.lifts if (lift.of, lift.credit_id) == ("bank_line", line.id)]
    return lifts[0].move_id if lifts else None


def _account_holders(ledger: Ledger, line: BankLine) -> set[int]:
    number = _squeezed(line.account_number)
    known = [account for account in ledger.bank_accounts if account.active and account.company != "other"]
    return {account.partner_id for account in known if number and _squeezed(account.number) == number}


def _is_exactly(item: Item, line: BankLine) -> bool:
    return (item.currency, item.residual) == (line.currency, line.amount)


# === NUMBERS IN THE LABEL === #


def _words(text: str | None) -> list[str]:
    return re.findall("[A-Z0-9]+", (text or "").upper())


def _squeezed(text: str | None) -> str:
    return "".join(_words(text))


def _is_telling(number: str) -> bool:
    return len(number) >= 5 and sum(sign.isdigit() for sign in number) >= 3


def _items_in_label(ledger: Ledger, line: BankLine) -> list[Item]:
    return _in_label(trade_debits(ledger), line)


def _in_label(items: Iterable[Item], line: BankLine) -> list[Item]:
    words = _words(line.label)
    starts = range(len(words))
    found = {"".join(words[start : start + size]) for start in starts for size in range(1, MOST_WORDS + 1)}
    telling = set(filter(_is_telling, found))
    return [item for item in items if telling & {_squeezed(item.number), _squeezed(item.payment_reference)}]


# === WHAT FOR === #


def _not_registered(ledger: Ledger, lines: list[tuple[BankLine, Owner]]) -> list[tuple[BankLine, Owner]]:
    """Leave out the lines whose money came into the books as a payment, too. The lines are by date, then id."""
    left, places = [], {}
    unsaid = [line for line, _ in lines if _said_for(ledger, line) is None]
    for line, owner in lines:
        key = owner.debtor_id, line.currency, line.amount
        places[key] = places.get(key, 0) + 1
        payments = _maybe_the_same(ledger, line)
        alike = [payment for payment in payments if (payment.debtor_id, payment.currency, payment.amount) == key]
        if len(alike) < places[key] and not (line in unsaid and _is_booked(ledger, line, unsaid, payments)):
            left.append((line, owner))
    return left


def _maybe_the_same(ledger: Ledger, line: BankLine) -> list[Payment]:
    return [
        payment
        for payment in ledger.payments
        if payment.from_customer
        and payment.currency == line.currency
        and payment.state in LIVE_PAYMENTS
        and not (payment.entry and payment.matched)
        and payment.date >= line.date - REGISTERED_BEFORE
    ]


def _is_booked(ledger: Ledger, line: BankLine, lines: list[BankLine], payments: list[Payment]) -> bool:
    """Whether payments of the invoices in the label make up what this line, and those before it, bring for them."""
    entries = (*ledger.items, *ledger.closed_items)
    named = {item.move_id for item in _in_label(entries, line)}
    payments = [payment for payment in payments if named & set(payment.names_move_ids)]
    paid = named & {move_id for payment in payments for move_id in payment.names_move_ids}
    before = [other for other in lines[: lines.index(line) + 1] if other.currency == line.currency]
    rivals = [other for other in before if paid & {item.move_id for item in _in_label(entries, other)}]
    return bool(paid) and sum(pay.amount for pay in payments) >= sum(other.amount for other in rivals)


def _named_items(ledger: Ledger, line: BankLine, owner: Owner) -> list[Item]:
    """The open items of the invoices that the line names, of its debtor, or of all when it names several."""
    said_for = _said_for(ledger, line)
    if said_for is not None:
        named = [item for item in trade_debits(ledger) if item.move_id == said_for]
        named = [item for item in named if item.currency == line.currency]
    else:
        named = _items_in_label(ledger, line)
    return [item for item in named if owner.several or item.debtor_id == owner.debtor_id]


def _split(ledger: Ledger, line: BankLine, owner: Owner) -> list[BankCredit]:
    """In the line's currency, or in company currency when an invoice is in another one."""
    named = _named_items(ledger, line, owner)
    moves: dict[int, list[Item]] = {}
    for item in named:
        moves.setdefault(item.move_id, []).append(item)
    crossing = any(item.currency != line.currency for item in named)
    prices = {
        move_id: sum((item.residual_company if crossing else item.residual for item in items), ZERO)
        for move_id, items in moves.items()
    }
    total, worth = sum(prices.values(), ZERO), line.amount if line.worth is None else line.worth
    purse = line.amount if not crossing else max(worth, total) if worth >= WHOLE * total else worth
    over = max(purse - total, ZERO)
    if crossing and over:
        over = _rounded(ledger, line.amount * over / worth, line.currency)
    parts = []
    for move_id, items in sorted(moves.items(), key=lambda entry: (min(i.date_due for i in entry[1]), entry[0])):
        taken = min(purse, prices[move_id])
        purse -= taken
        part = sum((item.residual for item in items), ZERO)
        if taken < prices[move_id]:
            part = _rounded(ledger, part * taken / prices[move_id], items[0].currency)
        parts.append(BankCredit(items[0].debtor_id, items[0].currency, part, move_id))
    if owner.debtor_id is not None:
        parts.append(BankCredit(owner.debtor_id, line.currency, over, None))
    return [part for part in parts if part.amount]


def _rounded(ledger: Ledger, amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-ledger.currency_decimals[currency]), ROUND_HALF_UP)
