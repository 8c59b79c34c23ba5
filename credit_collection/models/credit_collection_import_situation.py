from odoo import Command, fields, models
from odoo.tools import SQL


class CreditCollectionImport(models.Model):
    """Where collection stood in the other software: promises and disputes (levels come with the documents)."""

    _inherit = "credit.collection.import"

    def _apply_promises(self):
        """A promise holds the debtor until its day, with the reason in words; the later of two days counts."""
        condition = SQL("row.status = 'new' AND row.data->>'promise_date' IS NOT NULL")
        for batch in self._iter_batches("settlements", "customer_ref", condition):
            for rows in batch.values():
                row = max(rows, key=lambda row: row["data"]["promise_date"])
                self._hold_until_promise(row)

    def _hold_until_promise(self, row):
        until = fields.Date.to_date(row["data"]["promise_date"])
        partner = self.env["res.partner"].browse(row["partner_id"])
        debtor = self.env["credit.collection.debtor"]._get_or_create(partner, self.company_id)
        if debtor.hold_until and debtor.hold_until >= until:
            return
        date = fields.Date.to_string(until)
        if row["data"].get("promise_amount"):
            currency = self._get_currency(row)
            amount = currency.format(float(row["data"]["promise_amount"]))
            reason = self.env._("%(amount)s promised for %(date)s (imported)", amount=amount, date=date)
        else:
            reason = self.env._("Payment promised for %s (imported)", date)
        debtor.write({"hold_until": until, "hold_reason": reason})

    def _apply_disputes(self):
        """Open a dispute on what of the new documents was contested, at most on what is still open."""
        condition = SQL("row.status = 'new' AND row.record = 'invoice' AND row.data->>'disputed' IS NOT NULL")
        other = self.env.ref("credit_collection.credit_collection_dispute_reason_other", raise_if_not_found=False)
        reason = other or self.env["credit.collection.dispute.reason"].search([], limit=1)
        for batch in self._iter_batches("settlements", "number", condition):
            items = self._get_items(batch)
            for number, rows in batch.items():
                disputed = {row["due_date"]: row["data"]["disputed"] for row in rows}
                amounts = [
                    (item, min(float(disputed[item["due_date"]]), item["open"]))
                    for item in items[number]
                    if item["due_date"] in disputed
                ]
                lines = [(item, amount) for item, amount in amounts if amount > 0]
                if lines:
                    self._open_dispute(rows[0], lines, reason)

    def _open_dispute(self, row, lines, reason):
        partner = self.env["res.partner"].browse(row["partner_id"])
        debtor = self.env["credit.collection.debtor"]._get_or_create(partner, self.company_id)
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": debtor.id,
                "reason_id": reason.id,
                "description": row["data"].get("dispute_reason", False),
                "collection_import_id": self.id,
                "line_ids": [Command.create({"move_line_id": item["id"], "amount": amount}) for item, amount in lines],
            }
        )
