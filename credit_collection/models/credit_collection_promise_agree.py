from odoo import models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .credit_collection_approval import MANAGER
from .credit_collection_promise import LIVE_STATES


class CreditCollectionPromise(models.Model):
    """How promises are agreed to, and taken back."""

    _inherit = "credit.collection.promise"

    # === ACTION METHODS === #

    def action_withdraw(self):
        """The customer or we took it back; a reason is asked for."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw"),
            "res_model": "credit.collection.promise.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_promise_ids": self.ids},
        }

    # === APPROVAL === #

    def _get_approval_reasons(self):
        self.ensure_one()
        if self.env.user.has_group(MANAGER):
            return []
        company, reasons = self.company_id.sudo(), []
        days = (self.date - self.date_made).days
        if days > company.collection_promise_days:
            reasons.append(
                self.env._(
                    "In %(days)s days; up to %(limit)s are agreed without a manager.",
                    days=days,
                    limit=company.collection_promise_days,
                )
            )
        if self.number > company.collection_promise_count:
            reasons.append(
                self.env._(
                    "Promise number %(number)s for the same invoices; up to %(limit)s are agreed without a manager.",
                    number=self.number,
                    limit=company.collection_promise_count,
                )
            )
        return reasons + self._get_reasons_of_part()

    def _get_reasons_of_part(self):
        """A customer who names a part on the page gets all its invoices held: somebody agrees to that first."""
        if self.how != "portal" or self.env.user._is_internal():
            return []
        free = self._get_free(self.debtor_id, self.line_ids._get_items())
        if self.currency_id.compare_amounts(self.amount, free) >= 0:
            return []
        return [
            self.env._(
                "Promises a part only: %(amount)s of %(free)s",
                amount=self.currency_id.format(self.amount),
                free=self.currency_id.format(free),
            )
        ]

    def _after_approval(self):
        self.ensure_one()
        self._update_state(("to_approve",), "open", date_release=self._get_release(self.company_id, self.date))
        self._tell_decision()

    def _after_refusal(self):
        self.ensure_one()
        text = self.env._("Refused by %(user)s: %(promise)s. Tell the customer, and find another way.",
                          user=self.env.user.name, promise=self.display_name)  # fmt: skip
        self._set_withdrawn(self.refusal)
        asker = self._get_asker() or self.user_id.sudo().filtered(lambda user: user.active and user._is_internal())
        self._tell(text, asker, self.refusal)
        self._tell_decision()

    # === STATE === #

    def _set_withdrawn(self, reason):
        """Take it back, for a reason: its items are free at once."""
        for promise in self:
            if not (reason or "").strip():
                raise UserError(self.env._("Say why the promise is withdrawn: who reads it later has to know."))
            waited = promise.approval_state == "asked"
            promise._update_state(LIVE_STATES, "withdrawn", date_judged=promise.debtor_id._get_today())
            promise._close_approval(waited)
            promise._log(reason)

    def _close_approval(self, waited):
        """What was decided otherwise needs no manager any more."""
        if waited:
            self.sudo().approval_state = "none"
            self.sudo().activity_unlink(["credit_collection.mail_activity_type_approval"])

    def _log(self, text):
        """Note on promise and file what became of it."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        if self.approval_state == "refused":
            labels["withdrawn"] = dict(self._fields["approval_state"]._description_selection(self.env))["refused"]
        else:
            self.message_post(body=text)
        self.debtor_id.message_post(
            body=self.env._(
                "Promise of %(name)s: %(state)s. %(text)s",
                name=self.display_name,
                state=labels[self.state].lower(),
                text=text,
            )
        )

    def _tell(self, text, user=None, note=False):
        """Give the collector a task about it."""
        self.ensure_one()
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=text,
            note=plaintext2html(note) if note else False,
            user_id=(user or self.debtor_id._get_responsible()).id,
        )
