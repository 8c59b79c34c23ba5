from odoo import api, fields, models
from odoo.exceptions import UserError

# States in which a plan holds its items.
LIVE_STATES = ("accepted", "running")


class CreditCollectionPlan(models.Model):
    """Items paid by instalments; an extension of one invoice's date is a plan of one instalment.

    What comes in for its items is counted to the instalments in order: see :meth:`_count_payments`. Reminders follow
    the instalments' dates, not the invoices'.
    """

    _name = "credit.collection.plan"
    _description = "Payment Plan"
    _inherit = ["credit.collection.approval", "mail.thread", "mail.activity.mixin"]
    _order = "date_proposed desc, id desc"

    name = fields.Char("Number", readonly=True, copy=False, default=lambda self: self.env._("New"))
    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    currency_id = fields.Many2one("res.currency", required=True)
    contact_id = fields.Many2one("res.partner", "Agreed with", ondelete="set null", index="btree_not_null")
    user_id = fields.Many2one("res.users", "In charge", required=True, default=lambda self: self.env.user)
    line_ids = fields.One2many("credit.collection.plan.line", "plan_id", string="Items")
    installment_ids = fields.One2many("credit.collection.plan.installment", "plan_id", string="Instalments")
    amount = fields.Monetary("Total", compute="_compute_amount", store=True)
    state = fields.Selection(
        [
            ("proposal", "Proposal"),
            ("accepted", "Accepted"),
            ("running", "Running"),
            ("done", "Done"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="proposal",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_proposed = fields.Date(
        required=True, default=lambda self: self.env.company._get_collection_today(), readonly=True, copy=False
    )
    date_accepted = fields.Date(readonly=True, copy=False)
    date_ended = fields.Date(readonly=True, copy=False)
    note = fields.Text()

    # === COMPUTE METHODS === #

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for plan in self:
            plan.amount = sum(plan.line_ids.mapped("amount"))

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"state", "date_accepted", "date_ended"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            debtor = self.env["credit.collection.debtor"].browse(vals.get("debtor_id"))
            vals["name"] = self.env["ir.sequence"].with_company(debtor.company_id).next_by_code(self._name) or "/"
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A plan is part of the file: cancel it instead of deleting it."))

    # === STATE === #

    def _update_state(self, allowed, target, **values):
        """The one gate: a plan that is there already is left alone, another one says why it cannot move."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for plan in self.filtered(lambda plan: plan.state != target):
            if plan.state not in allowed:
                raise UserError(
                    self.env._(
                        "Plan %(name)s is %(state)s and cannot become %(target)s.",
                        name=plan.name,
                        state=labels[plan.state],
                        target=labels[target],
                    )
                )
            plan.check_access("write")
            plan.sudo().write({"state": target, **values})
            plan.sudo().line_ids.live = target in LIVE_STATES
            plan.debtor_id._ask_again_now()
        return True
