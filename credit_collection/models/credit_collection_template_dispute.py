from odoo import api, fields, models


class CreditCollectionTemplate(models.Model):
    _inherit = "credit.collection.template"

    purpose = fields.Selection(
        selection_add=[("dispute_received", "Dispute received"), ("dispute_outcome", "Outcome of a dispute")],
        ondelete={"dispute_received": "cascade", "dispute_outcome": "cascade"},
    )

    @api.model
    def _get_placeholders(self):
        return {
            **super()._get_placeholders(),
            "dispute_number": self.env._("Number of the dispute"),
            "dispute_amount": self.env._("Amount that is disputed"),
            "dispute_reason": self.env._("Reason of the dispute"),
            "dispute_outcome": self.env._("What came of the dispute, with the explanation and what is still open"),
            "answer_date": self.env._("Day by which we answer the dispute"),
        }
