from odoo import api, fields, models
from odoo.fields import Domain

STATES = [
    ("to_come", "To come"),
    ("due", "Due"),
    ("partly", "Partly paid"),
    ("paid", "Paid"),
    ("late", "Late"),
]


class CreditCollectionPlanInstallment(models.Model):
    """One date and amount of a plan. What is paid of it is counted from the ledger each time it is read."""

    _name = "credit.collection.plan.installment"
    _description = "Instalment"
    _inherit = ["credit.collection.trail"]
    _order = "plan_id, date, id"
    _part_of = "plan_id"

    plan_id = fields.Many2one("credit.collection.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True, precompute=True)
    debtor_id = fields.Many2one(related="plan_id.debtor_id")
    user_id = fields.Many2one(related="plan_id.user_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date("Due on", required=True, index=True)
    amount = fields.Monetary(required=True)
    credited = fields.Monetary(
        compute="_compute_paid", help="Credit notes and write-offs on the items, taken off the last instalments first."
    )
    paid = fields.Monetary(
        compute="_compute_paid", help="Payments for the plan's items, counted to the instalments in order."
    )
    left = fields.Monetary("To pay", compute="_compute_paid")
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    reminded = fields.Date("Announced on", readonly=True, copy=False)
    reminded_late = fields.Date("Reminded on", readonly=True, copy=False)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Each instalment must be greater than zero.")

    # === COMPUTE METHODS === #

    @api.depends("plan_id.name", "debtor_id", "amount", "currency_id")
    def _compute_display_name(self):
        """What a calendar shows of it: who pays how much, by which plan."""
        for installment in self:
            amount = installment.currency_id.format(installment.amount) if installment.currency_id else ""
            plan = installment.plan_id
            installment.display_name = f"{plan.partner_id.display_name or ''}: {amount} · {plan.name}"

    @api.depends(
        "amount",
        "date",
        "plan_id.state",
        "plan_id.installment_ids.amount",
        "plan_id.installment_ids.date",
        "plan_id.line_ids.amount",
        "plan_id.line_ids.move_line_id.amount_residual_currency",
    )
    def _compute_paid(self):
        settled = self.plan_id._get_settled()
        for plan, members in self.grouped("plan_id").items():
            counted = plan._count_payments(*settled.get(plan._origin.id, (0, plan.amount)))
            for installment in members:
                paid, credited = counted.get(installment, (0, 0))
                installment.paid, installment.credited = paid, credited
                installment.left = plan.currency_id.round(installment.amount - paid - credited)

    @api.depends("paid", "left", "date")
    @api.depends_context("collection_date")
    def _compute_state(self):
        asked = fields.Date.to_date(self.env.context.get("collection_date"))
        for installment in self:
            today = asked or installment.company_id._get_collection_today()
            installment.state = installment._get_state(today)

    def _get_state(self, today):
        if not self.left or self.left < 0:
            return "paid"
        if self.date and self.date <= today and self.plan_id.state not in ("proposal", "cancelled"):
            return "late" if self.date < today else "due"
        return "partly" if self.paid else "to_come"

    def _search_state(self, operator, value):
        """States are counted, for plans that run or were broken; all of a plan that is done is paid."""
        if operator != "in":
            return NotImplemented
        live = self.search([("plan_id.state", "in", ("accepted", "running", "broken"))])
        domains = [Domain("id", "in", live.filtered(lambda installment: installment.state in value).ids)]
        if "paid" in value:
            domains.append(Domain("plan_id.state", "=", "done"))
        if "to_come" in value:
            domains.append(Domain("plan_id.state", "in", ("proposal", "cancelled")))
        return Domain.OR(domains)

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"company_id", "reminded", "reminded_late"}

    @api.model_create_multi
    def create(self, vals_list):
        installments = super().create(vals_list)
        if not self.env.su:
            installments.plan_id._begin_change()
        return installments

    def write(self, vals):
        if not self.env.su:
            (self.plan_id | self.plan_id.browse(vals.get("plan_id"))).exists()._begin_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_in_proposal(self):
        self.plan_id._begin_change()

    # === ACTION METHODS === #

    def action_view_plan(self):
        return self.plan_id._get_action_form()
