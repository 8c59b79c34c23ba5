from odoo import api, models
from odoo.tools.misc import babel_locale_parse, format_date, get_lang


class ResLang(models.Model):
    _inherit = "res.lang"

    @api.model
    def _get_page_languages(self, codes=None):
        """Return ``(code, name)`` of languages for customers, each in its own words; the present one first.

        The country stands beside only where two have the same name.

        :param codes: without them, the languages of the page
        """
        locales = {code: babel_locale_parse(code) for code in codes or self._get_frontend()}
        names = {code: locale.language_name or code for code, locale in locales.items()}
        for code, locale in locales.items():
            if sum(1 for other in locales.values() if other.language == locale.language) > 1:
                names[code] = locale.display_name or code
        now = get_lang(self.env).code
        order = sorted(names, key=lambda code: (code != now, names[code]))
        return [(code, names[code][:1].upper() + names[code][1:]) for code in order]

    @api.model
    def _format_day(self, day):
        """Write a day for customers, short and with the month in words: 03/04 is another day across a border.

        The order is the one that the language of the context has: 30 Apr 2026, 30. Apr. 2026, 30 avr. 2026. A
        language that abbreviates in figures writes the month in full.

        :return: "" without a day
        """
        code = get_lang(self.env).code
        if code.startswith("en"):
            return format_date(self.env, day, date_format="d MMM y")
        locale = babel_locale_parse(code)
        pattern = locale.datetime_skeletons["yMMMd"].pattern
        return format_date(self.env, day, date_format=pattern if "MMM" in pattern else "long")
