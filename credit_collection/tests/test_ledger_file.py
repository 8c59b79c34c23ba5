"""Ledger files: what other software writes is understood, what we write reads back as it was, memory stays bounded."""

import datetime
import io
import random
import tempfile
import tracemalloc
from decimal import Decimal

import openpyxl
from odoo.addons.credit_collection.tools import ledger_file, ledger_shape
from odoo.tests import TransactionCase, tagged

# The headers and rows of a public sample of late payments.
SAMPLE = """\
countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill
391,0379-NEVHP,4/6/2013,0000611365,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper
406,8976-AMJEO,3/3/2012,0007900770,1/26/2013,2/25/2013,61.74,Yes,3/3/2013,Electronic
"""
SIGNS = "=+-@'\t\r\n\",;| éß€漢😀\u00a0\u2028\x7f\x01_x0041_&<>09a"


@tagged("post_install", "-at_install")
class TestLedgerFile(TransactionCase):
    def _read(self, content, name="ledger.csv"):
        if isinstance(content, str):
            content = content.encode()
        return list(ledger_file.open_rows(io.BytesIO(content), name))

    def _xlsx(self, *rows, formats=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cell, number_format in formats:
            book.active[cell].number_format = number_format
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _code(self, content):
        with self.assertRaises(ledger_shape.ShapeError) as caught:
            self._read(content)
        self.assertTrue(str(caught.exception))
        return caught.exception.code

    # === OTHER SOFTWARE'S FILES === #

    def test_a_sample_ledger_is_understood_by_its_headers_and_values(self):
        rows = [row for __, row in self._read(SAMPLE)]
        mapping = ledger_shape.guess_mapping(rows[0], rows)
        self.assertNotIn("country", mapping, "391 is no country")
        self.assertEqual(mapping["settled_date"], "SettledDate")
        dates = [row[header] for row in rows for header in ("InvoiceDate", "DueDate", "SettledDate", "InvoiceAmount")]
        formats = ledger_shape.guess_formats(dates)
        self.assertEqual(formats, ("mdy", "."))
        values = {name: ledger_shape.parse(name, rows[1][header], *formats) for name, header in mapping.items()}
        self.assertEqual(
            values,
            {
                "customer_ref": "8976-AMJEO",
                "number": "0007900770",
                "invoice_date": datetime.date(2013, 1, 26),
                "due_date": datetime.date(2013, 2, 25),
                "amount": Decimal("61.74"),
                "disputed": ledger_shape.WHOLE,
                "settled_date": datetime.date(2013, 3, 3),
                "delivered": "electronic",
            },
        )

    def test_encodings_and_delimiters_are_found(self):
        table = "Numéro;Échéance;Montant\r\nF1;31/12/2025;1 234,50\r\n"
        expected = [(2, {"Numéro": "F1", "Échéance": "31/12/2025", "Montant": "1 234,50"})]
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"):
            for delimiter in ";\t|":
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    self.assertEqual(self._read(table.replace(";", delimiter).encode(encoding)), expected)

    def test_a_letter_that_is_not_utf8_far_down_does_not_spoil_the_file(self):
        content = b"ref,name\n" + b"1,plain\n" * 20000 + "2,Müller\n".encode("cp1252")
        self.assertEqual(self._read(content)[-1], (20002, {"ref": "2", "name": "Müller"}))

    def test_lines_are_counted_as_an_editor_counts_them(self):
        rows = self._read('\nref,name\n1,"two\nlines"\n\n,\n2,last\n')
        self.assertEqual([line for line, __ in rows], [3, 7])

    def test_cells_that_are_missing_are_empty_and_those_too_many_are_told(self):
        rows = self._read("ref,name\n1\n2,Dupont, fils\n")
        self.assertEqual(
            [row for __, row in rows], [{"ref": "1", "name": ""}, {"ref": "2", "name": "Dupont", None: " fils"}]
        )

    def test_headers_that_are_double_or_empty_can_be_told_apart(self):
        self.assertEqual(
            ledger_file.headers(io.BytesIO(b"Date,Date,,Amount,,\n1,2,3,4,5,6\n")),
            ["Date", "Date (2)", "(3)", "Amount"],
        )

    def test_spreadsheets_keep_their_types(self):
        content = self._xlsx(
            ["no", "date", "amount", "flag", "float"],
            [611365, datetime.datetime(2026, 2, 1), 1.234, True, 0.1 + 0.2],
            [None, "31.12.2025", "1.234", None, 1e-7],
            formats=[("A2", "0000000000")],
        )
        first, second = (row for __, row in self._read(content, "ledger.xlsx"))
        self.assertEqual(
            first, {"no": "0000611365", "date": "2026-02-01", "amount": "1.234", "flag": "yes", "float": "0.3"}
        )
        self.assertEqual(second, {"no": "", "date": "31.12.2025", "amount": "1.234", "flag": "", "float": "0.0000001"})
        amounts = [ledger_shape.parse("amount", row["amount"], "dmy", ",") for row in (first, second)]
        self.assertEqual(amounts, [Decimal("1.234"), Decimal(1234)], "a number is no text")

    def test_what_is_no_ledger_says_so(self):
        self.assertEqual(self._code(b""), "file_empty")
        self.assertEqual(self._code(b"\n\n"), "file_empty")
        self.assertEqual(self._code(b"%PDF-1.7 ..."), "file_kind")
        self.assertEqual(self._code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"), "file_kind")
        self.assertEqual(self._code(b"PK\x03\x04 not a spreadsheet"), "file_broken")
        self.assertEqual(self._code(b"name\n\x81"), "file_encoding")
        self.assertEqual(self._code(self._xlsx(["ref", "name"], ["1", "x"])[:-40]), "file_broken")

    def test_a_delimiter_unlike_the_decimals_is_no_reason_to_guess(self):
        for text in ("1,50", "1.2.3", "12 34", "one", "1e5", "--3", "10 % of 5", "1234,567.00"):
            with self.subTest(text=text), self.assertRaises(ledger_shape.ShapeError):
                ledger_shape.parse("amount", text)
        for text in ("31/4/2026", "13/13/2026", "1/2", "0/1/2026", "2026", "1/2/202"):
            with self.subTest(text=text), self.assertRaises(ledger_shape.ShapeError):
                ledger_shape.parse("due_date", text, "dmy")

    # === THERE AND BACK === #

    def _random_row(self, rng):
        def text():
            return ledger_shape.clean("".join(rng.choices(SIGNS, k=rng.randint(0, 8))))

        row = {"customer_ref": text() or "x", "customer_name": text(), "memo": text(), "number": text()}
        row["record"] = rng.choice(ledger_shape.RECORDS)
        for name in ("amount", "residual", "disputed"):
            value = Decimal(rng.randrange(10 ** rng.randint(1, 17))).scaleb(-rng.randint(0, 6))
            row[name] = ledger_shape.format(name, value)
        for name in ("due_date", "hold_until"):
            row[name] = rng.choice(("1899-12-31", "1900-02-28", "2026-02-28", "9999-12-31"))
        row["level"] = str(rng.randrange(9))
        return {name: row.get(name, "") for name in ledger_shape.COLUMNS}

    def _canonical(self, row):
        """What a reader makes of the texts, whatever it takes for the formats."""
        return {
            name: ledger_shape.format(name, ledger_shape.parse(name, text, "dmy", "."))
            for name, text in row.items()
            if name in ("amount", "residual", "disputed", "due_date", "hold_until")
        }

    def test_what_is_written_reads_back_as_it_was(self):
        rng = random.Random(4)
        rows = [self._random_row(rng) for __ in range(400)]
        for write, name in ((ledger_file.write_csv, "a.csv"), (ledger_file.write_xlsx, "a.xlsx")):
            with self.subTest(name=name):
                rows[0]["memo"] = "_x0041_ _x000D_ a_x005F_b"
                stream = io.BytesIO()
                write(stream, rows)
                back = [row for __, row in ledger_file.open_rows(stream, name)]
                for row, again in zip(rows, back, strict=True):
                    self.assertEqual({**row, **self._canonical(row)}, {**again, **self._canonical(again)})

    def test_the_same_rows_make_the_same_bytes(self):
        rng = random.Random(5)
        rows = [self._random_row(rng) for __ in range(20)]
        for write in (ledger_file.write_csv, ledger_file.write_xlsx):
            files = [io.BytesIO(), io.BytesIO()]
            for stream in files:
                write(stream, rows)
            self.assertEqual(*(stream.getvalue() for stream in files))

    def test_no_cell_becomes_a_formula(self):
        row = {"record": "customer", "customer_ref": "=1+1", "memo": "@SUM(A1)", "customer_name": "http://a.example"}
        stream = io.BytesIO()
        ledger_file.write_csv(stream, [row])
        self.assertIn("'=1+1", stream.getvalue().decode("utf-8-sig"))
        stream = io.BytesIO()
        ledger_file.write_xlsx(stream, [row])
        cells = [cell for cell in openpyxl.load_workbook(stream).active[2] if cell.value]
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        self.assertFalse([cell for cell in cells if cell.hyperlink])

    def test_memory_does_not_grow_with_the_file(self):
        for write in (ledger_file.write_csv, ledger_file.write_xlsx):
            peaks = [self._measure(write, count) for count in (500, 5000)]
            with self.subTest(write=write.__name__):
                self.assertLess(peaks[1], peaks[0] + 1_000_000)

    def _measure(self, write, count):
        """Return the most bytes held while ``count`` rows are written and read again."""
        rows = (
            {"record": "invoice", "customer_ref": f"C{number}", "amount": f"{number}.00", "due_date": "2026-05-12"}
            for number in range(1, count + 1)
        )
        with tempfile.TemporaryFile() as stream:
            tracemalloc.start()
            try:
                write(stream, rows)
                self.assertEqual(sum(1 for __ in ledger_file.open_rows(stream)), count)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
