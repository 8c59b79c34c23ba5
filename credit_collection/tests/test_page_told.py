"""What customers told us waits for an answer: seen on the page and by who is in charge, and held meanwhile."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_page_overview import SeenCommon


@tagged("post_install", "-at_install")
class TestPageTold(SeenCommon):
    def setUp(self):
        super().setUp()
        self._enter()

    def _tell_paid(self, moves=None, text="Paid", offset=-2, **told):
        items = self._item(moves or self.move)
        return self.debtor._answer_paid(self.contact, items, self._day(offset), text, **told)

    def test_what_was_told_as_paid_is_marked_and_not_asked_for(self):
        other = self._bill(-10, 300)
        self._tell_paid()
        (row,) = [row for row in self._rows() if row["move"] == self.move]
        self.assertEqual(row["told_paid"], self.debtor.remark_ids)
        self.assertIn(("told_paid", "you told us that you paid: we are looking for it"), row["marks"])
        lead = " ".join(self._lead()).replace("\xa0", " ")
        self.assertIn(f"You told us that you paid {self.move.name}: we are looking for your payment.", lead)
        self.assertIn("$ 300.00", lead)
        self.assertNotIn("1,300.00", lead)
        self._settle(other)
        self.assertIn("There is nothing else to do at the moment.", self._lead())
        page = self._words(self._get(f"/item/{self._item(self.move).id}"))
        self.assertIn("You told us that you paid it: we are looking for your payment.", page)

    def test_found_is_told_and_ends_the_hold(self):
        remark = self._tell_paid()
        self.assertEqual(self._standing(self.move, self.today)["standing"], "told_paid")
        remark.with_user(self.collector).action_found()
        self.assertEqual((remark.decision, remark.decided_by_id), ("found", self.collector))
        self.assertFalse(remark.activity_ids)
        self.assertNotEqual(self._standing(self.move, self.today)["standing"], "told_paid")
        ((contact, words),) = self._answers()
        self.assertEqual(contact, self.contact)
        self.assertEqual(words, f"You told us that you paid: {self.move.name}\nWe have found your payment. Thank you.")
        self.assertIn("We have found your payment. Thank you.", self._words(self._get("/answers")))
        self.assertFalse(any(row["told_paid"] for row in self._rows()))

    def test_not_found_asks_for_a_proof_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        remark = self._tell_paid().with_user(self.collector)
        remark.answer = "Était-ce <b>le 3</b> ?"
        remark.action_not_found()
        self.assertEqual((remark.state, remark.decision), ("done", "not_found"))
        ((__, words),) = self._answers()
        self.assertTrue(words.endswith("\nÉtait-ce <b>le 3</b> ?"))
        self.assertNotEqual(self._standing(self.move, self.today)["standing"], "told_paid")
        page = self._get("/answers")
        self.assertIn("Était-ce", page.text)
        self.assertNotIn("<b>le 3", page.text)
        with self.assertRaisesRegex(UserError, "gets one"):
            remark.answer = "Something else"
        with self.assertRaisesRegex(UserError, "has judged this already"):
            remark.action_found()

    def _answers(self):
        actions = self.debtor.action_ids.filtered(lambda action: action.purpose == "answer")
        return [(action.contact_id, action.noted) for action in actions]

    def test_who_has_no_address_is_answered_on_the_page(self):
        remark = self._tell_paid()
        (self.contact | self.customer).email = False
        remark.with_user(self.collector).action_found()
        self.assertEqual(remark.state, "done")
        self.assertIn("was not sent: no e-mail address", "".join(self.debtor.message_ids.mapped("body")))

    def test_a_wish_is_proposed_with_its_items_and_what_was_wished(self):
        other = self._bill(-10, 300)
        self._bill(-9, 50)
        items = self._item(self.move | other)
        day = self._day(10)
        remark = self.debtor._answer_plan_wish(self.contact, items, "5 instalments", told_count=5, told_day=day)
        self._dispute(other, 100)
        context = remark.with_user(self.collector).action_propose_plan()["context"]
        wizard = self.env["credit.collection.plan.distribute"].with_user(self.collector).with_context(**context)
        form = Form(wizard)
        self.assertEqual((form.count, form.date_first, form.amount), (5, day, 1200))
        self.assertEqual(form.left_out.replace("\xa0", " "), "Not distributed: $ 100.00 is disputed.")
        form.save().action_confirm()
        plan = self.debtor.plan_ids
        self.assertEqual(plan.line_ids.move_line_id, items)
        self.assertEqual((remark.decision, remark.became), ("plan", plan))
        self.assertEqual(remark.outcome, f"Payment plan {plan.name}: Proposal")
        self.assertEqual(self._standing(self.move, self.today)["standing"], "debtor_hold", "it is not sent yet")
        self.assertIn("We are preparing a proposal for you.", self._words(self._get("/answers")))
        self._message(purpose="plan_proposal", plan_id=plan.id, step_id=False, scenario_id=False, date_sent=self.today)
        self.assertIn(f"Payment plan {plan.name}: {plan._say_page_state()}", self._words(self._get("/answers")))
        plan._accept(self.contact)
        self.assertFalse(self.debtor.hold_until)
        self.assertIn(f"Payment plan {plan.name}: Agreed, and under way.", self._words(self._get("/answers")))

    def test_an_amount_a_month_says_how_many_instalments(self):
        remark = self.debtor._answer_plan_wish(self.contact, self._item(self.move), "300 a month", told_amount=300)
        context = remark.with_user(self.collector).action_propose_plan()["context"]
        self.assertEqual(context["default_count"], 4)

    def test_what_holds_nothing_says_so_and_waits(self):
        self._tell_paid()
        again = self._tell_paid(text="Again")
        self.assertTrue(again.expired)
        self.assertEqual(again.outcome, "holds nothing, waits for a decision")

    def test_tasks_about_one_customer_can_be_told_apart(self):
        report = self.env["credit.collection.remark"]._report
        remark = report(self.debtor, "Our\nwarehouse is closed " + "z" * 80, kind="page", author=self.contact)
        gist = f"Said on the customer's page: {self.customer.name} · Our warehouse is closed {'z' * 36}…"
        self.assertEqual(self._tasks(remark)[0][0], gist)
        moves = self._bill(-10) | self._bill(-9) | self._bill(-8) | self._bill(-7)
        wish = self.debtor._answer_plan_wish(self.contact, self._item(moves), "Please")
        names = ", ".join(moves[:3].mapped("name"))
        self.assertEqual(self._tasks(wish)[0][0], f"Asks for instalments: {self.customer.name} · {names} +1")
        days = self.company.collection_promise_days
        promise = self._promise(self.move, days + 20)
        self.assertEqual(promise.state, "to_approve")
        self.assertIn(self.customer.name, promise.activity_ids.summary)

    def test_everybody_sees_first_what_fits(self):
        paid = self._tell_paid()
        form = Form(paid.with_user(self.collector))
        form.answer = "Thank you"
        self.assertEqual(form.save().answer, "Thank you")

    def _rows(self):
        self.env.invalidate_all()
        return self.debtor._mark_page_rows(self.debtor._get_page_items())

    def _lead(self):
        return [said["text"] for said in self.debtor._get_page_words(self._rows())]
