from odoo import fields, models

ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class AccountMove(models.Model):
    """Where an invoice stood on its ladder when it came over from other software."""

    _inherit = "account.move"

    collection_opening_level = fields.Integer(
        "Level at opening", copy=False, groups=ACCOUNTANTS, help="Last reminder sent before this ledger was taken over."
    )
    collection_opening_date = fields.Date("Level reached on", copy=False, groups=ACCOUNTANTS)
