import io
from datetime import timedelta

from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval
from pypdf import PdfReader

from .common import DAY
from .test_plan import TODAY, PlanCommon


@freeze_time(f"{TODAY} 09:00:00")
@tagged("post_install", "-at_install")
class TestPlanOffer(PlanCommon):
    """What a customer is offered was approved, adds up, and is waited for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.invoice = cls._new_invoice("2026-02-10", 9000)

    def _offers(self, plan):
        return [(action.purpose, action.state) for action in self._beside(plan)]

    def _offer(self, moves=None, **schedule):
        plan = self._propose(moves or self.invoice, **schedule)
        plan.action_send_proposal()
        return plan

    def _decide(self, plan, decision):
        plan = self._plans(user=self.manager).browse(plan.id)
        self.assertTrue(plan.may_decide)
        plan._refuse("Too long") if decision == "refuse" else plan.action_approve()

    # === BEYOND THE LIMITS === #

    def test_beyond_the_limits_a_manager_is_asked_before_the_customer(self):
        plan = self._offer()
        self.assertEqual((plan.state, plan.approval_state, self._offers(plan)), ("proposal", "asked", []))
        self.assertRegex(plan.approval_reason, "about .*9,000.00")
        self.assertEqual(plan.activity_ids.user_id, self.manager)
        self.assertEqual(self._standing(self.invoice, TODAY)["standing"], "due", "nothing is offered yet")
        with self._refused("waits for a manager"):
            plan.action_send_proposal()
        with self.assertRaises(AccessError):
            plan.action_approve()
        self._decide(plan, "approve")
        self.assertEqual((plan.state, plan.approval_state), ("proposal", "approved"))
        self.assertEqual(self._offers(plan), [("plan_proposal", "planned")])
        self.assertEqual(self._beside(plan).user_id, self.collector, "it is the collector's offer")
        plan._accept()
        self.assertEqual((plan.state, plan.approval_state), ("running", "approved"), "nobody is asked again")
        self.assertFalse(plan.activity_ids)

    def test_within_the_limits_nobody_is_asked(self):
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        self.assertEqual((plan.approval_state, self._offers(plan)), ("none", [("plan_proposal", "planned")]))

    def test_a_refused_offer_never_leaves(self):
        plan = self._offer()
        self._decide(plan, "refuse")
        self.assertEqual((plan.state, plan.approval_state, self._offers(plan)), ("proposal", "refused", []))
        task = plan.activity_ids
        self.assertEqual(task.user_id, self.collector)
        self.assertIn("Not approved", task.summary)

    def test_who_agrees_while_a_manager_decides_waits_for_one_decision(self):
        plan = self._offer()
        plan._accept()
        self.assertEqual((plan.state, plan.approval_state, len(plan.activity_ids)), ("accepted", "asked", 1))
        self._decide(plan, "approve")
        self.assertEqual((plan.state, self._offers(plan)), ("running", []))

    def test_a_manager_s_own_offer_is_decided(self):
        plan = self._propose(self.invoice, user=self.manager)
        plan.action_send_proposal()
        self.assertEqual((plan.approval_state, plan.approver_id), ("approved", self.manager))
        self._plans().browse(plan.id)._accept()
        self.assertEqual(plan.state, "running", "what the manager offered, the customer may accept")

    def test_a_manager_who_notes_the_agreement_decides(self):
        plan = self._offer()
        self._plans(user=self.manager).browse(plan.id)._accept()
        self.assertEqual((plan.state, plan.approval_state), ("running", "approved"))
        self.assertFalse(plan.activity_ids)

    def test_other_items_or_instalments_are_asked_for_again(self):
        changes = (
            lambda plan: plan.installment_ids[0].write({"date": "2026-03-31"}),
            lambda plan: plan.installment_ids[0].unlink(),
            lambda plan: plan.write({"installment_ids": [Command.create({"date": "2026-09-01", "amount": 1})]}),
            lambda plan: plan.line_ids[0].write({"amount": 8000}),
            lambda plan: plan._distribute(2, "weekly", DAY("2026-04-01")),
            lambda plan: plan.action_refresh(),
        )
        for number, change in enumerate(changes):
            for approved in (True, False):
                with self.subTest(number=number, approved=approved), self.env.cr.savepoint() as savepoint:
                    plan = self._offer()
                    if approved:
                        self._decide(plan, "approve")
                    change(plan)
                    self.assertEqual((plan.approval_state, plan.approver_id.id), ("none", False))
                    self.assertFalse(plan.activity_ids)
                    self.assertNotIn("planned", [state for __, state in self._offers(plan)])
                    plan._distribute(2, "weekly", DAY("2026-04-01"))
                    plan.action_send_proposal()
                    self.assertEqual(plan.approval_state, "asked")
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_who_looks_at_the_instalments_changes_nothing(self):
        plan = self._offer()
        plan.action_distribute()
        plan.note = "They called"
        self.assertEqual(plan.approval_state, "asked")

    def test_what_has_not_left_is_cancelled_with_the_plan(self):
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        plan._cancel("They pay at once")
        self.assertEqual(self._offers(plan), [("plan_proposal", "cancelled")])
        self.assertIn("Cancelled", self._beside(plan).reason)
        self.assertFalse(plan.debtor_id.hold_until, "nothing is waited for")

    def test_what_has_not_left_is_cancelled_when_an_agreement_is_refused(self):
        """Offered within the limits, which were lowered before the customer agreed."""
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._offer(invoice)
        self.company.collection_plan_amount = 500
        plan._accept()
        self.assertEqual(plan.approval_state, "asked")
        self._decide(plan, "refuse")
        self.assertEqual((plan.state, self._offers(plan)), ("proposal", [("plan_proposal", "cancelled")]))

    def test_what_is_beyond_the_limits_by_now_is_asked_for_right_before_it_leaves(self):
        """Taken up for sending when its instalments are changed: it is too late to cancel it, not to stop it."""
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        action = self._beside(plan)
        action._set_sending()
        plan._distribute(4, "weekly", DAY("2026-04-01"))
        action.with_context(collection_date=DAY(TODAY))._carry_out(DAY(TODAY))
        self.assertEqual((action.state, action.reason), ("skipped", "A manager has not approved the plan."))

    def test_what_has_left_stays_in_the_file(self):
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        self._send(TODAY, [("plan_id", "=", plan.id), ("state", "=", "planned")])
        plan._distribute(2, "weekly", DAY("2026-04-01"))
        self.assertEqual(self._offers(plan), [("plan_proposal", "sent")])
        self.assertTrue(plan.debtor_id.hold_until, "their answer is waited for still")

    # === PRINTING === #

    def test_a_proposal_that_does_not_add_up_is_not_printed(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        plan.installment_ids[0].amount = 1
        report = self.env["ir.actions.report"].with_user(self.collector).with_context(force_report_rendering=True)
        for render in (report._render_qweb_pdf, report._render_qweb_html):
            with self._refused("come to .*401.00.*600.00"):
                render("credit_collection.plan_agreement", plan.ids)
        plan.action_distribute_evenly()
        document, __ = report._render_qweb_pdf("credit_collection.plan_agreement", plan.ids)
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
        self.assertIn("600.00", text)

    def test_the_warning_says_whether_it_is_too_much_or_too_little(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        self.assertFalse(plan.mismatch)
        plan.installment_ids[0].amount = 1
        self.assertRegex(plan.mismatch, "199.00 too little")
        plan.installment_ids[0].amount = 250.5
        self.assertRegex(plan.mismatch, "50.50 too much")

    # === WAITING FOR THE ANSWER === #

    def test_nobody_is_reminded_while_an_answer_is_waited_for(self):
        invoice, other = self._new_invoice("2026-02-10", 600), self._new_invoice("2026-02-10", 70)
        self._plan(TODAY)
        waiting = self.env["credit.collection.action"].search([("debtor_id", "=", self._debtor().id)])
        self.assertEqual(waiting.state, "planned")
        plan = self._offer(invoice)
        debtor = plan.debtor_id
        self.assertEqual(str(debtor.hold_until), "2026-03-27")
        self.assertIn(plan.name, debtor.hold_reason)
        self.assertIn("March 27", " ".join(debtor.message_ids.mapped("body")))
        self.assertEqual(waiting.state, "skipped", "what waited to leave is stopped at once")
        for move in (invoice, other):
            self.assertEqual(self._standing(move, "2026-03-27")["standing"], "debtor_hold")
            self.assertEqual(self._standing(move, "2026-03-28")["standing"], "due")
        ((__, mail),) = self._send(TODAY, [("plan_id", "=", plan.id), ("state", "=", "planned")])
        self.assertIn("March 27, 2026", self._html(mail), "the day that the customer reads")

    def test_a_mail_that_leaves_later_is_waited_for_longer(self):
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        with freeze_time("2026-03-23 09:00:00"):
            self._send("2026-03-23", [("plan_id", "=", plan.id), ("state", "=", "planned")])
        self.assertEqual(str(plan.debtor_id.hold_until), "2026-03-30")

    def test_a_longer_hold_stays_as_it_is(self):
        self._debtor().write({"hold_until": "2026-05-01", "hold_reason": "Insolvency is checked"})
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        plan._cancel("No")
        self.assertEqual(
            (str(plan.debtor_id.hold_until), plan.debtor_id.hold_reason), ("2026-05-01", "Insolvency is checked")
        )

    def test_an_answer_ends_the_waiting(self):
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        plan._accept()
        self.assertFalse(plan.debtor_id.hold_until)

    def test_what_nobody_can_be_sent_holds_nothing(self):
        self.customer.email = False
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        self.assertFalse(self._beside(plan) or plan.debtor_id.hold_until)

    # === FROM THE FILE === #

    def _dialog(self, action):
        return Form(self._plans().env[action["res_model"]].with_context(**action.get("context", {})))

    def test_the_arrangement_that_stands_in_the_way_is_named(self):
        self._pay(self.invoice, date="2026-03-01")
        invoice = self._new_invoice("2026-02-10", 600)
        debtor = self._debtor().with_user(self.collector)
        promises = self.env["credit.collection.promise"].with_user(self.collector)
        promise = promises._make(debtor, self._item(invoice), 600, DAY("2026-03-25"))
        for opener in (debtor.action_propose_plan, debtor.action_give_more_time):
            with self._refused("is promised"):
                opener()
        promise._set_withdrawn("They changed their minds")
        plan = self._agree(invoice)
        with self._refused(plan.name):
            debtor.action_give_more_time()

    def test_items_are_removed_and_added_in_the_dialog(self):
        self._pay(self.invoice, date="2026-03-01")
        first, second = self._new_invoice("2026-02-10", 600), self._new_invoice("2026-03-01", 400)
        later = self._new_invoice("2026-05-01", 50)
        debtor = self._debtor().with_user(self.collector)
        for opener, values in (
            (debtor.action_propose_plan, {"count": 2, "date_first": "2026-04-01"}),
            (debtor.action_give_more_time, {"date": "2026-04-10", "reason": "Waits for a grant"}),
        ):
            with self.subTest(opener.__name__), self.env.cr.savepoint() as savepoint:
                with self._dialog(opener()) as form:
                    self.assertEqual(form.amount, 1000)
                    form.item_ids.remove(id=self._item(first).id)
                    form.item_ids.add(self._item(later).with_user(self.collector))
                    self.assertEqual(form.amount, 450)
                    for name, value in values.items():
                        form[name] = value
                plan = self.env["credit.collection.plan"].browse(form.record.action_confirm()["res_id"])
                self.assertEqual((plan.line_ids.move_id, plan.amount), (second | later, 450))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_dialog_without_items_asks_for_some(self):
        debtor = self._debtor().with_user(self.collector)
        with self._dialog(debtor.action_propose_plan()) as form:
            form.item_ids.clear()
        with self._refused("Choose the open items"):
            form.record.action_confirm()

    def test_the_dialog_offers_open_items_of_this_customer_only(self):
        stranger = self._new_invoice("2026-02-10", 70, partner=self._new_customer("Stranger"))
        paid = self._new_invoice("2026-02-10", 600)
        self._pay(paid, date="2026-03-01")
        debtor = self._debtor()
        values = {"partner_id": self.customer.id, "company_id": self.company.id,
                  "currency_id": self.company.currency_id.id}  # fmt: skip
        for name in ("distribute", "extend"):
            wizard = self.env[f"credit.collection.plan.{name}"]
            node = etree.fromstring(wizard.get_view()["arch"]).find(".//field[@name='item_ids']")
            domain = safe_eval(node.get("domain"), values)
            found = self.env["account.move.line"].search(domain)
            self.assertIn(self._item(self.invoice), found)
            self.assertFalse(found & (self._item(stranger) | self._item(paid)))
            self.assertEqual(found.partner_id, debtor.partner_id)

    def test_the_first_day_is_a_working_day_after_the_answer(self):
        """Offered on Friday 20 March, answered by Friday 27: Monday 30 is the first; on Saturday nobody works."""
        self.assertEqual(str(self._first_day()), "2026-03-30")
        self.env["resource.calendar.leaves"].create(
            {"name": "Outing", "company_id": self.company.id, "calendar_id": self.company.resource_calendar_id.id,
             "date_from": "2026-03-30 00:00:00", "date_to": "2026-03-30 23:00:00"}
        )  # fmt: skip
        self.assertEqual(str(self._first_day()), "2026-03-31")

    def _first_day(self):
        with self._dialog(self._debtor().with_user(self.collector).action_propose_plan()) as form:
            return form.date_first

    # === FROM THE LISTS === #

    def test_a_new_plan_begins_with_its_customer(self):
        self._debtor()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_plan_distribute_action"
        )
        with Form(self._plans().env[action["res_model"]]) as form:
            form.debtor_id = self._debtor().with_user(self.collector)
            self.assertEqual((form.item_ids.ids, form.amount), (self._item(self.invoice).ids, 9000))
            form.count = 2
        plan = self.env["credit.collection.plan"].browse(form.record.action_confirm()["res_id"])
        self.assertEqual((plan.debtor_id, plan.amount), (self._debtor(), 9000))
        self.assertEqual(plan.installment_ids.sorted("date")[0].date, DAY(TODAY) + timedelta(days=10))

    def test_a_new_promise_begins_with_its_customer(self):
        other = self._new_customer("Stranger")
        theirs = self._new_invoice("2026-02-10", 70, partner=other)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_promise_make_action"
        )
        with Form(self._plans().env[action["res_model"]]) as form:
            form.debtor_id = self._debtor().with_user(self.collector)
            self.assertEqual(form.amount, 9000)
            form.debtor_id = self._debtor(other).with_user(self.collector)
            self.assertEqual((form.item_ids.ids, form.amount), (self._item(theirs).ids, 70))
            form.date = "2026-03-25"
        form.record.action_note()
        self.assertEqual(self._debtor(other).promise_ids.move_ids, theirs)

    def test_lists_offer_a_new_one_also_when_empty_and_mark_more_time(self):
        for model in ("credit.collection.plan", "credit.collection.promise"):
            arch = etree.fromstring(self.env[model].with_user(self.collector).get_view(view_type="list")["arch"])
            self.assertTrue(arch.xpath("//header/button[@string='New'][@type='action'][@display='always']"), model)
        plans = etree.fromstring(self.env["credit.collection.plan"].get_view(view_type="list")["arch"])
        self.assertTrue(plans.xpath("//field[@name='is_extension'][not(@column_invisible)]"))

    # === THE WORDS === #

    def test_the_offer_thanks_for_nothing_that_was_not_said(self):
        plan = self._offer(self._new_invoice("2026-02-10", 600))
        ((__, mail),) = self._send(TODAY, [("plan_id", "=", plan.id), ("state", "=", "planned")])
        self.assertNotIn("Thank you for telling us", self._html(mail))
