from odoo import api, models
from odoo.tools.misc import format_date, formatLang

from ..models.credit_collection_letter import ADDRESS_ROWS, COLOR, PLAIN_COLOR
from ..tools import pdf, workbook
from ..tools.workbook import Money

MOST_MOVEMENTS = 200
"""Bookings on paper, below all that is open: five pages, drawn in 3 s. 1,800 of them keep a worker busy for 16 s."""
WIDTHS = (24, 20, 12, 12, 8, 9, 14, 14, 14, 14, 12, 40)


class ReportCreditCollectionStatement(models.AbstractModel):
    """The statement of account of a customer, on paper and as a workbook: the ledger of the moment, nothing stored.

    It is written in the language of the context and drawn as letters are (see there).
    """

    _name = "report.credit_collection.statement"
    _description = "Statement of Account"

    # === CONTENT === #

    @api.model
    def _get_groups(self, debtor):
        """Return for each currency its items by due date, with the running balance, and the totals."""
        rows = debtor._mark_page_rows(debtor._get_page_items())
        today, groups = debtor._get_today(), []
        for currency, totals in debtor._get_page_totals(rows).items():
            balance, lines = 0.0, []
            for row in (row for row in rows if row["currency"] == currency):
                balance = currency.round(balance + row["residual"])
                lines.append(self._prepare_line(row, today, balance))
            groups.append({"currency": currency, "lines": lines, "totals": self._name_totals(totals)})
        return groups

    @api.model
    def _prepare_line(self, row, today, balance):
        item, move = row["item"], row["move"]
        return {
            "move": move,
            "number": row["label"],
            "reference": row["their_reference"] or False,
            "dated": move.invoice_date or item.date,
            "due": None if row["is_credit"] else row["due"],
            "days": (today - row["due"]).days if row["late"] else 0,
            "amount": item.amount_currency,
            "open": row["residual"],
            "disputed": row["disputed"],
            "promised": row["promise"].date or None,
            "balance": balance,
            "notes": [*filter(None, (row["part"], row["why"])), *(words for __, words in row["marks"])],
        }

    @api.model
    def _name_totals(self, totals):
        """Return ``(label, amount)``; what is nothing is left out, but the balance."""
        rows = [
            (self.env._("Overdue"), totals["overdue"]),
            (self.env._("Not due yet"), totals["not_due"]),
            (self.env._("In question"), totals["disputed"]),
            (self.env._("Not asked for now"), totals["waiting"]),
            (self.env._("Credits"), -totals["credits"]),
        ]
        return [*((label, amount) for label, amount in rows if amount), (self.env._("Balance"), totals["balance"])]

    @api.model
    def _get_name(self, debtor, months=0, write=str):
        """Return what the statement is called, by its day, and where it begins if it has bookings.

        :param write: what writes a day
        """
        day = write(debtor._get_today())
        if not months:
            return self.env._("Statement of account %s", day)
        since = write(self._get_since(debtor, months))
        return self.env._("Statement of account %(since)s to %(day)s", since=since, day=day)

    # === PAPER === #

    @api.model
    def _draw(self, debtor, months=0):
        """Return the statement as a PDF.

        :param months: for so many months, what was booked as well; 0: only what is open
        """
        values = self._get_values(debtor, months)
        document = self.env["credit.collection.letter"]._draw_pages(values)
        return pdf.stamp_pages(document, self._get_name(debtor, months, self.env["res.lang"]._format_day))

    @api.model
    def _get_values(self, debtor, months=0):
        letter, company = self.env["credit.collection.letter"], debtor.company_id
        contact = debtor.contact_id or debtor.partner_id
        recipient = letter._get_recipient(contact, company)
        groups, movements = self._get_groups(debtor), self._get_movements(debtor, months, MOST_MOVEMENTS)
        return {
            "template": "credit_collection.statement",
            "company": company,
            "lang": (self.env.lang or "en_US").split("_")[0],
            "accent": company.primary_color if COLOR.fullmatch(company.primary_color or "") else PLAIN_COLOR,
            "paper": letter._get_paper(company),
            "window": letter._get_window(company),
            "logo": letter._get_logo(company),
            "return_address": " · ".join([company.name, *letter._get_address_rows(company.partner_id, contact)]),
            "company_rows": letter._get_address_rows(company.partner_id),
            "recipient": recipient,
            "small": len(recipient) > ADDRESS_ROWS,
            "place_and_date": self._get_place_and_date(debtor),
            "references": self._get_references(debtor),
            "legal": letter._get_legal_rows(company.partner_id),
            "lines": [*self._flatten(groups, "items"), *self._flatten(movements, "movements")],
            "cut": any(group["cut"] for group in movements),
            "accounts": self._get_accounts(groups),
            "day": self.env["res.lang"]._format_day,
            "money": lambda amount, currency: formatLang(self.env, amount, digits=currency.decimal_places),
        }

    @api.model
    def _flatten(self, groups, kind):
        """Return the rows of all tables one after the other: where a page ends is measured by row."""
        return [
            {**line, "kind": kind, "group": group, "first": place == 0, "last": place == len(group["lines"]) - 1}
            for group in groups
            for place, line in enumerate(group["lines"])
        ]

    @api.model
    def _get_place_and_date(self, debtor):
        day = format_date(self.env, debtor._get_today(), date_format="long")
        if not debtor.company_id.city:
            return day
        return self.env._("%(place)s, %(date)s", place=debtor.company_id.city, date=day)

    @api.model
    def _get_references(self, debtor):
        person = debtor._get_page_person()
        rows = [
            (self.env._("Customer"), debtor.partner_id.name),
            (self.env._("Customer number"), debtor.partner_id.ref),
            (self.env._("Your contact"), person["name"]),
            (self.env._("Telephone"), person["phone"]),
        ]
        return [(label, value) for label, value in rows if value]

    @api.model
    def _get_accounts(self, groups):
        """Return the bank accounts printed on the open invoices, each with its bank."""
        letter, nothing = self.env["credit.collection.letter"], self.env["account.move"].sudo()
        invoices = nothing.union(*(line["move"] for group in groups for line in group["lines"] if line["open"] > 0))
        return [letter._prepare_account(bank, nothing, several=False) for bank in invoices.partner_bank_id]

    # === WORKBOOK === #

    @api.model
    def _write_workbook(self, debtor, months=0):
        """Return the statement as XLSX: one table, to be filtered and summed."""
        rows = [
            ("title", [self.env._("Statement of account")]),
            ("", [debtor.company_id.name]),
            ("", [debtor.partner_id.name]),
            ("", [debtor._get_today()]),
            ("", []),
            ("header", self._get_column_names()),
        ]
        groups = self._get_groups(debtor)
        rows += [row for group in groups for row in self._prepare_rows(group)]
        rows += self._prepare_account_rows(groups)
        if not groups:
            rows.append(("", [self.env._("Nothing is open: thank you.")]))
        sheets = [{"name": self.env._("Open items"), "widths": WIDTHS, "rows": rows}]
        sheets += self._prepare_movements_sheet(debtor, months)
        return workbook.write(sheets)

    @api.model
    def _get_column_names(self):
        return [
            self.env._("Number"),
            self.env._("Your reference"),
            self.env._("Dated"),
            self.env._("Due date"),
            self.env._("Days late"),
            self.env._("Currency"),
            self.env._("Amount"),
            self.env._("Open"),
            self.env._("Balance"),
            self.env._("In question"),
            self.env._("Promised for"),
            self.env._("Notes"),
        ]

    @api.model
    def _prepare_account_rows(self, groups):
        """Return where to pay, as on paper."""
        accounts = self._get_accounts(groups)
        if not accounts:
            return []
        rows = [[self.env._("Bank account"), account["number"], account["bank"] or None] for account in accounts]
        words = self.env._("the numbers of the invoices you pay")
        return [("", []), *(("", row) for row in rows), ("", [self.env._("Payment reference"), words])]

    @api.model
    def _prepare_rows(self, group):
        digits, name = group["currency"].decimal_places, group["currency"].name
        for line in group["lines"]:
            amounts = (Money(line[column], digits) for column in ("amount", "open", "balance"))
            facts = [line["number"], line["reference"] or None, line["dated"], line["due"], line["days"] or None]
            disputed = Money(line["disputed"], digits) if line["disputed"] else None
            notes = " · ".join(line["notes"]) or None
            yield "", [*facts, name, *amounts, disputed, line["promised"], notes]
        for label, amount in group["totals"]:
            yield "total", [label, None, None, None, None, name, None, Money(amount, digits), None]
