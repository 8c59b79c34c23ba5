from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class CreditCollectionReportOpenItem(models.Model):
    """Items that are paid by instalments: which plan, what comes next; and the way to a plan."""

    _inherit = "credit.collection.report.open.item"

    # === COMPUTE METHODS === #

    @api.depends("standing", "until", "level")
    def _compute_why(self):
        """Name the plan that holds an item, and its next instalment."""
        result = super()._compute_why()
        planned = self.filtered(lambda item: item.standing == "in_plan")
        plans = planned._get_plans()
        for item in planned:
            plan = plans.get(item.id)
            if plan and plan.next_date:
                item.why = self.env._(
                    "%(why)s: %(plan)s, next %(amount)s on %(day)s",
                    why=item.why,
                    plan=plan.name,
                    amount=plan.currency_id.format(plan.next_amount),
                    day=format_date(self.env, plan.next_date),
                )
        return result

    def _get_plans(self):
        """Return ``{item id: plan}``; a line whose item was replaced counts for all items of its invoice."""
        if not self:
            return {}
        lines = self.env["credit.collection.plan.line"].sudo()._find_lines(self.move_line_id.sudo()).filtered("live")
        plans = {item.id: line.plan_id for line in lines for item in line._get_items()}
        return {item.id: plans.get(item.move_line_id.id) for item in self}

    # === ACTION METHODS === #

    def action_propose_plan(self):
        """Propose one plan for the items chosen; credits are passed over."""
        return self._get_plan_dialog("distribute", self.env._("Propose a Payment Plan"))

    def action_give_more_time(self):
        return self._get_plan_dialog("extend", self.env._("Give More Time"))

    def _get_plan_dialog(self, wizard, name):
        items = self.filtered(lambda item: item.residual > 0)
        if len(items.debtor_id) != 1:
            raise UserError(self.env._("Choose open items of one customer: a plan belongs to one file."))
        return items.debtor_id._get_plan_dialog(wizard, name, items.move_line_id)

    def _get_place_to_mend(self):
        plan = self._get_plans().get(self.id) if self.standing == "in_plan" else None
        return plan.with_env(self.env) if plan else super()._get_place_to_mend()
