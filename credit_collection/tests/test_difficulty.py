"""Customers in difficulty: a soft tone with a plan on offer, for a time that is told before it ends."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import DAY, CollectionCommon

LOG = "odoo.addons.credit_collection.models.credit_collection_daily"


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestDifficulty(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.env.ref("credit_collection.credit_collection_late_reason_cash")

    def _begin(self, first="2026-03-05", last="2026-06-30", partner=None):
        debtor = self._debtor(partner).with_user(self.collector)
        action = debtor.action_difficulty()
        with Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])) as form:
            form.date_from, form.date_until, form.reason = first, last, "Lost their largest customer"
        form.record.action_confirm()
        return debtor

    def _cron(self, date):
        self.env["credit.collection.debtor"]._follow_difficulties(self.company, DAY(date))

    def test_it_stops_what_is_firm_at_once_and_leaves_what_is_friendly(self):
        firm = self._new_scenario([(1, "firm")], on=True)
        move = self._new_invoice("2026-03-01")
        move.collection_scenario_id = firm
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.tone, "firm")
        debtor = self._begin()
        self.assertTrue(debtor.in_difficulty)
        self.assertEqual(action.state, "skipped")
        self.assertEqual(self._standing(move, "2026-03-06")["standing"], "difficulty")
        friendly = self._new_invoice("2026-03-01", 500)
        self.assertEqual(self._standing(friendly, "2026-03-06")["standing"], "due")
        self.assertEqual(self._standing(move, "2026-07-01")["standing"], "due", "and it is over")

    def test_the_texts_offer_a_plan_and_so_does_the_collector(self):
        move = self._new_invoice("2026-03-01")
        base = self.env.ref("credit_collection.credit_collection_template_friendly_second")
        self.scenario.step_ids.template_id = base
        debtor = self._begin()
        self.assertEqual((debtor.late_reason_id, debtor.late_reason_date), (self.cash, DAY("2026-03-05")))
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action._get_template(), base._for_reason(self.cash, "body", self.company))
        self.assertNotEqual(action._get_template(), base)
        self.assertEqual(debtor.activity_ids.user_id, self.collector)
        self.assertIn("offer a plan", debtor.activity_ids.summary)
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "in_progress")

    def test_what_begins_later_begins_by_itself_and_the_end_is_told_before(self):
        debtor = self._begin("2026-03-10", "2026-03-31")
        self.assertFalse(debtor.in_difficulty or debtor.activity_ids or debtor.late_reason_id)
        self._cron("2026-03-09")
        self.assertFalse(debtor.activity_ids)
        self._cron("2026-03-11")
        self._cron("2026-03-12")
        self.assertIn("offer a plan", debtor.activity_ids.summary)
        self._cron("2026-03-25")
        self.assertEqual(len(debtor.activity_ids), 1)
        self._cron("2026-03-26")
        self._cron("2026-03-27")
        self.assertEqual(debtor.activity_ids.mapped("date_deadline")[-1], DAY("2026-03-31"))
        self.assertEqual(len(debtor.activity_ids), 2, "told once")
        debtor.difficulty_until = "2026-05-31"
        self._cron("2026-05-27")
        self.assertEqual(len(debtor.activity_ids), 3, "a longer one has an end of its own")

    def test_what_a_person_writes_is_no_html(self):
        debtor = self._debtor()
        debtor.write(
            {
                "difficulty_from": "2026-03-05",
                "difficulty_until": "2026-05-05",
                "difficulty_reason": "Cash <below 100>, Smith & Sons",
            }
        )
        note = debtor.activity_ids.filtered(lambda task: "offer a plan" in task.summary).note
        self.assertEqual(html2plaintext(note), "Cash <below 100>, Smith & Sons")

    def test_the_cron_runs(self):
        debtor = self._begin("2026-03-10", "2026-03-31")
        with freeze_time("2026-03-10 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_difficulty").method_direct_trigger()
        self.assertIn("offer a plan", debtor.activity_ids.summary)

    def test_it_can_be_over_and_come_again(self):
        debtor = self._begin()
        debtor.action_end_difficulty()
        self.assertFalse(debtor.in_difficulty or debtor.difficulty_until)
        self.assertIn("In difficulty no longer", str(debtor.message_ids.mapped("body")))
        self._begin("2026-03-05", "2026-04-30")
        self.assertTrue(debtor.in_difficulty)

    def test_days_and_reason_belong_together(self):
        for values in (
            {"difficulty_from": "2026-03-05"},
            {"difficulty_from": "2026-03-05", "difficulty_until": "2026-03-01", "difficulty_reason": "x"},
            {"difficulty_from": "2026-03-05", "difficulty_until": "2026-04-01", "difficulty_reason": " "},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._debtor().with_user(self.collector).write(values)
        with self.assertRaises(AccessError):
            self._debtor().with_user(self.accountant).action_end_difficulty()

    def test_lists_find_who_is_in_difficulty(self):
        other = self._debtor(self._new_customer("Fine SA"))
        debtor = self._begin()
        debtors = self.env["credit.collection.debtor"].with_user(self.collector)
        self.assertEqual(debtors.search([("in_difficulty", "=", True)]), debtor)
        self.assertEqual(debtors.search([("in_difficulty", "=", False), ("id", "in", (debtor | other).ids)]), other)

    def test_no_fees_while_it_lasts(self):
        debtor = self._begin()
        days = {"2026-03-04": False, "2026-03-05": True, "2026-06-30": True, "2026-07-01": False}
        self.assertEqual({day: debtor._is_in_difficulty(DAY(day)) for day in days}, days)

    def test_of_two_files_that_join_the_longer_difficulty_counts(self):
        other = self._new_customer("Albatros France")
        self._begin("2026-03-05", "2026-04-30")
        self._begin("2026-03-01", "2026-05-31", other)
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((self.customer | other).ids)], "dst_partner_id": self.customer.id}
        ).action_merge()
        self.env.invalidate_all()
        debtor = self._debtor()
        self.assertEqual((debtor.difficulty_from, debtor.difficulty_until), (DAY("2026-03-01"), DAY("2026-05-31")))

    def test_of_two_files_that_join_nobody_is_dunned_firmly_before_the_longer_one_begins(self):
        """The other one is in difficulty today; ours begins later and ends later."""
        other = self._new_customer("Albatros France")
        self._begin("2026-04-01", "2026-06-30")
        self._begin("2026-03-01", "2026-04-30", other)
        self._merge(other)
        debtor = self._debtor()
        self.assertEqual((debtor.difficulty_from, debtor.difficulty_until), (DAY("2026-03-01"), DAY("2026-06-30")))

    def test_one_that_is_over_does_not_make_another_longer(self):
        other = self._new_customer("Albatros France")
        self._begin("2026-04-01", "2026-06-30")
        with freeze_time("2026-01-05 09:00:00"):
            self._begin("2026-01-05", "2026-01-31", other)
        self._merge(other)
        debtor = self._debtor()
        self.assertEqual((debtor.difficulty_from, debtor.difficulty_until), (DAY("2026-04-01"), DAY("2026-06-30")))
        told = debtor.activity_ids
        self._cron("2026-04-01")
        self.assertIn("offer a plan", (debtor.activity_ids - told).summary, "it begins for itself")

    def _merge(self, other):
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((self.customer | other).ids)], "dst_partner_id": self.customer.id}
        ).action_merge()
        self.env.invalidate_all()

    def test_one_that_cannot_be_followed_keeps_no_other_from_it(self):
        other = self._new_customer("Albatros France")
        bad, good = self._begin("2026-03-10", "2026-03-31"), self._begin("2026-03-10", "2026-03-31", other)
        debtors = self.env.registry["credit.collection.debtor"]
        begin = debtors._begin_difficulty

        def fail(debtor):
            if debtor == bad:
                raise ValueError("no such thing")
            return begin(debtor)

        with patch.object(debtors, "_begin_difficulty", fail), mute_logger(LOG):
            self._cron("2026-03-10")
        self.assertEqual((bad.activity_ids.ids, good.activity_ids.mapped("summary")),
                         ([], ["In difficulty: offer a plan"]))  # fmt: skip

    def test_what_the_flow_notes_is_not_written_by_people(self):
        debtor = self._begin()
        for name in ("difficulty_begun", "difficulty_end_told"):
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                debtor.write({name: "2026-03-05"})
