from datetime import timedelta

from markupsafe import Markup
from odoo import fields, models
from odoo.tools.misc import format_amount, format_date

# Days to answer for messages beside the ladder, which have no step to say it.
REPLY_DAYS = 7


class CreditCollectionAction(models.Model):
    """What the texts of an action say: the values of the placeholders, who signs, where to pay."""

    _inherit = "credit.collection.action"

    generation = fields.Integer(readonly=True, help="How often a person decided to send again.")

    def _get_due_lines(self):
        """Return the lines that are asked for, oldest first; in a proposal none is live yet.

        Of a message beside the ladder: the lines that it shows.
        """
        self.ensure_one()
        printed = self._get_printed_lines()
        return printed.filtered("step_id") if self.step_id else printed

    def _get_printed_lines(self):
        """Return the lines of the statement: due and shown, oldest first."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: not line.dropped).sorted(lambda line: (line.date_due, line.id))

    def _get_template(self):
        """Return the text of this action: the wording for the customer's reason of lateness, if it has one.

        A reason counts for the debt it was given for: it must be younger than the oldest due date asked for.
        """
        self.ensure_one()
        template, debtor = self.template_id, self.debtor_id
        if not template or not debtor.late_reason_id or self.purpose != "reminder":
            return template
        oldest = min(self._get_due_lines().mapped("date_due"), default=None)
        if oldest and debtor.late_reason_date and debtor.late_reason_date >= oldest:
            part = self._get_channel()._part or "script"
            return template._for_reason(debtor.late_reason_id, part, self.company_id)
        return template

    def _get_text_values(self, channel=None):
        """Return a value for each placeholder of ``credit.collection.template``, in the language of the context.

        None: there is no such thing here; a text that asks for it cannot be sent.
        """
        self.ensure_one()
        lines = self._get_due_lines()
        sender, manager = self._get_sender(), self.company_id.collection_manager_id
        today = self._get_text_date()
        due_date = min(lines.mapped("date_due"), default=today)
        return {
            "contact": self.contact_id.name or self.debtor_id.partner_id.name or "",
            "debtor": self.debtor_id.partner_id.name or "",
            "company": self.company_id.name,
            "amount": self._format_amount(sum(lines.mapped("amount"))),
            "total": self._format_amount(sum(self._get_printed_lines().mapped("amount"))),
            "invoice": self._get_invoice_text(lines),
            "invoice_details": self._get_invoice_text(lines, details=True),
            "due_date": self._format_day(due_date),
            "due_phrase": self._get_due_phrase(lines, due_date),
            "days_late": str(max((today - due_date).days, 0)),
            "reply_date": self._format_day(self._get_reply_date(today)),
            "bank_date": self._format_day(self._get_books_date(today)),
            "previous_dates": self._get_previous_dates(lines),
            "pay_link": self._get_pay_text(channel),
            "short_link": self._get_short_link(),
            "bank_account": self._get_bank_account(lines),
            "notice_no": self._get_notice_text(),
            **self._get_call_values(),
            "sender": sender.name or self.company_id.name,
            "direct_line": sender.partner_id.phone
            or self.company_id.phone
            or sender.email
            or self.company_id.email
            or "",
            "sender_email": sender.email_normalized or self.company_id.email or "",
            "manager": manager.name or self.company_id.name,
        }

    def _get_reply_date(self, today):
        """Return the day by which payment or answer is asked for; once a letter is issued, the day that it names."""
        if self.tone == "preventive":
            return min(self._get_due_lines().mapped("date_due"), default=today)
        days = self.step_id.reply_days if self.step_id else REPLY_DAYS
        return self.deadline or today + timedelta(days=days)

    def _get_text_date(self):
        return fields.Date.to_date(self.env.context.get("collection_date")) or self.company_id._get_collection_today()

    def _format_amount(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _format_day(self, day):
        """Write the month in words: 03/04 is another day on the other side of a border.

        Short texts abbreviate it, in English; other languages agree on the order of the figures.
        """
        if not self.env.context.get("collection_short"):
            return format_date(self.env, day, date_format="long")
        english = (self.env.lang or "en").startswith("en")
        return format_date(self.env, day, date_format="d MMM" if english else False)

    def _format_moment(self, instant, zone):
        """Write an instant (UTC, naive) as weekday, day and hour of ``zone``."""
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), instant)
        return f"{format_date(self.env, local.date(), date_format='full')}, {local:%H:%M}"

    def _get_due_phrase(self, lines, due_date):
        day = self._format_day(due_date)
        if len(set(lines.mapped("date_due"))) > 1:
            return self.env._("the first due on %s", day)
        return self.env._("due on %s", day)

    def _get_invoice_text(self, lines, details=False):
        if len(lines.move_id) != 1:
            return self.env._("%s invoices", len(lines.move_id))
        lines = lines[:1]
        if details and lines.customer_reference:
            return self.env._(
                "invoice %(number)s (your reference %(reference)s)",
                number=lines.reference,
                reference=lines.customer_reference,
            )
        return self.env._("invoice %s", lines.reference)

    def _get_previous_dates(self, lines):
        """Return the days on which these items were written about before, as a list in words."""
        channels = self.env["credit.collection.channel"]._get_all()
        earlier = self.search(
            [
                ("debtor_id", "=", self.debtor_id.id),
                ("state", "=", "sent"),
                ("id", "!=", self.id),
                ("line_ids.move_line_id", "in", lines.move_line_id.ids),
                ("line_ids.live", "=", True),
                ("tone", "!=", "preventive"),
                # What a person did instead, a call above all, is no message of ours.
                ("channel", "in", [channel._code for channel in channels if channel._delivers and channel._is_contact]),
                ("call_ids", "=", False),
            ],
            order="date_sent",
        )
        days = dict.fromkeys(earlier.mapped("date_sent"))
        return self.env._(", ").join(self._format_day(day) for day in days) or self.env._("the last weeks")

    def _get_books_date(self, today):
        """Return the day up to which our books know of payments: the last bank line or payment, at most today."""
        return self.company_id._get_bank_date(today) or today

    def _get_pay_text(self, channel=None):
        if channel is not None and channel._code == "letter":
            return self.env._("by bank transfer, see below")
        return Markup('<a href="%s">%s</a>') % (self._get_page_link(), self.env._("pay online"))

    def _get_short_link(self):
        """Return an address short enough for a text message, to see and pay what this message is about."""
        base = (self.company_id.collection_short_url or self.get_base_url()).rstrip("/")
        return f"{base}/c/{self._get_link_code()}"

    def _get_bank_account(self, lines):
        """Return the account that is printed on the invoices; no other one is ever named."""
        accounts = lines.move_id.partner_bank_id
        return ", ".join(accounts.mapped("acc_number")) or self.env._("the account printed on our invoices")

    def _get_notice_text(self):
        return self.notice_number or self.env._("(number given when it is issued)")

    def _get_sender(self):
        """Return the user who signs, as the step says; may be empty: then the company signs."""
        self.ensure_one()
        collector = self.user_id or self.debtor_id._get_collector()
        if self.step_id.sender == "salesperson":
            return self._get_due_lines().move_id.invoice_user_id[:1] or collector
        return self.env["res.users"] if self.step_id.sender == "company" else collector

    def _get_copy_user(self):
        self.ensure_one()
        if self.step_id.copy_to == "salesperson":
            return self._get_due_lines().move_id.invoice_user_id[:1]
        return self.debtor_id._get_collector() if self.step_id.copy_to == "collector" else self.env["res.users"]


class CreditCollectionActionLine(models.Model):
    _inherit = "credit.collection.action.line"

    def _get_page_link(self):
        """Return the address where the customer sees this item, without a login; none once the item is gone."""
        self.ensure_one()
        return self.action_id._get_page_link(item=self.move_line_id.id) if self.move_line_id else False
