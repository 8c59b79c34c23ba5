"""The life of a letter: approved, numbered and frozen, printed with others, posted, received."""

import base64
import io
import subprocess
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, tagged
from PIL import Image
from pypdf import PdfReader

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestLetterLife(CollectionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"street": "12 rue des Tanneurs", "zip": "69002", "city": "Lyon"})
        cls.customer.write(
            {"street": "1 quai du Port", "zip": "13002", "city": "Marseille", "country_id": cls.env.ref("base.fr").id}
        )
        cls.text.body = "<p>Dear {contact}, please pay {amount} by {reply_date} ({pay_link}). {notice_no}</p>"
        cls.scenario.step_ids[1].channel = "letter"
        cls.move = cls._new_invoice("2026-03-01")

    def _letter(self, date="2026-03-05", formal=False):
        if formal:
            self.scenario.step_ids[1:].tone = "formal"
            self.scenario.step_ids[1].write({"registered": True, "mode": "approve", "reply_days": 8})
        action = self._plan(date).action_ids
        if formal:
            action.with_user(self.manager).action_approve()
        self._send_ready(date)
        return action

    def _post(self, actions, date="2026-03-05", numbers=()):
        dialog = actions.with_user(self.collector).action_confirm_posted()
        wizard = self.env[dialog["res_model"]].with_user(self.collector).with_context(**dialog["context"])
        with Form(wizard) as form:
            form.date = date
            for index, number in enumerate(numbers):
                with form.line_ids.edit(index) as line:
                    line.tracking_number = number
        form.record.action_confirm()

    def _read(self, action):
        pages = PdfReader(io.BytesIO(base64.b64decode(action.letter))).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_a_letter_is_made_by_itself_and_counts_when_it_is_posted(self):
        action = self._letter()
        self.assertEqual((action.state, action.date_issued), ("issued", DAY("2026-03-05")))
        self.assertIn("by bank transfer, see below", self._read(action))
        self.assertEqual(self._standing(self.move, "2026-03-05")["standing"], "in_progress")
        self._post(action, "2026-03-05")
        self.assertEqual((action.state, action.date_sent, action.date_posted), ("sent", *[DAY("2026-03-05")] * 2))
        self.assertEqual(self._standing(self.move, "2026-03-05")["level"], 2)

    def test_a_formal_notice_waits_for_a_manager_and_takes_its_number_when_it_is_issued(self):
        action = self._letter(formal=True)
        self.assertRegex(action.notice_number, r"^FN/2026/0001$")
        self.assertEqual(action.deadline, DAY("2026-03-13"))
        self.assertIn(action.notice_number, self._read(action))
        second = self._new_customer("Second", street="2 rue", city="Paris", country_id=self.customer.country_id.id)
        self._new_invoice("2026-03-01", partner=second)
        other = self._plan("2026-03-06").action_ids
        self.assertEqual(other.state, "to_approve")
        with self.assertRaises(AccessError):
            other.with_user(self.collector).action_approve()
        self.assertIn("(number given when it is issued)", other.preview)
        self.assertFalse(other.notice_number, "a preview takes no number")

    def test_a_reprint_gives_the_same_bytes(self):
        action = self._letter(formal=True)
        first = action._get_letters()
        self.customer.name = "Another name"
        action.invalidate_recordset()
        self.assertEqual(action._get_letters(), first)
        self.assertIn(action.attachment_digest.split()[0], action.attachment_digest)

    def test_nobody_exchanges_a_letter(self):
        action = self._letter()
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                action.with_user(user).write({"letter": base64.b64encode(b"forged")})
        attachment = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", action._name), ("res_id", "=", action.id), ("res_field", "=", "letter")]
        )  # fmt: skip
        self.assertEqual(len(attachment), 1)
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                attachment.with_user(user).write({"raw": b"forged"})
            with self.assertRaises(AccessError):
                attachment.with_user(user).unlink()
        attachment.raw = b"%PDF forged"
        action.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "is not the one that was issued"):
            action._get_letters()

    def test_a_registered_letter_is_not_posted_without_its_number(self):
        action = self._letter(formal=True)
        with self.assertRaisesRegex(ValidationError, "registered"):
            action._set_posted(DAY("2026-03-05"))
        self._post(action, "2026-03-06", ["1A 234 567 8901 2"])
        self.assertEqual((action.tracking_number, action.date_posted), ("1A 234 567 8901 2", DAY("2026-03-06")))
        with self.assertRaisesRegex(ValidationError, "between its posting and today"):
            action._record_receipt(DAY("2026-03-05"))
        wizard = self.env["credit.collection.letter.receipt"].with_user(self.collector)
        wizard.create({"action_id": action.id, "date": "2026-03-09"}).action_confirm()
        self.assertEqual(action.date_received, DAY("2026-03-09"))

    def test_the_day_of_posting_lies_between_the_letter_s_and_today(self):
        action = self._letter()
        with self.assertRaisesRegex(ValidationError, "lies between"):
            action._set_posted(DAY("2026-03-04"))
        with self.assertRaisesRegex(ValidationError, "lies between"):
            action._set_posted(DAY("2099-03-04"))

    def test_who_pays_before_the_letter_is_printed_gets_none(self):
        action = self._letter()
        self._pay(self.move)
        with freeze_time("2026-03-05 10:00:00"), self.assertRaisesRegex(UserError, "Nothing is left to print"):
            action.with_user(self.collector).action_print_letters()

    def test_a_letter_that_was_printed_is_not_taken_back_silently(self):
        """It may lie in a letter box: a person says so, and it counts."""
        action = self._letter()
        with freeze_time("2026-03-05 10:00:00"):
            action.with_user(self.collector).action_print_letters()
        self._pay(self.move, 400)
        self._plan("2026-03-06")
        self.assertEqual(action.state, "unknown")
        self.assertIn("was it posted?", action.reason)
        self.assertEqual(self._standing(self.move, "2026-03-06")["standing"], "in_progress", "nothing is planned twice")
        with self.assertRaisesRegex(UserError, "confirm it as posted"):
            action.with_user(self.collector)._resolve("went_out", "It lies in the box")
        self._post(action, "2026-03-05")
        self.assertEqual((action.state, self._standing(self.move, "2026-03-06")["level"]), ("sent", 2))

    def test_a_letter_that_shows_what_was_paid_meanwhile_is_made_anew(self):
        small = self._new_invoice("2026-03-04", 5)
        action = self._letter()
        self.assertIn(small, action.line_ids.filtered(lambda line: not line.step_id).move_id)
        self._pay(small)
        action._ask_again_now()
        self.assertEqual(action.state, "skipped")

    def test_a_letter_that_lay_about_is_not_printed_any_more(self):
        action = self._letter()
        with freeze_time("2026-03-12 10:00:00"), self.assertRaisesRegex(UserError, "too little of the time"):
            action.with_user(self.collector).action_print_letters()

    def test_a_letter_is_not_done_by_saying_so(self):
        self.scenario.step_ids[1].mode = "task"
        action = self._plan("2026-03-05").action_ids
        with self.assertRaisesRegex(UserError, "have it made"):
            action.with_user(self.collector).action_done()
        action.with_user(self.collector).action_send_myself()
        self._send_ready("2026-03-05")
        self.assertEqual(action.state, "issued")

    def test_a_letter_whose_amount_has_changed_is_planned_anew(self):
        action = self._letter()
        self._pay(self.move, 400)
        action._ask_again_now()
        self.assertEqual(
            (action.state, action.reason), ("skipped", "The amount has changed since the letter was printed")
        )
        again = self._plan("2026-03-05").action_ids
        self.assertEqual((again.channel, again.amount), ("letter", 600))

    def test_the_daily_run_takes_back_what_was_paid_meanwhile(self):
        action = self._letter()
        self._pay(self.move)
        self._plan("2026-03-06")
        self.assertEqual(action.state, "skipped")

    def test_a_letter_without_an_address_fails_and_the_others_go_on(self):
        second = self._new_customer("Second", street="2 rue", city="Paris", country_id=self.customer.country_id.id)
        self._new_invoice("2026-03-01", partner=second)
        actions = self._plan("2026-03-05").action_ids
        self.customer.street = False
        self._send_ready("2026-03-05")
        self.assertEqual(set(actions.mapped("state")), {"issued", "skipped"})

    def test_letters_are_printed_as_one_document(self):
        second = self._new_customer("Second", street="2 rue", city="Paris", country_id=self.customer.country_id.id)
        self._new_invoice("2026-03-01", partner=second)
        actions = self._plan("2026-03-05").action_ids
        self._send_ready("2026-03-05")
        self.collector.password = "collector-collector"
        self.authenticate(self.collector.login, "collector-collector")
        with freeze_time("2026-03-05 10:00:00"):
            result = actions.with_user(self.collector).action_print_letters()
        self.assertTrue(all(actions.mapped("printed_at")))
        answer = self.url_open(result["url"])
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        self.assertIn("Albatros", text)
        self.assertIn("Second", text)

    def test_a_letter_not_yet_issued_can_be_looked_at_and_nothing_is_numbered(self):
        self.scenario.step_ids[1:].tone = "formal"
        self.scenario.step_ids[1].mode = "approve"
        action = self._plan("2026-03-05").action_ids
        document = action._get_letters()
        self.assertIn("Albatros", PdfReader(io.BytesIO(document)).pages[0].extract_text())
        self.assertFalse(action.notice_number or action.letter)

    def test_the_invoices_lie_behind_the_letter_where_the_step_says_so(self):
        self.scenario.step_ids[1].attach_invoices = True
        action = self._plan("2026-03-05").action_ids
        action._set_sending()
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            action.with_context(force_report_rendering=True)._carry_out(DAY("2026-03-05"))
        self.assertEqual(action.state, "issued", action.reason)
        pages = PdfReader(io.BytesIO(base64.b64decode(action.letter))).pages
        self.assertEqual(len(pages), 2)
        # Core's invoice is drawn in a web font as outlines: there is no text to read.
        self.assertIn("Albatros SARL", " ".join(pages[0].extract_text().split()))
        self.assertNotIn("Albatros", pages[1].extract_text())

    def test_letters_of_50_debtors_are_one_document_with_every_page_in_its_place(self):
        names = [f"Customer {number:02} & Söhne" for number in range(50)]
        address = {"zip": "13002", "city": "Marseille", "country_id": self.customer.country_id.id}
        self._pay(self.move)
        for number, name in enumerate(names):
            partner = self._new_customer(name, street=f"{number} rue du Port", **address)
            self._new_invoice("2026-03-01", 100 + number, partner=partner)
        actions = self._plan("2026-03-05").action_ids
        self._send_ready("2026-03-05")
        self.assertEqual(set(actions.mapped("state")), {"issued"})
        document = actions.sorted("id")._get_letters()
        pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]
        self.assertEqual(len(pages), 50)
        by_id = actions.sorted("id")
        for action, page in zip(by_id, pages, strict=True):
            self.assertIn(action.contact_id.name, page)
            self.assertIn(action.contact_id.street, page)
            self.assertIn(f"$ {action.amount:.2f}", page)
            others = [other for other in names if other != action.contact_id.name and other in page]
            self.assertFalse(others, "a letter names nobody else")
        for number in (1, 25, 50):
            picture = subprocess.run(
                ["pdftoppm", "-gray", "-r", "40", "-f", str(number), "-l", str(number), "-"],
                input=document,
                capture_output=True,
                check=True,
            )
            image = Image.open(io.BytesIO(picture.stdout))
            width, height = image.size
            window = image.crop((width * 20 // 210, height * 45 // 297, width * 105 // 210, height * 90 // 297))
            lower = image.crop((0, height * 98 // 297, width, height))
            for part, least in ((window, 30), (lower, 500)):
                self.assertGreater(sum(part.histogram()[:128]), least, "ink where it belongs")
