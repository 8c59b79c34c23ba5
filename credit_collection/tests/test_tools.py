"""The trickier rules of the plain-Python tools; their simple examples stand in their docstrings."""

from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import html2plaintext

from ..tools import keywords, phones, sms_text, tabular, threats


@tagged("post_install", "-at_install")
class TestSmsText(BaseCase):
    def test_an_escaped_character_moves_to_the_next_part_as_a_whole(self):
        whole = sms_text.measure("x" * 151 + "€" + "x" * 153)
        self.assertEqual((whole.units, whole.parts), (306, 2))
        moved = sms_text.measure("x" * 152 + "€" + "x" * 152)
        self.assertEqual((moved.units, moved.parts), (306, 3))

    def test_a_surrogate_pair_moves_to_the_next_part_as_a_whole(self):
        whole = sms_text.measure("ç" + "x" * 64 + "🙂" + "x" * 67)
        self.assertEqual((whole.units, whole.parts), (134, 2))
        moved = sms_text.measure("ç" + "x" * 65 + "🙂" + "x" * 66)
        self.assertEqual((moved.units, moved.parts), (134, 3))

    def test_one_part_holds_160_septets_or_70_code_units(self):
        for text in ("x" * 160, "€" * 80, "ê" * 70, "🙂" * 35):
            with self.subTest(text[0]):
                self.assertEqual(sms_text.measure(text).parts, 1)
                self.assertEqual(sms_text.measure(text + "x").parts, 2)
        self.assertEqual(sms_text.measure("").parts, 0)

    def test_capital_c_cedilla_is_cheap_and_the_small_one_is_not(self):
        self.assertEqual(sms_text.measure("ÇA").encoding, "GSM-7")
        self.assertEqual(sms_text.measure("ça, bientôt, ça").forcing, ("ç", "ô"))

    def test_an_amount_with_no_break_spaces_costs_nothing_once_plain(self):
        amount = "1\u202f234,50\u00a0€ – l’échéance"
        self.assertEqual(sms_text.measure(amount).encoding, "UCS-2")
        self.assertEqual(sms_text.measure(sms_text.plain(amount)).encoding, "GSM-7")
        self.assertEqual(sms_text.plain("Łódź, Çağla"), "Łódź, Çağla")


@tagged("post_install", "-at_install")
class TestPhones(BaseCase):
    def test_text_messages_go_to_mobiles_and_to_what_may_be_one(self):
        kinds = {number: phones.kind_of(number) for number in ("+41791234567", "+16135550123", "+4930123456", "+99")}
        self.assertEqual(list(kinds.values()), ["mobile", "either", "fixed", ""])
        self.assertEqual([phones.takes_sms(number) for number in kinds], [True, True, False, False])

    def test_what_is_no_number_becomes_nothing(self):
        for number in ("", None, "n/a", "0", "+33 6"):
            with self.subTest(number):
                self.assertEqual(phones.normalise(number, "FR"), "")


