from odoo import fields, models


class CreditCollectionPlanCancel(models.TransientModel):
    """Asks why a plan is cancelled."""

    _name = "credit.collection.plan.cancel"
    _description = "Cancel a Payment Plan"

    plan_ids = fields.Many2many("credit.collection.plan", "credit_collection_plan_cancel_rel", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.plan_ids._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
