import re

from markupsafe import Markup
from odoo.tests import TransactionCase, tagged
from odoo.tools import html2plaintext
from odoo.tools.translate import code_translations

from ..tools import placeholders, sms_text, threats

LANGS = ("en_US", "fr_FR", "de_DE")
PARTS = ("subject", "body", "short_text", "script")
# What a short text has to bear: a firm of 15 characters, a number of 14, a link of 21, a telephone of 17.
SHORT_VALUES = {
    "company": "Mustermann GmbH",
    "amount": "1,234.50 EUR",
    "due_date": "03/05/2026",
    "reply_date": "13/05/2026",
    "promise_date": "13/05/2026",
    "promise_amount": "1,234.50 EUR",
    "short_link": "https://a.example/c/x",
    "direct_line": "+44 20 7946 00181",
}
INVOICES = {
    "en_US": ("invoice INV/2026/00042", "123 invoices"),
    "fr_FR": ("la facture INV/2026/00042", "123 factures"),
    "de_DE": ("Rechnung INV/2026/00042", "123 Rechnungen"),
}
# What makes a formal notice one, in the order in which it has to stand there.
LEGAL_WORDS = {
    "en_US": ("certain in amount", "due and unpaid", "formal notice to pay", "Interest", "means that the law provides"),
    "fr_FR": ("certaine, liquide et exigible", "mettons en demeure de", "Cette mise en demeure", "intérêts",
              "en France", "1344-1", "voies que la loi prévoit"),
    "de_DE": ("fällig und unbezahlt", "Mahnung", "fordern wir Sie auf", "Verzug", "Zinsen", "in Deutschland",
              "§§ 286, 288 BGB", "Mitteln weiter, die das Gesetz vorsieht"),
}  # fmt: skip
GREETINGS = {"en_US": "Dear {contact},", "fr_FR": "Bonjour {contact},", "de_DE": "Guten Tag {contact},"}
ANSWER = {
    "en_US": "On your page you can tell us in a moment",
    "fr_FR": "Sur votre page",
    "de_DE": "Auf Ihrer Seite",
}
MONEY = {"amount", "total", "invoice", "invoice_details", "due_date", "due_phrase", "days_late", "promise_amount"}
# Known to some messages only.
UNSURE = {"call_summary", "call_dates", "call_slots", "notice_no", "promise_date", "promise_amount",
          "dispute_number", "dispute_amount", "dispute_reason", "dispute_outcome", "answer_date"}  # fmt: skip
UNSURE |= {"plan_number", "plan_total", "plan_left", "plan_count", "plan_table"}
UNSURE |= {"installment_amount", "installment_date", "noted"}
REASONS = {"not_received", "reference", "approval", "payment_run", "cash", "forgotten"}
AFTERWARDS = {
    "tried": {"call_dates", "call_slots", "direct_line", "reply_date"},
    "recap": {"call_summary", "direct_line"},
    "resend": {"amount", "invoice_details", "direct_line"},
    "promise": {"promise_date", "promise_amount", "direct_line"},
    "broken": {"promise_date", "promise_amount", "direct_line", "reply_date"},
    "thanks": {"amount", "invoice_details"},
    "dispute_received": {"dispute_number", "dispute_amount", "answer_date", "direct_line"},
    "dispute_outcome": {"dispute_number", "dispute_amount", "dispute_outcome", "direct_line"},
    "plan_proposal": {"plan_total", "plan_table", "reply_date", "direct_line"},
    "extension": {"plan_number", "installment_amount", "installment_date", "invoice_details", "direct_line"},
    "installment": {"plan_number", "installment_amount", "installment_date", "direct_line"},
    "installment_late": {"plan_number", "installment_amount", "installment_date", "plan_left", "direct_line"},
    "noted": {"noted", "direct_line"},
    "answer": {"noted", "direct_line"},
    "link": {"contact"},
    "plan_broken": {"plan_number", "plan_left", "installment_date", "reply_date", "direct_line"},
}


