"""What customers type and upload: amounts and days in their language, files by what is in them."""

import io
import zipfile
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged
from PIL import Image
from werkzeug.datastructures import FileStorage

from ..tools import uploads
from .common import CollectionCommon


def _draw(kind, **options):
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, kind, **options)
    return content.getvalue()


PNG, JPEG = _draw("PNG"), _draw("JPEG")
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8 " + b"\x00" * 20
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20


@tagged("post_install", "-at_install")
class TestPageInput(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["credit.collection.debtor"]._get_or_create(cls.customer, cls.company)
        cls.eur = cls.env.ref("base.EUR")
        for code in ("de_DE", "fr_FR"):
            cls.env["res.lang"]._activate_lang(code)

    def _amount(self, text, lang="en_US", currency=None):
        return self.debtor.with_context(lang=lang)._read_page_amount(text, currency or self.eur)

    def test_amounts_are_read_in_the_visitor_s_language(self):
        cases = [
            ("en_US", {"1,234.50": 1234.5, "1 234.50": 1234.5, "1234.5": 1234.5, "1,234": 1234, "12,50": 12.5}),
            ("de_DE", {"1.234,50": 1234.5, "1.234": 1234, "1234,5 €": 1234.5, "12.50": 12.5, "1.234.567": 1234567}),
            ("fr_FR", {"1 234,50": 1234.5, "1\u202f234,50 €": 1234.5, "EUR 0,01": 0.01, "1.234,50": 1234.5}),
        ]
        for lang, amounts in cases:
            for text, amount in amounts.items():
                with self.subTest(lang, text=text):
                    self.assertEqual(self._amount(text, lang), amount)
        dinar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "TND")])
        self.assertEqual(self._amount("1.234", currency=dinar), 1.234)

    def test_what_is_no_amount_is_refused_in_words(self):
        for text in (
            "",
            "0",
            "0.00",
            "-5",
            "abc",
            "1.234.5",
            "1,23,4.5",
            "1.2345",
            "1e9",
            "nan",
            "٣",
            "9" * 13,
            "1..5",
        ):
            with self.subTest(text), self.assertRaises(UserError):
                self._amount(text)
        with self.assertRaisesRegex(UserError, "greater than zero"):
            self._amount("0")
        with self.assertRaisesRegex(UserError, "1,234.50"):
            self._amount("ten")
        # A German would mean thousands, a Frenchman three decimals, which no euro has.
        with self.assertRaises(UserError):
            self._amount("1.234", "fr_FR")

    def test_days_are_read_as_browsers_send_them_and_as_people_type_them(self):
        self.assertEqual(self.debtor._read_page_day("2026-03-09"), date(2026, 3, 9))
        self.assertEqual(self.debtor.with_context(lang="de_DE")._read_page_day("09.03.2026"), date(2026, 3, 9))
        for text in ("", None, "soon", "2026-02-30", "0001-01-01", "9999-12-31", "2026-03-09T10:00"):
            with self.subTest(text), self.assertRaises(UserError):
                self.debtor._read_page_day(text)

    def _files(self, *files):
        return [FileStorage(io.BytesIO(content), filename=name) for name, content in files]

    def test_a_picture_that_would_take_all_memory_is_refused(self):
        bomb = PNG[:16] + (20000).to_bytes(4, "big") * 2 + PNG[24:]
        with self.assertRaises(UserError):
            self.debtor._read_page_files(self._files(("bomb.png", bomb)))

    def test_files_are_taken_by_what_is_in_them(self):
        good = [("a.pdf", PDF), ("b.PNG", PNG), ("c.jpeg", JPEG), ("d.heic", HEIC), ("e.webp", WEBP)]
        self.assertEqual(self.debtor._read_page_files(self._files(*good)), good)
        text = ("brief.txt", "Grüße <b>, 3 < 4".encode())
        self.assertEqual(self.debtor._read_page_files(self._files(text)), [text])
        self.assertEqual(uploads.get_media_type(JPEG), "image/jpeg")

    def test_files_are_read_again_when_the_request_is_repeated(self):
        files = self._files(("a.pdf", PDF), ("b.png", PNG))
        self.assertEqual(self.debtor._read_page_files(files), self.debtor._read_page_files(files))

    def test_all_else_is_refused(self):
        bad = {
            "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "x.html": b"<!DOCTYPE html><html></html>",
            "y.txt": b"\n <script>alert(1)</script>",
            "z.txt": b"hello <script>alert(1)</script>",
            "run.txt": b"#!/bin/sh\nrm -rf /",
            "x.exe": b"MZ\x90\x00\x03",
            "x.pdf": PNG,
            "y.png": PDF,
            "invoice.pdf.exe": PDF,
            "page.html": PNG,
            "z.pdf": b"%PDF-1.4 <html><body>%%EOF",
            "cut.pdf": b"%PDF-1.4 nothing more",
            "zip.pdf": PDF + self._zip(),
            "word.docx": self._zip(),
            "movie.heic": b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 20,
            "x.ps": b"%!PS-Adobe",
            "x.gif": b"GIF89a",
            "empty.pdf": b"",
            "latin.txt": b"Gr\xfc\xdfe",
        }
        for name, content in bad.items():
            with self.subTest(name), self.assertRaises(UserError) as caught:
                self.debtor._read_page_files(self._files((name, content)))
            self.assertIn(name, str(caught.exception))

    def _zip(self):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("x.class", "x")
        return target.getvalue()

    def test_size_and_number_are_limited(self):
        large = PDF + b" " * uploads.MOST_BYTES
        with self.assertRaisesRegex(UserError, "larger than 10 MB"):
            self.debtor._read_page_files(self._files(("large.pdf", large)))
        exact = PDF + b" " * (uploads.MOST_BYTES - len(PDF))
        self.assertEqual(len(self.debtor._read_page_files(self._files(("exact.pdf", exact)))), 1)
        with self.assertRaisesRegex(UserError, "5 files at most"):
            self.debtor._read_page_files(self._files(*[(f"{n}.pdf", PDF) for n in range(6)]))

    def test_names_are_cleaned_and_unused_fields_left_out(self):
        names = {
            "../../etc/passwd.pdf": "passwd.pdf",
            "C:\\fakepath\\proof.pdf": "proof.pdf",
            "pro\u202eof\x00.pdf": "proof.pdf",
            'a<b>"c".pdf': "a b c .pdf",
            "scan": "scan.pdf",
            ".pdf": "pdf.pdf",
        }
        for name, clean in names.items():
            with self.subTest(name):
                self.assertEqual(self.debtor._read_page_files(self._files((name, PDF))), [(clean, PDF)])
        self.assertEqual(self.debtor._read_page_files([*self._files(("", b"")), "", None]), [])
