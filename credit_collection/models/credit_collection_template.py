from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import placeholders
from .credit_collection_scenario import TONES


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
    subject = fields.Char(required=True, translate=True)
    body = fields.Html(required=True, translate=True, sanitize=True, sanitize_overridable=False, sanitize_style=True)
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

    @api.constrains("subject", "body")
    def _check_placeholders(self):
        known = self._get_placeholders()
        for template in self:
            text = f"{template.subject} {template.body}"
            stray = placeholders.stray(text)
            if stray:
                raise ValidationError(
                    self.env._(
                        "%(name)s: %(stray)s would be sent as it stands. Placeholders are written like {amount}.",
                        name=template.name,
                        stray=", ".join(stray),
                    )
                )
            wrong = placeholders.unknown(text, known)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(name)s: there is no placeholder %(wrong)s. Use one of: %(known)s.",
                        name=template.name,
                        wrong=", ".join(f"{{{name}}}" for name in wrong),
                        known=", ".join(f"{{{name}}}" for name in known),
                    )
                )

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
            "pay_link": self.env._("Link to pay, or a hint to the links in the table when there are several invoices"),
            "sender": self.env._("Name of the person who signs"),
            "direct_line": self.env._("Telephone of the person who signs"),
            "sender_email": self.env._("E-mail address of the person who signs"),
            "manager": self.env._("Name of the person who decides next"),
        }

    def _render(self, values):
        """Return subject (plain text) and body (HTML) for ``values``, one value for each placeholder.

        :raises UserError: when a text asks for what there is no value for
        """
        self.ensure_one()
        try:
            subject = placeholders.substitute(self.subject, {key: _plain(value) for key, value in values.items()})
            body = placeholders.substitute(self.body, {key: escape(value) for key, value in values.items()})
        except KeyError as error:
            raise UserError(
                self.env._(
                    "The text %(name)s uses %(placeholder)s, which has no value.", name=self.name, placeholder=error
                )
            ) from error
        return " ".join(subject.split()), Markup(body)  # noqa: S704 - the body is sanitised on saving, the values are escaped


def _plain(value):
    return value.striptags() if isinstance(value, Markup) else str(value)
