"""Something is wrong: told on the customer's page, with files, and followed there."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..tools import uploads
from .page_common import PageCommon
from .test_page_input import JPEG, PDF, PNG

EVIL = "<script>alert(1)</script><b>bold</b>"


@tagged("post_install", "-at_install")
class TestPageDispute(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls.move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        cls.strange_item = cls.strange_move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        cls.reason = cls.env.ref("credit_collection.credit_collection_dispute_reason_price_discount")
        cls.strange_dispute = cls.env["credit.collection.dispute"]._open_for(
            cls.strange_debtor, {cls.strange_item: 10}, cls.reason, "Secret of Zephyr", attachments=[("z.pdf", PDF)]
        )

    def setUp(self):
        super().setUp()
        self._enter()

    def _tell(self, files=None, **values):
        values = {"items": self.item.id, "reason": self.reason.id, "text": "The discount is missing.", **values}
        return self._post("/dispute", files=files, **values)

    def _files(self, *files):
        return [("files", file) for file in files]

    # === TELLING === #

    def test_the_form_shows_what_is_open_and_the_reasons(self):
        with self._unchanged():
            response = self._get(f"/dispute?item={self.item.id}")
        words = self._words(response)
        for expected in (self.move.name, "PO-77", "A discount is missing", "Not required", "required"):
            self.assertIn(expected, words)
        self.assertIn('value="1000.00"', response.text)
        self.assertRegex(response.text, rf'value="{self.item.id}"[^>]*checked')
        self._new_invoice("2026-03-02", 200)
        self.assertNotRegex(self._get(f"/dispute?item={self.strange_item.id}").text, r"\bchecked")
        # Reasons with others below them only head a group.
        self.assertIn('<optgroup label="The price">', response.text)

    def test_reasons_are_in_the_customer_s_words_and_something_else_comes_last(self):
        page = self._get("/dispute").text
        reasons = self.env["credit.collection.dispute.reason"]._get_page_reasons()
        self.assertEqual(reasons[-1].page_name, "Something else")
        self.assertLess(page.index("This invoice is not for us"), page.index("Something else"))
        self.assertLess(page.rindex("</optgroup>"), page.index("Something else"))
        # Our own words, and what has a page of its own, are not offered.
        for ours in ("Set against a credit", "Means of payment", "Other price agreed"):
            self.assertNotIn(ours, page)
        self.env["credit.collection.dispute.reason"].search([]).page_name = False
        self.assertIn("Means of payment", self._get("/dispute").text)

    def test_a_part_is_disputed_with_a_photo_and_followed(self):
        files = self._files(("photo.jpg", JPEG, "text/html"), ("../../scan.pdf", PDF, "application/pdf"))
        response = self._tell(files=files, **{f"amount_{self.item.id}": "250.50"})
        dispute = self.debtor.dispute_ids
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(f"/dispute/{dispute.id}"))
        self.assertEqual((dispute.line_ids.amount, dispute.origin, dispute.reason_id), (250.5, "portal", self.reason))
        self.assertEqual((dispute.contact_id, dispute.description), (self.contact, "The discount is missing."))
        self.assertEqual(set(dispute.evidence_customer_ids.mapped("name")), {"photo.jpg", "scan.pdf"})
        self.assertEqual(self._tasks(dispute), [(f"Settle dispute {dispute.name}", self.collector)])
        self.assertIn(dispute.name, self._written_by_contact())
        ((contact, noted),) = self._noted()
        self.assertEqual(contact, self.contact)
        self.assertIn("250.50", noted)
        with self._unchanged():
            page = self._words(self._get(f"/dispute/{dispute.id}"))
        for expected in ("Thank you. We have received it", dispute.name, "250.50", "The discount is missing."):
            self.assertIn(expected, page)
        self.assertIn("photo.jpg", page)
        self.assertIn("You have our answer by", page)
        self.assertNotIn("Thank you. We have received it", self._words(self._get(f"/dispute/{dispute.id}")))

    def test_where_the_company_acknowledges_only_that_mail_leaves(self):
        self.company.collection_dispute_acknowledge = True
        self._tell()
        purposes = self.debtor.action_ids.mapped("purpose")
        self.assertEqual(purposes, ["dispute_received"])
        ((recipients, message),) = self._send(self.debtor._get_today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn(self.debtor.dispute_ids.name, self._html(message))

    def test_without_an_amount_all_that_is_left_is_disputed(self):
        self._tell()
        self.assertEqual(self.debtor.dispute_ids.line_ids.amount, 1000)

    def test_bad_input_is_told_and_what_was_typed_stays(self):
        cases = [
            ({"items": ""}, "choose at least one invoice"),
            ({"reason": ""}, "choose what is wrong"),
            ({"reason": "abc"}, "choose what is wrong"),
            ({"reason": "99999999999999999999"}, "choose what is wrong"),
            ({"reason": self.reason.parent_id.id}, "choose what is wrong"),
            ({"text": "  \x00 "}, "tell us in a sentence"),
            ({"text": "x" * 5001}, "shorten your text"),
            ({f"amount_{self.item.id}": "0"}, "greater than zero"),
            ({f"amount_{self.item.id}": "-5"}, "not an amount"),
            ({f"amount_{self.item.id}": "1000.01"}, "no more can be wrong"),
            ({f"amount_{self.item.id}": "ten"}, "not an amount"),
            ({"items": self.strange_item.id}, "not open any more"),
            ({"items": "99999999999999999999"}, "not open any more"),
            ({"items": "x' OR 1=1"}, "not open any more"),
        ]
        for values, words in cases:
            with self.subTest(values), self._unchanged():
                response = self._tell(**values)
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, self._words(response))
                self.assertNotIn("777.77", response.text)
        response = self._tell(**{f"amount_{self.item.id}": "ten", "text": f"Typed {EVIL}"})
        self.assertIn('value="ten"', response.text)
        self.assertIn("Typed &lt;script&gt;", response.text)
        self.assertNotIn("<script>alert", response.text)

    def test_files_that_are_no_proof_are_refused_and_nothing_is_kept(self):
        bad = [
            ("x.svg", b"<svg onload='alert(1)'/>"),
            ("x.html", b"<html></html>"),
            ("x.exe", b"MZ\x90"),
            ("x.png", PDF),
            ("empty.pdf", b""),
        ]
        for name, content in bad:
            with self.subTest(name), self._unchanged():
                response = self._tell(files=self._files((name, content, "image/png")))
                self.assertEqual(response.status_code, 422)
                self.assertIn(name, self._words(response))
        many = self._files(*[(f"{number}.png", PNG, "image/png") for number in range(6)])
        self.assertIn("5 files at most", self._words(self._tell(files=many)))
        large = self._files(("large.pdf", PDF + b" " * 10 * 1024 * 1024, "application/pdf"))
        self.assertIn("larger than 10 MB", self._words(self._tell(files=large)))
        self.assertFalse(self.debtor.dispute_ids)

    # === A DAY'S FILES === #

    def _limit(self, **most):
        self.startPatcher(patch.multiple(uploads, **most))

    def _add(self, number, content=PDF):
        """Send so many files to the dispute that is there."""
        files = self._files(*[(f"{one}.pdf", content, "application/pdf") for one in range(number)])
        return self._post(f"/dispute/{self.debtor.dispute_ids.id}/word", files=files, text="More")

    def _paid(self):
        day = self.debtor._get_today().isoformat()
        files = self._files(("proof.pdf", PDF, "application/pdf"))
        return self._post("/paid", files=files, items=self.item.id, day=day, how="cheque")

    def _assert_too_much(self, response):
        self.assertEqual(response.status_code, 422)
        words = self._words(response)
        self.assertIn("a day can be taken here", words)
        self.assertIn("Please send the others by e-mail to collector@company.example, or call +33 1 23 45 67 89", words)

    def test_so_many_files_a_day_and_the_rest_by_mail(self):
        self._limit(DAY_FILES=3)
        part = {f"amount_{self.item.id}": "10"}
        self._tell(files=self._files(("one.pdf", PDF, "application/pdf")), **part)
        self.assertEqual(self._add(1).status_code, 303)
        with self._unchanged():
            self._assert_too_much(self._add(2))
        self.assertEqual(self._add(1).status_code, 303, "one more still fits")
        with self._unchanged():
            self._assert_too_much(self._add(1))
            self._assert_too_much(self._paid())
        self.assertEqual(self._add(0).status_code, 303, "words are always welcome")
        # A day later there is room again.
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = create_date - interval '25 hours' WHERE res_model LIKE 'credit%'"
        )
        self.assertEqual(self._paid().status_code, 303)
        self.assertEqual(self._add(2).status_code, 303)
        self._assert_too_much(self._add(1))

    def test_so_many_megabytes_a_day(self):
        self._limit(DAY_BYTES=2 * len(PDF) + 1)
        self._tell(files=self._files(("one.pdf", PDF, "application/pdf")))
        self._assert_too_much(self._add(2))
        self.assertEqual(self._add(1).status_code, 303)
        self._assert_too_much(self._add(1))

    def test_what_others_add_takes_none_of_the_room(self):
        self._limit(DAY_FILES=1)
        self._tell()
        dispute = self.debtor.dispute_ids
        dispute.with_user(self.collector)._add_evidence([("ours.pdf", PDF), ("ours_too.pdf", PDF)])
        self.debtor.with_user(self.collector).message_post(body="x", attachments=[("note.pdf", PDF)])
        self.strange_dispute.with_user(self.env.ref("base.public_user")).sudo()._add_evidence([("theirs.pdf", PDF)])
        self.assertEqual(self._add(1).status_code, 303)
        self._assert_too_much(self._add(1))

    def test_pressing_twice_disputes_once(self):
        self._tell()
        response = self._tell()
        self.assertEqual(response.status_code, 422)
        self.assertIn("You have sent us this already", self._words(response))
        self.assertEqual(len(self.debtor.dispute_ids), 1)

    def test_what_was_paid_meanwhile_is_not_disputed(self):
        self._get("/dispute")
        self._pay(self.move)
        response = self._tell()
        self.assertEqual(response.status_code, 422)
        self.assertIn("not open any more", self._words(response))
        self.assertIn("Nothing is open here just now", self._words(response))
        self.assertFalse(self.debtor.dispute_ids)

    def test_what_was_paid_in_part_meanwhile_is_disputed_up_to_the_rest(self):
        self._pay(self.move, 900)
        response = self._tell(**{f"amount_{self.item.id}": "500"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("only $ 100.00 open", self._words(response))

    # === FOLLOWING === #

    def test_somebody_else_s_dispute_does_not_exist_here(self):
        file = self.strange_dispute.evidence_customer_ids
        missing = self._get("/dispute/2147483646")
        with self._unchanged():
            for number in (self.strange_dispute.id, 99999999999999999999):
                response = self._get(f"/dispute/{number}")
                self.assertEqual(response.status_code, 404)
                self.assertEqual(self._words(response), self._words(missing))
            self.assertEqual(self._get(f"/dispute/{self.strange_dispute.id}/file/{file.id}").status_code, 404)
            answer = self._post(f"/dispute/{self.strange_dispute.id}/word", text="Me")
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn("Secret", answer.text)
        self._tell()
        own = self.debtor.dispute_ids
        self.assertEqual(self._get(f"/dispute/{own.id}/file/{file.id}").status_code, 404)

    def test_own_files_are_given_back_to_keep_and_no_others(self):
        self._tell(files=self._files(("scan.pdf", PDF, "application/pdf")))
        dispute = self.debtor.dispute_ids
        response = self._get(f"/dispute/{dispute.id}/file/{dispute.evidence_customer_ids.id}")
        self.assertEqual((response.status_code, response.content), (200, PDF))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        ours = self.env["ir.attachment"].create(
            {"name": "calculation.pdf", "raw": PDF, "res_model": dispute._name, "res_id": dispute.id}
        )
        dispute.evidence_own_ids = ours
        self.assertEqual(self._get(f"/dispute/{dispute.id}/file/{ours.id}").status_code, 404)
        self.assertNotIn("calculation.pdf", self._get(f"/dispute/{dispute.id}").text)

    def test_a_file_that_is_no_picture_is_given_back_as_bytes(self):
        """A colleague may have filed a web page that came by mail."""
        self._tell()
        dispute = self.debtor.dispute_ids
        page = self.env["ir.attachment"].create(
            {"name": "x.html", "raw": b"<html><script>1</script>", "res_model": dispute._name, "res_id": dispute.id}
        )
        dispute.evidence_customer_ids += page
        response = self._get(f"/dispute/{dispute.id}/file/{page.id}")
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))

    def test_internal_notes_never_show_but_what_we_wrote_to_the_customer_does(self):
        self._tell()
        dispute = self.debtor.dispute_ids
        collector = dispute.with_user(self.collector)
        collector.message_post(body="Do not tell them", message_type="comment", subtype_xmlid="mail.mt_note")
        collector.message_post(body="To a colleague", message_type="comment", subtype_xmlid="mail.mt_comment")
        collector.message_post(
            body="Which delivery?", message_type="comment", subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact.ids,
        )  # fmt: skip
        collector.action_wait()
        words = self._words(self._get(f"/dispute/{dispute.id}"))
        self.assertIn("We need something from you", words)
        self.assertIn("Which delivery?", words)
        self.assertNotIn("Do not tell them", words)
        self.assertNotIn("To a colleague", words)
        self.assertNotIn("Settle dispute", words)

    def test_a_word_is_added_and_the_owner_can_go_on(self):
        self._tell()
        dispute = self.debtor.dispute_ids
        dispute.with_user(self.collector).action_wait()
        response = self._post(
            f"/dispute/{dispute.id}/word", files=self._files(("note.png", PNG, "image/png")), text=f"Here: {EVIL}"
        )
        self.assertEqual(response.status_code, 303)
        self.assertIn((f"The customer has answered: dispute {dispute.name} can go on", self.collector),
                      self._tasks(dispute))  # fmt: skip
        self.assertIn("&lt;script&gt;", self._written_by_contact(dispute))
        self.assertNotIn("<script>", self._written_by_contact(dispute) + self._written_by_contact())
        for activity in dispute.activity_ids:
            self.assertNotIn("<script>", activity.note or "")
        self.assertNotIn(self.contact, dispute.message_follower_ids.partner_id)
        page = self._get(f"/dispute/{dispute.id}")
        self.assertIn("Here: &lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;", page.text)
        self.assertNotIn("<script>alert", page.text)
        self.assertIn("note.png", self._words(page))
        self.assertEqual(len(self._noted()), 2)
        self.assertEqual(dispute.state, "investigating")
        self.assertIn("We are looking into it.", self._words(page))
        self.assertNotIn("We need something from you", self._words(page))

    def test_a_word_without_anything_is_not_added(self):
        self._tell()
        dispute = self.debtor.dispute_ids
        with self._unchanged():
            response = self._post(f"/dispute/{dispute.id}/word", text=" ")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Please write something", self._words(response))

    def test_the_outcome_is_told_as_in_the_mail(self):
        self._tell()
        dispute = self.debtor.dispute_ids
        dispute.outcome = f"The price list says so. {EVIL}"
        dispute.sudo().write({"outcome_kind": "rejected", "outcome_notify": True})
        dispute._set_rejected()
        response = self._get(f"/dispute/{dispute.id}")
        words = self._words(response)
        self.assertIn("Cleared up", words)
        self.assertIn("We have looked into it and find the amount correct as invoiced.", words)
        self.assertIn("The price list says so. &lt;script&gt;", response.text)
        self.assertNotIn("<script>alert", response.text)
        dispute.sudo().outcome_notify = False
        self.assertNotIn("price list", self._words(self._get(f"/dispute/{dispute.id}")))

    def test_what_sales_raised_is_not_shown(self):
        dispute = self.env["credit.collection.dispute"]._open_for(
            self.debtor, {self.item: 10}, self.reason, "They might complain", origin="sales"
        )
        self.assertEqual(self._get(f"/dispute/{dispute.id}").status_code, 404)
        self.assertNotIn("They might complain", self._words(self._get("/answers")))

    def test_a_portal_user_answers_as_themselves_and_follows_nothing(self):
        """Colleagues write to each other in these documents: nothing of it goes to the customer."""
        user = self._new_portal_user("colleague", self.customer)
        self.authenticate("page_colleague", "page_colleague")
        self.assertEqual(self._tell(**{f"amount_{self.item.id}": "100"}).status_code, 303)
        dispute = self.debtor.dispute_ids
        self._post(f"/dispute/{dispute.id}/word", text="One thing more")
        day = (self.debtor._get_today() + timedelta(days=3)).isoformat()
        self.assertEqual(self._post("/promise", items=self.item.id, day=day).status_code, 303)
        first = {"items": self.item.id, "day": day, "count": "3", "text": "Little money"}
        self.assertEqual(self._post("/plan", **first).status_code, 303)
        self.assertEqual(dispute.contact_id, user.partner_id)
        for record in (dispute, self.debtor.promise_ids, self.debtor.remark_ids, self.debtor):
            self.assertEqual(len(record), 1)
            self.assertFalse(record.message_follower_ids.partner_id & (user.partner_id | self.contact), record)

    def test_a_colleague_in_preview_sees_and_cannot_send(self):
        self._tell()
        self.collector.password = "collection_collector"
        self.authenticate("collection_collector", "collection_collector")
        response = self._get(f"/dispute/{self.debtor.dispute_ids.id}")
        self.assertEqual(response.status_code, 200)
        self.assertRegex(response.text, r"<button[^>]*disabled")

    # === SENT AGAIN, TAKEN BACK === #

    def test_going_back_and_sending_the_rest_is_refused_with_the_number(self):
        self._tell(**{f"amount_{self.item.id}": "250"})
        dispute = self.debtor.dispute_ids
        with self._unchanged():
            response = self._tell(**{f"amount_{self.item.id}": "750"})
        self.assertEqual(response.status_code, 422)
        self.assertIn(f"You have sent us this already: {dispute.name}", self._words(response))
        self.assertIn(f'href="/my/collection/{self.debtor.id}/dispute/{dispute.id}"', response.text)
        # Something else about the same invoice is told.
        self.assertEqual(self._tell(text="And a box is missing.").status_code, 303)
        self.assertEqual(len(self.debtor.dispute_ids), 2)

    def test_what_was_typed_as_an_amount_is_still_there_after_going_back(self):
        """Browsers restore no field that forbids it."""
        for path in ("/dispute", "/paid", "/promise", "/plan"):
            page = self._get(path).text
            self.assertNotRegex(page, r'inputmode="decimal"[^>]*autocomplete="off"')

    def test_a_dispute_is_withdrawn_once_and_its_amount_asked_for_again(self):
        self._tell(**{f"amount_{self.item.id}": "250"})
        dispute = self.debtor.dispute_ids
        page = self._get(f"/dispute/{dispute.id}")
        self.assertIn("I withdraw this", self._words(page))
        self.assertEqual(self._post(f"/dispute/{self.strange_dispute.id}/withdraw").status_code, 404)
        self.assertEqual(self._post(f"/dispute/{dispute.id}/withdraw").status_code, 303)
        self.assertEqual((dispute.state, dispute.is_withdrawn), ("cancelled", True))
        self.assertEqual(self._tasks(dispute), [(f"The customer has withdrawn dispute {dispute.name}", self.collector)])
        self.assertIn("withdraws dispute", self._written_by_contact())
        self.assertIn(f"You have withdrawn number {dispute.name}", self._noted()[-1][1])
        (row,) = self.debtor._get_page_items()
        self.assertEqual((row["disputed"], row["free"]), (0, 1000))
        words = self._words(self._get(f"/dispute/{dispute.id}"))
        self.assertIn("You have withdrawn number", words)
        self.assertIn("You withdrew it.", words)
        self.assertNotIn("I withdraw this", words)
        with self._unchanged():
            response = self._post(f"/dispute/{dispute.id}/withdraw")
        self.assertEqual(response.status_code, 422)
        self.assertIn("It has ended already", self._words(response))
        # What was withdrawn by mistake is told again.
        self.assertEqual(self._tell().status_code, 303)
        (self.debtor.dispute_ids - dispute)._set_cancelled()
        dispute.with_user(self.collector).action_reopen()
        self.assertFalse(dispute.is_withdrawn)

    def test_our_answer_shows_with_its_file_and_no_other_file_of_ours(self):
        self._tell()
        dispute = self.debtor.dispute_ids
        collector = dispute.with_user(self.collector)
        collector.message_post(body="For us", attachments=[("costs.pdf", PDF)], subtype_xmlid="mail.mt_note")
        collector.message_post(
            body="Here is the delivery note.", attachments=[("delivery.pdf", PDF)], message_type="comment",
            subtype_xmlid="mail.mt_comment", partner_ids=self.contact.ids,
        )  # fmt: skip
        ours, theirs = (message.attachment_ids for message in dispute.message_ids.filtered("attachment_ids").sorted())
        if ours.name != "costs.pdf":
            ours, theirs = theirs, ours
        words = self._words(self._get(f"/dispute/{dispute.id}"))
        self.assertIn("Here is the delivery note.", words)
        self.assertIn("delivery.pdf", words)
        self.assertNotIn("costs.pdf", words)
        self.assertEqual(self._get(f"/dispute/{dispute.id}/file/{theirs.id}").content, PDF)
        self.assertEqual(self._get(f"/dispute/{dispute.id}/file/{ours.id}").status_code, 404)

    def test_what_goes_to_a_follower_of_the_customer_shows_too(self):
        self._tell()
        dispute = self.debtor.dispute_ids
        dispute.message_subscribe(self.contact.ids)
        dispute.with_user(self.collector).message_post(
            body="We have asked the carrier.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertIn("We have asked the carrier.", self._words(self._get(f"/dispute/{dispute.id}")))
