from odoo import api, fields, models


class CreditCollectionPlanLine(models.Model):
    _name = "credit.collection.plan.line"
    _description = "Item of a Payment Plan"
    _inherit = ["credit.collection.trail", "credit.collection.item.link"]
    _order = "plan_id, date_due, id"

    plan_id = fields.Many2one("credit.collection.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True, precompute=True)
    amount = fields.Monetary("In the plan", required=True)
    live = fields.Boolean(readonly=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "What the plan covers must be greater than zero.")
    _in_one_plan = models.UniqueIndex(
        "(move_line_id) WHERE live", "One of these items is in another plan that runs already."
    )

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"live"}
