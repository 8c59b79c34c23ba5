from odoo import fields, models


class CreditCollectionWriteoffLine(models.Model):
    """An item of a small sum, with what was open of it when it was proposed: the amount that is booked."""

    _name = "credit.collection.writeoff.line"
    _description = "Item of a Small Sum"
    _inherit = ["credit.collection.trail"]
    _order = "writeoff_id, date_due, id"

    writeoff_id = fields.Many2one("credit.collection.writeoff", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="writeoff_id.company_id", store=True, index=True, precompute=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Open Item", index="btree_not_null", ondelete="set null", readonly=True
    )
    move_id = fields.Many2one("account.move", string="Invoice", index="btree_not_null", ondelete="set null")
    is_open = fields.Boolean("Proposed", readonly=True, default=True)
    reference = fields.Char("Number", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary(required=True, readonly=True)
    amount_company = fields.Monetary(
        "Amount (company)", currency_field="company_currency_id", required=True, readonly=True
    )

    _proposed_once = models.UniqueIndex("(move_line_id) WHERE is_open", "This item is proposed for write-off already.")

    def _get_trail_fields(self):
        return set(self._fields)

    def action_view_move(self):
        self.ensure_one()
        return self.move_id._get_records_action()
