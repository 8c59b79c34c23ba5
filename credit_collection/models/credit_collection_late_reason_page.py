from odoo import fields, models


class CreditCollectionLateReason(models.Model):
    _inherit = "credit.collection.late.reason"

    page_name = fields.Char(
        "On the customer's page",
        translate=True,
        help="How the customer would say it, where that differs from our name for it.",
    )
