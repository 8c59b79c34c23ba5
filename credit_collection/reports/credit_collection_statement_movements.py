from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain

from ..tools.workbook import Money


class ReportCreditCollectionStatement(models.AbstractModel):
    """What was booked in the months before: invoices, credit notes and payments, from one balance to the other."""

    _inherit = "report.credit_collection.statement"

    @api.model
    def _get_movements(self, debtor, months, most=None):
        """Return for each currency the bookings since the first of the month ``months`` months ago.

        The first line is the opening balance. All that is posted counts, also with a day to come: the last balance is
        what is open.

        :param most: of so many bookings, the newest, the rest is in the opening balance: the group is then ``cut``
        """
        if not months:
            return []
        since = self._get_since(debtor, months)
        domain = self._get_booked_domain(debtor)
        items = self.env["account.move.line"].sudo()
        balances = dict(items._read_group(domain, ["currency_id"], ["amount_currency:sum"]))
        booked = self._find_newest(domain & Domain("date", ">=", since), most and most + 1)
        cut = bool(most) and len(booked) > most
        booked = booked[:most][::-1]
        own = debtor.company_id.currency_id
        groups = []
        for currency in sorted(balances, key=lambda currency: (currency != own, currency.name)):
            bookings = [booking for booking in booked if booking[0] == currency]
            opening = currency.round(balances[currency] - sum(amount for __, amount, __, __ in bookings))
            if opening or bookings:
                lines = self._prepare_movements(debtor, bookings, since, opening, cut)
                groups.append({"currency": currency, "lines": lines, "since": since, "cut": cut})
        return groups

    @api.model
    def _get_since(self, debtor, months):
        """Return the day from which bookings are told: the first of a month."""
        return (debtor._get_today() - relativedelta(months=months)).replace(day=1)

    @api.model
    def _get_booked_domain(self, debtor):
        return Domain(
            [
                ("company_id", "=", debtor.company_id.id),
                ("partner_id.commercial_partner_id", "=", debtor.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )

    @api.model
    def _find_newest(self, domain, most):
        """Return ``(currency, amount, day, item)``, newest first; the parts of one entry are one."""
        items = self.env["account.move.line"].sudo()
        rows = items._read_group(
            domain,
            ["currency_id", "move_id"],
            ["amount_currency:sum", "date:max", "id:min"],
            order="date:max DESC, id:min DESC",
            limit=most,
        )
        # Read at once, not one by one.
        items = items.browse(first for *__, first in rows)
        return [(row[0], row[2], row[3], item) for row, item in zip(rows, items, strict=True)]

    @api.model
    def _prepare_movements(self, debtor, bookings, since, balance, cut):
        day = self.env["res.lang"]._format_day(since)
        words = self.env._("Balance brought forward") if cut else self.env._("Balance before %s", day)
        lines = [{"day": since, "number": words, "charged": 0, "credited": 0, "balance": balance}]
        for currency, amount, date, item in bookings:
            amount = currency.round(amount)
            balance = currency.round(balance + amount)
            values = {"day": date, "number": debtor._get_page_label(item), "balance": balance}
            lines.append({**values, "charged": max(amount, 0), "credited": max(-amount, 0)})
        return lines

    @api.model
    def _prepare_movements_sheet(self, debtor, months):
        groups = self._get_movements(debtor, months)
        if not groups:
            return []
        names = [
            self.env._("Date"),
            self.env._("What"),
            self.env._("Currency"),
            self.env._("Invoiced"),
            self.env._("Paid or credited"),
            self.env._("Balance"),
        ]
        rows = [("header", names), *(row for group in groups for row in self._prepare_movement_rows(group))]
        return [{"name": self.env._("Movements"), "widths": (12, 34, 9, 14, 16, 14), "rows": rows}]

    @api.model
    def _prepare_movement_rows(self, group):
        digits, name = group["currency"].decimal_places, group["currency"].name
        for line in group["lines"]:
            moved = [Money(line[side], digits) if line[side] else None for side in ("charged", "credited")]
            yield "", [line["day"], line["number"], name, *moved, Money(line["balance"], digits)]
