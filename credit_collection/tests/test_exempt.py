"""What is not ours to ask for explains itself, and is set where an accountant looks for it."""

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import DAY, CollectionCommon

TODAY = "2026-06-17"


@tagged("post_install", "-at_install")
class TestExempt(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._new_invoice("2026-05-01", 500)

    def _code(self, move=None, date=TODAY):
        return self._standing(move or self.invoice, date)["standing"]

    def test_an_invoice_never_sent_is_not_asked_for(self):
        self.company.collection_require_sent = True
        self.assertEqual(self._code(), "never_sent")
        self.invoice.with_user(self.accountant).action_mark_collection_sent()
        self.assertEqual(self._code(), "due")
        self.assertIn("by another way", self.invoice.message_ids[:1].body)

    def test_sending_it_by_core_is_enough(self):
        self.company.collection_require_sent = True
        composer = self.env["account.move.send.wizard"].create({"move_id": self.invoice.id, "sending_methods": []})
        composer.action_send_and_print()
        self.assertEqual(self._code(), "due")

    def test_an_entry_of_the_books_needs_no_sending(self):
        self.company.collection_require_sent = True
        account = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": "2026-04-01",
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": self.customer.id, "debit": 70, "no_followup": False}
                    ),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 70}),
                ],
            }
        )
        entry.action_post()
        self.assertNotEqual(self._code(entry), "never_sent")

    def test_marks_on_the_invoice_hold_it_until_their_last_day(self):
        for code in ("platform_error", "retention", "factored"):
            with self.subTest(code):
                self.invoice.with_user(self.accountant).write(
                    {"collection_exempt": code, "collection_exempt_until": TODAY}
                )
                row = self._standing(self.invoice, TODAY)
                self.assertEqual((row["standing"], row["until"]), (code, DAY("2026-06-18")))
                self.assertEqual(self._code(date="2026-06-18"), "due")
        with self.assertRaisesRegex(ValidationError, "until which"):
            self.invoice.write({"collection_exempt": "retention", "collection_exempt_until": False})

    def test_a_mark_stops_what_waits_to_leave(self):
        self._plan(TODAY)
        action = self.env["credit.collection.action"].search([("debtor_id.partner_id", "=", self.customer.id)])
        self.assertEqual(action.state, "planned")
        self.invoice.with_context(collection_date=DAY(TODAY)).collection_exempt = "factored"
        self.assertEqual((action.state, action.line_ids.dropped), ("skipped", "factored"))

    def test_one_of_our_companies_is_not_asked(self):
        self.env["res.company"].create({"name": "Sister", "partner_id": self.customer.id})
        self.assertEqual(self._code(), "intercompany")
        self.assertTrue(self._debtor().is_intercompany)

    def test_a_protected_customer_is_not_asked(self):
        debtor = self._debtor().with_user(self.collector)
        with self.assertRaisesRegex(ValidationError, "Say why"):
            debtor.protected = True
        debtor.write({"protected": True, "protected_reason": "Employee"})
        self.assertEqual(self._code(), "protected")

    def test_what_we_collect_is_not_asked_for_unless_it_came_back(self):
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        method.collection_by_us = True
        self.customer.property_inbound_payment_method_line_id = method
        collected = self._new_invoice("2026-05-01", 80)
        self.assertEqual(collected.preferred_payment_method_line_id, method)
        self.assertEqual(self._code(collected), "collected_by_us")
        self.assertEqual(self._code(), "due", "an invoice of before keeps its own means")
        reject = self._come_back(collected)
        reject.reason = "mistake"
        self.assertEqual(self._code(collected), "collected_by_us")
        reject.reason = "funds"
        self.assertEqual(self._code(collected), "due")

    def _come_back(self, move):
        payment = self._pay(move, date="2026-06-10")
        self._item(move).with_context(collection_date=DAY(TODAY)).remove_move_reconcile()
        payment.action_draft()
        return self.env["credit.collection.reject"].search([("move_id", "=", move.id)])

    def test_payment_days_move_the_day_from_which_it_is_late(self):
        self._debtor().payment_days = "10,25"
        invoice = self._new_invoice("2026-06-12", 90)
        self.assertEqual(self._code(invoice, "2026-06-12"), "payment_run")
        row = self._standing(invoice, "2026-06-25")
        self.assertEqual((row["standing"], row["until"]), ("payment_run", DAY("2026-06-26")))
        row = self._standing(invoice, "2026-06-26")
        self.assertEqual((row["standing"], row["step_date"]), ("waiting", DAY("2026-06-29")))
        self.assertEqual(self._code(invoice, "2026-06-29"), "due")

    def test_a_day_that_the_month_does_not_have_is_its_last(self):
        self._debtor().payment_days = "31"
        invoice = self._new_invoice("2026-02-10", 90)
        self.assertEqual(self._code(invoice, "2026-02-28"), "payment_run")
        self.assertEqual(self._code(invoice, "2026-03-01"), "waiting")

    def test_payment_days_are_days_of_a_month(self):
        self._debtor().with_user(self.collector).payment_days = " 5, 25 "
        # What only Python takes for a number, or for a space, would stop the planning of the whole company.
        for wrong in ("0", "32", "ten", "10;25", "10,", "10,\u00a025", "1\u0663", "5,\n31"):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, "days of the month"):
                self._debtor().with_user(self.collector).payment_days = wrong

    def test_while_we_owe_them_as_much_nothing_is_asked(self):
        bill = self._new_invoice("2026-07-01", 499, move_type="in_invoice")
        debtor = self._debtor()
        self.assertEqual(debtor.amount_payable, 499)
        self.assertEqual(self._code(), "due", "shown, not obeyed, unless the file says so")
        debtor.hold_for_bills = True
        self.assertEqual(self._code(), "due", "less than what is overdue")
        self._new_invoice("2026-07-01", 1, move_type="in_invoice")
        self.assertEqual(self._code(), "we_owe")
        self.assertIn(bill, self.env["account.move"].search(debtor.action_view_bills()["domain"]))

    def test_an_opening_level_goes_on_where_the_other_software_stopped(self):
        self.invoice.sudo().write({"collection_opening_level": 2, "collection_opening_date": "2026-06-12"})
        row = self._standing(self.invoice, TODAY)
        self.assertEqual((row["standing"], row["level"], row["step_level"]), ("interval", 2, 3))
        self.assertEqual(row["until"], DAY("2026-06-19"))
        self.assertEqual(self._code(date="2026-06-19"), "due")

    def test_the_marks_stand_on_the_screens_where_accountants_look(self):
        with Form(self.invoice.with_user(self.accountant)) as form:
            form.collection_exempt = "retention"
            form.collection_exempt_until = fields.Date.to_date("2027-06-17")
        self.assertEqual(self._code(), "retention")
        with Form(self._debtor().with_user(self.collector)) as form:
            form.payment_days = "15"
            form.hold_for_bills = True
        self.assertTrue(self._debtor().hold_for_bills)
        item = self.env["credit.collection.report.open.item"].with_context(collection_date=DAY(TODAY))
        item = item.search([("move_id", "=", self.invoice.id)])
        self.assertEqual((item.why, item.lifter, item.status), ("Retention guarantee", "Accountant", "held"))


