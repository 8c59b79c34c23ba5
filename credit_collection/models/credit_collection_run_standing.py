from odoo import fields, models


class CreditCollectionRunStanding(models.Model):
    """How many open items stood where when the run was planned; together they are the ledger."""

    _name = "credit.collection.run.standing"
    _description = "Standing of the Items in a Run"
    _order = "run_id, amount desc"

    run_id = fields.Many2one("credit.collection.run", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    standing = fields.Selection(
        selection=lambda self: self.env["credit.collection.report.open.item"]._get_standing_selection(), readonly=True
    )
    item_count = fields.Integer("Items", readonly=True)
    amount = fields.Monetary("Residual", readonly=True)
