from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DAY, CollectionCommon

TODAY = DAY("2026-03-10")
PARTS = (1 / 7, 1 / 3, 2 / 3)


@tagged("post_install", "-at_install")
class TestDisputeBook(CollectionCommon):
    """What outcomes book, on invoices that are not simple."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Price"})
        cls.company.write({"collection_credit_limit_user": 1000000, "collection_plan_amount": 1000000})
        cls.classPatch(cls.env.registry["res.company"], "_get_collection_today", lambda company: TODAY)

    def _open(self, amounts):
        """Open one dispute on ``{item: amount}``."""
        items = list(amounts)
        return self.env["credit.collection.dispute"].with_user(self.collector).create(
            {
                "debtor_id": self._debtor(items[0].partner_id).id,
                "reason_id": self.reason.id,
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount": amount}) for item, amount in amounts.items()
                ],
            }
        )  # fmt: skip

    def _settle(self, amounts, kind="credit", **options):
        dispute = self._open(amounts)
        amounts = {line: line.amount for line in dispute.line_ids}
        self.assertTrue(dispute._settle(kind, "Words", amounts=amounts, **options))
        return dispute

    def _new_taxed(self, prices=(100.37, 49.99), taxes=None, **values):
        taxes = self.tax_sale_a if taxes is None else taxes
        return self._new_invoice(
            "2026-03-01",
            invoice_line_ids=[
                Command.create({"name": "Goods", "price_unit": price, "tax_ids": [Command.set(taxes.ids)]})
                for price in prices
            ],
            **values,
        )

    def _new_term(self, *shares, **values):
        lines = [
            Command.create({"value": "percent", "value_amount": share, "nb_days": place * 30})
            for place, share in enumerate(shares)
        ]
        return self.env["account.payment.term"].create({"name": "Parts", "line_ids": lines, **values})

    def _check_part(self, move, amount):
        """Credit ``amount`` of the (only) item of ``move``; check that the note is right, and is set against it."""
        item, currency = self._item(move), move.currency_id
        before = item.amount_residual_currency
        credit = self._settle({item: amount}).booked_move_ids
        self.assertEqual((credit.state, credit.currency_id, credit.invoice_date), ("posted", currency, TODAY))
        self.assertFalse(currency.compare_amounts(credit.amount_total, amount))
        self.assertFalse(currency.compare_amounts(item.amount_residual_currency, before - amount))
        self.assertFalse(credit.amount_residual)
        self.assertTrue(self.company.currency_id.is_zero(sum(credit.line_ids.mapped("balance"))))
        share = amount * move.amount_tax / move.amount_total
        self.assertLess(abs(credit.amount_tax - share), 6 * currency.rounding, "the tax is that of the invoice")
        return credit

    # === PART AMOUNTS === #

    def test_parts_are_exact_in_currencies_of_all_decimals_at_a_rate_that_moved(self):
        for code, rounding, rate in (("JPY", 1, 160.0), ("KWD", 0.001, 0.31), ("CHF", 0.05, 1.1)):
            currency = self.setup_other_currency(
                code, rounding=rounding, rates=[("2016-01-01", rate), ("2026-03-05", rate * 1.2)]
            )
            for part in PARTS:
                with self.subTest(code, part=part):
                    prices = (10037, 4999) if rounding == 1 else (100.35, 49.95)
                    move = self._new_taxed(prices, currency_id=currency.id)
                    self._check_part(move, currency.round(move.amount_total * part))

    def test_parts_are_exact_whatever_rounds(self):
        cash = self.env["account.cash.rounding"].create(
            {"name": "Five cents", "rounding": 0.05, "strategy": "biggest_tax", "rounding_method": "HALF-UP"}
        )
        line = self.env["account.cash.rounding"].create(
            {
                "name": "Line", "rounding": 0.05, "strategy": "add_invoice_line", "rounding_method": "HALF-UP",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )  # fmt: skip
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for values in ({}, {"invoice_cash_rounding_id": cash.id}, {"invoice_cash_rounding_id": line.id}):
                for part in (*PARTS, 1):
                    with self.subTest(method, values=values, part=part):
                        move = self._new_taxed((33.33, 14.29, 0.07), **values)
                        self._check_part(move, move.currency_id.round(move.amount_total * part))

    def test_parts_of_what_gives_a_discount_for_early_payment(self):
        for how in ("included", "excluded", "mixed"):
            term = self._new_term(
                100, early_discount=True, discount_percentage=2, discount_days=10, early_pay_discount_computation=how
            )
            with self.subTest(how):
                move = self._new_taxed((1000,), invoice_payment_term_id=term.id, invoice_date_due=False)
                self._check_part(move, 123.45)

    def test_parts_under_cash_basis_taxes(self):
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        tax = self.tax_sale_a.copy(
            {"name": "On payment", "tax_exigibility": "on_payment", "cash_basis_transition_account_id": transition.id}
        )
        self._check_part(self._new_taxed((100.37, 49.99), tax), 33.33)

    def test_parts_under_taxes_that_take_off_or_cancel(self):
        withheld = self.tax_sale_a.copy({"name": "Withheld", "amount": -10})
        lines = [(100.0, 50), (20, 0)]
        stories = {
            "withheld": {"taxes": self.tax_sale_a | withheld},
            "lines that nearly cancel": {"prices": (100.37, -99.5)},
            "discount": {
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": price, "discount": discount,
                         "tax_ids": [Command.set(self.tax_sale_a.ids)]}
                    )
                    for price, discount in lines
                ]
                + [Command.create({"display_type": "line_section", "name": "Part two"})]
            },
        }  # fmt: skip
        for story, values in stories.items():
            for part in PARTS:
                with self.subTest(story, part=part):
                    if "invoice_line_ids" in values:
                        move = self._new_invoice("2026-03-01", **values)
                    else:
                        move = self._new_taxed(**values)
                    self._check_part(move, move.currency_id.round(move.amount_total * part))

    def test_a_fee_by_piece_alone_is_no_dead_end(self):
        fee = self.tax_sale_a.copy({"name": "Fee", "amount_type": "fixed", "amount": 10})
        move = self._new_taxed((0,), fee)
        with self.assertRaisesRegex(UserError, "an accountant writes"), self.cr.savepoint():
            self._settle({self._item(move): 4})
        self._settle({self._item(move): 10})
        self.assertEqual(move.payment_state, "reversed")

    # === SEVERAL INSTALMENTS, PARTLY PAID === #

    def test_each_instalment_is_credited_for_itself_in_a_foreign_currency(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0), ("2026-03-05", 2.5)])
        move = self._new_taxed(
            (1000,), invoice_payment_term_id=self._new_term(30, 30, 40).id, invoice_date_due=False,
            currency_id=currency.id,
        )  # fmt: skip
        first, second, third = self._item(move).sorted("date_maturity")
        self.assertEqual(move.amount_total, 1150)
        self._pay(move, 100, date="2026-03-02")
        self.assertEqual(first.amount_residual_currency, 245)
        dispute = self._settle({second: 345, third: 60.01})
        self.assertEqual([item.amount_residual_currency for item in (first, second, third)], [245, 0, 460 - 60.01])
        self.assertEqual(sorted(dispute.booked_move_ids.mapped("amount_total")), [60.01, 345])
        self.assertEqual(set(dispute.booked_move_ids.mapped("payment_state")), {"paid"})

    def test_a_corrected_invoice_of_instalments_partly_paid_in_a_foreign_currency(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0), ("2026-03-05", 2.5)])
        move = self._new_taxed(
            (1000,), invoice_payment_term_id=self._new_term(30, 30, 40).id, invoice_date_due=False,
            currency_id=currency.id,
        )  # fmt: skip
        self._pay(move, 100, date="2026-03-02")
        second = self._item(move).sorted("date_maturity")[1]
        dispute = self._settle({second: 10}, "corrected")
        credit = dispute.booked_move_ids.filtered(lambda booked: booked.move_type == "out_refund")
        draft = dispute.booked_move_ids - credit
        self.assertEqual(set(self._item(move).mapped("amount_residual_currency")), {0})
        self.assertEqual((credit.amount_total, credit.amount_residual), (1150, 100))
        self.assertEqual((draft.state, draft.amount_total, draft.currency_id), ("draft", 1150, currency))

    def test_a_new_date_is_for_what_is_open_of_the_items_disputed(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0)])
        move = self._new_taxed(
            (1000,), invoice_payment_term_id=self._new_term(30, 30, 40).id, invoice_date_due=False,
            currency_id=currency.id,
        )  # fmt: skip
        self._pay(move, 100, date="2026-03-02")
        first, second, __ = self._item(move).sorted("date_maturity")
        dispute = self._settle({first: 1, second: 5}, "due_date", date=DAY("2026-04-15"))
        plan = dispute.plan_ids
        self.assertEqual((plan.currency_id, plan.amount, plan.state), (currency, 245 + 345, "running"))
        self.assertEqual(plan.installment_ids.mapped("amount"), [590])

    # === CLOSED PERIODS === #

    def test_in_a_closed_period_the_note_is_booked_on_the_first_open_day(self):
        """As core does it with every invoice: the note bears today's date, and counts in the next open period."""
        for lock in ("fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "hard_lock_date"):
            for closed in (TODAY, DAY("2026-03-31")):
                with self.subTest(lock, closed=closed):
                    move = self._new_taxed((100,))
                    self.company[lock] = closed
                    credit = self._settle({self._item(move): 10}).booked_move_ids
                    self.assertEqual((credit.state, credit.invoice_date), ("posted", TODAY))
                    self.assertGreater(credit.date, closed)
                    self.assertEqual(self._item(move).amount_residual, 105)
            if lock != "hard_lock_date":
                self.company[lock] = False
