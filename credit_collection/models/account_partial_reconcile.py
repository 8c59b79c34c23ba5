from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """A payment taken off an item that it had settled has come back, unless the invoice itself is taken back.

        Undoing an import takes back both, before there is anything that could come back.
        """
        taken_back = self.env.context.get("collection_taken_back_ids", ())
        returned = [
            (partial.debit_move_id, partial.credit_move_id.move_id, partial.debit_amount_currency)
            for partial in (self if not self.env.context.get("collection_import") else ())
            if partial._was_payment_of_settled_item() and partial.debit_move_id.move_id.id not in taken_back
        ]
        result = super().unlink()
        if returned:
            self.env["credit.collection.reject"]._note_returned(returned)
        return result

    def _was_payment_of_settled_item(self):
        """Tell whether this was money set against an invoice's item that nothing was left of.

        An invoice that is reset to draft keeps its payments until it is changed or cancelled: then it is not posted.
        """
        item, payment = self.debit_move_id, self.credit_move_id.move_id
        return (
            item.account_type == "asset_receivable"
            and item.reconciled
            and item.parent_state == "posted"
            and item.move_id.is_sale_document(include_receipts=True)
            and bool(payment.origin_payment_id or payment.statement_line_id)
        )
