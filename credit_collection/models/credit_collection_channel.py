from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import UserError

from .credit_collection_action_beside import ASKS_NOTHING


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one delivery.

    ``state``: ``sent`` (accepted by the server), ``issued`` (made for good, a person brings it on its way), ``retry``
    (certainly not delivered, may be tried again), ``failed`` (certainly not delivered, trying again is useless) or
    ``unknown`` (nobody can tell). ``values`` are written on the action.
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
    _substitute = False
    """Whether it may stand in for another channel, or be replaced by one."""
    _part = None
    """Part of a text that it sends: ``body``, ``short_text``, or none."""
    _before_due = False
    """Whether it may stand in for another one before the due date: a notice is not worth a stamp or a call."""
    _hour = None
    """Hour of the manners from which its messages leave: ``opens`` or ``sends_at``; none: at any time."""
    _is_contact = True
    """Whether the customer hears of it: counts for interval and cap."""

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
    def _sql_usable(self, company):
        """Return the condition on ``contact`` (a ``res_partner``) under which this channel can write to it."""

    @api.model
    def _prepare_message_key(self, action):
        """Return the key under which it is delivered, the same at each try; False when the channel needs none."""
        return False

    @api.model
    def _prepare(self, action):
        """Called before the message is made for good. Not called for a preview."""

    @api.model
    def _render(self, action):
        """Return the values of the message to keep on the action: its text in the customer's language. May raise."""
        template = action._get_template()
        if not template:
            return {}
        action = action.with_context(lang=template._get_language(action.contact_id.lang, action.company_id, self._part))
        values = action._get_text_values(self)
        subject, text = template.with_env(action.env)._render(values)
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
        asks = action.purpose not in ASKS_NOTHING
        return {
            "action": action,
            "company": action.company_id,
            "values": values,
            "lines": action._get_printed_lines() if asks else action.line_ids.browse(),
            "format_date": action.env["res.lang"]._format_day,
            "page_url": action._get_page_link(**action._get_page_place()) if action.purpose != "thanks" else False,
            "asks": asks,
        }
