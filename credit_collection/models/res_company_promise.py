from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_promise_reminder = fields.Boolean(
        "A friendly word before the promised day",
        default=True,
        help="By e-mail, or by text message to customers who prefer that, on the working day before.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_promise_reminder = fields.Boolean(related="company_id.collection_promise_reminder", readonly=False)
