from odoo import fields, models


class CreditCollectionDebtor(models.Model):
    """What this customer said about why it is late."""

    _inherit = "credit.collection.debtor"

    feedback_ids = fields.One2many("credit.collection.feedback", "debtor_id", string="Why it was late")
    feedback_count = fields.Integer("Answers", compute="_compute_feedback_count")
    feedback_open_count = fields.Integer("Comments to answer", compute="_compute_feedback_count")

    # === COMPUTE METHODS === #

    def _compute_feedback_count(self):
        groups = self.env["credit.collection.feedback"]._read_group(
            [("debtor_id", "in", self.ids)], ["debtor_id", "state"], ["__count"]
        )
        total, waiting = {}, {}
        for debtor, state, count in groups:
            total[debtor] = total.get(debtor, 0) + count
            waiting[debtor] = count if state == "open" else waiting.get(debtor, 0)
        for debtor in self:
            debtor.feedback_count = total.get(debtor, 0)
            debtor.feedback_open_count = waiting.get(debtor, 0)

    # === ACTION METHODS === #

    def action_view_feedback(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_feedback_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}
