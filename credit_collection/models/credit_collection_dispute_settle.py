from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from .credit_collection_approval import APPROVAL
from .credit_collection_dispute import CREDITING, CUSTOMER_WAS_RIGHT, OPEN_STATES, OUTCOMES


class CreditCollectionDispute(models.Model):
    """How a dispute ends: an outcome, what it books, and who has to agree first.

    The outcome is written down first. Where it credits more than the user may, it waits there for an approval; it is
    carried out in one piece or not at all.
    """

    _inherit = "credit.collection.dispute"

    outcome_kind = fields.Selection(OUTCOMES, "Result", readonly=True, copy=False, tracking=True)
    outcome_reference = fields.Char("Reference of the replacement", readonly=True, copy=False)
    outcome_date = fields.Date("New due date", readonly=True, copy=False)
    outcome_notify = fields.Boolean("Tell the customer", readonly=True, copy=False)
    justified = fields.Selection(
        [("yes", "Yes"), ("no", "No")], readonly=True, copy=False, help="Whether the customer was right."
    )
    booked_move_ids = fields.Many2many(
        "account.move",
        "credit_collection_dispute_booked_rel",
        "dispute_id",
        "move_id",
        string="Booked",
        readonly=True,
        copy=False,
    )
    outcome_move_ids = fields.Many2many(
        "account.move",
        "credit_collection_dispute_outcome_rel",
        "dispute_id",
        "move_id",
        string="Booked by this outcome",
        readonly=True,
        copy=False,
        help="What the customer is told of: a dispute that was opened again has booked more, perhaps.",
    )
    booked_count = fields.Integer(compute="_compute_booked_count")
    plan_ids = fields.Many2many(
        "credit.collection.plan",
        "credit_collection_dispute_plan_rel",
        "dispute_id",
        "plan_id",
        string="Agreed",
        readonly=True,
        copy=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("booked_move_ids")
    def _compute_booked_count(self):
        for dispute in self:
            dispute.booked_count = len(dispute.booked_move_ids)

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {
            "outcome_kind",
            "outcome_reference",
            "outcome_date",
            "outcome_notify",
            "justified",
            "booked_move_ids",
            "outcome_move_ids",
            "plan_ids",
        }

    def write(self, vals):
        """What a manager is asked about stays as it was asked, to the word: the customer reads it."""
        asked = self.filtered(lambda dispute: dispute.approval_state == "asked" and "outcome" in vals)
        if asked and not self.env.su:
            raise UserError(
                self.env._("Dispute %s waits for an approval: its explanation stays as it is.", asked[0].name)
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_settle(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle %s", self.name),
            "res_model": "credit.collection.dispute.settle",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def action_view_booked(self):
        self.ensure_one()
        return self.booked_move_ids._get_records_action(name=self.env._("Booked for %s", self.name))

    # === BUSINESS METHODS === #

    def _settle(self, kind, text="", *, amounts=None, reference=False, date=False, justified=None, notify=True):
        """Settle the dispute, or ask for the approval that it needs.

        :param kind: one of ``OUTCOMES``
        :param text: the explanation, in words for the customer; required to reject
        :param amounts: ``{dispute line: amount to credit, taxes included, in the currency of the item}``
        :param date: new due date, for that outcome
        :param justified: "yes" or "no"; default by outcome
        :return: whether it is settled; otherwise it waits for a manager
        :raises UserError: saying what stands in the way; nothing is booked then
        """
        self.ensure_one()
        self._check_may_settle()
        self._lock()
        with self.env.cr.savepoint():
            self._note_outcome(kind, text, amounts or {}, reference, date, justified, notify)
            if self._ask_approval():
                self._carry_out()
                return True
            if self.state != "investigating":
                self._set_investigating()
            return False

    def _note_outcome(self, kind, text, amounts, reference, date, justified, notify):
        """Write the outcome down, as somebody may have to approve it, and check it."""
        dispute = self.sudo()
        for line in dispute.line_ids:
            line.amount_settled = amounts.get(line, 0) if kind in CREDITING else 0
        dispute.write(
            {
                "outcome_kind": kind,
                "outcome": (text or "").strip(),
                "outcome_reference": reference if kind == "replacement" else False,
                "outcome_date": date if kind == "due_date" else False,
                "outcome_notify": notify or kind == "rejected",
                "justified": justified or ("yes" if kind in CUSTOMER_WAS_RIGHT else "no"),
            }
        )
        self._check_outcome()

    def _carry_out(self):
        """Book and end it, all or nothing."""
        with self.env.cr.savepoint():
            dispute = self.sudo().with_company(self.company_id)
            dispute = dispute.with_context(tz=self.company_id._get_collection_tz())
            dispute._check_outcome()
            getattr(dispute, f"_book_{self.outcome_kind}", lambda: None)()
            if self.outcome_kind == "rejected":
                dispute._set_rejected()
            else:
                dispute._set_resolved()
            if self.outcome_kind == "due_date":
                dispute._agree_on_date()

    def _lock(self):
        """Let nobody else settle it meanwhile; whoever comes second finds it settled."""
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is working on dispute %s: try again.", self.name)) from error
        self.invalidate_recordset(["state", "approval_state"])
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("Dispute %s has been settled already: reopen it first.", self.name))
        if self.approval_state == "asked":
            raise UserError(self.env._("Dispute %s waits for an approval: it is decided there.", self.name))

    # === CHECKS === #

    def _check_may_settle(self):
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_user"):
            raise AccessError(self.env._("Only collectors may do this."))
        self.check_access("write")

    def _check_outcome(self):
        """Say what is missing, before anything is booked."""
        kind = self.outcome_kind
        if kind == "rejected" and not self.outcome:
            raise UserError(self.env._("Explain to the customer why the dispute is rejected."))
        if kind == "replacement" and not (self.outcome or self.outcome_reference):
            raise UserError(self.env._("Say what is replaced, or the number of the new delivery."))
        if kind == "due_date" and (not self.outcome_date or self.outcome_date <= self._get_today()):
            raise UserError(self.env._("Choose a new due date after today."))
        if kind == "due_date":
            self._check_no_other_plan()
        if kind in CREDITING and not any(line.amount_settled for line in self.line_ids):
            raise UserError(self.env._("Say how much is credited, on one invoice at least."))
        if kind in (*CREDITING, "corrected", "due_date"):
            lines = self.sudo().line_ids
            for line in lines:
                line._check_bookable(kind)
            if kind in CREDITING:
                lines._check_enough_open()

    def _check_no_other_plan(self):
        lines = self.sudo().line_ids
        domain = [("live", "=", True), ("move_line_id", "in", lines._get_open_items().ids)]
        if plan := self.env["credit.collection.plan.line"].sudo().search(domain, limit=1).plan_id:
            raise UserError(
                self.env._(
                    "Plan %s holds these invoices already: cancel it first, or settle without a new date.", plan.name
                )
            )

    def _get_today(self):
        return self.company_id._get_collection_today()

    def _drop_outcome(self):
        dispute = self.sudo()
        dispute.write({"outcome_kind": False, "justified": False, "outcome_reference": False, "outcome_date": False})
        dispute.outcome_move_ids = [Command.clear()]
        dispute.line_ids.amount_settled = 0

    def _after_state(self, target):
        """A dispute that ends another way waits for no approval; one that is opened again has no outcome yet."""
        result = super()._after_state(target)
        if self.date_closed and self.approval_state == "asked":
            self._forget_question()
            self.sudo().activity_unlink([APPROVAL])
            self._drop_outcome()
        elif target == "new":
            self._drop_outcome()
            self._forget_question()
        return result


class CreditCollectionDisputeLine(models.Model):
    _inherit = "credit.collection.dispute.line"

    def _get_open_items(self):
        """Return the posted items that it stands for and that have something open."""
        return self._get_items().filtered(
            lambda item: item.parent_state == "posted" and item.amount_residual_currency > 0
        )

    def _is_settled_whole(self):
        left = sum(self._get_open_items().mapped("amount_residual_currency"))
        return not self.currency_id.compare_amounts(self.amount_settled, left)

    def _get_settled_company_amount(self):
        """Return what is credited in company currency, at the rate of the item."""
        return self._convert_to_company(self.amount_settled)

    def _check_bookable(self, kind):
        """Say why nothing can be booked on the item."""
        self.ensure_one()
        if kind in CREDITING and not self.amount_settled:
            return
        move, items = self.move_id, self._get_open_items()
        number = move.display_name
        if self.amount_settled < 0:
            raise UserError(self.env._("%s: what is credited must be greater than zero.", number))
        if move.state != "posted":
            raise UserError(self.env._("%s is a draft now: post it first, or cancel the dispute.", number))
        if not items:
            raise UserError(self.env._("%s is paid or closed already: nothing is left to credit.", number))
        if kind != "due_date" and not move.is_sale_document(include_receipts=True):
            raise UserError(self.env._("%s is no invoice: an accountant credits it in the books.", number))

    def _check_enough_open(self):
        """Lines whose items were replaced stand for the same ones: together they credit no more than is open."""
        for line in self.filtered("amount_settled"):
            items = line._get_open_items()
            sharing = self.filtered(lambda other, items=items: other._get_open_items() & items)
            left = sum(sharing._get_open_items().mapped("amount_residual_currency"))
            if line.currency_id.compare_amounts(sum(sharing.mapped("amount_settled")), left) > 0:
                raise UserError(
                    self.env._(
                        "%(invoice)s has only %(left)s open: no more can be credited on it.",
                        invoice=line.move_id.display_name,
                        left=line.currency_id.format(left),
                    )
                )
