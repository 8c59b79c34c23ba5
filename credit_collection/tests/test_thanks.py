"""Thanks for payments: to whom, when, what they say, and when there are none."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from .common import DAY, CollectionCommon

# Reminded on Thursday the 5th, paid on Monday the 9th: thanks leave on Tuesday the 10th.
REMINDED, PAID, THANKED = "2026-03-05", "2026-03-09", "2026-03-10"


@freeze_time("2026-03-10 09:00:00")
@tagged("post_install", "-at_install")
class TestThanks(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_tz = "Europe/Paris"
        cls.move = cls._new_invoice("2026-03-01", ref="PO 4711")

    def _remind(self, date=REMINDED):
        return self._cycle(date)

    def _pay_on(self, moves, date=PAID, amount=None):
        """Register a payment that was reconciled at noon (UTC) of that day."""
        known = self.env["account.partial.reconcile"].search([]).ids
        payment = self._pay(moves, amount, date)
        self._note_on(date, known)
        return payment

    def _note_on(self, date, known):
        """Say on which day the partial reconciliations that are not ``known`` were made."""
        new = self.env["account.partial.reconcile"].search([("id", "not in", known)])
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE account_partial_reconcile SET create_date = %s WHERE id IN %s",
                f"{date} 12:00:00",
                tuple(new.ids) or (0,),
            )
        )
        self.env.invalidate_all()

    def _thank(self, date=THANKED):
        return self.env["credit.collection.action"]._plan_thanks(self.company, DAY(date))

    def _send_thanks(self, date=THANKED):
        return self._send(date, [("purpose", "=", "thanks"), ("state", "in", ("planned", "retry"))])

    def _all(self):
        return self.env["credit.collection.action"].search([("purpose", "=", "thanks")])

    def _why_not(self, payment, date=THANKED):
        partials = payment.move_id.line_ids.matched_debit_ids
        return self.env["credit.collection.thanks"]._explain(partials, DAY(date))

    # === WHAT LEAVES === #

    def test_who_pays_what_was_reminded_is_thanked_once_by_mail(self):
        self._remind()
        self._pay_on(self.move)
        thanks = self._thank()
        self.assertEqual((thanks.purpose, thanks.state, thanks.amount), ("thanks", "planned", 1000))
        self.assertEqual(thanks.user_id, self.collector)
        ((recipients, mail),) = self._send_thanks()
        self.assertEqual((recipients, thanks.state), (["pay@albatrossarl.example"], "sent"))
        self.assertEqual(mail["Subject"], "Thank you: $\N{NO-BREAK SPACE}1,000.00 for invoice INV/2026/00001 received")
        html = self._html(mail)
        self.assertIn("(your reference PO 4711)", html)
        self.assertIn("Collector", html)
        for wrong in ("<table", "View and pay", "Paid already", "Open amount"):
            self.assertNotIn(wrong, html, "thanks ask for nothing")
        for day in (THANKED, "2026-03-11", "2026-03-12"):
            self.assertFalse(self._thank(day))

    def test_the_customer_reads_it_in_its_own_language(self):
        for lang, words in {"fr_FR": "Merci.*nous est bien parvenu", "de_DE": "Vielen Dank.*eingegangen"}.items():
            self.env["res.lang"]._activate_lang(lang)
            self.env["ir.module.module"].search([("name", "=", "credit_collection")])._update_translations([lang])
            partner = self._new_customer(f"Customer {lang}", lang=lang)
            move = self._new_invoice("2026-03-01", 250, partner=partner)
            self._remind()
            self._pay_on(move)
            self._thank()
            ((__, mail),) = self._send_thanks()
            self.assertRegex(f"{mail['Subject']} {' '.join(self._html(mail).split())}", words)

    def test_thanks_raise_no_level_and_are_no_contact(self):
        self._remind()
        self._pay_on(self.move)
        self._thank()
        self._send_thanks()
        other = self._new_invoice("2026-03-06")
        standing = self._standing(other, "2026-03-11")
        self.assertEqual((standing["standing"], standing["level"]), ("interval", 0))
        self.assertEqual(standing["until"], DAY("2026-03-12"), "a week after the reminder")

    def test_all_that_was_paid_that_day_is_one_message(self):
        second = self._new_invoice("2026-03-01", 500)
        self._remind()
        third = self._new_invoice("2026-05-01", 70)
        self._pay_on(self.move)
        self._pay_on(second | third)
        thanks = self._thank()
        self.assertEqual((len(thanks), thanks.amount, len(thanks.line_ids)), (1, 1570, 3))
        self.assertEqual(thanks.line_ids.filtered("settled").move_id, self.move | second, "what was reminded")
        ((__, mail),) = self._send_thanks()
        self.assertIn("3 invoices", mail["Subject"])
        self.assertIn("1,570.00", mail["Subject"])

    def test_a_text_message_leaves_when_that_is_the_wish_and_the_text_has_it(self):
        self.customer.phone = "+33 6 12 34 56 78"
        template = self.env["credit.collection.thanks"]._get_template(self.company)
        self._debtor().preferred_channel = "sms"
        self._remind()
        self._pay_on(self.move)
        with self.env.cr.savepoint() as undo:
            self.assertEqual(self._thank().channel, "email", "the shipped text has no short part")
            undo.rollback()
        template.short_text = "Thank you: {amount} received. {company}"
        thanks = self._thank()
        self.assertEqual(thanks.channel, "sms")
        self.assertIn("1,000.00 received", thanks.short_text or thanks._get_preview()["short_text"])

    def test_a_bank_line_reconciled_by_hand_is_a_payment(self):
        self._remind()
        known = self.env["account.partial.reconcile"].search([]).ids
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": PAID,
                "payment_ref": self.move.name,
                "partner_id": self.customer.id,
                "amount": 1000,
            }
        )
        __, suspense, __ = line._seek_for_lines()
        suspense.account_id = self._item(self.move).account_id
        (suspense | self._item(self.move)).reconcile()
        self._note_on(PAID, known)
        self.assertEqual(self._thank().amount, 1000)

    # === WHEN === #

    def test_thanks_leave_one_to_two_working_days_after(self):
        self._remind()
        self._pay_on(self.move, "2026-03-06")
        with self.env.cr.savepoint() as undo:
            self.assertFalse(self._thank("2026-03-06"), "not on the day itself")
            self.assertFalse(self._thank("2026-03-07"), "nobody works on Saturday")
            self.assertTrue(self._thank("2026-03-09"), "Monday")
            undo.rollback()
        with self.env.cr.savepoint() as undo:
            self.assertTrue(self._thank("2026-03-10"), "the second working day, when the first was missed")
            undo.rollback()
        self.assertFalse(self._thank("2026-03-11"), "too late")

    def test_the_day_of_a_payment_is_the_companys(self):
        self._remind()
        payment = self._pay_on(self.move)
        partials = payment.move_id.line_ids.matched_debit_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = '2026-03-09 23:30:00' WHERE id IN %s",
            [tuple(partials.ids)],
        )
        self.env.invalidate_all()
        self.assertFalse(self._thank("2026-03-10"), "in Paris it is the 10th already")
        self.assertTrue(self._thank("2026-03-11"))

    def test_they_wait_for_the_customers_hours(self):
        self.company.write({"collection_opens": 8.5, "collection_sends_at": 9, "collection_closes": 18})
        self.customer.collection_tz = "America/New_York"
        self._remind_around_the_clock()
        self._pay_on(self.move)
        thanks = self._thank()
        self.assertEqual(str(thanks.send_after), "2026-03-10 13:00:00", "nine o'clock in New York")
        self.assertFalse(self._send_thanks())

    def _remind_around_the_clock(self):
        """Remind without waiting for hours."""
        run = self._plan(REMINDED)
        run.action_ids._set_sending()
        run.action_ids._set_sent(DAY(REMINDED))

    # === WHEN NOT === #

    def test_nobody_is_thanked_for_what_was_not_reminded(self):
        payment = self._pay_on(self.move)
        self.assertFalse(self._thank())
        self.assertIn("settled nothing", self._why_not(payment))

    def test_a_part_payment_is_thanked_for_when_the_last_one_comes(self):
        self._remind()
        self._pay_on(self.move, amount=400)
        self.assertFalse(self._thank())
        self._pay_on(self.move, "2026-03-12")
        self.assertEqual(self._thank("2026-03-13").amount, 600)

    def test_a_credit_note_a_write_off_and_other_entries_are_no_payment(self):
        self._remind()
        known = self.env["account.partial.reconcile"].search([]).ids
        self.move._reverse_moves([{"invoice_date": PAID, "date": PAID}], cancel=True)
        self._note_on(PAID, known)
        self.assertTrue(self._item(self.move).reconciled)
        self.assertFalse(self._thank())

    def test_what_a_write_off_closed_after_a_part_payment_is_not_thanked_for(self):
        self._remind()
        self._pay_on(self.move, amount=10)
        known = self.env["account.partial.reconcile"].search([]).ids
        item = self._item(self.move)
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": PAID,
                "line_ids": [
                    Command.create({"account_id": item.account_id.id, "partner_id": self.customer.id, "credit": 990}),
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": 990}),
                ],
            }
        )
        entry.action_post()
        (item | entry.line_ids.filtered("credit")).reconcile()
        self._note_on(f"{PAID[:-2]}10", known)
        self.assertTrue(item.reconciled)
        self.assertFalse(self._thank())
        self.assertFalse(self._thank("2026-03-11"))

    def test_not_after_a_formal_notice(self):
        formal = self.scenario.step_ids[-1]
        self._remind()
        action = self.env["credit.collection.action"].search([("purpose", "=", "reminder")])
        action.sudo().line_ids.write({"step_id": formal.id, "level": formal.level, "tone": "formal"})
        payment = self._pay_on(self.move)
        self.assertFalse(self._thank())
        self.assertIn("formal notice", self._why_not(payment))

    def test_not_while_something_else_is_overdue(self):
        other = self._new_invoice("2026-03-08", 30)
        self._remind()
        payment = self._pay_on(self.move)
        self.assertFalse(self._thank())
        self.assertIn("overdue", self._why_not(payment))
        self._pay_on(other)
        self.assertEqual(self._thank().amount, 1030)

    def test_an_item_that_is_disputed_as_a_whole_stands_in_nobodys_way(self):
        other = self._new_invoice("2026-03-02", 30)
        self._remind()
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].create({"name": "Price"}).id,
                "line_ids": [Command.create({"move_line_id": self._item(other).id, "amount": 30})],
            }
        )
        self._pay_on(self.move)
        self.assertTrue(self._thank())

    def test_not_within_thirty_days_of_the_last(self):
        self._remind()
        self._pay_on(self.move)
        self._thank()
        self._send_thanks()
        for paid, thanked, expected in (("2026-04-07", "2026-04-08", 0), ("2026-04-08", "2026-04-09", 1)):
            move = self._new_invoice("2026-03-20")
            self._cycle("2026-04-02")
            payment = self._pay_on(move, paid)
            self.assertEqual(len(self._thank(thanked)), expected, thanked)
            if not expected:
                self.assertIn("30 days", self._why_not(payment, thanked))

    def test_public_bodies_are_not_thanked(self):
        self.customer.collection_kind = "public"
        self._remind()
        payment = self._pay_on(self.move)
        self.assertFalse(self._thank())
        self.assertIn("public", self._why_not(payment))

    def test_not_by_a_channel_that_the_customer_closed(self):
        self._remind()
        self.env["credit.collection.optout"].create({"debtor_id": self._debtor().id, "channel": "email"})
        payment = self._pay_on(self.move)
        self.assertFalse(self._thank())
        self.assertIn("closed this channel", self._why_not(payment))

    def test_nothing_leaves_while_the_scenario_or_the_setting_is_off(self):
        self._remind()
        payment = self._pay_on(self.move)
        self.company.collection_thanks = False
        self.assertFalse(self._thank())
        self.company.collection_thanks = True
        self.scenario.action_turn_off()
        self.assertFalse(self._thank())
        self.assertIn("scenario is off", self._why_not(payment))

    def test_switching_the_scenario_off_takes_back_what_waits(self):
        self._remind()
        self._pay_on(self.move)
        thanks = self._thank()
        self.scenario.action_turn_off()
        self.assertEqual(thanks.state, "cancelled")

    def test_another_company_hears_nothing_of_it(self):
        other = self.setup_other_company()["company"]
        self._remind()
        self._pay_on(self.move)
        self.assertFalse(self.env["credit.collection.action"]._plan_thanks(other, DAY(THANKED)))

    # === ASKED AGAIN === #

    def test_a_payment_that_came_back_is_not_thanked_for_and_the_next_one_is(self):
        self._remind()
        payment = self._pay_on(self.move)
        thanks = self._thank()
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertFalse(self._send_thanks())
        self.assertEqual(thanks.state, "skipped")
        self.assertIn("came back", thanks.reason)
        self._pay_on(self.move, "2026-03-11")
        self.assertTrue(self._thank("2026-03-12"))

    def test_a_payment_that_the_bank_rejected_is_not_thanked_for(self):
        self._remind()
        payment = self._pay_on(self.move)
        thanks = self._thank()
        payment.action_reject()
        self.assertFalse(self._send_thanks())
        self.assertEqual(thanks.state, "skipped")
        self.assertFalse(self._thank("2026-03-11"))

    def test_what_became_overdue_since_stops_them(self):
        self._remind()
        self._pay_on(self.move)
        thanks = self._thank()
        self._new_invoice("2026-03-09", 80)
        self.assertFalse(self._send_thanks())
        self.assertEqual(thanks.state, "skipped")
        self.assertIn("overdue", thanks.reason)
        self.assertFalse(self._thank("2026-03-11"), "once is once")

    def test_an_address_that_is_closed_since_stops_them(self):
        self._remind()
        self._pay_on(self.move)
        thanks = self._thank()
        self.env["credit.collection.optout"].create({"debtor_id": self._debtor().id, "channel": "email"})
        self.assertFalse(self._send_thanks())
        self.assertEqual(thanks.state, "skipped")

    def test_a_run_meanwhile_leaves_the_amount_alone(self):
        self._remind()
        self._pay_on(self.move)
        self._thank()
        self._plan("2026-03-10")
        ((__, mail),) = self._send_thanks()
        self.assertIn("1,000.00", mail["Subject"])

    def test_thanks_that_waited_a_week_come_too_late(self):
        self._remind()
        self._pay_on(self.move)
        thanks = self._thank()
        self.assertFalse(self._send_thanks("2026-03-18"))
        self.assertIn("too late", thanks.reason)

    # === WHAT IS SEEN === #

    def test_the_payment_tells_what_became_of_the_thanks(self):
        self._remind()
        payment = self._pay_on(self.move)
        self.assertEqual(payment.with_user(self.accountant).collection_thanks, "Thanks are about to leave")
        self.assertIn("next working day", self._why_not(payment, PAID))
        self._thank()
        payment.invalidate_recordset()
        self.assertEqual(payment.with_user(self.accountant).collection_thanks, "Thanks: Ready to leave")
        self._send_thanks()
        payment.invalidate_recordset()
        self.assertEqual(payment.with_user(self.accountant).collection_thanks, "Thanks: Sent or done")
        with Form(payment) as form:
            self.assertEqual(form.collection_thanks, "Thanks: Sent or done")
        payment.move_id.line_ids.remove_move_reconcile()
        payment.invalidate_recordset()
        self.assertFalse(payment.collection_thanks, "it settles nothing any more")

    def test_thanks_are_a_fact_that_nobody_edits(self):
        self._remind()
        self._pay_on(self.move)
        thanks = self._thank().with_user(self.collector)
        with self.assertRaises(AccessError):
            thanks.line_ids.write({"settled": False})
        self.assertEqual(self._debtor().action_ids.filtered(lambda action: action.purpose == "thanks"), thanks)

    def test_the_daily_pass_thanks_in_each_company_with_a_scenario_on(self):
        self._remind()
        self._pay_on(self.move)
        with self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_thank").method_direct_trigger()
        self.assertEqual(len(self._all()), 1)
