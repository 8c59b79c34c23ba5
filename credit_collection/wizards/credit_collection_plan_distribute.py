from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools import installments


class CreditCollectionPlanDistribute(models.TransientModel):
    """Divides what is open into instalments: of a new plan, or anew of one that is still a proposal."""

    _name = "credit.collection.plan.distribute"
    _description = "Distribute over Instalments"

    plan_id = fields.Many2one("credit.collection.plan", ondelete="cascade")
    remark_id = fields.Many2one("credit.collection.remark", "Asked for by", ondelete="cascade")
    debtor_id = fields.Many2one("credit.collection.debtor", required=True, ondelete="cascade")
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_collection_plan_distribute_item_rel",
        string="Open Items",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
    )
    company_id = fields.Many2one(related="debtor_id.company_id")
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    contact_id = fields.Many2one(
        "res.partner", "Agreed with", domain="[('commercial_partner_id', '=', partner_id)]", ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_amount")
    amount = fields.Monetary(compute="_compute_amount", string="To distribute")
    left_out = fields.Char(compute="_compute_amount")
    count = fields.Integer("Number of instalments", default=3, required=True)
    frequency = fields.Selection(
        [("weekly", "Every week"), ("fortnightly", "Every two weeks"), ("monthly", "Every month"),
         ("quarterly", "Every three months")],
        default="monthly",
        required=True,
    )  # fmt: skip
    date_first = fields.Date(
        "First instalment on", required=True, compute="_compute_date_first", store=True, readonly=False
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("debtor_id")
    def _compute_date_first(self):
        for wizard in self:
            if wizard.debtor_id and not wizard.date_first:
                wizard.date_first = wizard.plan_id._get_first_day(wizard.debtor_id)

    @api.depends("debtor_id")
    def _compute_item_ids(self):
        """What is overdue and free, once the customer is chosen; else a person chooses."""
        for wizard in self:
            wizard.item_ids = self.env["credit.collection.plan"]._find_plannable(wizard.debtor_id)

    @api.depends("debtor_id", "item_ids", "plan_id")
    def _compute_amount(self):
        for wizard in self:
            plan = wizard.plan_id
            wizard.currency_id, wizard.amount = plan.currency_id or wizard.company_id.currency_id, plan.amount
            wizard.left_out = False
            if not plan and wizard.item_ids:
                rows = plan._get_plannable(wizard.debtor_id, wizard.item_ids._origin)
                wizard.currency_id = rows[0]["currency_id"]
                wizard.amount = sum(row["free"] for row in rows)
                wizard.left_out = wizard._say_left_out(rows)

    def _say_left_out(self, rows):
        """Say why less is distributed than the items have open."""
        disputed = self.currency_id.round(sum(row["disputed"] for row in rows))
        covered = self.currency_id.round(sum(row["covered"] for row in rows))
        parts = []
        if disputed > 0:
            parts.append(self.env._("%s is disputed", self.currency_id.format(disputed)))
        if covered > 0:
            parts.append(self.env._("%s is covered by credits or payments", self.currency_id.format(covered)))
        return self.env._("Not distributed: %s.", ", ".join(parts)) if parts else False

    @api.depends("amount", "count", "frequency", "date_first")
    def _compute_preview(self):
        """Show the instalments before anything is saved."""
        for wizard in self:
            try:
                amounts = installments.split(wizard.amount, wizard.count, wizard.currency_id.rounding or 0.01)
                dates = installments.dates(wizard.date_first, wizard.count, wizard.frequency)
            except (TypeError, ValueError):
                wizard.preview = False
                continue
            rows = Markup().join(
                Markup('<tr><td>%s</td><td class="text-end">%s</td></tr>')
                % (format_date(self.env, day), wizard.currency_id.format(amount))
                for day, amount in zip(dates, amounts, strict=True)
            )
            wizard.preview = Markup('<table class="table table-sm w-auto">%s</table>') % rows

    # === ACTION METHODS === #

    def action_confirm(self):
        self.ensure_one()
        if self.count < 1:
            raise UserError(self.env._("A plan has at least one instalment."))
        plan = self.plan_id
        if plan:
            plan._distribute(self.count, self.frequency, self.date_first)
            plan._check_schedule()
        else:
            plan = plan._propose(
                self.debtor_id,
                self.item_ids,
                count=self.count,
                frequency=self.frequency,
                first=self.date_first,
                contact=self.contact_id,
            )
            if self.remark_id:
                self.remark_id._become_plan(plan)
        return plan._get_action_form()
