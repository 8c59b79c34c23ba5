"""Public holidays as rules: which date a rule gives in a year. Western Easter (Gregorian calendar) by dateutil."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.easter import easter

SATURDAY, SUNDAY = 5, 6
EASTER_YEARS = range(1583, 4100)
SUBSTITUTES = {
    "no": {},
    "monday": {SATURDAY: 2, SUNDAY: 1},
    "nearest": {SATURDAY: -1, SUNDAY: 1},
    "two_days": {SATURDAY: 2, SUNDAY: 2},
}
"""Days from a Saturday or Sunday to the day on which the holiday is taken instead.

"monday": the Monday after (United Kingdom, New Year); "nearest": Friday or Monday (federal offices of the United
States); "two_days": two days on, for each of two holidays in a row (United Kingdom, Christmas and Boxing Day).
"""


@dataclass(frozen=True)
class Fixed:
    """The same date each year; 29 February is a holiday in leap years only.

    :raises ValueError: when no year has such a date
    """

    month: int
    day: int
    observed: str = "no"

    def __post_init__(self):
        _check_observed(self.observed)
        date(2000, self.month, self.day)

    def falls(self, year: int) -> date | None:
        """Return the day itself, whether or not it is taken on another one."""
        return date(year, self.month, self.day) if self.day <= monthrange(year, self.month)[1] else None


@dataclass(frozen=True)
class Easter:
    """A number of days after (negative: before) Easter Sunday.

    :raises ValueError: when that is more than 200 days away
    """

    offset: int
    observed: str = "no"

    def __post_init__(self):
        _check_observed(self.observed)
        if abs(self.offset) > 200:
            raise ValueError("a holiday that moves with Easter is at most 200 days away from it")

    def falls(self, year: int) -> date | None:
        """Return the day itself; none before the calendar reform of 1582."""
        return easter(year) + timedelta(days=self.offset) if year in EASTER_YEARS else None


@dataclass(frozen=True)
class Weekday:
    """The ``nth`` (1 to 5, -1: the last) ``weekday`` (Monday is 0) of a month, and ``shift`` days from there.

    :raises ValueError: when one of these is out of its range
    """

    month: int
    weekday: int
    nth: int
    shift: int = 0
    observed: str = "no"

    def __post_init__(self):
        _check_observed(self.observed)
        date(2000, self.month, 1)
        if self.weekday not in range(7) or self.nth not in (1, 2, 3, 4, 5, -1) or abs(self.shift) > 31:
            raise ValueError("weekday 0 to 6, first to fifth or last, and at most 31 days from there")

    def falls(self, year: int) -> date | None:
        """Return the day itself; none in a year without a fifth such weekday in the month."""
        first, length = date(year, self.month, 1), monthrange(year, self.month)[1]
        days = range(1 + (self.weekday - first.weekday()) % 7, length + 1, 7)
        if self.nth > len(days):
            return None
        day = days[self.nth - 1 if self.nth > 0 else -1]
        return first.replace(day=day) + timedelta(days=self.shift)


Rule = Fixed | Easter | Weekday


def _check_observed(observed: str) -> None:
    if observed not in SUBSTITUTES:
        raise ValueError(f"{observed!r} is none of {', '.join(SUBSTITUTES)}")


def date_in(rule: Rule, year: int) -> date | None:
    """Return the date on which the holiday of ``year`` is taken, or none when it does not occur in that year.

    A substitute may lie in the year before: New Year 2028 is taken on 31 December 2027 in the United States.

    >>> date_in(Fixed(7, 14), 2026), date_in(Easter(39), 2026), date_in(Easter(-2), 2027)
    (datetime.date(2026, 7, 14), datetime.date(2026, 5, 14), datetime.date(2027, 3, 26))
    >>> day_after_thanksgiving, victoria_day = Weekday(11, 3, 4, shift=1), Weekday(5, 0, -1, shift=-7)
    >>> date_in(Weekday(11, 3, 4), 2026), date_in(day_after_thanksgiving, 2026), date_in(victoria_day, 2026)
    (datetime.date(2026, 11, 26), datetime.date(2026, 11, 27), datetime.date(2026, 5, 18))
    >>> date_in(Fixed(7, 4, "nearest"), 2026), date_in(Fixed(1, 1, "nearest"), 2028)
    (datetime.date(2026, 7, 3), datetime.date(2027, 12, 31))
    >>> date_in(Fixed(12, 25, "two_days"), 2027), date_in(Fixed(12, 26, "two_days"), 2027)
    (datetime.date(2027, 12, 27), datetime.date(2027, 12, 28))
    >>> date_in(Fixed(2, 29), 2027) is None, date_in(Weekday(5, 0, 5), 2026) is None
    (True, True)
    """
    day = rule.falls(year)
    if day is None:
        return None
    return day + timedelta(days=SUBSTITUTES[rule.observed].get(day.weekday(), 0))


def closed_days(rules: Iterable[Rule], year: int) -> frozenset[date]:
    """Return the days of the holidays of ``year``: each on which one falls, and each on which one is taken instead.

    Nobody wants a reminder on Christmas Day because the bank is closed on the Monday after it.

    >>> sorted(day.isoformat() for day in closed_days([Fixed(12, 25, "two_days"), Easter(0)], 2027))
    ['2027-03-28', '2027-12-25', '2027-12-27']
    """
    rules = list(rules)
    days = {day for rule in rules for day in (rule.falls(year), date_in(rule, year))}
    return frozenset(day for day in days if day)
