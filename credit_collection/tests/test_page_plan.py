"""Pay in instalments: asked for on the page, and a proposal accepted or declined there."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPagePlan(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls.move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        cls.strange_item = cls.strange_move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        cls.today = cls.debtor._get_today()

    def setUp(self):
        super().setUp()
        self._enter()

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _ask(self, **values):
        first = self._day(10).isoformat()
        return self._post(
            "/plan", **{"items": self.item.id, "count": "3", "day": first, "text": "A customer went bankrupt", **values}
        )

    def _propose(self, debtor=None, item=None, sent=True, **schedule):
        plans = self.env["credit.collection.plan"].with_user(self.collector)
        schedule = schedule or {"count": 2, "first": self._day(5)}
        plan = plans._propose((debtor or self.debtor).with_env(plans.env), item or self.item, **schedule).sudo()
        if sent:
            plan.with_user(self.collector).action_send_proposal()
            plan.action_ids.filtered(lambda action: action.purpose == "plan_proposal").date_sent = self.today
        return plan

    def _accept(self, plan, **values):
        return self._post(f"/plan/{plan.id}/accept", **{"mark": plan._get_page_mark(), **values})

    # === ASKING === #

    def test_a_wish_becomes_a_remark_that_holds_its_items(self):
        with self._unchanged():
            self._get("/plan")
        self.assertEqual(self._ask().status_code, 303)
        remark = self.debtor.remark_ids
        self.assertEqual((remark.kind, remark.author_id, remark.state), ("page", self.contact, "open"))
        self.assertEqual(remark.line_ids.move_line_id, self.item)
        for words in ("3 instalments", self.move.name, "A customer went bankrupt"):
            self.assertIn(words, remark.text)
            self.assertIn(words, self._noted()[0][1])
        self.assertEqual([user for __, user in self._tasks(remark)], [self.collector])
        self.assertIn("asks for a payment plan", self._written_by_contact())
        self.assertEqual(self._standing(self.move, self.today)["standing"], "plan_asked")
        words = self._words(self._get("/answers"))
        self.assertIn("send you a proposal", words)
        self.assertIn("Received: Collector reads it", words)

    def test_an_amount_a_month_will_do(self):
        self._ask(count="", amount="150")
        self.assertIn("$ 150.00 a month", self.debtor.remark_ids.text.replace("\xa0", " "))

    def test_bad_input_is_told_and_changes_nothing(self):
        cases = [
            ({"items": ""}, "choose at least one invoice"),
            ({"items": self.strange_item.id}, "not open any more"),
            ({"count": ""}, "either how many instalments"),
            ({"amount": "5"}, "either how many instalments"),
            ({"count": "1"}, "from 2 to 60"),
            ({"count": "99999999999999"}, "from 2 to 60"),
            ({"count": "two"}, "from 2 to 60"),
            ({"count": "", "amount": "lots"}, "not an amount"),
            ({"day": ""}, "choose the day"),
            ({"day": "2020-01-01"}, "within a year"),
            ({"text": ""}, "why you need instalments"),
        ]
        for values, words in cases:
            with self.subTest(values), self._unchanged():
                response = self._ask(**values)
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, self._words(response))

    def test_pressing_twice_asks_once(self):
        self._ask()
        response = self._ask()
        self.assertEqual(response.status_code, 422)
        self.assertIn("You have told us this already", self._words(response))
        self.assertEqual((len(self.debtor.remark_ids), len(self._noted())), (1, 1))

    def _asked_before(self, days):
        """Ask, as if it had been so many days ago, and ask again."""
        self._ask()
        until = self.today - timedelta(days=1)
        self.debtor.remark_ids.sudo().write({"date": self.today - timedelta(days=days), "date_until": until})
        self.assertEqual(self._ask(text="Please!").status_code, 303)
        return self.debtor.remark_ids.sorted("id")[-1]

    def test_asked_again_it_is_read_but_does_not_hold_longer(self):
        remark = self._asked_before(13)
        self.assertLess(remark.date_until, self.today)
        self.assertEqual([user for __, user in self._tasks(remark)], [self.collector])
        self.assertNotEqual(self._standing(self.move, self.today)["standing"], "plan_asked")
        words = self._words(self._get("/answers"))
        self.assertIn("send you a proposal", words)
        self.assertNotIn("do not remind you", words)

    def test_asked_again_after_two_weeks_it_holds_again(self):
        self.assertGreaterEqual(self._asked_before(14).date_until, self.today)

    def test_who_declines_our_proposal_is_heard_before_we_remind_again(self):
        self._ask()
        plan = self._propose()
        self._post(f"/plan/{plan.id}/decline", reason="Smaller steps")
        self.assertGreater(self.debtor.remark_ids.sorted("id")[-1].date_until, self.today)

    # === THE PROPOSAL === #

    def test_a_proposal_is_seen_once_it_was_sent_and_as_it_was_sent(self):
        plan = self._propose(sent=False)
        self.assertEqual(self._get(f"/plan/{plan.id}").status_code, 404)
        self.assertEqual(self._accept(plan).status_code, 404)
        self.assertNotIn(plan.name, self._words(self._get("/plan")))
        plan.with_user(self.collector).action_send_proposal()
        self.assertEqual(self._get(f"/plan/{plan.id}").status_code, 404, "it waits to leave")
        plan.action_ids.date_sent = self.today
        with self._unchanged():
            words = self._words(self._get(f"/plan/{plan.id}"))
        for expected in (plan.name, "500.00", "Our proposal waits for your answer", "I accept this plan"):
            self.assertIn(expected, words)
        self.assertIn("Look at it", self._words(self._get("/plan")))
        # A colleague changes it after it was sent: it is not what the customer has.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE credit_collection_plan_installment SET write_date = write_date + interval '1 minute'"
        )
        self.env.invalidate_all()
        self.assertEqual(self._get(f"/plan/{plan.id}").status_code, 404)

    def test_the_agreement_is_a_pdf_to_keep(self):
        plan = self._propose()
        with self._unchanged():
            response = self._get(f"/plan/{plan.id}/agreement")
        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))

    def test_an_accepted_plan_runs_at_once(self):
        plan = self._propose()
        self.assertEqual(self._accept(plan).status_code, 303)
        self.assertEqual((plan.state, plan.contact_id), ("running", self.contact))
        self.assertIn((f"Plan {plan.name} was accepted on the page", self.collector), self._tasks())
        self.assertIn(plan.name, self._written_by_contact())
        self.assertIn("500.00", self._noted()[0][1])
        words = self._words(self._get(f"/plan/{plan.id}"))
        self.assertIn("Thank you. Agreed, and under way.", words)
        self.assertNotIn("I accept this plan", words)
        self.assertIn("To come", words)
        self.assertNotIn("Ask for a new plan", words)
        # Again, from the other tab: nothing happens, and the page says why.
        response = self._accept(plan)
        self.assertEqual(response.status_code, 422)
        self.assertIn("was answered already", self._words(response))
        self.assertEqual(len(self._noted()), 1)

    def test_beyond_the_limits_the_manager_was_asked_before_it_left(self):
        plan = self._propose(sent=False, count=8, first=self._day(5))
        plan.with_user(self.collector).action_send_proposal()
        self.assertEqual(plan.approval_state, "asked")
        self.assertEqual(self._get(f"/plan/{plan.id}").status_code, 404)
        plan.with_user(self.manager).action_approve()
        plan.action_ids.date_sent = self.today
        self._accept(plan)
        self.assertEqual(plan.state, "running")

    def _accepted_beyond(self):
        """The limits are lowered after the proposal has left: the customer accepts, and a manager is asked."""
        plan = self._propose()
        self.company.collection_plan_installments = 1
        self._accept(plan)
        self.assertEqual((plan.state, plan.approval_state), ("accepted", "asked"))
        return plan

    def test_what_a_manager_approves_after_all_is_told(self):
        plan = self._accepted_beyond()
        plan.with_user(self.manager).action_approve()
        self.assertEqual(plan.state, "running")
        ((contact, noted),) = self._answered()
        self.assertEqual(contact, self.contact)
        self.assertIn(plan.name, noted)
        self.assertIn("Agreed, and under way.", noted)

    def test_what_a_manager_refuses_after_all_is_told_without_our_reason(self):
        plan = self._accepted_beyond()
        plan.with_user(self.manager)._refuse("Bad payer, internal")
        ((contact, noted),) = self._answered()
        self.assertEqual(contact, self.contact)
        self.assertIn(f"We cannot agree to payment plan {plan.name}", noted)
        self.assertNotIn("Bad payer", noted)

    def test_another_schedule_than_the_one_shown_is_not_accepted(self):
        plan = self._propose()
        mark = plan._get_page_mark()
        plan._set_schedule([(self._day(3), 400), (self._day(9), 600)])
        for wrong in (mark, "", "x"):
            with self.subTest(wrong):
                response = self._accept(plan, mark=wrong)
                self.assertEqual(response.status_code, 422)
                self.assertIn("has changed meanwhile", self._words(response))
        self.assertEqual(plan.state, "proposal")

    def test_what_was_paid_meanwhile_asks_for_another_proposal(self):
        plan = self._propose()
        mark = plan._get_page_mark()
        self._pay(self.move, 700)
        response = self._accept(plan, mark=mark)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(plan.state, "proposal")
        self.assertIn((f"Propose anew: plan {plan.name} was accepted too late", self.collector), self._tasks())
        self.assertIn("cannot be accepted any more", self._words(self._get(f"/plan/{plan.id}")))
        self.assertFalse(self._noted())

    # === UNTIL WHICH DAY === #

    def test_the_page_says_until_which_day_a_proposal_can_be_accepted(self):
        plan = self._propose(count=2, first=self._day(9))
        until = self.debtor.hold_until
        self.assertEqual(until, self._day(7), "the day that the message names, and up to which nobody is reminded")
        said = f"you can accept it up to {format_date(self.env, until, date_format='long')}"
        for path in (f"/plan/{plan.id}", "/plan", "/answers"):
            self.assertIn(said, self._words(self._get(path)), path)
        # On that very day, still.
        plan.action_ids.date_sent = self._day(-7)
        self._accept(plan)
        self.assertEqual(plan.state, "running")

    def test_a_proposal_is_answered_before_its_first_instalment_has_passed(self):
        plan = self._propose(count=2, first=self._day(3))
        self.assertEqual(self.debtor.hold_until, self._day(3))
        day = format_date(self.env, self._day(3), date_format="long")
        self.assertIn(f"you can accept it up to {day}", self._words(self._get(f"/plan/{plan.id}")))

    def test_after_its_day_a_proposal_is_neither_accepted_nor_declined(self):
        plan = self._propose()
        plan.action_ids.date_sent = self._day(-8)
        last = format_date(self.env, self._day(-1), date_format="long")
        told = f"This proposal could be accepted up to {last}. Please ask for a new one, or call us."
        with self._unchanged():
            words = self._words(self._get(f"/plan/{plan.id}"))
        self.assertIn(told, words)
        self.assertNotIn("I accept this plan", words)
        self.assertNotIn("Decline this plan", words)
        self.assertIn("Ask for a new plan", words)
        self.assertIn("Call me", words)
        self.assertNotIn("We have proposed to you", self._words(self._get("")))
        with self._unchanged():
            for response in (self._accept(plan), self._post(f"/plan/{plan.id}/decline", reason="Too late")):
                self.assertEqual(response.status_code, 422)
                self.assertIn(told, self._words(response))
        self.assertEqual((plan.state, self._noted()), ("proposal", []))
        with self.assertRaisesRegex(UserError, "could be accepted up to"):
            plan._accept_on_page(self.contact, plan._get_page_mark())
        self.assertEqual(self._ask().status_code, 303)

    def test_a_proposal_that_is_sent_again_can_be_accepted_again(self):
        plan = self._propose()
        plan.action_ids.date_sent = self._day(-8)
        plan.with_user(self.collector).action_send_proposal()
        self.assertIn("could be accepted up to", self._words(self._get(f"/plan/{plan.id}")), "it waits to leave")
        plan.action_ids.sorted("id")[-1].date_sent = self.today
        self._accept(plan)
        self.assertEqual(plan.state, "running")

    # === WHAT BECAME OF IT === #

    def _look(self, plan):
        """Return what the page says of a plan that is not offered any more, and check that it is not."""
        with self._unchanged():
            words = self._words(self._get(f"/plan/{plan.id}"))
        self.assertNotIn("I accept this plan", words)
        self.assertNotIn("Decline this plan", words)
        self.assertIn("Ask for a new plan", words)
        self.assertNotIn("We have proposed to you", self._words(self._get("")))
        before = plan.state
        response = self._accept(plan)
        self.assertEqual((response.status_code, plan.state), (422, before))
        self.assertIn("Please ask for a new one, or call us", self._words(response))
        return words

    def _age(self, plan):
        """Time passes between two answers: what is written later is later than what was sent."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE credit_collection_action SET create_date = create_date - interval '1 minute'")
        self.env.invalidate_all()

    def test_a_plan_that_the_customer_declined_says_so(self):
        plan = self._propose()
        self._post(f"/plan/{plan.id}/decline", reason="Smaller steps")
        today = format_date(self.env, self.today, date_format="long")
        self.assertIn(f"You declined it on {today}", self._look(plan))
        self.assertIn("You declined it", self._words(self._get("/answers")))

    def test_a_plan_that_we_took_back_says_so_without_our_reason(self):
        plan = self._propose()
        plan.with_user(self.collector)._cancel("Bad payer, internal")
        words = self._look(plan)
        self.assertIn("We took it back on", words)
        self.assertNotIn("To come", words, "nothing comes of it")
        self.assertNotIn("Bad payer", words)

    def test_a_plan_that_a_manager_refused_after_all_is_not_offered_again(self):
        plan = self._accepted_beyond()
        self._age(plan)
        plan.with_user(self.manager)._refuse("Bad payer, internal")
        self.assertEqual(plan.state, "proposal")
        words = self._look(plan)
        self.assertIn("we could not agree to it", words)
        self.assertNotIn("Bad payer", words)

    def test_a_plan_that_nobody_decided_about_is_not_offered_again_unless_it_is_sent_anew(self):
        plan = self._accepted_beyond()
        self._age(plan)
        self.env["credit.collection.plan"]._follow(self.company, self._day(10))
        self.assertEqual(plan.state, "proposal")
        self.assertIn("we could not agree to it", self._look(plan))
        plan.with_user(self.manager).action_send_proposal()
        plan.action_ids.sorted("id")[-1].date_sent = self.today
        self.assertIn("I accept this plan", self._words(self._get(f"/plan/{plan.id}")))
        self._accept(plan)
        self.assertEqual(plan.state, "running")

    def test_that_nobody_decided_about_a_plan_is_told_to_both_sides_once(self):
        plan = self._accepted_beyond()
        for __ in range(2):
            self.env["credit.collection.plan"]._follow(self.company, self._day(10))
        ((contact, noted),) = self._answered()
        self.assertEqual(contact, self.contact)
        self.assertIn(f"nobody could decide in time about payment plan {plan.name}", noted)
        self.assertIn("Please ask for a new one, or call us", noted)
        self.assertEqual([user for __, user in self._tasks(plan)], [self.collector])

    def test_what_a_colleague_agreed_on_is_not_told_by_mail_when_nobody_decides(self):
        plan = self._propose()
        self.company.collection_plan_installments = 1
        plan.with_user(self.collector)._accept()
        self.env["credit.collection.plan"]._follow(self.company, self._day(10))
        self.assertEqual((plan.state, self._noted()), ("proposal", []))

    def test_a_question_taken_back_is_not_offered_again(self):
        plan = self._accepted_beyond()
        plan.with_user(self.collector).action_take_back()
        self.assertIn("we could not agree to it", self._look(plan))

    def test_what_came_back_is_not_shown_with_other_instalments_than_were_sent(self):
        plan = self._accepted_beyond()
        plan.with_user(self.manager)._refuse("No")
        plan._set_schedule([(self._day(3), 123.45), (self._day(9), 876.55)])
        words = self._look(plan)
        self.assertNotIn("123.45", words)
        self.assertEqual(self._get(f"/plan/{plan.id}/agreement").status_code, 404)

    # === DECLINING === #

    def test_a_declined_plan_ends_and_somebody_reads_why(self):
        plan = self._propose()
        with self._unchanged():
            response = self._post(f"/plan/{plan.id}/decline", reason=" ")
        self.assertEqual(response.status_code, 422)
        self.assertIn("what would suit you better", self._words(response))
        response = self._post(f"/plan/{plan.id}/decline", reason="Smaller steps <b>please</b>")
        self.assertEqual(response.status_code, 303)
        self.assertEqual((plan.state, plan.state_reason), ("cancelled", "Smaller steps <b>please</b> (Claire Morel)"))
        remark = self.debtor.remark_ids
        self.assertIn("Smaller steps", remark.text)
        self.assertEqual([user for __, user in self._tasks(remark)], [self.collector])
        self.assertIn("Smaller steps", self._noted()[0][1])
        response = self._get("/answers")
        self.assertIn("&lt;b&gt;please", response.text)
        self.assertNotIn("<b>please", response.text)
        self.assertEqual(self._post(f"/plan/{plan.id}/decline", reason="Again").status_code, 422)
        self.assertEqual(len(self.debtor.remark_ids), 1)

    def test_somebody_else_s_plan_does_not_exist_here(self):
        plan = self._propose(self.strange_debtor, self.strange_item)
        with self._unchanged():
            for response in (
                self._get(f"/plan/{plan.id}"),
                self._get(f"/plan/{plan.id}/agreement"),
                self._accept(plan),
                self._post(f"/plan/{plan.id}/decline", reason="No"),
            ):
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Zephyr", response.text)
                self.assertNotIn("777.77", response.text)
        self.assertEqual(plan.state, "proposal")
