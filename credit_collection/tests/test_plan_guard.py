"""Plans and promises stay as they were agreed on: nothing is forged, nothing holds for ever, none stops another."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .test_plan import TODAY, PlanCommon
from .test_promise import PromiseCommon

LOG = "odoo.addons.credit_collection.models.credit_collection_daily"


@freeze_time(f"{TODAY} 09:00:00")
@tagged("post_install", "-at_install")
class TestPlanGuard(PlanCommon):
    """A collector over RPC, with whatever fields and context he likes."""

    # === FORGING === #

    def test_nothing_is_moved_into_a_plan_that_was_agreed(self):
        running = self._agree(self._new_invoice("2026-02-10", 600))
        proposal = self._propose(self._new_invoice("2026-02-10", 300))
        for record in (proposal.installment_ids[0], proposal.line_ids):
            with self._refused("was agreed"):
                record.write({"plan_id": running.id})

    def test_facts_of_a_plan_are_not_written_by_people(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        for values in ({"amount": 1}, {"name": "PLAN/1"}, {"company_id": self.company.id}):
            with self.subTest(values), self.assertRaises(AccessError), self.cr.savepoint():
                plan.write(values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            plan.line_ids.write({"move_id": self._new_invoice("2026-02-10", 1).id})

    def test_the_day_is_not_taken_from_the_one_who_asks(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600), count=1, first=DAY("2026-06-20"))
        later = plan.with_context(collection_date="2026-06-01")
        later.action_accept()
        self.assertEqual((plan.approval_state, plan.date_accepted), ("asked", DAY(TODAY)))
        self.assertIn("92 days", plan.approval_reason)
        past = self._propose(self._new_invoice("2026-02-10", 60)).with_context(collection_date="2026-01-01")
        past.installment_ids.write({"amount": 20})
        past.installment_ids[0].date = "2026-02-01"
        with self._refused("choose dates to come"):
            past.action_accept()

    def test_a_line_is_of_the_plan_s_customer_and_currency(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        currency = self._new_currency("XAA", 0.01)
        foreign = self._new_invoice("2026-02-10", 100, currency_id=currency.id)
        stranger = self._new_invoice("2026-02-10", 100, partner=self._new_customer("Stranger"))
        for words, move in (("one currency", foreign), ("does not belong", stranger)):
            with self._refused(words, ValidationError):
                plan.env["credit.collection.plan.line"].create(
                    {"plan_id": plan.id, "move_line_id": self._item(move).id, "amount": 100}
                )

    # === HOLDS END === #

    def test_what_no_manager_decides_about_holds_three_working_days(self):
        """Accepted on Friday 20 March: Monday, Tuesday and Wednesday are the manager's."""
        invoice = self._new_invoice("2026-02-10", 9000)
        plan = self._agree(invoice)
        self.assertEqual((plan.state, plan.approval_state), ("accepted", "asked"))
        self._follow("2026-03-25")
        self.assertEqual(self._standing(invoice, "2026-03-25")["standing"], "in_plan")
        self._follow("2026-03-26")
        self.assertEqual((plan.state, plan.approval_state, plan.date_accepted), ("proposal", "none", False))
        self.assertEqual(self._standing(invoice, "2026-03-26")["standing"], "due")
        self.assertEqual(plan.activity_ids.user_id, self.collector)
        self.assertIn("Nobody", plan.activity_ids.summary)
        with freeze_time("2026-03-26 09:00:00"):
            plan.with_context(collection_date=False).action_accept()
            plan.with_context(collection_date=False).with_user(self.manager).action_approve()
        self.assertEqual(plan.state, "running", "it may be asked for again")

    # === ONE BAD RECORD === #

    def test_a_company_that_fails_keeps_no_other_from_its_plans(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        other = self.setup_other_company()["company"]
        debtor = self.env["credit.collection.debtor"].create({"partner_id": self.customer.id, "company_id": other.id})
        self.env["credit.collection.plan"].sudo().create(
            {"debtor_id": debtor.id, "currency_id": other.currency_id.id, "state": "running",
             "date_accepted": TODAY}
        )  # fmt: skip
        plans, follow = self.env.registry["credit.collection.plan"], self.env.registry["credit.collection.plan"]._follow

        def fail(model, company, date=None):
            if company == other:
                raise ValueError("books in disorder")
            return follow(model, company, date)

        with (
            freeze_time("2026-04-07 06:00:00"),
            patch.object(plans, "_follow", fail),
            mute_logger(LOG),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("credit_collection.ir_cron_credit_collection_plan_follow").method_direct_trigger()
        plan.invalidate_recordset()
        self.assertEqual(plan.state, "broken")

    # === WHAT IS ASKED FOR === #

    def _dispute(self, move, amount):
        return self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": amount})],
            }
        )

    def _credit_at_hand(self, amount, date="2026-03-30"):
        payment = self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_id": self.customer.id, "amount": amount, "date": date}
        )
        payment.action_post()
        return payment

    def _mail(self, plan, date):
        ((__, mail),) = self._send(date, [("plan_id", "=", plan.id), ("state", "=", "planned")])
        return mail

    def test_money_that_is_there_is_not_asked_for_with_an_instalment(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._credit_at_hand(150)
        self._follow("2026-04-02")
        mail = self._mail(plan, "2026-04-02")
        self.assertIn("50.00 has not arrived yet", mail["subject"])
        self.assertIn("450.00", self._html(mail), "what is left of the plan, without the money that is there")

    def test_what_is_disputed_is_not_asked_for_when_a_plan_breaks(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        self._dispute(invoice, 250)
        self._follow("2026-04-20")
        self.assertEqual(plan.state, "running", "the first instalment and 50.00 of the second are not asked for")
        self._follow("2026-04-21")
        self.assertEqual((plan.state, "150.00" in plan.state_reason), ("broken", True))
        mail = self._mail(plan, "2026-04-21")
        self.assertIn("350.00 is due now", mail["subject"])
        self.assertNotIn("600.00", self._html(mail))

    def test_a_protected_customer_is_not_reminded(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        plan.debtor_id.sudo().write({"protected": True, "protected_reason": "Our landlord"})
        for day in ("2026-03-29", "2026-04-02", "2026-04-07"):
            self._follow(day)
        self.assertEqual((plan.state, len(self._beside(plan))), ("running", 0))

    def test_nothing_leaves_by_itself_where_no_scenario_was_ever_turned_on(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self.scenario.with_user(self.manager).action_turn_off()
        for day in ("2026-03-29", "2026-04-02", "2026-04-07"):
            self._follow(day)
        self.assertEqual((plan.state, len(self._beside(plan))), ("broken", 0))

    # === PLAN AND PROMISE === #

    def test_a_plan_that_is_done_is_not_opened_beside_a_promise(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        first = self._settle(invoice, 400)
        second = self._settle(invoice, 200)
        self.assertEqual(plan.state, "done")
        self.env.cr.precommit.clear()
        second.move_id.line_ids.remove_move_reconcile()
        self.env.cr.precommit.clear()
        second.action_draft()
        second.action_cancel()
        promise = self.env["credit.collection.promise"]._make(
            self._debtor(), self._item(invoice), 200, DAY("2026-04-10")
        )
        self._take_apart(first, "2026-04-02")
        self.assertEqual((plan.state, promise.state), ("done", "open"))
        self.assertIn("is open again", plan.activity_ids.summary)

    def test_a_promise_that_waits_for_a_manager_is_superseded_with_its_task(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice)
        promise = (
            self.env["credit.collection.promise"]
            .with_user(self.collector)
            ._make(plan.debtor_id, self._item(invoice).with_user(self.collector), 600, DAY("2026-05-20"))
        )
        self.assertEqual(promise.approval_state, "asked")
        plan._accept()
        self.assertEqual(
            (promise.state, promise.approval_state, promise.date_judged), ("withdrawn", "none", DAY(TODAY))
        )
        self.assertFalse(promise.activity_ids, "nothing is left to approve")

    # === PEOPLE LEAVE === #

    def test_of_whoever_left_the_successor_is_told_and_signs(self):
        plan = self._agree(self._new_invoice("2026-02-10", 9000))
        self.company.collection_user_id = self.manager
        self.collector.active = False
        self._plans(user=self.manager).browse(plan.id)._refuse("Not this time")
        plan = plan.with_user(self.manager)
        self.assertEqual(plan.activity_ids.user_id, self.manager)
        plan._accept()
        self._follow("2026-03-29")
        self.assertEqual(self._beside(plan).user_id, self.manager)

    # === OTHER CURRENCIES === #

    def test_part_payments_in_another_currency_are_counted_at_the_rate_of_their_day(self):
        """2 XAA for 1 when it was invoiced; 50 of ours are 100 of them on the day of payment."""
        currency = self._new_currency("XAA", 0.01)
        invoice = self._new_invoice("2026-02-10", 600, currency_id=currency.id)
        plan = self._agree(invoice)
        self._settle_in(invoice, self.company.currency_id, 50)
        self.assertEqual((plan.paid, plan.left), (100, 500))
        self.assertEqual(plan.installment_ids.mapped("left"), [100, 200, 200])
        currency.rate_ids = [Command.create({"name": "2026-04-10", "rate": 4})]
        self._settle_in(invoice, self.company.currency_id, 25, "2026-04-10")
        plan.invalidate_recordset()
        self.assertEqual((plan.paid, plan.left), (200, 400))

    def _settle_in(self, move, currency, amount, date="2026-04-01"):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"payment_date": date, "currency_id": currency.id, "amount": amount})._create_payments()
        self.env.cr.flush()

    # === FILES JOIN === #

    def test_two_plans_of_customers_that_are_merged_go_on_in_one_file(self):
        other = self._new_customer("Albatros France")
        plans = self._agree(self._new_invoice("2026-02-10", 600))
        plans |= self._agree(self._new_invoice("2026-02-10", 300, partner=other), partner=other)
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((self.customer | other).ids)], "dst_partner_id": self.customer.id}
        ).action_merge()
        self.env.invalidate_all()
        self.assertEqual(self._debtor().plan_ids, plans)
        self._follow("2026-04-02")
        self.assertEqual(
            {action.debtor_id for action in self._beside(plans[0]) | self._beside(plans[1])}, {self._debtor()}
        )
        self._follow("2026-04-07")
        self.assertEqual(plans.mapped("state"), ["broken", "broken"])

    def test_a_parent_with_a_file_of_its_own_takes_the_plan_over(self):
        invoice, group = self._new_invoice("2026-02-10", 600), self._new_customer("Group")
        plan = self._agree(invoice)
        theirs = self._agree(self._new_invoice("2026-02-10", 300, partner=group), partner=group)
        self.customer.write({"is_company": False, "parent_id": group.id})
        self.env.invalidate_all()
        self.assertEqual((plan.debtor_id, theirs.debtor_id), (self._debtor(group), self._debtor(group)))
        self.assertEqual(self._standing(invoice, TODAY)["standing"], "in_plan")
        with self._refused(plan.name):
            self._propose(invoice, partner=group)


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestPromiseGuard(PromiseCommon):
    def test_no_context_decides_what_becomes_of_a_promise(self):
        action = self._debtor().with_user(self.collector).action_note_promise()
        forged = {"default_state": "kept", "default_approval_state": "approved", "default_live": False}
        forged |= {"default_date_judged": "2026-03-01", "default_paid": 1000}
        wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        wizard.create({"date": "2026-03-12", "amount": 1000}).with_context(**forged).action_note()
        promise = self._debtor().promise_ids
        self.assertEqual((promise.state, promise.approval_state, promise.paid), ("open", "none", 0))
        self.assertEqual((promise.line_ids.live, promise.date_judged), (True, False))

    def test_company_and_origin_are_not_written_by_people(self):
        promise = self._promise()
        for values in ({"company_id": self.company.id}, {"collection_import_id": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                promise.write(values)

    def test_one_that_cannot_be_reminded_of_keeps_no_other_from_its_judgement(self):
        broken = self._promise("2026-03-06")
        failing = self._promise("2026-03-12", moves=self._new_invoice("2026-03-01", 300))
        good = self._promise("2026-03-12", moves=self._new_invoice("2026-03-01", 200))
        actions = self.env.registry["credit.collection.action"]
        create = actions._create_beside

        def fail(model, *args, **values):
            if values.get("promise_id") == failing.id:
                raise ValueError("no text")
            return create(model, *args, **values)

        with patch.object(actions, "_create_beside", fail), mute_logger(LOG), freeze_time("2026-03-11 06:00:00"):
            with self.enter_registry_test_mode():
                self.env.ref("credit_collection.ir_cron_credit_collection_promise").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(broken.state, "broken")
        self.assertEqual(self.env["credit.collection.action"].search([("purpose", "=", "promise")]).promise_id, good)

    def test_one_that_cannot_be_given_up_keeps_no_other_from_it(self):
        failing = self._promise("2026-03-21")
        good = self._promise("2026-03-21", moves=self._new_invoice("2026-03-01", 200))
        promises = self.env.registry["credit.collection.promise"]
        withdraw = promises._set_withdrawn

        def fail(promise, reason):
            if promise == failing:
                raise ValueError(reason)
            return withdraw(promise, reason)

        with patch.object(promises, "_set_withdrawn", fail), mute_logger(LOG):
            self._judge("2026-03-25")
        self.assertEqual((failing.state, good.state), ("to_approve", "withdrawn"))

    def test_a_payment_that_comes_back_opens_no_promise_beside_a_plan(self):
        promise = self._promise(amount=400)
        payment = self._pay_in(self.move, 400, "2026-03-05")
        self.assertEqual(promise.state, "kept")
        plans = self.env["credit.collection.plan"].with_user(self.collector)
        plan = plans._propose(self._debtor().with_user(self.collector), self._item(self.move), first=DAY("2026-03-20"))
        plan._accept()
        payment.move_id.line_ids.remove_move_reconcile()
        self._commit()
        self.assertEqual((promise.state, plan.state), ("broken", "running"), "one arrangement for an item")

    def test_part_payments_in_another_currency_are_counted_in_its_own(self):
        """0.5 GBP for 1: 60 of ours are 30; at 0.25 from the tenth on, 120 of ours are 30."""
        move = self._new_invoice("2026-03-01", 100, currency_id=self.other_currency.id)
        promise = self._promise(moves=move, amount=60)
        self.other_currency.rate_ids = [Command.create({"name": "2026-03-10", "rate": 0.25})]
        for amount, date, state in ((60, "2026-03-09", "open"), (120, "2026-03-10", "kept")):
            wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
            wizard.create(
                {"payment_date": date, "currency_id": self.company.currency_id.id, "amount": amount}
            )._create_payments()
            self._commit()
            self.assertEqual(promise.state, state, date)
        self.assertEqual(promise.paid, 60)

    def test_a_payment_that_came_back_is_no_burden_for_the_next(self):
        """Paid and promised on one day; the payment comes back, and what was promised is paid all the same."""
        returned = self._pay_in(self.move, 600, "2026-03-05")
        promise = self._promise()
        self.assertEqual(promise.amount, 400)
        returned.move_id.line_ids.remove_move_reconcile()
        self._commit()
        self._pay_in(self.move, 400)
        self.assertEqual((promise.state, promise.paid), ("kept", 400))

    def test_a_parent_with_a_file_of_its_own_takes_the_promise_over(self):
        group = self._new_customer("Group SA")
        theirs = self._promise(moves=self._new_invoice("2026-03-01", 300, partner=group))
        promise = self._promise()
        self.customer.write({"parent_id": group.id, "is_company": False})
        self.env.invalidate_all()
        self.assertEqual((promise | theirs).debtor_id, self._debtor(group))
        self.assertEqual(self._judge("2026-03-17", promise | theirs), ["broken", "broken"])
        again = self.env["credit.collection.promise"]._make(
            self._debtor(group), self._item(self.move), None, DAY("2026-03-12")
        )
        self.assertEqual(again.number, 2, "the count goes with the item")
