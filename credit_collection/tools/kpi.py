"""Measures of receivables, on plain numbers: how long customers take to pay, and how well the money comes in.

Amounts are in one currency, taxes included. Days are calendar days. A measure that has no answer, for instance
because nothing was sold, is ``None``, never a made-up zero. The examples are published ones where a source is named.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate

MAX_BOUNDS, MAX_DAYS = 5, 3650
CREDIT, NOT_DUE = 99, 1
"""Numbers of the two ageing buckets that are not about lateness; the overdue ones are 2, 3, …"""


# === DSO === #


def dso(receivables: float, sales: float, days: float) -> float | None:
    """Return the days sales outstanding: ``receivables ÷ sales × days``.

    :param receivables: what is open at the end of the period
    :param sales: credit sales of the period
    :param days: length of the period
    :return: days; negative when customers have more credit than debt; None without sales

    Receivables of 150,000 on sales of 1,800,000 a year (trymesha.com):

    >>> round(dso(150_000, 1_800_000, 365), 1)
    30.4
    >>> dso(15_000, 10_000, 30)
    45.0
    >>> dso(15_000, 0, 30) is None
    True
    """
    return receivables * days / sales if sales > 0 else None


def best_possible_dso(not_due: float, sales: float, days: float) -> float | None:
    """Return the DSO if nothing were overdue: ``not yet due receivables ÷ sales × days``; None without sales.

    Of receivables of 15,000, 4,000 are not due; sales of 10,000 in 30 days (creditguru.com):

    >>> best_possible_dso(4_000, 10_000, 30)
    12.0
    """
    return dso(not_due, sales, days)


def average_days_delinquent(dso: float | None, best_possible: float | None) -> float | None:
    """Return ``DSO − best possible DSO``, the days that lateness adds; None when one of them is.

    >>> average_days_delinquent(45.0, 12.0)
    33.0
    >>> average_days_delinquent(None, 12.0) is None
    True
    """
    return None if dso is None or best_possible is None else dso - best_possible


def countback_dso(receivables: float, months: Iterable[tuple[float, int]]) -> float | None:
    """Return the DSO by counting back ("exhaustion"): whole months of sales are taken off the receivables.

    :param receivables: what is open at the end of the newest month
    :param months: ``(sales, length in days)``, newest first, without gaps
    :return: the days of all months used up, the last one pro rata; 0 when nothing is open; None when the
        receivables are more than all sales given: some of them are older, or no sales

    A month without sales, or with more credit notes than invoices, counts its days and takes nothing off.

    Receivables of 600 at the end of March; sales 400 in March, 300 in February, 500 in January:

    >>> round(countback_dso(600, [(400, 31), (300, 28), (500, 31)]), 2)
    49.67
    >>> countback_dso(400, [(400, 31), (300, 28)])
    31.0
    >>> countback_dso(600, [(400, 31), (0, 28), (500, 30)])
    71.0
    >>> countback_dso(1_300, [(400, 31), (300, 28), (500, 31)]) is None
    True
    """
    left, days = max(receivables, 0), 0.0
    for sales, length in months:
        if not left:
            break
        if left < sales:
            return days + left / sales * length
        left -= max(sales, 0)
        days += length
    return None if left else days


# === EFFECTIVENESS === #


def collection_effectiveness(
    opening: float, sales: float, closing: float, not_due: float, months: int = 1
) -> float | None:
    """Return the collection effectiveness index, in percent.

    ``(opening + sales − closing) ÷ (opening + sales − closing not due) × 100``: of what could be collected in the
    period, how much was. 100 = all of it.

    :param opening: receivables at the beginning of the period
    :param sales: credit sales of the period
    :param closing: receivables at its end
    :param not_due: those of them that are not yet due
    :param months: by how many months the sales are divided. 1 takes those of the whole period; the number of months
        in it takes those of an average month, as some publications do
    :return: None when there was nothing to collect

    Opening 6,200, sales of the quarter 10,890, closing 6,340, of which 3,590 not due, counted monthly (creditguru.com):

    >>> round(collection_effectiveness(6_200, 10_890, 6_340, 3_590, months=3), 1)
    55.9
    >>> round(collection_effectiveness(6_200, 10_890, 6_340, 3_590), 1)
    79.6
    >>> collection_effectiveness(0, 100, 100, 100) is None
    True
    """
    sales = sales / months
    collectable = opening + sales - not_due
    return (opening + sales - closing) / collectable * 100 if collectable > 0 else None


# === PAYMENTS === #


def weighted_days(payments: Iterable[tuple[float, float]]) -> float | None:
    """Return ``Σ(amount × days) ÷ Σ amount`` over ``(amount, days)``; None when the amounts add up to nothing."""
    payments = list(payments)
    total = sum(amount for amount, __ in payments)
    return sum(amount * days for amount, days in payments) / total if total else None


def days_to_pay(payments: Iterable[tuple[float, float]]) -> float | None:
    """Return the amount-weighted days from the invoice to its payment.

    :param payments: ``(amount paid, days since the invoice)``
    :return: None without payments

    10 paid after 5 days, 100 after 10:

    >>> round(days_to_pay([(10, 5), (100, 10)]), 2)
    9.55
    """
    return weighted_days(payments)


def days_beyond_terms(payments: Iterable[tuple[float, float]]) -> float | None:
    """Return the amount-weighted days from the due date to the payment, negative when paid early.

    :param payments: ``(amount paid, days since the due date)``
    :return: None without payments

    (fitsmallbusiness.com):

    >>> round(days_beyond_terms([(100, -10), (200, -5), (300, 0), (400, 5), (500, 10)]), 2)
    3.33
    """
    return weighted_days(payments)


def average_delay(items: Iterable[tuple[date, date]]) -> float | None:
    """Return the mean of the days from the due date to the payment, each item counting the same.

    :param items: ``(due date, day of payment)``; for an open item the day asked about
    :return: negative when paid early; None without items

    >>> average_delay([(date(2024, 3, 10), date(2024, 4, 10)), (date(2024, 2, 11), date(2024, 5, 10))])
    60.0
    """
    delays = [(paid - due).days for due, paid in items]
    return sum(delays) / len(delays) if delays else None


# === MONTHS === #


def month_start(day: date, back: int = 0) -> date:
    """Return the first day of the month that lies ``back`` months before that of ``day``.

    >>> month_start(date(2026, 3, 31)), month_start(date(2026, 3, 31), 3)
    (datetime.date(2026, 3, 1), datetime.date(2025, 12, 1))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, month + 1, 1)


