from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools.misc import format_date

# States in which a promise holds its items; in all others it was judged or taken back.
LIVE_STATES = ("to_approve", "open")
JUDGED_STATES = ("kept", "partly", "broken")
HOW = [
    ("phone", "By phone"),
    ("email", "By e-mail"),
    ("portal", "On the portal"),
    ("meeting", "In a meeting"),
    ("message", "By text message"),
    ("import", "In other software"),
]


class CreditCollectionPromise(models.Model):
    """A payment that a customer announced: how much, when, for which items. It holds them until date and tolerance.

    Whether it was kept is judged from the ledger: see :meth:`_judge`.
    """

    _name = "credit.collection.promise"
    _description = "Promise to Pay"
    _inherit = ["credit.collection.approval", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary("Promised", required=True, tracking=True, help="In the currency of its items.")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_company = fields.Monetary(
        "Promised (company currency)",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="At the rate of its items when it was made.",
    )
    date = fields.Date("Pays on", required=True, tracking=True)
    date_made = fields.Date("Promised on", required=True, default=lambda self: self.env.company._get_collection_today())
    date_release = fields.Date(
        "Holds before", readonly=True, copy=False, help="First day on which its items may be dunned again."
    )
    how = fields.Selection(HOW, required=True, default="phone")
    contact_id = fields.Many2one("res.partner", "Promised by", ondelete="set null", index="btree_not_null")
    user_id = fields.Many2one("res.users", "Noted by", required=True, default=lambda self: self.env.user)
    note = fields.Text(tracking=True, help="In the customer's words.")
    line_ids = fields.One2many("credit.collection.promise.line", "promise_id", string="Items")
    move_ids = fields.Many2many("account.move", compute="_compute_move_ids", string="Invoices")
    state = fields.Selection(
        [
            ("to_approve", "To approve"),
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly", "Partly kept"),
            ("broken", "Broken"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_judged = fields.Date("Judged on", readonly=True, copy=False)
    paid = fields.Monetary(readonly=True, copy=False, help="What had come for its items when it was judged.")
    collection_import_id = fields.Many2one(
        "credit.collection.import", string="Imported by", readonly=True, copy=False, index="btree_not_null"
    )
    number = fields.Integer(
        "Try", readonly=True, copy=False, help="1, and one more for each broken, partly kept or withdrawn one before."
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "The promised amount must be greater than zero.")
    _debtor_idx = models.Index("(debtor_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("amount", "currency_id", "date")
    def _compute_display_name(self):
        for promise in self:
            amount = promise.currency_id.format(promise.amount) if promise.currency_id else ""
            promise.display_name = self.env._(
                "%(amount)s for %(day)s", amount=amount, day=format_date(self.env, promise.date)
            )

    @api.depends("line_ids.move_id")
    def _compute_move_ids(self):
        for promise in self:
            promise.move_ids = promise.line_ids.move_id

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        """What was promised stays as it was said; another word is another promise."""
        return super()._get_trail_fields() | (
            {"debtor_id", "company_id", "currency_id", "amount", "amount_company", "date", "date_made", "how"}
            | {"user_id", "state", "date_release", "date_judged", "paid", "number", "line_ids"}
            | {"collection_import_id"}
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """A promise that only an undone import made goes with it; all others are part of the file."""
        undone = self.env.su and self.env.context.get("collection_import")
        if undone and all(promise.collection_import_id for promise in self):
            return
        raise UserError(self.env._("A promise is part of the file: withdraw it instead of deleting it."))

    # === STATE === #

    def _update_state(self, allowed, target, **values):
        """The one gate: a promise that is there already is left alone, another one says why it cannot move."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        moving = self.filtered(lambda promise: promise.state != target)
        moving._lock()
        for promise in moving:
            if promise.state not in allowed:
                raise UserError(
                    self.env._(
                        "The promise of %(name)s is %(state)s and cannot become %(target)s.",
                        name=promise.display_name,
                        state=labels[promise.state],
                        target=labels[target],
                    )
                )
            promise.check_access("write")
            promise.sudo().write({"state": target, **values})
            promise.sudo().line_ids.live = target in LIVE_STATES
            promise.debtor_id._ask_again_now()
        return True

    def _lock(self):
        """Keep the promises from everybody else until the end of the transaction."""
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            names = ", ".join(self.mapped("display_name"))
            raise UserError(self.env._("Somebody else is deciding about %s: look again in a moment.", names)) from error
