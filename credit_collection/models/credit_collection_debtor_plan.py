from odoo import fields, models


class CreditCollectionDebtor(models.Model):
    """The payment plans of a customer."""

    _inherit = "credit.collection.debtor"

    plan_ids = fields.One2many("credit.collection.plan", "debtor_id", string="Payment Plans")
    plan_count = fields.Integer("Number of Payment Plans", compute="_compute_plan_count")

    def _compute_plan_count(self):
        groups = self.env["credit.collection.plan"]._read_group(
            [("debtor_id", "in", self.ids), ("state", "!=", "cancelled")], ["debtor_id"], ["__count"]
        )
        counts = dict(groups)
        for debtor in self:
            debtor.plan_count = counts.get(debtor, 0)

    # === ACTION METHODS === #

    def action_view_plans(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_plan_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def action_propose_plan(self):
        """Ask into how many instalments what is overdue is divided."""
        self.ensure_one()
        return self._get_plan_dialog("distribute", self.env._("Propose a Payment Plan"))

    def action_give_more_time(self):
        self.ensure_one()
        return self._get_plan_dialog("extend", self.env._("Give More Time"))

    def _get_plan_dialog(self, wizard, name, items=None):
        """Open a dialog about ``items``, by default about what is overdue and free."""
        self._check_collector()
        rows = self.env["credit.collection.plan"]._get_plannable(self, items)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": f"credit.collection.plan.{wizard}",
            "view_mode": "form",
            "target": "new",
            "context": {"default_debtor_id": self.id, "default_item_ids": [row["id"] for row in rows]},
        }
