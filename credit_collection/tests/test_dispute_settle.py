from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestDisputeSettle(CollectionCommon):
    """How disputes end: what is booked, who has to agree, what the customer is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Price"})
        cls.company.write({"collection_credit_limit_user": 100, "collection_credit_limit_manager": 1000})
        cls.manager.group_ids -= cls.env.ref("account.group_account_manager")
        cls.adviser = cls._new_user("adviser", "account.group_account_manager")

    def _open(self, amounts, **values):
        moves = list(amounts)
        return (
            self.env["credit.collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self._debtor(moves[0].partner_id).id,
                    "reason_id": self.reason.id,
                    "line_ids": [
                        Command.create({"move_line_id": self._item(move).id, "amount": amount})
                        for move, amount in amounts.items()
                    ],
                    **values,
                }
            )
        )

    def _settle(self, dispute, kind="credit", text="", amount=None, **options):
        amounts = {line: amount if amount is not None else line.amount for line in dispute.line_ids}
        return dispute._settle(kind, text, amounts=amounts, **options)

    def _new_taxed(self, lines, taxes, **values):
        """Post an invoice of ``(quantity, price)`` lines with ``taxes`` on each."""
        return self._new_invoice(
            "2026-03-01",
            invoice_line_ids=[
                Command.create(
                    {"name": "Goods", "quantity": quantity, "price_unit": price, "tax_ids": [Command.set(taxes.ids)]}
                )
                for quantity, price in lines
            ],
            **values,
        )

    # === CREDIT NOTES === #

    def test_a_part_is_credited_posted_and_set_against_the_item(self):
        move = self._new_invoice("2026-03-01", 1000)
        dispute = self._open({move: 80})
        self.assertTrue(self._settle(dispute, text="Wrong price list, sorry."))
        credit = dispute.booked_move_ids
        self.assertEqual((credit.state, credit.move_type, credit.amount_total), ("posted", "out_refund", 80))
        self.assertEqual(credit.reversed_entry_id, move)
        self.assertEqual((credit.payment_state, self._item(move).amount_residual), ("paid", 920))
        self.assertEqual((dispute.state, dispute.outcome_kind, dispute.justified), ("resolved", "credit", "yes"))
        self.assertEqual(dispute.outcome, "Wrong price list, sorry.")
        self.assertEqual(dispute.action_view_booked()["res_id"], credit.id)
        self.assertFalse(self.collector.has_group("account.group_account_invoice"), "the story is about no rights")

    def test_the_whole_is_credited_with_all_its_instalments_by_one_note(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)
                ],
            }
        )
        move = self._new_invoice("2026-03-01", 99, invoice_payment_term_id=term.id, invoice_date_due=False)
        items = self._item(move)
        self.assertEqual(len(items), 2)
        dispute = self.env["credit.collection.dispute"].with_user(self.collector).create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.reason.id,
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount": item.amount_residual}) for item in items
                ],
            }
        )  # fmt: skip
        self._settle(dispute)
        self.assertEqual(dispute.booked_move_ids.amount_total, 99)
        self.assertEqual(move.payment_state, "reversed")

    def test_parts_of_two_instalments_go_to_the_right_ones(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)
                ],
            }
        )
        move = self._new_invoice("2026-03-01", 100, invoice_payment_term_id=term.id, invoice_date_due=False)
        items = self._item(move).sorted("date_maturity")
        dispute = self.env["credit.collection.dispute"].with_user(self.collector).create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.reason.id,
                "line_ids": [Command.create({"move_line_id": item.id, "amount": 20}) for item in items],
            }
        )  # fmt: skip
        first, second = dispute.line_ids.sorted("date_due")
        dispute._settle("credit", amounts={first: 20, second: 20})
        self.assertEqual(items.mapped("amount_residual"), [30, 30])
        self.assertEqual(dispute.booked_move_ids.mapped("amount_total"), [20, 20])

    def test_every_cent_can_be_credited_whatever_the_taxes(self):
        included = self.tax_sale_a.copy(
            {"name": "19 % included", "amount": 19, "price_include_override": "tax_included"}
        )
        fixed = self.tax_sale_a.copy({"name": "Eco fee", "amount_type": "fixed", "amount": 0.35})
        stories = {
            "one line, 15 %": self._new_taxed([(1, 500)], self.tax_sale_a),
            "three lines, 15 %": self._new_taxed([(3, 33.33), (7, 14.29), (1, 100)], self.tax_sale_a),
            "two taxes": self._new_taxed([(2, 111.11), (5, 9.99)], self.tax_sale_a | self.tax_sale_b),
            "included": self._new_taxed([(3, 119.99), (2, 50)], included),
            "fixed fee": self._new_taxed([(10, 20), (3, 7)], self.tax_sale_a | fixed),
            "no tax": self._new_taxed([(3, 33.33), (7, 14.29)], self.env["account.tax"]),
            "a discount line": self._new_taxed([(3, 133.33), (1, -25)], self.tax_sale_a),
        }
        for story, move in stories.items():
            for amount in (0.03, 1.01, 66.67):
                with self.subTest(story, amount=amount):
                    before = self._item(move).amount_residual
                    dispute = self._open({move: amount})
                    self._settle(dispute)
                    credit = dispute.booked_move_ids
                    self.assertEqual(credit.amount_total, amount)
                    self.assertAlmostEqual(credit.amount_untaxed + credit.amount_tax, amount, 2)
                    self.assertAlmostEqual(self._item(move).amount_residual, before - amount, 2)
                    self.assertAlmostEqual(sum(credit.line_ids.mapped("balance")), 0, 2)
                    share = 0.15 / 1.15 if story == "fixed fee" else move.amount_tax / move.amount_total
                    self.assertLess(abs(credit.amount_tax - amount * share), 0.06, "the tax is that of the invoice")

    def test_a_foreign_invoice_is_credited_in_its_currency_and_weighed_in_ours(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0)])
        move = self._new_invoice("2026-03-01", 1000, currency_id=currency.id)
        dispute = self._open({move: 200})
        self.assertEqual(dispute.amount, 100)
        self.assertTrue(self._settle(dispute), "200 CHF are 100 of ours: within the limit")
        self.assertEqual(dispute.booked_move_ids.currency_id, currency)
        self.assertEqual(self._item(move).amount_residual_currency, 800)
        self.assertFalse(self._settle(self._open({move: 200.02})), "a cent more is not")

    def test_a_gesture_has_a_label_of_its_own(self):
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 50})
        self._settle(dispute, "gesture")
        credit = dispute.booked_move_ids
        self.assertEqual((credit.amount_total, dispute.justified), (50, "no"))
        self.assertIn("Commercial gesture", credit.ref)
        self.assertEqual(credit.invoice_line_ids.name, "Commercial gesture: Goods")

    def test_a_corrected_invoice_is_taken_back_and_waits_as_a_draft(self):
        self.company.collection_accountant_id = self.accountant
        move = self._new_invoice("2026-03-01", 90)
        self._pay(move, 30)
        dispute = self._open({move: 60})
        self._settle(dispute, "corrected")
        credit = dispute.booked_move_ids.filtered(lambda move: move.move_type == "out_refund")
        draft = dispute.booked_move_ids - credit
        self.assertEqual((credit.state, credit.amount_total, credit.amount_residual), ("posted", 90, 30))
        self.assertFalse(self._item(move).amount_residual, "the payment stays where it is")
        self.assertEqual((draft.state, draft.move_type, draft.amount_total), ("draft", "out_invoice", 90))
        self.assertEqual(draft.activity_ids.user_id, self.accountant)

    def test_a_new_due_date_is_a_plan_of_one_instalment(self):
        move = self._new_invoice("2026-03-01", 90)
        dispute = self._open({move: 40})
        with self.assertRaisesRegex(UserError, "after today"):
            self._settle(dispute, "due_date", date=DAY("2020-01-01"))
        day = fields.Date.add(self.company._get_collection_today(), days=30)
        self._settle(dispute, "due_date", date=day)
        plan = dispute.plan_ids
        self.assertEqual((plan.amount, plan.line_ids.move_line_id), (90, self._item(move)))
        self.assertEqual((plan.installment_ids.date, plan.installment_ids.amount), (day, 90))
        self.assertFalse(dispute.booked_move_ids)

    def test_what_needs_no_booking_books_nothing(self):
        for kind, text, state in (
            ("rejected", "The price was agreed on 3 May.", "rejected"),
            ("replacement", "New parts left on Monday.", "resolved"),
            ("explained", "", "resolved"),
        ):
            dispute = self._open({self._new_invoice("2026-03-01"): 500})
            self.assertTrue(self._settle(dispute, kind, text))
            self.assertEqual((dispute.state, dispute.booked_move_ids.ids), (state, []))
            self.assertEqual(dispute.date_release, self.company._get_collection_day_after_grace(dispute.date_closed))

    def test_a_rejection_needs_its_explanation(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 500})
        with self.assertRaisesRegex(UserError, "Explain"):
            self._settle(dispute, "rejected", "  ")
        self.assertEqual((dispute.state, dispute.outcome_kind), ("new", False))

    # === WHO MAY === #

    def test_above_the_limit_a_manager_decides_and_then_it_is_booked(self):
        self.company.collection_manager_id = self.manager
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 500})
        self.assertFalse(self._settle(dispute, text="Our mistake"))
        self.assertEqual((dispute.state, dispute.approval_state), ("investigating", "asked"))
        self.assertIn("500", dispute.approval_reason)
        self.assertFalse(dispute.booked_move_ids)
        asked = dispute.activity_ids.filtered(lambda activity: activity.user_id == self.manager)
        self.assertEqual(len(asked), 1)
        with self.assertRaises(AccessError):
            dispute.action_approve()
        with self.assertRaisesRegex(UserError, "waits for an approval"):
            self._settle(dispute, amount=10)
        with self.assertRaises(AccessError):
            dispute.line_ids.amount_settled = 1000
        dispute.with_user(self.manager).action_approve()
        self.assertEqual((dispute.state, dispute.approver_id), ("resolved", self.manager))
        self.assertEqual((dispute.booked_move_ids.amount_total, self._item(move).amount_residual), (500, 500))
        with self.assertRaises(UserError):
            dispute.with_user(self.manager).action_approve()

    def test_a_refusal_goes_back_to_whoever_looks_into_it(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 500})
        self._settle(dispute)
        dispute.with_user(self.manager)._refuse("Not this time")
        self.assertEqual((dispute.state, dispute.approval_state), ("investigating", "refused"))
        self.assertEqual((dispute.outcome_kind, dispute.line_ids.amount_settled), (False, 0))
        self.assertTrue(self._settle(dispute, amount=100), "less is within the limit")
        self.assertEqual(dispute.booked_move_ids.amount_total, 100)

    def test_above_the_manager_an_accountant_with_full_rights_decides(self):
        dispute = self._open({self._new_invoice("2026-03-01", 5000): 1000.01})
        self.assertFalse(self._settle(dispute.with_user(self.manager)))
        self.assertEqual((dispute.with_user(self.manager).may_decide, dispute.may_decide), (False, False))
        with self.assertRaises(AccessError):
            dispute.with_user(self.manager).action_approve()
        self.assertTrue(dispute.with_user(self.adviser).may_decide, "only who may decide is shown the buttons")
        dispute.with_user(self.adviser).action_approve()
        self.assertEqual((dispute.state, dispute.booked_move_ids.amount_total), ("resolved", 1000.01))

    def test_a_limit_is_not_passed_in_slices(self):
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 100})
        self.assertTrue(self._settle(dispute))
        dispute.action_reopen()
        self.assertFalse(self._settle(dispute, amount=1), "100 were credited before")

    def test_a_corrected_invoice_counts_as_a_whole(self):
        dispute = self._open({self._new_invoice("2026-03-01", 150): 1})
        self.assertFalse(self._settle(dispute, "corrected"))

    def test_who_only_reads_settles_nothing(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        with self.assertRaises(AccessError):
            self._settle(dispute.with_user(self.accountant))
        with self.assertRaises(AccessError):
            dispute.write({"outcome_kind": "credit"})

    def test_cancelling_withdraws_what_waits(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 500})
        self._settle(dispute)
        dispute.action_cancel()
        self.assertEqual((dispute.approval_state, dispute.outcome_kind), ("none", False))
        self.assertFalse(dispute.activity_ids)

    # === ALL OR NOTHING === #

    def test_a_dispute_is_settled_once(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 50})
        self._settle(dispute)
        with self.assertRaisesRegex(UserError, "settled already"):
            self._settle(dispute)
        self.assertEqual(len(dispute.booked_move_ids), 1)

    def test_an_item_that_was_paid_meanwhile_is_not_credited(self):
        move = self._new_invoice("2026-03-01", 100)
        dispute = self._open({move: 60})
        self._pay(move, 50)
        with self.assertRaisesRegex(UserError, "only .*50.00 open"):
            self._settle(dispute)
        self._pay(move)
        with self.assertRaisesRegex(UserError, "paid or closed"):
            self._settle(dispute)
        self.assertTrue(self._settle(dispute, "explained", "Found the payment."))

    def test_a_draft_is_not_credited_and_its_successor_is(self):
        move = self._new_invoice("2026-03-01", 100)
        dispute = self._open({move: 60})
        move.button_draft()
        with self.assertRaisesRegex(UserError, "draft"):
            self._settle(dispute)
        move.invoice_date_due = DAY("2026-03-05")
        move.action_post()
        self.assertTrue(self._settle(dispute))
        self.assertEqual(self._item(move).amount_residual, 40)

    def test_what_is_no_invoice_is_left_to_the_accountant(self):
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create({"account_id": receivable.id, "partner_id": self.customer.id, "debit": 50}),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 50}),
                ],
            }
        )
        entry.action_post()
        with self.assertRaisesRegex(UserError, "no invoice"):
            self._settle(self._open({entry: 50}))

    def test_a_second_invoice_that_fails_leaves_nothing_of_the_first(self):
        good, bad = self._new_invoice("2026-03-01", 40), self._new_invoice("2026-03-01", 40)
        dispute = self._open({good: 10, bad: 10})
        self._pay(bad)
        with self.assertRaises(UserError):
            self._settle(dispute)
        self.assertEqual((dispute.state, dispute.booked_move_ids.ids), ("new", []))
        self.assertEqual(self._item(good).amount_residual, 40)

    def test_locked_books_stop_it_whole(self):
        move = self._new_invoice("2026-03-01", 40)
        dispute = self._open({move: 10})
        journal = move.journal_id
        journal.active = False
        with self.assertRaises(UserError):
            self._settle(dispute)
        self.assertEqual((dispute.state, self._item(move).amount_residual), ("new", 40))

    def test_unreconciling_the_credit_leaves_the_file_as_it_was(self):
        move = self._new_invoice("2026-03-01", 40)
        dispute = self._open({move: 10})
        self._settle(dispute)
        dispute.sudo().booked_move_ids.line_ids.remove_move_reconcile()
        self.assertEqual(self._item(move).amount_residual, 40)
        self.assertEqual((dispute.state, dispute.line_ids.amount_settled), ("resolved", 10))

    # === THE DIALOG === #

    def test_a_manager_beyond_the_limit_is_told_that_an_accountant_decides(self):
        dispute = self._open({self._new_invoice("2026-03-01", 5000): 1001})
        wizards = self.env["credit.collection.dispute.settle"].with_user(self.manager)
        wizard = wizards.with_context(default_dispute_id=dispute.id).create({})
        self.assertEqual(wizard.justified, "yes", "also when nothing was typed")
        self.assertIn("accountant", wizard.limit_text)

    def test_the_dialog_proposes_the_disputed_amounts_and_warns_of_the_limit(self):
        move = self._new_invoice("2026-03-01", 500)
        dispute = self._open({move: 120})
        action = dispute.action_settle()
        wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        with Form(wizard) as form:
            self.assertEqual((form.kind, form.justified, form.amount), ("credit", "yes", 120))
            self.assertIn("100", form.limit_text)
            with form.line_ids.edit(0) as line:
                self.assertEqual((line.amount, line.disputed, line.residual), (120, 120, 500))
                line.amount = 95
            self.assertFalse(form.limit_text)
            form.kind = "gesture"
            self.assertEqual(form.justified, "no")
            form.justified = "yes"
        form.record.action_settle()
        self.assertEqual((dispute.outcome_kind, dispute.justified), ("gesture", "yes"))
        self.assertEqual(self._item(move).amount_residual, 405)

    def test_a_new_due_date_beyond_the_limit_is_decided_before_anybody_hears_of_it(self):
        self.company.write({"collection_plan_days": 30, "collection_plan_amount": 5000})
        self.company.collection_manager_id = self.manager
        move = self._new_invoice("2026-03-01", 90)
        dispute = self._open({move: 40})
        today = self.company._get_collection_today()
        self.assertFalse(self._settle(dispute, "due_date", date=fields.Date.add(today, days=31)))
        self.assertEqual((dispute.approval_state, dispute.plan_ids.ids, dispute.action_ids.ids), ("asked", [], []))
        with self.assertRaises(AccessError):
            dispute.with_user(self.adviser).action_approve()
        dispute.with_user(self.manager).action_approve()
        self.assertEqual((dispute.state, dispute.plan_ids.state), ("resolved", "running"))
        self.assertEqual(dispute.action_ids.purpose, "dispute_outcome")
        big = self._open({self._new_invoice("2026-03-01", 5001): 1})
        self.assertFalse(self._settle(big, "due_date", date=fields.Date.add(today, days=5)))

    def test_a_second_new_date_names_the_plan_in_the_way(self):
        move = self._new_invoice("2026-03-01", 90)
        dispute = self._open({move: 40})
        today = self.company._get_collection_today()
        self._settle(dispute, "due_date", date=fields.Date.add(today, days=10))
        plan = dispute.plan_ids
        dispute.action_reopen()
        with self.assertRaisesRegex(UserError, plan.name):
            self._settle(dispute, "due_date", date=fields.Date.add(today, days=20))
        plan.with_user(self.collector)._cancel("Later after all")
        self._settle(dispute, "due_date", date=fields.Date.add(today, days=20))
        self.assertEqual((dispute.plan_ids - plan).installment_ids.date, fields.Date.add(today, days=20))

    def test_the_dialog_warns_of_all_that_the_limit_counts(self):
        move = self._new_invoice("2026-03-01", 500)
        first = self._open({move: 60})
        self._settle(first)
        dispute = self._open({move: 60}, origin="sales")
        action = dispute.action_settle()
        wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        with Form(wizard) as form:
            self.assertFalse(form.notify, "the customer may know nothing of what sales raised")
            self.assertIn("100", form.limit_text, "60 were credited on this invoice before")
            form.kind = "corrected"
            self.assertIn("100", form.limit_text, "the whole invoice is taken back")
            form.kind = "explained"
            self.assertFalse(form.limit_text)
