from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Promises are kept, and taken back, with the ledger: what is (un)matched is judged before the commit."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["credit.collection.promise"]._note_reconciled(partials.debit_move_id)
        return partials

    def unlink(self):
        self.env["credit.collection.promise"]._note_reconciled(self.debit_move_id)
        return super().unlink()
