from odoo import fields, models


class CreditCollectionDisputeReason(models.Model):
    _name = "credit.collection.dispute.reason"
    _description = "Reason of a Dispute"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one("res.users", string="Owner", help="Who usually settles disputes of this kind.")
