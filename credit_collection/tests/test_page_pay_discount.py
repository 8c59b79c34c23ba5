"""A discount for early payment: offered while it runs, checked again, and booked with core's own lines."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .test_page_pay import NOW, PayCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePayDiscount(PayCommon):
    """An invoice of 15 March: 2% less when paid within ten days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "2/10 net 30", "early_discount": True, "discount_percentage": 2, "discount_days": 10,
                "early_pay_discount_computation": "excluded",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )  # fmt: skip
        cls.early = cls._new_early(600)
        cls.loss = cls.company.account_journal_early_pay_discount_loss_account_id

    @classmethod
    def _new_early(cls, amount, **values):
        return cls._new_invoice("2026-04-14", amount, invoice_payment_term_id=cls.term.id, **values)

    def _taken_off(self, tx):
        lines = tx.payment_id.move_id.line_ids.filtered(lambda line: line.account_id == self.loss)
        return sum(lines.mapped("amount_currency"))

    # === SHOWN === #

    def test_the_page_says_what_is_less_until_when_and_proposes_it(self):
        self._enter()
        with self._unchanged():
            page = self._get(f"/pay?item={self._item(self.early).id}")
        self.assertRegex(self._words(page), r"\$ ?12.00 less when paid by 25 Mar 2026")
        self.assertRegex(page.text, rf'name="amount_{self._item(self.early).id}"[^>]*value="588.00"')
        self.assertRegex(self._words(self._get(f"/item/{self._item(self.early).id}")), r"\$ ?12.00 less .* 25 Mar 2026")
        page = self._get(f"/pay/{self._choice({self.early: '588'})}")
        self.assertRegex(self._words(page), r"\$ ?588.00 of \$ ?600.00 : \$ ?12.00 less when paid by 25 Mar 2026")

    def test_after_its_last_day_there_is_none(self):
        self._enter()
        with freeze_time("2026-03-25 20:00:00"):
            self.assertIn("less when paid by", self._words(self._get("/pay")))
        with freeze_time("2026-03-26 09:00:00"):
            page = self._get("/pay")
            self.assertNotIn("less when paid by", self._words(page))
            self.assertRegex(page.text, rf'name="amount_{self._item(self.early).id}"[^>]*value="600.00"')

    def test_what_was_paid_in_part_or_asks_for_all_has_none(self):
        self._pay(self.early, 100, "2026-03-20")
        self._enter()
        page = self._get("/pay")
        self.assertNotIn("less when paid by", self._words(page))
        self.assertRegex(page.text, rf'name="amount_{self._item(self.early).id}"[^>]*value="500.00"')

    # === BOOKED === #

    def test_the_invoice_is_paid_in_full_and_others_as_chosen(self):
        self._enter()
        tx = self._begun({self.early: "588.00", self.move: "300", self.second: "500"})
        self.assertEqual(tx.amount, 1388)
        self._finish(tx)
        self.assertEqual([self._open(move) for move in (self.early, self.move, self.second)], [0, 700, 0])
        self.assertEqual((self.early.payment_state, self._credit(tx), self._taken_off(tx)), ("paid", 0, 12))
        self.assertFalse(self.debtor.activity_ids)
        self.assertEqual(tx.payment_id.amount, 1388)

    def test_a_discount_that_lessens_the_tax_is_booked_as_core_books_it(self):
        self.term.early_pay_discount_computation = "included"
        taxes = self.company_data["default_tax_sale"] | self.company_data["default_tax_sale"].copy({"name": "Other"})
        lines = [
            Command.create({"name": "Goods", "quantity": 1, "price_unit": price, "tax_ids": [Command.set(tax.ids)]})
            for price, tax in zip((1000, 333.33), taxes, strict=True)
        ]
        move, same = (self._new_early(0, invoice_line_ids=lines) for __ in range(2))
        paid = self._item(move).discount_amount_currency
        self._enter()
        tx = self._begun({move: str(paid), self.second: "100"})
        self._finish(tx)
        self.assertEqual((self._open(move), self._open(self.second), self._credit(tx)), (0, 400, 0))
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=same.ids).create(
            {"payment_date": "2026-03-20"}
        )._create_payments()
        self.assertEqual(self._open(same), 0)
        core = same._get_reconciled_payments().move_id.line_ids
        for lines_of in ("tax_line_id", "tax_ids"):
            ours = tx.payment_id.move_id.line_ids.filtered(lines_of)
            self.assertTrue(ours)
            self.assertEqual(sorted(ours.mapped("balance")), sorted(core.filtered(lines_of).mapped("balance")))

    def test_in_a_foreign_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5), ("2026-03-18", 0.8)])
        move = self._new_early(100, currency_id=euro.id)
        other = self._new_invoice("2026-03-10", 50, currency_id=euro.id)
        self._enter()
        tx = self._begun({move: "98", other: "50"})
        self._finish(tx)
        self.assertEqual((self._open(move), self._open(other), self._credit(tx), self._taken_off(tx)), (0, 0, 0, 2))
        self.assertFalse(any((self._item(move) | self._item(other)).mapped("amount_residual")))
        lines = tx.payment_id.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertFalse(any(lines.mapped("amount_residual")))

    def test_who_pays_all_or_a_part_gets_none(self):
        self._enter()
        part = self._begun({self.early: "500"})
        self._finish(part)
        self.assertEqual((self._open(self.early), self._taken_off(part)), (100, 0))
        whole = self._new_early(600)
        tx = self._begun({whole: "600"})
        self._finish(tx)
        self.assertEqual((self._open(whole), self._credit(tx), self._taken_off(tx)), (0, 0, 0))

    def test_an_answer_that_comes_late_keeps_what_was_promised(self):
        self._enter()
        tx = self._begun({self.early: "588"})
        with freeze_time("2026-03-27 09:00:00"):
            self._finish(tx)
        self.assertEqual((self._open(self.early), self._credit(tx), self._taken_off(tx)), (0, 0, 12))

    # === CHANGED MEANWHILE === #

    def test_a_discount_that_ended_meanwhile_is_not_charged_as_a_part(self):
        self._enter()
        with freeze_time("2026-03-25 22:30:00"):
            choice = self._choice({self.early: "588"})
        with freeze_time("2026-03-26 00:10:00"):
            refusal = self._refusal(self._begin(choice))
            self.assertIn(f"The discount on {self.early.name} has ended", refusal)
            page = self._get(f"/pay/{choice}")
            self.assertEqual(page.status_code, 422)
            self.assertIn("has ended", self._words(page))
            self.assertRegex(page.text, rf'name="amount_{self._item(self.early).id}"[^>]*value="600.00"')
            self.assertFalse(self.early.transaction_ids)
            self._begun({self.early: "588"})

    def test_what_was_paid_meanwhile_leaves_no_discount(self):
        self._enter()
        choice, tx = self._choice({self.early: "588"}), self._begun({self.early: "588"})
        self._pay(self.early, 100, "2026-03-20")
        self.assertIn("500.00 is left to pay", self._refusal(self._begin(choice)))
        self._finish(tx)
        self.assertEqual((self._open(self.early), self._credit(tx), self._taken_off(tx)), (0, 88, 0))
        self.assertEqual(len(self.debtor.activity_ids), 1)

    def test_what_core_s_own_page_pays_with_the_discount_is_all_of_it(self):
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id, "payment_method_id": self.method.id,
                "amount": 588, "currency_id": self.early.currency_id.id, "partner_id": self.customer.id,
                "invoice_ids": [Command.set(self.early.ids)], "state": "pending",
            }
        )  # fmt: skip
        item = self._item(self.early)
        self.assertEqual(tx._get_brought(item), {item: 600})
        tx.amount = 500
        self.assertEqual(tx._get_brought(item), {item: 500})

    def test_what_waits_to_be_booked_is_all_of_it(self):
        self._enter()
        choice = self._choice({self.early: "12"})
        tx = self._begun({self.early: "588"})
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done"})
        self.assertIn("is being booked", self._refusal(self._begin(choice)))
