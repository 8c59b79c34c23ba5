from odoo import fields, models


class CreditCollectionTemplate(models.Model):
    _inherit = "credit.collection.template"

    purpose = fields.Selection(
        selection_add=[("resend", "Invoices sent again")],
        ondelete={"resend": "cascade"},
    )
