from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_scenario_id = fields.Many2one(related="company_id.collection_scenario_id", readonly=False)
    collection_user_id = fields.Many2one(related="company_id.collection_user_id", readonly=False)
    collection_manager_id = fields.Many2one(related="company_id.collection_manager_id", readonly=False)
    collection_tz = fields.Selection(related="company_id.collection_tz", readonly=False)
    collection_stopped = fields.Boolean(related="company_id.collection_stopped", readonly=False)
    collection_brake_messages = fields.Integer(related="company_id.collection_brake_messages", readonly=False)
    collection_brake_ratio = fields.Float(related="company_id.collection_brake_ratio", readonly=False)
    collection_brake_share = fields.Float(related="company_id.collection_brake_share", readonly=False)
    collection_brake_firm = fields.Integer(related="company_id.collection_brake_firm", readonly=False)
    collection_dispute_grace = fields.Integer(related="company_id.collection_dispute_grace", readonly=False)
