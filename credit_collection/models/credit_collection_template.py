import re

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext
from odoo.tools.translate import code_translations

from ..tools import placeholders, sms_text, threats
from .credit_collection_scenario import TONES

PARTS = ("subject", "body", "short_text", "script")


class CreditCollectionTemplate(models.Model):
    """A customer text. Subject and body carry placeholders such as ``{amount}``; nothing in them is evaluated.

    A text of our own instead of ``mail.template``: collectors may edit it without the right to write code, a misspelt
    placeholder is refused on saving, and one text serves every channel.
    """

    _name = "credit.collection.template"
    _description = "Collection Text"
    _order = "tone, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Leave empty to share the text with all companies.")
    tone = fields.Selection(TONES, required=True, default="friendly")
    purpose = fields.Selection(
        [
            ("reminder", "Step of a scenario"),
            ("tried", "After calls nobody answered"),
            ("recap", "Recap of a call"),
            ("promise", "Reminder of a promised payment"),
            ("broken", "After a broken promise"),
            ("thanks", "Thanks for a payment"),
        ],
        required=True,
        default="reminder",
        help="What the text is for. Steps choose theirs; the others are taken by what happened.",
    )
    subject = fields.Char(translate=True, help="Of e-mails, and the heading of letters.")
    body = fields.Html(
        "Text of e-mail and letter", translate=True, sanitize=True, sanitize_overridable=False, sanitize_style=True
    )
    short_text = fields.Text("Short text", translate=True, help="Text message, 160 characters of the basic alphabet.")
    script = fields.Text("Call script", translate=True, help="What a collector says on the phone.")
    variant_of_id = fields.Many2one(
        "credit.collection.template", string="Wording of", index="btree_not_null", ondelete="cascade",
        domain="[('variant_of_id', '=', False), ('id', '!=', id)]",
    )  # fmt: skip
    late_reason_id = fields.Many2one(
        "credit.collection.late.reason", string="When the reason is", ondelete="restrict", index="btree_not_null",
        help="Takes the place of the text that it is a wording of, when the customer told us this reason.",
    )  # fmt: skip
    variant_ids = fields.One2many("credit.collection.template", "variant_of_id", string="Wordings by reason")
    placeholder_help = fields.Html("Placeholders", compute="_compute_placeholder_help")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_placeholder_help(self):
        rows = Markup().join(
            Markup("<tr><td><code>{%s}</code></td><td>%s</td></tr>") % (name, label)
            for name, label in self._get_placeholders().items()
        )
        self.placeholder_help = Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows

    # === CONSTRAINT METHODS === #

    @api.constrains(*PARTS, "tone", "variant_of_id", "late_reason_id")
    def _check_text(self):
        for template in self:
            if not any(template[part] for part in PARTS if part != "subject"):
                raise ValidationError(
                    self.env._("%s is empty: write a text, a short text or a call script.", template.name)
                )
            if template.body and not template.subject:
                raise ValidationError(self.env._("%s has no subject: an e-mail needs one.", template.name))
            if bool(template.variant_of_id) != bool(template.late_reason_id):
                raise ValidationError(
                    self.env._(
                        "%s: a wording by reason needs both, the text it replaces and the reason.", template.name
                    )
                )
            if template.variant_of_id and template.tone != template.variant_of_id.tone:
                raise ValidationError(
                    self.env._("%s: a wording has the tone of the text whose place it takes.", template.name)
                )
            for lang, parts in template._get_all_parts().items():
                template._check_placeholders(" ".join(parts))
                template._check_threats(" ".join(parts), lang)

    def _check_placeholders(self, text):
        known = self._get_placeholders()
        stray = placeholders.stray(text)
        if stray:
            raise ValidationError(
                self.env._(
                    "%(name)s: %(stray)s would be sent as it stands. Placeholders are written like {amount}.",
                    name=self.name,
                    stray=", ".join(stray),
                )
            )
        wrong = placeholders.unknown(text, known)
        if wrong:
            raise ValidationError(
                self.env._(
                    "%(name)s: there is no placeholder %(wrong)s. Use one of: %(known)s.",
                    name=self.name,
                    wrong=", ".join(f"{{{name}}}" for name in wrong),
                    known=", ".join(f"{{{name}}}" for name in known),
                )
            )

    def _check_threats(self, text, lang):
        """A text threatens nothing that we may not or will not do; the law's own words belong into formal ones."""
        found = threats.found(html2plaintext(text), lang, formal=self.tone == "formal")
        if found:
            raise ValidationError(
                self.env._(
                    "%(name)s says “%(words)s”. Before a formal notice nothing is threatened, and never what we may "
                    "not or will not do: say what you ask for, by when, and who decides next.",
                    name=self.name,
                    words="”, “".join(found),
                )
            )

    # === CRUD METHODS === #

    def update_field_translations(self, field_name, translations, *args, **kwargs):
        """What is typed into the dialog of translations is checked like the rest."""
        result = super().update_field_translations(field_name, translations, *args, **kwargs)
        self._check_text()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_placeholders(self):
        """Return the placeholders that a text may use, with what each stands for."""
        return {
            "contact": self.env._("Name of the contact written to"),
            "debtor": self.env._("Legal name of the customer"),
            "company": self.env._("Our company"),
            "amount": self.env._("Amount asked for: what the lines that are due come to"),
            "total": self.env._("Amount asked for, with the other overdue invoices shown"),
            "invoice": self.env._("The invoice, by number; or how many they are"),
            "invoice_details": self.env._("The invoice with the customer's own reference, or how many they are"),
            "due_date": self.env._("Due date, the earliest when there are several"),
            "due_phrase": self.env._("“due on …”, or “the first due on …” when the due dates differ"),
            "days_late": self.env._("Days since that due date"),
            "reply_date": self.env._("Date by which an answer is asked for"),
            "bank_date": self.env._("Date of our books that the message rests on"),
            "previous_dates": self.env._("Dates of our previous messages on these invoices"),
            "pay_link": self.env._("Link to the customer's page; in a letter a hint to the bank transfer"),
            "short_link": self.env._("Short address of that page, for text messages"),
            "bank_account": self.env._("Bank account printed on the invoices"),
            "notice_no": self.env._("Number of the formal notice"),
            "call_summary": self.env._("What was said on the phone; only in the recap of a call"),
            "call_dates": self.env._("Days on which we called and nobody answered"),
            "call_slots": self.env._("Two times at which we propose to call again"),
            "promise_date": self.env._("Day on which the customer promised to pay"),
            "promise_amount": self.env._("Amount that the customer promised"),
            "sender": self.env._("Name of the person who signs"),
            "direct_line": self.env._("Telephone of the person who signs"),
            "sender_email": self.env._("E-mail address of the person who signs"),
            "manager": self.env._("Name of the person who decides next"),
        }

    def _get_all_parts(self):
        """Return the texts of each language that has any of its own, English included: ``{lang: [text, …]}``."""
        self.ensure_one()
        self.flush_recordset(PARTS)
        parts = {}
        for name in PARTS:
            for lang, text in (self._fields[name]._get_stored_translations(self) or {}).items():
                parts.setdefault(lang, []).append(text or "")
        return parts

    def _speaks(self, lang, part):
        """Whether the whole message can be written in ``lang``: its text, and the words around it."""
        self.ensure_one()
        if not lang or not self.env["res.lang"]._get_data(code=lang):
            return False
        if lang.startswith("en"):
            return True
        needed = ("subject", "body") if part == "body" else (part,)
        self.flush_recordset(PARTS)
        stored = [self._fields[name]._get_stored_translations(self) or {} for name in needed]
        words_around = code_translations.get_python_translations("credit_collection", lang)
        return (
            bool(words_around)
            and all(texts.get(lang) for texts in stored)
            and not (part == "body" and self._get_untranslated(stored[-1], lang))
        )

    @api.model
    def _get_untranslated(self, stored, lang):
        """Return the paragraphs of a body that stand in it in English still: one added to the English text, say."""
        pairs = self._fields["body"].get_translation_dictionary(stored["en_US"], {lang: stored[lang]})
        return [
            term
            for term, values in pairs.items()
            if values[lang] == term and any(letter.isalpha() for letter in placeholders.PLACEHOLDER.sub("", term))
        ]

    def _get_language(self, lang, company, part):
        """Return the language of the message: the customer's, else the company's, else English; never a mixture."""
        self.ensure_one()
        choices = (lang, company.collection_lang, company.partner_id.lang)
        return next((choice for choice in choices if self._speaks(choice, part)), "en_US")

    def _for_reason(self, reason, part, company):
        """Return the wording for a reason of lateness that has the ``part`` to send; without one the text itself.

        The company's own goes before a shared one.
        """
        variants = self.variant_ids.filtered(
            lambda variant: (
                variant.late_reason_id == reason and variant[part] and variant.company_id in (company, company.browse())
            )
        )
        return variants.sorted(lambda variant: not variant.company_id)[:1] or self

    @api.model
    def _get_for(self, purpose, company, tone=None):
        """Return the text for ``purpose``: the company's own goes before the shared one."""
        domain = [("purpose", "=", purpose), ("variant_of_id", "=", False), ("company_id", "in", (False, company.id))]
        if tone:
            domain += [("tone", "=", tone)]
        return self.search(domain).sorted(lambda template: not template.company_id)[:1]

    def _render(self, values):
        """Return subject (plain text) and body (HTML) for ``values``, one value for each placeholder.

        :raises UserError: when a text asks for what there is no value for
        """
        self.ensure_one()
        subject = self._substitute(
            self.subject, {key: _plain(value) for key, value in values.items() if value is not None}
        )
        body = self._substitute(self.body, {key: escape(value) for key, value in values.items() if value is not None})
        # Only what breaks lines: the no-break spaces of French are meant.
        return re.sub(r"[ \t\r\n]+", " ", subject).strip(), Markup(body)  # noqa: S704 - the body is sanitised on saving, the values are escaped

    def _render_short(self, values):
        """Return the short text; values are made of characters that a text message carries cheaply."""
        self.ensure_one()
        cheap = {key: sms_text.plain(_plain(value)) for key, value in values.items() if value is not None}
        return self._substitute(self.short_text, cheap).strip()

    def _render_script(self, values):
        self.ensure_one()
        return self._substitute(self.script, {key: _plain(value) for key, value in values.items() if value is not None})

    def _substitute(self, text, values):
        try:
            return placeholders.substitute(text, values)
        except KeyError as error:
            raise UserError(
                self.env._(
                    "The text %(name)s uses {%(placeholder)s}, which has no value here.",
                    name=self.name,
                    placeholder=error.args[0],
                )
            ) from error


def _plain(value):
    return value.striptags() if isinstance(value, Markup) else str(value)
