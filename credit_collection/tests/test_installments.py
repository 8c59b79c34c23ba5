from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools import installments


@tagged("post_install", "-at_install")
class TestInstallments(BaseCase):
    def test_a_split_is_exact_to_the_smallest_unit(self):
        for total, count, rounding, expected in (
            (1000, 3, 0.01, [333.34, 333.33, 333.33]),
            (1000.01, 3, 0.01, [333.34, 333.34, 333.33]),
            (5000, 3, 1, [1667.0, 1667.0, 1666.0]),
            (1.000, 3, 0.001, [0.334, 0.333, 0.333]),
            (10, 3, 0.05, [3.35, 3.35, 3.30]),
            (0.03, 3, 0.01, [0.01, 0.01, 0.01]),
            (123456789.01, 7, 0.01, [17636684.15] * 3 + [17636684.14] * 4),
        ):
            with self.subTest(total=total, count=count):
                self.assertEqual(installments.split(total, count, rounding), expected)

    def test_the_parts_of_many_totals_come_to_the_total(self):
        for cents in range(60, 4000, 37):
            for count in (1, 2, 3, 7, 12, 60):
                parts = installments.split(cents / 100, count, 0.01)
                units = [round(part * 100) for part in parts]
                self.assertEqual((sum(units), len(parts)), (cents, count))
                self.assertLessEqual(max(units) - min(units), 1)
                self.assertEqual(units, sorted(units, reverse=True), "the first ones are the larger ones")

    def test_what_cannot_be_split_is_refused(self):
        for total, count, rounding in ((0.02, 3, 0.01), (10.5, 2, 1), (10, 0, 0.01), (0, 1, 0.01)):
            with self.subTest(total=total, count=count), self.assertRaises(ValueError):
                installments.split(total, count, rounding)

    def test_the_31st_comes_back_after_a_short_month(self):
        self.assertEqual(
            installments.dates(date(2027, 12, 31), 4, "monthly"),
            [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)],
        )
        self.assertEqual(
            installments.dates(date(2026, 8, 31), 3, "quarterly"),
            [date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28)],
        )

    def test_weeks_keep_the_weekday(self):
        weekly = installments.dates(date(2026, 12, 28), 3, "weekly")
        self.assertEqual(weekly, [date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 11)])
        fortnightly = installments.dates(date(2026, 3, 2), 2, "fortnightly")
        self.assertEqual(fortnightly, [date(2026, 3, 2), date(2026, 3, 16)])
        for frequency, count in (("daily", 2), ("monthly", 0)):
            with self.assertRaises(ValueError):
                installments.dates(date(2026, 3, 2), count, frequency)

    def test_payments_are_counted_in_order(self):
        for paid, amounts, expected in (
            (0, [333.34, 333.33, 333.33], [0, 0, 0]),
            (333.34, [333.34, 333.33, 333.33], [333.34, 0, 0]),
            (400, [333.34, 333.33, 333.33], [333.34, 66.66, 0]),
            (2000, [333.34, 333.33, 333.33], [333.34, 333.33, 333.33]),
            (-5, [10], [0]),
            (5, [], []),
        ):
            with self.subTest(paid=paid):
                self.assertEqual(installments.allocate(paid, amounts), expected)

    def test_credits_lower_the_last_ones_first(self):
        self.assertEqual(installments.lower([333.34, 333.33, 333.33], 400), [333.34, 266.66, 0])
        self.assertEqual(installments.lower([100, 100], 0), [100, 100])
        self.assertEqual(installments.lower([100, 100], 500), [0, 0])