@tagged("post_install", "-at_install")
class TestReject(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_accountant_id = cls.accountant
        cls.invoice = cls._new_invoice("2026-05-01", 500)
        cls.payments = cls._pay(cls.invoice, date="2026-06-01")

    def _come_back(self):
        item = self._item(self.invoice)
        self.assertTrue(item.reconciled)
        item.with_context(collection_date=DAY(TODAY)).remove_move_reconcile()
        self.payments.action_draft()
        return self.env["credit.collection.reject"].search([("move_id", "=", self.invoice.id)])

    def _code(self, date=TODAY):
        return self._standing(self.invoice, date)["standing"]

    def test_a_payment_taken_off_a_paid_invoice_opens_it_again_and_asks_why(self):
        reject = self._come_back()
        self.assertEqual((reject.reason, reject.amount, reject.date), ("unknown", 500, DAY(TODAY)))
        self.assertEqual(self._code(), "rejected")
        # Three working days after Wednesday the 17th: Monday the 22nd is the last.
        self.assertEqual(reject.hold_until, DAY("2026-06-22"))
        self.assertEqual(self._code("2026-06-23"), "due")
        task = self._debtor().activity_ids
        self.assertEqual(task.user_id, self.accountant)
        self.assertIn("say why", task.summary)
        self.assertIn("came back on", self.invoice.collection_came_back)

    def test_not_enough_funds_goes_on_at_once_and_colours_the_text(self):
        reject = self._come_back().with_user(self.collector)
        reject.reason = "funds"
        self.assertEqual(self._code(), "due")
        self.assertEqual(
            self._debtor().late_reason_id, self.env.ref("credit_collection.credit_collection_late_reason_cash")
        )
        self.assertFalse(self._debtor().activity_ids, "the question is answered")

    def test_the_answer_closes_the_question_and_no_other_task(self):
        reject = self._come_back()
        other = self._debtor().activity_schedule(
            "mail.mail_activity_data_todo", summary=f"Call about {self.invoice.name} today", user_id=self.collector.id
        )
        reject.with_user(self.collector).reason = "funds"
        self.assertEqual(self._debtor().activity_ids, other)

    def test_a_missing_mandate_waits_for_a_new_one(self):
        reject = self._come_back().with_user(self.accountant)
        reject.reason = "mandate"
        self.assertEqual((self._code(), reject.hold_until), ("rejected", DAY("2026-06-24")))
        self.assertIn("new mandate", self._debtor().activity_ids.summary)
        self.assertEqual(self._debtor().activity_ids.user_id, self.collector)

    def test_money_taken_back_by_the_customer_is_a_possible_dispute(self):
        reject = self._come_back().with_user(self.collector)
        reject.reason = "refused"
        self.assertEqual(self._code(), "rejected")
        self.assertIn("a dispute?", self._debtor().activity_ids.summary)

    def test_a_correction_of_ours_changes_nothing(self):
        self._come_back().reason = "mistake"
        self.assertEqual(self._code(), "due")

    def test_what_the_ladder_had_reached_counts_on(self):
        invoice = self._new_invoice("2026-05-02", 60)
        self._cycle("2026-06-01")
        self.assertEqual(self._standing(invoice, "2026-06-02")["level"], 2)
        payment = self._pay(invoice, date="2026-06-03")
        self._item(invoice).with_context(collection_date=DAY(TODAY)).remove_move_reconcile()
        payment.action_draft()
        self.env["credit.collection.reject"].search([("move_id", "=", invoice.id)]).reason = "funds"
        row = self._standing(invoice, TODAY)
        self.assertEqual((row["standing"], row["level"], row["step_level"]), ("due", 2, 3))

    def test_an_invoice_taken_back_to_draft_is_no_reject(self):
        cancelled = self._new_invoice("2026-05-02", 60)
        self._pay(cancelled, date="2026-06-01")
        cancelled.with_user(self.accountant).button_cancel()
        self.invoice.with_user(self.accountant).button_draft()
        self.invoice.invoice_line_ids.price_unit = 600
        self.invoice.with_user(self.accountant).action_post()
        self.assertEqual(self.invoice.payment_state, "not_paid", "core took the payment off")
        self.assertFalse(self.env["credit.collection.reject"].search([]))

    def test_a_credit_note_over_a_paid_invoice_is_no_reject(self):
        wizard = self.env["account.move.reversal"].with_user(self.accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=self.invoice.ids)
        wizard.create({"journal_id": self.invoice.journal_id.id, "reason": "Wrong customer"}).modify_moves()
        self.assertEqual(self.invoice.payment_state, "reversed")
        self.assertFalse(self.env["credit.collection.reject"].search([]), "the customer's money did not come back")

    def test_a_credit_note_taken_off_is_no_reject(self):
        invoice = self._new_invoice("2026-05-02", 60)
        note = self._new_invoice("2026-05-02", 60, move_type="out_refund")
        (self._item(invoice) + self._item(note)).reconcile()
        self._item(invoice).remove_move_reconcile()
        self.assertFalse(self.env["credit.collection.reject"].search([("move_id", "=", invoice.id)]))

    def test_facts_are_not_edited_and_other_companies_see_nothing(self):
        reject = self._come_back()
        with self.assertRaisesRegex(Exception, "cannot be edited"):
            reject.with_user(self.manager).amount = 1
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "credit_collection.group_credit_collection_user")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self.assertFalse(self.env["credit.collection.reject"].with_user(stranger).search([]))
