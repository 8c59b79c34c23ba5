"""One invoice, explained to a layman: what was delivered, what was paid when, what is open."""

import base64
import io
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from pypdf import PdfWriter

from .test_page_overview import SeenCommon


@tagged("post_install", "-at_install")
class TestPageItem(SeenCommon):
    def _path(self, move):
        return f"/item/{self._item(move)[:1].id}"

    def test_the_lines_are_told_with_discount_and_tax(self):
        tax = self.env["account.tax"].create({"name": "19 % VAT", "amount": 19, "company_id": self.company.id})
        values = {
            "name": "Tiles",
            "quantity": 120,
            "price_unit": 14.5,
            "discount": 10,
            "tax_ids": [Command.set(tax.ids)],
        }
        section = {"name": "For Aubagne", "display_type": "line_section", "sequence": 1}
        move = self._bill(-10, invoice_line_ids=[Command.create(section), Command.create({**values, "sequence": 2})])
        words = self._see(self._path(move))
        self.assertRegex(words, r"For Aubagne Tiles 120 × \$ 14.50 = \$ 1,740.00 ?, less 10% discount \(\$ -174.00 ?\)")
        self.assertIn("Plus tax: 19 % VAT $ 1,566.00", words)
        self.assertIn("Sum without tax $ 1,566.00 Tax: 19 % VAT $ 297.54 Total $ 1,863.54", words)

    def test_the_open_amount_is_told_step_by_step(self):
        self._settle(self.move, 300, -12)
        note = self._credit(self.move, 100)
        steps = self.debtor._get_page_account(self._item(self.move))
        self.assertEqual([step["amount"] for step in steps], [1000, -300, -100])
        self.assertEqual([step["balance"] for step in steps], [1000, 700, 600])
        day = self.debtor._format_page_day(self._day(-12))
        words = self._see(self._path(self.move))
        self.assertIn(f"Your payment of {day}, thank you $ -300.00 $ 700.00", words)
        self.assertRegex(words, rf"Credit note {note.name} Reversal of: {self.move.name}, Box 3 came broken \$ -100.00")
        self.assertIn("Still open $ 600.00", words)

    def test_in_another_currency_the_steps_are_in_that_currency(self):
        move = self._bill(-10, 500, currency_id=self.euro.id)
        self._pay(move, 200, str(self._day(-2)))
        steps = self.debtor._get_page_account(self._item(move))
        self.assertEqual(steps[-1]["balance"], self._item(move).amount_residual_currency)

    def test_a_payment_too_much_is_told_as_well(self):
        self._settle(self.move, 300, -12)
        payment = self._settle(self._bill(-30, 200), 250, -12)
        credit = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        words = self._see(f"/item/{credit.id}")
        self.assertIn("What you paid $ 250.00", words)
        self.assertIn("Used for invoice", words)
        self.assertIn("Left of it today $ 50.00", words)
        self.assertNotIn("Download as PDF", words)
        self.assertEqual(self._get(f"/item/{credit.id}/pdf").status_code, 404)

    def test_an_invoice_in_parts_shows_them_all(self):
        halves = [Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 40)]
        term = self.env["account.payment.term"].create({"name": "Halves", "line_ids": halves})
        move = self._bill(0, 600, invoice_payment_term_id=term.id, invoice_date=self._day(-5), invoice_date_due=False)
        words = self._see(self._path(move))
        self.assertIn("This invoice is paid in 2 parts", words)
        self.assertIn("Part 1 of 2 of the invoice $ 300.00", words)

    def test_what_was_agreed_and_written_about_it(self):
        other = self._bill(-9, 500)
        self._dispute(self.move, 50)
        self._promise(other)
        message = self._message(self.move)
        words = self._see(self._path(self.move))
        self.assertIn("You asked about $ 50.00: The price", words)
        self.assertIn("Messages about it 5 Mar 2026 Your invoice of March", words)
        self.assertIn(f"/messages/{message.id}", self._get(self._path(self.move)).text)
        words = self._see(self._path(other))
        self.assertIn("You told us that you would pay $ 500.00", words)
        self.assertNotIn("Your invoice of March", words)

    def test_what_was_paid_within_a_year_stays_to_be_seen(self):
        recent, old = self._bill(-300), self._bill(-800)
        self._settle(recent, offset=-280)
        self._settle(old, offset=-780)
        words = self._see(self._path(recent))
        self.assertIn("Still open $ 0.00", words)
        self.assertNotIn("Pay this", words)
        self.assertEqual(self._get(self._path(old)).status_code, 404)

    def test_what_is_not_theirs_does_not_exist(self):
        draft = self._bill(-5, post=False)
        other = self.env["res.company"].create({"name": "Second Company"})
        debtor = self.env["credit.collection.debtor"]._get_or_create(self.customer, other)
        numbers = (
            self._item(self.strange_move).id,
            self._item(draft)[:1].id or 2147483640,
            self.move.line_ids.filtered(lambda line: line.account_type == "income").id,
            2147483645,
            10**12,
            0,
        )
        self._enter()
        answers = set()
        for number in numbers:
            for path in (f"/item/{number}", f"/item/{number}/pdf"):
                with self._unchanged():
                    response = self._get(path)
                self.assertEqual(response.status_code, 404, path)
                self.assertNotIn("Zephyr", response.text)
                self.assertNotIn("777.77", response.text)
                answers.add(self._words(response))
        self.assertEqual(len(answers), 1, "nothing tells what exists")
        self._enter(debtor)
        self.assertEqual(self._get(self._path(self.move), debtor).status_code, 404)

    def test_a_look_at_a_page_writes_nothing(self):
        self._message(self.move)
        self._enter()
        for path in ("", self._path(self.move), "/messages"):
            with self._unchanged():
                self.assertEqual(self._get(path).status_code, 200)

    # === THE INVOICE ITSELF === #

    def test_the_invoice_is_the_one_that_was_sent(self):
        self.env["ir.attachment"].create(
            {
                "name": "INV.pdf", "datas": base64.b64encode(b"%PDF-1.4 legal"), "res_model": "account.move",
                "res_id": self.move.id, "res_field": "invoice_pdf_report_file", "mimetype": "application/pdf",
            }
        )  # fmt: skip
        self._enter()
        response = self._get(f"{self._path(self.move)}/pdf")
        self.assertEqual(response.content, b"%PDF-1.4 legal")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Content-Type"], "application/pdf")

    def test_one_that_was_not_sent_is_printed_and_not_kept(self):
        report = self.env.ref("account.account_invoices")
        report.attachment = "'kept.pdf'"
        self._enter()
        reports = self.env.registry["ir.actions.report"]
        with patch.object(reports, "_run_wkhtmltopdf", lambda *args, **kwargs: self._blank()):
            with self._rendering(), self._unchanged():
                response = self._get(f"{self._path(self.move)}/pdf")
        self.assertEqual((response.status_code, response.content[:5]), (200, b"%PDF-"))
        self.assertFalse(self.env["ir.attachment"].search([("name", "=", "kept.pdf")]))

    def _rendering(self):
        """Make the PDF as in a real server: tests get HTML otherwise."""
        reports = self.env.registry["ir.actions.report"]
        original = reports._pre_render_qweb_pdf

        def render(self, *args, **kwargs):
            return original(self.with_context(force_report_rendering=True), *args, **kwargs)

        return patch.object(reports, "_pre_render_qweb_pdf", render)

    @staticmethod
    def _blank():
        target, writer = io.BytesIO(), PdfWriter()
        writer.add_blank_page(100, 100)
        writer.write(target)
        return target.getvalue()
