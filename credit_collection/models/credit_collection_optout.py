from odoo import fields, models


class CreditCollectionOptout(models.Model):
    """A channel that a debtor does not want. It closes the channel, never the debt."""

    _name = "credit.collection.optout"
    _description = "Channel Closed by the Customer"
    _order = "date desc, id desc"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    channel = fields.Selection(
        selection=lambda self: self.env["credit.collection.channel"]._get_selection(), required=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    reason = fields.Char()

    _channel_unique = models.Constraint(
        "UNIQUE (debtor_id, channel)", "This channel is closed for this customer already."
    )
