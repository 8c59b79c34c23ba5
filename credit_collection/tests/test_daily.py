"""The work of every day: one company or record that fails stops no other."""

from unittest.mock import patch

import psycopg2
from odoo.tests import freeze_time, tagged

from .common import DAY, CollectionCommon

LOGGER = "odoo.addons.credit_collection.models.credit_collection_daily"


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestDaily(CollectionCommon):
    def _fail_for(self, model, method, bad):
        """Let ``method`` of ``model`` fail for the record ``bad``, after it has changed something."""
        original = getattr(self.env.registry[model], method)

        def fail(record, *args, **kwargs):
            if record == bad or bad in args:
                self.customer.ref = "half done"
                raise ValueError("broken")
            return original(record, *args, **kwargs)

        self.patch(self.env.registry[model], method, fail)

    def _call(self, model, method):
        with self.assertLogs(LOGGER, "ERROR"):
            self._call_cron(model, method)
        self.assertNotEqual(self.customer.ref, "half done", "what had begun is undone")

    def test_a_company_that_fails_stops_no_other(self):
        other = self.setup_other_company()["company"]
        daily, done = self.env["credit.collection.daily"], []

        def work(company):
            if company == self.company:
                self.customer.ref = "half done"
                raise ValueError("broken")
            done.append(company)

        with self.assertLogs(LOGGER, "ERROR") as log, patch.object(self.env.cr, "commit", self.env.flush_all):
            daily._for_each_company(self.company | other, work, "The work of %s failed")
        self.assertEqual(done, [other])
        self.assertFalse(self.customer.ref)
        self.assertIn(f"The work of {self.company.name} failed", log.output[0])

    def test_what_is_to_be_tried_again_as_a_whole_is_passed_on(self):
        def work(record):
            raise psycopg2.errors.SerializationFailure

        daily = self.env["credit.collection.daily"]
        with self.assertRaises(psycopg2.OperationalError):
            daily._try(self.customer, work, "%s failed", passed_on=psycopg2.OperationalError)
        with self.assertLogs(LOGGER, "ERROR"):
            self.assertFalse(daily._try(self.customer, work, "%s failed"))

    def test_a_remark_that_fails_stops_no_other(self):
        self._new_invoice("2026-02-20")
        other = self._new_invoice("2026-02-20", partner=self._new_customer("Other"))
        report = self.env["credit.collection.remark"]._report
        items = self._item(other)
        bad = report(self._debtor(), "It is broken", user=self.accountant)
        good = report(self._debtor(other.partner_id), "It is broken", items, user=self.accountant)
        self._fail_for("credit.collection.remark", "_tell", bad)
        with freeze_time("2026-03-20 09:00:00"):
            self.env.invalidate_all()
            self._call("credit.collection.remark", "_cron_expire")
        self.assertEqual((len(bad.activity_ids), len(good.activity_ids)), (1, 0))

    def test_a_customer_in_difficulty_that_fails_stops_no_other(self):
        partner = self._new_customer("Other")
        self._new_invoice("2026-02-20")
        self._new_invoice("2026-02-20", partner=partner)
        bad, good = self._debtor(), self._debtor(partner)
        (bad | good).write(
            {
                "difficulty_from": DAY("2026-03-06"),
                "difficulty_until": DAY("2026-04-06"),
                "difficulty_reason": "A fire",
            }
        )
        self._fail_for("credit.collection.debtor", "_begin_difficulty", bad)
        with freeze_time("2026-03-06 09:00:00"):
            self._call("credit.collection.debtor", "_cron_difficulty")
        self.assertEqual((bad.difficulty_begun, good.difficulty_begun), (False, DAY("2026-03-06")))

    def test_a_company_whose_plans_fail_stops_no_other(self):
        move = self._new_invoice("2026-02-20", 600)
        plans = self.env["credit.collection.plan"]
        plans.create(
            {
                "debtor_id": self._debtor().id,
                "currency_id": move.currency_id.id,
                "line_ids": [(0, 0, {"move_line_id": self._item(move).id, "amount": 600})],
                "installment_ids": [(0, 0, {"date": "2026-04-01", "amount": 600})],
            }
        )._accept()
        self._fail_for("credit.collection.plan", "_follow", self.company)
        self._call("credit.collection.plan", "_cron_follow")
