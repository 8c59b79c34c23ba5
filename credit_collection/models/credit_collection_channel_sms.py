import logging
import uuid

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .credit_collection_channel import DeliveryResult

_logger = logging.getLogger(__name__)

# What core calls the failures after which nothing has left, and those that another try cannot mend.
NOT_YET = ("sms_credit", "sms_acc", "sms_registration_needed", "twilio_authentication", "twilio_from_missing")
NEVER = ("sms_number_missing", "sms_number_format", "sms_country_not_supported", "sms_blacklist", "sms_optout")
UNCONNECTED = ("ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError")


class CreditCollectionChannelSms(models.AbstractModel):
    """Text messages, sent directly: through the company's gateway if it has one, else by its provider in Odoo."""

    _name = "credit.collection.channel.sms"
    _inherit = "credit.collection.channel"
    _description = "Text Message Channel"
    _code = "sms"
    _sequence = 30
    _delivers = True
    _substitute = True
    _part = "short_text"
    _before_due = True
    _hour = "opens"

    # === CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Text message")

    @api.model
    def _sql_usable(self, company):
        return SQL(
            """contact.collection_phone_kind IN ('mobile', 'either')
               AND contact.collection_bounced_phone IS DISTINCT FROM contact.phone_sanitized %s""",
            SQL("AND NOT EXISTS (SELECT FROM phone_blacklist black WHERE black.number = contact.phone_sanitized"
                " AND black.active)")
            if company.collection_obey_blacklist else SQL(),
        )  # fmt: skip

    @api.model
    def _render(self, action):
        template, contact = action._get_template(), action.contact_id
        if not template.short_text:
            raise UserError(self.env._("%s has no short text to send.", action.display_name))
        if not contact.phone_sanitized:
            raise UserError(self.env._("%s has no valid telephone number.", contact.display_name))
        lang = template._get_language(contact.lang, action.company_id, self._part)
        action = action.with_context(lang=lang, collection_short=True)
        text = template.with_env(action.env)._render_short(action._get_text_values(self))
        return {
            "subject": False,
            "body": Markup('<p style="margin:0;padding:16px 20px">%s</p>') % Markup("<br/>").join(text.splitlines()),
            "short_text": text,
            "phone_to": contact.phone_sanitized,
            "message_key": action.message_key or self._prepare_message_key(action),
        }

    @api.model
    def _deliver(self, action):
        gateway = self._get_gateway(action.company_id)
        if gateway:
            return gateway._send(action.message_key, **self._prepare_message(action))
        return self._send_sms(action)

    @api.model
    def _after_sent(self, action):
        """Tell it in the file: a text message leaves no other trace there."""
        body = self.env._(
            "%(channel)s to %(number)s: %(text)s",
            channel=self._get_label(),
            number=action.phone_to,
            text=action.short_text,
        )
        try:
            with self.env.cr.savepoint():
                action.debtor_id.message_post(body=body)
        except Exception:  # noqa: BLE001 - the message itself has left, and that is recorded
            _logger.exception("Collection action %s left no note in the file", action.id)

    # === MESSAGE === #

    @api.model
    def _prepare_message_key(self, action):
        """The same at every try of one decision to send; a person's "send again" makes a new one."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{database}/collection/{action.id}/{action.generation}").hex

    @api.model
    def _get_gateway(self, company):
        """Return the company's own way to send text messages, if it has one."""
        return self.env["credit.collection.gateway"]._find(company, self._code)

    @api.model
    def _prepare_message(self, action):
        """Return the values of the gateway's placeholders."""
        return {
            "to": action.phone_to,
            "text": action.short_text,
            "recipient_name": action.contact_id.name or action.debtor_id.display_name,
            "sender": action.company_id.name,
            "reference": action.debtor_id.display_name,
        }

    # === CORE'S PROVIDERS === #

    @api.model
    def _send_sms(self, action):
        """Send through whichever provider the company uses. The outgoing row is never committed: no queue sees it."""
        company = action.company_id
        self.env["sms.tracker"].search([("sms_uuid", "=", action.message_key)]).unlink()
        sms = self.env["sms.sms"].with_company(company).create(
            {
                "uuid": action.message_key,
                "number": action.phone_to,
                "body": action.short_text,
                "partner_id": action.contact_id.id,
            }
        )  # fmt: skip
        self.env["sms.tracker"].create({"sms_uuid": action.message_key})
        provider = company._get_sms_api_class()(sms.env)
        provider._set_company(company)
        try:
            sms._send_with_api(provider, unlink_failed=False, unlink_sent=True, raise_exception=True)
        except Exception as error:  # noqa: BLE001 - providers raise what they like; what it means is read from it
            # What did not leave for certain must not lie in core's queue, which would send it by itself.
            self._forget(sms)
            return self._judge(error)
        return self._read_state(sms)

    @api.model
    def _forget(self, sms):
        self.env["sms.tracker"].search([("sms_uuid", "=", sms.uuid)]).unlink()
        sms.unlink()

    @api.model
    def _read_state(self, sms):
        """Read what core made of the provider's answer."""
        if sms.state in ("process", "pending", "sent"):
            return DeliveryResult("sent")
        failure = sms.failure_type
        reason = dict(sms._fields["failure_type"]._description_selection(self.env)).get(failure, failure)
        self._forget(sms)
        state = "failed" if failure in NEVER else "retry" if failure in NOT_YET else "unknown"
        return DeliveryResult(state, reason or self.env._("The provider gave no answer."))

    @api.model
    def _judge(self, error):
        """No connection means that nothing has left; after anything else nobody knows."""
        link, seen = error, []
        while link is not None and link not in seen:
            if type(link).__name__ in UNCONNECTED:
                return DeliveryResult("retry", str(error))
            seen.append(link)
            link = link.__cause__ or link.__context__ or next((arg for arg in link.args if _is_error(arg)), None)
        _logger.warning("The provider of text messages broke off", exc_info=error)
        return DeliveryResult("unknown", str(error) or type(error).__name__)


def _is_error(value):
    return isinstance(value, BaseException)
