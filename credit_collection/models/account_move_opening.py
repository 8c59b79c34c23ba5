from odoo import fields, models


class AccountMove(models.Model):
    """What an invoice taken over from other software has behind it."""

    _inherit = "account.move"

    collection_opening_level = fields.Integer(
        "Level taken over",
        copy=False,
        readonly=True,
        help="Last reminder level in the software this invoice came from. It counts for what was overdue by then.",
    )
    collection_opening_date = fields.Date("Last reminder taken over", copy=False, readonly=True)
