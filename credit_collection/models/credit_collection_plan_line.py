from odoo import api, fields, models


class CreditCollectionPlanLine(models.Model):
    _name = "credit.collection.plan.line"
    _description = "Item of a Payment Plan"
    _inherit = ["credit.collection.trail", "credit.collection.item.link"]
    _order = "plan_id, date_due, id"
    _part_of = "plan_id"

    plan_id = fields.Many2one("credit.collection.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True, precompute=True)
    amount = fields.Monetary("In the plan", required=True)
    live = fields.Boolean(readonly=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "What the plan covers must be greater than zero.")
    _in_one_plan = models.UniqueIndex(
        "(move_line_id) WHERE live", "One of these items is in another plan that runs already."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("move_line_id", "plan_id")
    def _check_item(self):
        self.plan_id._check_lines()

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"live", "company_id", "move_id", "date_due"}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines.plan_id._begin_change()
        return lines

    def write(self, vals):
        if not self.env.su:
            (self.plan_id | self.plan_id.browse(vals.get("plan_id"))).exists()._begin_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_in_proposal(self):
        self.plan_id._begin_change()

    # === HELPERS === #

    def _is_whole(self):
        """An item that is smaller now than what was agreed on was posted anew, in more parts."""
        return super()._is_whole() or self.move_line_id.amount_currency < self.amount
