from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html
from odoo.tools.misc import format_date

from ..tools import workdays
from .credit_collection_call import HEARD

# Working days for us to find a payment that is said to have been made.
SEARCH_TIME = 5
WITHOUT_RECAP = ("no_answer", "wrong_contact", "refused")


class CreditCollectionDebtor(models.Model):
    """What calls leave behind on the file: reason of lateness, holds, disputes, a recap."""

    _inherit = "credit.collection.debtor"

    call_ids = fields.One2many("credit.collection.call", "debtor_id", string="Calls")
    last_contact = fields.Char(compute="_compute_last_contact")
    marketing_blacklist = fields.Char(
        "On Odoo's blacklist", compute="_compute_marketing_blacklist", help="Wants no advertising; a reminder is none."
    )

    # === COMPUTE METHODS === #

    def _compute_last_contact(self):
        """Say when and how the customer was last spoken or written to."""
        for debtor in self:
            call = debtor.call_ids.filtered(lambda call: call.outcome != "no_answer")[:1]
            sent = debtor.action_ids.filtered(lambda action: action.state == "sent" and action.date_sent)
            sent = sent.sorted("date_sent")[-1:]
            if call and (not sent or fields.Date.to_date(call.called_at) >= sent.date_sent):
                debtor.last_contact = self.env._("Call: %s", call.display_name)
            elif sent:
                day = format_date(self.env, sent.date_sent)
                debtor.last_contact = self.env._("%(day)s: %(what)s", day=day, what=sent._get_what())
            else:
                debtor.last_contact = False

    @api.depends("partner_id")
    def _compute_marketing_blacklist(self):
        for debtor in self:
            contacts = (debtor.payer_id or debtor.partner_id) | debtor.contact_id
            marks = contacts.filtered("is_blacklisted").mapped("email_normalized")
            marks += contacts.filtered("phone_sanitized_blacklisted").mapped("phone_sanitized")
            debtor.marketing_blacklist = ", ".join(marks)

    # === ACTION METHODS === #

    def action_note_call(self):
        """Note a call that no step asked for."""
        self.ensure_one()
        return self._get_call_dialog()

    def action_video_call(self):
        """Open a video meeting in Discuss; its address lets the customer in without an account."""
        self.ensure_one()
        self._check_collector()
        link = self._create_video_meeting(self.env.user)
        return {"type": "ir.actions.act_url", "url": link.removeprefix(self.get_base_url()), "target": "new"}

    def _get_call_dialog(self, action=None):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What came of the call?"),
            "res_model": "credit.collection.call.outcome",
            "view_mode": "form",
            "target": "new",
            "context": {"default_debtor_id": self.id, "default_action_id": action.id if action else False},
        }

    # === BUSINESS METHODS === #

    def _check_collector(self):
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_user"):
            raise AccessError(self.env._("Only collectors may do this."))
        self.check_access("write")

    def _note_call(self, outcome, *, action=None, recap=True, currency=None, contact=None, promised=None, **values):
        """Keep what came of a call and do what follows from it. Return an action to open, or close the dialog.

        :param promised: of a promise, what ``_after_call_promised`` takes besides the call
        """
        self.ensure_one()
        self._check_collector()
        action = action or self.env["credit.collection.action"]
        action._check_call_of(self)
        contact = contact or action.contact_id or self.partner_id
        call = self.env["credit.collection.call"].sudo().create(
            {
                "debtor_id": self.id,
                "action_id": action.id,
                "user_id": self.env.uid,
                "contact_id": contact.id,
                "number": contact.phone_sanitized or contact.phone,
                "currency_id": (currency or action.currency_id or self.currency_id).id,
                "outcome": outcome,
                **values,
            }
        )  # fmt: skip
        if call.late_reason_id:
            self.write({"late_reason_id": call.late_reason_id.id, "late_reason_date": self._get_today()})
        self.message_post(body=self._describe_call(call))
        if action and outcome in HEARD:
            action._set_heard(call)
        follow = promised if outcome == "promised" and promised else {}
        result = getattr(self, f"_after_call_{outcome}", self._after_call)(call, **follow)
        if recap and outcome not in WITHOUT_RECAP and (outcome != "dispute" or call.dispute_id):
            self.env["credit.collection.action"]._create_recap(call)
        return result or {"type": "ir.actions.act_window_close"}

    def _get_today(self):
        return self.company_id._get_collection_today()

    @api.model
    def _describe_call(self, call):
        labels = dict(call._fields["outcome"]._description_selection(self.env))
        parts = [labels[call.outcome], call.late_reason_id.name, call.spoke_to, call.note]
        return self.env._("Call: %s", " · ".join(part for part in parts if part))

    def _after_call(self, call):
        """What follows when nothing does."""

    def _after_call_no_answer(self, call):
        call.action_id._try_again_later(call)

    def _after_call_promised(self, call, items=None, replace=False):
        """A promise on the items chosen; default those of the call's task, else all that is overdue."""
        if items is None and call.action_id:
            items = call.action_id._get_due_lines().move_line_id.filtered(lambda item: not item.reconciled)
        call.promise_id = self.env["credit.collection.promise"]._make(
            self,
            items,
            call.promise_amount,
            call.promise_date,
            how="phone",
            contact=call.contact_id,
            note=call.note,
            currency=call.currency_id,
            replace=replace,
        )

    def _after_call_paid(self, call):
        self._look_for_payment(call.paid_date, call.note)

    def _look_for_payment(self, date, note):
        """The customer says that it was paid (on ``date``): somebody looks for it, and nothing leaves meanwhile."""
        day = format_date(self.env, date) if date else ""
        self._ask_somebody(
            self.env._("Find a payment: the customer says it was made on %s", day)
            if day
            else self.env._("Find a payment: the customer says it was made"),
            note,
        )
        reason = (
            self.env._("The customer says that it was paid on %s", day)
            if day
            else self.env._("The customer says that it was paid")
        )
        self._hold_at_least(self._get_last_day(self._get_today(), SEARCH_TIME), reason)

    def _after_call_dispute(self, call):
        """Open the dispute at once, on all that was asked for; the details follow in the form that opens."""
        reason = self.env["credit.collection.dispute.reason"].search([], order="sequence desc, id desc", limit=1)
        items = call.action_id._get_due_lines().move_line_id if call.action_id else None
        action = self.env["credit.collection.dispute"]._get_action_new(self, items)
        if not action["context"]["default_line_ids"]:
            return action
        if not reason:
            raise UserError(self.env._("There is no reason for disputes: a manager adds one under Configuration."))
        dispute = self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self.id,
                "reason_id": reason.id,
                "description": call.note,
                "origin": "phone",
                "contact_id": call.contact_id.id,
                # What was said on the phone is told in the recap.
                "acknowledge": False,
                "line_ids": action["context"]["default_line_ids"],
            }
        )
        call.dispute_id = dispute
        return {**action, "res_id": dispute.id, "context": {}, "name": dispute.display_name}

    def _after_call_call_back(self, call):
        if call.action_id:
            call.action_id.sudo().send_after = call.call_back_at
        self.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=fields.Datetime.context_timestamp(self, call.call_back_at).date(),
            summary=self.env._("Call back"),
            note=plaintext2html(call.note) if call.note else False,
            user_id=self.env.uid,
        )

    def _after_call_wrong_contact(self, call):
        self._ask_somebody(self.env._("Find the right contact"), call.note)

    def _after_call_refused(self, call):
        self._tell_of_refusal(call.note)

    def _tell_of_refusal(self, note):
        manager = self.company_id.sudo().collection_manager_id.filtered("active")
        self._ask_somebody(self.env._("The customer refuses to pay: decide how to go on"), note, manager)

    def _create_video_meeting(self, user, author=None):
        """Open a meeting in Discuss for ``user``, note it on the file, and return its address."""
        channel = (
            self.env["discuss.channel"]
            .with_user(user)
            .sudo()
            ._create_group(
                user.partner_id.ids,
                default_display_mode="video_full_screen",
                name=self.env._("Meeting with %s", self.display_name),
            )
        )
        link = f"{self.get_base_url()}{channel.invitation_url}"
        values = {"author_id": author.id} if author else {}
        self.message_post(body=self.env._("Video meeting: %s", link), **values)
        return link

    def _ask_somebody(self, summary, note, user=None, kind="mail.mail_activity_data_todo", deadline=None):
        return self.activity_schedule(
            kind,
            date_deadline=deadline or self._get_today(),
            summary=summary,
            note=plaintext2html(note) if note else False,
            user_id=(user or self._get_responsible()).id,
        )

    def _find_beside_contact(self, channel, wanted):
        """Return whom a message beside the ladder goes to: the person spoken to, if that one can be written to."""
        closed = channel in self.optout_ids.mapped("channel")
        if channel == "email" and wanted.email_normalized and not wanted.collection_email_bounces and not closed:
            return wanted
        return self.env["credit.collection.planner"]._find_contact(self, channel, wanted)

    def _is_paused(self):
        query = self.env["credit.collection.pause"]._sql_paused(self.company_id, self._get_today())
        rows = self.env.execute_query(
            SQL("SELECT 1 FROM (%s) AS paused WHERE partner_id = %s", query, self.partner_id.id)
        )
        return bool(rows)

    def _get_last_day(self, date, days):
        """Return the last day of ``days`` working days after ``date``."""
        company = self.company_id
        holidays = company._get_collection_holidays(date, date + timedelta(days=60))
        return workdays.first_day_after(date, days, company._get_collection_weekdays(), holidays) - timedelta(days=1)

    def _hold_at_least(self, until, reason):
        """Hold the debtor until then; a longer hold stays as it is."""
        if not self.hold_until or self.hold_until < until:
            self.write({"hold_until": until, "hold_reason": reason})
