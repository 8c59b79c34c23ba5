from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

COLLECTORS = "credit_collection.group_credit_collection_user"
MANAGERS = "credit_collection.group_credit_collection_manager"
# Who runs the books may post such an entry by hand as well: no limit.
ACCOUNTANTS = "account.group_account_manager"
REASONS = [
    ("bank_charge", "Bank charge"),
    ("discount", "Discount"),
    ("rounding", "Rounding"),
    ("not_worth", "Not worth it"),
]


class CreditCollectionWriteoff(models.Model):
    """A proposal to write off small sums of one debtor: items too small for any reminder, with amounts frozen.

    Nothing is booked before a person says so, within the limit of that person; an administrator of Accounting has none.
    """

    _name = "credit.collection.writeoff"
    _description = "Small Sum"
    _inherit = ["credit.collection.trail", "mail.thread"]
    _order = "date desc, id desc"
    _rec_names_search = ["debtor_id"]
    _mail_post_access = "read"

    debtor_id = fields.Many2one(
        "credit.collection.debtor", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    user_id = fields.Many2one(related="debtor_id.user_id", string="Collector")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Proposed on", required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, tracking=True, help="Decides the account it is booked on.")
    state = fields.Selection(
        [("proposed", "Proposed"), ("done", "Written off"), ("refused", "Refused"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        index=True,
        default="proposed",
        tracking=True,
    )
    state_reason = fields.Char("Why cancelled", readonly=True)
    amount = fields.Monetary(readonly=True, help="In company currency, as it stood when it was proposed.")
    line_ids = fields.One2many("credit.collection.writeoff.line", "writeoff_id", string="Items", readonly=True)
    references = fields.Char("Invoices", compute="_compute_references")
    move_id = fields.Many2one(
        "account.move", string="Journal entry", readonly=True, ondelete="set null", index="btree_not_null"
    )
    entry_undone = fields.Boolean(compute="_compute_entry_undone")
    may_decide = fields.Boolean(compute="_compute_may_decide")
    who_may = fields.Char("Who may write it off", compute="_compute_may_decide")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    date_decided = fields.Date("Decided on", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("debtor_id", "amount")
    def _compute_display_name(self):
        for writeoff in self:
            amount = writeoff.currency_id.format(writeoff.amount)
            writeoff.display_name = f"{writeoff.debtor_id.display_name} · {amount}"

    @api.depends("line_ids.reference")
    def _compute_references(self):
        for writeoff in self:
            writeoff.references = ", ".join(writeoff.line_ids.mapped(lambda line: line.reference or ""))

    @api.depends("move_id.state", "move_id.reversal_move_ids")
    def _compute_entry_undone(self):
        """An accountant may have taken the entry back in the books."""
        for writeoff in self:
            move = writeoff.sudo().move_id
            taken_back = not move or move.state != "posted" or move.reversal_move_ids
            writeoff.entry_undone = writeoff.state == "done" and bool(taken_back)

    @api.depends("amount", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_may_decide(self):
        """Whether the user may write it off, and who may, up to how much."""
        for writeoff in self:
            company, limit = writeoff.company_id.sudo(), writeoff._get_limit()
            writeoff.may_decide = limit is None or company.currency_id.compare_amounts(writeoff.amount, limit) <= 0
            words = self.env._(
                "Collectors up to %(collector)s, collection managers up to %(manager)s, above that an accountant "
                "(administrator of Accounting).",
                collector=company.currency_id.format(company.collection_writeoff_limit_user),
                manager=company.currency_id.format(company.collection_writeoff_limit_manager),
            )
            writeoff.who_may = words if writeoff.may_decide else f"{words} {writeoff._get_who_may()}"

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return {
            "debtor_id", "company_id", "date", "state", "state_reason", "amount", "line_ids", "move_id",
            "decided_by_id", "date_decided",
        }  # fmt: skip

    def write(self, vals):
        settled = self.filtered(lambda writeoff: writeoff.state != "proposed")
        if "reason" in vals and settled and not self.env.su:
            raise UserError(self.env._("%s is decided: its reason stays as it was.", settled[0].display_name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A small sum is part of the file: refuse it instead of deleting it."))

    # === ACTION METHODS === #

    def action_write_off(self):
        """Book what is proposed; all or nothing of what was chosen."""
        self._check_collector()
        self._check_limit()
        for writeoff in self:
            writeoff._book()

    def action_refuse(self):
        """No: these items are not proposed again by themselves."""
        self._check_collector()
        self._set_refused()

    def action_undo(self):
        """Take a write-off back by a reverse entry: its items are open again."""
        self._check_collector()
        self._check_limit()
        for writeoff in self:
            writeoff._take_back()

    def action_view_debtor(self):
        return self.debtor_id._get_action_form()

    def action_view_entry(self):
        self.ensure_one()
        return self.move_id._get_records_action()

    def _get_action_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # === STATE === #

    def _update_state(self, allowed, target, **values):
        """The one gate. An item stands in one open proposal at most."""
        self._check_state(allowed, target)
        moving = self.sudo()
        moving.write({"state": target, **values})
        moving.line_ids.write({"is_open": False})

    def _check_state(self, allowed, target):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for writeoff in self:
            if writeoff.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(sum)s is “%(state)s”: it cannot become “%(target)s”.",
                        sum=writeoff.display_name,
                        state=labels[writeoff.state],
                        target=labels[target],
                    )
                )

    def _prepare_decision(self):
        return {"decided_by_id": self.env.uid, "date_decided": self.company_id[:1]._get_collection_today()}

    def _set_done(self, move):
        self._update_state(("proposed",), "done", move_id=move.id, **self._prepare_decision())

    def _set_refused(self):
        self._update_state(("proposed",), "refused", **self._prepare_decision())

    def _set_cancelled(self, reason):
        self._update_state(("proposed", "done"), "cancelled", state_reason=reason)

    # === CHECKS === #

    def _check_collector(self):
        user = self.env.user
        if not self.env.su and not any(user.has_group(group) for group in (COLLECTORS, ACCOUNTANTS)):
            raise AccessError(self.env._("Only collectors and the administrators of Accounting may do this."))
        self.check_access("write")

    def _get_limit(self):
        """Return up to how much the user may write off, in company currency; None without a limit."""
        self.ensure_one()
        user, company = self.env.user, self.company_id.sudo()
        if user.has_group(ACCOUNTANTS):
            return None
        if user.has_group(MANAGERS):
            return company.collection_writeoff_limit_manager
        return company.collection_writeoff_limit_user if user.has_group(COLLECTORS) else -1

    def _check_limit(self):
        """Each user writes off up to a limit per small sum; who is above it is told who may."""
        for writeoff in self:
            limit = writeoff._get_limit()
            if not writeoff.may_decide:
                raise UserError(
                    self.env._(
                        "%(sum)s is more than the %(limit)s that you may write off. %(who)s",
                        sum=writeoff.display_name,
                        limit=writeoff.currency_id.format(limit),
                        who=writeoff._get_who_may(),
                    )
                )

    def _get_who_may(self):
        """Name who may decide on this amount."""
        self.ensure_one()
        company = self.company_id.sudo()
        above = company.currency_id.compare_amounts(self.amount, company.collection_writeoff_limit_manager) > 0
        people = self.env.ref(ACCOUNTANTS if above else MANAGERS).sudo().all_user_ids
        people = people.filtered(lambda user: company in user.company_ids and not user.share)
        people = people if above else company.collection_manager_id | people
        nobody = self.env._("an administrator of Accounting") if above else self.env._("a collection manager")
        return self.env._("These may: %s.", ", ".join(people[:5].mapped("name")) or nobody)
