"""Letters as the post gets them: drawn by a real wkhtmltopdf, measured in millimetres."""

import html
import re
import subprocess
from itertools import pairwise
from unittest.mock import patch

from markupsafe import Markup
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import pdf
from .common import DAY, CollectionCommon

DATE = "2026-04-10"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
WINDOWS = {"left": (20, 45, 105, 90), "right": (110, 50, 195, 90)}
"""Left, top, right and bottom in mm: DIN 5008 form B, and what French envelopes show at the right."""
NEUTRAL = 97
"""Above this, on the first page, nothing may speak of money."""
MONEY = r"€|\$|[0-9]\.[0-9]{2}|(?i:invoice|amount|due|late|pay|notice|remind|overdue|open)"


def words_of(document):
    """Return ``(page, word, left, top, right, bottom)`` of each word, in millimetres."""
    command = ["pdftotext", "-bbox", "-", "-"]
    answer = subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode()
    words, page = [], 0
    for row in answer.splitlines():
        page += "<page " in row
        if match := re.search(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*)</word>', row):
            words.append((page, html.unescape(match[5]), *(float(points) * 25.4 / 72 for points in match.groups()[:4])))
    return words


def pages_of(document):
    """Return the text of each page with single spaces, as a reader reads it."""
    command = ["pdftotext", "-layout", "-", "-"]
    answer = subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode()
    return [" ".join(page.split()) for page in answer.split("\f")[:-1]]


def text_of(document):
    return "\n".join(pages_of(document))


