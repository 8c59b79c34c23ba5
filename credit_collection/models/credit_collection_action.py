from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .credit_collection_scenario import TONES

STATES = [
    ("proposal", "Proposal"),
    ("to_approve", "To approve"),
    ("planned", "Ready to leave"),
    ("todo", "Task"),
    ("sending", "Sending"),
    ("issued", "Letter to post"),
    ("retry", "To be tried again"),
    ("sent", "Sent or done"),
    ("unknown", "Unknown: please check"),
    ("failed", "Failed"),
    ("skipped", "Skipped"),
    ("cancelled", "Cancelled"),
]


class CreditCollectionAction(models.Model):
    """One message or task to one debtor, with the items it covers."""

    _name = "credit.collection.action"
    _description = "Collection Action"
    _inherit = ["credit.collection.trail"]
    _order = "date desc, id desc"
    _rec_names_search = ["debtor_id"]

    run_id = fields.Many2one("credit.collection.run", index="btree_not_null", ondelete="set null", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one(
        "credit.collection.debtor", required=True, index=True, ondelete="restrict", readonly=True
    )
    contact_id = fields.Many2one("res.partner", string="Written to", ondelete="set null", index="btree_not_null")
    user_id = fields.Many2one("res.users", string="In charge", index="btree_not_null")
    move_id = fields.Many2one(
        "account.move", string="Only invoice", ondelete="set null", readonly=True, index="btree_not_null"
    )
    purpose = fields.Selection(
        lambda self: self.env["credit.collection.template"]._fields["purpose"]._description_selection(self.env),
        required=True,
        readonly=True,
        default="reminder",
        help="A step of the ladder, or a message beside it, which raises no level and asks for nothing.",
    )
    step_id = fields.Many2one("credit.collection.scenario.step", ondelete="restrict", readonly=True, index=True)
    step_label = fields.Char("What it is", compute="_compute_step_label", help="Its step, or what a message is for.")
    scenario_id = fields.Many2one("credit.collection.scenario", ondelete="restrict", readonly=True, index=True)
    level = fields.Integer(readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["credit.collection.channel"]._get_selection(), required=True, readonly=True
    )
    tone = fields.Selection(TONES, required=True, readonly=True)
    template_id = fields.Many2one("credit.collection.template", ondelete="restrict", string="Text", readonly=True)
    planned_state = fields.Selection(
        [("planned", "Automatic"), ("to_approve", "To approve"), ("todo", "Task for a person")],
        required=True,
        readonly=True,
        help="What a proposal becomes when it is confirmed.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    date = fields.Date("Planned for", required=True, readonly=True)
    date_sent = fields.Date("Sent on", readonly=True, help="Day in the company's timezone.")
    sent_at = fields.Datetime(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary("Due", readonly=True, help="What the due lines come to.")
    amount_shown = fields.Monetary("Also shown", readonly=True)
    amount_company = fields.Monetary("Due (company currency)", currency_field="company_currency_id", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    line_ids = fields.One2many("credit.collection.action.line", "action_id", string="Items", readonly=True)

    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)
    email_from = fields.Char(readonly=True)
    email_to = fields.Char(readonly=True)
    message_key = fields.Char(
        readonly=True, index="btree_not_null", help="The same at every try: Message-Id of the e-mail."
    )
    mail_message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null", index="btree_not_null")
    attachment_digest = fields.Text("Attachments (SHA-256)", readonly=True)
    tries = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True, help="Why it was skipped, cancelled, or what the server answered.")
    bounced = fields.Boolean(readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    preview_subject = fields.Char("Message", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    instruction = fields.Text(related="step_id.instruction")
    sending_stopped = fields.Boolean(related="company_id.collection_stopped", string="Sending is stopped")
    is_manager = fields.Boolean(compute="_compute_is_manager")

    _reminder_has_step = models.Constraint(
        "CHECK (purpose <> 'reminder' OR step_id IS NOT NULL AND scenario_id IS NOT NULL)",
        "A reminder belongs to a step of a scenario.",
    )
    _state_idx = models.Index("(company_id, state)")
    _debtor_date_idx = models.Index("(debtor_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("debtor_id", "step_id", "purpose")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"{action.debtor_id.display_name} · {action._get_what()}"

    @api.depends_context("lang")
    @api.depends("step_id", "purpose")
    def _compute_step_label(self):
        for action in self:
            action.step_label = action.step_id.display_name or action._get_what()

    @api.depends_context("lang")
    @api.depends("state", "body")
    def _compute_preview(self):
        """What was sent; before that, what would be sent now."""
        for action in self:
            if action.body or action.state in ("sent", "cancelled", "skipped", "failed"):
                action.preview_subject, action.preview = action.subject, action.body
            else:
                message = action._get_preview()
                action.preview_subject, action.preview = message.get("subject"), message.get("body")

    @api.depends_context("uid")
    def _compute_is_manager(self):
        self.is_manager = self.env.user.has_group("credit_collection.group_credit_collection_manager")

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return set(self._fields) - {"user_id", "contact_id"}

    def write(self, vals):
        """Who is in charge and whom it is written to can be changed until it has left."""
        settled = self.filtered(lambda action: action.state in ("sending", "issued", "sent", "unknown"))
        if settled and not self.env.su:
            raise AccessError(self.env._("%s has left: what was sent stays as it was.", settled[0].display_name))
        return super().write(vals)

    def _get_what(self):
        """Return what this is, in words: the step, or what a message beside the ladder is for."""
        self.ensure_one()
        if self.step_id and self.purpose == "reminder":
            return self.step_id.display_name
        return dict(self._fields["purpose"]._description_selection(self.env))[self.purpose]

    # === ACTION METHODS === #

    def action_approve(self):
        """Let the messages leave with the next pass; each is asked again right before."""
        self._check_collector()
        self._check_delivers()
        self.filtered(lambda action: action.tone == "formal")._check_manager()
        self._set_planned()._schedule()
        self.env.ref("credit_collection.ir_cron_credit_collection_send").sudo()._trigger()

    def action_send_myself(self):
        """A task whose channel can deliver leaves as a message after all."""
        self.action_approve()

    def action_done(self):
        """A person did the task: the step has reached the customer."""
        self._check_collector()
        self.filtered(lambda action: action.tone == "formal")._check_manager()
        for action in self:
            if action.state != "todo":
                raise UserError(self.env._("%s is not a task that is open.", action.display_name))
            if action.channel == "letter":
                raise UserError(
                    self.env._("%s is a letter: have it made, print and post it. Then it is done.", action.display_name)
                )
            action._set_sent(
                action.company_id._get_collection_today(),
                reason=self.env._("Done by %s", self.env.user.name),
                **action._get_text_kept(),
            )
            action.debtor_id.message_post(body=self.env._("Done: %s", action._get_what()))

    def _get_text_kept(self):
        """Return the text that a person's letter or call went by; what leaves by itself is kept by its channel."""
        self.ensure_one()
        if self._get_channel()._delivers or not self.template_id:
            return {}
        message = self._get_preview()
        return {name: message[name] for name in ("subject", "body") if message.get(name)}

    def action_remove(self):
        """Take actions out before they leave; a reason is asked for."""
        return self._get_action_wizard("cancel", self.env._("Remove"))

    def action_resolve_unknown(self):
        return self._get_action_wizard("went_out", self.env._("What became of it?"))

    def action_view_debtor(self):
        return self.debtor_id._get_action_form()

    def _get_action_wizard(self, decision, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "credit.collection.action.resolve",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_ids": self.ids, "default_decision": decision},
        }

    # === BUSINESS METHODS === #

    def _get_channel(self):
        self.ensure_one()
        return self.env["credit.collection.channel"]._get(self.channel)

    def _resolve(self, decision, reason):
        """Carry out what a person decided about actions that wait or whose fate is unknown."""
        self._check_collector()
        if decision != "cancel":
            self.filtered(lambda action: action.tone == "formal")._check_manager()
        for action in self:
            note = self.env._("%(reason)s (%(user)s)", reason=reason, user=self.env.user.name)
            if decision == "went_out":
                action._check_unknown()
                action._check_no_letter()
                action._set_sent(action.date_sent or action.date, reason=note)
            elif decision == "again":
                action._check_unknown()
                action._update_state(
                    ("unknown",),
                    "planned",
                    reason=note,
                    message_key=False,
                    uncertain=False,
                    printed_at=False,
                    generation=action.generation + 1,
                    approved_by_id=self.env.uid,
                )
            else:
                action._set_cancelled(note)
            action.debtor_id.message_post(body=self.env._("%(step)s: %(note)s", step=action._get_what(), note=note))

    @api.model
    def _cancel_for_scenario(self, scenario, company):
        waiting = self.search(
            [
                ("scenario_id", "=", scenario.id),
                ("company_id", "=", company.id),
                ("state", "in", ("proposal", "to_approve", "planned", "todo", "issued", "retry")),
                ("uncertain", "=", False),
            ]
        )
        printed = waiting.filtered("printed_at")
        printed._set_unknown(self.env._("%s was switched off: was the letter posted?", scenario.display_name))
        waiting -= printed
        return waiting._set_cancelled(self.env._("%s was switched off.", scenario.display_name))

    def _check_unknown(self):
        for action in self:
            if action.state != "unknown":
                raise UserError(self.env._("It is known what became of %s: nothing to decide.", action.display_name))

    def _check_no_letter(self):
        for action in self.filtered("letter"):
            raise UserError(self.env._("%s is a letter: confirm it as posted, with its day.", action.display_name))

    def _check_delivers(self):
        for action in self:
            if not action._get_channel()._delivers:
                raise UserError(
                    self.env._("%s cannot be sent from here: do it, then mark it done.", action.display_name)
                )

    def _check_collector(self):
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_user"):
            raise AccessError(self.env._("Only collectors may do this."))
        self.check_access("write")

    def _check_manager(self):
        if (
            self
            and not self.env.su
            and not self.env.user.has_group("credit_collection.group_credit_collection_manager")
        ):
            raise AccessError(self.env._("A formal notice is approved by a collection manager."))
