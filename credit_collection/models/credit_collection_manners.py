from odoo import api, fields, models

SEND_DAYS = [("5", "Monday to Friday"), ("6", "Monday to Saturday"), ("7", "Every day")]
ROLES = [("payables", "Payables"), ("buyer", "Buyer"), ("management", "Management")]


class CreditCollectionManners(models.AbstractModel):
    """How a customer is to be treated. What the debtor leaves open the profile says, and then the company."""

    _name = "credit.collection.manners"
    _description = "Manners"

    opens = fields.Float("Not before", help="Hour of the customer's day; 0: as the profile or the company says.")
    closes = fields.Float("Not after", help="Hour of the customer's day; 0: as the profile or the company says.")
    sends_at = fields.Float(
        "E-mails from", help="E-mails leave from this hour on, text messages from the first hour on. 0: as above."
    )
    send_days = fields.Selection(SEND_DAYS, help="Days on which messages leave. Empty: as the profile or the company.")
    max_contacts = fields.Integer(
        "Most contacts in the window", help="Within the scenario's window, over all channels. 0: as the scenario says."
    )
    preferred_channel = fields.Selection(
        selection="_get_preferable_channels",
        help="Goes before the channel of a step; formal notices keep theirs.",
    )
    self_service = fields.Boolean(help="Wants no calls: sees, asks and pays alone. Call steps become messages.")

    _opens_range = models.Constraint(
        "CHECK (COALESCE(opens, 0) BETWEEN 0 AND 24 AND COALESCE(closes, 0) BETWEEN 0 AND 24"
        " AND COALESCE(sends_at, 0) BETWEEN 0 AND 24)",
        "Hours must be between 0 and 24.",
    )
    _opens_before_closes = models.Constraint(
        "CHECK (COALESCE(closes, 0) = 0 OR COALESCE(opens, 0) < closes AND COALESCE(sends_at, 0) < closes)",
        "The last hour must come after the first.",
    )
    _max_contacts_positive = models.Constraint(
        "CHECK (COALESCE(max_contacts, 0) >= 0)", "The cap must not be negative."
    )

    @api.model
    def _get_preferable_channels(self):
        channels = self.env["credit.collection.channel"]
        return [(channel._code, channel._get_label()) for channel in channels._get_all() if channel._substitute]
