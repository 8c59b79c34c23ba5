"""Why is it late? The answer lands on the debtor; a comment has an owner and gets an answer."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageWhy(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("credit_collection.credit_collection_late_reason_not_received")
        cls.other = cls.env.ref("credit_collection.credit_collection_late_reason_cash")

    def setUp(self):
        super().setUp()
        self._enter()

    def _tell(self, reason=None, **values):
        response = self._post("/why", reason=(reason or self.reason).id, **values)
        self.assertEqual(response.status_code, 303)
        return self.debtor.feedback_ids

    def test_reasons_are_asked_in_the_customer_s_words(self):
        words = self._words(self._get("/why"))
        self.assertIn("We did not receive the invoice", words)
        self.assertIn("Collector reads it and answers you by e-mail", words)
        self.reason.page_name = False
        self.assertIn("Invoice not received", self._words(self._get("/why")))

    def test_a_reason_lands_on_the_debtor_and_nothing_waits(self):
        feedback = self._tell(reported="yes", trust="partly")
        self.assertEqual((feedback.state, feedback.reported_before, feedback.trust), ("none", "yes", "partly"))
        self.assertEqual((feedback.contact_id, feedback.company_id), (self.contact, self.company))
        self.assertEqual(self.debtor.late_reason_id, self.reason)
        self.assertEqual(self.debtor.late_reason_date, fields.Date.today())
        self.assertFalse(feedback.activity_ids)
        self.assertIn("Thank you for telling us", self._words(self._get("/why")))
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("We did not receive the invoice", self._html(message))

    def test_a_comment_has_an_owner_and_gets_an_answer(self):
        feedback = self._tell(comment="Nobody <b>calls</b> back")
        self.assertEqual((feedback.state, feedback.user_id), ("open", self.collector))
        self.assertEqual(feedback.activity_ids.user_id, self.collector)
        self.assertIn("&lt;b&gt;calls", feedback.activity_ids.note)
        self._send(fields.Date.today())
        feedback = feedback.with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Write the answer first"):
            feedback.action_answer()
        feedback.answer = "We are <sorry> and call you today"
        feedback.action_answer()
        self.assertEqual((feedback.state, feedback.answered_by_id), ("answered", self.collector))
        self.assertFalse(feedback.activity_ids)
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("We are &lt;sorry&gt; and call you today", self._html(message))
        self.assertIn("We are &lt;sorry&gt;", self.debtor.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "answered it already"):
            feedback.action_answer()

    def test_without_an_address_it_is_answered_by_phone(self):
        feedback = self._tell(comment="Please call").with_user(self.collector)
        (self.customer | self.contact).email = False
        feedback.answer = "Called"
        with self.assertRaisesRegex(UserError, "Answered by phone"):
            feedback.action_answer()
        feedback.action_answer_by_phone()
        self.assertEqual(feedback.state, "answered")

    def test_only_collectors_answer_and_nobody_edits_what_was_said(self):
        feedback = self._tell(comment="Please call")
        with self.assertRaises(AccessError):
            feedback.with_user(self.accountant).action_answer_by_phone()
        for name, value in (("comment", "Else"), ("state", "none"), ("trust", "yes")):
            with self.subTest(name), self.assertRaises(AccessError):
                feedback.with_user(self.collector).write({name: value})
        feedback.with_user(self.collector).user_id = self.manager
        self.assertEqual(feedback.activity_ids.user_id, self.manager)

    def test_said_again_within_the_week_it_takes_the_place_of_the_first(self):
        self._tell(comment="First words")
        words = self._get("/why").text
        self.assertIn("First words", words)
        feedback = self._tell(self.other, comment="Second words")
        self.assertEqual((len(feedback), feedback.comment), (1, "Second words"))
        self.assertEqual(len(feedback.activity_ids), 1)
        self.assertEqual(self.debtor.late_reason_id, self.other)
        feedback = self._tell(self.other, comment="")
        self.assertEqual((feedback.state, len(feedback.activity_ids)), ("none", 0))
        feedback.sudo().date = fields.Date.subtract(fields.Date.today(), days=7)
        self.assertEqual(len(self._tell()), 2)

    def test_what_was_answered_stays(self):
        first = self._tell(comment="First words").with_user(self.collector)
        first.answer = "So be it"
        first.action_answer_by_phone()
        self.assertEqual(len(self._tell(comment="Second words")), 2)
        self.assertEqual(first.comment, "First words")

    def test_bad_answers_are_shown_again(self):
        for reason in ("", "0", "abc", "99999999999999999999", "²"):
            with self.subTest(reason):
                response = self._post("/why", reason=reason, comment="<script>alert(1)</script>")
                self.assertEqual(response.status_code, 422)
                self.assertIn("choose the reason", self._words(response))
                self.assertIn("&lt;script&gt;alert(1)", response.text)
                self.assertNotIn("<script>alert(1)", response.text)
        self.assertEqual(self._post("/why", reason=self.reason.id, comment="x" * 4000).status_code, 422)
        self.assertFalse(self.debtor.feedback_ids)
        feedback = self._tell(reported="perhaps", trust="so so", comment="\0 ")
        self.assertEqual((feedback.reported_before, feedback.trust, feedback.state), (False, False, "none"))

    def test_rates_count_who_said_something(self):
        feedbacks = self.env["credit.collection.feedback"]
        for trust, reported, comment in (
            ("yes", "yes", "A"),
            ("no", "no", "B"),
            (False, False, ""),
            ("partly", "no", ""),
        ):
            contact = self.contact.copy()
            feedbacks |= feedbacks._note(
                self.debtor, contact, self.reason, trust=trust, reported=reported, comment=comment
            )
        feedbacks[0].answer = "Yes"
        feedbacks[0].action_answer_by_phone()
        ((trust, reported, comment, answered),) = feedbacks._read_group(
            [("debtor_id", "=", self.debtor.id)],
            [],
            ["trust_rate:avg", "reported_rate:avg", "comment_rate:avg", "answered_rate:avg"],
        )
        self.assertEqual((trust, reported, comment, answered), (50, 33.3, 50, 50))
        self.assertEqual((self.debtor.feedback_count, self.debtor.feedback_open_count), (4, 1))
        rows = feedbacks.with_user(self.collector).formatted_read_group(
            [("debtor_id", "=", self.debtor.id)], ["late_reason_id"], ["trust_rate:avg"]
        )
        self.assertEqual(rows[0]["trust_rate:avg"], 50)

    def test_answers_of_a_customer_that_is_merged_stay(self):
        feedback = self._tell(comment="Words")
        self.strange_debtor._absorb(self.debtor)
        self.assertEqual(feedback.debtor_id, self.strange_debtor)

    # === FOLLOWED === #

    def test_what_was_said_and_answered_is_shown_to_who_said_it(self):
        feedback = self._tell(comment="Nobody <b>calls</b> back").with_user(self.collector)
        page = self._get("/answers")
        for expected in ("We did not receive the invoice", "Collector reads it and answers you."):
            self.assertIn(expected, self._words(page))
        self.assertIn("Nobody &lt;b&gt;calls", page.text)
        feedback.answer = "We call <you> today"
        feedback.action_answer_by_phone()
        for path in ("/answers", "/why"):
            self.assertIn("Our answer: We call &lt;you&gt; today", self._get(path).text)
        self.assertIn("your new answer takes the place of this one", self._words(self._get("/why")))
        # Not to somebody else of the same company.
        self._enter(contact=self.customer)
        self.assertNotIn("Our answer", self._words(self._get("/answers")))

    def test_another_answer_is_said_to_take_the_place_of_the_first(self):
        self._tell()
        self.assertNotIn("takes the place of what you told us", self._words(self._get("/answers")))
        self._tell(self.other)
        self.assertIn("It takes the place of what you told us on", self._words(self._get("/answers")))

    def test_what_was_told_and_answered_is_not_asked_for_again(self):
        reference = self.env.ref("credit_collection.credit_collection_late_reason_reference")
        nagging = "In case an order number is missing"
        feedback = self._tell(reference, comment="It is PO-12").with_user(self.collector)
        self.assertIn(nagging, self._words(self._get()))
        feedback.answer = "We have added it"
        feedback.action_answer_by_phone()
        self.assertNotIn(nagging, self._words(self._get()))
        feedback.sudo().date = fields.Date.subtract(fields.Date.today(), days=2)
        self.assertIn(nagging, self._words(self._get()), "noted later in a call")
