from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain

from ..tools.workbook import Money


class ReportCreditCollectionStatement(models.AbstractModel):
    """What was booked in the months before: invoices, credit notes and payments, from one balance to the other."""

    _inherit = "report.credit_collection.statement"

    @api.model
    def _get_movements(self, debtor, months):
        """Return for each currency the bookings since the first of the month ``months`` months ago.

        The first line is the opening balance. All that is posted counts, also with a day to come: the last balance is
        what is open.
        """
        if not months:
            return []
        since = (debtor._get_today() - relativedelta(months=months)).replace(day=1)
        domain = Domain(
            [
                ("company_id", "=", debtor.company_id.id),
                ("partner_id.commercial_partner_id", "=", debtor.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        items = self.env["account.move.line"].sudo()
        openings = dict(
            items._read_group(domain & Domain("date", "<", since), ["currency_id"], ["amount_currency:sum"])
        )
        booked = items.search(domain & Domain("date", ">=", since), order="date, move_id, id").grouped("currency_id")
        own = debtor.company_id.currency_id
        currencies = sorted({*openings, *booked}, key=lambda currency: (currency != own, currency.name))
        groups = []
        for currency in currencies:
            opening = currency.round(openings.get(currency, 0))
            bookings = booked.get(currency, items)
            if opening or bookings:
                lines = self._prepare_movements(debtor, bookings, currency, since, opening)
                groups.append({"currency": currency, "lines": lines, "since": since})
        return groups

    @api.model
    def _prepare_movements(self, debtor, bookings, currency, since, opening):
        day = self.env["res.lang"]._format_day(since)
        words = self.env._("Balance before %s", day)
        lines = [{"day": since, "number": words, "charged": 0, "credited": 0, "balance": opening}]
        # The parts of one entry are one line.
        for move, parts in bookings.grouped("move_id").items():
            amount = currency.round(sum(parts.mapped("amount_currency")))
            opening = currency.round(opening + amount)
            values = {"day": parts[0].date, "number": debtor._get_page_label(parts[0]), "balance": opening}
            lines.append({**values, "move": move, "charged": max(amount, 0), "credited": max(-amount, 0)})
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
