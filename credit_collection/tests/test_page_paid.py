"""Paid already: told on the page, with day and proof; somebody looks for it."""

from datetime import timedelta

from odoo.tests import tagged

from .page_common import PageCommon
from .test_page_input import PDF


@tagged("post_install", "-at_install")
class TestPagePaid(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls.move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        cls.strange_item = cls.strange_move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        cls.today = cls.debtor._get_today()

    def setUp(self):
        super().setUp()
        self._enter()

    def _tell(self, files=None, **values):
        day = (self.today - timedelta(days=2)).isoformat()
        return self._post("/paid", files=files, **{"items": self.item.id, "day": day, "how": "transfer", **values})

    def test_a_payment_is_looked_for_and_nothing_leaves_meanwhile(self):
        with self._unchanged():
            self._get(f"/paid?item={self.item.id}")
        files = [("files", ("proof.pdf", PDF, "application/pdf"))]
        response = self._tell(files, amount="1,000.00", reference="TRX <b>77</b>", text="By my wife")
        self.assertEqual(response.status_code, 303)
        ((summary, user),) = self._tasks()
        self.assertIn("Find a payment: the customer says it was made on", summary)
        self.assertEqual(user, self.collector)
        self.assertGreater(self.debtor.hold_until, self.today)
        noted = self._noted()[0][1]
        for words in (self.move.name, "Bank transfer", "1,000.00", "TRX <b>77</b>", "By my wife", "proof.pdf"):
            self.assertIn(words, noted)
        message = self.debtor.message_ids.filtered("attachment_ids")
        self.assertEqual((message.author_id, message.attachment_ids.name), (self.contact, "proof.pdf"))
        self.assertEqual(message.attachment_ids.raw, PDF)
        self.assertNotIn("<b>77", message.body)
        self.assertNotIn("<b>77", self.debtor.activity_ids.note)
        remark = self.debtor.remark_ids
        self.assertEqual((remark.state, remark.decision), ("done", "paid"))
        page = self._get("/answers")
        self.assertIn("We are looking for your payment", self._words(page))
        self.assertNotIn("<b>77", page.text)

    def test_without_a_choice_it_is_all_that_is_overdue(self):
        later = self._new_invoice(self.today + timedelta(days=20), 300)
        self._tell(items="")
        self.assertEqual(self.debtor.remark_ids.line_ids.move_id, self.move)
        self.assertNotIn(later.name, self._noted()[0][1])

    def test_bad_input_is_told_and_changes_nothing(self):
        cases = [
            ({"items": self.strange_item.id}, "not open any more"),
            ({"day": ""}, "choose the day"),
            ({"day": (self.today + timedelta(days=1)).isoformat()}, "still to come"),
            ({"how": ""}, "how you paid"),
            ({"how": "gold"}, "how you paid"),
            ({"amount": "-7"}, "not an amount"),
            ({"reference": "x" * 101}, "shorten your text"),
        ]
        for values, words in cases:
            with self.subTest(values), self._unchanged():
                response = self._tell(**values)
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, self._words(response))
                self.assertNotIn("777.77", response.text)

    def test_a_proof_that_is_none_is_refused(self):
        with self._unchanged():
            response = self._tell([("files", ("proof.pdf", b"<html>", "application/pdf"))])
        self.assertEqual(response.status_code, 422)
        self.assertIn("proof.pdf", self._words(response))
        self.assertIn("please choose them again", self._words(response))
        self.assertRegex(response.text, r'<input[^>]*id="files"[^>]*aria-invalid="true"')

    def test_pressing_twice_tells_once(self):
        self._tell()
        self.assertEqual(self._tell().status_code, 422)
        self.assertEqual((len(self.debtor.remark_ids), len(self._tasks()), len(self._noted())), (1, 1, 1))

    def test_told_again_it_is_looked_for_but_does_not_hold_longer(self):
        self._tell()
        self.debtor.remark_ids.sudo().date = self.today - timedelta(days=13)
        self.debtor.action_release_hold()
        response = self._tell(text="Again")
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self.debtor.hold_until)
        self.assertEqual((len(self.debtor.remark_ids), len(self._tasks()), len(self._noted())), (2, 2, 2))
        words = self._words(self._get("/answers"))
        self.assertIn("Thank you. We look for your payment.", words)
        self.assertNotIn("do not remind you", words)

    def test_told_again_after_two_weeks_it_holds_again(self):
        self._tell()
        self.debtor.remark_ids.sudo().date = self.today - timedelta(days=14)
        self.debtor.action_release_hold()
        self._tell(text="Another one")
        self.assertGreater(self.debtor.hold_until, self.today)

    def test_what_was_booked_meanwhile_needs_no_search(self):
        self._pay(self.move)
        response = self._tell()
        self.assertEqual(response.status_code, 422)
        self.assertIn("not open any more", self._words(response))
        self.assertEqual(self._tell(items="").status_code, 422)
        self.assertFalse(self._tasks())

    # === TOLD AGAIN === #

    def _again(self, *files, **values):
        files = [("files", (name, PDF, "application/pdf")) for name in files]
        return self._tell(files, **values).status_code

    def test_the_same_payment_is_told_once_a_day_unless_there_is_news(self):
        self._tell()
        response = self._tell(text="As I said", how="cheque")
        self.assertEqual(response.status_code, 422)
        self.assertIn(f"You have told us today about {self.move.name}: we are looking for it", self._words(response))
        self.assertEqual(len(self.debtor.remark_ids), 1)
        self.assertEqual(self._again("proof.pdf"), 303)
        self.assertEqual(self._again("proof.pdf", text="Once more"), 422)
        self.assertEqual(self._again(amount="400"), 303)
        self.assertEqual(self._again(amount="400", text="Once more"), 422)
        self.assertEqual(self._again(day=self.today.isoformat()), 303)
        self.debtor.remark_ids.sudo().date = self.today - timedelta(days=1)
        self.assertEqual(self._again(text="Next day"), 303)

    def test_what_was_paid_long_before_the_invoice_is_a_slip_of_the_pen(self):
        for day in ("1926-11-20", "1999-01-01", "2024-01-01"):
            with self.subTest(day), self._unchanged():
                response = self._tell(day=day)
                self.assertEqual(response.status_code, 422)
                self.assertIn("That day is too long ago", self._words(response))
                self.assertRegex(response.text, r'<input[^>]*id="day"[^>]*aria-invalid="true"')

    def test_files_that_an_error_has_cost_are_named_at_their_field(self):
        response = self._tell([("files", ("proof.pdf", PDF, "application/pdf"))], day="")
        self.assertRegex(
            response.text, r'role="alert">Your files were not kept: please choose them again \(proof.pdf\)'
        )
        self.assertNotIn("were not kept", self._tell(day="").text)
