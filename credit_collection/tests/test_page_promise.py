"""The customer needs time: a day is named on the page, within the company's limits or beyond them."""

from datetime import timedelta

from odoo import http
from odoo.tests import tagged
from odoo.tools import format_date

from ..models.credit_collection_promise_make import APPROVAL_DAYS
from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPagePromise(PageCommon):
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
        return (self.today + timedelta(days=days)).isoformat()

    def _promise(self, days=10, **values):
        return self._post("/promise", **{"items": self.item.id, "day": self._day(days), **values})

    def test_the_form_says_the_limits_beforehand_and_chooses_what_is_overdue(self):
        self._new_invoice(self._day(20), 300)
        with self._unchanged():
            response = self._get("/promise")
        words = self._words(response)
        self.assertIn("is noted at once", words)
        self.assertIn("a manager decides by", words)
        self.assertRegex(response.text, rf'value="{self.item.id}"[^>]*checked')
        self.assertEqual(response.text.count('name="items"'), 2)
        self.assertEqual(len([row for row in response.text.split("<input") if "checked=" in row]), 1)

    def test_a_promise_within_the_limits_is_noted_at_once(self):
        response = self._promise(text="After the holidays")
        self.assertEqual(response.status_code, 303)
        promise = self.debtor.promise_ids
        self.assertEqual((promise.state, promise.how, promise.amount), ("open", "portal", 1000))
        self.assertEqual((promise.contact_id, promise.user_id), (self.contact, self.collector))
        self.assertEqual(promise.note, "After the holidays")
        ((summary, user),) = self._tasks()
        self.assertIn("Promised on the page", summary)
        self.assertEqual(user, self.collector)
        self.assertIn(self.move.name, self._written_by_contact())
        ((contact, noted),) = self._noted()
        self.assertEqual(contact, self.contact)
        self.assertIn("1,000.00", noted)
        words = self._words(self._get("/promise"))
        self.assertIn("Thank you. We have noted $ 1,000.00", words)
        self.assertIn("We do not ask you for it before that day", words)
        self.assertEqual(self._standing(self.move, self.today)["standing"], "promised")

    def test_beyond_the_limits_it_waits_and_the_page_says_so(self):
        self._promise(days=40)
        promise = self.debtor.promise_ids
        self.assertEqual((promise.state, promise.approval_state), ("to_approve", "asked"))
        self.assertEqual([user for __, user in self._tasks(promise)], [self.manager])
        self.assertIn("A manager decides about it, and we tell you by", self._words(self._get("/promise")))
        self.assertIn("A manager decides about it", self._noted()[0][1])

    def test_the_day_by_which_we_answer_stays_the_same(self):
        self._promise(days=40)
        promise = self.debtor.promise_ids
        promise.sudo().date_made = self.today - timedelta(days=20)
        day = self.debtor._get_last_day(promise.date_made, APPROVAL_DAYS)
        words = self._words(self._get("/promise"))
        self.assertIn(f"tell you by {format_date(self.env, day, date_format='long')}", words)

    def _decided(self, decide):
        """Ask for a day beyond the limits in German, let the manager decide, and return what the customer is told."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.contact.lang = "de_DE"
        self._promise(days=40)
        promise = self.debtor.promise_ids
        decide(promise.with_user(self.manager).with_context(lang="en_US"))
        ((contact, noted),) = self._answered()
        self.assertEqual(contact, self.contact)
        self.assertIn("1.000,00", noted, "as the customer writes amounts")
        self.assertIn(format_date(self.env, promise.date, lang_code="de_DE", date_format="long"), noted)
        return noted

    def test_a_promise_that_was_approved_is_told_to_the_customer(self):
        self._decided(lambda promise: promise.action_approve())
        self.assertEqual(self.debtor.promise_ids.state, "open")

    def test_a_promise_that_was_refused_is_told_to_the_customer_without_our_reason(self):
        noted = self._decided(lambda promise: promise._refuse("Bad payer, internal"))
        self.assertNotIn("Bad payer", noted)

    def _day_after(self):
        """The first day after those in which the page said that we tell."""
        return self.debtor._get_last_day(self.today, APPROVAL_DAYS) + timedelta(days=1)

    def test_what_nobody_decided_about_in_time_is_told_to_both_sides_once(self):
        self._promise(days=40)
        promise, promises = self.debtor.promise_ids, self.env["credit.collection.promise"]
        promises._do_day(self.company, self._day_after() - timedelta(days=1))
        self.assertEqual((promise.state, len(self._noted())), ("to_approve", 1))
        for __ in range(2):
            promises._do_day(self.company, self._day_after())
        self.assertEqual(promise.state, "withdrawn")
        ((contact, noted),) = self._answered()
        self.assertEqual(contact, self.contact)
        self.assertIn("nobody could decide in time about $ 1,000.00 on", noted.replace("\xa0", " "))
        self.assertIn("Please name another day, or call us", noted)
        ((summary, user),) = self._tasks(promise)
        self.assertIn("Nobody decided in time", summary)
        self.assertEqual(user, self.collector)
        self.assertEqual(len([body for body in self.debtor.message_ids.mapped("body") if "Nobody agreed" in body]), 1)

    def test_that_nobody_decided_is_told_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.contact.lang = "de_DE"
        self._promise(days=40)
        self.env["credit.collection.promise"]._do_day(self.company, self._day_after())
        self.assertIn("1.000,00", self._answered()[0][1])

    # === HOLDING ONCE === #

    def _again(self, *requests):
        """Ask beyond the limits, and ask again; return the last.

        :param requests: ``(age, held)``: how many days ago it was asked before, and whether that held the invoice
        """
        for age, held in requests:
            self._promise(days=40, replace="1")
            waiting = self.debtor.promise_ids.filtered(lambda promise: promise.state == "to_approve").sudo()
            made = self.today - timedelta(days=age)
            release = self.company._get_day_after_workdays(made, APPROVAL_DAYS) if held else made
            waiting.write({"date_made": made, "date_release": release})
        self.assertEqual(self._promise(days=41, replace="1").status_code, 303)
        return self.debtor.promise_ids.filtered(lambda promise: promise.state == "to_approve")

    def test_who_replaces_what_waits_is_held_from_the_first_request_on(self):
        promise = self._again((6, True))
        first = self.company._get_day_after_workdays(self.today - timedelta(days=6), APPROVAL_DAYS)
        self.assertEqual(promise.date_release, first)

    def test_asked_again_and_again_it_holds_no_longer(self):
        promise = self._again((13, True), (9, False), (5, False))
        self.assertLessEqual(promise.date_release, self.today)
        self.assertNotEqual(self._standing(self.move, self.today)["standing"], "promised")
        self.assertIn("Until then reminders may still reach you", self._words(self._get("/promise")))

    def test_asked_again_after_two_weeks_it_holds_again(self):
        self.assertGreater(self._again((14, True), (5, False)).date_release, self.today)

    def test_after_a_refusal_it_does_not_hold_anew(self):
        self._promise(days=40)
        first = self.debtor.promise_ids.sudo()
        made = self.today - timedelta(days=7)
        first.write({"date_made": made, "date_release": self.company._get_day_after_workdays(made, APPROVAL_DAYS)})
        first.with_user(self.manager)._refuse("No")
        self._promise(days=41)
        self.assertLessEqual(self.debtor.promise_ids.sorted("id")[-1].date_release, self.today)

    def test_what_a_manager_agreed_to_is_no_waiting(self):
        self._promise(days=40)
        first = self.debtor.promise_ids.sudo()
        first.with_user(self.manager).action_approve()
        first.date_made = self.today - timedelta(days=7)
        self._promise(days=41, replace="1")
        self.assertGreater(self.debtor.promise_ids.sorted("id")[-1].date_release, self.today)

    def test_what_was_promised_by_phone_is_not_told_by_mail(self):
        promise = self.env["credit.collection.promise"].with_user(self.collector)._make(
            self.debtor.with_user(self.collector), self.item, 1000, self._day(40), contact=self.contact
        )  # fmt: skip
        promise.with_user(self.manager).action_approve()
        self.assertFalse(self._noted())

    def test_a_part_only_asks_first_and_the_page_says_so_beforehand(self):
        self.assertIn("for a part only", self._words(self._get("/promise")))
        self._promise(amount="0.01")
        promise = self.debtor.promise_ids
        self.assertEqual((promise.state, promise.approval_state), ("to_approve", "asked"))
        self.assertEqual(promise.approval_reason.replace("\xa0", " "), "Promises a part only: $ 0.01 of $ 1,000.00")
        self.assertIn("A manager decides about it", self._noted()[0][1])

    def test_all_that_is_free_is_no_part(self):
        self._pay(self.move, 300)
        self._promise(amount="700")
        self.assertEqual(self.debtor.promise_ids.state, "open")

    def test_a_part_in_the_visitor_s_way_of_writing(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.contact.lang = "de_DE"
        self._enter()
        response = self.url_open(
            f"/de/my/collection/{self.debtor.id}/promise",
            data={"csrf_token": self._csrf(), "items": self.item.id, "day": self._day(3), "amount": "1.000,00"},
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 303, response.text)
        self.assertEqual(self.debtor.promise_ids.amount, 1000)
        # What colleagues read is in their language: nothing of it is the visitor's.
        self.assertIn("On the page: promises", self._written_by_contact())

    def _csrf(self):
        return http.Request.csrf_token(self)

    def test_bad_input_is_told_and_changes_nothing(self):
        cases = [
            ({"items": ""}, "choose at least one invoice"),
            ({"items": self.strange_item.id}, "not open any more"),
            ({"day": ""}, "choose the day"),
            ({"day": "soon"}, "not a day that we understand"),
            ({"day": self._day(-1)}, "has passed"),
            ({"day": self._day(400)}, "within a year"),
            ({"amount": "0"}, "greater than zero"),
            ({"amount": "-1"}, "not an amount"),
            ({"amount": "1000.01"}, "more than these invoices have open"),
        ]
        for values, words in cases:
            with self.subTest(values), self._unchanged():
                response = self._promise(**values)
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, self._words(response))
                self.assertNotIn("777.77", response.text)

    def test_a_second_promise_takes_the_place_of_the_first_only_when_said(self):
        self._promise()
        response = self._promise(days=12, amount="400")
        self.assertEqual(response.status_code, 422)
        self.assertIn("You promised already: $ 1,000.00 on", self._words(response))
        self.assertIn('value="400"', response.text)
        self.assertEqual(len(self.debtor.promise_ids), 1)
        self.assertEqual(self._promise(days=12, amount="400", replace="1").status_code, 303)
        first, second = self.debtor.promise_ids.sorted("id")
        self.assertEqual((first.state, second.state, second.amount), ("withdrawn", "to_approve", 400))

    def test_what_was_paid_or_put_into_a_plan_meanwhile_is_not_promised(self):
        plan = self.env["credit.collection.plan"]._propose(self.debtor, self.item, count=2)
        plan._accept()
        response = self._promise()
        self.assertEqual(response.status_code, 422)
        self.assertIn(f"part of your payment plan {plan.name}", self._words(response))
        plan._cancel("Test")
        self._pay(self.move)
        self.assertIn("not open any more", self._words(self._promise()))
        self.assertFalse(self.debtor.promise_ids)

    def test_invoices_of_two_currencies_are_promised_one_after_the_other(self):
        self.env.ref("base.EUR").active = True
        euros = self._new_invoice("2026-03-01", 50, currency_id=self.env.ref("base.EUR").id)
        response = self._post("/promise", items=[self.item.id, self._item(euros).id], day=self._day(3))
        self.assertEqual(response.status_code, 422)
        self.assertIn("one currency only", self._words(response))

    def test_a_refused_promise_is_told_kindly(self):
        self._promise(days=40)
        self.debtor.promise_ids.with_user(self.manager)._refuse("Bad payer, internal")
        words = self._words(self._get("/answers"))
        self.assertIn("We could not agree to it", words)
        self.assertNotIn("Bad payer", words)
        words = self._words(self._get("/promise"))
        self.assertIn("You offered", words)
        self.assertIn("We could not agree to it. Please pay, name another day, or call us.", words)

    def test_what_waits_is_an_offer_and_what_stands_a_promise(self):
        self._promise(days=40)
        self.assertIn("You offered", self._words(self._get("/promise")))
        self.assertIn("You offered to pay $ 1,000.00 on", self._words(self._get("/answers")))
        self.debtor.promise_ids.with_user(self.manager).action_approve()
        self.assertIn("You promised", self._words(self._get("/promise")))
        self.assertIn("You pay $ 1,000.00 on", self._words(self._get("/answers")))

    def test_an_offer_that_holds_no_longer_is_asked_for_as_the_reminders_do(self):
        self._promise(days=40)
        self.assertNotIn("due by now", self._words(self._get()))
        self.debtor.promise_ids.sudo().date_release = self.debtor._get_today()
        self.assertIn("due by now", self._words(self._get()))

    def test_where_no_invoice_is_left_the_page_says_why_instead_of_an_empty_form(self):
        plan = self.env["credit.collection.plan"]._propose(self.debtor, self.item, count=2)
        plan._accept()
        for path in ("/promise", "/plan"):
            page = self._get(path)
            self.assertIn(f"It is part of your payment plan {plan.name}", self._words(page))
            self.assertNotIn('name="day"', page.text)
            self.assertIn(f'href="/my/collection/{self.debtor.id}/call"', page.text)
        self.assertIn('name="day"', self._get("/paid").text)

    def test_without_anything_open_there_is_nothing_to_promise(self):
        self._pay(self.move)
        self.assertIn("Nothing is open here just now", self._words(self._get("/promise")))
