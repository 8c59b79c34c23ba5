from odoo import api, fields, models
from odoo.tools import format_date

from .account_move import ACCOUNTANTS


class AccountMove(models.Model):
    """Invoices of which a payment came back."""

    _inherit = "account.move"

    collection_reject_ids = fields.One2many("credit.collection.reject", "move_id", groups=ACCOUNTANTS)
    collection_came_back = fields.Char("Payment came back", compute="_compute_collection_came_back", groups=ACCOUNTANTS)

    @api.depends("collection_reject_ids.reason", "collection_reject_ids.date", "payment_state")
    def _compute_collection_came_back(self):
        """Say it while the invoice is open: once it is paid again, it is history."""
        for move in self:
            last = move.collection_reject_ids[:1]
            text = False
            if last and move.payment_state in ("not_paid", "partial"):
                text = self.env._(
                    "%(amount)s came back on %(date)s: %(reason)s",
                    amount=last.currency_id.format(last.amount),
                    date=format_date(self.env, last.date),
                    reason=dict(last._fields["reason"]._description_selection(self.env))[last.reason],
                )
            move.collection_came_back = text

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """An invoice that a credit note takes back as a whole loses its payments, but none of them came back."""
        taken_back = (*self.env.context.get("collection_taken_back_ids", ()), *(self.ids if cancel else ()))
        self = self.with_context(collection_taken_back_ids=taken_back)
        return super()._reverse_moves(default_values_list, cancel=cancel)

    def action_view_collection_rejects(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_reject_action")
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {}}
