from odoo import fields, models


class CreditCollectionDebtor(models.Model):
    """The small sums of a file."""

    _inherit = "credit.collection.debtor"

    writeoff_ids = fields.One2many("credit.collection.writeoff", "debtor_id", string="Small Sums")
    writeoff_count = fields.Integer("Number of Small Sums", compute="_compute_writeoff_count")

    def _compute_writeoff_count(self):
        groups = self.env["credit.collection.writeoff"]._read_group(
            [("debtor_id", "in", self.ids)], ["debtor_id"], ["__count"]
        )
        counts = dict(groups)
        for debtor in self:
            debtor.writeoff_count = counts.get(debtor, 0)

    def action_view_writeoffs(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_writeoff_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}
