from odoo import fields


class Measure(fields.Float):
    """A number that may be missing: what nobody could measure yet is empty, in lists and exports, never 0.0.

    Odoo's own float reads NULL as zero, and a list counts zeros in its averages.
    """

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value
