"""The messages that a customer received: as they were sent, without what they can do."""

import base64
import hashlib
import html
import re

from odoo.tests import tagged

from .test_page_overview import SeenCommon


@tagged("post_install", "-at_install")
class TestPageMessages(SeenCommon):
    def test_only_what_reached_the_customer_is_listed(self):
        for state in ("planned", "todo", "failed", "cancelled", "unknown", "issued", "skipped"):
            self._message(state=state, subject=f"Never {state}")
        for channel in ("phone", "person", "automation"):
            self._message(channel=channel, subject=f"Never by {channel}")
        self._message(channel="letter", subject="A letter", date_sent="2026-03-09")
        self._message(subject="A mail", date_sent="2026-03-08")
        self._message(channel="sms", subject=False, body="<p>Short</p>", date_sent="2026-03-07")
        words = self._see("/messages")
        self.assertNotIn("Never", words)
        self.assertIn(
            f"9 Mar 2026 A letter Letter · {self.move.name} 8 Mar 2026 A mail E-mail · {self.move.name} "
            f"7 Mar 2026 About your invoices Text message · {self.move.name}",
            words,
        )

    def test_without_messages_the_page_is_friendly(self):
        self.assertIn("We have not written to you yet", self._see("/messages"))

    def test_a_message_that_was_sent_is_shown_as_it_left(self):
        self.customer.email = False
        self._bill(-4, 50)
        self.debtor.contact_id = self.contact
        self._plan(str(self.today))
        self._send(str(self.today))
        (action,) = self.debtor._get_page_messages()
        self._enter()
        page = self._get(f"/messages/{action.id}")
        self.assertIn("Dear Claire Morel", self._letter(page))
        self.assertIn("/my/collection/enter/", action.body)
        self.assertNotIn("/my/collection/enter/", page.text)

    def _letter(self, page):
        frame = re.search(r"<iframe[^>]*>", page.text)[0]
        self.assertIn('sandbox="allow-same-origin"', frame)
        return html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])

    def test_links_and_scripts_in_it_are_harmless(self):
        body = (
            '<p onclick="x()">Pay <a href="https://x.example/my/collection/enter/tok3n">here</a> or '
            'https://x.example/c/12-tok3n</p><script>alert(1)</script><img src="https://x.example/pixel.png">'
            '<form action="/x"><input name="a"></form><p style="background:url(https://x.example)">End</p>'
        )
        message = self._message(body=body)
        self._enter()
        page = self._get(f"/messages/{message.id}")
        letter = self._letter(page)
        self.assertIn("<p>Pay <span>here</span> or …</p>", letter)
        for harm in ("tok3n", "alert", "x.example", "onclick", "<form", "href"):
            self.assertNotIn(harm, letter)
        self.assertNotIn("tok3n", page.text)

    def test_a_long_message_is_shown_in_full_length(self):
        message = self._message(body=f"<p>Dear Claire</p>{'<p>More of it.</p>' * 200}<p>The end</p>")
        link = self.debtor._get_page_link(self.contact)
        self.browser_js(
            link[len(self.debtor.get_base_url()) :],
            f"""
            const frame = document.createElement("iframe");
            frame.style.cssText = "width: 360px; height: 700px";
            frame.src = "/my/collection/{self.debtor.id}/messages/{message.id}";
            document.body.append(frame);
            const look = () => {{
                const letter = frame.contentDocument?.querySelector(".o_collection_letter");
                const root = letter?.contentDocument?.documentElement;
                const end = root?.querySelector("p:last-of-type");
                if (end?.textContent === "The end" && letter.clientHeight > 2000 &&
                        end.getBoundingClientRect().bottom <= letter.clientHeight) {{
                    console.log("test successful");
                }} else {{
                    setTimeout(look, 100);
                }}
            }};
            look();
            """,
            "document.readyState === 'complete'",
            timeout=30,
        )

    def test_what_it_was_about_leads_to_the_invoice(self):
        message = self._message()
        words = self._see(f"/messages/{message.id}")
        self.assertIn(f"What it was about {self.move.name} $ 1,000.00 open today", words)

    def test_files_are_the_ones_that_were_sent(self):
        message = self._message()
        sent = self._sent_file(message)
        added = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "internal.txt", "raw": b"for us", "res_model": message._name, "res_id": message.id})
        )
        self._enter()
        self.assertNotIn("internal.txt", self._get(f"/messages/{message.id}").text)
        response = self._get(f"/messages/{message.id}/file/{sent.id}")
        self.assertEqual(response.content, b"%PDF-1.4 sent")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(self._get(f"/messages/{message.id}/file/{added.id}").status_code, 404)
        sent.sudo().raw = b"changed afterwards"
        self.assertEqual(self._get(f"/messages/{message.id}/file/{sent.id}").status_code, 404)

    def test_a_letter_comes_as_its_pdf(self):
        letter = b"%PDF-1.4 letter"
        digest = f"{hashlib.sha256(letter).hexdigest()}  notice-7.pdf"
        message = self._message(
            channel="letter", letter=base64.b64encode(letter), letter_name="notice-7.pdf", attachment_digest=digest
        )
        file = message._get_page_files()
        self._enter()
        self.assertIn("notice-7.pdf", self._get(f"/messages/{message.id}").text)
        response = self._get(f"/messages/{message.id}/file/{file.id}")
        self.assertEqual(response.content, letter)

    def test_what_is_not_theirs_does_not_exist(self):
        mine, planned = self._message(), self._message(state="planned")
        strange = self._message(self.strange_move, debtor_id=self.strange_debtor.id, subject="Dear Zephyr")
        file, strange_file = self._sent_file(mine), self._sent_file(strange)
        paths = [f"/messages/{number}" for number in (strange.id, planned.id, 2147483645, 10**12)]
        paths += [f"/messages/{mine.id}/file/{strange_file.id}", f"/messages/{strange.id}/file/{strange_file.id}"]
        paths += [f"/messages/{strange.id}/file/{file.id}", f"/messages/{mine.id}/file/{10**12}"]
        self._enter()
        for path in paths:
            with self._unchanged():
                response = self._get(path)
            self.assertEqual(response.status_code, 404, path)
            self.assertNotIn("Zephyr", response.text)
        self.assertNotIn("Zephyr", self._words(self._get("/messages")))
