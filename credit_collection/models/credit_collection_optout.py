from odoo import api, fields, models


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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        optouts = super().create(vals_list)
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for optout in optouts:
            optout.debtor_id.message_post(
                body=self.env._(
                    "Channel closed: %(channel)s. %(reason)s",
                    channel=labels[optout.channel],
                    reason=optout.reason or "",
                )
            )
        optouts.debtor_id._ask_again_now()
        return optouts
