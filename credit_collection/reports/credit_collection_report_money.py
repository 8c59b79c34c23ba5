from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

FOUND_BY = [
    ("said", "A person said so"),
    ("partner", "Customer on it"),
    ("account", "Bank account"),
    ("label", "Number in its text"),
    ("several", "Numbers of several customers in its text"),
    ("amount", "Exact amount"),
]
# Money is asked about when its time has just run out, not all that lies there from before.
ASKED_DAYS = 7
STATES = [
    ("holds", "Holds reminders"),
    ("nobody", "Who paid?"),
    ("old", "Too old"),
    ("registered", "Registered"),
    ("aside", "Set aside"),
]


class CreditCollectionReportMoney(models.Model):
    """Money of customers that is set against no invoice: whose it is, how that is known, and what it does."""

    _name = "credit.collection.report.money"
    _description = "Unallocated Money"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "label"

    company_id = fields.Many2one("res.company", readonly=True)
    source = fields.Selection([("bank", "Bank line"), ("entry", "Credit"), ("payment", "Payment")], readonly=True)
    date = fields.Date(readonly=True)
    label = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    debtor_id = fields.Many2one("credit.collection.debtor", readonly=True)
    found_by = fields.Selection(
        FOUND_BY,
        "Known by",
        readonly=True,
        help="How it is known whose money this is. Customer on it: the entry names it.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    state = fields.Selection(STATES, "What it does", readonly=True)
    for_move_id = fields.Many2one("account.move", string="For invoice", readonly=True)
    reason = fields.Char("Why", readonly=True)
    lift_id = fields.Many2one("credit.collection.lift", readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    move_line_id = fields.Many2one("account.move.line", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    statement_line_id = fields.Many2one("account.bank.statement.line", readonly=True)

    @property
    def _table_query(self):
        planner = self.env["credit.collection.planner"]
        planner._flush()
        companies = self.env["res.company"].sudo().browse(self.env.companies.ids)
        return SQL(" UNION ALL ").join(self._sql_company(company, planner) for company in companies)

    @api.model
    def _sql_company(self, company, planner):
        """Bank lines, credits in the books and payments under way of one company; each id says which."""
        date = fields.Date.to_date(self.env.context.get("collection_date")) or company._get_collection_today()
        parts = planner._get_bank_parts(company, date)
        named = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in parts)
        return SQL(
            """
            SELECT money.*, debtor.id AS debtor_id
              FROM (WITH %(named)s %(bank)s UNION ALL %(entries)s UNION ALL %(payments)s) AS money
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = money.partner_id AND debtor.company_id = money.company_id
            """,
            named=named,
            bank=self._sql_bank(company),
            entries=self._sql_entries(company),
            payments=self._sql_payments(company),
        )

    @api.model
    def _sql_bank(self, company):
        return SQL(
            """
            SELECT line.id * 3 AS id, %s::int AS company_id, 'bank' AS source, line.date, line.label,
                   line.found_partner_id AS partner_id, line.found_by, line.currency_id, line.amount,
                   CASE WHEN line.set_aside THEN 'aside'
                        WHEN line.registered THEN 'registered'
                        WHEN line.found_partner_id IS NULL AND NOT line.several THEN 'nobody'
                        WHEN NOT line.counts THEN 'old'
                        ELSE 'holds' END AS state,
                   line.said_move_id AS for_move_id, lift.reason, lift.id AS lift_id, entry.move_id,
                   NULL::int AS move_line_id, NULL::int AS payment_id, line.id AS statement_line_id
              FROM bank_money line
              JOIN account_bank_statement_line entry ON entry.id = line.id
         LEFT JOIN credit_collection_lift lift ON lift.statement_line_id = line.id
            """,
            company.id,
        )

    @api.model
    def _sql_entries(self, company):
        return SQL(
            """
            SELECT line.id * 3 + 1, line.company_id, 'entry', line.date, COALESCE(move.ref, move.name),
                   partner.commercial_partner_id, 'partner', line.currency_id, -line.amount_residual_currency,
                   CASE WHEN lift.id IS NOT NULL AND lift.move_id IS NULL THEN 'aside' ELSE 'holds' END,
                   COALESCE(lift.move_id, move.reversed_entry_id), lift.reason, lift.id, line.move_id, line.id,
                   NULL::int, NULL::int
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN credit_collection_lift lift ON lift.move_line_id = line.id
             WHERE account.account_type = 'asset_receivable' AND COALESCE(account.non_trade, FALSE) IS FALSE
               AND line.reconciled IS NOT TRUE AND line.parent_state = 'posted' AND line.company_id = %s
               AND line.amount_residual_currency < 0
            """,
            company.id,
        )

    @api.model
    def _sql_payments(self, company):
        return SQL(
            """
            SELECT payment.id * 3 + 2, payment.company_id, 'payment', payment.date,
                   COALESCE(payment.memo, payment.name),
                   partner.commercial_partner_id, 'partner', payment.currency_id, payment.amount,
                   CASE WHEN lift.id IS NOT NULL AND lift.move_id IS NULL THEN 'aside' ELSE 'holds' END,
                   COALESCE(lift.move_id, (SELECT MIN(link.invoice_id) FROM account_move__account_payment link
                                            WHERE link.payment_id = payment.id)),
                   lift.reason, lift.id, NULL::int, NULL::int, payment.id, NULL::int
              FROM account_payment payment
              JOIN res_partner partner ON partner.id = payment.partner_id
         LEFT JOIN credit_collection_lift lift ON lift.payment_id = payment.id
             WHERE payment.company_id = %s AND payment.move_id IS NULL AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer' AND payment.state = 'in_process'
            """,
            company.id,
        )

    # === ACTION METHODS === #

    def action_view_source(self):
        """Open the bank line's entry, the credit or the payment."""
        self.ensure_one()
        return (self.payment_id or self.move_id)._get_records_action()

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    def action_say_purpose(self):
        """Ask what this money is for."""
        if len(self.company_id) > 1:
            raise UserError(self.env._("Choose money of one company."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is this money for?"),
            "res_model": "credit.collection.money.purpose",
            "view_mode": "form",
            "target": "new",
            "context": {"default_money_ids": self.ids},
        }

    def action_undo_purpose(self):
        """Forget what was said: the money is read again as it stands in the books."""
        self.check_access("read")
        lifts = self.lift_id
        lifts.check_access("unlink")
        debtors = self.debtor_id
        lifts.unlink()
        debtors._ask_again_now()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _cron_ask_to_allocate(self):
        """Give the accountant a task for money that was left lying for too long, once each; each company by itself."""
        self.env["credit.collection.daily"]._for_each_company(
            self.env["res.company"].sudo().search([("collection_cover_days", ">", 0)]),
            self._ask_to_allocate_all,
            "Nobody could be asked to allocate the money of %s",
        )

    @api.model
    def _ask_to_allocate_all(self, company):
        today = fields.Date.to_date(self.env.context.get("collection_date")) or company._get_collection_today()
        since = company._get_cover_since(today)
        money = (
            self.sudo()
            .with_context(allowed_company_ids=company.ids)
            .search(
                [
                    ("state", "in", ("holds", "old")),
                    ("date", "<", since),
                    ("date", ">=", fields.Date.subtract(since, days=ASKED_DAYS)),
                ]
            )
        )
        for row in money:
            row._ask_to_allocate(company)

    def _ask_to_allocate(self, company):
        """Schedule the task on the entry or the payment, unless it was given before."""
        record = (self.payment_id or self.move_id).sudo()
        kind = self.env.ref("credit_collection.mail_activity_type_allocate")
        given = self.env["mail.activity"].sudo().with_context(active_test=False)
        if given.search_count(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("activity_type_id", "=", kind.id)], limit=1
        ):
            return
        customer = self.partner_id.display_name or self.env._("several customers")
        words = {"amount": self.currency_id.format(self.amount), "customer": customer}
        if self.state == "old":
            text = self.env._("Allocate %(amount)s of %(customer)s: it stops no reminders any more", **words)
        else:
            text = self.env._("Allocate %(amount)s of %(customer)s: it has been lying there for long", **words)
        record.activity_schedule(
            activity_type_id=kind.id,
            summary=text,
            user_id=company._get_accountant().id,
        )

    def _get_source(self):
        self.ensure_one()
        return self.statement_line_id or self.move_line_id or self.payment_id
