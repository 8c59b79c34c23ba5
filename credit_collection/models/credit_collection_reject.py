from odoo import api, fields, models

# Reason, its words, the working days for which the item waits then.
REASONS = [
    ("unknown", "Not said yet", 3),
    ("funds", "Not enough funds", 0),
    ("mandate", "No valid mandate, account closed", 5),
    ("refused", "Refunded on the customer's demand", 5),
    ("technical", "Technical, presented again", 3),
    ("mistake", "Our own correction", 0),
]
QUESTION = "credit_collection.mail_activity_type_came_back"


class CreditCollectionReject(models.Model):
    """A payment that came back: taken off an item that it had settled. The reason decides how it goes on."""

    _name = "credit.collection.reject"
    _description = "Payment That Came Back"
    _inherit = ["credit.collection.trail"]
    _order = "date desc, id desc"
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade", index=True
    )
    move_line_id = fields.Many2one(
        "account.move.line", string="Entry", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer", store=True, index=True)
    debtor_id = fields.Many2one("credit.collection.debtor", compute="_compute_debtor_id")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary("Came back", readonly=True)
    payment_reference = fields.Char("Payment", readonly=True)
    date = fields.Date("Came back on", required=True, readonly=True)
    reason = fields.Selection([row[:2] for row in REASONS], required=True, default="unknown")
    hold_until = fields.Date(
        "Waits until", compute="_compute_hold_until", store=True, readonly=False, help="Last day without a reminder."
    )
    note = fields.Char()
    amount_residual = fields.Monetary(related="move_id.amount_residual", string="Open now")
    payment_state = fields.Selection(related="move_id.payment_state")

    # === COMPUTE METHODS === #

    @api.depends("move_id")
    def _compute_debtor_id(self):
        debtors = self.env["credit.collection.debtor"].search(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)]
        )
        by_key = {(debtor.partner_id, debtor.company_id): debtor for debtor in debtors}
        for reject in self:
            reject.debtor_id = by_key.get((reject.partner_id, reject.company_id), False)

    @api.depends("reason", "date")
    def _compute_hold_until(self):
        """The days run from the day on which the payment came back; no days: not a day more."""
        days = {code: wait for code, __, wait in REASONS}
        for reject in self:
            after = reject.company_id.sudo()._get_day_after_workdays(reject.date, days[reject.reason])
            reject.hold_until = fields.Date.subtract(after, days=1)

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return {"move_id", "move_line_id", "currency_id", "amount", "payment_reference", "date"}

    def write(self, vals):
        asked = self.filtered(lambda reject: reject.reason != vals.get("reason", reject.reason))
        result = super().write(vals)
        for reject in asked:
            reject._follow_reason()
        if {"reason", "hold_until"} & set(vals):
            self.debtor_id._ask_again_now()
        return result

    # === ACTION METHODS === #

    def action_view_move(self):
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    # === BUSINESS METHODS === #

    @api.model
    def _note_returned(self, returned):
        """Note the payments that came back: ``(item, payment entry, amount)``; ask somebody to say why."""
        today = fields.Date.to_date(self.env.context.get("collection_date"))
        rejects = self.sudo().create(
            [
                {
                    "move_id": item.move_id.id,
                    "move_line_id": item.id,
                    "currency_id": item.currency_id.id,
                    "amount": amount,
                    "payment_reference": payment.display_name,
                    "date": today or item.company_id._get_collection_today(),
                }
                for item, payment, amount in returned
            ]
        )
        for reject in rejects:
            reject._ask_why()
        return rejects

    def _ask_why(self):
        text = self.env._(
            "%(amount)s for %(invoice)s came back (%(payment)s): say why",
            amount=self.currency_id.format(self.amount),
            invoice=self.move_id.display_name,
            payment=self.payment_reference,
        )
        self.move_id.message_post(body=text)
        self._add_task(text, self.company_id._get_accountant(), kind=QUESTION)

    def _follow_reason(self):
        """What the reason asks for: a new mandate, or a word with the customer who took the money back."""
        debtor = self.debtor_id
        reason = dict(self._fields["reason"]._description_selection(self.env))[self.reason]
        self.move_id.message_post(body=self.env._("Why the payment came back: %s", reason))
        self._close_question(reason)
        if self.reason == "funds":
            debtor.sudo().late_reason_id = self.env.ref(
                "credit_collection.credit_collection_late_reason_cash", raise_if_not_found=False
            )
        elif self.reason == "mandate":
            self._add_task(
                self.env._("%s: get a new mandate, or agree on another means", self.move_id.display_name),
                debtor._get_responsible(),
            )
        elif self.reason == "refused":
            self._add_task(
                self.env._("%s: the customer took the money back. Ask why: a dispute?", self.move_id.display_name),
                debtor._get_responsible(),
            )

    def _close_question(self, reason):
        """Close the task that asked why, once no payment of this customer waits for its reason; no other task."""
        waiting = self.search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("reason", "=", "unknown"),
            ]
        )
        kind = self.env.ref(QUESTION)
        asked = self.debtor_id.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        if waiting:
            asked = asked.filtered(lambda activity: f" {self.move_id.display_name} " in (activity.summary or ""))
        asked.action_feedback(feedback=reason)

    def _add_task(self, summary, user, kind="mail.mail_activity_data_todo"):
        self.debtor_id.sudo().activity_schedule(kind, summary=summary, user_id=user.id)
