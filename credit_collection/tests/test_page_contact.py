"""The right person is told to us, and a person takes it over; a channel is closed at once, never the last one."""

from odoo import fields
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageContact(PageCommon):
    def setUp(self):
        super().setUp()
        self._enter()

    def _remarks(self):
        return self.env["credit.collection.remark"].search([("debtor_id", "=", self.debtor.id)])

    def test_a_name_is_one_line_whatever_was_pasted(self):
        self._enter()
        self._post("/contact", name="Jean\r\nTold by: the chief\x07", email="jean@albatros.example")
        self.assertEqual(self.debtor.remark_ids.told_name, "Jean Told by: the chief")

    def test_nobody_gets_a_hundred_confirmations_a_day(self):
        for number in range(17):
            self.debtor._confirm_answer(self.contact, f"Said {number}")
        self.assertEqual(len(self.debtor.action_ids.filtered(lambda action: action.purpose == "noted")), 15)
        self.assertIn("Said 16", self.debtor.message_ids[0].body)

    def test_the_right_person_waits_for_a_person_here(self):
        count = len(self.customer.child_ids)
        response = self._post(
            "/contact", name="Zoé <b>Petit</b>", email="zoe@albatros.example", phone="01 23 45 67 89",
            function="Payables", since="2026-02-01", note="She took over",
        )  # fmt: skip
        self.assertEqual(response.status_code, 303)
        remark = self._remarks()
        self.assertEqual((remark.kind, remark.author_id, remark.responsible_id), ("page", self.contact, self.collector))
        self.assertEqual(remark.activity_ids.user_id, self.collector)
        self.assertIn("She took over", remark.text)
        self.assertIn("Since: 1 Feb 2026", remark.text)
        self.assertEqual((len(self.customer.child_ids), self.debtor.contact_id.id), (count, False))
        self.assertIn("&lt;b&gt;Petit", self.debtor.message_ids.filtered(lambda m: m.author_id == self.contact)[0].body)
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("Zoé &lt;b&gt;Petit", self._html(message))
        self.assertIn("&lt;b&gt;Petit", self._get("/contact").text)

    def test_the_collector_takes_the_contact_over_by_one_click(self):
        self._post("/contact", name="Zoé Petit", email="zoe@albatros.example", function="Payables")
        remark = self._remarks().with_user(self.collector)
        remark.action_take_contact()
        contact = self.debtor.contact_id
        self.assertEqual(
            (contact.name, contact.email, contact.function), ("Zoé Petit", "zoe@albatros.example", "Payables")
        )
        self.assertEqual((contact.parent_id, contact.lang), (self.customer, "en_US"))
        self.assertEqual((remark.state, remark.decision), ("done", "contact"))

    def test_a_name_and_a_way_to_reach_it_are_needed(self):
        for values in (
            {},
            {"name": "Zoé"},
            {"email": "zoe@albatros.example"},
            {"name": "Zoé", "email": "zoe"},
            {"name": "Zoé", "phone": "x"},
            {"name": "Zoé", "phone": "01 23 45 67 89", "since": "soon"},
            {"name": "Z" * 101, "phone": "01 23 45 67 89"},
        ):
            with self.subTest(values):
                response = self._post("/contact", **values)
                self.assertEqual(response.status_code, 422)
                self.assertIn(values.get("phone", ""), response.text)
        self.assertFalse(self._remarks())

    def test_a_channel_is_closed_and_one_written_way_stays(self):
        self.customer.write({"phone": "+33 6 12 34 56 78", "street": False})
        words = self._words(self._get("/contact"))
        self.assertIn("one way to write to you has to stay", words)
        self.assertEqual(self._post("/contact/stop", channel="sms").status_code, 303)
        self.assertEqual(self.debtor.optout_ids.mapped("channel"), ["sms"])
        self.assertIn("Claire Morel", self.debtor.optout_ids.reason)
        self.assertEqual(self.debtor.amount_overdue, 1000)
        response = self._post("/contact/stop", channel="email")
        self.assertEqual(response.status_code, 422)
        self.assertIn("the only way left", self._words(response))
        for channel in ("", "sms", "person", "x"):
            with self.subTest(channel):
                self.assertEqual(self._post("/contact/stop", channel=channel).status_code, 422)
        self.assertEqual(self._post("/contact/stop", channel="phone").status_code, 303)
        self.assertEqual(len(self.debtor.optout_ids), 2)
        self.assertIn("What we do not use, at your wish", self._words(self._get("/preferences")))
        self.assertNotIn('value="sms"', self._get("/contact").text)

    def test_a_way_that_was_closed_is_opened_again(self):
        self.customer.write({"phone": "+33 6 12 34 56 78", "street": False})
        page = self._get("/contact").text
        self.assertRegex(page, r"<details[^>]*>\s*<summary>Text message</summary>\s*<form")
        self._post("/contact/stop", channel="sms")
        self.assertIn("Write to me this way again", self._words(self._get("/preferences")))
        self.assertEqual(self._post("/preferences/open", channel="email").status_code, 422)
        self.assertEqual(self._post("/preferences/open", channel="sms").status_code, 303)
        self.assertFalse(self.debtor.optout_ids)
        self.assertIn("We may use this for you again: Text message", self._noted()[-1][1])
        self.assertIn("Wants this way again: Text message", self._written_by_contact())
        self.assertNotIn("Write to me this way again", self._words(self._get("/preferences")))

    def test_what_is_shown_of_it_is_in_the_visitor_s_words(self):
        """What colleagues read is in theirs."""
        self._post("/contact", name="Zoé Petit", email="zoe@albatros.example", note="Ask her")
        self._post("/preferences/address", email="claire@elsewhere.example")
        words = self._words(self._get("/answers"))
        for expected in ("The right person to write to", "Name: Zoé Petit", "Your new address or number"):
            self.assertIn(expected, words)
        for ours in ("Told by", "Wrong contact", "asks us to use"):
            self.assertNotIn(ours, words)

    def test_an_error_stands_at_its_form_and_field(self):
        page = self._post("/preferences/address", email="claire").text
        self.assertEqual(page.count('role="alert"'), 1)
        self.assertLess(page.index("has changed?"), page.index('role="alert"'))
        self.assertEqual(page.count('aria-invalid="true"'), 1)
        self.assertRegex(page, r'<input[^>]*id="email"[^>]*aria-invalid="true"')
        page = self._post("/contact", name="Zoé", email="zoe").text
        self.assertRegex(page, r'<input[^>]*id="email"[^>]*aria-invalid="true"')

    def test_no_mail_confirms_that_there_will_be_none(self):
        self.customer.phone = "+33 6 12 34 56 78"
        self.assertEqual(self._post("/contact/stop", channel="email").status_code, 303)
        self.assertFalse(self.debtor.action_ids)
        self.assertFalse(self.strange_debtor.optout_ids)
