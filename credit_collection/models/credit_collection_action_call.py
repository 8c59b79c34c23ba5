from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import opening

# A call that nobody answers is tried so often, on different half-days, before an e-mail says so.
CALL_TRIES = 3
# As many as one download holds.
MOST_CALLS = 500


class CreditCollectionAction(models.Model):
    """A call as a task: script and numbers, tries, what came of it, and the recap that goes to the customer."""

    _inherit = "credit.collection.action"

    script = fields.Text("What to say", compute="_compute_script")
    call_ids = fields.One2many("credit.collection.call", "action_id", string="Calls", readonly=True)
    call_tries = fields.Integer("Calls without answer", compute="_compute_call_tries")
    call_id = fields.Many2one("credit.collection.call", "Recap of", readonly=True, index="btree_not_null")
    with_invoices = fields.Boolean(readonly=True, help="Attach the invoices, whatever the step says.")
    debtor_note = fields.Html(related="debtor_id.note", string="Pinned note")
    last_contact = fields.Char(related="debtor_id.last_contact")
    last_promise = fields.Char(related="debtor_id.last_promise")
    phone = fields.Char(related="contact_id.phone", string="Telephone")
    customer_phone = fields.Char(related="debtor_id.phone", string="Switchboard")
    late_reason_id = fields.Many2one(related="debtor_id.late_reason_id")

    # === COMPUTE METHODS === #

    @api.depends("state", "template_id")
    def _compute_script(self):
        for action in self:
            action.script = action._get_script() if action._is_call() else False

    @api.depends("call_ids.outcome")
    def _compute_call_tries(self):
        """Tries on one half-day of the customer are one."""
        for action in self:
            tries = action.call_ids.filtered(lambda call: call.outcome == "no_answer")
            zone = action._get_zone() if tries else "UTC"
            moments = [
                fields.Datetime.context_timestamp(action.with_context(tz=zone), call.called_at) for call in tries
            ]
            action.call_tries = len({(moment.date(), moment.hour < 13) for moment in moments})

    # === ACTION METHODS === #

    def action_reached(self):
        """Open the dialog that notes what came of the call."""
        self.ensure_one()
        self._check_collector()
        self._check_task()
        return self.debtor_id._get_call_dialog(self)

    def action_no_answer(self):
        """Nobody answered: the call comes back on another half-day, and after the third try an e-mail says so."""
        self._check_collector()
        self._check_task()
        for action in self:
            action.debtor_id._note_call("no_answer", action=action)

    def action_export_call_list(self):
        """Export the calls chosen, with their scripts, for a voice service."""
        if len(self) > MOST_CALLS:
            raise UserError(self.env._("Export at most %s calls at once: choose fewer.", MOST_CALLS))
        ids = ",".join(str(id_) for id_ in self.ids)
        return {"type": "ir.actions.act_url", "url": f"/credit_collection/call_list?ids={ids}", "target": "download"}

    def action_video_call(self):
        return self.debtor_id.action_video_call()

    # === BUSINESS METHODS === #

    def _is_call(self):
        """Whether a person may settle it on the phone: a call, or a message that goes to a person for its amount."""
        self.ensure_one()
        return self.state == "todo" and (self.channel == "phone" or bool(self._get_channel()._hour))

    def _check_task(self):
        for action in self:
            if action.state != "todo":
                raise UserError(self.env._("%s is not a task that is open.", action.display_name))

    def _check_call_of(self, debtor):
        """A call belongs to an open task of the same customer that the user may work on; a formal one to a manager."""
        if not self:
            return
        self._check_collector()
        self._check_task()
        self.filtered(lambda action: action.tone == "formal")._check_manager()
        if self.debtor_id != debtor:
            raise UserError(self.env._("%s is a task of another customer.", self.display_name))

    def _get_script(self):
        self.ensure_one()
        phone = self.env["credit.collection.channel.phone"]
        try:
            with self.env.cr.savepoint():
                return phone._render(self.sudo()).get("script")
        except UserError as error:
            return str(error)

    def _set_heard(self, call):
        """The customer has heard of this step on the phone: it is done, and its level rises."""
        for action in self:
            kept = action._get_text_kept()
            action._set_sent(
                action.company_id._get_collection_today(), reason=call.display_name, channel="phone", **kept
            )

    def _try_again_later(self, call):
        """Bring the task back on another half-day; after the last try write instead."""
        for action in self:
            if action.call_tries >= CALL_TRIES:
                action._write_instead(call)
            else:
                later = opening.next_half_day(_aware(call.called_at), action._get_call_manners())
                action.sudo().send_after = _naive(later)

    def _write_instead(self, call):
        """Turn the task into an e-mail that says we tried; it is asked again and leaves like any other."""
        self.ensure_one()
        template = self.env["credit.collection.template"]._get_for("tried", self.company_id)
        contact = self.env["credit.collection.planner"]._find_contact(self.debtor_id, "email", self.contact_id)
        if not template or not contact:
            self.sudo().write({"send_after": False})
            self._tell_collector(
                self.env._("Called %s times, no answer, and no e-mail address to write to", self.call_tries)
            )
            return
        self.sudo().write(
            {"purpose": "tried", "channel": "email", "template_id": template.id, "contact_id": contact.id}
        )
        self._update_state(("todo",), "planned", reason=False, send_after=False)._schedule()
        self.env.ref("credit_collection.ir_cron_credit_collection_send").sudo()._trigger()

    def _prepare_call_list(self):
        """Return header and rows of the call list: one row per call, the script in the customer's language."""
        header = ["customer", "contact", "number", "language", "amount", "currency", "invoices", "due_date", "script"]
        rows = []
        for action in self.filtered(lambda action: action._is_call()):
            lines = action._get_due_lines()
            rows.append(
                [
                    action.debtor_id.display_name,
                    action.contact_id.name,
                    action.contact_id.phone_sanitized or action.contact_id.phone or "",
                    action.contact_id.lang or "",
                    action.amount,
                    action.currency_id.name,
                    ", ".join(lines.mapped("reference")),
                    min(lines.mapped("date_due"), default=None),
                    action._get_script() or "",
                ]
            )
        return header, rows

    # === WHAT THE TEXTS SAY ABOUT CALLS === #

    def _get_call_values(self):
        """Return the values of the placeholders about calls; None where there is nothing to say."""
        self.ensure_one()
        promise = self.call_id.sudo()
        return {
            "call_summary": self._get_call_summary() if self.call_id else None,
            "call_dates": self._get_call_dates(),
            "call_slots": self._get_call_slots(),
            "promise_date": self._format_day(promise.promise_date) if promise.promise_date else None,
            "promise_amount": self._format_amount(promise.promise_amount) if promise.promise_date else None,
        }

    def _get_call_dates(self):
        tries = self.call_ids.filtered(lambda call: call.outcome == "no_answer")
        zone = self._get_zone() if tries else "UTC"
        days = [fields.Datetime.context_timestamp(self.with_context(tz=zone), call.called_at).date() for call in tries]
        return self.env._(", ").join(self._format_day(day) for day in sorted(set(days))) or None

    def _get_call_slots(self):
        """Return two times at which we propose to call, in the customer's hours."""
        if self.purpose != "tried":
            return None
        manners = self._get_call_manners()
        first = opening.next_half_day(_aware(fields.Datetime.now()), manners)
        second = opening.next_half_day(first + timedelta(hours=1), manners)
        slots = [self._format_moment(_naive(slot), manners.zone) for slot in (first, second)]
        return self.env._("%(first)s or %(second)s", first=slots[0], second=slots[1])

    def _get_call_manners(self):
        """Return the hours in which this customer may be called."""
        self.ensure_one()
        row = self._get_manners_rows()[0]
        return self._prepare_manners({**row, "channel": "sms", "firm": False}, _aware(fields.Datetime.now()))


def _aware(moment):
    return fields.Datetime.to_datetime(moment).replace(tzinfo=timezone.utc)


def _naive(instant):
    return instant.astimezone(timezone.utc).replace(tzinfo=None)
