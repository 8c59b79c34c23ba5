from odoo import fields, models
from odoo.tools.misc import format_amount, format_date

# Invoices that a summary names one by one, and letters of what was said.
MOST_NAMED = 3
MOST_GIST = 60


class CreditCollectionRemark(models.Model):
    """What the customer says on the page in a form of its own: what it is about need not be guessed."""

    _inherit = "credit.collection.remark"

    topic = fields.Selection(
        [
            ("paid", "Says that it was paid"),
            ("plan", "Asks for instalments"),
            ("contact", "Names whom to write to"),
        ],
        "About",
        readonly=True,
        help="Empty: read what was said.",
    )
    told_amount = fields.Monetary("Told: amount", readonly=True, help="What was paid, or can be paid a month.")
    told_count = fields.Integer("Told: instalments", readonly=True)
    told_day = fields.Date("Told: first day", readonly=True)
    proof_ids = fields.One2many(
        "ir.attachment", "res_id", "Files", domain=[("res_model", "=", "credit.collection.remark")], readonly=True
    )

    # === CRUD METHODS === #

    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"topic", "told_amount", "told_count", "told_day"}

    # === BUSINESS METHODS === #

    def _add_proof(self, contact, files):
        """Keep what the customer uploaded with it, where whoever decides sees it."""
        if files:
            self.sudo().message_post(
                body=self.env._("Came with it"),
                author_id=contact.id,
                attachments=list(files),
                subtype_xmlid="mail.mt_note",
            )

    # === IN A LINE === #

    def _get_task_summary(self):
        """Return what is to be done, so that two tasks about one customer can be told apart."""
        self.ensure_one()
        customer = self.partner_id.display_name or ""
        if self.topic == "paid":
            day = format_date(self.env, self.paid_date) if self.paid_date else ""
            facts = [self._say_invoices(), self._say_told_amount(), day, customer]
            return self.env._("Find a payment: %s", " · ".join(filter(None, facts)))
        if self.topic == "plan":
            return self.env._("Asks for instalments: %s", " · ".join(filter(None, [customer, self._say_invoices()])))
        name = "topic" if self.topic else "kind"
        label = dict(self._fields[name]._description_selection(self.env))[self[name]]
        words = " ".join(self.text.split())
        return f"{label}: {customer} · {words[:MOST_GIST]}{'…' if words[MOST_GIST:] else ''}"

    def _say_invoices(self):
        names = list(dict.fromkeys(self.sudo().line_ids.move_id.mapped("name")))
        rest = len(names) - MOST_NAMED
        return ", ".join(names[:MOST_NAMED]) + (f" +{rest}" if rest > 0 else "")

    def _say_told_amount(self):
        """Return the amount told; where none was, what the items named have open, if that is in one currency."""
        if self.told_amount:
            return format_amount(self.env, self.told_amount, self.currency_id)
        items = self.sudo()._get_named_items()
        if not items or len(items.currency_id) > 1:
            return ""
        return format_amount(self.env, sum(items.mapped("amount_residual_currency")), items.currency_id)
