from odoo import api, fields, models
from odoo.tools import SQL

from .measure import Measure

# The months looked back; 0: from the beginning.
PERIODS = {"quarter": 3, "year": 12, "always": 0}
GRAINS = ("main", "detail")
# An average over causes weighs each by the disputes that it is an average of.
WEIGHTS = {"days_to_resolve:avg": "ended_number", "justified_share:avg": "decided_number"}


class CreditCollectionReportDisputePareto(models.Model):
    """The few causes of most disputes: by company, period and depth of the tree, the largest amount first."""

    _name = "credit.collection.report.dispute.pareto"
    _description = "Causes of Disputes"
    _auto = False
    _order = "company_id, period, grain, rank"
    _rec_name = "reason_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Selection(
        [("quarter", "Last 3 months"), ("year", "Last 12 months"), ("always", "From the beginning")], readonly=True
    )
    grain = fields.Selection([("main", "Main reasons"), ("detail", "Reasons in detail")], "Depth", readonly=True)
    reason_id = fields.Many2one("credit.collection.dispute.reason", "Cause", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None)
    number = fields.Integer("Disputes", readonly=True)
    number_share = fields.Float("Share of number (%)", readonly=True, digits=(16, 1))
    number_cumulated = fields.Float(
        "Cumulated number (%)", readonly=True, digits=(16, 1), aggregator=None, help="The most frequent first."
    )
    amount = fields.Monetary("Disputed", readonly=True)
    amount_share = fields.Float("Share of amount (%)", readonly=True, digits=(16, 1))
    amount_cumulated = fields.Float(
        "Cumulated amount (%)", readonly=True, digits=(16, 1), aggregator=None, help="The largest amount first."
    )
    ended_number = fields.Integer("Ended", readonly=True)
    decided_number = fields.Integer("Decided", readonly=True, help="Where it was said whether the customer was right.")
    days_to_resolve = Measure(
        readonly=True, digits=(16, 1), aggregator="avg", help="On average; empty where none has ended."
    )
    justified_share = Measure(
        "Justified (%)", readonly=True, digits=(16, 1), aggregator="avg", help="Empty where nothing was decided."
    )
    corrective_count = fields.Integer("Corrective actions", compute="_compute_corrective_count")

    @property
    def _table_query(self):
        report = self.env["credit.collection.report.dispute"]
        company_ids = self.env.context.get("collection_company_ids") or self.env.companies.ids
        self.env["credit.collection.planner"]._flush()
        return SQL(" UNION ALL ").join(
            self._sql_company(company, report._sql_company(company))
            for company in self.env["res.company"].sudo().browse(company_ids)
        )

    @api.model
    def _sql_company(self, company, disputes):
        """Return one row for each period, depth and cause. Shares are of the company's period; 100 % come together."""
        today = company._get_collection_today()
        periods = SQL(", ").join(
            SQL("(%s, %s, %s::date)", code, place, fields.Date.subtract(today, months=months) if months else None)
            for place, (code, months) in enumerate(PERIODS.items())
        )
        return SQL(
            """
            SELECT (%(company)s::bigint * 1048576 + cause.reason_id) * 8 + cause.place AS id,
                   %(company)s::int AS company_id, cause.period, cause.grain, cause.reason_id, cause.number,
                   cause.amount, cause.days_to_resolve, cause.justified_share,
                   cause.ended_number, cause.decided_number,
                   (ROW_NUMBER() OVER by_amount)::int AS rank,
                   100.0 * cause.number / SUM(cause.number) OVER whole AS number_share,
                   100.0 * SUM(cause.number) OVER by_number / SUM(cause.number) OVER whole AS number_cumulated,
                   100.0 * cause.amount / NULLIF(SUM(cause.amount) OVER whole, 0) AS amount_share,
                   100.0 * SUM(cause.amount) OVER by_amount / NULLIF(SUM(cause.amount) OVER whole, 0)
                       AS amount_cumulated
              FROM (
                  SELECT period.code AS period, grain.code AS grain, grain.place * 4 + period.place AS place,
                         CASE grain.code WHEN 'main' THEN dispute.main_reason_id
                                         ELSE dispute.reason_id END AS reason_id,
                         COUNT(*)::int AS number, SUM(dispute.amount) AS amount,
                         COUNT(dispute.days_to_resolve)::int AS ended_number,
                         COUNT(dispute.justified_share)::int AS decided_number,
                         AVG(dispute.days_to_resolve) AS days_to_resolve,
                         AVG(dispute.justified_share) AS justified_share
                    FROM (%(disputes)s) AS dispute
              CROSS JOIN (VALUES ('main', 0), ('detail', 1)) AS grain (code, place)
                    JOIN (VALUES %(periods)s) AS period (code, place, since)
                      ON period.since IS NULL OR dispute.date_opened >= period.since
                GROUP BY 1, 2, 3, 4) AS cause
            WINDOW whole AS (PARTITION BY cause.period, cause.grain),
                   by_amount AS (PARTITION BY cause.period, cause.grain
                                     ORDER BY cause.amount DESC, cause.number DESC, cause.reason_id
                                 ROWS UNBOUNDED PRECEDING),
                   by_number AS (PARTITION BY cause.period, cause.grain
                                     ORDER BY cause.number DESC, cause.amount DESC, cause.reason_id
                                 ROWS UNBOUNDED PRECEDING)
            """,
            company=company.id,
            disputes=disputes,
            periods=periods,
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in WEIGHTS:
            return super()._read_group_select(aggregate_spec, query)
        value = self._field_to_sql(self._table, aggregate_spec.partition(":")[0], query)
        weight = self._field_to_sql(self._table, WEIGHTS[aggregate_spec], query)
        return SQL("(SUM(%s * %s) / NULLIF(SUM(%s), 0))::float8", value, weight, weight)

    # === COMPUTE METHODS === #

    def _compute_corrective_count(self):
        groups = self.env["credit.collection.corrective"]._read_group(
            [("state", "=", "open"), ("company_id", "in", self.company_id.ids)],
            ["company_id", "reason_id"],
            ["__count"],
        )
        for cause in self:
            cause.corrective_count = sum(
                count
                for company, reason, count in groups
                if company == cause.company_id and (reason == cause.reason_id or cause._covers(reason))
            )

    def _covers(self, reason):
        """Whether ``reason`` lies below the cause of this row, which counts everything below it."""
        return self.grain == "main" and (reason.parent_path or "").startswith(self.reason_id.parent_path or "-")

    # === ACTION METHODS === #

    def action_view_disputes(self):
        self.ensure_one()
        operator = "child_of" if self.grain == "main" else "="
        domain = [
            ("company_id", "=", self.company_id.id),
            ("reason_id", operator, self.reason_id.id),
            ("state", "!=", "cancelled"),
        ]
        if months := PERIODS[self.period]:
            today = self.company_id._get_collection_today()
            domain.append(("date_opened", ">=", fields.Date.subtract(today, months=months)))
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_dispute_action")
        return {**action, "name": self.reason_id.display_name, "domain": domain, "context": {}}

    def action_corrective(self):
        """Open a new corrective action against this cause."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Corrective Action"),
            "res_model": "credit.collection.corrective",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reason_id": self.reason_id.id, "default_company_id": self.company_id.id},
        }
