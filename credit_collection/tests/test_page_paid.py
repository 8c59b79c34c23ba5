"""Paid already: told on the page, with day and proof; somebody looks for it."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools.misc import format_date

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
        remark = self.debtor.remark_ids
        self.assertFalse(self._tasks())
        ((summary, user),) = self._tasks(remark)
        day = format_date(self.env, self.today - timedelta(days=2))
        self.assertEqual(
            summary.replace("\xa0", " "),
            f"Find a payment: {self.move.name} · $ 1,000.00 · {day} · {self.customer.name}",
        )
        self.assertEqual(user, self.collector)
        self.assertFalse(self.debtor.hold_until, "what was not named is asked for")
        self.assertGreater(remark.date_until, self.today)
        noted = self._noted()[0][1]
        for words in (self.move.name, "Bank transfer", "1,000.00", "TRX <b>77</b>", "By my wife", "proof.pdf"):
            self.assertIn(words, noted)
        message = remark.message_ids.filtered("attachment_ids")
        self.assertEqual((message.author_id, message.attachment_ids), (self.contact, remark.proof_ids))
        self.assertEqual((remark.proof_ids.name, remark.proof_ids.raw), ("proof.pdf", PDF))
        self.assertNotIn("<b>77", "".join(self.debtor.message_ids.mapped("body")))
        self.assertNotIn("<b>77", remark.activity_ids.note)
        self.assertEqual((remark.state, remark.told_amount), ("open", 1000))
        self.assertEqual(remark.paid_date, self.today - timedelta(days=2))
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
        self.assertEqual((len(self.debtor.remark_ids), len(self._noted())), (1, 1))

    def test_told_again_it_is_looked_for_but_does_not_hold_longer(self):
        self._tell()
        self._move_back(13)
        response = self._tell(text="Again")
        self.assertEqual(response.status_code, 303)
        self.assertNotEqual(self._standing(self.move, self.today)["standing"], "told_paid")
        self.assertEqual((len(self.debtor.remark_ids), len(self._noted())), (2, 2))
        words = self._words(self._get("/answers"))
        self.assertIn("Thank you. We look for your payment.", words)
        self.assertNotIn("do not remind you", words)

    def test_told_of_another_invoice_it_holds_that_one(self):
        other = self._new_invoice(self.today - timedelta(days=9), 300)
        self._tell()
        self._tell(items=self._item(other).id)
        for move in self.move | other:
            self.assertEqual(self._standing(move, self.today)["standing"], "told_paid")

    def test_told_again_after_two_weeks_it_holds_again(self):
        self._tell()
        self._move_back(14)
        self._tell(text="Another one")
        self.assertEqual(self._standing(self.move, self.today)["standing"], "told_paid")

    def test_once_nobody_has_found_it_in_time_the_page_asks_as_the_reminders_do(self):
        self._tell()
        self.assertNotIn("due by now", self._words(self._get()))
        self._move_back(9)
        words = self._words(self._get())
        self.assertIn("due by now", words)
        self.assertIn("we are looking for it", words)

    def _move_back(self, days):
        """Let so many days pass since it was told."""
        for remark in self.debtor.remark_ids.sudo():
            remark.write({name: remark[name] - timedelta(days=days) for name in ("date", "date_until")})

    def test_it_holds_whatever_becomes_of_a_plan_for_another_invoice(self):
        other = self._new_invoice(self.today - timedelta(days=9), 300)
        self._tell()
        plan = self.env["credit.collection.plan"]._propose(
            self.debtor.with_user(self.collector), self._item(other), count=2
        )
        plan.action_send_proposal()
        self.assertEqual(self._standing(self.move, self.today)["standing"], "debtor_hold")
        plan._accept(self.contact)
        standing = self._standing(self.move, self.today)
        until = self.debtor.remark_ids.date_until
        self.assertEqual((standing["standing"], standing["until"]), ("told_paid", until + timedelta(days=1)))
        self.assertEqual(self._standing(self.move, until)["standing"], "told_paid")
        self.assertNotEqual(self._standing(self.move, until + timedelta(days=1))["standing"], "told_paid")

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