def month_end(day: date) -> date:
    """Return the last day of the month of ``day``.

    >>> month_end(date(2028, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return month_start(day, -1) - timedelta(days=1)


def month_days(end: date, thirty: bool = False) -> int:
    """Return how many days a month has that is looked at on ``end``: all, or those until then while it still runs.

    :param thirty: a whole month has 30 days, whatever the calendar says; one that still runs has at most so many

    >>> [month_days(date(2026, 2, 28), thirty) for thirty in (False, True)]
    [28, 30]
    >>> [month_days(date(2026, 1, 12), thirty) for thirty in (False, True)]
    [12, 12]
    """
    if not thirty:
        return end.day
    return 30 if end == month_end(end) else min(end.day, 30)


class SumsByDay:
    """Amounts of days, to be added up between two days again and again.

    >>> sums = SumsByDay([(date(2026, 1, 31), 300), (date(2026, 2, 1), -100), (date(2026, 2, 28), 50)])
    >>> sums.between(date(2026, 2, 1), date(2026, 2, 28)), sums.between(date(2026, 3, 1), date(2026, 3, 31))
    (-50, 0)
    >>> sums.first, SumsByDay([]).first
    (datetime.date(2026, 1, 31), None)
    """

    def __init__(self, amounts: Iterable[tuple[date, float]]):
        amounts = sorted(amounts)
        self.days = [day for day, __ in amounts]
        self.sums = list(accumulate((amount for __, amount in amounts), initial=0))

    @property
    def first(self) -> date | None:
        return self.days[0] if self.days else None

    def between(self, first: date, last: date) -> float:
        """Return the sum of the amounts from ``first`` to ``last``, both included."""
        return self.sums[bisect_right(self.days, last)] - self.sums[bisect_left(self.days, first)]


# === AGEING === #


def parse_bounds(text: str) -> tuple[int, ...]:
    """Return the last days of the ageing buckets, all but that of the last one, which has no end.

    :raises ValueError: unless these are one to five whole numbers of days, each larger than the one before

    >>> parse_bounds("30, 60,90")
    (30, 60, 90)
    >>> for wrong in ("", "30;60", "60,30", "0,30", "1,2,3,4,5,6", "30,4000"):
    ...     try:
    ...         parse_bounds(wrong)
    ...     except ValueError:
    ...         print("refused")
    refused
    refused
    refused
    refused
    refused
    refused
    """
    bounds = tuple(int(part) for part in text.split(","))
    rising = all(low < high for low, high in zip((0, *bounds), (*bounds, MAX_DAYS + 1), strict=True))
    if not rising or len(bounds) > MAX_BOUNDS:
        raise ValueError(f"not the bounds of ageing buckets: {text}")
    return bounds


def bucket(days_overdue: int, bounds: Sequence[int], credit: bool = False) -> int:
    """Return the number of the ageing bucket.

    >>> [bucket(days, (30, 60, 90)) for days in (-5, 0, 1, 30, 31, 90, 91)]
    [1, 1, 2, 2, 3, 4, 5]
    >>> bucket(10, (30,), credit=True)
    99
    """
    if credit:
        return CREDIT
    if days_overdue <= 0:
        return NOT_DUE
    return NOT_DUE + 1 + sum(days_overdue > bound for bound in bounds)
