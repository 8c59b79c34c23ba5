"""Before the due date: received and in order, or not. And: the page was opened, told by the page itself."""

import re
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageReceived(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coming = cls._new_invoice(fields.Date.today() + timedelta(days=20), 300, ref="PO-88")
        cls.strange_coming = cls._new_invoice(fields.Date.today() + timedelta(days=20), 300, partner=cls.stranger)

    def setUp(self):
        super().setUp()
        self._enter()

    def _answer(self, move, answer="yes"):
        return self._post(f"/item/{self._item(move).id}/received", answer=answer)

    def test_received_and_in_order_is_kept_on_invoice_and_file(self):
        self.assertEqual(self._answer(self.coming).status_code, 303)
        self.assertEqual(self.coming.collection_received_on, fields.Date.today())
        self.assertEqual(self.coming.collection_received_by, self.contact)
        note = self.debtor.message_ids[0]
        self.assertIn(f"{self.coming.name}: received and in order", note.body)
        self.assertEqual(note.author_id, self.contact)
        self.assertFalse(self.debtor.activity_ids, "a yes asks nothing of anybody")
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn(self.coming.name, self._html(message))
        response = self._answer(self.coming)
        self.assertEqual(response.status_code, 422)
        self.assertIn("confirmed before, by Claire Morel", self._words(response))

    def _word_before(self, *moves):
        """A mail and a text message before the due date, about ``moves``."""
        message = self._message(moves[0], tone="preventive", state="planned", date_sent=False)
        message.template_id = self.env.ref("credit_collection.credit_collection_template_preventive")
        for move in moves[1:]:
            lines = message._prepare_lines_of(self._item(move))
            message.line_ids = [Command.create(line) for line in lines]
        return message, message._get_channel()._render(message)["body"]

    def test_the_word_before_the_due_date_leads_to_the_answer(self):
        message, body = self._word_before(self.coming)
        path = re.search(r'href="[^"]+(/my/collection/enter/[^"]+)"[^>]*>\s*See and answer', body)[1]
        item = f"/my/collection/{self.debtor.id}/item/{self._item(self.coming).id}"
        for way in (path.replace("&amp;", "&"), f"/c/{message._get_link_code()}"):
            with self.subTest(way):
                response = self.url_open(way, allow_redirects=False)
                self.assertTrue(response.headers["Location"].endswith(item), response.headers["Location"])
        self.assertIn("Received and in order", self._words(self.url_open(item)))

    def test_of_several_invoices_the_word_before_leads_to_the_overview_and_each_number_to_its_own(self):
        second = self._new_invoice(fields.Date.today() + timedelta(days=25), 200)
        message, body = self._word_before(self.coming, second)
        self.assertEqual(message._get_page_place(), {})
        for move in (self.coming, second):
            self.assertIn(f"item={self._item(move).id}", body)

    def test_a_problem_leads_to_the_dispute(self):
        response = self._answer(self.coming, "problem")
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(f"/dispute?item={self._item(self.coming).id}"))
        self.assertFalse(self.coming.collection_received_on)

    def test_neither_answer_is_shown_again(self):
        response = self._answer(self.coming, "")
        self.assertEqual(response.status_code, 422)
        self.assertIn("There is a problem", self._words(response))

    def test_what_is_due_is_not_asked_for(self):
        response = self._answer(self.move)
        self.assertEqual(response.status_code, 422)
        self.assertIn("past its due date", self._words(response))
        self.assertNotIn("There is a problem", self._words(response))
        self.assertFalse(self.move.collection_received_on)

    def test_an_invoice_of_somebody_else_is_not_found(self):
        for item_id in (self._item(self.strange_coming).id, 2147483646, 99999999999999999999):
            with self.subTest(item_id), self._unchanged():
                response = self._post(f"/item/{item_id}/received", answer="yes")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn(self.strange_coming.name, response.text)
        self.assertFalse(self.strange_coming.collection_received_on)

    def test_a_paid_invoice_is_not_found_either(self):
        self._pay(self.coming, date=str(fields.Date.today()))
        self.assertEqual(self._answer(self.coming).status_code, 404)

    def test_a_visit_is_noted_on_the_last_message_once(self):
        with self._unchanged():
            self.assertNotIn("data-collection-seen", self._get("/why").text)
        self.assertEqual(self._post("/seen").status_code, 204)
        actions = self.env["credit.collection.action"]
        first = actions._create_beside("noted", self.debtor, contact=self.contact, noted="One")
        second = actions._create_beside("noted", self.debtor, contact=self.contact, noted="Two")
        self._send(fields.Date.today())
        with self._unchanged():
            self.assertIn(f'data-collection-seen="{self.debtor._get_page_path()}/seen"', self._get("/why").text)
        self.assertEqual(self._post("/seen").status_code, 204)
        seen = second.page_seen_at
        self.assertTrue(seen)
        self.assertFalse(first.page_seen_at)
        self.assertEqual(self.debtor.page_seen_at, seen)
        second.page_seen_at = seen - timedelta(hours=1)
        self.assertEqual(self._post("/seen").status_code, 204)
        self.assertEqual(second.page_seen_at, seen - timedelta(hours=1))
        self.assertNotIn("data-collection-seen", self._get("/why").text)

    def test_a_colleague_s_preview_is_no_visit(self):
        action = self.env["credit.collection.action"]._create_beside("noted", self.debtor, noted="One")
        self._send(fields.Date.today())
        self.collector.password = "collection_collector"
        self.authenticate("collection_collector", "collection_collector")
        page = self._get("/why")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("data-collection-seen", page.text)
        self.assertIn('disabled="True"', page.text)
        self.assertEqual(self._post("/seen").status_code, 403)
        self.assertFalse(action.page_seen_at)

    def test_the_page_itself_tells_that_it_was_looked_at(self):
        """In a real browser: two seconds of visibility, then a POST."""
        action = self.env["credit.collection.action"]._create_beside("noted", self.debtor, noted="One")
        self._send(fields.Date.today())
        link = self.debtor._get_page_link(self.contact)
        code = """
            const before = performance.now();
            const look = () => {
                const told = performance.getEntriesByType("resource").some((entry) => entry.name.endsWith("/seen"));
                if (told) {
                    console.log("test successful");
                } else if (performance.now() - before > 15000) {
                    console.error("it told nothing");
                } else {
                    setTimeout(look, 200);
                }
            };
            look();
        """
        self.browser_js(
            link[len(self.debtor.get_base_url()) :],
            code,
            "document.querySelector('.o_collection_page') !== null",
            timeout=60,
        )
        action.invalidate_recordset()
        self.assertTrue(action.page_seen_at)