@tagged("post_install", "-at_install")
class TestLetter(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_company()
        cls.person = cls._set_up_customer()
        cls.moves = [
            cls._new_invoice("2026-03-01", 1250.5, ref="PO-77", partner_bank_id=cls.bank.id),
            cls._new_invoice("2026-03-05", 4200, partner_bank_id=cls.bank.id),
        ]
        cls.german = cls._new_customer(
            "Müller & Söhne <Süd> GmbH", street="Große Straße 7", zip="10115", city="Berlin",
            country_id=cls.env.ref("base.de").id, vat="DE136695976", collection_kind="business",
        )  # fmt: skip
        cls._new_invoice("2026-03-01", 999, partner=cls.german, partner_bank_id=cls.bank.id)
        cls.large = cls._new_customer("Large Ltd", street="1 Long Road", city="London", zip="N1")
        cls.many = [
            cls._new_invoice("2026-03-01", 100 + number, partner=cls.large, partner_bank_id=cls.bank.id)
            for number in range(60)
        ]
        cls.scenario.step_ids[0].unlink()
        cls.env.flush_all()
        run = cls.env["credit.collection.run"].with_user(cls.manager)._plan(cls.company, DAY(DATE)).sudo()
        cls.actions = {action.debtor_id.partner_id: action for action in run.action_ids}
        cls.firm, cls.formal = cls.actions[cls.customer], cls.actions[cls.german]
        cls.letters = {
            "left": cls._print(cls.firm, "left"),
            "right": cls._print(cls.firm, "right"),
            "long": cls._print(cls.actions[cls.large], "left"),
        }
        cls.formal.write({"tone": "formal", "notice_number": "FN/2026/0007", "deadline": DAY("2026-04-25")})
        cls.formal.step_id.registered = True
        cls.letters["formal"] = cls._print(cls.formal, "left")

    @classmethod
    def _set_up_company(cls):
        cls.company.write(
            {
                "name": "Atelier Beaumont",
                "street": "12 rue des Tanneurs",
                "zip": "69002",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "phone": "+33 4 72 00 11 22",
                "website": "https://beaumont.example",
                "vat": "FR23334175221",
                "company_registry": "33417522101010",
            }
        )
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": IBAN.replace(" ", ""), "partner_id": cls.company.partner_id.id}
        )

    @classmethod
    def _set_up_customer(cls):
        address = {
            "street": "14 route de l’Étoile", "zip": "67000", "city": "Strasbourg",
            "country_id": cls.env.ref("base.fr").id,
        }  # fmt: skip
        cls.customer.write({**address, "ref": "C-10442"})
        return cls.env["res.partner"].create(
            {
                **address,
                "name": "Françoise Lefêvre",
                "parent_id": cls.customer.id,
                "type": "invoice",
                "email": "francoise@albatros.example",
            }
        )

    @classmethod
    def _print(cls, action, window, user=None, lang="en_US", text=None):
        action = action.with_user(user or cls.collector).with_context(lang=lang, collection_date=DAY(DATE))
        cls.company.collection_window = window
        values = action._get_text_values(action.env["credit.collection.channel.letter"])
        subject, body = action.template_id._render(values)
        return action.env["credit.collection.letter"]._print(action, subject, text or body, values)

    def _values(self, action):
        return action.with_context(collection_date=DAY(DATE))._get_text_values()

    # === WHAT IT SAYS === #

    def test_a_letter_says_who_owes_what_to_whom_and_by_when(self):
        text = text_of(self.letters["left"])
        for words in (
            "Albatros SARL",
            "Attn. Françoise Lefêvre",
            "14 route de l’Étoile",
            "67000 Strasbourg",
            "C-10442",
            "Lyon, April 10, 2026",
            *(move.name for move in self.moves),
            "PO-77",
            "1,250.50",
            "4,200.00",
            "5,450.50",
            IBAN,
            "Please pay $ 5,450.50 by April 17, 2026",
            "Collector",
            "+33 1 23 45 67 89",
        ):
            self.assertIn(words, text)

    def test_the_letterhead_and_the_register_are_ours(self):
        text = text_of(self.letters["left"])
        for words in ("12 rue des Tanneurs, 69002 Lyon", "+33 4 72 00 11 22", "books@company.example", "FR23334175221",
                      "33417522101010", "https://beaumont.example"):  # fmt: skip
            self.assertIn(words, text)

    def test_only_accounts_that_are_on_the_invoices_are_printed(self):
        other = self.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": self.company.partner_id.id}
        )
        letter = self.env["credit.collection.letter"]
        payment = letter._prepare_payment(self.firm, self._values(self.firm))
        self.assertEqual([account["number"] for account in payment["accounts"]], [IBAN])
        self.moves[1].partner_bank_id = other
        payment = letter._prepare_payment(self.firm, self._values(self.firm))
        self.assertEqual(
            {account["number"]: account["invoices"] for account in payment["accounts"]},
            {IBAN: self.moves[0].name, "DE89 3704 0044 0532 0130 00": self.moves[1].name},
        )

    def test_one_invoice_is_paid_by_its_own_reference_and_by_a_code_where_core_makes_one(self):
        image = "data:image/png;base64,AAAA"
        with patch.object(
            self.env.registry["res.partner.bank"], "build_qr_code_base64", autospec=True, return_value=image
        ) as build:
            letter = self.env["credit.collection.letter"]
            payment = letter._prepare_payment(self.formal, self._values(self.formal))
            self.assertEqual(payment["code"], image)
            self.assertEqual(build.call_args.args[1:3], (999.0, payment["reference"]))
            several = letter._prepare_payment(self.firm, self._values(self.firm))
        self.assertEqual((several["code"], several["reference"]), (False, False))
        self.assertEqual(payment["reference"], self.formal.line_ids.move_id.payment_reference)

    def test_what_is_covered_disputed_or_only_shown_is_marked(self):
        first, second = self.firm.line_ids
        first.sudo().write({"covered": 50.5, "amount": 1200})
        second.sudo().write({"disputed": 200, "amount": 4000, "step_id": False})
        text = text_of(self._print(self.firm, "left"))
        for words in ("Your credit of", "is taken off", "is being looked into and not asked for", "Reminded separately",
                      "Total of all open invoices", "5,200.00", "Asked for with this letter", "1,200.00"):  # fmt: skip
            self.assertIn(words, text)

    def test_special_characters_come_out_as_they_are(self):
        self.assertIn("Müller & Söhne <Süd> GmbH", text_of(self.letters["formal"]))
        self.assertIn("Große Straße 7", text_of(self.letters["formal"]))
        text = text_of(self._print(self.firm, "left", text=Markup("<p>Reçu &lt;hier&gt; : être &amp; ß, 12 €</p>")))
        self.assertIn("Reçu <hier> : être & ß, 12 €", text)

    def test_the_fixed_words_are_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        view = self.env.ref("credit_collection.letter")
        view.update_field_translations("arch_db", {"fr_FR": {"Yours sincerely,": "Salutations distinguées,"}})
        text = text_of(self._print(self.firm, "right", lang="fr_FR"))
        self.assertIn("Salutations distinguées,", text)
        self.assertIn("10 avril 2026", text)

    # === FORMAL NOTICE === #

    def test_a_formal_notice_has_its_number_its_words_and_both_parties(self):
        text = text_of(self.letters["formal"]).replace(" ,", ",")
        for words in (
            "Formal notice no. FN/2026/0007",
            "by April 25, 2026",
            "By registered letter with acknowledgement of receipt",
            "Creditor Atelier Beaumont, 12 rue des Tanneurs",
            "Debtor Müller & Söhne <Süd> GmbH, Große Straße 7",
            "DE136695976",
        ):
            self.assertIn(words, text)
        self.assertNotIn("or you need time?", text)

    def test_a_notice_without_number_does_not_make_one_up(self):
        self.formal.notice_number = False
        self.assertIn("Formal notice no. (number given when it is issued)", text_of(self._print(self.formal, "left")))

    def test_only_a_formal_notice_calls_itself_one(self):
        text = text_of(self.letters["left"])
        for words in ("Formal notice", "registered", "Creditor"):
            self.assertNotIn(words, text)

    # === WINDOW === #

    def test_the_window_shows_the_address_and_nothing_else(self):
        expected = "Atelier Beaumont · 12 rue des Tanneurs · 69002 Lyon Albatros SARL Attn. Françoise Lefêvre"
        for side, (left, top, right, bottom) in WINDOWS.items():
            with self.subTest(side):
                words = [word for word in words_of(self.letters[side]) if word[0] == 1]
                inside = [
                    word for word in words
                    if word[2] < right and word[4] > left and word[3] < bottom and word[5] > top
                ]  # fmt: skip
                shown = " ".join(word[1] for word in inside)
                self.assertEqual(shown, f"{expected} 14 route de l’Étoile 67000 Strasbourg")
                for word in inside:
                    self.assertTrue(
                        left + 2 <= word[2] and word[4] <= right - 2 and top + 1 <= word[3] and word[5] <= bottom - 1,
                        word,
                    )

    def test_nothing_that_may_slip_into_the_window_speaks_of_money(self):
        for name, letter in self.letters.items():
            head = " ".join(word[1] for word in words_of(letter) if word[0] == 1 and word[3] < NEUTRAL)
            self.assertIn("Lyon", head)
            self.assertFalse(re.findall(MONEY, head), name)

    def test_an_address_abroad_ends_with_its_country_in_capitals(self):
        rows = self.env["credit.collection.letter"]._get_recipient(self.german, self.company)
        self.assertEqual(rows, ["Müller & Söhne <Süd> GmbH", "Große Straße 7", "10115 Berlin", "GERMANY"])

    def test_a_long_address_stays_inside_the_window(self):
        self.person.write({"name": "Dr. Marie-Françoise de La Rochefoucauld-Montmorency", "street2": "Bâtiment C"})
        self.customer.name = "Société générale de construction et de travaux publics d’Alsace"
        self.customer.country_id = self.person.country_id = self.env.ref("base.lu")
        for side, (left, top, right, bottom) in WINDOWS.items():
            words = words_of(self._print(self.firm, side))
            country = next(word for word in words if word[1] == "LUXEMBOURG")
            self.assertTrue(left < country[2] and country[4] < right and top < country[3], country)
            self.assertLess(country[5], bottom)

    def test_the_window_is_at_the_right_in_france(self):
        letter = self.env["credit.collection.letter"]
        self.company.collection_window = False
        self.assertEqual(letter._get_window(self.company), "right")
        self.company.country_id = self.env.ref("base.de")
        self.assertEqual(letter._get_window(self.company), "left")
        self.company.collection_window = "right"
        self.assertEqual(letter._get_window(self.company), "right")

    # === LONG LETTERS === #

    def test_sixty_invoices_are_each_there_once_under_a_heading_on_each_page(self):
        pages = pages_of(self.letters["long"])
        self.assertGreater(len(pages), 1)
        text = " ".join(pages)
        for move in self.many:
            self.assertEqual(len(re.findall(rf"{re.escape(move.name)}(?!\d)", text)), 1, move.name)
        with_lines = [page for page in pages if re.search(r"INV/2026/\d+", page)]
        self.assertGreater(len(with_lines), 1)
        for page in with_lines:
            self.assertEqual(page.count("Days late"), 1)
        self.assertEqual([page.count("Your contact") for page in pages], [1] + [0] * (len(pages) - 1))

    def test_payment_and_signature_stand_together_at_the_end(self):
        pages = pages_of(self.letters["long"])
        self.assertRegex(pages[-1], "Please pay .*Yours sincerely, Collector .*VAT: FR23334175221")
        self.assertNotIn("@@", " ".join(pages), "what was put in for measuring")

    def test_a_letter_that_is_a_little_too_long_is_set_tighter(self):
        Letter = self.env.registry["credit.collection.letter"]
        for sentences, pages, tried in (
            (20, 1, [False]),
            (52, 1, [False, True]),
            (150, 2, [False, True] + [False] * 2),
        ):
            text = Markup("<p>%s</p>") % " ".join(["A sentence that takes its place."] * sentences)
            with patch.object(Letter, "_draw", autospec=True, side_effect=Letter._draw) as draw:
                letter = self._print(self.firm, "left", text=text)
            self.assertEqual([call.args[1]["tight"] for call in draw.call_args_list], tried)
            self.assertEqual(len(pages_of(letter)), pages)

    def test_the_pages_of_a_long_letter_are_numbered(self):
        letter = self.letters["long"]
        total = len(pages_of(letter))
        for number, page in enumerate(pages_of(letter), 1):
            self.assertRegex(page, rf"-{self.actions[self.large].id} · {number}/{total}")
        self.assertEqual(len(pages_of(self.letters["left"])), 1)
        self.assertNotIn("1/1", text_of(self.letters["left"]))

    def test_no_row_is_cut(self):
        tops = {}
        for page, word, __, top, __, bottom in words_of(self.letters["long"]):
            if word.startswith("INV/"):
                tops.setdefault(page, []).append(round(top, 1))
                self.assertTrue(15 <= top and bottom <= 297 - 15, word)
        for page, places in tops.items():
            steps = [below - above for above, below in pairwise(places)] or [0]
            self.assertLess(max(steps) - min(steps), 1, f"uneven rows on page {page}: {steps}")

    def test_what_is_too_wide_does_not_shrink_the_letter(self):
        text = Markup("<p>%s</p><table><tr>%s</tr></table>") % ("W" * 300, Markup("<td>wide-wide</td>") * 40)
        words = words_of(self._print(self.firm, "left", text=text))
        recipient = next(word for word in words if word[1] == "Albatros" and word[2] < 100)
        same = next(word for word in words_of(self.letters["left"]) if word[1] == "Albatros" and word[2] < 100)
        self.assertEqual([round(place) for place in recipient[2:]], [round(place) for place in same[2:]])

    # === PRINTING === #

    def test_fifty_letters_become_one_document_in_order_and_the_same_one_each_time(self):
        letters = [*self.letters.values(), self._print(self.formal, "right")] * 10
        counts = [pdf.count_pages(letter) for letter in letters]
        document = pdf.merge(letters)
        self.assertEqual(document, pdf.merge(letters))
        pages = pages_of(document)
        self.assertEqual(len(pages), sum(counts))
        self.assertEqual(
            ["Formal notice no." in page for page in pages],
            ["Formal notice no." in page for letter in letters for page in pages_of(letter)],
        )

    def test_on_both_sides_of_the_paper_each_letter_begins_on_a_sheet_of_its_own(self):
        letters = [self.letters["left"], self.letters["long"], self.letters["formal"]]
        pages = pages_of(pdf.merge(letters, duplex=True))
        first = [number for number, page in enumerate(pages) if "Our reference" in page]
        self.assertEqual([number % 2 for number in first], [0, 0, 0])
        self.assertFalse(pages[1])

    def test_the_paper_is_that_of_the_company(self):
        letter = self.env["credit.collection.letter"]
        self.assertEqual(letter._get_paper(self.company).format, "A4")
        self.company.paperformat_id = self.env.ref("base.paperformat_us")
        self.assertEqual(letter._get_paper(self.company).format, "Letter")

    # === WHAT IS MISSING === #

    def test_a_missing_street_is_a_clear_error(self):
        self.person.street = False
        with self.assertRaisesRegex(UserError, "Françoise Lefêvre.*: Street"):
            self._print(self.firm, "left")

    def test_a_missing_address_of_ours_is_a_clear_error(self):
        self.company.write({"street": False, "city": False})
        with self.assertRaisesRegex(UserError, "Atelier Beaumont: Street, City"):
            self._print(self.firm, "left")
