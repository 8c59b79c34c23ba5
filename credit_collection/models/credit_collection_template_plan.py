from odoo import api, fields, models

PURPOSES = [
    ("plan_proposal", "Proposal of a payment plan"),
    ("extension", "More time was given"),
    ("installment", "Before an instalment"),
    ("installment_late", "After a missed instalment"),
    ("plan_broken", "A payment plan was broken"),
]


class CreditCollectionTemplate(models.Model):
    """What the texts about plans are for, and what they may name."""

    _inherit = "credit.collection.template"

    purpose = fields.Selection(selection_add=PURPOSES, ondelete=dict.fromkeys(dict(PURPOSES), "set default"))

    @api.model
    def _get_placeholders(self):
        return {
            **super()._get_placeholders(),
            "plan_number": self.env._("Number of the payment plan"),
            "plan_total": self.env._("What the plan comes to"),
            "plan_left": self.env._("What is left to pay of the plan"),
            "plan_count": self.env._("Number of instalments"),
            "plan_table": self.env._("The instalments, as a table"),
            "installment_amount": self.env._("What is left to pay of the instalment"),
            "installment_date": self.env._("Day of the instalment"),
        }
