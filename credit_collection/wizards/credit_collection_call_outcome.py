from datetime import datetime, time, timedelta

import pytz
from odoo import Command, api, fields, models


class CreditCollectionCallOutcome(models.TransientModel):
    """Notes what came of a call: one button per outcome, everything else filled in already."""

    _name = "credit.collection.call.outcome"
    _description = "Outcome of a Call"

    action_id = fields.Many2one("credit.collection.action", ondelete="cascade")
    debtor_id = fields.Many2one("credit.collection.debtor", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True)
    contact_id = fields.Many2one("res.partner", "Called", domain="[('commercial_partner_id', '=', partner_id)]")
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    spoke_to = fields.Char("Spoke to", help="Who was on the line, if it was somebody else.")
    late_reason_id = fields.Many2one("credit.collection.late.reason", "Why late")
    hint = fields.Text(related="late_reason_id.hint")
    avoidable = fields.Selection(
        [("yes", "Avoidable"), ("no", "Not avoidable")], compute="_compute_avoidable", store=True, readonly=False
    )
    avoidable_how = fields.Char("How")
    promise_date = fields.Date("Pays on")
    promise_amount = fields.Monetary("Amount")
    item_ids = fields.Many2many(
        "account.move.line", string="For", help="What the promise is for. Empty: all that is overdue."
    )
    promise_conflict = fields.Text(compute="_compute_promise_conflict")
    replace_promise = fields.Boolean("Replace it", help="The promise that is there is withdrawn.")
    paid_date = fields.Date("Paid on")
    call_back_at = fields.Datetime("Call back at")
    note = fields.Text(help="Your own words, or a pasted transcript. No sound is processed.")
    send_recap = fields.Boolean("Send a recap", default=True)
    suggested_outcome = fields.Char(compute="_compute_suggestion")
    suggestion = fields.Text(compute="_compute_suggestion")

    # === COMPUTE METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        action = self.env["credit.collection.action"].browse(values.get("action_id"))
        debtor = action.debtor_id or self.env["credit.collection.debtor"].browse(values.get("debtor_id"))
        if not debtor:
            return values
        today = debtor.company_id._get_collection_today()
        contact = action.contact_id or debtor.contact_id or debtor.partner_id
        return {
            **values,
            "debtor_id": debtor.id,
            "currency_id": (action.currency_id or debtor.currency_id).id,
            "contact_id": contact.id,
            "late_reason_id": debtor.late_reason_id.id,
            "promise_date": self._get_next_friday(today),
            **self._get_promise_defaults(debtor, action),
            "paid_date": today,
            "call_back_at": self._get_next_morning(debtor, today),
        }

    @api.model
    def _get_promise_defaults(self, debtor, action):
        """A promise is for what the task asks for, else for what is overdue."""
        promises = self.env["credit.collection.promise"]
        if action:
            items = action._get_due_lines().move_line_id.filtered(lambda item: not item.reconciled)
        else:
            items = promises._find_default_items(debtor)
        if not items:
            return {"promise_amount": action.amount or debtor.amount_overdue}
        return {
            "currency_id": items.currency_id[:1].id,
            "item_ids": [Command.set(items.ids)],
            "promise_amount": action.amount or promises._get_free(debtor, items),
        }

    @api.depends("item_ids")
    def _compute_promise_conflict(self):
        promises = self.env["credit.collection.promise"]
        for wizard in self:
            found = promises._find_live(wizard.item_ids._origin)
            wizard.promise_conflict = "\n".join(promises._describe_conflict(promise) for promise in found)

    @api.depends("late_reason_id")
    def _compute_avoidable(self):
        for wizard in self:
            if wizard.late_reason_id:
                wizard.avoidable = "yes" if wizard.late_reason_id.avoidable else "no"

    @api.depends("note")
    def _compute_suggestion(self):
        labels = dict(self.env["credit.collection.call"]._fields["outcome"]._description_selection(self.env))
        for wizard in self:
            found = wizard._read_note()
            wizard.suggested_outcome = found["outcome"]
            parts = [labels.get(found["outcome"]), *(f"“{sentence}”" for sentence in found["sentences"])]
            wizard.suggestion = "\n".join(part for part in parts if part)

    @api.onchange("note")
    def _onchange_note(self):
        """Fill in what the note seems to say; nothing is saved before a person presses a button."""
        found = self._read_note()
        if found["late_reason_id"] and not self.late_reason_id:
            self.late_reason_id = found["late_reason_id"]
        if found["date"]:
            if found["outcome"] == "call_back":
                self.call_back_at = self._get_next_morning(self.debtor_id, found["date"] - timedelta(days=1))
            else:
                self.promise_date = found["date"]

    def _read_note(self):
        today = self.company_id._get_collection_today() if self.company_id else fields.Date.today()
        return self.env["credit.collection.keyword"]._suggest(self.note, today, self.env.user.lang or "")

    # === ACTION METHODS === #

    def action_promised(self):
        return self._note("promised")

    def action_paid(self):
        return self._note("paid")

    def action_dispute(self):
        return self._note("dispute")

    def action_call_back(self):
        return self._note("call_back")

    def action_resend(self):
        return self._note("resend")

    def action_approval(self):
        return self._note("approval")

    def action_wrong_contact(self):
        return self._note("wrong_contact")

    def action_refused(self):
        return self._note("refused")

    def action_noted(self):
        return self._note("noted")

    # === BUSINESS METHODS === #

    def _note(self, outcome):
        self.ensure_one()
        return self.debtor_id._note_call(
            outcome,
            action=self.action_id,
            recap=self.send_recap,
            currency=self.currency_id,
            contact=self.contact_id,
            spoke_to=self.spoke_to,
            late_reason_id=self.late_reason_id.id,
            avoidable=self.avoidable,
            avoidable_how=self.avoidable_how,
            promise_date=self.promise_date if outcome == "promised" else False,
            promise_amount=self.promise_amount if outcome == "promised" else 0,
            promised={"items": self.item_ids or None, "replace": self.replace_promise},
            paid_date=self.paid_date if outcome == "paid" else False,
            call_back_at=self.call_back_at if outcome == "call_back" else False,
            note=self.note,
        )

    @api.model
    def _get_next_friday(self, today):
        return today + timedelta(days=(4 - today.weekday()) % 7 or 7)

    @api.model
    def _get_next_morning(self, debtor, today):
        """Return nine o'clock of the next working day where the company is, in UTC."""
        company = debtor.company_id
        day = today + timedelta(days=1)
        while day.weekday() not in company._get_collection_weekdays():
            day += timedelta(days=1)
        zone = pytz.timezone(company._get_collection_tz())
        return zone.localize(datetime.combine(day, time(9))).astimezone(pytz.utc).replace(tzinfo=None)
