from odoo import api, fields, models
from odoo.exceptions import AccessError


class CreditCollectionItemLink(models.AbstractModel):
    """An open item that a document names: a dispute, a promise, a plan.

    Invoice and due date are kept beside the item: they find its successor when the invoice is posted anew.
    """

    _name = "credit.collection.item.link"
    _description = "Open Item Named by a Document"

    move_line_id = fields.Many2one("account.move.line", string="Open Item", index="btree_not_null", ondelete="set null")
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True, index=True, ondelete="cascade")
    date_due = fields.Date("Due Date", readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    residual = fields.Monetary("Open", compute="_compute_residual")

    # === COMPUTE METHODS === #

    @api.depends("move_line_id", "move_id")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = line.move_line_id.currency_id or line.move_id.currency_id

    @api.depends("move_line_id.amount_residual_currency", "move_id.line_ids.amount_residual_currency")
    def _compute_residual(self):
        for line in self:
            line.residual = sum(line._get_items().mapped("amount_residual_currency"))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_item_values({"move_line_id": False, **vals})
        return super().create([self._with_frozen_item(vals) for vals in vals_list])

    def write(self, vals):
        self._check_item_values(vals)
        return super().write(self._with_frozen_item(vals))

    @api.model
    def _check_item_values(self, vals):
        """Invoice and day are those of an item that is named; without one, only the flow writes them."""
        if {"move_line_id", "move_id", "date_due"} & set(vals) and not vals.get("move_line_id") and not self.env.su:
            raise AccessError(self.env._("Name the open item: its invoice and its day follow from it."))

    @api.model
    def _with_frozen_item(self, vals):
        item = self.env["account.move.line"].browse(vals.get("move_line_id"))
        if not item:
            return vals
        return {**vals, "move_id": item.move_id.id, "date_due": item.date_maturity or item.date}

    # === HELPERS === #

    def _is_whole(self):
        """Whether the line stands for all items of its invoice, because the one that it named was replaced."""
        self.ensure_one()
        return not self.move_line_id

    def _get_items(self):
        """Return the items named: all of the invoice, where an item was replaced."""
        whole = self.filtered(lambda line: line._is_whole())
        found = (self - whole).move_line_id
        for move in whole.move_id:
            found |= move.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        return found

    @api.model
    def _find_lines(self, items):
        """Return the lines that name any of ``items``, also by the invoice when the line's item was replaced."""
        lines = self.search([("move_id", "in", items.move_id.ids)])
        return lines.filtered(lambda line: line._get_items() & items)

    def _get_company_amount(self):
        """Return the line's ``amount`` in company currency, at the rate of the item."""
        return self._convert_to_company(self.amount)

    def _convert_to_company(self, amount):
        """Return ``amount`` in company currency, at the rate of the item, or of the one in its place."""
        self.ensure_one()
        item = self.move_line_id or self._get_items()[:1]
        if not item.amount_currency:
            return amount
        return item.company_id.currency_id.round(amount * item.balance / item.amount_currency)
