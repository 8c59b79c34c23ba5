import base64
import hashlib

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import pdf
from .credit_collection_channel import DeliveryResult


class CreditCollectionChannelLetter(models.AbstractModel):
    """A letter: made and frozen by itself, brought to the post by a person, or by the company's gateway."""

    _name = "credit.collection.channel.letter"
    _inherit = "credit.collection.channel"
    _description = "Letter Channel"
    _code = "letter"
    _sequence = 40
    _delivers = True
    _substitute = True
    _part = "body"

    # === CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Letter")

    @api.model
    def _sql_usable(self, company):
        return SQL("contact.street <> '' AND contact.city <> '' AND contact.country_id IS NOT NULL")

    @api.model
    def _prepare(self, action):
        """Give the formal notice its number; the date by which an answer is asked for counts from today."""
        action._prepare_issue()

    @api.model
    def _render(self, action):
        template = action._get_template()
        if not template.body:
            raise UserError(self.env._("%s has no text to print.", action.display_name))
        action = self._in_language(action, template)
        subject, body = template.with_env(action.env)._render(action._get_text_values(self))
        return {"subject": subject, "body": Markup('<div style="padding:20px 28px">%s</div>') % body}

    @api.model
    def _attach(self, action):
        """Print it once, with the invoices behind it where the step says so: these bytes are the letter from now on."""
        document = self._print(action)
        name = (action.notice_number or f"{action._get_kind_label()}-{action.id}").replace("/", "-")
        action.write(
            {
                "letter": base64.b64encode(document),
                "letter_name": f"{name}.pdf",
                "attachment_digest": f"{hashlib.sha256(document).hexdigest()}  {name}.pdf",
            }
        )

    @api.model
    def _deliver(self, action):
        gateway = self.env["credit.collection.gateway"]._find(action.company_id, self._code)
        if not gateway:
            return DeliveryResult("issued")
        result = gateway._send(action.message_key, **self._prepare_message(action))
        if result.state == "sent":
            result.values["tracking_number"] = result.values.get("provider_ref") or False
            result.values["date_posted"] = action.company_id._get_collection_today()
        return result

    # === LETTER === #

    @api.model
    def _in_language(self, action, template):
        return action.with_context(lang=template._get_language(action.contact_id.lang, action.company_id, self._part))

    @api.model
    def _print(self, action):
        """Return the PDF of the letter as it would be issued now."""
        template = action._get_template()
        action = self._in_language(action, template)
        values = action._get_text_values(self)
        subject, text = template.with_env(action.env)._render(values)
        letter = self.env["credit.collection.letter"].with_env(action.env)._print(action, subject, text, values)
        if not action.step_id.attach_invoices:
            return letter
        return pdf.merge([letter, *(document["content"] for document in action._get_invoice_documents())])

    @api.model
    def _prepare_message_key(self, action):
        return self.env["credit.collection.channel.sms"]._prepare_message_key(action)

    @api.model
    def _prepare_message(self, action):
        """Return the values of the gateway's placeholders."""
        contact = action.contact_id
        return {
            "to": contact.phone_sanitized or "",
            "text": action.subject,
            "document": action.letter.decode(),
            "filename": action.letter_name,
            "registered": action.registered,
            "recipient_name": contact.name or action.debtor_id.display_name,
            "street": contact.street or "",
            "street2": contact.street2 or "",
            "zip": contact.zip or "",
            "city": contact.city or "",
            "country_code": contact.country_id.code or "",
            "sender": action.company_id.name,
            "reference": action.notice_number or action.debtor_id.display_name,
        }
