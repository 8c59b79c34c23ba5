"""How days are written for customers: 03/04 is the third of April here and the fourth of March there."""

import re
from datetime import date
from pathlib import Path

from odoo.tests import TransactionCase, tagged

MODULE = Path(__file__).parents[1]
BARE = re.compile(r"\bformat_date\((?!.*date_format=)")


@tagged("post_install", "-at_install")
class TestDays(TransactionCase):
    def test_a_day_is_written_with_the_month_in_words_in_each_language(self):
        for code, written in (
            ("en_US", "30 Apr 2026"),
            ("en_GB", "30 Apr 2026"),
            ("fr_FR", "30 avr. 2026"),
            ("de_DE", "30. Apr. 2026"),
            ("nl_NL", "30 apr 2026"),
            ("pt_PT", "30 de abril de 2026"),
            ("cs_CZ", "30. dubna 2026"),
        ):
            self.env["res.lang"]._activate_lang(code)
            with self.subTest(code):
                days = self.env["res.lang"].with_context(lang=code)
                self.assertEqual(days._format_day(date(2026, 4, 30)), written)
        self.assertEqual(self.env["res.lang"]._format_day(False), "")

    def test_nothing_that_customers_see_writes_days_as_the_language_s_figures(self):
        stems = ("controllers/*", "models/*_page*", "models/*_letter", "models/*_channel", "models/*_action_text")
        stems += ("reports/*_statement*", "reports/*_agreement")
        files = [file for stem in stems for file in MODULE.glob(f"{stem}.py")]
        self.assertGreater(len(files), 40)
        found = [(file.name, match) for file in files for match in BARE.findall(file.read_text())]
        self.assertFalse(found)
