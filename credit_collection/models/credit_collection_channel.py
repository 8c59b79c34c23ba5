from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one delivery.

    ``state``: ``sent`` (accepted by the server), ``retry`` (certainly not delivered, may be tried again), ``failed``
    (certainly not delivered, trying again is useless) or ``unknown`` (nobody can tell). ``values`` are written on the
    action.
    """

    state: str
    reason: str = ""
    values: dict = field(default_factory=dict)


class CreditCollectionChannel(models.AbstractModel):
    """The contract of a channel: a new one is a model ``credit.collection.channel.<code>`` that inherits this."""

    _name = "credit.collection.channel"
    _description = "Collection Channel"

    _code = None
    """Technical code, stored on steps and actions."""
    _sequence = 100
    """Order in selections."""
    _delivers = False
    """Whether messages leave by themselves; otherwise every step of the channel is a task for a person."""

    # === REGISTRY === #

    @api.model
    def _get_all(self):
        """Return the models of all channels, in order."""
        prefix = f"{CreditCollectionChannel._name}."
        names = [name for name in self.env.registry if name.startswith(prefix)]
        return sorted((self.env[name] for name in names), key=lambda channel: (channel._sequence, channel._code))

    @api.model
    def _get(self, code):
        """Return the model of the channel ``code``; an unknown code is a clear error, not a silent skip."""
        for channel in self._get_all():
            if channel._code == code:
                return channel
        raise UserError(self.env._("There is no channel %s any more. Choose another one for the step.", code))

    @api.model
    def _get_selection(self):
        return [(channel._code, channel._get_label()) for channel in self._get_all()]

    # === CONTRACT === #

    @api.model
    def _get_label(self):
        """Return the name that users see."""

    @api.model
    def _sql_reach(self, company):
        """Return a query of ``(debtor_id, contact_id)``: whom this channel writes to, one row per reachable debtor."""

    @api.model
    def _render(self, action):
        """Return the values of the message to keep on the action: its text in the contact's language. May raise."""
        if not action.template_id:
            return {}
        action = action.with_context(lang=action.contact_id.lang or action.company_id.partner_id.lang)
        values = action._get_text_values()
        subject, text = action.template_id._render(values)
        layout = {**self._prepare_layout(action, values), "text": text}
        body = action.env["ir.qweb"]._render("credit_collection.mail_reminder", layout, minimal_qcontext=True)
        return {"subject": subject, "body": body}

    @api.model
    def _deliver(self, action):
        """Deliver the rendered action once, under a key that is the same at each try.

        :rtype: DeliveryResult
        """

    @api.model
    def _attach(self, action):
        """Make what goes with the message, before it is delivered. May raise. Not called for a preview."""

    @api.model
    def _after_sent(self, action):
        """Called when the message has left and that is recorded. Must not raise: nothing can be undone any more."""

    # === HELPERS === #

    @api.model
    def _prepare_layout(self, action, values):
        return {
            "action": action,
            "company": action.company_id,
            "values": values,
            "lines": action._get_printed_lines(),
            "format_date": lambda day: format_date(action.env, day, date_format="medium"),
            "pay_url": action._get_pay_url(),
        }

    @api.model
    def _sql_contacts(self, company, usable):
        """Return the best contact of each debtor for which ``usable`` (on ``contact``) holds.

        The contact chosen on the file goes first, then the invoice address, then the customer itself, then any other.
        """
        return SQL(
            """
            SELECT DISTINCT ON (debtor.id) debtor.id AS debtor_id, contact.id AS contact_id
              FROM credit_collection_debtor debtor
              JOIN res_partner contact ON contact.commercial_partner_id = debtor.partner_id
             WHERE debtor.company_id = %(company)s AND contact.active AND %(usable)s
               AND (contact.id IN (debtor.contact_id, debtor.partner_id) OR contact.type = 'invoice')
          ORDER BY debtor.id, contact.id = debtor.contact_id DESC NULLS LAST, contact.type = 'invoice' DESC NULLS LAST,
                   contact.id
            """,
            company=company.id,
            usable=usable,
        )
