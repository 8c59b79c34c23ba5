from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import sms_text

SAMPLES = 3


class CreditCollectionTemplate(models.Model):
    """What the editor sees: the text message on real customers, how long it is, and what makes it dear."""

    _inherit = "credit.collection.template"

    short_preview = fields.Html("On real customers", compute="_compute_short_preview", sanitize=False)

    @api.depends("short_text")
    def _compute_short_preview(self):
        samples = self._get_samples()
        for template in self:
            saved = template._origin  # what is being typed has no translations yet: it shows when it is saved
            rows = [saved._preview_short(action) for action in samples] if saved.short_text else []
            template.short_preview = Markup().join(rows) or False

    @api.model
    def _get_samples(self):
        """Return the latest messages to different customers, in different languages where there are some."""
        actions = self.env["credit.collection.action"].search(
            [("line_ids.step_id", "!=", False), ("line_ids.dropped", "=", False)], order="id desc", limit=200
        )
        by_debtor = actions.grouped("debtor_id").values()
        firsts = [group[:1] for group in by_debtor]
        languages = {}
        for action in firsts:
            languages.setdefault(action.contact_id.lang, action)
        chosen = list(languages.values()) + [action for action in firsts if action not in languages.values()]
        return chosen[:SAMPLES]

    def _preview_short(self, action):
        self.ensure_one()
        lang = self._get_language(action.contact_id.lang, action.company_id, "short_text")
        action = action.sudo().with_context(lang=lang, collection_short=True)
        try:
            text = self.with_context(lang=lang)._render_short(action._get_text_values())
        except UserError as error:
            return Markup('<p class="text-danger">%s</p>') % str(error)
        return Markup(
            '<div class="border rounded p-2 mb-2"><div class="small text-muted">%s</div><div>%s</div>'
            '<div class="small %s">%s</div></div>'
        ) % (
            action.debtor_id.display_name,
            text,
            "text-danger" if sms_text.measure(text).parts > 1 else "text-muted",
            self._describe_length(text),
        )

    @api.model
    def _describe_length(self, text):
        """Say how long a text message is, in how many parts it leaves, and which characters force the dear alphabet."""
        measure = sms_text.measure(text or "")
        if not measure.forcing:
            return self.env._("%(units)s characters, %(parts)s part(s)", units=measure.units, parts=measure.parts)
        return self.env._(
            "%(units)s characters, %(parts)s part(s): %(characters)s leaves only 70 characters to a part",
            units=measure.units,
            parts=measure.parts,
            characters=" ".join(measure.forcing),
        )
