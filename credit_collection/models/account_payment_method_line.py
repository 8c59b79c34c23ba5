from odoo import fields, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    collection_by_us = fields.Boolean(
        "Collected by us",
        help="Direct debit or card on file: invoices with this payment method are not asked for, unless it came back.",
    )
