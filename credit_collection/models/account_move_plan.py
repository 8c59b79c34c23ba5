from odoo import models


class AccountMove(models.Model):
    """Giving more time for an invoice."""

    _inherit = "account.move"

    def action_give_collection_time(self):
        debtor = self.env["credit.collection.debtor"]._get_or_create(
            self.commercial_partner_id[:1], self.company_id[:1]
        )
        items = self.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable" and not line.reconciled and line.amount_residual_currency > 0
            )
        )
        return debtor._get_plan_dialog("extend", self.env._("Give More Time"), items)
