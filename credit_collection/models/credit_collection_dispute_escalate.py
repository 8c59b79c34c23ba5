from odoo import api, fields, models
from odoo.tools import plaintext2html
from odoo.tools.misc import format_date

ESCALATED = "credit_collection.mail_activity_type_dispute_overdue"


class CreditCollectionDispute(models.Model):
    """What is not answered in time goes to the manager, once."""

    _inherit = "credit.collection.dispute"

    date_escalated = fields.Date("Escalated on", readonly=True, copy=False)

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"date_escalated"}

    @api.model
    def _cron_escalate(self):
        """Escalate in each company; one that fails does not stop the others."""
        self.env["credit.collection.daily"]._for_each_company(
            self.search([("date_closed", "=", False), ("date_escalated", "=", False)]).company_id,
            lambda company: self.with_company(company)._escalate(company),
            "The overdue disputes of %s could not be escalated",
        )

    @api.model
    def _escalate(self, company, date=None):
        """Tell the manager of ``company`` of each dispute whose day has passed on ``date``; return them."""
        date = date or company._get_collection_today()
        domain = [("company_id", "=", company.id), ("date_escalated", "=", False), *self._get_overdue_domain(date)]
        daily = self.env["credit.collection.daily"]
        return self.search(domain).filtered(
            lambda dispute: daily._try(
                dispute, lambda dispute: dispute._tell_manager(date), "Dispute %s could not be escalated"
            )
        )

    def _tell_manager(self, date):
        self.ensure_one()
        self.sudo().date_escalated = date
        self.sudo().activity_schedule(
            ESCALATED,
            date_deadline=date,
            summary=self.env._("Overdue: dispute %s", self.name),
            note=plaintext2html(
                self.env._(
                    "%(debtor)s waits for an answer: it was due on %(day)s.",
                    debtor=self.debtor_id.display_name,
                    day=format_date(
                        self.env, self.date_waiting_until if self.state == "waiting" else self.date_deadline
                    ),
                )
            ),
            user_id=self._get_approver().id,
        )

    def _wait_until_some_day(self):
        """The customer has as many days as we: who is waited for without end is never reminded again."""
        today = self.company_id._get_collection_today()
        if not self.date_waiting_until or self.date_waiting_until <= today:
            self.sudo().date_waiting_until = fields.Date.add(today, days=self.reason_id.deadline_days)

    def _after_state(self, target):
        """An ended dispute needs nobody any more; one that is opened again may escalate again."""
        result = super()._after_state(target)
        if target == "waiting":
            self._wait_until_some_day()
        if self.date_closed:
            self.sudo().activity_unlink([ESCALATED])
        elif target == "new":
            self.sudo().date_escalated = False
        return result
