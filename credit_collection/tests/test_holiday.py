from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

HOLIDAYS = {
    ("fr", 2026): "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
    ("fr", 2027): "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25",
    ("de", 2026): "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26",
    ("de", 2027): "01-01 03-26 03-29 05-01 05-06 05-17 10-03 12-25 12-26",
    # Where a day at a weekend is taken on another one, both are there.
    ("us", 2026): "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25",
    ("us", 2027): "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31",
    ("uk", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28",
    ("uk", 2027): "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28",
    ("ca", 2026): "01-01 04-03 05-18 07-01 09-07 09-30 10-12 11-11 12-25 12-26 12-28",
    ("it", 2027): "01-01 01-06 03-28 03-29 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26",
    ("pt", 2026): "01-01 04-03 04-05 04-25 05-01 06-04 06-10 08-15 10-05 11-01 12-01 12-08 12-25",
    ("at", 2026): "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26",
    ("ie", 2026): "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26 12-28",
}


@tagged("post_install", "-at_install")
class TestHoliday(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holidays = cls.env["credit.collection.holiday"]
        cls.france = cls.env.ref("base.fr")

    def _get_days(self, country, year, state=None):
        first, last = date(year, 1, 1), date(year, 12, 31)
        state = state or self.env["res.country.state"]
        return sorted(self.holidays._get_dates(country, state, first, last))

    def test_the_shipped_holidays_fall_on_the_published_dates(self):
        for (code, year), days in HOLIDAYS.items():
            with self.subTest(code, year=year):
                found = self._get_days(self.env.ref(f"base.{code}"), year)
                self.assertEqual(" ".join(day.strftime("%m-%d") for day in found), days)

    def test_the_bounds_are_included_and_an_unknown_country_has_no_holidays(self):
        state, day = self.env["res.country.state"], date(2026, 7, 14)
        self.assertEqual(self.holidays._get_dates(self.france, state, day, day), {day})
        self.assertEqual(self.holidays._get_dates(self.env["res.country"], state, day, day), frozenset())

    def test_a_holiday_of_some_states_is_one_only_there(self):
        germany = self.env.ref("base.de")
        here, there = self.env["res.country.state"].create(
            [{"name": name, "code": name, "country_id": germany.id} for name in ("Here", "There")]
        )
        epiphany = date(2026, 1, 6)
        self.assertNotIn(epiphany, self._get_days(germany, 2026, here))
        self.holidays.create(
            {"name": "Epiphany", "country_id": germany.id, "state_ids": here.ids, "month": "01", "day": 6}
        )
        self.assertIn(epiphany, self._get_days(germany, 2026, here))
        self.assertNotIn(epiphany, self._get_days(germany, 2026, there))
        self.assertNotIn(epiphany, self._get_days(germany, 2026))
        with self.assertRaises(ValidationError):
            self.holidays.create(
                {"name": "Epiphany", "country_id": self.france.id, "state_ids": here.ids, "month": "01", "day": 6}
            )

    def test_archiving_and_the_years_of_a_holiday_count_at_once(self):
        bastille, day = self.env.ref("credit_collection.credit_collection_holiday_fr_national"), date(2026, 7, 14)
        self.assertIn(day, self._get_days(self.france, 2026))
        bastille.year_to = 2025
        self.assertNotIn(day, self._get_days(self.france, 2026))
        self.assertIn(day.replace(year=2025), self._get_days(self.france, 2025))
        bastille.write({"year_to": 0, "active": False})
        self.assertNotIn(day, self._get_days(self.france, 2026))

    def test_a_rule_that_gives_no_day_is_refused(self):
        for values in (
            {"month": "02", "day": 30},
            {"day": 3},
            {"rule": "weekday", "month": "05"},
            {"rule": "easter", "easter_offset": 300},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                self.holidays.create({"name": "Never", "country_id": self.france.id, **values})

    def test_what_somebody_changed_is_left_alone_by_updates(self):
        changed = self.env.ref("credit_collection.credit_collection_holiday_fr_national")
        other = self.env.ref("credit_collection.credit_collection_holiday_fr_christmas")
        changed.name = "Fête nationale"
        loader = self.holidays.with_context(mode="update", module="credit_collection", install_mode=True)
        loader.load(["id", "name"], [[record.get_external_id()[record.id], "Shipped"] for record in changed + other])
        self.assertEqual((changed.name, other.name), ("Fête nationale", "Shipped"))

    def test_the_list_shows_when_a_holiday_falls_next(self):
        christmas = self.env.ref("credit_collection.credit_collection_holiday_uk_christmas")
        new_year = self.env.ref("credit_collection.credit_collection_holiday_us_new_year")
        self.assertEqual(christmas._get_next_date(date(2027, 12, 26)), date(2027, 12, 27))
        self.assertEqual(new_year._get_next_date(date(2027, 12, 20)), date(2027, 12, 31))
        self.assertTrue(all((self.holidays.search([]) - self._get_past()).mapped("next_date")))

    def _get_past(self):
        return self.holidays.search([("year_to", "!=", 0)])

    def test_holidays_that_move_fall_on_the_right_day_of_each_year(self):
        for rule, year, expected in [
            ({"rule": "easter", "easter_offset": 1}, 2030, "2030-04-22"),
            ({"rule": "weekday", "month": "05", "weekday": "0", "nth": "-1", "shift": -7}, 2027, "2027-05-24"),
            ({"rule": "weekday", "month": "02", "weekday": "6", "nth": "5"}, 2032, "2032-02-29"),
        ]:
            with self.subTest(expected):
                holiday = self.holidays.create({"name": "A day", "country_id": self.france.id, **rule})
                self.assertEqual(str(holiday._get_next_date(date(year, 1, 1))), expected)
