from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_ageing_bounds = fields.Char(related="company_id.collection_ageing_bounds", readonly=False, required=True)
    collection_dso_window = fields.Selection(related="company_id.collection_dso_window", readonly=False, required=True)
    collection_dso_thirty = fields.Boolean(related="company_id.collection_dso_thirty", readonly=False)
    collection_cei_months = fields.Selection(related="company_id.collection_cei_months", readonly=False, required=True)
    collection_cei_sales = fields.Selection(related="company_id.collection_cei_sales", readonly=False, required=True)
    collection_target_overdue = fields.Float(related="company_id.collection_target_overdue", readonly=False)
    collection_target_over_90 = fields.Float(related="company_id.collection_target_over_90", readonly=False)
    collection_target_delinquent = fields.Float(related="company_id.collection_target_delinquent", readonly=False)
    collection_target_cei = fields.Float(related="company_id.collection_target_cei", readonly=False)