@tagged("post_install", "-at_install")
class TestKeywords(BaseCase):
    rules = [
        keywords.Rule("paid", "en", "paid", unless_negated=True),
        keywords.Rule("paid", "fr", "payé*", unless_negated=True),
        keywords.Rule("paid", "de", "bezahlt", unless_negated=True),
        keywords.Rule("wrong", "en", "not … ordered"),
        keywords.Rule("wrong", "fr", "pas conforme*"),
        keywords.Rule("wrong", "de", "falsch* … rechnung*"),
    ]

    def _codes(self, text, language=""):
        return [found.code for found in keywords.suggest(text, self.rules, language)]

    def test_what_is_negated_does_not_count(self):
        for text in (
            "We have not paid.", "It hasn’t been paid.", "It has not yet been paid", "Nous n'avons pas encore payé.",
            "Cette facture n’a jamais été PAYÉE", "Wir haben noch nicht bezahlt.", "Es wurde keine Rechnung bezahlt",
        ):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(self._codes(text), [])

    def test_a_negation_of_something_else_does_not_hinder(self):
        for text in (
            "No, it is paid.", "Invoice no 4512 was paid", "Not received, but paid on Monday",
            "Pas de souci : c'est payé", "Das kann nicht sein: die Rechnung ist längst bezahlt",
            "We did not see that. Paid!",
            "I do not think that we owe anything, this was paid", "We do not see it as owed since paid",
        ):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(self._codes(text), ["paid"])

    def test_the_first_per_code_counts_in_the_order_of_the_text(self):
        text = "Das ist die falsche, uns unbekannte Rechnung. Wir haben schon bezahlt. La facture est payée."
        found = keywords.suggest(text, self.rules)
        self.assertEqual([hit.code for hit in found], ["wrong", "paid"])
        self.assertEqual(found[0].words, ("falsche", "Rechnung"))
        self.assertEqual(found[1].sentence, "Wir haben schon bezahlt.")
        self.assertEqual([hit.words for hit in keywords.suggest(text, self.rules, "fr_FR")], [("payée",)])

    def test_accents_count_for_nothing_however_they_are_written(self):
        found = keywords.suggest("Elle est deja PAYEE.\n\nPaye\u0301e hier.", self.rules)
        self.assertEqual([(hit.sentence, hit.words) for hit in found], [("Elle est deja PAYEE.", ("PAYEE",))])

    def test_more_than_six_words_in_between_are_too_many(self):
        self.assertEqual(self._codes("not 1 2 3 4 5 6 ordered"), ["wrong"])
        self.assertEqual(self._codes("not 1 2 3 4 5 6 7 ordered"), [])
        self.assertEqual(self._codes("Not now. I ordered"), [])

    def test_a_hostile_text_takes_no_longer_than_another(self):
        pattern = keywords.Rule("slow", "", "a* … a* … a* … *b")
        for text in ("a ", ".", "1. ", "next ", "12/", "your ", "end of the ", "\n", " "):
            with self.subTest(text):
                started = datetime.now()
                self.assertEqual(keywords.suggest(text * 50_000, [pattern]), [])
                self.assertEqual(keywords.dates_in(text * 50_000, date(2026, 5, 12), "en_US"), [])
                self.assertEqual(threats.found(text * 50_000, "", formal=False), [])
                self.assertLess(datetime.now() - started, timedelta(seconds=3))

    def test_patterns_that_cannot_be_read_are_refused(self):
        for pattern in ("", "…", "*", "pa*id", "a … b … c … d … e", " ".join("abcdefghijklm")):
            with self.subTest(pattern), self.assertRaises(ValueError):
                keywords.parse(pattern)

    def test_promised_dates_are_found_in_three_languages(self):
        today = date(2026, 5, 12)  # a Tuesday
        for language, text, expected in [
            ("en_GB", "We will pay on Friday.", ["05-15"]),
            ("en_GB", "Last Friday, on Fridays, on Friday 29 May, pays monday 2pm", ["05-29", "05-18"]),
            ("en_GB", "next week, no: Thursday next week", ["05-22", "05-21"]),
            ("en_GB", "on 12/06 or June 13th, 2026, or by the end of next month", ["06-12", "06-13", "06-30"]),
            ("en_US", "on 06/12", ["06-12"]),
            ("en_GB", "The total is 12.05. Invoice INV/26/05/0012, open 24/7", []),
            ("fr_FR", "Virement le 1er juin, au plus tard vendredi", ["06-01", "05-15"]),
            ("fr_FR", "fin du mois, sinon la semaine prochaine ou après-demain", ["05-31", "05-22", "05-14"]),
            ("fr_FR", "payé le 11/05, vendredi dernier", []),
            ("de_DE", "Guten Morgen, wir zahlen am 12.06., spätestens Ende Juni", ["06-12", "06-30"]),
            ("de_DE", "bis Freitag, 29. Mai; nächste Woche Mittwoch; übermorgen", ["05-29", "05-20", "05-14"]),
            ("de_DE", "am 12.05.2025 und am 30.02.", []),
            ("en_GB", "on 09/09 and on 10/09/2026", ["09-09"]),
        ]:
            with self.subTest(text):
                found = [day.strftime("%m-%d") for day, __ in keywords.dates_in(text, today, language)]
                self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
class TestThreats(TransactionCase):
    def test_no_shipped_text_threatens(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "credit_collection"), ("model", "=", "credit.collection.template")]
        )
        texts = self.env["credit.collection.template"].browse(data.mapped("res_id"))
        self.assertTrue(texts)
        for text in texts.with_context(lang="en_US"):
            with self.subTest(text.name):
                words = f"{text.subject or ''}\n{html2plaintext(text.body or '')}"
                self.assertEqual(threats.found(words, "en_US", text.tone == "formal"), [])

    def test_french_and_german_words_that_only_look_alike_pass(self):
        for language, text in [
            ("fr_FR", "Malgré nos messages, 10 € restent en cours, y compris des pénalités et de l'indemnité prévues."),
            ("fr_FR", "À court terme, une erreur de saisie ; votre police d'assurance est bien arrivée chez vous."),
            ("de_DE", "Die Nachricht ist an Sie gerichtet; Berichte, Unterricht, Pfandflaschen, nach Ihrem Bericht."),
            ("de_DE", "Trotz unserer Nachrichten ist der Betrag offen, auch Verzugszinsen nach § 288 BGB."),
            ("en_GB", "This is the last reminder; a credit note will be issued. A courtesy; visit our home page."),
            ("es_ES", "Le rogamos que pague antes del 12 de mayo."),
        ]:
            with self.subTest(text):
                self.assertEqual(threats.found(text, language, formal=False), [])

    def test_legal_steps_are_for_formal_texts_and_exposure_is_for_none(self):
        for language, text, firm, formal in [
            ("en_GB", "court bailiff; your neighbours", ["court", "bailiff", "neighbours"], ["neighbours"]),
            ("fr_FR", "Mise\nen demeure, votre employeur", ["Mise\nen demeure", "employeur"], ["employeur"]),
            ("de_DE", "rechtliche Schritte, Schufa", ["rechtliche Schritte", "Schufa"], ["Schufa"]),
            ("", "Anwalt, huissier, lawyer", ["Anwalt", "huissier", "lawyer"], []),
        ]:
            with self.subTest(text):
                self.assertEqual(threats.found(text, language, formal=False), firm)
                self.assertEqual(threats.found(text, language, formal=True), formal)


@tagged("post_install", "-at_install")
class TestTabular(BaseCase):
    def test_no_cell_becomes_a_formula_and_numbers_stay_numbers(self):
        cells = ["=1", "+1", "-1", "@a", "\ta", "\ra", -1, -1.5, "a=1"]
        lines = tabular.csv_bytes(["x"], [[cell] for cell in cells]).decode("utf-8-sig").split("\r\n")
        self.assertEqual(lines[1:5] + lines[7:], ["'=1", "'+1", "'-1", "'@a", "-1", "-1.5", "a=1", ""])
        self.assertIn("'\ta", lines)
