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
    collection_lang = fields.Selection(related="company_id.collection_lang", readonly=False)
    collection_short_url = fields.Char(related="company_id.collection_short_url", readonly=False)
    collection_opens = fields.Float(related="company_id.collection_opens", readonly=False)
    collection_closes = fields.Float(related="company_id.collection_closes", readonly=False)
    collection_sends_at = fields.Float(related="company_id.collection_sends_at", readonly=False)
    collection_send_days = fields.Selection(related="company_id.collection_send_days", readonly=False)
    collection_firm_weekend = fields.Boolean(related="company_id.collection_firm_weekend", readonly=False)
    collection_obey_blacklist = fields.Boolean(related="company_id.collection_obey_blacklist", readonly=False)
    collection_window = fields.Selection(related="company_id.collection_window", readonly=False)
    collection_fallback_ids = fields.One2many(related="company_id.collection_fallback_ids", readonly=False)
