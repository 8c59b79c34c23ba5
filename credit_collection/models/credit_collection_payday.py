from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .credit_collection_approval import APPROVAL

# Stands for the last day of each month, as in the debtor's payment days.
LAST_DAY = 31
# Terms whose end can be moved to a day: so many days, or so many and then a day of the month.
KINDS = ("days_after", "days_end_of_month_on_the")


class CreditCollectionPayday(models.Model):
    """A day of the month on which a customer would like to pay, asked on the page.

    A manager decides, whoever is in charge. Then the customer's terms end on that day, for invoices to come; those that
    are there keep their due dates.
    """

    _name = "credit.collection.payday"
    _description = "Payment Day Asked For"
    _inherit = ["credit.collection.approval", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    contact_id = fields.Many2one("res.partner", "Asked by (contact)", index="btree_not_null", ondelete="set null")
    date = fields.Date("Asked on", required=True)
    day = fields.Integer("Day of the month", required=True, aggregator=None, help="31: the last day of each month.")
    note = fields.Text("In their words")
    term_id = fields.Many2one("account.payment.term", "Terms before", readonly=True, ondelete="set null")
    new_term_id = fields.Many2one("account.payment.term", "Terms since", readonly=True, ondelete="set null")

    _day_range = models.Constraint("CHECK (day BETWEEN 1 AND 31)", "A day of the month is between 1 and 31.")
    _once_idx = models.UniqueIndex(
        "(debtor_id) WHERE approval_state = 'asked'", "This customer waits for the answer about another day already."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "day")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.partner_id.display_name or ''}: {request._describe_day()}"

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {
            *("debtor_id", "company_id", "contact_id", "date", "day", "note", "term_id", "new_term_id"),
        }

    # === ACTION METHODS === #

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    # === APPROVAL === #

    def _get_approval_reasons(self):
        """Terms are money: a manager decides, always."""
        self.ensure_one()
        reasons = [
            self.env._("%(who)s asks to pay on this day: %(day)s.", who=self._get_who(), day=self._describe_day()),
            self._describe_effect(),
        ]
        if self.note:
            reasons.append(self.env._("In their words: %s", self.note))
        return reasons

    def _after_approval(self):
        """The terms of invoices to come end on that day. No invoice that is there is touched."""
        self.ensure_one()
        debtor, partner = self.debtor_id.sudo(), self._get_partner()
        old, days, effect = partner.property_payment_term_id, self._get_days(), self._describe_effect()
        if days is not None:
            partner.property_payment_term_id = self._get_or_create_term(days)
        self.sudo().write({"term_id": old.id, "new_term_id": partner.property_payment_term_id.id})
        debtor.payment_days = str(self.day)
        debtor.message_post(body=self.env._("Payment day agreed: %s", effect))
        theirs = self._for_customer()
        theirs._tell_customer(
            theirs.env._(
                "You asked to pay on this day: %s. We are glad to agree. It is so for your next invoices; those that "
                "you have already stay due on the day printed on them.",
                theirs._describe_day(),
            )
        )

    def _after_refusal(self):
        self.ensure_one()
        theirs = self._for_customer()
        theirs._tell_customer(
            "\n".join(
                [
                    theirs.env._(
                        "You asked to pay on this day: %s. We are sorry that we cannot agree to it.",
                        theirs._describe_day(),
                    ),
                    theirs.env._("The reason: %s", self.refusal),
                ]
            )
        )
        self.debtor_id.message_post(
            body=self.env._("Payment day refused: %(day)s. %(why)s", day=self._describe_day(), why=self.refusal)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _request(self, debtor, contact, day, note=""):
        """Ask a manager whether the customer may pay on that day. A day asked before gives way to the new one."""
        ours = debtor._for_staff()
        values = {
            "debtor_id": debtor.id,
            "contact_id": contact.id,
            "date": debtor._get_today(),
            "day": day,
            "note": note,
        }
        asked = [("debtor_id", "=", debtor.id), ("approval_state", "=", "asked")]
        request = ours.env[self._name].sudo().search(asked, limit=1)
        if request:
            request.activity_unlink([APPROVAL])
            request.write(values)
        else:
            request = request.create(values)
        request._ask_approval()
        ours._note_from_page(contact, ours.env._("Asks to pay on this day: %s", request._describe_day()))
        return request

    @api.model
    def _give_way(self, debtor, other):
        """Two files become one: where both wait for an answer, the question of ``other`` is taken back."""
        asked = self.sudo().search([("debtor_id", "in", (debtor | other).ids), ("approval_state", "=", "asked")])
        if len(asked) > 1:
            second = asked.filtered(lambda request: request.debtor_id == other)
            second.activity_unlink([APPROVAL])
            second._forget_question()
            self.env.flush_all()

    @api.model
    def _read_day(self, text):
        """Return the day of the month that was chosen.

        :raises UserError: when it is none
        """
        days = {str(day): day for day in range(1, LAST_DAY + 1)}
        if str(text) not in days:
            raise UserError(self.env._("Please choose the day of the month that suits you."))
        return days[str(text)]

    def _describe_day(self):
        if self.day == LAST_DAY:
            return self.env._("the last day of the month")
        return self.env._("day %s of the month", self.day)

    def _describe_effect(self):
        """Say what approval changes, with an invoice of today as the example."""
        today, term, days = self.debtor_id._get_today(), self._get_term(), self._get_days()
        if days is None:
            return self.env._(
                "The terms of this customer (%s) have several parts, a discount or an end of their own: they stay as "
                "they are, and reminders wait for that day.",
                term.name,
            )
        line = self.env["account.payment.term.line"].sudo().new(self._prepare_term_line(days))
        before = max((part._get_due_date(today) for part in term.line_ids), default=today + timedelta(days=days))
        return self.env._(
            "An invoice of today would be due on %(new)s instead of %(old)s. Invoices that are there keep their due "
            "dates; reminders wait for that day.",
            new=format_date(self.env, line._get_due_date(today)),
            old=format_date(self.env, before),
        )

    def _get_partner(self):
        """Return the customer as root, in the company whose terms it is about."""
        return self.debtor_id.partner_id.sudo().with_company(self.company_id)

    def _get_term(self):
        """Return the present terms: those of the customer, else those of the latest invoice; perhaps none."""
        return self._get_partner().property_payment_term_id or self._get_latest_invoice().invoice_payment_term_id

    def _get_latest_invoice(self):
        return (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                ],
                order="invoice_date desc, id desc",
                limit=1,
            )
        )

    def _get_days(self):
        """Return the days of the present terms; None: they are of another kind, and are left alone.

        Without terms they are the days that the latest invoice carries.
        """
        term = self._get_term()
        line = term.line_ids
        if not term:
            move = self._get_latest_invoice()
            day = move.invoice_date
            return max((move.invoice_date_due - day).days, 0) if day and move.invoice_date_due else 0
        if len(line) != 1 or term.early_discount or line.delay_type not in KINDS:
            return None
        return line.nb_days

    def _prepare_term_line(self, days):
        # Core's 0 is the last day of the month in which the days end; another day is one of the month after that.
        return {
            "value": "percent",
            "value_amount": 100,
            "delay_type": "days_end_of_month_on_the",
            "nb_days": days,
            "days_next_month": "0" if self.day == LAST_DAY else str(self.day),
        }

    def _get_or_create_term(self, days):
        wanted = self._prepare_term_line(days)
        names = ("value", "delay_type", "nb_days", "days_next_month")
        domain = [(name, "=", wanted[name]) for name in names]
        company = self.company_id
        lines = self.env["account.payment.term.line"].sudo()
        found = lines.search([*domain, ("payment_id.company_id", "in", (False, company.id))]).payment_id
        found = found.filtered(lambda term: len(term.line_ids) == 1 and not term.early_discount and term.active)
        if found:
            return found.sorted(lambda term: (not term.company_id, term.id))[0]
        name = (
            self.env._("%s days, then to the end of the month", days)
            if self.day == LAST_DAY
            else self.env._("%(days)s days, then on day %(day)s of the next month", days=days, day=self.day)
        )
        values = {"name": name, "company_id": company.id, "line_ids": [fields.Command.create(wanted)]}
        return self.env["account.payment.term"].sudo().create(values)

    def _get_who(self):
        return self.contact_id.name or self.partner_id.name

    def _for_customer(self):
        """Return the request in the language of whoever asked."""
        return self.with_context(lang=self.contact_id.lang or self.partner_id.lang or self.env.lang)

    def _tell_customer(self, text):
        self.debtor_id._answer_told(self.contact_id, text)
