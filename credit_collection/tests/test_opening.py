import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..tools import opening

ALL_WEEK = frozenset(range(7))
# Half-hour steps, a day that never was, clocks that change at midnight and on different days, no change at all.
ZONES = [
    "Europe/Paris", "Pacific/Auckland", "Pacific/Honolulu", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
    "America/St_Johns", "Asia/Kathmandu", "Asia/Beirut", "Pacific/Chatham", "Africa/Casablanca", "America/Santiago",
]  # fmt: skip


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestOpening(BaseCase):
    office = opening.Manners("Europe/Paris", time(8, 30), time(18))

    def _ask(self, now, **manners):
        result = opening.next_opening(utc(now), replace(self.office, **manners))
        return result.at.strftime("%Y-%m-%d %H:%M"), result.reasons

    def test_the_hours_are_those_of_the_customer(self):
        now = "2026-05-12T19:00"
        self.assertEqual(self._ask(now, zone="Pacific/Honolulu"), ("2026-05-12 19:00", ()))
        self.assertEqual(self._ask(now, zone="Pacific/Auckland"), ("2026-05-12 20:30", ("hours",)))
        self.assertEqual(self._ask(now, zone="Europe/Paris"), ("2026-05-13 06:30", ("hours",)))

    def test_the_morning_after_a_change_of_time_is_at_the_new_hour(self):
        self.assertEqual(self._ask("2026-03-28T20:00", weekdays=ALL_WEEK), ("2026-03-29 06:30", ("hours",)))
        self.assertEqual(self._ask("2026-10-24T20:00", weekdays=ALL_WEEK), ("2026-10-25 07:30", ("hours",)))

    def test_an_hour_that_is_skipped_opens_when_the_clock_goes_on(self):
        night = {"opens": time(2, 15), "closes": time(4), "weekdays": ALL_WEEK}
        self.assertEqual(self._ask("2026-03-29T00:30", **night), ("2026-03-29 01:00", ("hours",)))
        self.assertEqual(self._ask("2026-03-29T02:00", **night), ("2026-03-30 00:15", ("hours",)))
        skipped = night | {"closes": time(2, 45)}
        self.assertEqual(self._ask("2026-03-29T00:30", **skipped), ("2026-03-30 00:15", ("hours",)))

    def test_an_hour_that_comes_twice_opens_once_and_stays_open(self):
        night = {"opens": time(2, 30), "closes": time(4), "weekdays": ALL_WEEK}
        self.assertEqual(self._ask("2026-10-25T00:00", **night), ("2026-10-25 00:30", ("hours",)))
        self.assertEqual(self._ask("2026-10-25T01:10", **night), ("2026-10-25 01:10", ()))
        early = {"opens": time(1), "closes": time(2, 30), "weekdays": ALL_WEEK}
        self.assertEqual(self._ask("2026-10-25T00:45", **early), ("2026-10-26 00:00", ("hours",)))

    def test_a_day_that_never_was_is_skipped(self):
        apia = {"zone": "Pacific/Apia", "weekdays": ALL_WEEK}
        self.assertEqual(self._ask("2011-12-30T09:00", **apia), ("2011-12-30 18:30", ("hours",)))

    def test_firm_texts_leave_neither_on_friday_afternoon_nor_at_the_weekend_nor_on_the_eve(self):
        self.assertEqual(self._ask("2026-05-15T09:59", firm=True), ("2026-05-15 09:59", ()))
        self.assertEqual(self._ask("2026-05-15T10:00", firm=True), ("2026-05-18 06:30", ("friday",)))
        self.assertEqual(self._ask("2026-05-15T10:00"), ("2026-05-15 10:00", ()))
        self.assertEqual(self._ask("2026-05-16T10:00", firm=True, weekdays=ALL_WEEK)[1], ("weekday",))
        ascension = frozenset([date(2026, 5, 14)])
        self.assertEqual(self._ask("2026-05-13T07:00", firm=True, closed=ascension), ("2026-05-15 06:30", ("eve",)))
        self.assertEqual(self._ask("2026-05-13T07:00", closed=ascension), ("2026-05-13 07:00", ()))

    def test_all_that_stands_in_the_way_is_named_in_one_order(self):
        closed = frozenset([date(2026, 5, 15), date(2026, 5, 16)])
        reasons = ("weekday", "holiday", "hours", "friday", "eve")
        manners = {"firm": True, "closed": closed, "weekdays": frozenset(range(4))}
        self.assertEqual(self._ask("2026-05-15T20:00", **manners)[1], reasons)

    def test_manners_that_never_open_are_refused(self):
        for manners in ({"weekdays": frozenset()}, {"opens": time(18)}, {"zone": "Europe/Atlantis"}):
            with self.subTest(**manners), self.assertRaises(ValueError):
                replace(self.office, **manners)
        with self.assertRaisesRegex(ValueError, "nothing opens within 60 days"):
            self._ask("2026-05-15T10:00", firm=True, weekdays=frozenset([5, 6]))
        with self.assertRaisesRegex(ValueError, "time zone"):
            opening.next_opening(datetime(2026, 5, 15, 10), self.office)

    def test_the_opening_is_the_first_open_moment_whatever_the_instant_zone_and_manners(self):
        rng = random.Random(20260512)
        for __ in range(2000):
            now, manners = self._invent(rng)
            result = opening.next_opening(now, manners)
            with self.subTest(now=now, manners=manners):
                self.assertGreaterEqual(result.at, now)
                self.assertTrue(self._is_open(result.at, manners))
                self.assertEqual(bool(result.reasons), result.at > now)
                self.assertEqual(opening.next_opening(result.at, manners), opening.Opening(result.at, ()))
                waiting = (result.at - now) / timedelta(minutes=30)
                tried = [now + timedelta(minutes=30) * step for step in range(int(min(waiting, 200)) + 1)]
                self.assertFalse([moment for moment in tried if moment < result.at and self._is_open(moment, manners)])

    def _invent(self, rng):
        now = datetime(2025, 12, 1, tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(400 * 86400))
        days = [now.date() + timedelta(days=rng.randint(-1, 6)) for __ in range(rng.randint(0, 3))]
        manners = opening.Manners(
            zone=rng.choice(ZONES),
            opens=time(rng.randint(6, 11), rng.choice((0, 30))),
            closes=time(rng.randint(12, 22), rng.choice((0, 30))),
            weekdays=frozenset(rng.sample(range(7), rng.randint(1, 7))) | {rng.randint(0, 4)},
            closed=frozenset(days),
            firm=rng.random() < 0.5,
        )
        return now, manners

    def _is_open(self, moment, manners):
        """The rules once more, read off the customer's clock."""
        local = moment.astimezone(ZoneInfo(manners.zone))
        day, clock = local.date(), local.time()
        firm = manners.firm and (
            day.weekday() > 4 or day.weekday() == 4 and clock >= time(12) or day + timedelta(days=1) in manners.closed
        )
        return (
            day.weekday() in manners.weekdays
            and day not in manners.closed
            and manners.opens <= clock < manners.closes
            and not firm
        )

    def test_a_second_call_comes_on_another_half_day(self):
        for now, expected in [
            ("2026-05-12T08:00", "12 12:00"),  # Tuesday 10:00: at 14:00
            ("2026-05-12T13:00", "13 06:30"),  # Tuesday 15:00: on Wednesday morning
            ("2026-05-15T13:00", "18 06:30"),  # Friday 15:00: on Monday morning
            ("2026-05-16T08:00", "18 06:30"),  # Saturday morning: not on Saturday afternoon
        ]:
            with self.subTest(now):
                self.assertEqual(opening.next_half_day(utc(now), self.office).strftime("%d %H:%M"), expected)
        late = replace(self.office, opens=time(15), firm=True)
        self.assertEqual(opening.next_half_day(utc("2026-05-15T08:00"), late).strftime("%d %H:%M"), "15 13:00")
