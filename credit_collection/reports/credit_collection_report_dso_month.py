from itertools import takewhile

from odoo import api, fields, models
from odoo.tools import SQL, float_round
from odoo.tools.misc import format_date

from ..tools import kpi

MONTHS = 36
"""Months shown, the one asked about included: who wants older ones asks about an earlier day."""
COMPARED = ("share_overdue", "share_over_90", "delinquent", "cei")
"""Figures with a target: rounded as they are shown, so that what is compared is what is seen."""
MONTHS_READ = MONTHS + 12
"""The effectiveness over a year begins with the balance of twelve months before."""
SALE_TYPES = ("out_invoice", "out_receipt", "out_refund")


class CreditCollectionReportDso(models.Model):
    """How the figures of the months are found: two statements, whatever the number of items, months and companies."""

    _inherit = "credit.collection.report.dso"

    @api.model
    def _get_rows(self):
        """Return one dict per company and month."""
        self._flush()
        balances, sales = self._read_balances(), self._read_sales()
        return [
            row
            for company in self._get_companies()
            if company.id in balances
            for row in self._get_company_rows(company, balances[company.id], kpi.SumsByDay(sales.get(company.id, ())))
        ]

    # === LEDGER === #

    @api.model
    def _sql_parts(self):
        return SQL(
            "asked (company_id, date) AS (%s), every AS (%s), line AS (SELECT * FROM every WHERE NOT non_trade)",
            self._sql_asked(), self._sql_line(),
        )  # fmt: skip

    @api.model
    def _read_balances(self):
        """Return ``{company id: {first day of month: {bucket: open at its end}}}``; over 90 days comes as ``0``.

        Each line and each match is an event of its month, summed up by due date first: what is open at the end of a
        month is the sum of the events until then.
        """
        self.env.cr.execute(
            SQL(
                """
              WITH %(parts)s,
                   matched AS (%(matched)s),
                   event AS (
                       SELECT company_id, date, date_due, balance < 0 AS credit, balance AS amount FROM line
                    UNION ALL
                       SELECT line.company_id, matched.date, line.date_due, line.balance < 0, -matched.amount
                         FROM matched JOIN line ON line.id = matched.id),
                   daily AS (
                       SELECT event.company_id, event.date_due, event.credit, SUM(event.amount) AS amount,
                              GREATEST(date_trunc('month', event.date),
                                       date_trunc('month', asked.date) - %(back)s * INTERVAL '1 month')::date AS month
                         FROM event JOIN asked ON asked.company_id = event.company_id
                     GROUP BY 1, 2, 3, 5),
                   month AS (
                       SELECT first.company_id, day::date AS month,
                              LEAST(day + INTERVAL '1 month' - INTERVAL '1 day', asked.date)::date AS date_end
                         FROM (SELECT company_id, MIN(month) AS month FROM daily GROUP BY company_id) AS first
                         JOIN asked ON asked.company_id = first.company_id
                   CROSS JOIN LATERAL generate_series(first.month, asked.date, INTERVAL '1 month') AS day)
            SELECT month.company_id, month.month, %(bucket)s AS bucket, SUM(daily.amount),
                   COALESCE(SUM(daily.amount) FILTER (
                       WHERE NOT daily.credit AND month.date_end - daily.date_due > 90), 0)
              FROM month
              JOIN daily ON daily.company_id = month.company_id AND daily.month <= month.month
          GROUP BY 1, 2, 3
                """,
                parts=self._sql_parts(),
                matched=self._sql_matched(),
                back=MONTHS_READ - 1,
                bucket=self._sql_bucket(SQL("daily.credit"), SQL("(month.date_end - daily.date_due)")),
            )
        )
        balances = {}
        for company_id, month, bucket, amount, over_90 in self.env.cr.fetchall():
            buckets = balances.setdefault(company_id, {}).setdefault(month, {})
            buckets[bucket] = float(amount)
            buckets[0] = buckets.get(0, 0) + float(over_90)
        return balances

    @api.model
    def _read_sales(self):
        """Return ``{company id: [(day, sales)]}``."""
        self.env.cr.execute(
            SQL(
                """
              WITH %s
            SELECT line.company_id, line.date, SUM(line.balance)
              FROM line JOIN account_move move ON move.id = line.move_id
             WHERE move.move_type IN %s
          GROUP BY line.company_id, line.date
                """,
                self._sql_parts(),
                SALE_TYPES,
            )
        )
        sales = {}
        for company_id, day, amount in self.env.cr.fetchall():
            sales.setdefault(company_id, []).append((day, float(amount)))
        return sales

    # === FIGURES === #

    @api.model
    def _get_company_rows(self, company, balances, sales):
        """Return the rows of the months of one company, from its balances and its sales by day."""
        date = self._get_date(company)
        first = min(balances)
        months = takewhile(lambda month: month >= first, (kpi.month_start(date, back) for back in range(MONTHS)))
        return [self._get_row(company, month, balances, sales) for month in months]

    @api.model
    def _get_row(self, company, month, balances, sales):
        end = min(kpi.month_end(month), self._get_date(company))
        row = {
            "id": company.id * 1_000_000 + month.year * 100 + month.month,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "month": month,
            "date_end": end,
            "running": end < kpi.month_end(month),
            "sales": sales.between(month, end),
            **self._get_shares(balances[month]),
        }
        row.update(self._get_dso(company, row, sales))
        row.update(self._get_effectiveness(company, row, balances, sales))
        for name in ("sales", "receivable", "not_due", "overdue", "over_90", "credit", "sales_window"):
            row[name] = company.currency_id.round(row[name])
        for name in COMPARED:
            row[name] = row[name] if row[name] is None else self._round_shown(row[name])
        row["on_target"] = self._is_on_target(company, row)
        return row

    @api.model
    def _get_shares(self, buckets):
        """Return the receivables of a month by their lateness; shares in percent of what is open, credits left out."""
        credit, not_due = buckets.get(kpi.CREDIT, 0), buckets.get(kpi.NOT_DUE, 0)
        receivable = sum(amount for number, amount in buckets.items() if number)
        overdue = receivable - credit - not_due
        gross = not_due + overdue

        def share(amount):
            return amount / gross * 100 if gross > 0 else 0

        names = self.env["credit.collection.report.bucket"]._get_names()
        return {
            "receivable": receivable,
            "not_due": not_due,
            "overdue": overdue,
            "over_90": buckets.get(0, 0),
            "credit": credit,
            "share_not_due": share(not_due),
            "share_overdue": share(overdue),
            "share_over_90": share(buckets.get(0, 0)),
            "ageing": " · ".join(
                f"{name} {share(buckets.get(number, 0)):.0f} %"
                for number, name in names.items()
                if number != kpi.CREDIT
            ),
        }

    @api.model
    def _get_dso(self, company, row, sales):
        """Return the days sales outstanding, simple, count-back and best possible.

        Credits are set against what is overdue first: never is more not due than there are receivables.
        """
        first, days = self._get_window(company, row, sales)
        sales_window = sales.between(first, row["date_end"])
        dso = kpi.dso(row["receivable"], sales_window, days)
        best = kpi.best_possible_dso(self._get_not_due(row), sales_window, days)
        countback = kpi.countback_dso(row["receivable"], self._iter_months(company, row, sales))
        return {
            "sales_window": sales_window,
            "days_window": days,
            "dso": dso,
            "dso_known": dso is not None,
            "dso_best": best,
            "delinquent": kpi.average_days_delinquent(dso, best),
            "dso_countback": countback,
            "countback_known": countback is not None,
        }

    @api.model
    def _get_not_due(self, row):
        return min(row["not_due"], max(row["receivable"], 0))

    @api.model
    def _get_window(self, company, row, sales):
        """Return the first day of the sales that the receivables are compared with, and how many days these are."""
        if company.collection_dso_window == "month":
            return row["month"], kpi.month_days(row["date_end"], company.collection_dso_thirty)
        days = int(company.collection_dso_window)
        if sales.first:
            days = max(min(days, (row["date_end"] - sales.first).days + 1), 0)
        return fields.Date.subtract(row["date_end"], days=days - 1), days

    @api.model
    def _iter_months(self, company, row, sales):
        """Yield the sales of the months and their lengths in days, newest first, back to the first sale."""
        month, end = row["month"], row["date_end"]
        while sales.first and end >= sales.first:
            yield sales.between(month, end), kpi.month_days(end, company.collection_dso_thirty)
            end = fields.Date.subtract(month, days=1)
            month = kpi.month_start(end)

    @api.model
    def _get_effectiveness(self, company, row, balances, sales):
        months = int(company.collection_cei_months)
        before = balances.get(kpi.month_start(row["month"], months), {})
        opening = sum(amount for number, amount in before.items() if number)
        cei = kpi.collection_effectiveness(
            opening,
            sales.between(kpi.month_start(row["month"], months - 1), row["date_end"]),
            row["receivable"],
            self._get_not_due(row),
            months if company.collection_cei_sales == "month" else 1,
        )
        return {"cei": cei, "cei_known": cei is not None}

    @api.model
    def _is_on_target(self, company, row):
        return (
            row["share_overdue"] <= company.collection_target_overdue
            and row["share_over_90"] <= company.collection_target_over_90
            and (row["delinquent"] is None or row["delinquent"] <= company.collection_target_delinquent)
            and (row["cei"] is None or row["cei"] >= company.collection_target_cei)
        )

    # === HELPERS === #

    @api.model
    def _round_shown(self, figure):
        """Round to the one digit that lists and the printed page show."""
        return float_round(figure, precision_digits=1)

    @api.model
    def _get_sale_types(self):
        return SALE_TYPES

    def _format_month(self):
        return format_date(self.env, self.month, date_format="MMMM yyyy")
