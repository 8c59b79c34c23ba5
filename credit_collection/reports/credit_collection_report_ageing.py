from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date


class CreditCollectionReportAgeing(models.Model):
    """What was open on a day and how late it was, item by item. Nothing is stored.

    Money of the customer (payments and credit notes not yet matched) is negative and stands in a bucket of its own,
    never in those of what is late; so the sum of all rows is the balance of the receivable accounts on that day.
    """

    _name = "credit.collection.report.ageing"
    _description = "Receivables Ageing"
    _inherit = "credit.collection.receivable"
    _auto = False
    _order = "date_due, id"
    _rec_name = "reference"

    move_line_id = fields.Many2one("account.move.line", string="Entry", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    debtor_id = fields.Many2one("credit.collection.debtor", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    profile_id = fields.Many2one("credit.collection.profile", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    reference = fields.Char("Number", readonly=True)
    date = fields.Date("Posted on", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    date_asof = fields.Date("As of", readonly=True, aggregator="max")
    days_overdue = fields.Integer("Days overdue", readonly=True, aggregator="max")
    bucket_id = fields.Many2one("credit.collection.report.bucket", string="Ageing", readonly=True)
    non_trade = fields.Boolean("Not a trade receivable", readonly=True)
    residual = fields.Monetary("Open in currency", readonly=True, aggregator=None)
    amount_residual = fields.Monetary("Open", currency_field="company_currency_id", readonly=True)
    amount_overdue = fields.Monetary(
        "Overdue",
        currency_field="company_currency_id",
        readonly=True,
        help="Everything that is late, also what is not dunned, which Coverage leaves out. Credits are not taken off.",
    )

    @property
    def _table_query(self):
        self._flush()
        return SQL(
            """
              WITH asked (company_id, date) AS (%(asked)s),
                   line AS (%(line)s),
                   matched AS (%(matched)s),
                   settled AS (
                       SELECT id, SUM(amount) AS amount, SUM(amount_currency) AS amount_currency
                         FROM matched GROUP BY id),
                   item AS (
                       SELECT line.*, line.balance - COALESCE(settled.amount, 0) AS amount_residual,
                              line.amount_currency - COALESCE(settled.amount_currency, 0) AS residual
                         FROM line LEFT JOIN settled ON settled.id = line.id
                        WHERE line.balance <> COALESCE(settled.amount, 0)
                           OR line.amount_currency <> COALESCE(settled.amount_currency, 0))
            SELECT item.id, item.id AS move_line_id, item.move_id, entry.account_id, item.company_id,
                   debtor.id AS debtor_id, customer.id AS partner_id, customer.country_id, debtor.user_id,
                   debtor.profile_id, entry.currency_id, entry.company_currency_id, entry.move_name AS reference,
                   item.date, item.date_due, item.date_asof, item.non_trade, item.residual, item.amount_residual,
                   CASE WHEN item.amount_residual < 0 THEN 0
                        ELSE GREATEST(item.date_asof - item.date_due, 0) END AS days_overdue,
                   CASE WHEN item.date_due < item.date_asof THEN GREATEST(item.amount_residual, 0)
                        ELSE 0 END AS amount_overdue,
                   %(bucket)s AS bucket_id
              FROM item
              JOIN account_move_line entry ON entry.id = item.id
         LEFT JOIN res_partner partner ON partner.id = entry.partner_id
         LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = customer.id AND debtor.company_id = item.company_id
            """,
            asked=self._sql_asked(),
            line=self._sql_line(),
            matched=self._sql_matched(),
            bucket=self._sql_bucket(SQL("item.amount_residual < 0"), SQL("(item.date_asof - item.date_due)")),
        )

    # === ACTION METHODS === #

    @api.model
    def _get_action(self, company, date):
        """Return the action that shows the items of ``company`` as they were on ``date``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_report_ageing_action"
        )
        context = {
            "collection_date": fields.Date.to_string(date),
            "collection_company_ids": company.ids,
            "search_default_trade": 1,
        }
        name = self.env._("Ageing as of %s", format_date(self.env, date))
        domain = [("company_id", "=", company.id)]
        return {**action, "name": name, "display_name": name, "context": context, "domain": domain}

    def action_view_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
            "name": self.move_id.display_name,
        }

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()
