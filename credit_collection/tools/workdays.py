"""Working-day arithmetic on plain dates. No Odoo here: weekdays and holidays are arguments."""

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
ALL_WEEK = frozenset(range(7))


def first_day_after(day: date, workdays: int, weekdays: frozenset[int], holidays: frozenset[date]) -> date:
    """Return the first calendar day on which ``workdays`` whole working days have passed since ``day``.

    The count begins on the day after ``day``; with 0 the answer is ``day`` itself. The answer may be a holiday: whether
    a message may leave on that day is another question.

    :param workdays: number of working days to let pass, 0 or more
    :param weekdays: weekdays worked, Monday is 0; an empty set counts as all seven, so that the count ends
    :param holidays: dates on which nobody works
    :raises ValueError: when ``workdays`` is negative

    >>> first_day_after(date(2026, 5, 12), 3, ALL_WEEK, frozenset())
    datetime.date(2026, 5, 16)
    >>> first_day_after(date(2026, 5, 15), 3, frozenset(range(5)), frozenset())
    datetime.date(2026, 5, 21)
    >>> first_day_after(date(2026, 5, 12), 0, ALL_WEEK, frozenset())
    datetime.date(2026, 5, 12)
    """
    if workdays < 0:
        raise ValueError("the number of working days must be 0 or more")
    weekdays = weekdays or ALL_WEEK
    left = workdays
    current = day
    while left:
        current += ONE_DAY
        if current.weekday() in weekdays and current not in holidays:
            left -= 1
    return current + ONE_DAY if workdays else day


def day_before(day: date, workdays: int, weekdays: frozenset[int], holidays: frozenset[date]) -> date:
    """Return the working day that lies ``workdays`` working days before ``day``; ``day`` itself is not counted.

    >>> day_before(date(2026, 5, 18), 2, frozenset(range(5)), frozenset())
    datetime.date(2026, 5, 14)
    >>> day_before(date(2026, 5, 18), 2, frozenset(range(5)), frozenset({date(2026, 5, 14)}))
    datetime.date(2026, 5, 13)
    """
    weekdays = weekdays or ALL_WEEK
    current, left = day, workdays
    while left:
        current -= ONE_DAY
        if is_working_day(current, weekdays, holidays):
            left -= 1
    return current


def is_working_day(day: date, weekdays: frozenset[int], holidays: frozenset[date]) -> bool:
    """Return whether anybody works on ``day``; an empty set of weekdays counts as all seven.

    >>> is_working_day(date(2026, 5, 16), frozenset(range(5)), frozenset())
    False
    """
    return day.weekday() in (weekdays or ALL_WEEK) and day not in holidays
