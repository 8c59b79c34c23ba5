from collections import defaultdict

from markupsafe import Markup
from odoo import api, models
from odoo.tools.misc import format_amount, format_date, formatLang

from ..tools import kpi, pdf
from .credit_collection_report_dso import COLUMNS

COLORS = ("#2f7d5b", "#e3b23c", "#e08e36", "#d1603d", "#a8323e", "#7a1f3d", "#4f1530")
"""Of the buckets: not due, then later and later."""
TOP, MONTHS, NAME = 10, 12, 48
"""Customers and months shown, and how many letters of a name."""
DOCTYPE = Markup("<!DOCTYPE html>\n")


class ReportCreditCollectionReceivablesPage(models.AbstractModel):
    """The receivables of a company on a day, on one printed page: ageing, largest debtors, DSO of a year.

    It is drawn as letters are (see there): everything stands in the body, at the scale measured here and now. The
    number of rows is bounded and no cell breaks its line, so it is one page whatever the ledger holds. Amounts that
    would not fit are printed in thousands or in millions.
    """

    _name = "report.credit_collection.receivables_page"
    _description = "Receivables on One Page"

    # === DRAWING === #

    @api.model
    def _draw(self, company, date):
        """Return the page as a PDF."""
        letter = self.env["credit.collection.letter"]
        paper = self.env.ref("credit_collection.paperformat_letter_a4").sudo()
        values = {**self._get_values(company, date), "zoom": letter._get_zoom(paper)}
        for tight in (False, True):
            values["tight"] = tight
            html = self.env["ir.qweb"]._render("credit_collection.receivables_page", values, minimal_qcontext=True)
            document = letter._run(DOCTYPE + html, paper)
            if pdf.count_pages(document) == 1:
                break
        return document

    # === VALUES === #

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template prints, for core's preview."""
        asked = self.env["credit.collection.as.of"].browse(docids)[:1]
        return {**self._get_values(asked.company_id, asked.date), "zoom": 1, "tight": False}

    @api.model
    def _get_values(self, company, date):
        """Return what the template prints."""
        self = self.with_context(collection_date=date, collection_company_ids=company.ids)
        # All fields at once: each reading rebuilds the months.
        report, fields = self.env["credit.collection.report.dso"], [name for name in COLUMNS if name != "id"]
        months = report.search_fetch([("company_id", "=", company.id)], fields, limit=MONTHS).sorted("month")
        ageing = self._get_ageing(company)
        return {
            **self._get_formats(company, ageing, months),
            "company": company,
            "lang": (self.env.lang or "en_US").split("_")[0],
            "date": format_date(self.env, date, date_format="long"),
            "printed": format_date(self.env, company._get_collection_today()),
            "ageing": ageing,
            "debtors": self._get_debtors(company),
            "months": months,
            "month": months[-1:],
            "chart": self._get_chart(months),
            "number": lambda value, digits=1: formatLang(self.env, value, digits=digits),
            # "15", but "2.5": no target is printed as another one.
            "target": lambda value: formatLang(self.env, value, digits=0 if value == int(value) else 1),
            "month_name": lambda day: format_date(self.env, day, date_format="MMM yyyy"),
        }

    @api.model
    def _get_formats(self, company, ageing, months):
        """Return how amounts are printed: all in one unit, in which the largest has at most nine digits."""
        currency = company.currency_id
        largest = max(
            abs(amount)
            for amount in (
                *(bucket["amount"] for bucket in ageing["buckets"]), ageing["total"],
                *months.mapped("sales"), *months.mapped("receivable"),
            )
        )  # fmt: skip
        if largest < 1e9:
            unit, digits, name = 1, currency.decimal_places, currency.name
        elif largest < 1e12:
            unit, digits, name = 1e3, 0, self.env._("thousands of %s", currency.name)
        else:
            unit, digits, name = 1e6, 0, self.env._("millions of %s", currency.name)
        return {
            "currency": name,
            "money": lambda amount: formatLang(self.env, amount / unit, digits=digits),
            "whole": lambda amount: formatLang(self.env, amount / unit, digits=0),
            "with_symbol": lambda amount: format_amount(self.env, amount, currency),
        }

    @api.model
    def _get_ageing(self, company):
        """Return the buckets, also empty ones, what they add up to, and what is open in other currencies.

        What is not about trade is no part of the page; its sum is said at the end.
        """
        groups = self.env["credit.collection.report.ageing"]._read_group(
            [("company_id", "=", company.id)], ["non_trade", "bucket_id", "currency_id"],
            ["amount_residual:sum", "residual:sum", "__count"],
        )  # fmt: skip
        found, currencies, non_trade = defaultdict(lambda: [0, 0]), defaultdict(float), 0
        for apart, bucket, currency, amount, residual, count in groups:
            if apart:
                non_trade += amount
                continue
            found[bucket.id][0] += amount
            found[bucket.id][1] += count
            if currency != company.currency_id:
                currencies[currency] += residual
        gross = sum(amount for number, (amount, __) in found.items() if number != kpi.CREDIT)
        overdue = gross - found[kpi.NOT_DUE][0]
        share = overdue / gross * 100 if gross else 0
        return {
            "buckets": self._get_buckets(found, gross),
            "total": sum(amount for amount, __ in found.values()),
            "count": sum(count for __, count in found.values()),
            "not_due": gross - overdue,
            "overdue": overdue,
            "share_overdue": self.env["credit.collection.report.dso"]._round_shown(share),
            "currencies": self._get_currencies(currencies),
            "non_trade": non_trade,
        }

    @api.model
    def _get_buckets(self, found, gross):
        names = self.env["credit.collection.report.bucket"]._get_names()
        return [
            {
                "name": name,
                "amount": found[number][0],
                "count": found[number][1],
                "share": found[number][0] / gross * 100 if gross else 0,
                "color": COLORS[number - kpi.NOT_DUE] if number != kpi.CREDIT else "",
                "credit": number == kpi.CREDIT,
            }
            for number, name in names.items()
        ]

    @api.model
    def _get_currencies(self, amounts):
        """Return in words what is open in other currencies, at most four of them."""
        currencies = sorted(amounts, key=lambda currency: currency.name)
        parts = [format_amount(self.env, amounts[currency], currency) for currency in currencies[:4]]
        if len(currencies) > len(parts):
            parts.append(self.env._("%s more currencies", len(currencies) - len(parts)))
        return " · ".join(parts)

    @api.model
    def _get_debtors(self, company):
        """Return the customers who owe most."""
        largest = self.env["credit.collection.report.ageing"]._read_group(
            [("company_id", "=", company.id), ("non_trade", "=", False)], ["partner_id"],
            ["amount_residual:sum", "amount_overdue:sum", "days_overdue:max"],
            having=[("amount_residual:sum", ">", 0)], order="amount_residual:sum DESC, partner_id", limit=TOP,
        )  # fmt: skip
        return [
            {
                "name": self._shorten(partner.sudo().display_name or self.env._("Without a customer")),
                "amount": amount,
                "overdue": overdue,
                "days": days,
            }
            for partner, amount, overdue, days in largest
        ]

    @api.model
    def _shorten(self, name):
        return name if len(name) <= NAME else f"{name[: NAME - 1].rstrip()}…"

    # === CHART === #

    @api.model
    def _get_chart(self, months):
        """Return the lines of the chart in its own units, 320 wide and 120 high, from top to bottom."""
        highest = max((value for row in months for value in (row.dso, row.dso_countback, row.dso_best)), default=0)
        step = next((step for step in (5, 10, 15, 20, 30, 50, 100, 200, 500) if step * 4 >= highest), 1000)
        top = max(step * 4, highest)
        across = 320 / max(len(months) - 1, 1)

        def place(number, value):
            return f"{number * across:.1f},{120 - max(value, 0) / top * 120:.1f}"

        def line(name, known):
            """Where a value is missing, the line is interrupted."""
            parts = [[]]
            for number, row in enumerate(months):
                if row[known]:
                    parts[-1].append(place(number, row[name]))
                elif parts[-1]:
                    parts.append([])
            return [" ".join(part) for part in parts if part]

        return {
            "grid": [(value, 120 - value / top * 120) for value in range(0, step * 5, step)],
            "ticks": [
                (number * across, format_date(self.env, row.month, date_format="MMM"))
                for number, row in enumerate(months)
            ],
            "dso": line("dso", "dso_known"),
            "countback": line("dso_countback", "countback_known"),
            "best": line("dso_best", "dso_known"),
        }
