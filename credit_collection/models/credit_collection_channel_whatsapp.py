from odoo import api, models
from odoo.tools import SQL


class CreditCollectionChannelWhatsapp(models.AbstractModel):
    """WhatsApp, through the company's gateway: Community has no WhatsApp of its own."""

    _name = "credit.collection.channel.whatsapp"
    _inherit = "credit.collection.channel.sms"
    _description = "WhatsApp Channel"
    _code = "whatsapp"
    _sequence = 20
    _hour = "sends_at"

    @api.model
    def _get_label(self):
        return self.env._("WhatsApp")

    @api.model
    def _sql_usable(self, company):
        """Without a gateway nobody can be reached this way."""
        return super()._sql_usable(company) if self._get_gateway(company) else SQL("FALSE")
