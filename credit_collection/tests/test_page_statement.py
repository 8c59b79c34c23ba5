"""The statement of account, as PDF and as a workbook."""

import io
from datetime import datetime
from unittest.mock import patch
from urllib.parse import quote

import openpyxl
from dateutil.relativedelta import relativedelta
from odoo.tests import tagged
from pypdf import PdfReader

from ..reports import credit_collection_statement
from .test_page_overview import SeenCommon


@tagged("post_install", "-at_install")
class TestPageStatement(SeenCommon):
    def _read_pdf(self, path="/statement/pdf"):
        self._enter()
        response = self._get(path)
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, "application/pdf"))
        return self._text(response.content)

    def _text(self, document):
        pages = PdfReader(io.BytesIO(document)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\xa0", " ")

    def _read_book(self, path="/statement/xlsx"):
        self._enter()
        response = self._get(path)
        self.assertEqual(response.status_code, 200)
        return openpyxl.load_workbook(io.BytesIO(response.content))

    def _rows(self, sheet):
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    def test_the_pdf_shows_what_is_open_and_how_to_pay(self):
        self.move.partner_bank_id = self.env["res.partner.bank"].create(
            {
                "acc_number": "DE89370400440532013000",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        self._settle(self.move, 300)
        self._bill(10, 400)
        self._bill(-5, 300, currency_id=self.euro.id)
        self._credit(self.move, 75, reconcile=False)
        text = self._read_pdf()
        for words in (
            "Statement of account", "Albatros SARL", self.company.name, self.move.name, "Your reference: PO-77",
            "1,000.00 700.00 700.00", "Overdue 700.00 USD", "Not due yet 400.00 USD", "Credits -75.00 USD",
            "Balance 1,025.00 USD", "Open items in EUR", "Balance 300.00 EUR", "DE89 3704 0044 0532 0130 00",
        ):  # fmt: skip
            self.assertIn(words, text)
        self.assertNotIn("Zephyr", text)
        self.assertNotIn("777.77", text)

    def test_the_workbook_has_real_dates_and_numbers_and_no_formulas(self):
        self.move.ref = '=HYPERLINK("http://x.example")'
        self._settle(self.move, 300)
        sheet = self._read_book().worksheets[0]
        header, line, *totals = self._rows(sheet)[5:]
        self.assertEqual(header[:4], ["Number", "Your reference", "Dated", "Due date"])
        self.assertEqual(line[:2], [self.move.name, '=HYPERLINK("http://x.example")'])
        self.assertEqual(sheet.cell(7, 2).data_type, "s")
        self.assertEqual(line[2:5], [self._moment(-50), self._moment(-20), 20])
        self.assertEqual(line[5:], ["USD", 1000, 700, 700, None, None, None])
        self.assertEqual([(row[0], row[7]) for row in totals], [("Overdue", 700), ("Balance", 700)])

    def test_the_workbook_says_what_is_in_question_or_promised_and_where_to_pay(self):
        self.move.partner_bank_id = self.env["res.partner.bank"].create(
            {
                "acc_number": "DE89370400440532013000",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        promised = self._bill(-9, 60)
        self.env["credit.collection.promise"]._make(self.debtor, self._item(promised), 60, self._day(3))
        self.env["credit.collection.dispute"]._open_for(self.debtor, {self._item(self.move): 250}, None, "No")
        header, first, second, *rest = self._rows(self._read_book().worksheets[0])[5:]
        self.assertEqual(header[9:], ["In question", "Promised for", "Notes"])
        self.assertEqual((first[9], second[10]), (250, self._moment(3)))
        self.assertIn("in question", first[11])
        totals = [(row[0], row[7]) for row in rest[:4]]
        self.assertEqual(totals, [("Overdue", 750), ("In question", 250), ("Not asked for now", 60), ("Balance", 1060)])
        self.assertEqual(rest[5][:2], ["Bank account", "DE89 3704 0044 0532 0130 00"])

    def test_each_file_is_called_by_its_period(self):
        self._enter()
        begin = (self._day(0) - relativedelta(months=12)).replace(day=1)
        for path, name in (
            ("/statement/pdf", f"Statement of account {self._day(0)}.pdf"),
            ("/statement/pdf?months=12", f"Statement of account {begin} to {self._day(0)}.pdf"),
            ("/statement/xlsx?months=12", f"Statement of account {begin} to {self._day(0)}.xlsx"),
        ):
            self.assertIn(quote(name), self._get(path).headers["Content-Disposition"])

    def _moment(self, offset):
        return datetime.combine(self._day(offset), datetime.min.time())

    def test_the_bookings_of_a_period_lead_from_one_balance_to_the_other(self):
        old = self._bill(-700, 500)
        self._settle(self.move, 300)
        sheet = self._read_book("/statement/xlsx?months=12")["Movements"]
        rows = self._rows(sheet)[1:]
        self.assertEqual([row[5] for row in rows], [500, 1500, 1200])
        self.assertEqual([tuple(row[3:5]) for row in rows[1:]], [(1000, None), (None, 300)])
        self.assertNotIn(old.name, [row[1] for row in rows])
        marked = self.debtor._mark_page_rows(self.debtor._get_page_items())
        balance = self.debtor._get_page_totals(marked)[self.dollar]["balance"]
        self.assertEqual(rows[-1][5], balance)
        text = self._read_pdf("/statement/pdf?months=12")
        self.assertIn("What was booked since", text)
        self.assertIn("Balance before", text)

    def test_no_day_of_the_pdf_is_written_in_figures(self):
        for number in range(40):
            self._bill(-9, 10 + number)
        for code in ("en_US", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
            debtor = self.debtor.with_context(lang=code)
            text = self._text(debtor.env["report.credit_collection.statement"]._draw(debtor, 12))
            self.assertIn(debtor._format_page_day(self._day(-9)), text)
            self.assertNotRegex(text, r"\d[./-]\d\d?[./-]\d\d")

    def test_what_is_open_is_whole_and_of_many_bookings_the_pdf_has_the_newest(self):
        euro = self._bill(-90, 250, currency_id=self.euro.id)
        self._settle(euro, offset=-80)
        settled = [self._bill(-70 + number, 100 + number) for number in range(6)]
        for move in settled:
            self._settle(move)
        whole = self._read_pdf("/statement/pdf?months=12")
        self.assertIn("Balance before", whole)
        self.assertNotIn("brought forward", whole)
        with patch.object(credit_collection_statement, "MOST_MOVEMENTS", 4):
            text = self._read_pdf("/statement/pdf?months=12")
            groups = self._find_movements(4)
        self.assertNotIn("Balance before", text)
        self.assertIn("those before them are in the balance brought forward", text)
        self.assertIn(self.move.name, text.split("The latest bookings in USD")[0], "what is open is whole")
        self.assertNotIn("The latest bookings in EUR", text, "nothing is left of it")
        (group,) = groups
        self.assertEqual([line["balance"] for line in group["lines"]], [1414, 1312, 1209, 1105, 1000])
        self.assertEqual([line["credited"] for line in group["lines"][1:]], [102, 103, 104, 105])
        sheet = self._read_book("/statement/xlsx?months=12")["Movements"]
        self.assertEqual(len(self._rows(sheet)), 1 + 15 + 2, "the workbook has all, and the openings")

    def _find_movements(self, most=None):
        statement = self.env["report.credit_collection.statement"]
        return statement._get_movements(self.debtor.sudo(), 12, most)

    def test_the_queries_do_not_grow_with_the_bookings(self):
        counts = []
        for __ in range(2):
            for number in range(8):
                self._settle(self._bill(-70 + number, 100 + number))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._find_movements()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], "the first one reads what is kept")

    def test_many_items_go_on_over_pages(self):
        for number in range(40):
            self._bill(-9, 10 + number)
        text = self._read_pdf()
        self.assertIn("· 1/2", text)
        self.assertEqual(text.count("Days late"), 2, "each page has its headings")

    def test_nothing_open_is_said_as_well(self):
        self._settle(self.move)
        self.assertIn("Nothing is open", self._read_pdf())
        self.assertIn("Nothing is open", str(self._rows(self._read_book().worksheets[0])))

    def test_it_writes_nothing(self):
        self._enter()
        for path in ("/statement/pdf", "/statement/xlsx?months=3"):
            with self._unchanged():
                self.assertEqual(self._get(path).status_code, 200)

    def test_odd_wishes_are_answered_plainly(self):
        self._enter()
        for path, code in (
            ("/statement/doc", 404),
            ("/statement/pdf.exe", 404),
            ("/statement/xlsx?months=-3", 200),
            ("/statement/xlsx?months=99999999999", 200),
            ("/statement/xlsx?months=abc", 200),
        ):
            self.assertEqual(self._get(path).status_code, code, path)

    def test_a_collector_gets_it_in_the_customer_s_language_by_a_button(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.contact_id = self.contact
        self.contact.lang = "fr_FR"
        self.collector.password = "collection_collector"
        self.authenticate("collection_collector", "collection_collector")
        action = self.debtor.with_user(self.collector).action_statement_pdf()
        response = self.url_open(action["url"])
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
        self.assertRegex(text, r"1\s000,00")
        self.assertEqual(self.debtor.with_user(self.collector).action_statement_xlsx()["url"][-5:], "/xlsx")