@tagged("post_install", "-at_install")
class TestTexts(TransactionCase):
    """The texts that are shipped, in the languages in which they are shipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGS:
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"]._load_module_terms(["credit_collection"], list(LANGS[1:]))
        data = cls.env["ir.model.data"].search(
            [("module", "=", "credit_collection"), ("model", "=", "credit.collection.template")]
        )
        cls.texts = cls.env["credit.collection.template"].browse(data.mapped("res_id"))
        cls.reminders = cls.texts.filtered(lambda text: text.purpose == "reminder")

    def _each(self, check, *parts, texts=None):
        """Call ``check(text, lang, content)`` for each of ``parts`` that a text has, in each language."""
        for text in self.texts if texts is None else texts:
            for part in parts:
                for lang in LANGS if text[part] else ():
                    with self.subTest(text.name, part=part, lang=lang):
                        check(text, lang, text.with_context(lang=lang)[part])

    def _with_tone(self, *tones):
        return self.reminders.filtered(lambda text: text.tone in tones)

    def _get_steps(self, *codes):
        ids = [f"credit_collection.credit_collection_scenario_{code}" for code in codes]
        return self.env["credit.collection.scenario.step"].union(*(self.env.ref(id_).step_ids for id_ in ids))

    # === COMPLETE === #

    def test_every_text_is_there_in_every_language(self):
        for text in self.texts:
            for part in ("name", *PARTS):
                stored = text._fields[part]._get_stored_translations(text) or {}
                for lang in LANGS[1:] if text[part] else ():
                    with self.subTest(text.name, part=part, lang=lang):
                        self.assertTrue(stored.get(lang), "not translated")
                        self.assertNotEqual(stored[lang], stored["en_US"])

    def test_no_paragraph_is_left_in_english(self):
        def check(text, lang, body):
            english = _paragraphs(text.with_context(lang="en_US").body)
            self.assertEqual(len(_paragraphs(body)), len(english))
            if lang != "en_US":
                same = {"{call_summary}", "{dispute_outcome}", "{plan_table}", "{noted}"}
                self.assertFalse(set(_paragraphs(body)) & set(english) - same)

        self._each(check, "body")

    def test_every_language_says_the_same_with_the_same_placeholders(self):
        for part in PARTS:

            def check(text, lang, content, part=part):
                self.assertEqual(_count(content), _count(text.with_context(lang="en_US")[part]))

            self._each(check, part)

    def test_every_placeholder_has_a_value_for_one_invoice_and_for_several(self):
        known = self.texts._get_placeholders()

        def check(text, lang, content):
            self.assertEqual(placeholders.unknown(content, known), [])
            self.assertEqual(placeholders.stray(content), [])
            for invoice in INVOICES[lang]:
                values = dict.fromkeys(known, "x") | {"invoice": invoice, "invoice_details": invoice}
                filled = placeholders.substitute(content, values)
                self.assertNotRegex(filled, r"[{}]|\(\s*\)|[^\n ] {2}")

        self._each(check, *PARTS)

    def test_the_phrases_of_the_code_are_those_that_the_sentences_were_written_for(self):
        for lang, (one, several) in INVOICES.items():
            with self.subTest(lang):
                terms = code_translations.get_python_translations("credit_collection", lang)
                self.assertEqual(terms.get("invoice %s", "invoice %s") % "INV/2026/00042", one)
                self.assertEqual(terms.get("%s invoices", "%s invoices") % 123, several)

    # === TONE === #

    def test_every_mail_greets_without_asking_for_a_gender_and_a_formal_one_not_at_all(self):
        def check(text, lang, body):
            if text.tone == "formal":
                self.assertNotIn("{contact}", body)
            else:
                self.assertEqual(_paragraphs(body)[0], GREETINGS[lang])

        self._each(check, "body")

    def test_every_reminder_after_the_due_date_asks_for_something_definite_by_a_date(self):
        def check(text, lang, body):
            for name in ("amount", "reply_date", "bank_date", "invoice_details", "due_phrase"):
                self.assertIn(f"{{{name}}}", body)

        self._each(check, "body", texts=self._with_tone("friendly", "firm", "formal"))

    def test_every_word_before_the_due_date_says_that_one_can_answer_on_the_page(self):
        def check(text, lang, body):
            self.assertIn(ANSWER[lang], body)

        self._each(check, "body", texts=self._with_tone("preventive"))

    def test_nothing_is_threatened_before_a_formal_notice_and_never_what_we_may_not_do(self):
        def check(text, lang, content):
            self.assertEqual(threats.found(html2plaintext(content), lang, formal=text.tone == "formal"), [])

        self._each(check, *PARTS)

    def test_a_formal_notice_says_what_the_law_wants_to_read(self):
        def check(text, lang, body):
            words = " ".join(Markup(body).striptags().split())
            positions = [words.find(part) for part in LEGAL_WORDS[lang]]
            self.assertNotIn(-1, positions, [part for part in LEGAL_WORDS[lang] if part not in words])
            self.assertEqual(positions, sorted(positions))
            for name in ("company", "debtor", "amount", "reply_date", "sender_email"):
                self.assertIn(f"{{{name}}}", words)
            self.assertNotIn("{pay_link}", words)

        self._each(check, "body", texts=self._with_tone("formal"))

    def test_a_formal_notice_has_its_number_and_its_deadline_in_the_subject(self):
        def check(text, lang, subject):
            self.assertEqual(_count(subject).keys(), {"notice_no", "amount", "reply_date"})

        self._each(check, "subject", texts=self._with_tone("formal"))

    def test_french_sets_its_marks_apart_and_writes_its_own_apostrophes(self):
        def check(text, lang, content):
            if lang == "fr_FR":
                words = html2plaintext(content) if isinstance(content, Markup) else content
                self.assertNotRegex(words, r"[^\s\xa0][:;?»]|«(?!\xa0)|\w'\w")

        self._each(check, "subject", "body", "script")

    # === SHORT TEXTS === #

    def test_every_short_text_fits_into_one_message_of_the_basic_alphabet(self):
        def check(text, lang, content):
            for invoice in INVOICES[lang]:
                found = sms_text.measure(placeholders.substitute(content, SHORT_VALUES | {"invoice": invoice}))
                self.assertEqual(found.forcing, ())
                self.assertLessEqual(found.units, sms_text.GSM_SINGLE, content)

        self._each(check, "short_text")

    def test_every_short_text_says_who_writes_and_leads_somewhere(self):
        def check(text, lang, content):
            self.assertTrue(content.startswith("{company}"))
            self.assertIn("{short_link}", content)
            self.assertIn("{direct_line}", content)

        self._each(check, "short_text")

    def test_what_consumers_may_receive_says_nothing_of_money(self):
        """The texts of their scenario, their wordings by reason, and what follows a call or a promise."""
        used = self._get_steps("consumer").template_id
        texts = used | used.variant_ids | (self.texts - self.reminders)

        def check(text, lang, content):
            self.assertFalse(_count(content).keys() & MONEY)

        self._each(check, "short_text", texts=texts)

    def test_no_text_message_can_reach_a_public_body(self):
        texts = self._get_steps("public").template_id
        self.assertFalse([text.name for text in texts | texts.variant_ids if text.short_text])

    def test_every_step_below_formal_could_be_written_and_but_for_public_bodies_be_sent_as_a_text_message(self):
        for step in self._get_steps("business", "valued", "late", "consumer", "public"):
            if step.tone == "formal" or step.channel == "person":
                continue
            with self.subTest(f"{step.scenario_id.name}: {step.display_name}"):
                self.assertTrue(step.template_id.body)
                public = step in self._get_steps("public")
                self.assertEqual(bool(step.template_id.short_text), not public)

    # === CALLS, REASONS, WHAT HAPPENED === #

    def test_every_reminder_that_may_become_a_call_has_a_script(self):
        for text in self._with_tone("friendly", "firm"):
            with self.subTest(text.name):
                self.assertGreater(len((text.script or "").splitlines()), 10)

    def test_a_reminder_uses_only_what_every_reminder_knows(self):
        def check(text, lang, content):
            self.assertFalse(_count(content).keys() & UNSURE)

        self._each(check, *PARTS, texts=self._with_tone("preventive", "friendly", "firm"))

    def test_a_wording_by_reason_has_the_tone_and_the_parts_of_the_text_that_it_replaces(self):
        for text in self.texts.filtered("variant_of_id"):
            base = text.variant_of_id
            with self.subTest(text.name):
                self.assertIn(base, self.texts)
                self.assertEqual((text.tone, text.purpose), (base.tone, base.purpose))
                self.assertEqual([bool(text[part]) for part in PARTS], [bool(base[part]) for part in PARTS])

    def test_second_and_firm_reminder_know_the_usual_reasons_once_each(self):
        for base in ("friendly_second", "firm"):
            with self.subTest(base):
                text = self.env.ref(f"credit_collection.credit_collection_template_{base}")
                wanted = [f"credit_collection.credit_collection_late_reason_{reason}" for reason in REASONS]
                reasons = text.variant_ids.late_reason_id
                self.assertEqual(sorted(reasons.get_external_id().values()), sorted(wanted))
                self.assertEqual(len(text.variant_ids), len(reasons))

    def test_there_is_a_text_for_everything_that_happens(self):
        for purpose in AFTERWARDS:
            with self.subTest(purpose):
                tones = [text.tone for text in self.texts if text.purpose == purpose]
                self.assertEqual(sorted(tones), ["firm", "friendly"] if purpose == "broken" else ["friendly"])

    def test_what_follows_a_call_or_a_promise_says_what_happened(self):
        def check(text, lang, body):
            self.assertLessEqual(AFTERWARDS[text.purpose], _count(body).keys())

        self._each(check, "body", texts=self.texts - self.reminders)


def _count(text):
    """Return how often each placeholder stands in ``text``."""
    names = placeholders.PLACEHOLDER.findall(text or "")
    return {name: names.count(name) for name in names}


def _paragraphs(body):
    return [Markup(part).striptags() for part in re.split(r"</?(?:p|div)>", str(body)) if part.strip()]
