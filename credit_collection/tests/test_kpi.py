"""The trickier corners of the measures of receivables; their published examples stand in their docstrings."""

from datetime import date

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools import kpi


@tagged("post_install", "-at_install")
class TestKpi(TransactionCase):
    def test_without_sales_there_is_no_dso(self):
        for sales in (0, -5):
            with self.subTest(sales):
                self.assertIsNone(kpi.dso(100, sales, 30))
                self.assertIsNone(kpi.best_possible_dso(100, sales, 30))
        self.assertIsNone(kpi.average_days_delinquent(None, None))
        self.assertEqual(kpi.dso(-100, 100, 30), -30)

    def test_counting_back_through_months_of_all_kinds(self):
        for receivables, months, expected in [
            (0, [], 0),
            (-50, [(100, 31)], 0),
            (50, [], None),
            (100, [(100, 31)], 31),
            (100, [(-20, 31), (200, 28)], 31 + 14),
            (100, [(0, 12), (0, 30), (100, 31), (100, 30)], 12 + 30 + 31),
        ]:
            with self.subTest(receivables=receivables, months=months):
                self.assertEqual(kpi.countback_dso(receivables, months), expected)

    def test_effectiveness_is_100_when_only_what_is_not_due_is_left_and_0_when_nothing_came_in(self):
        self.assertEqual(kpi.collection_effectiveness(500, 1_000, 700, 700), 100)
        self.assertEqual(kpi.collection_effectiveness(500, 1_000, 1_500, 700), 0)
        self.assertIsNone(kpi.collection_effectiveness(0, 0, 0, 0))

    def test_measures_of_nothing_have_no_answer(self):
        for measure in (kpi.days_to_pay, kpi.days_beyond_terms, kpi.average_delay):
            with self.subTest(measure.__name__):
                self.assertIsNone(measure([]))
        self.assertIsNone(kpi.days_to_pay([(10, 5), (-10, 3)]))

    def test_months_of_leap_years_and_the_turn_of_the_year(self):
        self.assertEqual(kpi.month_end(date(2027, 12, 5)), date(2027, 12, 31))
        self.assertEqual(kpi.month_start(date(2028, 1, 31), 13), date(2026, 12, 1))
        self.assertEqual([kpi.month_days(date(2028, 2, 29), thirty) for thirty in (False, True)], [29, 30])
        self.assertEqual([kpi.month_days(date(2028, 3, 31), thirty) for thirty in (False, True)], [31, 30])

    def test_the_database_finds_the_same_bucket(self):
        for text in ("30,60,90", "1", "5,6,7,8,100"):
            self.env.company.collection_ageing_bounds = text
            bounds = kpi.parse_bounds(text)
            query = self.env["credit.collection.receivable"]._sql_bucket(SQL("credit"), SQL("days"))
            rows = self.env.execute_query(
                SQL(
                    "SELECT days, credit, %s FROM generate_series(-5, 120) days, (VALUES (TRUE), (FALSE)) c (credit)",
                    query,
                )
            )
            self.assertEqual(len(rows), 252)
            for days, credit, number in rows:
                self.assertEqual(number, kpi.bucket(days, bounds, credit), (text, days, credit))
