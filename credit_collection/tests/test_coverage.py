from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestCoverage(CollectionCommon):
    def _check(self, date):
        return self.env["credit.collection.coverage"]._check(self.company, DAY(date))

    def _items(self, date, domain=()):
        report = self.env["credit.collection.report.open.item"].with_user(self.collector)
        report = report.with_context(collection_date=DAY(date), allowed_company_ids=self.company.ids)
        self.env.invalidate_all()
        return report.search([("company_id", "=", self.company.id), *domain])

    def _tasks(self):
        return self.env["mail.activity"].search([("res_model", "=", "credit.collection.coverage")])

    def _hold(self, until, partner=None):
        self._debtor(partner).write({"hold_until": until, "hold_reason": "Visit"})

    def test_every_overdue_item_is_planned_held_or_flagged(self):
        held, alone = self._new_customer("Held"), self._new_customer("No address", email=False)
        self._new_invoice("2026-03-01", 1000)
        self._new_invoice("2026-03-01", 500, partner=held)
        self._new_invoice("2026-03-01", 200, partner=alone)
        self._new_invoice("2026-05-01", 700)
        self._hold("2026-04-01", held)
        self._plan("2026-03-10")
        coverage = self._check("2026-03-10")
        self.assertEqual(
            [(coverage[f"{code}_count"], coverage[f"amount_{code}"])
             for code in ("planned", "held", "flagged", "forgotten")],
            [(1, 1000), (1, 500), (1, 200), (0, 0)],
        )  # fmt: skip
        self.assertEqual((coverage.item_count, coverage.amount, coverage.coverage), (3, 1700, 100))
        self.assertFalse(coverage.run_missing)
        self.assertEqual(coverage.run_id.date, DAY("2026-03-10"))

    def test_what_is_due_without_a_plan_is_forgotten_and_told(self):
        self._plan("2026-03-10")
        invoice = self._new_invoice("2026-03-01", 1000)
        coverage = self._check("2026-03-10")
        self.assertEqual((coverage.forgotten_count, coverage.coverage), (1, 0))
        self.assertIn("forgotten", coverage.alarm)
        item = self._items("2026-03-10", [("coverage", "=", "forgotten")])
        self.assertEqual((item.move_id, item.needs_look, item.owner_id), (invoice, True, self.collector))
        self.assertIn("Plan today", item.todo)

    def test_what_waits_in_a_run_that_was_held_back_is_flagged_not_forgotten(self):
        self._new_invoice("2026-03-01", 1000)
        run = self._plan("2026-03-10", proposal=True)
        item = self._items("2026-03-10", [("needs_look", "=", True)])
        self.assertEqual((item.standing, item.coverage), ("due", "flagged"))
        self.assertEqual(item.action_mend()["res_id"], run.id)
        self.assertEqual(self._check("2026-03-10").flagged_count, 1)

    def test_a_preview_plans_nothing(self):
        self._new_invoice("2026-03-01", 1000)
        self._plan("2026-03-10", proposal=True, preview=self.scenario)
        self.assertEqual(self._check("2026-03-10").forgotten_count, 1)

    def test_no_run_although_a_scenario_is_on_is_said_loudly(self):
        self._new_invoice("2026-03-01", 1000)
        coverage = self._check("2026-03-10")
        self.assertTrue(coverage.run_missing)
        self.assertIn("No run took place", coverage.alarm)
        task = self._tasks().filtered(lambda task: task.user_id == self.manager)
        self.assertIn("No collection run today", task.summary)

    def test_items_in_a_scenario_that_is_off_are_said_loudly(self):
        off = self._new_scenario([(4, "friendly")])
        partner = self._new_customer("Off")
        self._new_invoice("2026-03-01", 1000, partner=partner)
        self._debtor(partner).scenario_id = off
        self._plan("2026-03-10")
        coverage = self._check("2026-03-10")
        self.assertEqual((coverage.off_count, coverage.flagged_count), (1, 1))
        self.assertIn("no scenario that is on", coverage.alarm)
        item = self._items("2026-03-10", [("needs_look", "=", True)])
        self.assertEqual(item.action_mend()["res_id"], off.id)

    def test_what_stands_still_without_an_end_comes_up_after_two_weeks(self):
        invoice = self._new_invoice("2026-03-01", 1000)
        self._item(invoice).no_followup = True
        still = [("needs_look", "=", True)]
        self.assertFalse(self._items("2026-03-15", still))
        item = self._items("2026-03-16", still)
        self.assertEqual((item.coverage, item.standing), ("held", "no_followup"))

    def test_record_list_and_tasks_name_the_same_number(self):
        self._item(self._new_invoice("2026-02-01", 1000)).no_followup = True
        self._new_invoice("2026-03-01", 500, partner=self._new_customer("Forgotten"))
        coverage = self._check("2026-03-10")
        self.assertEqual((coverage.still_count, coverage.forgotten_count, coverage.look_count), (1, 1, 2))
        self.assertEqual(len(self._items("2026-03-10", [("needs_look", "=", True)])), coverage.look_count)
        self.assertIn(": 2 overdue items need you", "".join(coverage.activity_ids.mapped("summary")))

    def test_what_was_written_about_lately_does_not_stand_still(self):
        invoice = self._new_invoice("2026-03-01", 1000)
        self._cycle("2026-03-10")
        self._item(invoice).no_followup = True
        self.assertFalse(self._items("2026-03-20", [("needs_look", "=", True)]))
        self.assertTrue(self._items("2026-03-25", [("needs_look", "=", True)]))

    def test_a_hold_with_an_end_does_not_stand_still(self):
        self._new_invoice("2026-01-01", 1000)
        self._hold("2026-12-31")
        self.assertFalse(self._items("2026-06-01", [("needs_look", "=", True)]))

    def test_the_owner_is_the_collector_else_the_company_else_its_manager(self):
        own = self._new_user("own", "credit_collection.group_credit_collection_user")
        self._new_invoice("2026-03-01", 1000)
        self._debtor().user_id = own
        self.assertEqual(self._items("2026-03-10").owner_id, own)
        own.active = False
        self.assertEqual(self._items("2026-03-10").owner_id, self.collector)
        self.company.collection_user_id = False
        self.assertEqual(self._items("2026-03-10").owner_id, self.manager)

    def test_each_owner_has_one_task_that_is_replaced(self):
        second = self._new_customer("Second", email=False)
        self._new_invoice("2026-03-01", 1000, partner=second)
        self._new_invoice("2026-03-02", 1000, partner=second)
        for date in ("2026-03-10", "2026-03-11", "2026-03-11"):
            self._plan(date)
            self._check(date)
        task = self._tasks()
        self.assertEqual((task.user_id, task.date_deadline), (self.collector, DAY("2026-03-11")))
        self.assertIn("2 overdue items", task.summary)
        action = self.env[task.res_model].browse(task.res_id).with_user(self.collector).action_view_items()
        self.assertIn(("company_id", "in", self.company.ids), action["domain"])

    def test_nobody_is_asked_where_nothing_is_collected(self):
        self.scenario.sudo().on_company_ids = False
        self._new_invoice("2026-03-01", 1000)
        coverage = self._check("2026-03-10")
        self.assertEqual((coverage.flagged_count, coverage.run_missing), (1, False))
        self.assertFalse(self._tasks())

    def test_a_second_check_of_the_day_takes_the_place_of_the_first(self):
        self._new_invoice("2026-03-01", 1000)
        first = self._check("2026-03-10")
        self._plan("2026-03-10")
        self.assertEqual(self._check("2026-03-10"), first)
        self.assertEqual((first.planned_count, first.forgotten_count, first.run_missing), (1, 0, False))

    def test_every_hold_ends_or_can_be_lifted_by_somebody(self):
        report = self.env["credit.collection.report.open.item"]
        ask = {"date": DAY("2026-03-10"), "company": self.company, "debtors": None, "action": None, "preview": None}
        for code, __, end in self.env["credit.collection.planner"]._get_item_holds(**ask):
            if end.code == "NULL::date" and code != "in_progress":
                self.assertIn(code, report._get_lifters())

    def test_a_collector_checks_again_and_an_accountant_only_reads(self):
        self._new_invoice("2026-03-01", 1000)
        coverage = self._check(fields.Date.to_string(self.company._get_collection_today()))
        self.assertEqual(coverage.with_user(self.collector).action_check_again()["res_id"], coverage.id)
        with self.assertRaises(AccessError):
            coverage.with_user(self.accountant).action_check_again()
        with self.assertRaises(AccessError):
            coverage.with_user(self.manager).write({"forgotten_count": 0})

    def test_mending_leads_to_where_it_is_mended(self):
        partner = self._new_customer("Bare", email=False)
        self._new_invoice("2026-03-01", 1000, partner=partner)
        item = self._items("2026-03-10", [("standing", "=", "no_address")])
        action = item.action_mend()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", partner.id))
        entry = self._new_invoice("2026-03-01", 1000)
        self._item(entry).no_followup = True
        action = self._items("2026-03-10", [("move_id", "=", entry.id)]).action_mend()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", entry.id))

    def test_other_companies_see_nothing(self):
        self._check("2026-03-10")
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, "collection_stranger", groups="credit_collection.group_credit_collection_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["credit.collection.coverage"].with_user(stranger).search([]))

    def test_the_check_follows_the_run_by_itself(self):
        self._new_invoice("2026-03-01", 1000)
        self.env["ir.cron.trigger"].search([]).unlink()
        with self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_plan").method_direct_trigger()
            cron = self.env.ref("credit_collection.ir_cron_credit_collection_coverage")
            self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
            cron.method_direct_trigger()
        coverage = self.env["credit.collection.coverage"].search([("company_id", "=", self.company.id)])
        self.assertEqual((coverage.planned_count, coverage.forgotten_count, coverage.run_missing), (1, 0, False))
