from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_payables_items = fields.Integer(related="company_id.collection_payables_items", readonly=False)
