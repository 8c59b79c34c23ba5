from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Join the debtor files first: core does not know that a customer has one file per company."""
        files = self.env["credit.collection.debtor"].sudo().search([("partner_id", "in", src_partners.ids)])
        files._move_to(dst_partner.commercial_partner_id)
        return super()._update_foreign_keys(src_partners, dst_partner)
