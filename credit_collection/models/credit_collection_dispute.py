from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_date

# The states of an open dispute; in all others it has ended.
OPEN_STATES = ("new", "investigating", "waiting")
CLOSED_STATES = ("resolved", "rejected", "cancelled")
CREDITING = ("credit", "gesture")
OUTCOMES = [
    ("rejected", "Rejected"),
    ("credit", "Credit note"),
    ("corrected", "Corrected invoice"),
    ("replacement", "Replacement"),
    ("due_date", "New due date"),
    ("gesture", "Commercial gesture"),
    ("explained", "Explained, or paid"),
]
# The outcomes that say that the customer was right, unless whoever settles it says otherwise.
CUSTOMER_WAS_RIGHT = ("credit", "corrected", "replacement")


class CreditCollectionDispute(models.Model):
    """What a customer contests. While it is open it holds exactly the disputed amount of its items."""

    _name = "credit.collection.dispute"
    _description = "Dispute"
    _inherit = ["credit.collection.approval", "mail.thread", "mail.activity.mixin"]
    _numbered = "name"
    _order = "state, date_opened desc, id desc"

    name = fields.Char("Number", readonly=True, copy=False, default=lambda self: self.env._("New"))
    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    reason_id = fields.Many2one("credit.collection.dispute.reason", required=True, ondelete="restrict", tracking=True)
    description = fields.Text(tracking=True, help="What the customer says, in the customer's words.")
    user_id = fields.Many2one("res.users", string="Owner", tracking=True, index=True, domain="[('share', '=', False)]")
    state = fields.Selection(
        [
            ("new", "New"),
            ("investigating", "Investigating"),
            ("waiting", "Waiting for the customer"),
            ("resolved", "Resolved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_opened = fields.Date(compute="_compute_date_opened", store=True, precompute=True, required=True, copy=False)
    date_closed = fields.Date(readonly=True, copy=False)
    date_release = fields.Date(
        "Reminders from", readonly=True, copy=False, help="First day on which its items may be dunned again."
    )
    outcome = fields.Text(tracking=True)
    line_ids = fields.One2many("credit.collection.dispute.line", "dispute_id", string="Items", copy=True)
    move_ids = fields.Many2many("account.move", compute="_compute_move_ids", string="Invoices")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        "Disputed", compute="_compute_amount", help="In company currency, at the rate of the items."
    )

    _closed_has_a_day = models.Constraint(
        "CHECK ((date_closed IS NULL) = (state IN ('new', 'investigating', 'waiting')))",
        "A dispute has a closing day when it has ended, and only then.",
    )
    _closed_after_opened = models.Constraint(
        "CHECK (date_closed >= date_opened)", "A dispute cannot end before it was opened."
    )

    # === COMPUTE METHODS === #

    @api.depends("debtor_id")
    def _compute_date_opened(self):
        """Today, where the company of the debtor is; what was opened stays opened on its day."""
        for dispute in self:
            company = dispute.debtor_id.company_id or self.env.company
            dispute.date_opened = dispute.date_opened or company._get_collection_today()

    @api.depends("line_ids.move_id")
    def _compute_move_ids(self):
        for dispute in self:
            dispute.move_ids = dispute.line_ids.move_id

    @api.depends("line_ids.amount", "line_ids.move_line_id")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(line._get_company_amount() for line in dispute.line_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("line_ids", "debtor_id")
    def _check_lines(self):
        for dispute in self:
            if not dispute.line_ids:
                raise ValidationError(self.env._("Name at least one invoice that is disputed."))
            strangers = dispute.line_ids.filtered(
                lambda line, dispute=dispute: (
                    line.move_line_id
                    and (
                        line.move_line_id.partner_id.commercial_partner_id != dispute.partner_id
                        or line.move_line_id.company_id != dispute.company_id
                    )
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(invoices)s does not belong to %(debtor)s.",
                        invoices=", ".join(strangers.move_id.mapped("display_name")),
                        debtor=dispute.debtor_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"state", "date_opened", "date_closed", "date_release", "company_id"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            debtor = self.env["credit.collection.debtor"].browse(vals.get("debtor_id"))
            vals["name"] = self.env["ir.sequence"].with_company(debtor.company_id).next_by_code(self._name) or "/"
            reason = self.env["credit.collection.dispute.reason"].browse(vals.get("reason_id"))
            if debtor and not vals.get("user_id"):
                owner = reason._get_owner(debtor.company_id) or debtor._get_collector() or self.env.user
                vals["user_id"] = owner.id
        disputes = super().create(vals_list)
        for dispute in disputes:
            dispute._give_to_owner()
            dispute.debtor_id.message_post(
                body=self.env._(
                    "Dispute %(name)s opened: %(reason)s", name=dispute.name, reason=dispute.reason_id.display_name
                )
            )
        return disputes

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A dispute is part of the file: cancel it instead of deleting it."))

    # === ACTION METHODS === #

    def action_investigate(self):
        self._set_investigating()

    def action_wait(self):
        self._set_waiting()

    def action_resolve(self):
        self._set_resolved()

    def action_cancel(self):
        self._set_cancelled()

    def action_reopen(self):
        self._set_new()

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    @api.model
    def _get_action_new(self, debtor, items=None):
        """Open the form of a new dispute on ``items`` (default: all that the debtor has overdue)."""
        items = (
            items
            if items is not None
            else self.env["account.move.line"].browse(
                debtor.open_item_ids.filtered(lambda item: item.residual > 0 and item.days_overdue > 0).move_line_id.ids
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open a Dispute"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_debtor_id": debtor.id,
                "default_line_ids": [
                    Command.create(
                        {
                            "move_line_id": item.id,
                            "date_due": item.date_maturity or item.date,
                            "amount": amount,
                        }
                    )
                    for item in items
                    if (amount := self.env["credit.collection.dispute.line"]._get_undisputed(item)) > 0
                ],
            },
        }

    # === STATE === #

    def _set_new(self):
        """Open it again, as far as others have not disputed the same since."""
        self._update_state(CLOSED_STATES, "new", date_closed=False, date_release=False)
        self.line_ids._check_shared()
        return True

    def _set_investigating(self):
        day = self.company_id[:1]._get_collection_today()
        return self._update_state(OPEN_STATES, "investigating", date_investigating=day)

    def _set_waiting(self):
        """The customer has to answer before it goes on."""
        return self._update_state(OPEN_STATES, "waiting", date_waiting=self.company_id[:1]._get_collection_today())

    def _set_resolved(self, date=None):
        """End the dispute: its items are dunned again after the grace days, on what is then still open."""
        self._set_ended("resolved", date)

    def _set_rejected(self, date=None):
        """The customer was not right: the items are dunned again after the grace days, too."""
        self._set_ended("rejected", date)

    def _set_ended(self, state, date=None):
        for dispute in self:
            closed = dispute._get_closing_day(date)
            dispute._update_state(
                OPEN_STATES,
                state,
                date_closed=closed,
                date_release=dispute.company_id._get_collection_day_after_grace(closed),
            )

    def _set_cancelled(self, date=None):
        """The dispute was a mistake: its items go on at once."""
        for dispute in self:
            dispute._update_state(
                OPEN_STATES,
                "cancelled",
                date_closed=dispute._get_closing_day(date),
                date_release=False,
            )

    def _get_closing_day(self, date=None):
        """Return the day on which it ends: ``date``, else today; never before it was opened."""
        if date and date < self.date_opened:
            raise ValidationError(
                self.env._(
                    "Dispute %(name)s was opened on %(day)s: it cannot end before.",
                    name=self.name,
                    day=format_date(self.env, self.date_opened),
                )
            )
        return date or max(self.company_id._get_collection_today(), self.date_opened)

    def _update_state(self, allowed, target, **values):
        """The one gate: a dispute that is there already is left alone, another one says why it cannot move."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for dispute in self.filtered(lambda dispute: dispute.state != target):
            if dispute.state not in allowed:
                raise UserError(
                    self.env._(
                        "Dispute %(name)s is %(state)s and cannot become %(target)s.",
                        name=dispute.name,
                        state=labels[dispute.state],
                        target=labels[target],
                    )
                )
            dispute.check_access("write")
            dispute.sudo().write({"state": target, **values})
            dispute.debtor_id.message_post(
                body=self.env._("Dispute %(name)s: %(state)s", name=dispute.name, state=labels[target])
            )
            dispute._after_state(target)
            dispute.debtor_id._ask_again_now()
        return True

    def _after_state(self, target):
        """What else follows from a change of state."""
