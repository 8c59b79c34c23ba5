from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..tools import workdays
from .credit_collection_manners import SEND_DAYS

HOUR_FIELDS = ("opens", "closes", "sends_at", "send_days", "firm_weekend", "tz")


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_scenario_id = fields.Many2one(
        "credit.collection.scenario",
        domain="[('company_id', 'in', (False, id))]",
        help="Used when neither invoice, debtor nor profile names a scenario.",
    )
    collection_user_id = fields.Many2one(
        "res.users", string="Default Collector", help="Signs and follows up debtors without a collector of their own."
    )
    collection_manager_id = fields.Many2one(
        "res.users",
        help="Named in firm texts as the one who decides next; confirms runs that were held.",
    )
    collection_tz = fields.Selection("_get_timezones", help="Empty: the timezone of the company's working hours.")
    collection_stopped = fields.Boolean("All Sending Stopped", help="Nothing leaves while this is set.")
    collection_brake_messages = fields.Integer("Run brake from messages", default=30)
    collection_brake_ratio = fields.Float("Times the usual run", default=1.5)
    collection_brake_share = fields.Float("Share of debtors (%)", default=5.0)
    collection_brake_firm = fields.Integer("Firm messages", default=25)
    collection_lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language of Last Resort",
        help="For customers in whose language a text is missing. Empty: the company's own, then English.",
    )
    collection_short_url = fields.Char(
        "Short Address", help="A shorter address that leads to this Odoo, for the links in text messages."
    )
    collection_opens = fields.Float("Hours from", default=8.5)
    collection_closes = fields.Float("Hours until", default=18.0)
    collection_sends_at = fields.Float("E-mails from", default=9.0)
    collection_send_days = fields.Selection(SEND_DAYS, "Days", default="5")
    collection_firm_weekend = fields.Boolean(
        "Firm messages at any time", help="Otherwise nothing firm leaves after Friday noon or on the eve of a holiday."
    )
    collection_obey_blacklist = fields.Boolean(
        "Obey marketing blacklists",
        help="A reminder is no advertising: by default Odoo's blacklists of mailings are shown, not obeyed.",
    )
    collection_fallback_ids = fields.One2many(
        "credit.collection.fallback", "company_id", string="Fallback order", help="Empty: the order of the channels."
    )
    collection_window = fields.Selection(
        [("left", "Left"), ("right", "Right")],
        "Envelope Window",
        help="Where the address stands. Empty: right in France, left elsewhere.",
    )
    collection_dispute_grace = fields.Integer("Grace after a dispute (working days)", default=5)

    @api.constrains("collection_opens", "collection_closes", "collection_sends_at")
    def _check_collection_hours(self):
        for company in self:
            first = max(company.collection_opens, company.collection_sends_at)
            if (
                not 0
                <= min(company.collection_opens, company.collection_sends_at)
                <= first
                < company.collection_closes
                <= 24
            ):
                raise ValidationError(
                    self.env._("%s: the hours for messages must begin before they end.", company.name)
                )

    def write(self, vals):
        result = super().write(vals)
        if any(name.removeprefix("collection_") in HOUR_FIELDS for name in vals if name.startswith("collection_")):
            actions = self.env["credit.collection.action"].sudo()
            actions.search([("company_id", "in", self.ids), ("state", "in", ("planned", "retry"))])._schedule()
        return result

    @api.model
    def _get_timezones(self):
        return self.env["res.partner"]._fields["tz"]._description_selection(self.env)

    @api.model
    def _get_collection_companies(self):
        """Return the companies of the records that a button was pressed on, else the current one."""
        model = self.env.get(self.env.context.get("active_model"))
        if model is None or "company_id" not in model._fields:
            return self.env.company
        records = model.browse(self.env.context.get("active_ids")).exists()
        records.check_access("read")
        return records.company_id or self.env.company

    def _stop_collection(self):
        """Emergency: nothing leaves this company any more. Any collector may pull it."""
        self._check_collection_group("credit_collection.group_credit_collection_user")
        self.sudo().collection_stopped = True

    def _resume_collection(self):
        """Let messages leave again; a manager's decision."""
        self._check_collection_group("credit_collection.group_credit_collection_manager")
        self.sudo().collection_stopped = False
        self.env.ref("credit_collection.ir_cron_credit_collection_send").sudo()._trigger()

    def _check_collection_group(self, group):
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._("Only collectors may stop all sending, and only managers may let it go on."))

    def _get_collection_tz(self):
        """Return the name of the timezone in which this company's day begins."""
        self.ensure_one()
        return self.collection_tz or self.resource_calendar_id.tz or "UTC"

    def _get_collection_today(self):
        """Return today's date where the company is."""
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self._get_collection_tz()))

    def _get_collection_weekdays(self):
        """Return the weekdays (Monday is 0) worked in this company; all seven without working hours."""
        self.ensure_one()
        days = self.resource_calendar_id.sudo().attendance_ids.mapped("dayofweek")
        return frozenset(int(day) for day in days) or workdays.ALL_WEEK

    def _get_collection_holidays(self, first, last):
        """Return the dates from ``first`` to ``last`` on which the whole company is closed, in its own timezone."""
        self.ensure_one()
        zone = self._get_collection_tz()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT day::date
                  FROM resource_calendar_leaves leave_
            CROSS JOIN LATERAL generate_series(
                           (leave_.date_from AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                           (leave_.date_to AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date, '1 day') AS day
                 WHERE leave_.resource_id IS NULL
                   AND (leave_.company_id = %(company)s OR leave_.company_id IS NULL)
                   AND (leave_.calendar_id = %(calendar)s OR leave_.calendar_id IS NULL)
                   AND leave_.date_from <= %(last)s AND leave_.date_to >= %(first)s
                """,
                zone=zone,
                company=self.id,
                calendar=self.resource_calendar_id.id or None,
                first=first,
                last=last,
            )
        )
        return frozenset(day for (day,) in rows)

    def _get_collection_grace_table(self, grace_days, date):
        """Return ``(days, due date, first day)`` rows: when an item due on that date may first be dunned.

        Covers due dates around ``date``; older ones are past any grace, later ones are far from it.
        """
        self.ensure_one()
        first, last = date - workdays.ONE_DAY * 200, date + workdays.ONE_DAY * 400
        weekdays, holidays = self._get_collection_weekdays(), self._get_collection_holidays(first, last)
        return [
            (
                days,
                first + workdays.ONE_DAY * shift,
                workdays.first_day_after(first + workdays.ONE_DAY * shift, days, weekdays, holidays),
            )
            for days in sorted({days for days in grace_days if days})
            for shift in range(600)
        ]

    def _get_collection_day_after_grace(self, date):
        """Return the first day on which an item whose dispute ended on ``date`` may be dunned again."""
        self.ensure_one()
        horizon = date + workdays.ONE_DAY * 200
        return workdays.first_day_after(
            date,
            self.collection_dispute_grace,
            self._get_collection_weekdays(),
            self._get_collection_holidays(date, horizon),
        )
