import psycopg2
from odoo import api, fields, models

from ..tools import workdays
from .credit_collection_promise_make import APPROVAL_DAYS

# A friendly word goes out on the working day before; no weekend or row of holidays is longer than this.
HORIZON = 15


class CreditCollectionPromise(models.Model):
    """What happens to promises every day: they are judged, given up by nobody's decision, and kept in mind."""

    _inherit = "credit.collection.promise"

    @api.model
    def _cron_judge(self):
        """Judge and remind, company by company; one that fails keeps no other from its own."""
        self.env["credit.collection.daily"]._for_each_company(
            self.env["res.company"].search([("id", "!=", False)]),
            lambda company: self.with_company(company)._do_day(company),
            "The promises of %s could not be judged",
        )

    @api.model
    def _do_day(self, company, date=None):
        """Do all that is due for the promises of ``company`` on ``date``; the same day again does nothing twice."""
        date = date or company._get_collection_today()
        self._judge(company, date)
        self._give_up(company, date)
        self._remind(company, date)

    @api.model
    def _give_up(self, company, date):
        """Take back what nobody decided about before the day and its tolerance were over.

        Who promised on the page was told by when we decide: then it is taken back, too.
        """
        waiting = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "to_approve"),
                "|",
                ("date", "<", date),
                "&",
                ("how", "=", "portal"),
                ("date_made", "<", date),
            ]
        )
        for promise in waiting:
            if promise._get_last_answer() < date:
                promise._try(lambda one: one._lapse())

    def _get_last_answer(self):
        """Return the last day on which a manager's decision is of use to the customer."""
        self.ensure_one()
        last = fields.Date.subtract(self._get_release(self.company_id, self.date), days=1)
        if self.how != "portal":
            return last
        return min(last, self.debtor_id._get_last_day(self.date_made, APPROVAL_DAYS))

    def _lapse(self):
        """Nobody decided in time: its items are free, and both the customer and the collector are told."""
        promise = self.with_env(self.debtor_id._in_our_language().env)
        asker = promise._get_asker()
        promise._set_withdrawn(promise.env._("Nobody agreed to it in time."))
        promise._tell(
            promise.env._("Nobody decided in time about %s: talk to the customer", promise.display_name), asker
        )
        promise._tell_decision()

    def _try(self, work):
        """Whatever goes wrong with one promise is told in the log, and the next has its turn."""
        self.ensure_one()
        return self.env["credit.collection.daily"]._try(
            self, work, "Nothing could be done about promise %s", passed_on=psycopg2.OperationalError
        )

    # === THE WORD THE DAY BEFORE === #

    @api.model
    def _remind(self, company, date=None):
        """Remind of what is promised for the next working day, once, beside the ladder; return the messages."""
        date = date or company._get_collection_today()
        actions = self.env["credit.collection.action"].sudo()
        if not company.sudo().collection_promise_reminder or not self._is_running(company):
            return actions
        days = self._get_reminder_days(company, date)
        promises = self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "open"), ("date", "in", days), ("date_made", "<", date)]
        )
        domain = [("promise_id", "in", promises.ids), ("purpose", "=", "promise")]
        before = actions.search(domain)
        for promise in (promises - before.promise_id).filtered(lambda promise: not promise._is_held(date)):
            promise._try(lambda one: one._write_before(date))
        return actions.search(domain) - before

    def _write_before(self, date):
        self.ensure_one()
        actions = self.env["credit.collection.action"].sudo()
        items = self.line_ids._get_items().filtered(lambda item: not item.reconciled)
        return actions._create_beside(
            "promise",
            self.debtor_id,
            contact=self.contact_id,
            currency=self.currency_id,
            lines=actions._prepare_lines_of(items),
            promise_id=self.id,
            date=date,
            channel=self._get_reminder_channel(),
        )

    @api.model
    def _is_running(self, company):
        """Whether the company has let anything leave at all: a fresh install writes to nobody."""
        scenarios = self.env["credit.collection.scenario"].sudo()
        return bool(scenarios.search_count([("on_company_ids", "in", company.id)], limit=1))

    @api.model
    def _get_reminder_days(self, company, date):
        """Return the days after ``date`` whose last working day before them is ``date``, or was a day off since."""
        last = fields.Date.add(date, days=HORIZON)
        first = fields.Date.subtract(date, days=HORIZON)
        closed = company._get_collection_holidays(first, last)
        weekdays = company._get_collection_weekdays()
        days = [fields.Date.add(date, days=shift) for shift in range(1, HORIZON)]
        return [day for day in days if workdays.day_before(day, 1, weekdays, closed) <= date]

    def _is_held(self, date):
        debtor = self.debtor_id
        on_hold = bool(debtor.hold_until and debtor.hold_until >= date)
        return debtor.protected or on_hold or bool(debtor._freezes(self.line_ids._get_items()))

    def _get_reminder_channel(self):
        """A text message when that is how this customer wants to be written to, and it can be."""
        debtor = self.debtor_id
        wanted = debtor.preferred_channel or debtor.profile_id.preferred_channel
        if wanted != "sms" or debtor.kind == "public":
            return "email"
        contact = self.contact_id or debtor.contact_id or debtor.partner_id
        return "sms" if debtor._find_beside_contact("sms", contact) else "email"
