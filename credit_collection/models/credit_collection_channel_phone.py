from odoo import api, models
from odoo.tools import SQL


class CreditCollectionChannelPhone(models.AbstractModel):
    """A call, made by a person from the script of the text."""

    _name = "credit.collection.channel.phone"
    _inherit = "credit.collection.channel"
    _description = "Phone Channel"
    _code = "phone"
    _sequence = 50
    _substitute = True

    @api.model
    def _get_label(self):
        return self.env._("Phone call")

    @api.model
    def _sql_usable(self, company):
        return SQL("contact.phone_sanitized IS NOT NULL")

    @api.model
    def _render(self, action):
        """The call script in the customer's language, and the number to dial."""
        template, contact = action._get_template(), action.contact_id
        if not template.script:
            return {"phone_to": contact.phone_sanitized}
        lang = template._get_language(contact.lang, action.company_id, "script")
        action = action.with_context(lang=lang)
        script = template.with_env(action.env)._render_script(action._get_text_values(self))
        return {"phone_to": contact.phone_sanitized, "script": script, "subject": False, "body": False}
