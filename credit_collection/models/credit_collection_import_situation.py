from odoo import Command, models
from odoo.tools import SQL


class CreditCollectionImport(models.Model):
    """Where collection stood in the other software: disputes (promises and levels have files of their own)."""

    _inherit = "credit.collection.import"

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
        self.env["credit.collection.dispute"].sudo().create(
            {
                "debtor_id": debtor.id,
                "reason_id": reason.id,
                "description": row["data"].get("dispute_reason", False),
                "collection_import_id": self.id,
                "line_ids": [Command.create({"move_line_id": item["id"], "amount": amount}) for item, amount in lines],
            }
        )
