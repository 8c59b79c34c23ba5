from odoo import models
from odoo.tools.misc import format_amount

# States in which a message has named a promise, or may have: it is named once.
NAMED_STATES = ("sending", "retry", "issued", "sent", "unknown")


class CreditCollectionAction(models.Model):
    """What messages say about promises: the word the day before, and the next reminder after a broken one."""

    _inherit = "credit.collection.action"

    # === AFTER A BROKEN PROMISE === #

    def _find_broken_promise(self):
        """Return the promise that this reminder is to name: the last one on its items was not kept.

        Each is named once. A newer promise on one of the items, whatever became of it, makes an older one history.
        """
        self.ensure_one()
        promises = self.env["credit.collection.promise"].sudo()
        items = self._get_due_lines().move_line_id
        if self.purpose != "reminder" or self.tone == "preventive" or not items:
            return promises
        found = promises._find_of(items).filtered(lambda promise: promise.debtor_id == self.debtor_id)
        last = {}
        for promise in found.sorted("id"):
            last.update(dict.fromkeys(promise.line_ids._get_items() & items, promise))
        candidates = promises.union(*last.values()).filtered(lambda promise: promise.state in ("partly", "broken"))
        if not candidates:
            return candidates
        named = self.sudo().search(
            [
                ("promise_id", "in", candidates.ids),
                ("purpose", "=", "reminder"),
                ("state", "in", NAMED_STATES),
                ("id", "!=", self.id),
            ]
        )
        return (candidates - named.promise_id).sorted("date")[-1:]

    def _get_template(self):
        """The first reminder after a broken promise has the wording for it in its tone, if there is one."""
        template = super()._get_template()
        if not template or not self._find_broken_promise():
            return template
        wording = self.env["credit.collection.template"]._get_for("broken", self.company_id, tone=self.tone)
        part = self._get_channel()._part or "script"
        return wording if wording[part] else template

    def _render_message(self):
        self._note_named_promise()
        return super()._render_message()

    def _set_sent(self, date, **values):
        """What a person says on the phone, or posts, names the promise, too."""
        for action in self.filtered(lambda action: action.state == "todo"):
            action._note_named_promise()
        return super()._set_sent(date, **values)

    def _note_named_promise(self):
        for action in self.filtered(lambda action: action.purpose == "reminder"):
            action.sudo().promise_id = action._find_broken_promise()

    # === WHAT THE TEXTS SAY === #

    def _get_document_values(self):
        values = super()._get_document_values()
        broken = self._find_broken_promise()
        promise = broken or self.promise_id.sudo() or self.debtor_id.sudo().promise_ids.sorted("id")[-1:]
        if promise and not self.call_id:
            values["promise_date"] = self._format_day(promise.date)
            values["promise_amount"] = format_amount(self.env, promise.amount, promise.currency_id)
        if broken and self._get_template().purpose != "broken":
            values["promise_opening"] = self._get_promise_opening(broken)
        return values

    def _get_promise_opening(self, promise):
        """Return the paragraph that names the promise in texts that do not do so themselves."""
        values = {
            "amount": format_amount(self.env, promise.amount, promise.currency_id),
            "date": self._format_day(promise.date),
            "made": self._format_day(promise.date_made),
        }
        if self.tone == "formal":
            return self.env._(
                "On %(made)s you announced a payment of %(amount)s for %(date)s. Our books do not show it in full.",
                **values,
            )
        return self.env._(
            "You had planned to pay %(amount)s on %(date)s; our books do not show it in full. What has changed?",
            **values,
        )

    # === THE WORD THE DAY BEFORE === #

    def _recheck_beside(self, standings, date):
        if not super()._recheck_beside(standings, date):
            return False
        if self.purpose != "promise":
            return True
        promise = self.promise_id.sudo()
        if promise.state != "open" or promise.date < date or all(line.dropped for line in self.line_ids):
            self._set_skipped(self.env._("The promise was kept, or holds no longer."))
            return False
        return True
