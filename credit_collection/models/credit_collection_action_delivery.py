from odoo import api, fields, models
from odoo.tools import plaintext2html

# What a provider may tell later, in the order in which it happens; a report that comes too late changes nothing.
DELIVERY_STATES = [
    ("accepted", "Accepted by the provider"),
    ("delivered", "Delivered"),
    ("read", "Read"),
    ("undelivered", "Not delivered"),
]


class CreditCollectionAction(models.Model):
    """What became of a message after it left: delivery reports, undeliverable numbers, a customer who says stop."""

    _inherit = "credit.collection.action"

    phone_to = fields.Char("Number", readonly=True)
    short_text = fields.Text("Text message", readonly=True)
    provider_ref = fields.Char("Provider's number", readonly=True)
    delivery_state = fields.Selection(DELIVERY_STATES, readonly=True)
    delivery_reason = fields.Char(readonly=True)
    uncertain = fields.Boolean(
        readonly=True,
        help="A try may have arrived: it is asked for again under the same key, and never given up silently.",
    )
    sms_length = fields.Char("Length", compute="_compute_sms_length")

    @api.depends("short_text", "state")
    def _compute_sms_length(self):
        """How long the text message is, as sent or as it would be sent now."""
        template = self.env["credit.collection.template"]
        for action in self:
            if action.channel in ("sms", "whatsapp"):
                text = action.short_text or action._get_preview().get("short_text")
                action.sms_length = template._describe_length(text) if text else False
            else:
                action.sms_length = False

    def _set_delivery(self, status, reason="", *, bounced=True):
        """Take note of a report: ``delivered``, ``read``, ``undelivered`` or ``optout``. A repeated one is harmless.

        :param bounced: an undelivered message means that the number cannot be reached, not only today
        """
        ranks = {code: rank for rank, (code, __) in enumerate(DELIVERY_STATES)}
        for action in self.sudo():
            if status == "optout":
                action._close_channel(reason)
            elif status == "undelivered" and action.delivery_state in ("delivered", "read"):
                continue  # it arrived, whatever a late report says
            elif ranks[status] > ranks.get(action.delivery_state or "accepted"):
                if status != "undelivered":
                    action._settle_delivered()
                action.write({"delivery_state": status, "delivery_reason": reason or False})
                if status == "undelivered":
                    action._flag_undelivered(reason, bounced)

    def _settle_delivered(self):
        """The customer has it: what nobody could tell is told."""
        doubtful = self.filtered(lambda action: action.state in ("unknown", "retry"))
        for action in doubtful:
            today = action.company_id._get_collection_today()
            action._update_state(
                ("unknown", "retry"), "sent", date_sent=today, sent_at=fields.Datetime.now(), uncertain=False
            )

    def _close_channel(self, reason):
        """The customer said stop: this channel is closed to them, the debt is not."""
        self.ensure_one()
        if self.channel in self.debtor_id.optout_ids.mapped("channel"):
            return
        self.env["credit.collection.optout"].create(
            {
                "debtor_id": self.debtor_id.id,
                "channel": self.channel,
                "reason": reason or self.env._("Answered a message with “stop”"),
            }
        )

    def _flag_undelivered(self, reason, bounced):
        """Tell the collector; a number that cannot be reached is passed over from now on."""
        self.ensure_one()
        self.write({"bounced": True})
        if bounced:
            self.contact_id._flag_collection_phone(self.phone_to)
        debtor = self.debtor_id
        debtor.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Not delivered to %s: find a valid number", self.phone_to or debtor.display_name),
            note=plaintext2html(reason) if reason else False,
            user_id=debtor._get_responsible().id,
        )
