from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .credit_collection_action_again import ASKED_AGAIN


class CreditCollectionDebtor(models.Model):
    """The file a collector works on: one commercial partner in one company."""

    _name = "credit.collection.debtor"
    _description = "Debtor"
    _inherit = ["mail.thread", "mail.activity.mixin", "credit.collection.manners"]
    _order = "partner_id, id"
    _rec_names_search = ["partner_id"]
    _mail_post_access = "read"

    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Collector", tracking=True, index="btree_not_null", domain="[('share', '=', False)]"
    )
    payer_id = fields.Many2one(
        "res.partner",
        string="Paid by",
        index="btree_not_null",
        tracking=True,
        help="Who settles these items: head office or service centre. It is written to, and counts its contacts once.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Written to",
        domain="['|', ('commercial_partner_id', '=', partner_id), ('commercial_partner_id', '=', payer_id)]",
        help="Contact for reminders. Empty: the one for payables, else the customer itself or its invoice address.",
    )
    kind = fields.Selection(related="partner_id.collection_kind", readonly=False)
    country_id = fields.Many2one(related="partner_id.country_id")
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    bounced_email = fields.Char(
        "Address that comes back", compute="_compute_bounced_email", help="Of any contact of this customer."
    )
    sending_stopped = fields.Boolean(related="company_id.collection_stopped", string="Sending is stopped")

    scenario_id = fields.Many2one(
        "credit.collection.scenario",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        help="For this debtor only; it goes before the profile's.",
    )
    profile_id = fields.Many2one(
        "credit.collection.profile",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    profile_pinned = fields.Boolean(tracking=True, help="Keep this profile, whatever the rules say.")
    profile_pin_reason = fields.Char(tracking=True)
    profile_rank = fields.Integer(readonly=True)
    profile_rule = fields.Char("Rule that fitted", readonly=True, help="As it stood when the profile was assigned.")
    profile_reason = fields.Char("Why this profile", compute="_compute_profile_reason")
    hold_until = fields.Date("On hold until", tracking=True, help="No reminder leaves up to and including this day.")
    hold_reason = fields.Char(tracking=True)
    optout_ids = fields.One2many("credit.collection.optout", "debtor_id", string="Closed Channels")
    note = fields.Html("Pinned note")
    late_reason_id = fields.Many2one(
        "credit.collection.late.reason", string="Why late", tracking=True, ondelete="restrict", index="btree_not_null"
    )
    late_reason_date = fields.Date("Said on")

    action_ids = fields.One2many("credit.collection.action", "debtor_id")
    dispute_ids = fields.One2many("credit.collection.dispute", "debtor_id")
    action_count = fields.Integer(compute="_compute_counts")
    dispute_count = fields.Integer("Open Disputes", compute="_compute_counts")

    amount_open = fields.Monetary("Receivable", compute="_compute_position", help="Open items, credits taken off.")
    amount_overdue = fields.Monetary("Overdue", compute="_compute_position", help="Debit items past their due date.")
    amount_disputed = fields.Monetary("Disputed", compute="_compute_position")
    overdue_since = fields.Date(compute="_compute_position")
    level = fields.Integer("Level reached", compute="_compute_position")
    next_date = fields.Date("Next step on", compute="_compute_position")
    next_action = fields.Char(compute="_compute_position")
    open_item_ids = fields.One2many("credit.collection.report.open.item", "debtor_id", string="Open Items")

    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id)", "This customer has a debtor file in this company already."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_display_name(self):
        for debtor in self:
            debtor.display_name = debtor.partner_id.display_name

    @api.depends("partner_id.email_normalized", "partner_id.collection_bounced_email", "payer_id")
    def _compute_bounced_email(self):
        bouncing = self._get_bouncing_contacts().grouped("commercial_partner_id")
        for debtor in self:
            contacts = bouncing.get(debtor._get_payer(), self.env["res.partner"])
            debtor.bounced_email = ", ".join(dict.fromkeys(contacts.mapped("collection_bounced_email")))

    @api.depends("profile_pinned", "profile_pin_reason", "profile_id", "profile_rank", "profile_rule")
    def _compute_profile_reason(self):
        for debtor in self:
            if debtor.profile_pinned:
                reason = self.env._("Pinned: %s", debtor.profile_pin_reason or self.env._("no reason given"))
            elif debtor.profile_id:
                reason = self.env._(
                    "Rule %(rank)s is the first that fits: %(rule)s",
                    rank=debtor.profile_rank,
                    rule=debtor.profile_id.description or debtor.profile_rule,
                )
            else:
                reason = self.env._("No rule fits yet.")
            debtor.profile_reason = reason

    def _compute_counts(self):
        actions = dict(
            self.env["credit.collection.action"]._read_group(
                [("debtor_id", "in", self.ids), ("state", "!=", "proposal")], ["debtor_id"], ["__count"]
            )
        )
        disputes = dict(
            self.env["credit.collection.dispute"]._read_group(
                [("debtor_id", "in", self.ids), ("date_closed", "=", False)], ["debtor_id"], ["__count"]
            )
        )
        for debtor in self:
            debtor.action_count = actions.get(debtor, 0)
            debtor.dispute_count = disputes.get(debtor, 0)

    @api.depends_context("collection_date")
    def _compute_position(self):
        positions = self.env["credit.collection.planner"]._get_positions(self)
        for debtor in self:
            position = positions.get(debtor.id, {})
            debtor.amount_open = position.get("amount_open", 0)
            debtor.amount_overdue = position.get("amount_overdue", 0)
            debtor.amount_disputed = position.get("amount_disputed", 0)
            debtor.overdue_since = position.get("overdue_since")
            debtor.level = position.get("level", 0)
            debtor.next_date = position.get("next_date")
            debtor.next_action = position.get("next_action", False)

    # === CONSTRAINT METHODS === #

    @api.constrains("hold_until", "hold_reason")
    def _check_hold_reason(self):
        for debtor in self:
            if debtor.hold_until and not (debtor.hold_reason or "").strip():
                raise ValidationError(
                    self.env._("Say why %s is on hold: who reads it later has to know.", debtor.display_name)
                )

    @api.constrains("profile_pinned", "profile_id")
    def _check_pinned_profile(self):
        for debtor in self:
            if debtor.profile_pinned and not debtor.profile_id:
                raise ValidationError(self.env._("Choose the profile that %s is to keep.", debtor.display_name))

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for debtor in self:
            if debtor.partner_id != debtor.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "A debtor file is kept for the company %(company)s, not for its contact %(contact)s.",
                        company=debtor.partner_id.commercial_partner_id.display_name,
                        contact=debtor.partner_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the list be sorted by what is read from the ledger."""
        if field_expr in ("amount_open", "amount_overdue") and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            return self.env["credit.collection.planner"]._join_position(alias, field_expr, query)
        return super()._field_to_sql(alias, field_expr, query)

    def write(self, vals):
        if vals.get("late_reason_id") and "late_reason_date" not in vals:
            vals = {**vals, "late_reason_date": fields.Date.context_today(self)}
        if "profile_id" in vals and "profile_pinned" not in vals:
            vals = {**vals, "profile_pinned": bool(vals["profile_id"])}
        if {"partner_id", "company_id"} & set(vals) and not self.env.su:
            raise UserError(self.env._("A debtor file stays with its customer: its history belongs there."))
        result = super().write(vals)
        if {"hold_until", "self_service"} & set(vals):
            self._ask_again_now()
        if {"opens", "closes", "sends_at", "send_days", "profile_id"} & set(vals):
            self._reschedule()
        return result

    def _ask_again_now(self, limit=None):
        """Stop at once what waits for these debtors and may not go any more.

        :param limit: how many; the others are asked again by the next run, and each right before it leaves
        """
        actions = self.env["credit.collection.action"].sudo()
        domain = [("debtor_id", "in", self.ids), ("state", "in", ASKED_AGAIN)]
        actions.search(domain, limit=limit)._ask_again_now()

    def _reschedule(self):
        """The hours have changed: what waits to leave waits by the new ones."""
        actions = self.env["credit.collection.action"].sudo()
        actions.search([("debtor_id", "in", self.ids), ("state", "in", ("planned", "retry"))])._schedule()

    # === ACTION METHODS === #

    def action_release_hold(self):
        self.write({"hold_until": False, "hold_reason": False})

    def action_unpin_profile(self):
        """Let the rules decide again."""
        self.write({"profile_pinned": False, "profile_pin_reason": False})
        for company, debtors in self.grouped("company_id").items():
            self.env["credit.collection.profile"]._assign(company, debtors)

    def action_clear_bounce(self):
        """Trust again, by hand, the addresses that came back."""
        self._get_bouncing_contacts().action_clear_collection_bounce()

    def action_view_open_items(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_report_open_item_action"
        )
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def action_view_actions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_action_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def action_view_disputes(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_dispute_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {"default_debtor_id": self[:1].id}}

    def action_open_dispute(self):
        self.ensure_one()
        return self.env["credit.collection.dispute"]._get_action_new(self)

    def _get_action_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "name": self.display_name,
        }

    # === BUSINESS METHODS === #

    def _message_receive_bounce(self, email, partner):
        """An address came back: flag it, tell it on the message, and ask somebody to find another."""
        result = super()._message_receive_bounce(email, partner)
        for debtor in self.sudo():
            contacts = debtor.partner_id.search([("commercial_partner_id", "=", debtor.partner_id.id)])
            (contacts | partner)._flag_collection_bounce(email)
            sent = debtor.action_ids.search(
                [("debtor_id", "=", debtor.id), ("email_to", "=", email), ("state", "=", "sent")], limit=1
            )
            sent.write({"bounced": True})
            debtor.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Find a valid e-mail address: %s came back", email),
                user_id=debtor._get_responsible().id,
            )
        return result

    def _get_bouncing_contacts(self):
        """Return the contacts whose present e-mail address came back."""
        payers = self.env["res.partner"].union(*(debtor._get_payer() for debtor in self))
        domain = [("commercial_partner_id", "in", payers.ids), ("collection_bounced_email", "!=", False)]
        return payers.search(domain).filtered("collection_email_bounces")

    def _get_payer(self):
        """Return the company whose contacts are written to: the payer's, by default the debtor itself."""
        self.ensure_one()
        return self.payer_id.commercial_partner_id or self.partner_id

    def _get_responsible(self):
        """Return who is told when something needs a person: the collector, else whoever may decide about users."""
        self.ensure_one()
        return self._get_collector() or self.env.ref("base.user_admin")

    def _get_collector(self):
        """Return the user in charge: the debtor's collector, else the company's, else its manager."""
        self.ensure_one()
        company = self.company_id.sudo()
        users = self.user_id + company.collection_user_id + company.collection_manager_id
        return users.filtered("active")[:1]
