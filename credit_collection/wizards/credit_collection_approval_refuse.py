from odoo import fields, models


class CreditCollectionApprovalRefuse(models.TransientModel):
    """Asks why: whoever asked for the approval has to find another way."""

    _name = "credit.collection.approval.refuse"
    _description = "Refuse an Approval"

    document_ref = fields.Reference(
        [
            ("credit.collection.dispute", "Dispute"),
            ("credit.collection.promise", "Promise"),
            ("credit.collection.plan", "Payment plan"),
            ("credit.collection.payday", "Payment day"),
        ],
        "Document",
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True)

    def action_refuse(self):
        self.document_ref._refuse(self.reason)
