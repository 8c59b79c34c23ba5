from markupsafe import Markup, escape
from odoo import models


class CreditCollectionTemplate(models.Model):
    """A text that does not speak of a broken promise itself gets a paragraph, after the greeting if it has one."""

    _inherit = "credit.collection.template"

    def _render(self, values):
        subject, body = super()._render(values)
        opening = values.get("promise_opening")
        if not opening:
            return subject, body
        paragraph = Markup("<p>%s</p>") % escape(opening)
        greeting, end, rest = body.partition("</p>")
        if end and values.get("contact") and escape(values["contact"]) in greeting:
            return subject, Markup().join((greeting, Markup(end), paragraph, rest))
        return subject, paragraph + body

    def _render_script(self, values):
        script = super()._render_script(values)
        opening = values.get("promise_opening")
        return f"{opening}\n\n{script}" if opening else script
