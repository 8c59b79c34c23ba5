from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError

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
    _numbered = "name"
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
    date_ended = fields.Date("Ended on", readonly=True, copy=False)
    state_reason = fields.Char("Why it ended", readonly=True, copy=False)
    entry_mark = fields.Integer(
        readonly=True,
        copy=False,
        help="Latest journal entry when it was accepted: what came in until then is taken off its amounts already.",
    )
    note = fields.Text(tracking=True)
    answered_id = fields.Many2one(
        "credit.collection.action",
        "Proposal answered",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The proposal that was sent last when the customer agreed: it is not offered again on the page.",
    )
    is_declined = fields.Boolean("Declined on the page", readonly=True, copy=False)
    is_extension = fields.Boolean(
        "More time", readonly=True, copy=False, help="Agreed by giving more time: it is confirmed to the customer."
    )

    _accepted_has_a_day = models.Constraint(
        "CHECK (date_accepted IS NOT NULL OR state IN ('proposal', 'cancelled'))",
        "A plan that was accepted has the day on which it was.",
    )
    _debtor_state_idx = models.Index("(debtor_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for plan in self:
            plan.amount = sum(plan.line_ids.mapped("amount"))

    # === CONSTRAINT METHODS === #

    @api.constrains("line_ids", "debtor_id", "currency_id")
    def _check_lines(self):
        for plan in self:
            for item in plan.line_ids.move_line_id.sudo():
                debtor = (item.partner_id.commercial_partner_id, item.company_id)
                if debtor != (plan.debtor_id.partner_id, plan.company_id):
                    raise ValidationError(
                        self.env._(
                            "%(invoice)s does not belong to %(debtor)s.",
                            invoice=item.move_id.display_name,
                            debtor=plan.debtor_id.display_name,
                        )
                    )
                if item.currency_id != plan.currency_id:
                    raise ValidationError(
                        self.env._(
                            "%(invoice)s is in %(currency)s: a plan is in one currency. Make a plan for each.",
                            invoice=item.move_id.display_name,
                            currency=item.currency_id.name,
                        )
                    )

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {
            "name", "company_id", "amount", "state", "date_proposed", "date_accepted", "date_ended", "state_reason",
            "entry_mark", "is_extension", "answered_id", "is_declined",
        }  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        for plan in plans.sudo():
            plan.name = self.env["ir.sequence"].with_company(plan.company_id).next_by_code(self._name) or "/"
        return plans

    def write(self, vals):
        if {"debtor_id", "currency_id"} & set(vals) and not self.env.su:
            raise UserError(self.env._("A plan stays with its customer and its currency: propose another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A plan is part of the file: cancel it instead of deleting it."))

    # === STATE === #

    def _update_state(self, allowed, target, **values):
        """The one gate: a plan that is there already is left alone, another one says why it cannot move.

        The row is locked first: of two people who decide at once, the later one sees what the first has decided.
        """
        self._lock()
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
            if plan.state == "proposal":
                plan._stop_waiting()
            plan.sudo().write({"state": target, **values})
            plan.sudo().line_ids.live = target in LIVE_STATES
            plan.debtor_id._ask_again_now()
            plan._tell_file(self.env._("Plan %(name)s: %(state)s", name=plan.name, state=labels[target]))
        return True

    def _lock(self):
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(self.env._("Somebody else is deciding about this plan just now: try again.")) from error
        self.invalidate_recordset(["state"])

    def _check_editable(self):
        """What was agreed stays as it was agreed; while somebody is agreeing to it, nobody changes it."""
        self._lock()
        for plan in self.filtered(lambda plan: plan.state != "proposal"):
            raise UserError(
                self.env._("Plan %s was agreed: its items and instalments cannot be changed any more.", plan.name)
            )

    def _begin_change(self):
        """Other items or instalments: what was decided about them, or waits to leave with them, holds no longer."""
        self._check_editable()
        for plan in self:
            plan._forget_approval()
            plan._take_back_messages(self.env._("The items or instalments of the plan were changed."))

    def _get_person(self):
        """Return who is in charge: of somebody who left, the successor."""
        return self.sudo().user_id.filtered("active") or self.debtor_id._get_responsible()

    def _tell_file(self, text):
        """Note on the debtor's file what became of the plan."""
        self.debtor_id.sudo().message_post(body=" · ".join(filter(None, [text, self.state_reason])))

    # === ACTION METHODS === #

    def action_view_debtor(self):
        return self.debtor_id._get_action_form()

    def action_view_messages(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_action_action")
        return {**action, "domain": [("plan_id", "in", self.ids)], "context": {}}

    def action_distribute(self):
        """Ask into how many instalments, from when on."""
        self.ensure_one()
        self._check_editable()
        context = {"default_plan_id": self.id, "default_debtor_id": self.debtor_id.id}
        return self._get_dialog("distribute", self.env._("Distribute over Instalments"), context)

    def action_cancel(self):
        """Ask why."""
        context = {"default_plan_ids": self.ids}
        return self._get_dialog("cancel", self.env._("Cancel the Payment Plan"), context)

    @api.model
    def _get_dialog(self, wizard, name, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": f"credit.collection.plan.{wizard}",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def _get_action_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
