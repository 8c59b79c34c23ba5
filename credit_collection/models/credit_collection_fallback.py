from odoo import api, fields, models


class CreditCollectionFallback(models.Model):
    """Which channel stands in for one that cannot reach a customer; for a profile, or for all of a company."""

    _name = "credit.collection.fallback"
    _description = "Fallback Channel"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    profile_id = fields.Many2one("credit.collection.profile", index="btree_not_null", ondelete="cascade")
    channel = fields.Selection(selection="_get_channels", required=True)

    _one_owner = models.Constraint(
        "CHECK ((company_id IS NULL) <> (profile_id IS NULL))",
        "A fallback belongs to a company or to a profile.",
    )
    _channel_once = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(profile_id, 0), channel)", "Each channel stands once in the order."
    )

    @api.model
    def _get_channels(self):
        return self.env["credit.collection.manners"]._get_preferable_channels()

    @api.model
    def _get_orders(self, company):
        """Return ``(profile id, channel, rank)`` rows: the order of each profile that has one, and of all others.

        The order of the others has profile 0: the company's, else the channels' own.
        """
        rows = [(fallback.profile_id.id or 0, fallback.channel) for fallback in self.sudo().search(
            ["|", ("company_id", "=", company.id), ("profile_id", "!=", False)]
        )]  # fmt: skip
        if not any(profile_id == 0 for profile_id, __ in rows):
            rows += [(0, code) for code, __ in self._get_channels()]
        return [(profile_id, channel, rank) for rank, (profile_id, channel) in enumerate(rows, 2)]
