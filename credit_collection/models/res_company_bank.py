from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, format_date

from ..tools import workdays

BANK_WEEK = frozenset(range(5))
# Longer than any row of holidays and weekends.
BANK_HORIZON = 30


class ResCompany(models.Model):
    """What the company's books know of its bank: how fresh they are, and how long unallocated money counts."""

    _inherit = "res.company"

    collection_require_sent = fields.Boolean(
        "Only invoices that were sent",
        default=True,
        help="An invoice that was never sent to the customer is not asked for.",
    )
    collection_bank_fresh = fields.Boolean(
        "Overdue steps wait for the bank",
        default=True,
        help="While bank statements and payments do not reach the previous banking day, nothing overdue is reminded.",
    )
    collection_bank_posted_until = fields.Date(
        "Bank posted until", help="Said by an accountant: all that the bank received until this day is in the books."
    )
    collection_cover_days = fields.Integer(
        "Money at the bank holds for (working days)",
        default=10,
        help="A bank line that nobody has allocated stops reminders for so many working days. 0: not at all.",
    )
    collection_accountant_id = fields.Many2one(
        "res.users",
        string="Accountant",
        domain="[('share', '=', False)]",
        help="Gets the tasks about money: allocate it, post the bank, look at a payment that came back.",
    )
    collection_bank_date = fields.Date(
        "Books reach the bank until",
        compute="_compute_collection_bank",
        help="The newest of bank statement lines, registered payments of customers and what an accountant said.",
    )
    collection_bank_late = fields.Boolean("Bank is late", compute="_compute_collection_bank")

    _collection_cover_days_positive = models.Constraint(
        "CHECK (COALESCE(collection_cover_days, 0) BETWEEN 0 AND 60)",
        "Money at the bank holds for 0 to 60 working days.",
    )

    # === COMPUTE METHODS === #

    @api.depends("collection_bank_posted_until", "collection_bank_fresh")
    @api.depends_context("collection_date")
    def _compute_collection_bank(self):
        asked = fields.Date.to_date(self.env.context.get("collection_date"))
        for company in self:
            today = asked or company._get_collection_today()
            company.collection_bank_date = company._get_bank_date(today)
            company.collection_bank_late = company._is_bank_late(today)

    # === CONSTRAINT METHODS === #

    @api.constrains("collection_bank_posted_until")
    def _check_collection_bank_posted_until(self):
        for company in self:
            until = company.collection_bank_posted_until
            if until and until > company._get_collection_today():
                raise ValidationError(
                    self.env._(
                        "The bank cannot be posted until %s: that day is still to come.", format_date(self.env, until)
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _get_own_partners(self):
        """Return the partners that are companies of this database."""
        return (
            self.sudo().with_context(active_test=False).search([("id", "!=", False)]).partner_id.commercial_partner_id
        )

    def _set_bank_posted(self, until):
        """Note that the books hold all that the bank received until ``until``; an accountant's word."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants may say that the bank is posted."))
        if not self.env.su and self not in self.env.user.company_ids:
            raise AccessError(self.env._("Only who works in a company may say that its bank is posted."))
        self.sudo().collection_bank_posted_until = until

    def _get_bank_date(self, date):
        """Return the newest day, at most ``date``, that the books know of: bank lines, payments, an accountant's word.

        Payments of customers only: what we pay ourselves says nothing about what came in, nor does a card that was
        accepted in the portal: nobody has looked at the bank for it. None when there is none.
        """
        self.ensure_one()
        names = ["company_id", "state", "date", "payment_type", "partner_type", "payment_transaction_id"]
        self.env["account.payment"].flush_model(names)
        self.env["account.move"].flush_model(["company_id", "state", "date", "statement_line_id"])
        [(known,)] = self.env.execute_query(
            SQL(
                """
                SELECT GREATEST(
                    (SELECT MAX(move.date) FROM account_move move
                       JOIN account_journal journal ON journal.id = move.journal_id
                      WHERE move.company_id = %(company)s AND move.state = 'posted' AND journal.type = 'bank'
                        AND move.statement_line_id IS NOT NULL AND move.date <= %(date)s),
                    (SELECT MAX(date) FROM account_payment
                      WHERE company_id = %(company)s AND state IN ('in_process', 'paid') AND date <= %(date)s
                        AND payment_type = 'inbound' AND partner_type = 'customer'
                        AND payment_transaction_id IS NULL))
                """,
                company=self.id,
                date=date,
            )
        )
        said = self.sudo().collection_bank_posted_until
        return max((day for day in (known, said) if day and day <= date), default=None)

    def _get_previous_banking_day(self, date):
        """Return the last day before ``date`` from Monday to Friday that is no public holiday where the company is."""
        self.ensure_one()
        first = date - workdays.ONE_DAY * BANK_HORIZON
        partner = self.partner_id.sudo()
        closed = self.env["credit.collection.holiday"]._get_dates(self.country_id, partner.state_id, first, date)
        days = (date - workdays.ONE_DAY * back for back in range(1, BANK_HORIZON))
        return next(day for day in days if day.weekday() in BANK_WEEK and day not in closed)

    def _is_bank_late(self, date):
        """Tell whether overdue steps wait on ``date``: the books do not reach the previous banking day."""
        self.ensure_one()
        if not self.sudo().collection_bank_fresh:
            return False
        known = self._get_bank_date(date)
        return not known or known < self._get_previous_banking_day(date)

    def _get_cover_since(self, date):
        """Return the date of the oldest bank line that still holds on ``date``; None when they hold nothing at all."""
        self.ensure_one()
        days = self.sudo().collection_cover_days
        if not days:
            return None
        span = days * 3 + BANK_HORIZON
        weekdays = self._get_collection_weekdays()
        closed = self._get_collection_holidays(date - workdays.ONE_DAY * span, date)
        since = date
        for back in range(span):
            day = date - workdays.ONE_DAY * back
            if workdays.first_day_after(day, days, weekdays, closed) <= date:
                break
            since = day
        return since

    def _get_accountant(self):
        """Return who gets the tasks about money: the company's accountant, else its manager, else the administrator."""
        self.ensure_one()
        company = self.sudo()
        users = company.collection_accountant_id + company.collection_manager_id
        return users.filtered("active")[:1] or self.env.ref("base.user_admin")

    def _get_day_after_workdays(self, date, days):
        """Return the first day on which ``days`` working days of the company have passed since ``date``."""
        self.ensure_one()
        horizon = date + workdays.ONE_DAY * (days * 3 + BANK_HORIZON)
        return workdays.first_day_after(
            date, days, self._get_collection_weekdays(), self._get_collection_holidays(date, horizon)
        )
