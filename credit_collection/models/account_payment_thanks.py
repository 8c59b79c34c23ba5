from odoo import api, fields, models

ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class AccountPayment(models.Model):
    """A payment tells whether the customer is thanked for it, and why not."""

    _inherit = "account.payment"

    collection_thanks = fields.Char("Thanks to the customer", compute="_compute_collection_thanks", groups=ACCOUNTANTS)

    @api.depends("state", "move_id.line_ids.amount_residual")
    def _compute_collection_thanks(self):
        for payment in self:
            partials = payment.sudo().move_id.line_ids.matched_debit_ids
            of_customer = payment.payment_type == "inbound" and payment.partner_type == "customer"
            explained = of_customer and bool(partials)
            payment.collection_thanks = explained and self.env["credit.collection.thanks"]._explain(partials)
