import hashlib
import json

from odoo import api, fields, models


class CreditCollectionImportMapping(models.Model):
    """Which column of a file is what, remembered for the next file with the same headers."""

    _name = "credit.collection.import.mapping"
    _description = "Columns of a Ledger File"
    _order = "write_date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    fingerprint = fields.Char("Headers", required=True, help="Checksum of the file's headers.")
    columns = fields.Json(required=True, help="Header of the file → column of the ledger.")
    record = fields.Char(required=True)
    date_order = fields.Char(required=True)
    decimal = fields.Char(required=True)

    _fingerprint_unique = models.UniqueIndex("(company_id, fingerprint)", "These headers are remembered already.")

    # === BUSINESS METHODS === #

    @api.model
    def _get_fingerprint(self, headers):
        """Return the checksum of the headers; their order does not matter."""
        names = sorted(header.strip().casefold() for header in headers)
        return hashlib.sha256(json.dumps(names).encode()).hexdigest()

    @api.model
    def _find(self, company, headers):
        domain = [("company_id", "=", company.id), ("fingerprint", "=", self._get_fingerprint(headers))]
        return self.search(domain, limit=1)

    @api.model
    def _remember(self, ledger):
        """Keep how ``ledger`` was read."""
        headers = ledger.column_ids.mapped("header")
        values = {
            "columns": {column.header: column.column for column in ledger.column_ids if column.column},
            "record": ledger.record,
            "date_order": ledger.date_order,
            "decimal": ledger.decimal,
        }
        known = self._find(ledger.company_id, headers)
        if known:
            known.write(values)
        else:
            key = {"company_id": ledger.company_id.id, "fingerprint": self._get_fingerprint(headers)}
            self.create({**key, **values})


class CreditCollectionImportColumn(models.Model):
    """One column of the file at hand, with examples, and what it is taken for."""

    _name = "credit.collection.import.column"
    _description = "Column of a Ledger Import"
    _order = "sequence, id"

    import_id = fields.Many2one("credit.collection.import", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True, precompute=True)
    sequence = fields.Integer()
    header = fields.Char("In the file", required=True, readonly=True)
    sample = fields.Char("Examples", readonly=True)
    column = fields.Selection(
        lambda self: self._get_columns(), string="Is", help="Empty: this column of the file is left out."
    )

    @api.model
    def _get_columns(self):
        return list(self.env["credit.collection.import"]._get_column_labels().items())
