from odoo import api, fields, models


class CreditCollectionTemplate(models.Model):
    _inherit = "credit.collection.template"

    purpose = fields.Selection(
        selection_add=[("noted", "Confirmation of what the customer told us"), ("link", "New link to the page")],
        ondelete={"noted": "cascade", "link": "cascade"},
    )

    @api.model
    def _get_placeholders(self):
        return {
            **super()._get_placeholders(),
            "noted": self.env._("What the customer told us on their page, in sentences"),
        }
