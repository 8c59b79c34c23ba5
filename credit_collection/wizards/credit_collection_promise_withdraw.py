from odoo import fields, models


class CreditCollectionPromiseWithdraw(models.TransientModel):
    """Asks why: who reads it later has to know."""

    _name = "credit.collection.promise.withdraw"
    _description = "Withdraw a Promise"

    promise_ids = fields.Many2many("credit.collection.promise", "credit_collection_promise_withdraw_rel", required=True)
    reason = fields.Char(required=True)

    def action_withdraw(self):
        self.promise_ids._set_withdrawn(self.reason)
