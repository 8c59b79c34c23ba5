from contextlib import contextmanager
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import DAY, CollectionCommon

TODAY = "2026-03-20"


class PlanCommon(CollectionCommon):
    """Plans on fixed days, by a collector who has no other rights."""

    def _plans(self, date=TODAY, user=None):
        return (
            self.env["credit.collection.plan"].with_user(user or self.collector).with_context(collection_date=DAY(date))
        )

    def _propose(self, moves=None, date=TODAY, user=None, partner=None, **schedule):
        plans = self._plans(date, user)
        debtor = self._debtor(partner).with_env(plans.env)
        items = self._item(moves).with_env(plans.env) if moves else None
        if not schedule:
            schedule = {"count": 3, "frequency": "fortnightly", "first": DAY("2026-04-01")}
        return plans._propose(debtor, items, **schedule)

    def _agree(self, moves=None, **schedule):
        """Propose, and have the customer agree."""
        plan = self._propose(moves, **schedule)
        plan._accept()
        return plan

    def _settle(self, move, amount=None, date="2026-04-01"):
        """Register a payment as an accountant does, up to the commit."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids, collection_date=DAY(date)
        )
        payment = wizard.create({"payment_date": date, **({"amount": amount} if amount else {})})._create_payments()
        self.env.cr.flush()
        return payment

    def _take_apart(self, payment, date):
        payment.move_id.line_ids.with_context(collection_date=DAY(date)).remove_move_reconcile()
        self.env.cr.flush()

    def _credit(self, move, amount, date):
        note = self._new_invoice(date, amount, partner=move.partner_id, move_type="out_refund", invoice_date=date)
        (self._item(move) + self._item(note)).with_context(collection_date=DAY(date)).reconcile()
        self.env.cr.flush()
        return note

    def _follow(self, date):
        self.env["credit.collection.plan"]._follow(self.company, DAY(date))

    def _schedule(self, plan, date=TODAY):
        """Return ``(day, amount, paid, state)`` of each instalment as they look on ``date``."""
        plan.invalidate_recordset()
        installments = plan.installment_ids.with_context(collection_date=DAY(date))
        installments.invalidate_recordset()
        return [(str(one.date), one.amount, one.paid, one.state) for one in installments.sorted("date")]

    @contextmanager
    def _refused(self, words, kind=UserError):
        """It is refused in these words, and nothing stays of it."""
        with self.assertRaisesRegex(kind, words), self.cr.savepoint():
            yield

    def _beside(self, plan):
        return self.env["credit.collection.action"].search([("plan_id", "=", plan.id)], order="id")

    @classmethod
    def _new_currency(cls, name, rounding):
        return cls.env["res.currency"].create(
            {
                "name": name,
                "symbol": name,
                "rounding": rounding,
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2})],
            }
        )


@freeze_time(f"{TODAY} 09:00:00")
@tagged("post_install", "-at_install")
class TestPlan(PlanCommon):
    # === PROPOSING === #

    def test_what_is_overdue_and_free_is_divided_exactly(self):
        first, second = self._new_invoice("2026-02-10", 600), self._new_invoice("2026-03-01", 400.01)
        self._new_invoice("2026-05-01", 900)
        plan = self._propose()
        self.assertEqual(plan.line_ids.move_id, first + second, "what is not due stays out")
        self.assertEqual(
            self._schedule(plan),
            [
                ("2026-04-01", 333.34, 0, "to_come"),
                ("2026-04-15", 333.34, 0, "to_come"),
                ("2026-04-29", 333.33, 0, "to_come"),
            ],
        )
        self.assertEqual((plan.state, plan.amount, plan.currency_id.round(plan.difference)), ("proposal", 1000.01, 0))
        self.assertEqual(self._standing(first, TODAY)["standing"], "due", "a proposal holds nothing")

    def test_amounts_are_what_is_free(self):
        invoice = self._new_invoice("2026-02-10", 600)
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "line_ids": [Command.create({"move_line_id": self._item(invoice).id, "amount": 150})],
            }
        )
        self.assertEqual(self._propose(invoice).amount, 450, "the disputed part is not asked for")

    def test_a_schedule_of_ones_own_comes_to_the_total(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice, installments=[(DAY("2026-04-01"), 100), (DAY("2026-05-31"), 500)])
        self.assertEqual(plan.installment_ids.mapped("amount"), [100, 500])
        with self._refused("come to .*599.99.*600.00"):
            self._propose(invoice, installments=[(DAY("2026-04-01"), 99.99), (DAY("2026-05-31"), 500)])

    def test_what_cannot_be_paid_by_instalments_is_said_in_words(self):
        paid, other = self._new_invoice("2026-02-10", 600), self._new_invoice("2026-02-10", 50)
        self._pay(paid, date="2026-03-01")
        stranger = self._new_invoice("2026-02-10", 70, partner=self._new_customer("Stranger"))
        for words, moves, schedule in (
            ("is no open item of Albatros", paid, {}),
            ("is no open item of Albatros", stranger, {}),
            ("choose dates to come", other, {"first": DAY("2026-03-19")}),
            ("a later date than the one before", other,
             {"installments": [(DAY("2026-04-02"), 25), (DAY("2026-04-01"), 25)]}),
            ("cannot be paid in 6000 instalments", other, {"count": 6000, "first": DAY("2026-04-01")}),
        ):  # fmt: skip
            with self.subTest(words), self._refused(words):
                self._propose(moves, **schedule)
        self._pay(other, date="2026-03-01")
        with self._refused("nothing overdue"):
            self._propose()

    def test_one_arrangement_for_an_item(self):
        disputed, planned, promised = (self._new_invoice("2026-02-10", amount) for amount in (100, 200, 300))
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "line_ids": [Command.create({"move_line_id": self._item(disputed).id, "amount": 100})],
            }
        )
        self._agree(planned)
        self._promise(promised)
        for words, move in (("disputed", disputed), ("PLAN/", planned), ("promised", promised)):
            with self.subTest(words), self._refused(words):
                self._propose(move)

    def _promise(self, move):
        promises = self.env["credit.collection.promise"].with_user(self.collector)
        with freeze_time("2026-03-05"):
            return promises._make(self._debtor(), self._item(move), move.amount_residual, DAY("2026-03-20"))

    def test_what_is_in_a_plan_is_not_promised_beside_it(self):
        invoice = self._new_invoice("2026-02-10", 300)
        plan = self._agree(invoice)
        with self.assertRaisesRegex(UserError, plan.name):
            self._promise(invoice)

    def test_sums_are_exact_in_currencies_without_and_with_three_decimals(self):
        for name, rounding, total, expected in (
            ("XJP", 1, 1000, [334, 333, 333]),
            ("XTN", 0.001, 10, [3.334, 3.333, 3.333]),
        ):
            with self.subTest(name):
                currency = self._new_currency(name, rounding)
                invoice = self._new_invoice("2026-02-10", total, currency_id=currency.id)
                plan = self._agree(invoice)
                self.assertEqual((plan.installment_ids.mapped("amount"), plan.currency_id), (expected, currency))

    def test_a_plan_is_in_one_currency(self):
        currency = self._new_currency("XAA", 0.01)
        own = self._new_invoice("2026-02-10", 100)
        foreign = self._new_invoice("2026-01-10", 100, currency_id=currency.id)
        with self._refused("several currencies"):
            self._propose(own + foreign)
        self.assertEqual(self._propose().line_ids.move_id, own, "by default what is in the company's own")
        plan = self._propose(foreign)
        with self._refused("a plan is in one currency", ValidationError):
            plan.line_ids = [Command.create({"move_line_id": self._item(own).id, "amount": 100})]

    # === DISTRIBUTING === #

    def test_a_proposal_is_edited_until_it_is_accepted(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        with Form(plan) as form, form.installment_ids.edit(0) as line:
            line.amount = 250
        self.assertEqual(plan.difference, 50)
        with self._refused("distribute the difference"):
            plan._accept()
        plan.action_distribute_evenly()
        self.assertFalse(plan.difference)
        plan._accept()
        for edit in (
            lambda: plan.installment_ids[0].write({"amount": 1}),
            lambda: plan.installment_ids[0].unlink(),
            lambda: plan.write({"installment_ids": [Command.create({"date": "2026-09-01", "amount": 1})]}),
            lambda: plan.line_ids[0].write({"amount": 1}),
        ):
            with self._refused("was agreed"):
                edit()
        with self.assertRaises(AccessError):
            plan.write({"state": "done"})

    def test_the_dialog_shows_what_it_will_make(self):
        invoice = self._new_invoice("2026-02-10", 600)
        debtor = self._debtor().with_user(self.collector).with_context(collection_date=DAY(TODAY))
        action = debtor.action_propose_plan()
        self.assertEqual(action["context"]["default_item_ids"], self._item(invoice).ids)
        with Form(self._plans().env[action["res_model"]].with_context(**action["context"])) as form:
            form.count = 2
            form.date_first = "2026-04-30"
            self.assertIn("300.00", form.preview)
            self.assertEqual(form.amount, 600)
        plan = self.env["credit.collection.plan"].browse(form.record.action_confirm()["res_id"])
        self.assertEqual([str(one.date) for one in plan.installment_ids], ["2026-04-30", "2026-05-30"])
        again = self._plans().browse(plan.id).action_distribute()
        with Form(self._plans().env[again["res_model"]].with_context(**again["context"])) as form:
            form.count, form.frequency, form.date_first = 4, "weekly", "2026-04-03"
        form.record.action_confirm()
        self.assertEqual(plan.installment_ids.mapped("amount"), [150] * 4)

    def test_items_of_the_list_make_a_plan(self):
        first, second = self._new_invoice("2026-02-10", 600), self._new_invoice("2026-05-01", 400)
        self._debtor()
        report = self._plans().env["credit.collection.report.open.item"]
        items = report.search([("move_id", "in", (first + second).ids)])
        context = items.action_propose_plan()["context"]
        self.assertEqual(set(context["default_item_ids"]), set((self._item(first) + self._item(second)).ids))

    def test_a_plan_that_takes_too_long_is_warned_of(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600), count=13, first=DAY("2026-04-01"))
        self.assertIn("377 days", plan.warning)
        plan.company_id.sudo().collection_plan_longest = 400
        plan.invalidate_recordset()
        self.assertFalse(plan.warning)

    # === ACCEPTING === #

    def test_an_accepted_plan_holds_its_items(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice)
        self._plan(TODAY)
        action = self.env["credit.collection.action"].search([("debtor_id", "=", plan.debtor_id.id)])
        self.assertEqual(action.state, "planned")
        plan._accept()
        self.assertEqual((plan.state, str(plan.date_accepted), plan.approval_state), ("running", TODAY, "none"))
        self.assertEqual(self._standing(invoice, TODAY)["standing"], "in_plan")
        self.assertEqual(action.state, "skipped", "what waited to leave is stopped at once")
        item = self._plans().env["credit.collection.report.open.item"].search([("move_id", "=", invoice.id)])
        self.assertRegex(item.why, r"PLAN/.*200\.00.*04/01/2026")
        self.assertEqual(item._get_place_to_mend(), plan)
        plan._accept()
        self.assertEqual(plan.state, "running", "yes, twice, is yes")

    def test_what_changed_since_the_proposal_is_noticed(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice)
        self._pay(invoice, 100, date="2026-03-19")
        with self._refused("only .*500.00 is still to be asked for"):
            plan._accept()
        plan.invalidate_recordset()
        plan.action_refresh()
        self.assertEqual((plan.amount, plan.installment_ids.mapped("amount")), (500, [166.67, 166.67, 166.66]))
        plan._accept()
        self.assertEqual(plan.state, "running")
        self.assertEqual(plan.paid, 0, "what was paid before is taken off already")

    def test_a_promise_made_meanwhile_is_superseded(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice)
        promise = self._promise(invoice)
        plan._accept()
        self.assertEqual(promise.state, "withdrawn")

    def test_beyond_the_limits_a_manager_is_asked(self):
        for limit, schedule in (
            ("4 instalments", {"count": 4, "frequency": "weekly", "first": DAY("2026-04-01")}),
            ("It takes 61 days", {"count": 1, "first": DAY("2026-05-20")}),
            ("about .*5,000.01", {"count": 1, "first": DAY("2026-04-01")}),
        ):
            with self.subTest(limit):
                invoice = self._new_invoice("2026-02-10", 5000.01 if "about" in limit else 5000)
                plan = self._agree(invoice, **schedule)
                self.assertEqual((plan.state, plan.approval_state), ("accepted", "asked"))
                self.assertRegex(plan.approval_reason, limit)
                self.assertEqual(self._standing(invoice, TODAY)["standing"], "in_plan", "held while a manager decides")
                with self.assertRaises(AccessError):
                    plan.action_approve()
                self._plans(user=self.manager).browse(plan.id).action_approve()
                self.assertEqual((plan.state, plan.approver_id), ("running", self.manager))
        invoice = self._new_invoice("2026-02-10", 9000)
        self.assertEqual(self._agree(invoice, count=12, user=self.manager).state, "running", "a manager decides alone")

    def test_limits_are_in_company_currency(self):
        """At 2 XAA for 1: 10,000 XAA is 5,000, which is within the limit; one unit more is not."""
        currency = self._new_currency("XAA", 0.01)
        for amount, state in ((10000, "none"), (10000.02, "asked")):
            invoice = self._new_invoice("2026-02-10", amount, currency_id=currency.id)
            self.assertEqual(self._agree(invoice).approval_state, state)

    def test_a_refused_plan_is_a_proposal_again(self):
        invoice = self._new_invoice("2026-02-10", 9000)
        plan = self._agree(invoice)
        self._plans(user=self.manager).browse(plan.id)._refuse("Not this time")
        self.assertEqual((plan.state, plan.approval_state, plan.date_accepted), ("proposal", "refused", False))
        self.assertEqual(self._standing(invoice, TODAY)["standing"], "due")
        task = plan.activity_ids.filtered(lambda activity: activity.user_id == self.collector)
        self.assertIn("Not approved", task.summary)
        plan._distribute(2, "weekly", DAY("2026-04-01"))

    def test_a_plan_that_waited_too_long_for_its_approval_is_agreed_anew(self):
        plan = self._agree(self._new_invoice("2026-02-10", 9000))
        with freeze_time("2026-04-20 09:00:00"), self._refused("waited too long"):
            self._plans(user=self.manager).browse(plan.id).action_approve()

    def test_a_customer_may_accept_without_rights(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        public = self.env.ref("base.public_user")
        plan.with_user(public).sudo()._accept(contact=self.customer)
        self.assertEqual((plan.state, plan.contact_id), ("running", self.customer))
        large = self._propose(self._new_invoice("2026-02-10", 9000))
        large.with_user(public).sudo()._accept()
        self.assertEqual(large.approval_state, "asked", "limits hold for the portal, too")

    def test_a_plan_is_cancelled_with_a_reason(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        action = plan.action_cancel()
        wizard = plan.env[action["res_model"]].with_context(**action["context"]).create({"reason": " "})
        with self._refused("Say why"):
            wizard.action_confirm()
        wizard.reason = "Pays all at once"
        wizard.action_confirm()
        self.assertEqual((plan.state, plan.state_reason), ("cancelled", "Pays all at once (Collector)"))
        self.assertEqual(self._standing(invoice, TODAY)["standing"], "due")
        with self._refused("Cancelled and cannot become"):
            plan._accept()

    def test_an_accountant_reads_plans_and_decides_nothing(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        seen = plan.with_user(self.accountant)
        self.assertEqual(seen.installment_ids.mapped("state"), ["to_come"] * 3)
        for decide in (seen._accept, lambda: seen._cancel("No"), seen.action_send_proposal):
            with self.assertRaises(AccessError), self.cr.savepoint():
                decide()

    # === MORE TIME === #

    def test_more_time_for_an_invoice_is_a_plan_of_one_instalment(self):
        invoice = self._new_invoice("2026-03-10", 600)
        action = (
            invoice.with_user(self.collector).with_context(collection_date=DAY(TODAY)).action_give_collection_time()
        )
        wizard = self._plans().env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({"date": "2026-04-10", "reason": "Waits for a grant"})
        self.assertEqual(wizard.amount, 600)
        plan = self.env["credit.collection.plan"].browse(wizard.action_confirm()["res_id"])
        self.assertEqual((plan.state, plan.note, plan.installment_count), ("running", "Waits for a grant", 1))
        self.assertEqual(self._standing(invoice, "2026-04-10")["standing"], "in_plan")
        other = self._new_invoice("2026-03-10", 600)
        asked = self._plans()._give_more_time(
            self._debtor().with_user(self.collector), self._item(other), DAY(TODAY) + timedelta(days=90), "Long"
        )
        self.assertEqual(asked.approval_state, "asked")
        with self._refused("Say why"):
            self._plans()._give_more_time(self._debtor().with_user(self.collector), self._item(other), DAY(TODAY), "")
