import lxml.html
from odoo import api, fields, models

from ..tools import named_amounts, quotes
from .credit_collection_keyword import KEYWORD_OUTCOMES

BLOCKS = ("p", "div", "li", "tr", "pre", "table", "ul", "ol", "h1", "h2", "h3", "h4")
MOST_WORDS = 5000


class CreditCollectionRemark(models.Model):
    """What a remark seems to say, with the sentence. A person confirms; nothing happens by itself."""

    _inherit = "credit.collection.remark"

    suggestion = fields.Selection(KEYWORD_OUTCOMES, "Seems to be", compute="_compute_suggestion", store=True)
    suggestion_sentence = fields.Text("Because of", compute="_compute_suggestion", store=True)
    suggested_reason_id = fields.Many2one(
        "credit.collection.dispute.reason",
        "Reason of the dispute",
        compute="_compute_suggestion",
        store=True,
        readonly=False,
        ondelete="set null",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_suggestion", store=True, readonly=False, ondelete="restrict"
    )
    promise_date = fields.Date("Pays on", compute="_compute_suggestion", store=True, readonly=False)
    promise_amount = fields.Monetary(
        "Amount",
        compute="_compute_suggestion",
        store=True,
        readonly=False,
        help="Left empty: all that is overdue in this currency.",
    )
    paid_date = fields.Date("Paid on", compute="_compute_suggestion", store=True, readonly=False)

    @api.model
    def _get_suggested_fields(self):
        """Return the names of all that is read from the words."""
        return [name for name, field in self._fields.items() if field.compute == "_compute_suggestion"]

    @api.depends("text")
    def _compute_suggestion(self):
        for remark in self:
            found = self.env["credit.collection.keyword"]._suggest_reply(
                remark.text, remark.date or fields.Date.today(), remark.partner_id.lang or ""
            )
            remark.suggestion = found["outcome"]
            remark.suggestion_sentence = "\n".join(found["sentences"])
            remark.suggested_reason_id = found["reason_id"]
            remark.promise_date = found["promise_date"]
            remark.paid_date = found["paid_date"]
            remark.promise_amount, remark.currency_id = remark._find_amount()

    def _find_amount(self):
        """Return the amount that a promise names and its currency: one of the customer's, by code or by sign.

        Where none is named it is the company's, unless the customer owes in others only.
        """
        named_items, currency = self._get_named_items(), self.debtor_id.currency_id
        items = self.debtor_id._get_open_receivables() if named_items is None else named_items
        if items and currency not in items.currency_id:
            currency = items.currency_id[:1]
        if self.suggestion != "promised":
            return 0, currency
        currencies = currency | items.currency_id
        named = named_amounts.amounts_in(self.text)
        ours = [row for row in named if row[2] in (self.suggestion_sentence or "")] or named
        for amount, code, __ in ours:
            for other in currencies:
                if code in (other.name, other.symbol):
                    return float(amount), other
        return 0, currency

    @api.model
    def _get_own_words(self, body):
        """Return what the writer of a mail added, as plain text: core marks what is quoted, the rest is cut as text."""
        if not body:
            return ""
        tree = lxml.html.fragment_fromstring(str(body), create_parent="div")
        for node in tree.xpath("//*[@data-o-mail-quote] | //blockquote"):
            if node.getparent() is not None:
                node.text, node.tail = "", f"\n> \n{node.tail or ''}"
                for child in list(node):
                    node.remove(child)
        for node in tree.iter("br"):
            node.tail = f"\n{node.tail or ''}"
        for node in tree.iter(*BLOCKS):
            node.text, node.tail = f"\n{node.text or ''}", f"\n\n{node.tail or ''}"
        return quotes.own_words(tree.text_content())[:MOST_WORDS]
