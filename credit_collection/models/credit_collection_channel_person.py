from odoo import api, models
from odoo.tools import SQL


class CreditCollectionChannelPerson(models.AbstractModel):
    """Whatever a person is to do: a visit, a decision, a hand-over."""

    _name = "credit.collection.channel.person"
    _inherit = "credit.collection.channel"
    _description = "Personal Task Channel"
    _code = "person"
    _sequence = 60

    @api.model
    def _get_label(self):
        return self.env._("Task or decision")

    @api.model
    def _sql_usable(self, company):
        return SQL("TRUE")
