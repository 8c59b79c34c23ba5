from odoo import api, models


class CreditCollectionImport(models.Model):
    """The words of the ledger's shape, where translators find them; the tools that know it know no translations."""

    _inherit = "credit.collection.import"

    @api.model
    def _get_column_labels(self):
        """Return ``{column: label}`` in the user's language."""
        return {
            "record": self.env._("Record"),
            "customer_ref": self.env._("Customer reference"),
            "customer_name": self.env._("Customer name"),
            "vat": self.env._("VAT number"),
            "kind": self.env._("Kind of customer"),
            "street": self.env._("Street"),
            "street2": self.env._("Street (2)"),
            "zip": self.env._("ZIP"),
            "city": self.env._("City"),
            "country": self.env._("Country"),
            "email": self.env._("E-mail"),
            "phone": self.env._("Phone"),
            "language": self.env._("Language"),
            "preferred_channel": self.env._("Preferred channel"),
            "opt_outs": self.env._("Closed channels"),
            "hold_until": self.env._("On hold until"),
            "hold_reason": self.env._("Reason of the hold"),
            "collector": self.env._("Collector (login)"),
            "contact_ref": self.env._("Contact reference"),
            "contact_name": self.env._("Contact name"),
            "contact_email": self.env._("Contact's e-mail"),
            "contact_phone": self.env._("Contact's phone"),
            "contact_role": self.env._("Contact's role"),
            "number": self.env._("Number of the document"),
            "invoice_date": self.env._("Date of the document"),
            "due_date": self.env._("Due date"),
            "amount": self.env._("Amount"),
            "currency": self.env._("Currency"),
            "residual": self.env._("Open amount"),
            "settled_date": self.env._("Settled on"),
            "order_ref": self.env._("Customer's own reference"),
            "delivered": self.env._("How it was sent"),
            "reverses": self.env._("Invoice that it reverses"),
            "level": self.env._("Last reminder level"),
            "level_date": self.env._("Last reminder on"),
            "disputed": self.env._("Disputed amount"),
            "dispute_reason": self.env._("Reason of the dispute"),
            "promise_amount": self.env._("Promised amount"),
            "promise_date": self.env._("Promised for"),
            "payment_ref": self.env._("Payment reference"),
            "payment_date": self.env._("Payment date"),
            "memo": self.env._("Memo"),
        }

    @api.model
    def _get_shape_text(self, error, column=None):
        """Say what the reader could not understand, beginning with the column it stands in."""
        text = self._get_shape_texts()[error.code] % error.params
        return f"{self._get_column_labels()[column]}: {text}" if column else text

    @api.model
    def _get_shape_texts(self):
        return {
            "not_a_date": self.env._("“%(text)s” is not a date (expected: %(expected)s)."),
            "no_such_day": self.env._("There is no such day as “%(text)s” (read as %(expected)s)."),
            "not_an_amount": self.env._("“%(text)s” is not an amount with “%(decimal)s” before the decimals."),
            "not_a_number": self.env._("“%(text)s” is not a whole number."),
            "not_yes_or_no": self.env._("“%(text)s” is neither yes nor no."),
            "not_a_country": self.env._("“%(text)s” is neither a country code nor a country."),
            "unknown_choice": self.env._("“%(text)s” is none of: %(choices)s."),
            "too_many_cells": self.env._("The row has more cells than there are headers: %(text)s."),
            "file_kind": self.env._("%(filename)s is neither CSV nor XLSX: save it as one of these."),
            "file_empty": self.env._("%(filename)s is empty: its first row must name the columns."),
            "file_encoding": self.env._("%(filename)s is neither in UTF-8, UTF-16 nor Windows-1252: save it as UTF-8."),
            "file_broken": self.env._("%(filename)s cannot be read: %(text)s."),
            "file_too_large": self.env._("%(filename)s would unpack to more than %(limit)s MB."),
            "cell_too_long": self.env._(
                "A cell of a spreadsheet holds %(limit)s characters, but %(text)s… has more: export as CSV."
            ),
        }
