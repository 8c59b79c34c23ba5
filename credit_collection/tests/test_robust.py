"""What the flow survives: people who pay late, servers that fail, texts that break, hands that forge."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestRobust(CollectionCommon):
    def _action(self, date="2026-03-05", **values):
        self._new_invoice("2026-03-01", **values)
        return self._plan(date).action_ids

    # === TONE AND TIME === #

    def test_the_tone_falls_back_when_the_older_debt_is_paid(self):
        old = self._new_invoice("2026-02-01", 5000)
        for day in ("2026-02-05", "2026-02-15"):
            self._cycle(day)
        young = self._new_invoice("2026-02-24", 100)
        action = self._plan("2026-02-28").action_ids
        self.assertEqual((action.tone, action.line_ids.move_id), ("firm", old + young))
        self._pay(old)
        self.assertEqual(self._send("2026-02-28"), [], "a firm text about a fresh invoice leaves nobody")
        self.assertEqual(action.state, "skipped")
        ((__, message),) = self._cycle("2026-02-28")
        self.assertIn("100.00", message["Subject"])
        self.assertEqual(self._standing(young, "2026-02-28")["level"], 2)

    def test_a_confirmed_proposal_falls_back_too(self):
        old = self._new_invoice("2026-02-01", 5000)
        for day in ("2026-02-05", "2026-02-15"):
            self._cycle(day)
        self._new_invoice("2026-02-24", 100)
        run = self._plan("2026-02-28", proposal=True)
        self._pay(old)
        run.with_user(self.manager).with_context(collection_date=DAY("2026-02-28"))._confirm()
        self.assertEqual(run.action_ids.state, "skipped")

    def test_a_task_about_a_paid_invoice_is_no_task_any_more(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.customer.phone = "+33 1 44 55 66 77"
        paid, rest = self._new_invoice("2026-03-01", 500), self._new_invoice("2026-03-01", 300)
        action = self._plan("2026-03-05").action_ids
        self._pay(paid)
        self._plan("2026-03-06")
        self.assertEqual((action.state, action.amount, action.amount_company), ("todo", 300, 300))
        self._pay(rest)
        self._plan("2026-03-07")
        self.assertEqual((action.state, action.reason), ("skipped", "Paid or cancelled meanwhile"))

    def test_a_preview_changes_nothing_that_waits(self):
        action = self._action()
        self._pay(action.line_ids.move_id)
        self._plan("2026-03-06", proposal=True, preview=self.scenario)
        self.assertEqual(action.state, "planned")
        self._plan("2026-03-06")
        self.assertEqual(action.state, "skipped")

    def test_an_approval_waits_no_longer_than_its_reason(self):
        self.scenario.step_ids[1].mode = "approve"
        action = self._action()
        self._debtor().write({"hold_until": "2026-03-20", "hold_reason": "They called"})
        self._plan("2026-03-06")
        self.assertEqual((action.state, action.reason), ("skipped", "The debtor is on hold"))

    def test_small_invoices_that_pass_the_minimum_together_leave_as_two_messages(self):
        self.scenario.grouping = "invoice"
        self.scenario.step_ids[1].min_amount = 100
        for __ in range(2):
            self._new_invoice("2026-03-01", 60)
        self.assertEqual(len(self._cycle("2026-03-05")), 2)

    # === THE DAILY RUN === #

    def _cron_plan(self):
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["credit.collection.run"]._cron_plan()

    def test_the_daily_run_plans_each_company_once_a_day(self):
        self._cron_plan()
        self._cron_plan()
        today = self.company._get_collection_today()
        runs = self.env["credit.collection.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(runs.mapped("date"), [today])

    def test_a_company_whose_run_fails_keeps_no_other_from_its_own(self):
        other = self.setup_other_company(name="Other Company")["company"]
        self.scenario.with_company(other)._turn_on()
        original = self.env.registry["credit.collection.run"]._plan

        def plan(run, company, *args, **kwargs):
            if company == self.company:
                raise ValueError("This one breaks")
            return original(run, company, *args, **kwargs)

        logger = mute_logger("odoo.addons.credit_collection.models.credit_collection_daily")
        with patch.object(self.env.registry["credit.collection.run"], "_plan", plan), logger:
            self._cron_plan()
        self.assertEqual(self.env["credit.collection.run"].search([]).company_id, other)

    def test_a_preview_leaves_a_run_that_was_held_back_alone(self):
        self.company.collection_brake_firm = 0
        self._new_invoice("2026-03-01")
        held_back = self._plan("2026-03-05", proposal=True)
        self._plan("2026-03-05", proposal=True, preview=self.scenario)
        self.assertEqual(held_back.state, "proposal")

    def test_only_managers_preview(self):
        with self.assertRaises(AccessError):
            self.scenario.with_user(self.collector).action_preview()

    def test_an_archived_scenario_sends_nothing(self):
        action = self._action()
        self.scenario.with_user(self.manager).action_archive()
        self.assertEqual(action.state, "cancelled")
        self.assertFalse(self.scenario.on_company_ids)
        self.assertEqual(self._plan("2026-03-06").standing_ids.mapped("standing"), ["scenario_off"])

    # === ADDRESSES AND SERVERS === #

    def test_what_was_left_out_of_a_message_is_not_said_when_nobody_can_tell_whether_it_left(self):
        paid, rest = self._new_invoice("2026-03-01", 500), self._new_invoice("2026-03-01", 300)
        action = self._plan("2026-03-05").action_ids
        self._pay(paid)
        with self._sink() as sink, mute_logger("odoo.addons.mail.models.mail_mail"):
            sink.dropped = "albatros"
            self._send_ready("2026-03-05")
        self.assertEqual(action.state, "unknown")
        self.assertEqual(action.line_ids.filtered("live").move_id, rest)
        action.with_user(self.collector)._resolve("again", "They got nothing")
        self.assertEqual((action.state, action.message_key, action.uncertain), ("planned", False, False))

    def test_two_addresses_on_a_contact_send_to_the_first(self):
        self.customer.email = "first@albatros.example, second@albatros.example"
        self._new_invoice("2026-03-01")
        ((recipients, __),) = self._cycle("2026-03-05")
        self.assertEqual(recipients, ["first@albatros.example"])

    def test_no_connection_is_tried_again(self):
        action = self._action()
        self.env["ir.mail_server"].create({"name": "Down", "smtp_host": "127.0.0.1", "smtp_port": 1, "sequence": 0})
        disabled = patch.object(self.env.registry["ir.mail_server"], "_disable_send", lambda *args: False)
        with disabled, mute_logger("odoo.addons.mail.models.mail_mail"):
            self._send_ready("2026-03-05")
        self.assertEqual((action.state, action.tries), ("retry", 1))
        self.assertGreater(action.next_try, fields.Datetime.now())

    def test_a_mailbox_that_is_refused_is_not_tried_every_day(self):
        move = self._new_invoice("2026-03-01")
        self._plan("2026-03-05")
        with mute_logger("odoo.addons.mail.models.mail_mail"), self._sink() as sink:
            sink.refused = "albatros"
            self._send_ready("2026-03-05")
        self.assertTrue(self.customer.collection_email_bounces)
        self.assertEqual(self._standing(move, "2026-03-06")["standing"], "no_address")

    def test_a_copy_that_fails_does_not_undo_the_message(self):
        self.scenario.step_ids[1].copy_to = "collector"
        action = self._action()
        with mute_logger("odoo.addons.mail.models.mail_mail"), self._sink() as sink:
            sink.refused = "collector"
            self._send_ready("2026-03-05")
        self.assertEqual(action.state, "sent")
        self.assertEqual(len(sink.mails), 1)

    def test_the_copy_is_a_message_of_its_own(self):
        self.scenario.step_ids[1].copy_to = "collector"
        self._new_invoice("2026-03-01")
        (__, message), (recipients, copy) = self._cycle("2026-03-05")
        self.assertEqual(recipients, ["collector@company.example"])
        self.assertNotEqual(copy["Message-Id"], message["Message-Id"])

    def test_sending_again_is_a_new_message(self):
        action = self._action()
        action._set_sending()
        action._render_message()
        first = action.message_key
        action._recover_orphans()
        action.with_user(self.collector)._resolve("again", "Lost")
        ((__, message),) = self._send("2026-03-05")
        self.assertNotEqual(message["Message-Id"], first)

    def test_one_invoice_in_two_instalments_is_one_invoice_in_the_text(self):
        self.text.subject = "{invoice}"
        lines = [(0, 0, {"value_amount": 50, "nb_days": days}) for days in (0, 1)]
        term = self.env["account.payment.term"].create({"name": "Two", "line_ids": lines})
        move = self._new_invoice("2026-03-31", invoice_payment_term_id=term.id, invoice_date_due=False)
        ((__, message),) = self._cycle("2026-03-10")
        self.assertEqual(message["Subject"], f"invoice {move.name}")

    # === AT ONCE === #

    def test_a_hold_stops_what_waits_at_once(self):
        action = self._action()
        self._debtor().with_user(self.collector).write({"hold_until": "2030-01-01", "hold_reason": "They called"})
        self.assertEqual((action.state, action.reason), ("skipped", "The debtor is on hold"))

    def test_a_closed_channel_stops_what_waits_at_once_and_leaves_a_trace(self):
        action = self._action()
        debtor = self._debtor()
        optout = self.env["credit.collection.optout"].with_user(self.collector)
        optout.create({"debtor_id": debtor.id, "channel": "email", "reason": "Prefers letters"})
        self.assertEqual((action.state, action.reason), ("skipped", "The customer closed this channel"))
        self.assertIn("Prefers letters", debtor.message_ids[0].body)

    def test_a_dispute_lowers_what_waits_at_once(self):
        action = self._action()
        reason = self.env["credit.collection.dispute.reason"].create({"name": "Price"})
        item = self._item(action.line_ids.move_id)
        dispute = (
            self.env["credit.collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self._debtor().id,
                    "reason_id": reason.id,
                    "line_ids": [(0, 0, {"move_line_id": item.id, "amount": 400})],
                }
            )
        )
        self.assertEqual((action.state, action.amount, action.line_ids.disputed), ("planned", 600, 400))
        with self.assertRaisesRegex(ValidationError, "600"):
            dispute.copy({"line_ids": [(0, 0, {"move_line_id": item.id, "amount": 601})]})

    def test_a_call_that_a_person_made_keeps_its_script(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.customer.phone = "+33 1 44 55 66 77"
        self.text.script = "It is about {amount}."
        action = self._action()
        action.with_user(self.collector).action_done()
        self.assertIn("1,000.00", action.body)

    def test_formal_tasks_belong_to_the_manager(self):
        self.scenario.step_ids[:4].unlink()
        self.scenario.step_ids.mode = "task"
        self._new_invoice("2026-01-01")
        self.assertEqual(self._plan("2026-03-05").action_ids.user_id, self.manager)

    def test_braces_that_are_no_placeholder_are_refused(self):
        for text in ("{amount", "{ amount }", "{Due_phrase}", "{due-date}", "{{amount}}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.text.subject = text

    def test_a_new_profile_takes_nobody_away(self):
        first = self.env["credit.collection.profile"].create({"name": "First"})
        second = self.env["credit.collection.profile"].create({"name": "Second"})
        self.assertGreater(second.sequence, first.sequence)

    # === HANDS === #

    def test_the_trail_cannot_be_forged_through_defaults(self):
        forged = {"default_state": "live", "default_date": "2026-03-05", "default_company_id": self.company.id}
        with self.assertRaises(AccessError):
            self.env["credit.collection.run"].with_user(self.manager).with_context(**forged).create({})

    def test_a_message_that_waits_cannot_be_declared_sent(self):
        action = self._action()
        for forged in ({"state": "sent"}, {"amount": 1}, {"date_sent": "2026-03-05"}):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                action.with_user(self.collector).write(forged)

    def test_a_dispute_is_not_born_resolved(self):
        item = self._item(self._new_invoice("2026-03-01"))
        values = {
            "debtor_id": self._debtor().id,
            "reason_id": self.env["credit.collection.dispute.reason"].create({"name": "Price"}).id,
            "line_ids": [(0, 0, {"move_line_id": item.id, "amount": 1})],
        }
        disputes = self.env["credit.collection.dispute"].with_user(self.collector)
        with self.assertRaises(AccessError):
            disputes.with_context(default_state="resolved").create(values)
        self.assertEqual(disputes.create(values).state, "new")

    def test_what_was_sent_stays_as_it_was(self):
        action = self._action()
        action.with_user(self.collector).user_id = self.manager
        self._send("2026-03-05")
        with self.assertRaises(AccessError):
            action.with_user(self.collector).contact_id = self._new_customer("Somebody else")

    def test_a_file_stays_with_its_customer(self):
        self._new_invoice("2026-03-01")
        with self.assertRaises(UserError):
            self._debtor().with_user(self.collector).partner_id = self._new_customer("Somebody else")

    def test_a_formal_notice_is_sent_again_by_a_manager_only(self):
        self.scenario.step_ids[:4].unlink()
        self._new_invoice("2026-01-01")
        action = self._plan("2026-03-05").action_ids
        action._set_sending()
        action._recover_orphans()
        with self.assertRaises(AccessError):
            action.with_user(self.collector)._resolve("again", "Lost")
        action.with_user(self.manager)._resolve("again", "Lost")
        self.assertEqual(action.state, "planned")

    def test_portal_customers_do_not_read_what_we_think_of_them(self):
        move = self._new_invoice("2026-03-01")
        self._debtor().write({"hold_until": "2030-01-01", "hold_reason": "Nearly insolvent"})
        customer = new_test_user(self.env, login="portal_customer", groups="base.group_portal")
        customer.partner_id.parent_id = self.customer
        mine = move.with_user(customer)
        mine.check_access("read")
        for field in ("collection_why", "collection_level", "collection_next_date", "collection_item_ids"):
            with self.assertRaises(AccessError):
                mine.read([field])

    def test_levels_can_be_searched_in_every_way(self):
        reminded, fresh = self._new_invoice("2026-03-01"), self._new_invoice("2026-09-01")
        self._cycle("2026-03-05")
        invoices = self.env["account.move"].with_user(self.accountant)
        for domain, expected in (
            ([("collection_level", "=", 2)], reminded),
            ([("collection_level", "in", [1, 2])], reminded),
            ([("collection_level", "!=", 2)], fresh),
            ([("collection_level", "=", 0)], fresh),
            ([("collection_level", "<", 1)], fresh),
            ([("collection_level", ">=", 1)], reminded),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(invoices.search([*domain, ("id", "in", (reminded + fresh).ids)]), expected)

    def test_the_stop_is_that_of_the_record_it_was_pressed_on(self):
        other = self.setup_other_company(name="Other Company")["company"]
        action = self._action()
        both = (other + self.company).ids
        companies = self.env["res.company"].with_context(
            active_model=action._name, active_ids=action.ids, allowed_company_ids=both
        )
        self.assertEqual(companies.env.company, other)
        self.assertEqual(companies._get_collection_companies(), self.company)

    def test_a_rule_that_the_database_refuses_is_refused_on_saving(self):
        profile = self.env["credit.collection.profile"].create({"name": "Rest"})
        with self.assertRaises(ValidationError):
            profile.domain = "[('id', 'in', ['x'])]"

    # === CUSTOMERS THAT CHANGE === #

    def test_merged_customers_share_one_file_with_all_that_both_had(self):
        twin = self._new_customer("Albatros bis")
        self._new_invoice("2026-03-01")
        self._new_invoice("2026-03-01", partner=twin)
        self._cycle("2026-03-05")
        self._debtor(twin).write({"hold_until": "2026-12-31", "hold_reason": "Lawyer"})
        self.env["base.partner.merge.automatic.wizard"]._merge((self.customer + twin).ids, self.customer, False)
        debtor = self.env["credit.collection.debtor"].search([("company_id", "=", self.company.id)])
        self.assertEqual(debtor.partner_id, self.customer)
        self.assertEqual(len(debtor.action_ids), 2)
        self.assertEqual(debtor.hold_until, DAY("2026-12-31"))

    def test_a_new_parent_company_inherits_holds_and_history(self):
        move = self._new_invoice("2026-03-01")
        self._debtor().write({"hold_until": "2026-12-31", "hold_reason": "Lawyer"})
        self.customer.is_company = False
        self.customer.parent_id = self._new_customer("Holding")
        self.assertEqual(self.customer.commercial_partner_id.name, "Holding")
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "debtor_hold")
