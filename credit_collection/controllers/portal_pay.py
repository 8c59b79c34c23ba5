"""Core's own pages to pay an invoice ask the customer's page first."""

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.http import request


class CollectionPortalPay(PaymentPortal):
    """What core's pages of one invoice, and of all that is overdue, begin."""

    def _process_transaction(self, partner_id, currency_id, invoice_ids, payment_reference, **kwargs):
        moves = request.env["account.move"].sudo().browse(invoice_ids)
        moves.env["credit.collection.debtor"]._check_moves(moves)
        return super()._process_transaction(partner_id, currency_id, invoice_ids, payment_reference, **kwargs)
