from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CreditCollectionDisputeLine(models.Model):
    _name = "credit.collection.dispute.line"
    _description = "Disputed Item"
    _order = "dispute_id, id"

    dispute_id = fields.Many2one("credit.collection.dispute", required=True, index=True, ondelete="cascade")
    debtor_id = fields.Many2one(related="dispute_id.debtor_id")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, index=True, precompute=True)
    state = fields.Selection(related="dispute_id.state")
    move_line_id = fields.Many2one("account.move.line", string="Open Item", index="btree_not_null", ondelete="set null")
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True, index=True, ondelete="cascade")
    date_due = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    residual = fields.Monetary("Open", compute="_compute_residual")
    amount = fields.Monetary("Disputed", required=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "The disputed amount must be greater than zero.")
    _open_item_unique = models.UniqueIndex(
        "(dispute_id, move_line_id)", "Each open item stands once in a dispute; change its amount instead."
    )

    # === COMPUTE METHODS === #

    @api.depends("move_line_id", "move_id")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = line.move_line_id.currency_id or line.move_id.currency_id

    @api.depends("move_line_id.amount_residual_currency")
    def _compute_residual(self):
        for line in self:
            line.residual = line.move_line_id.amount_residual_currency

    # === CONSTRAINT METHODS === #

    @api.constrains("amount", "move_line_id")
    def _check_amount(self):
        """All open disputes together hold no more than the item has open."""
        for line in self.filtered(lambda line: line.move_line_id and line.state == "open"):
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
        lines = self.sudo().search([("move_line_id", "=", item.id), ("dispute_id.state", "=", "open")])
        return item.amount_residual_currency - sum((lines - (but or lines.browse())).mapped("amount"))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([self._with_frozen_item(vals) for vals in vals_list])
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        return super().write(self._with_frozen_item(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self._check_open()

    def _check_open(self):
        """What was disputed is part of the file: once the dispute has ended its items stay as they were."""
        closed = self.filtered(lambda line: line.state != "open")
        if closed and not self.env.su:
            raise UserError(
                self.env._("Dispute %s has ended: reopen it to change its items.", closed[0].dispute_id.name)
            )

    @api.model
    def _with_frozen_item(self, vals):
        """Keep invoice and due date beside the item: they find its successor when the invoice is posted anew."""
        item = self.env["account.move.line"].browse(vals.get("move_line_id"))
        if not item:
            return vals
        return {**vals, "move_id": item.move_id.id, "date_due": item.date_maturity or item.date}

    # === ONCHANGE METHODS === #

    @api.onchange("move_line_id")
    def _onchange_move_line_id(self):
        self.amount = max(self._get_undisputed(self.move_line_id), 0)
        self.date_due = self.move_line_id.date_maturity or self.move_line_id.date

    # === HELPERS === #

    def _get_company_amount(self):
        self.ensure_one()
        item = self.move_line_id
        if not item.amount_residual_currency:
            return self.amount
        return item.company_id.currency_id.round(self.amount * item.amount_residual / item.amount_residual_currency)
