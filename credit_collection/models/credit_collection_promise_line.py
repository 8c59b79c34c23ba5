from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCollectionPromiseLine(models.Model):
    _name = "credit.collection.promise.line"
    _description = "Promised Item"
    _inherit = ["credit.collection.trail", "credit.collection.item.link"]
    _order = "promise_id, date_due, id"

    promise_id = fields.Many2one("credit.collection.promise", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="promise_id.company_id", store=True, index=True, precompute=True)
    amount = fields.Monetary("Open then", readonly=True, help="What was open of the item when it was promised.")
    paid_before_ids = fields.Many2many(
        "account.move",
        "credit_collection_promise_line_paid_before_rel",
        readonly=True,
        string="Paid before",
        help="Payments of the day of the promise or later that were set against the item before it: they do not count.",
    )
    live = fields.Boolean(default=True, readonly=True)

    _promised_once = models.UniqueIndex(
        "(move_line_id) WHERE live", "One of these items is promised already: withdraw that promise first."
    )

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {
            "promise_id", "company_id", "move_line_id", "move_id", "date_due", "live", "amount", "paid_before_ids",
        }  # fmt: skip

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(self.env._("What was promised stays: withdraw the promise instead."))

    # === HELPERS === #

    def _is_whole(self):
        """An item that is smaller now than what was agreed on was posted anew, in more parts."""
        return super()._is_whole() or self.move_line_id.amount_currency < self.amount
