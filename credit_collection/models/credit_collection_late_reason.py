from odoo import fields, models


class CreditCollectionLateReason(models.Model):
    """Why a customer pays late, as they said it. Texts may have a wording of their own for it."""

    _name = "credit.collection.late.reason"
    _description = "Reason of Lateness"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    avoidable = fields.Boolean("Usually avoidable", help="Proposed when a call is noted: could we have prevented it?")
    hint = fields.Text(translate=True, help="What the collector should do about it, shown while noting a call.")
