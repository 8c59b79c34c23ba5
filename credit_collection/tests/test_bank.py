"""Money that nobody has allocated, and books that do not know the bank yet."""

import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY, CollectionCommon

# A Wednesday; working days around it have no holiday here.
TODAY = "2026-06-17"


class BankCommon(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_bank"]
        cls.cashier = cls._new_user("cashier", "account.group_account_user")
        cls.company.collection_accountant_id = cls.cashier
        cls.other = cls._new_customer("Bateau SA")

    @classmethod
    def _bank(cls, amount, label, date="2026-06-16", **values):
        return cls.env["account.bank.statement.line"].create(
            {"journal_id": cls.journal.id, "date": date, "payment_ref": label, "amount": amount, **values}
        )

    def _code(self, move, date=TODAY):
        return self._standing(move, date)["standing"]

    def _money(self, line, date=TODAY):
        self.env["credit.collection.report.money"].invalidate_model()
        return (
            self.env["credit.collection.report.money"]
            .with_context(collection_date=DAY(date))
            .search([("statement_line_id", "=", line.id)])
        )


@tagged("post_install", "-at_install")
class TestBankMoney(BankCommon):
    def test_the_number_in_the_label_names_customer_and_invoice(self):
        older = self._new_invoice("2026-05-01", 500)
        named = self._new_invoice("2026-05-20", 500)
        label = "SEPA CREDIT " + named.name.replace("/", " ") + " merci"
        line = self._bank(500, label)
        self.assertEqual(self._code(named), "covered")
        self.assertEqual(self._code(older), "due")
        self.assertEqual(self._money(line).found_by, "label")

    def test_a_number_without_enough_digits_names_nothing(self):
        invoice = self._new_invoice("2026-05-01", 500)
        invoice.payment_reference = "ALPHA"
        self._bank(333, "ALPHA")
        self.assertEqual(self._code(invoice), "due")

    def test_the_known_account_of_the_customer_is_enough(self):
        invoice = self._new_invoice("2026-05-01", 500)
        self.env["res.partner.bank"].create({"acc_number": "FR76 1234", "partner_id": self.customer.id})
        line = self._bank(300, "transfer", account_number="FR761234")
        row = self._standing(invoice, TODAY)
        self.assertEqual((row["covered"], row["free"]), (300, 200))
        self.assertEqual(self._money(line).found_by, "account")

    def test_who_pays_for_somebody_else_is_told_by_the_number_in_the_label(self):
        invoice = self._new_invoice("2026-05-01", 500)
        mother = self._new_customer("Mother SA")
        self.env["res.partner.bank"].create({"acc_number": "FR761234", "partner_id": mother.id})
        line = self._bank(500, f"for {invoice.name}", account_number="FR761234")
        self.assertEqual(self._code(invoice), "covered")
        self.assertEqual((self._money(line).partner_id, self._money(line).found_by), (self.customer, "label"))
        self._new_invoice("2026-05-01", 70, mother)
        self.assertEqual(self._money(line).partner_id, mother, "who owes something pays that")
        self.assertEqual(self._code(invoice), "due")

    def test_an_account_of_two_customers_tells_nothing(self):
        invoice = self._new_invoice("2026-05-01", 500)
        for partner in (self.customer, self.other):
            self.env["res.partner.bank"].create({"acc_number": "FR761234", "partner_id": partner.id})
        line = self._bank(300, "transfer", account_number="FR761234")
        self.assertEqual(self._standing(invoice, TODAY)["covered"], 0)
        self.assertEqual(self._money(line).state, "nobody")

    def test_an_exact_amount_of_one_customer_only_is_taken_for_theirs(self):
        invoice = self._new_invoice("2026-05-01", 512.34)
        line = self._bank(512.34, "transfer")
        self.assertEqual(self._code(invoice), "covered")
        self.assertEqual(self._money(line).found_by, "amount")
        self._new_invoice("2026-05-01", 512.34, self.other)
        self.assertEqual(self._code(invoice), "due")
        self.assertEqual(self._money(line).state, "nobody")

    def test_one_transfer_for_two_invoices_covers_both_that_it_names(self):
        oldest = self._new_invoice("2026-04-01", 100)
        first = self._new_invoice("2026-05-01", 200)
        second = self._new_invoice("2026-05-02", 300)
        self._bank(500, f"{first.name}, {second.name}")
        self.assertEqual([self._code(move) for move in (oldest, first, second)], ["due", "covered", "covered"])

    def test_one_transfer_for_two_customers_covers_what_it_names_of_both(self):
        mine, other = self._new_invoice("2026-05-01", 200), self._new_invoice("2026-05-02", 300, self.other)
        later = self._new_invoice("2026-05-03", 70, self.other)
        line = self._bank(520, f"{mine.name} + {other.name}")
        self.assertEqual([self._code(move) for move in (mine, other, later)], ["covered", "covered", "due"])
        money = self._money(line).with_user(self.collector)
        self.assertEqual((money.state, money.found_by, money.partner_id), ("holds", "several", self.env["res.partner"]))
        self._debtor()
        item = self.env["credit.collection.report.open.item"].with_context(collection_date=DAY(TODAY))
        with self.assertRaisesRegex(UserError, "list of unallocated money"):
            item.with_user(self.collector).search([("move_id", "=", mine.id)]).action_not_covered()
        ask = self.env["credit.collection.report.money"].with_context(collection_date=DAY("2026-07-02"))
        ask._ask_to_allocate_all(self.company)
        task = self.env["mail.activity"].search([("res_model", "=", "account.move"), ("res_id", "=", line.move_id.id)])
        self.assertIn("of several customers", task.summary)

    def test_dollars_for_an_invoice_in_euros_cover_it(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"name": "2026-01-01", "currency_id": euro.id, "rate": 0.8})
        named = self._new_invoice("2026-05-01", 200, currency_id=euro.id)
        other = self._new_invoice("2026-05-01", 200, currency_id=euro.id)
        self._bank(246, named.name)
        self.assertEqual([self._code(move) for move in (named, other)], ["covered", "due"])
        half = self._new_invoice("2026-05-01", 100)
        self._bank(80, half.name, foreign_currency_id=euro.id, amount_currency=40)
        self.assertEqual(self._standing(half, TODAY)["covered"], 80)

    def test_what_is_over_goes_to_the_oldest(self):
        oldest = self._new_invoice("2026-04-01", 100)
        named = self._new_invoice("2026-05-01", 200)
        self._bank(260, named.name)
        self.assertEqual(self._code(named), "covered")
        self.assertEqual(self._standing(oldest, TODAY)["covered"], 60)

    def test_money_that_was_registered_counts_only_once(self):
        older = self._new_invoice("2026-04-01", 500)
        invoice = self._new_invoice("2026-05-01", 500)
        payment = self._pay(invoice, date="2026-06-16")
        self.assertTrue(payment)
        line = self._bank(500, "transfer", partner_id=self.customer.id)
        self.assertEqual(self._standing(older, TODAY)["covered"], 0)
        self.assertEqual(self._money(line).state, "registered")
        self._bank(500, "another transfer", partner_id=self.customer.id)
        self.assertEqual(self._code(older), "covered")

    def test_one_transfer_registered_as_two_payments_counts_only_once(self):
        oldest = self._new_invoice("2026-04-01", 500)
        first, second = self._new_invoice("2026-05-01", 200), self._new_invoice("2026-05-02", 300)
        line = self._bank(500, f"{first.name}, {second.name}", partner_id=self.customer.id)
        for invoice in (first, second):
            self._pay(invoice, date="2026-06-16")
        self.assertEqual(self._code(oldest), "due")
        self.assertEqual(self._money(line).state, "registered")

    def test_a_bank_line_holds_for_ten_working_days_and_leaves_a_task(self):
        invoice = self._new_invoice("2026-05-01", 500)
        line = self._bank(500, invoice.name, date="2026-06-03")
        # Ten working days after Wednesday 3 June are over on the 17th: free from the 18th.
        self.assertEqual(self._code(invoice, "2026-06-17"), "covered")
        self.assertEqual(self._code(invoice, "2026-06-18"), "due")
        self.assertEqual(self._money(line, "2026-06-18").state, "old")
        ask = self.env["credit.collection.report.money"].with_context(collection_date=DAY("2026-06-18"))
        ask._ask_to_allocate_all(self.company)
        ask._ask_to_allocate_all(self.company)
        task = self.env["mail.activity"].search([("res_model", "=", "account.move"), ("res_id", "=", line.move_id.id)])
        self.assertEqual(len(task), 1)
        self.assertEqual(task.user_id, self.cashier)
        self.assertIn(self.customer.name, task.summary)

    def test_bank_lines_hold_nothing_when_the_company_says_so(self):
        invoice = self._new_invoice("2026-05-01", 500)
        self._bank(500, invoice.name)
        self.company.collection_cover_days = 0
        self.assertEqual(self._code(invoice), "due")
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.company.collection_cover_days = -1
            self.env.flush_all()

    def test_not_for_these_items_lifts_it_and_can_be_taken_back(self):
        invoice = self._new_invoice("2026-05-01", 500)
        line = self._bank(500, invoice.name)
        self._debtor()
        item = (
            self.env["credit.collection.report.open.item"]
            .with_context(collection_date=DAY(TODAY))
            .with_user(self.collector)
            .search([("move_id", "=", invoice.id)])
        )
        action = item.action_not_covered()
        wizard = (
            self.env["credit.collection.money.purpose"]
            .with_user(self.collector)
            .with_context(**action["context"], collection_date=DAY(TODAY))
            .create({})
        )
        self.assertEqual(wizard.meaning, "nothing")
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_confirm()
        wizard.reason = "Deposit for another order"
        wizard.action_confirm()
        self.assertEqual(self._code(invoice), "due")
        money = self._money(line)
        self.assertEqual((money.state, money.reason, money.lift_id.user_id), ("aside", wizard.reason, self.collector))
        money.with_user(self.collector).action_undo_purpose()
        self.assertEqual(self._code(invoice), "covered")

    def test_who_said_it_is_not_forged(self):
        line = self._bank(500, "transfer", partner_id=self.customer.id)
        lifts = self.env["credit.collection.lift"].with_user(self.collector)
        values = {"statement_line_id": line.id, "company_id": self.company.id, "reason": "x"}
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            lifts.create({**values, "user_id": self.manager.id})
        lift = lifts._say(line, "Deposit").with_user(self.collector)
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            lift.user_id = self.manager
        self.assertEqual(lift.user_id, self.collector)

    def test_said_for_an_invoice_it_covers_that_one(self):
        older = self._new_invoice("2026-04-01", 500)
        newer = self._new_invoice("2026-05-01", 700)
        self._debtor()
        line = self._bank(500, "transfer", partner_id=self.customer.id)
        self.assertEqual(self._code(older), "covered")
        wizard = self.env["credit.collection.money.purpose"].with_user(self.cashier)
        wizard = wizard.with_context(collection_date=DAY(TODAY))
        wizard.create({"money_ids": [(6, 0, self._money(line).ids)], "move_id": newer.id}).action_confirm()
        self.assertEqual(self._code(older), "due")
        self.assertEqual(self._standing(newer, TODAY)["covered"], 500)

    def test_money_of_another_currency_is_not_said_to_be_for_an_invoice(self):
        """It would be listed as holding reminders, and hold none."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        invoice = self._new_invoice("2026-05-01", 200, currency_id=euro.id)
        line = self._bank(180, "transfer")
        said = self.env["credit.collection.money.purpose"].with_user(self.collector)
        said = said.create({"money_ids": self._money(line).ids, "meaning": "invoice", "move_id": invoice.id})
        with self.assertRaisesRegex(ValidationError, "it would hold no reminder"):
            said.action_confirm()

    def test_nobodys_money_gets_its_customer(self):
        invoice = self._new_invoice("2026-05-01", 500)
        line = self._bank(123, "transfer")
        wizard = self.env["credit.collection.money.purpose"].with_user(self.collector)
        wizard = wizard.with_context(collection_date=DAY(TODAY)).create(
            {"money_ids": [(6, 0, self._money(line).ids)], "meaning": "customer", "partner_id": self.customer.id}
        )
        wizard.action_confirm()
        self.assertFalse(line.partner_id, "the line stays as the bank sent it")
        self.assertEqual(self._standing(invoice, TODAY)["covered"], 123)
        money = self._money(line)
        self.assertEqual((money.state, money.found_by, money.partner_id), ("holds", "said", self.customer))
        money.with_user(self.collector).action_undo_purpose()
        self.assertEqual(self._money(line).state, "nobody")

    def test_a_credit_in_the_books_cannot_be_for_somebody_else(self):
        foreign = self._new_invoice("2026-05-01", 500, self.other)
        note = self._new_invoice("2026-05-01", 100, move_type="out_refund")
        money = self.env["credit.collection.report.money"].search([("move_id", "=", note.id)])
        wizard = self.env["credit.collection.money.purpose"].create(
            {"money_ids": [(6, 0, money.ids)], "move_id": foreign.id}
        )
        with self.assertRaisesRegex(UserError, "somebody else"):
            wizard.action_confirm()

    def test_a_credit_note_set_aside_covers_nothing(self):
        invoice = self._new_invoice("2026-05-01", 500)
        note = self._new_invoice("2026-05-01", 100, move_type="out_refund")
        self.assertEqual(self._standing(invoice, TODAY)["covered"], 100)
        self.env["credit.collection.lift"].with_user(self.collector)._say(self._item(note), "Will be paid out")
        self.assertEqual(self._standing(invoice, TODAY)["covered"], 0)

    def test_another_company_sees_none_of_it(self):
        self._new_invoice("2026-05-01", 500)
        line = self._bank(500, "transfer", partner_id=self.customer.id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "credit_collection.group_credit_collection_user")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        money = self.env["credit.collection.report.money"].with_user(stranger)
        self.assertFalse(money.with_context(allowed_company_ids=company.ids).search([]))
        self.assertFalse(money.browse(line.id * 3).read(["amount"]))


@tagged("post_install", "-at_install")
class TestBankFresh(BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_bank_fresh = True
        cls.overdue = cls._new_invoice("2026-05-01", 500)
        cls.coming = cls._new_invoice("2026-06-20", 500, cls.other)

    def test_a_late_bank_stops_what_is_overdue_and_nothing_else(self):
        self._bank(9.99, "somebody", date="2026-06-15")
        self.assertEqual(self._code(self.overdue), "bank_late")
        self.assertEqual(self._code(self.coming), "due")
        self._bank(8.88, "somebody", date="2026-06-16")
        self.assertEqual(self._code(self.overdue), "due")

    def test_the_wait_burns_no_step(self):
        before = self._standing(self.overdue, TODAY)["step_id"]
        self.assertEqual(self._code(self.overdue), "bank_late")
        mails = self._cycle(TODAY)
        self.assertEqual([recipients for recipients, __ in mails], [["pay@bateausa.example"]])
        self.company.collection_bank_posted_until = DAY("2026-06-17")
        row = self._standing(self.overdue, "2026-06-18")
        self.assertEqual((row["standing"], row["step_id"], row["level"]), ("due", before, 0))

    def test_what_waits_to_leave_is_asked_again(self):
        self._bank(9.99, "somebody", date="2026-06-16")
        self._plan(TODAY)
        action = self.env["credit.collection.action"].search([("debtor_id.partner_id", "=", self.customer.id)])
        self.assertEqual(action.state, "planned")
        self.assertFalse(
            [mail for mail in self._send("2026-06-18") if mail[0] == ["pay@albatrossarl.example"]],
            "the 17th is missing",
        )
        self.assertEqual((action.state, action.line_ids.mapped("dropped")), ("skipped", ["bank_late"]))

    def test_over_the_weekend_friday_is_enough(self):
        self._bank(9.99, "somebody", date="2026-06-12")
        self.assertEqual(self._code(self.overdue, "2026-06-15"), "due")
        self.assertEqual(self._code(self.overdue, "2026-06-16"), "bank_late")

    def test_a_public_holiday_is_no_banking_day(self):
        self._bank(9.99, "somebody", date="2026-07-13")
        self.assertEqual(self._code(self.overdue, "2026-07-15"), "bank_late")
        holiday = {"name": "National day", "country_id": self.company.country_id.id, "rule": "fixed"}
        self.env["credit.collection.holiday"].create({**holiday, "month": "07", "day": 14})
        self.assertEqual(self._code(self.overdue, "2026-07-15"), "due")

    def test_a_registered_payment_or_an_accountants_word_is_enough(self):
        self._pay(self._new_invoice("2026-06-01", 50, self.other), date="2026-06-16")
        self.assertEqual(self._code(self.overdue), "due")
        self.assertEqual(self._code(self.overdue, "2026-06-18"), "bank_late")
        self.company.collection_bank_posted_until = DAY("2026-06-17")
        self.assertEqual(self._code(self.overdue, "2026-06-18"), "due")

    def test_a_card_accepted_in_the_portal_says_nothing_about_the_bank(self):
        card = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1).id,
                "payment_method_id": self.env["payment.method"].with_context(active_test=False).search([], limit=1).id,
                "reference": "S00042", "amount": 50, "currency_id": self.company.currency_id.id,
                "partner_id": self.other.id, "state": "done",
            }
        )  # fmt: skip
        payment = self._pay(self._new_invoice("2026-06-01", 50, self.other), date="2026-06-16")
        self.assertEqual(self._code(self.overdue), "due")
        payment.payment_transaction_id = card
        self.assertEqual(self._code(self.overdue), "bank_late")

    def test_what_we_pay_says_nothing_about_what_came_in(self):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound", "partner_type": "supplier", "partner_id": self.other.id, "amount": 70,
                "date": "2026-06-16", "journal_id": self.journal.id,
            }
        )  # fmt: skip
        payment.action_post()
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(self._code(self.overdue), "bank_late")

    def test_the_button_is_the_accountants(self):
        with freeze_time("2026-06-17 10:00:00"):
            wizard = self.env["credit.collection.bank.posted"].with_user(self.cashier).create({})
            self.assertEqual((wizard.needed_date, wizard.late, wizard.waiting_count), (DAY("2026-06-16"), True, 1))
            self.assertEqual(wizard.posted_until, DAY("2026-06-16"))
            wizard.action_confirm()
            self.assertEqual(self.company.collection_bank_posted_until, DAY("2026-06-16"))
            self.assertFalse(self.company.collection_bank_late)
            with self.assertRaises(AccessError):
                self.env["credit.collection.bank.posted"].with_user(self.collector).create({}).action_confirm()
            with self.assertRaisesRegex(ValidationError, "still to come"):
                self.company.collection_bank_posted_until = fields.Date.to_date("2026-06-18")

    def test_nobody_says_it_for_a_company_of_others(self):
        other = self.setup_other_company()["company"]
        wizard = self.env["credit.collection.bank.posted"].with_user(self.cashier)
        wizard = wizard.create({"company_id": other.id, "posted_until": "2026-01-05"})
        with self.assertRaisesRegex(AccessError, "works in a company"):
            wizard.action_confirm()
        self.assertFalse(other.collection_bank_posted_until)

    def test_the_petty_cash_says_nothing_about_the_bank(self):
        cash = self.company_data["default_journal_cash"]
        self._bank(-3, "stamps", date="2026-06-16", journal_id=cash.id)
        self.assertEqual(self._code(self.overdue), "bank_late")

    def test_one_company_being_late_does_not_hold_the_other(self):
        other = self.setup_other_company()["company"]
        other.collection_bank_posted_until = DAY("2026-06-16")
        other.collection_bank_fresh = True
        self.assertTrue(self.company._is_bank_late(DAY(TODAY)))
        self.assertFalse(other._is_bank_late(DAY(TODAY)))

    def test_the_list_says_how_far_the_bank_is_posted(self):
        self._bank(9.99, "somebody", date="2026-06-10")
        self._debtor()
        item = self.env["credit.collection.report.open.item"].with_context(collection_date=DAY(TODAY))
        item = item.search([("move_id", "=", self.overdue.id)])
        self.assertIn("06/10/2026", item.why)
        self.assertEqual(item.lifter, "Accountant")
