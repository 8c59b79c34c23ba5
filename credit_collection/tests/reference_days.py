"""Which day it is that something counts from: working days, payment days and banking days of docs/rules.md."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from .reference_ledger import Debtor, Ledger

ONE_DAY = timedelta(days=1)


def day_after_grace(ledger: Ledger, start: date, grace_days: int) -> date:
    """The first day after the grace days, which are working days counted from the day after `start`."""
    if not grace_days:
        return start
    day = start
    while grace_days:
        day += ONE_DAY
        grace_days -= day.weekday() in ledger.workdays and day not in ledger.holidays
    return day + ONE_DAY


def late_from(debtor: Debtor | None, due: date) -> date:
    """The day on which the debtor pays what is due on `due`."""
    if not debtor or not debtor.payment_days:
        return due
    day = due
    while not _is_payment_day(day, debtor.payment_days):
        day += ONE_DAY
    return day


def _is_payment_day(day: date, payment_days: Iterable[int]) -> bool:
    last = monthrange(day.year, day.month)[1]
    return any(day.day == min(number, last) for number in payment_days)


def previous_banking_day(ledger: Ledger, today: date) -> date:
    day = today - ONE_DAY
    while day.weekday() > 4 or day in ledger.public_holidays:
        day -= ONE_DAY
    return day
