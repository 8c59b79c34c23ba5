from odoo import api, fields, models
from odoo.tools import email_normalize
from odoo.tools.misc import format_date


class CreditCollectionDebtor(models.Model):
    """What was said about a debtor and waits for judgement; answers of the customer that come in by mail."""

    _inherit = "credit.collection.debtor"

    remark_ids = fields.One2many("credit.collection.remark", "debtor_id", string="Remarks")
    remark_count = fields.Integer("To judge", compute="_compute_remarks")
    provisional = fields.Char("Held for now", compute="_compute_remarks")

    # === COMPUTE METHODS === #

    @api.depends("remark_ids.state", "remark_ids.date_until")
    def _compute_remarks(self):
        waiting = self.env["credit.collection.remark"].search(
            [("debtor_id", "in", self.ids), ("state", "=", "open")], order="date_until desc, id desc"
        )
        by_debtor = waiting.grouped("debtor_id")
        for debtor in self:
            mine = by_debtor.get(debtor, waiting.browse())
            debtor.remark_count = len(mine)
            holding = mine.filtered(lambda remark: not remark.line_ids and not remark.expired)[:1]
            debtor.provisional = bool(holding) and self.env._(
                "until %(day)s: %(words)s", day=format_date(self.env, holding.date_until), words=holding.text[:120]
            )

    # === ACTION METHODS === #

    def action_view_remarks(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_remark_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {"search_default_open": 1}}

    def action_note_remark(self):
        """Ask for the sentence that holds this customer for a few days."""
        self.ensure_one()
        return self.env["credit.collection.remark.report"]._get_action(
            self.partner_id, self.company_id, kind="note", name=self.env._("Hold for a Few Days")
        )

    # === BUSINESS METHODS === #

    def _get_open_receivables(self):
        return self._find_open_receivables(self.partner_id, self.company_id)

    @api.model
    def _find_open_receivables(self, partner, company):
        """Return the open debit items of a customer in a company that reminders may be about."""
        return self.env["account.move.line"].search(
            [
                ("partner_id.commercial_partner_id", "in", partner.commercial_partner_id.ids),
                ("company_id", "in", company.ids),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
            ],
            order="date_maturity, id",
        )

    def _message_post_after_hook(self, message, msg_values):
        """An answer that came in by mail: nothing leaves for a few days, and a person reads it.

        Only the mail gateway works as superuser: nobody pretends over RPC that a customer has answered.
        """
        result = super()._message_post_after_hook(message, msg_values)
        came_in = self.env.su and self.env.context.get("collection_incoming") == "person"
        if came_in and message.message_type == "email":
            self._note_reply_somehow(message)
        return result

    def _note_reply_somehow(self, message):
        """Note an answer; when that fails hold and ask a person all the same, or at least tell somebody.

        The mail itself is kept whatever happens: the gateway would not get it a second time.
        """
        daily = self.env["credit.collection.daily"]
        for note in ("_note_reply", "_note_reply_unread", "_tell_of_reply"):
            done = daily._try(
                self.sudo(),
                lambda debtor, note=note: getattr(debtor, note)(message),
                "An answer on the file of %s could not be noted",
            )
            if done:
                break

    def _note_reply_unread(self, message):
        if not self._is_ours(message):
            self.env["credit.collection.remark"]._report_unread(self, message)

    def _tell_of_reply(self, message):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("An answer could not be noted, and stops nothing: read it"),
            user_id=self._get_responsible().id,
        )

    def _note_reply(self, message):
        self.ensure_one()
        if self._is_ours(message):
            return
        Remark = self.env["credit.collection.remark"]
        words = Remark._get_own_words(message.body) or self.env._("No words of their own: see the message.")
        Remark._report(self, words, kind="reply", author=message.author_id, message=message)

    @api.model
    def _is_ours(self, message):
        """Whether one of us wrote it: a user, the company's own address, an alias."""
        address = email_normalize(message.email_from)
        if any(not user.share for user in message.author_id.with_context(active_test=False).user_ids):
            return True
        if not address:
            return False
        users = self.env["res.users"].search_count([("email_normalized", "=", address), ("share", "=", False)], limit=1)
        companies = self.env["res.company"].search_count([("partner_id.email_normalized", "=", address)], limit=1)
        return bool(users or companies) or bool(self.env["mail.alias.domain"]._find_aliases([address]))
