from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CreditCollectionDisputeLine(models.Model):
    _name = "credit.collection.dispute.line"
    _description = "Disputed Item"
    _inherit = ["credit.collection.trail", "credit.collection.item.link"]
    _order = "dispute_id, id"
    _part_of = "dispute_id"

    dispute_id = fields.Many2one("credit.collection.dispute", required=True, index=True, ondelete="cascade")
    debtor_id = fields.Many2one(related="dispute_id.debtor_id")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, index=True, precompute=True)
    state = fields.Selection(related="dispute_id.state")
    date_closed = fields.Date(related="dispute_id.date_closed")
    amount = fields.Monetary("Disputed", required=True)
    amount_settled = fields.Monetary("Credited", readonly=True, copy=False, help="What the outcome takes off the item.")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "The disputed amount must be greater than zero.")
    _open_item_unique = models.UniqueIndex(
        "(dispute_id, move_line_id)", "Each open item stands once in a dispute; change its amount instead."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("amount", "move_line_id")
    def _check_amount(self):
        """All open disputes together hold no more than the item has open."""
        for line in self.filtered(lambda line: line.move_line_id and not line.date_closed):
            limit = line._get_undisputed(line.move_line_id, but=line)
            if line.currency_id.compare_amounts(line.amount, limit) > 0:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s has only %(limit)s open that is not disputed yet: no more can be disputed.",
                        invoice=line.move_id.display_name,
                        limit=line.currency_id.format(limit),
                    )
                )

    @api.model
    def _get_undisputed(self, item, but=None):
        """Return what of ``item`` no open dispute holds, in its currency; ``but``: a line left out."""
        lines = self.sudo().search([("move_line_id", "=", item.id), ("dispute_id.date_closed", "=", False)])
        return item.amount_residual_currency - sum((lines - (but or lines.browse())).mapped("amount"))

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"amount_settled"}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self._check_open()

    def _check_open(self):
        """What was disputed is part of the file: once the dispute has ended its items stay as they were."""
        closed = self.filtered(lambda line: line.date_closed)
        if closed and not self.env.su:
            raise UserError(
                self.env._("Dispute %s has ended: reopen it to change its items.", closed[0].dispute_id.name)
            )

    # === ONCHANGE METHODS === #

    @api.onchange("move_line_id")
    def _onchange_move_line_id(self):
        self.amount = max(self._get_undisputed(self.move_line_id), 0)
        self.date_due = self.move_line_id.date_maturity or self.move_line_id.date
