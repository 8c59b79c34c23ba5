from odoo import api, models
from odoo.tools import SQL


class CreditCollectionChannelPhone(models.AbstractModel):
    """A call, made by a person."""

    _name = "credit.collection.channel.phone"
    _inherit = "credit.collection.channel"
    _description = "Phone Channel"
    _code = "phone"
    _sequence = 30

    @api.model
    def _get_label(self):
        return self.env._("Phone call")

    @api.model
    def _sql_reach(self, company):
        return self._sql_contacts(company, SQL("contact.phone_sanitized IS NOT NULL"))


class CreditCollectionChannelSms(models.AbstractModel):
    """A text message, sent by a person."""

    _name = "credit.collection.channel.sms"
    _inherit = "credit.collection.channel.phone"
    _description = "Text Message Channel"
    _code = "sms"
    _sequence = 20

    @api.model
    def _get_label(self):
        return self.env._("Text message")


class CreditCollectionChannelLetter(models.AbstractModel):
    """A letter, posted by a person."""

    _name = "credit.collection.channel.letter"
    _inherit = "credit.collection.channel"
    _description = "Letter Channel"
    _code = "letter"
    _sequence = 40

    @api.model
    def _get_label(self):
        return self.env._("Letter")

    @api.model
    def _sql_reach(self, company):
        return self._sql_contacts(
            company, SQL("contact.street <> '' AND contact.city <> '' AND contact.country_id IS NOT NULL")
        )


class CreditCollectionChannelPerson(models.AbstractModel):
    """Whatever a person is to do: a visit, a decision, a hand-over."""

    _name = "credit.collection.channel.person"
    _inherit = "credit.collection.channel"
    _description = "Personal Task Channel"
    _code = "person"
    _sequence = 50

    @api.model
    def _get_label(self):
        return self.env._("Task or decision")

    @api.model
    def _sql_reach(self, company):
        return SQL(
            "SELECT id AS debtor_id, partner_id AS contact_id FROM credit_collection_debtor WHERE company_id = %s",
            company.id,
        )
