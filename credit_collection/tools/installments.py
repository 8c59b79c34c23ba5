"""Sums and dates of payment plans. No Odoo here: amounts are plain numbers in one currency, dates are plain dates.

Amounts go in and come out as floats, as the ORM holds them; in between they are decimals, so that no cent is lost.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

WEEKS = {"weekly": 1, "fortnightly": 2}
MONTHS = {"monthly": 1, "quarterly": 3}
FREQUENCIES = (*WEEKS, *MONTHS)


def split(total: float, count: int, rounding: float) -> list[float]:
    """Split ``total`` into ``count`` amounts that differ by one unit at most; together they are ``total`` exactly.

    What does not divide evenly is spread over the first ones.

    :param rounding: the currency's smallest unit: 0.01, 1 for a currency without decimals, 0.001 for one with three
    :raises ValueError: when ``total`` is no multiple of the unit, or too small for so many amounts above zero

    >>> split(100, 3, 0.01)
    [33.34, 33.33, 33.33]
    >>> split(1000, 3, 1)
    [334.0, 333.0, 333.0]
    >>> split(10, 4, 0.001)
    [2.5, 2.5, 2.5, 2.5]
    >>> split(0.02, 3, 0.01)
    Traceback (most recent call last):
    ...
    ValueError: the amount is too small for so many parts
    """
    if count < 1:
        raise ValueError("there must be at least one part")
    unit = _exact(rounding)
    units, rest = divmod(_exact(total), unit)
    if rest:
        raise ValueError("the amount is no multiple of the currency's smallest unit")
    if units < count:
        raise ValueError("the amount is too small for so many parts")
    each, more = divmod(int(units), count)
    return [float((each + (number < more)) * unit) for number in range(count)]


def dates(first: date, count: int, frequency: str) -> list[date]:
    """Return ``count`` dates, ``first`` being the first of them.

    Months are counted from the first date: the 31st becomes the last day of a shorter month, and the 31st again after.

    :param frequency: one of ``FREQUENCIES``
    :raises ValueError: when the frequency is another one, or the number below one

    >>> [str(day) for day in dates(date(2026, 1, 31), 4, "monthly")]
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']
    >>> [str(day) for day in dates(date(2026, 11, 30), 2, "quarterly")]
    ['2026-11-30', '2027-02-28']
    >>> [str(day) for day in dates(date(2026, 12, 24), 2, "fortnightly")]
    ['2026-12-24', '2027-01-07']
    """
    if count < 1:
        raise ValueError("there must be at least one date")
    if frequency in WEEKS:
        return [first + timedelta(weeks=WEEKS[frequency] * number) for number in range(count)]
    if frequency in MONTHS:
        return [_add_months(first, MONTHS[frequency] * number) for number in range(count)]
    raise ValueError(f"no frequency {frequency!r}: use one of {', '.join(FREQUENCIES)}")


def allocate(paid: float, amounts: Iterable[float]) -> list[float]:
    """Count what was paid to ``amounts`` in order; return how much of each is paid. What is over is not returned.

    >>> allocate(150, [100, 100, 100])
    [100.0, 50.0, 0.0]
    >>> allocate(0.3, [0.1, 0.1, 0.1, 0.1])
    [0.1, 0.1, 0.1, 0.0]
    """
    left, parts = max(_exact(paid), Decimal(0)), []
    for amount in amounts:
        part = min(left, _exact(amount))
        left -= part
        parts.append(float(part))
    return parts


def lower(amounts: Iterable[float], credit: float) -> list[float]:
    """Return ``amounts`` lowered by ``credit`` from the last one backwards, never below zero.

    >>> lower([100, 100, 100], 150)
    [100.0, 50.0, 0.0]
    """
    amounts = [_exact(amount) for amount in amounts]
    taken = allocate(credit, [float(amount) for amount in reversed(amounts)])
    return [float(amount - _exact(part)) for amount, part in zip(amounts, reversed(taken), strict=True)]


def _add_months(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _exact(number):
    """Return the decimal that is written like the float: 0.1 is a tenth."""
    return Decimal(str(number))
