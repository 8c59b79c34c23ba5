from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

COLUMNS = {
    "id": "int8", "company_id": "int4", "currency_id": "int4", "month": "date", "date_end": "date", "running": "bool",
    "sales": "numeric", "receivable": "numeric", "not_due": "numeric", "overdue": "numeric", "over_90": "numeric",
    "credit": "numeric", "share_not_due": "float8", "share_overdue": "float8", "share_over_90": "float8",
    "ageing": "text", "sales_window": "numeric", "days_window": "int4", "dso": "float8", "dso_countback": "float8",
    "dso_best": "float8", "delinquent": "float8", "cei": "float8", "dso_known": "bool", "countback_known": "bool",
    "cei_known": "bool", "on_target": "bool",
}  # fmt: skip
"""Columns of the report by name, with their types in PostgreSQL."""


class CreditCollectionReportDso(models.Model):
    """Receivables and days sales outstanding at the end of each month, up to the day asked about. Nothing is stored.

    ``credit_collection_report_dso_month`` finds the figures; the formulas are those of ``tools/kpi.py``. Trade
    receivables only. Sales are the receivables of posted invoices and receipts less credit notes, taxes included, by
    accounting date. A figure that has no answer is empty, and 0 where Odoo knows no empty number: see ``…_known``.
    """

    _name = "credit.collection.report.dso"
    _description = "Receivables and DSO by Month"
    _inherit = "credit.collection.receivable"
    _auto = False
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    date_end = fields.Date("As of", readonly=True)
    running = fields.Boolean("Not over", readonly=True, help="The month was not over on the day asked about.")
    sales = fields.Monetary("Sales of the month", readonly=True, help="Invoiced less credited, taxes included.")
    receivable = fields.Monetary("Receivables", readonly=True, aggregator="avg", help="At the end, credits taken off.")
    not_due = fields.Monetary("Not due", readonly=True, aggregator="avg")
    overdue = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Everything that is late, also what is not dunned, which Coverage leaves out. Credits are not taken off.",
    )
    over_90 = fields.Monetary("Over 90 days late", readonly=True, aggregator="avg")
    credit = fields.Monetary("Credits", readonly=True, aggregator="avg", help="Payments and credit notes not matched.")
    share_not_due = fields.Float("Not due (%)", readonly=True, aggregator="avg", digits=(16, 1))
    share_overdue = fields.Float(
        "Overdue (%)", readonly=True, aggregator="avg", digits=(16, 1), help="Of what is open, credits not taken off."
    )
    share_over_90 = fields.Float("Over 90 days (%)", readonly=True, aggregator="avg", digits=(16, 1))
    ageing = fields.Char(readonly=True, help="Share of each bucket, credits left out.")
    sales_window = fields.Monetary("Sales for the DSO", readonly=True, aggregator="avg")
    days_window = fields.Integer("Days of these sales", readonly=True, aggregator="avg")
    dso = fields.Float("DSO", readonly=True, aggregator="avg", digits=(16, 1), help="Receivables ÷ sales × days.")
    dso_countback = fields.Float(
        "DSO, count-back",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Whole months of sales are taken off the receivables, newest first, each counting its days.",
    )
    dso_best = fields.Float(
        "Best possible DSO", readonly=True, aggregator="avg", digits=(16, 1), help="Not due ÷ sales × days."
    )
    delinquent = fields.Float(
        "Average days delinquent", readonly=True, aggregator="avg", digits=(16, 1), help="DSO − best possible DSO."
    )
    cei = fields.Float(
        "Collection effectiveness (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Of what could be collected in the period, how much was.",
    )
    dso_known = fields.Boolean(readonly=True)
    countback_known = fields.Boolean(readonly=True)
    cei_known = fields.Boolean(readonly=True)
    on_target = fields.Boolean("All targets met", readonly=True)
    target_overdue = fields.Float(related="company_id.collection_target_overdue")
    target_over_90 = fields.Float(related="company_id.collection_target_over_90")
    target_delinquent = fields.Float(related="company_id.collection_target_delinquent")
    target_cei = fields.Float(related="company_id.collection_target_cei")

    @property
    def _table_query(self):
        rows = [SQL("(%s)", SQL(", ").join(row[name] for name in COLUMNS)) for row in self._get_rows()]
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        typed = SQL(", ").join(
            SQL("CAST(%(name)s AS %(type)s) AS %(name)s", name=SQL.identifier(name), type=SQL(type_))
            for name, type_ in COLUMNS.items()
        )
        nothing = SQL("(%s)", SQL(", ").join(SQL("NULL") for __ in COLUMNS))
        return SQL(
            "SELECT %s FROM (VALUES %s) AS month (%s) WHERE id IS NOT NULL",
            typed, SQL(", ").join(rows or [nothing]), names,
        )  # fmt: skip

    # === COMPUTE METHODS === #

    @api.depends("month")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row._format_month()

    # === ACTION METHODS === #

    @api.model
    def _get_action(self, company, date):
        """Return the action that shows the months of ``company`` up to ``date``."""
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_report_dso_action")
        context = {"collection_date": fields.Date.to_string(date), "collection_company_ids": company.ids}
        name = self.env._("DSO by month, until %s", format_date(self.env, date))
        domain = [("company_id", "=", company.id)]
        return {**action, "name": name, "display_name": name, "context": context, "domain": domain}

    def action_view_items(self):
        """Show what was open at the end of the month."""
        self.ensure_one()
        return self.env["credit.collection.report.ageing"]._get_action(self.company_id, self.date_end)

    def action_view_overdue(self):
        self.ensure_one()
        action = self.action_view_items()
        return {**action, "context": {**action["context"], "search_default_overdue": 1}}

    def action_view_sales(self):
        """Show the invoices, receipts and credit notes of the month."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sales of %s", self._format_month()),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", self._get_sale_types()),
                ("state", "=", "posted"),
                ("date", ">=", self.month),
                ("date", "<=", self.date_end),
            ],
        }
