from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Plans close and open again with the ledger: what is (un)matched is looked at before the commit."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["credit.collection.plan"]._note(partials.debit_move_id)
        return partials

    def unlink(self):
        self.env["credit.collection.plan"]._note(self.debit_move_id)
        return super().unlink()
