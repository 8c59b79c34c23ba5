"""Invoices in plans and promises that are set to draft and posted again in more parts: the whole document counts."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .test_plan import TODAY, PlanCommon
from .test_promise import PromiseCommon


def _post_anew(invoice, days=(10, 20)):
    """Reset ``invoice`` to draft, have it paid in equal parts after so many ``days``, and post it again."""
    invoice.button_draft()
    invoice.invoice_payment_term_id = invoice.env["account.payment.term"].create(
        {
            "name": f"{len(days)} parts",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": 100 / len(days), "nb_days": number})
                for number in days
            ],
        }
    )
    invoice.action_post()


@freeze_time(f"{TODAY} 09:00:00")
@tagged("post_install", "-at_install")
class TestPlanAnew(PlanCommon):
    def _standings(self, move, date=TODAY):
        rows = self.env["credit.collection.planner"]._get_standings(self.company, DAY(date))
        return [row["standing"] for row in rows if row["move_id"] == move.id]

    def test_all_items_of_the_invoice_are_held_by_its_plan(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        _post_anew(invoice)
        self.assertTrue(plan.line_ids.move_line_id, "one of the items stayed")
        self.assertEqual(self._standings(invoice), ["in_plan", "in_plan"])
        self.assertEqual(plan.line_ids._get_items(), self._item(invoice))
        items = plan.env["credit.collection.report.open.item"].search([("move_id", "=", invoice.id)])
        self.assertEqual([plan.name in item.why for item in items], [True, True])
        self.assertFalse(self._cycle(TODAY), "nobody is reminded of what is in a plan")
        self._follow("2026-04-07")
        self.assertEqual((plan.state, self._standings(invoice, "2026-04-07")), ("broken", ["interval", "interval"]))
        self.assertEqual(self._standings(invoice, "2026-04-14"), ["due", "due"])
        self.assertEqual(sum(self._beside(plan).filtered(
            lambda action: action.purpose == "plan_broken").line_ids.mapped("amount")), 600)  # fmt: skip

    def test_an_invoice_with_a_part_in_the_plan_keeps_the_others_out_while_nothing_changes(self):
        invoice = self._new_invoice("2026-02-10", 600)
        _post_anew(invoice)
        first, second = self._item(invoice).sorted("date_maturity")
        plans = self._plans()
        plan = plans._propose(self._debtor().with_env(plans.env), first.with_env(plans.env), first=DAY("2026-04-01"))
        plan._accept()
        self.assertEqual((plan.amount, plan.line_ids._get_items()), (300, first))
        self.assertEqual(self._standings(invoice), ["in_plan", "due"])
        self.assertEqual(plans._propose(self._debtor().with_env(plans.env), second.with_env(plans.env)).amount, 300)

    def test_a_new_part_goes_into_no_second_arrangement(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        _post_anew(invoice)
        part = self._item(invoice) - plan.line_ids.move_line_id
        self.assertEqual(len(part), 1)
        plans = self._plans()
        debtor = self._debtor().with_env(plans.env)
        with self._refused(plan.name):
            plans._propose(debtor, part.with_env(plans.env))
        with self._refused(plan.name):
            plans.env["credit.collection.promise"]._make(debtor, part.with_env(plans.env), 300, DAY("2026-03-25"))
        with self._refused(plan.name):
            plans._propose(debtor)

    def test_a_proposal_takes_over_all_parts(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice)
        _post_anew(invoice, (10, 15, 20, 25))
        with self._refused("Take over what is open"):
            plan._accept()
        plan.invalidate_recordset()
        plan.action_refresh()
        self.assertEqual((plan.amount, plan.line_ids.move_line_id), (600, self._item(invoice)))
        plan._accept()
        self.assertEqual(self._standings(invoice), ["in_plan"] * 4)

    def test_a_proposal_takes_over_what_replaced_its_item(self):
        invoice = self._new_invoice("2026-02-10", 600)
        _post_anew(invoice)
        plan = self._propose(invoice)
        invoice.button_draft()
        invoice.invoice_payment_term_id = False
        invoice.action_post()
        plan.invalidate_recordset()
        self.assertFalse(all(line.move_line_id for line in plan.line_ids))
        plan.action_refresh()
        self.assertEqual((plan.amount, plan.line_ids.move_line_id), (600, self._item(invoice)))


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestPromiseAnew(PromiseCommon):
    def _standings(self, date):
        rows = self.env["credit.collection.planner"]._get_standings(self.company, DAY(date))
        return [row["standing"] for row in rows if row["move_id"] == self.move.id]

    def test_all_items_of_the_invoice_are_held_by_its_promise(self):
        promise = self._promise()
        _post_anew(self.move)
        self.assertTrue(promise.line_ids.move_line_id, "one of the items stayed")
        self.assertEqual(self._standings("2026-03-12"), ["promised", "promised"])
        self.assertEqual(promise.line_ids._get_items(), self._item(self.move))
        part = self._item(self.move) - promise.line_ids.move_line_id
        with self.assertRaisesRegex(UserError, "promised already"):
            self.env["credit.collection.promise"]._make(self._debtor(), part, 500, DAY("2026-03-13"))

    def test_it_is_kept_by_the_whole_amount_only(self):
        promise = self._promise()
        _post_anew(self.move)
        payment = self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_id": self.customer.id, "amount": 500, "date": "2026-03-10"}
        )
        payment.action_post()
        (promise.line_ids.move_line_id.with_env(self.env) + self._item(payment.move_id)).reconcile()
        self._commit()
        self.assertTrue(promise.line_ids.move_line_id.reconciled, "the part that stayed is paid")
        self.assertEqual((promise.state, promise.line_ids.live), ("open", True))
        self._pay_in(self.move, 500)
        self.assertEqual((promise.state, promise.paid), ("kept", 1000))

    def test_a_new_part_counts_the_promises_on_the_whole(self):
        promise = self._promise()
        _post_anew(self.move)
        part = self._item(self.move) - promise.line_ids.move_line_id
        promise._set_withdrawn("Another day")
        again = self.env["credit.collection.promise"]._make(self._debtor(), part, None, DAY("2026-03-12"))
        self.assertEqual(again.number, 2)

    def test_what_was_paid_before_on_the_same_day_is_taken_off_once(self):
        self._pay_in(self.move, 100, "2026-03-05")
        promise = self._promise()
        payment = self.move.matched_payment_ids
        self.assertEqual((promise.amount, promise.line_ids.paid_before_ids), (900, payment.move_id))
        _post_anew(self.move)
        money = self._item(payment.move_id)
        (self._item(self.move) + money).filtered(lambda item: not item.reconciled).reconcile()
        self._commit()
        self._pay_in(self.move, 450)
        self.assertEqual(self._judge("2026-03-17", promise), ["partly"])
        self.assertEqual(promise.paid, 450)
