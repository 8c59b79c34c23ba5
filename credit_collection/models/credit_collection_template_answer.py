from odoo import fields, models


class CreditCollectionTemplate(models.Model):
    _inherit = "credit.collection.template"

    purpose = fields.Selection(
        selection_add=[("answer", "Our answer to what the customer told us")], ondelete={"answer": "cascade"}
    )
