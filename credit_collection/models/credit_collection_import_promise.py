from odoo import fields, models
from odoo.tools import SQL, groupby


class CreditCollectionImport(models.Model):
    """Promises made in the other software: real ones, without approval. One whose day is past is judged at night."""

    _inherit = "credit.collection.import"

    def _apply_promises(self):
        """Make the promises that the rows of new invoices tell.

        Rows of one customer, currency and day are one promise as far as a file can tell them apart: in order of due
        date and number, up to and including the first that is promised in part. The export writes them in that order.
        """
        condition = SQL("row.status = 'new' AND row.record = 'invoice' AND row.data->>'promise_date' IS NOT NULL")
        for batch in self._iter_batches("settlements", "customer_ref", condition):
            rows = [row for rows in batch.values() for row in rows]
            items = self._get_items({row["number"] for row in rows})
            for rows in batch.values():
                promised = self._find_promised(rows, items)
                for (currency_id, day), group in groupby(promised, key=lambda entry: entry[:2]):
                    currency = self.env["res.currency"].browse(currency_id)
                    self._make_promises([entry[4:] for entry in group], rows[0]["partner_id"], currency, day)

    def _find_promised(self, rows, items):
        """Return ``(currency id, day, due date, number, item id, open, amount)`` of what is promised, sorted."""
        found = []
        for row in rows:
            for item in items.get(row["number"], ()):
                if item["due_date"] == row["due_date"] and item["open"] > 0:
                    amount = float(row["data"].get("promise_amount") or item["open"])
                    found.append((
                        item["currency_id"], row["data"]["promise_date"], item["due_date"], row["number"], item["id"],
                        item["open"], min(amount, item["open"]),
                    ))  # fmt: skip
        return sorted(entry for entry in found if entry[-1] > 0)

    def _make_promises(self, entries, partner_id, currency, day):
        """Make one promise of all rows up to the first in part, and so on. ``entries``: ``(item id, open, amount)``."""
        partner = self.env["res.partner"].browse(partner_id)
        debtor = self.env["credit.collection.debtor"]._get_or_create(partner, self.company_id)
        items, amount = self.env["account.move.line"], 0
        for item_id, residual, promised in entries:
            items, amount = items | items.browse(item_id), amount + promised
            if currency.compare_amounts(promised, residual) < 0 or item_id == entries[-1][0]:
                promise = self.env["credit.collection.promise"]._make(
                    debtor, items, amount, fields.Date.to_date(day), how="import", note=self.name
                )
                promise.sudo().collection_import_id = self.id
                items, amount = items.browse(), 0

    def _sql_promised_since(self):
        return SQL(
            """
            SELECT DISTINCT move.name
              FROM credit_collection_promise_line line
              JOIN credit_collection_promise promise ON promise.id = line.promise_id
                   AND promise.collection_import_id IS DISTINCT FROM %s
              JOIN account_move move ON move.id = line.move_id
             WHERE move.collection_import_id = %s ORDER BY 1
            """,
            self.id,
            self.id,
        )
