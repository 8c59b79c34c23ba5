from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_dispute_acknowledge = fields.Boolean(
        "Acknowledge disputes",
        default=True,
        help="Tell the customer that a dispute was received, who looks into it, and by when. Each dispute may say no.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_dispute_acknowledge = fields.Boolean(related="company_id.collection_dispute_acknowledge", readonly=False)
