"""When a message may leave, in the customer's local time.

A day is open from the first instant at or after ``opens`` up to, and excluding, the first instant at or after
``closes``, counted in instants: an hour that the change of time skips or repeats neither loses nor doubles a window.

The clocks of Paris go forward on 29 March 2026, from 2 to 3, and back on 25 October, from 3 to 2:

>>> night = Manners("Europe/Paris", time(2, 30), time(5), weekdays=frozenset(range(7)))
>>> for eve in (datetime(2026, 3, 28, 23, tzinfo=timezone.utc), datetime(2026, 10, 24, 22, tzinfo=timezone.utc)):
...     print(*(f"{next_opening(eve, manners).at:%a %H:%M}" for manners in (night, replace(night, opens=time(4)))))
Sun 01:00 Sun 02:00
Sun 00:30 Sun 03:00
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

FRIDAY, WEEKEND = 4, frozenset((5, 6))
NOON, LUNCH_OVER, LUNCH_BEGINS = time(12), time(14), time(13)
ONE_DAY = timedelta(days=1)
HORIZON = 60


@dataclass(frozen=True)
class Manners:
    """Hours in which a customer may be written to or called.

    ``zone`` is an IANA name, ``weekdays`` counts Monday as 0, ``closed`` are holidays, ``firm`` says that the text is
    firm or formal.

    :raises ValueError: when there is no weekday, ``opens`` is not before ``closes``, or the zone is not known
    """

    zone: str
    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset(range(5))
    closed: frozenset[date] = frozenset()
    firm: bool = False

    def __post_init__(self):
        if not self.weekdays:
            raise ValueError("no weekday is open")
        if self.opens >= self.closes:
            raise ValueError(f"the hours must begin before they end, not {self.opens} to {self.closes}")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone {self.zone!r}") from error


@dataclass(frozen=True)
class Opening:
    """The first instant at which a message may leave (UTC), and what stood in the way of leaving right now."""

    at: datetime
    reasons: tuple[str, ...]


def next_opening(now: datetime, manners: Manners) -> Opening:
    """Return when a message that is ready ``now`` may leave; asked again at that instant, the answer is the same.

    Firm and formal texts do not leave on a Friday from 12:00, at the weekend, or on the eve of a closed date. The
    reasons are, in this order: "weekday", "holiday", "hours", "friday", "eve".

    :param now: an aware datetime
    :raises ValueError: when ``now`` is naive, or nothing opens within 60 days

    >>> office = dict(opens=time(8, 30), closes=time(18))
    >>> def ask(now, **manners):
    ...     opening = next_opening(datetime.fromisoformat(now), Manners(**office | manners))
    ...     return f"{opening.at:%a %d %H:%M}", *opening.reasons
    >>> ask("2026-05-12T10:00+00:00", zone="Europe/Paris")
    ('Tue 12 10:00',)
    >>> ask("2026-05-12T16:00+00:00", zone="Europe/Paris", closed=frozenset({date(2026, 5, 13)}))
    ('Thu 14 06:30', 'hours')
    >>> ask("2026-05-15T10:00+00:00", zone="Europe/Paris", firm=True)
    ('Mon 18 06:30', 'friday')
    >>> ask("2026-05-13T10:00+00:00", zone="Europe/Paris", firm=True, closed=frozenset({date(2026, 5, 14)}))
    ('Fri 15 06:30', 'eve')

    Friday evening in Honolulu is Saturday in Greenwich; Friday noon there is Saturday in Auckland, where the next
    opening is Sunday in Greenwich:

    >>> ask("2026-05-16T03:59+00:00", zone="Pacific/Honolulu")
    ('Sat 16 03:59',)
    >>> ask("2026-05-15T22:00+00:00", zone="Pacific/Auckland")
    ('Sun 17 20:30', 'weekday')
    """
    now = _to_utc(now)
    today = _local_day(now, manners)
    for ahead in range(HORIZON + 1):
        begin, end = _window(today + ahead * ONE_DAY, manners)
        if begin < end and now < end:
            at = max(now, begin)
            return Opening(at, () if at == now else _reasons(now, manners))
    raise ValueError(f"nothing opens within {HORIZON} days of {now:%Y-%m-%d %H:%M} UTC: weekdays, hours and holidays")


def next_half_day(now: datetime, manners: Manners) -> datetime:
    """Return when to call again after a call at ``now`` that nobody answered, in UTC: on another half-day.

    After a call in the morning (before 13:00 where the customer is) in the afternoon of the same day, from 14:00, when
    that is open; otherwise when the next open day begins. ``manners.firm`` makes no difference.

    :param now: an aware datetime
    :raises ValueError: when ``now`` is naive, or nothing opens within 60 days

    >>> paris = Manners("Europe/Paris", time(9), time(17), firm=True)
    >>> def ask(now, manners):
    ...     return f"{next_half_day(datetime.fromisoformat(now), manners):%a %d %H:%M}"
    >>> ask("2026-05-12T09:00+00:00", paris), ask("2026-05-12T11:30+00:00", paris), ask("2026-05-15T13:00+00:00", paris)
    ('Tue 12 12:00', 'Wed 13 07:00', 'Mon 18 07:00')
    >>> ask("2026-05-12T09:00+00:00", replace(paris, closes=time(14)))
    'Wed 13 07:00'
    """
    now, manners = _to_utc(now), replace(manners, firm=False)
    today = _local_day(now, manners)
    if now.astimezone(ZoneInfo(manners.zone)).time() < LUNCH_BEGINS:
        begin, end = _window(today, manners)
        afternoon = max(begin, _first_instant(today, LUNCH_OVER, manners))
        if afternoon < end:
            return afternoon
    return next_opening(_first_instant(today + ONE_DAY, time(0), manners), manners).at


def _to_utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("the instant needs a time zone")
    return now.astimezone(timezone.utc)


def _local_day(now: datetime, manners: Manners) -> date:
    return now.astimezone(ZoneInfo(manners.zone)).date()


def _first_instant(day: date, clock: time, manners: Manners) -> datetime:
    """Return the first instant, in UTC, at which the customer's clock shows ``clock`` or later on ``day``."""
    zone = ZoneInfo(manners.zone)
    wall = datetime.combine(day, clock)
    instant = wall.replace(tzinfo=zone).astimezone(timezone.utc)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant  # Of two such instants this is the first.
    # The clock jumps over it: what is wanted is the jump, which lies between the two readings of that time.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(timezone.utc), instant
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == after.astimezone(zone).utcoffset():
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _window(day: date, manners: Manners) -> tuple[datetime, datetime]:
    """Return the begin and the end of the hours in which a message may leave on ``day``, in UTC; they may be empty."""
    begin = _first_instant(day, manners.opens, manners)
    if _closed_all_day(day, manners):
        return begin, begin
    closes = min(manners.closes, NOON) if manners.firm and day.weekday() == FRIDAY else manners.closes
    return begin, _first_instant(day, closes, manners)


def _closed_all_day(day: date, manners: Manners) -> bool:
    return not _is_workday(day, manners) or day in manners.closed or _is_eve(day, manners)


def _is_workday(day: date, manners: Manners) -> bool:
    return day.weekday() in manners.weekdays and not (manners.firm and day.weekday() in WEEKEND)


def _is_eve(day: date, manners: Manners) -> bool:
    return manners.firm and day + ONE_DAY in manners.closed


def _reasons(now: datetime, manners: Manners) -> tuple[str, ...]:
    day = _local_day(now, manners)
    opens, closes, noon = (_first_instant(day, clock, manners) for clock in (manners.opens, manners.closes, NOON))
    stands = {
        "weekday": not _is_workday(day, manners),
        "holiday": day in manners.closed,
        "hours": not opens <= now < closes,
        "friday": manners.firm and day.weekday() == FRIDAY and now >= noon,
        "eve": _is_eve(day, manners),
    }
    return tuple(code for code, holds in stands.items() if holds)
