from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_report_collection_remark(self):
        """Ask for the sentence that says what is wrong with this invoice."""
        self.ensure_one()
        return self.env["credit.collection.remark.report"]._get_action(
            self.commercial_partner_id, self.company_id, moves=self
        )
