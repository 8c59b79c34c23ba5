from odoo import api, models
from odoo.tools.misc import babel_locale_parse, format_date, get_lang


class ResLang(models.Model):
    _inherit = "res.lang"

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
