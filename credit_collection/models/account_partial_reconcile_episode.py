from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Collection files open and close with the ledger: what is (un)matched is looked at before the commit."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["credit.collection.episode"]._note(partials.debit_move_id)
        return partials

    def unlink(self):
        self.env["credit.collection.episode"]._note(self.debit_move_id)
        return super().unlink()
