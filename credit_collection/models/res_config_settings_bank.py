from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_require_sent = fields.Boolean(related="company_id.collection_require_sent", readonly=False)
    collection_bank_fresh = fields.Boolean(related="company_id.collection_bank_fresh", readonly=False)
    collection_bank_posted_until = fields.Date(related="company_id.collection_bank_posted_until", readonly=False)
    collection_cover_days = fields.Integer(related="company_id.collection_cover_days", readonly=False)
    collection_accountant_id = fields.Many2one(related="company_id.collection_accountant_id", readonly=False)
