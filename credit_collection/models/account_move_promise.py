from odoo import fields, models

from .account_move import ACCOUNTANTS


class AccountMove(models.Model):
    """What of an invoice was promised."""

    _inherit = "account.move"

    collection_promise_line_ids = fields.One2many("credit.collection.promise.line", "move_id", groups=ACCOUNTANTS)
    collection_promise_count = fields.Integer(
        "Promises", compute="_compute_collection_promise_count", groups=ACCOUNTANTS
    )

    def _compute_collection_promise_count(self):
        groups = self.env["credit.collection.promise.line"]._read_group(
            [("move_id", "in", self.ids)], ["move_id"], ["promise_id:count_distinct"]
        )
        counts = dict(groups)
        for move in self:
            move.collection_promise_count = counts.get(move, 0)

    def action_note_collection_promise(self):
        """Note a promise on what these invoices have open."""
        debtor = self.env["credit.collection.debtor"]._get_or_create(
            self.commercial_partner_id[:1], self.company_id[:1]
        )
        items = self.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable" and not line.reconciled and line.amount_residual_currency > 0
            )
        )
        return self.env["credit.collection.promise.make"]._get_action(debtor, items)

    def action_view_collection_promises(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_promise_action")
        return {**action, "domain": [("line_ids.move_id", "in", self.ids)], "context": {}}
