"""Insolvency freezes what was owed before its day; what comes later goes on."""

from odoo.tests import tagged

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestInsolvency(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._new_invoice("2026-03-01")
        cls.new = cls._new_invoice("2026-04-20")
        cls.debtor = cls.env["credit.collection.debtor"]._get_or_create(cls.customer, cls.company)

    def _declare(self, day="2026-02-15"):
        self.debtor.with_user(self.collector).write({"insolvency_date": day, "insolvency_reference": "Lyon, 26/118"})

    def test_what_is_dated_before_is_frozen_and_what_comes_later_goes_on(self):
        self._declare()
        self.assertEqual(self._standing(self.old, "2026-03-20")["standing"], "frozen")
        self.assertEqual(self._standing(self.new, "2026-04-24")["standing"], "due")

    def test_an_invoice_of_the_day_itself_is_not_frozen(self):
        self._declare(self.old.invoice_date)
        self.assertEqual(self._standing(self.old, "2026-03-05")["standing"], "due")

    def test_what_waits_to_leave_is_stopped_at_once_and_the_accountant_gets_a_task(self):
        action = self._plan("2026-03-05").action_ids
        self._declare()
        self.assertEqual(action.state, "skipped")
        self.assertIn(
            "File the claim with the administrator", self.debtor.activity_ids.filtered("summary").mapped("summary")
        )

    def test_a_promise_made_before_is_not_reminded_of(self):
        promise = self.env["credit.collection.promise"].with_context(collection_date="2026-03-05")._make(
            self.debtor.with_context(collection_date="2026-03-05"), self._item(self.old), 1000, DAY("2026-03-10"),
            how="import",
        )  # fmt: skip
        self._declare()
        self.assertTrue(promise._is_held(DAY("2026-03-09")))

    def test_it_cannot_be_paid_on_the_page_and_the_page_says_why(self):
        self._declare()
        rows = {row["move"]: row["closed_because"] for row in self.debtor._get_page_items()}
        self.assertIn("the administrator decides", rows[self.old])
        self.assertFalse(rows[self.new])
