from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_import_journal_id = fields.Many2one(
        "account.journal", string="Journal of Imported Receivables", check_company=True
    )
    collection_import_payment_journal_id = fields.Many2one(
        "account.journal", string="Journal of Imported Payments", check_company=True
    )
