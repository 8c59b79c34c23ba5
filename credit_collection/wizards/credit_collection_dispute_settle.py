from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.credit_collection_approval import MANAGER
from ..models.credit_collection_dispute import CREDITING, CUSTOMER_WAS_RIGHT, OUTCOMES


class CreditCollectionDisputeSettle(models.TransientModel):
    """Asks for the outcome of a dispute, and for what that outcome needs."""

    _name = "credit.collection.dispute.settle"
    _description = "Settle a Dispute"

    dispute_id = fields.Many2one("credit.collection.dispute", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="dispute_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(OUTCOMES, "Outcome", required=True, default="credit")
    text = fields.Text("Explanation", help="Goes to the customer as it is written here: write in their language.")
    reference = fields.Char(help="Number of the new delivery.")
    date = fields.Date("New due date")
    justified = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        "The customer was right",
        compute="_compute_justified",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    notify = fields.Boolean("Tell the customer", default=True)
    line_ids = fields.One2many("credit.collection.dispute.settle.line", "wizard_id", string="Credit")
    amount = fields.Monetary("Credited", compute="_compute_amount", help="In company currency, taxes included.")
    limit_text = fields.Char("Limit", compute="_compute_amount")

    # === COMPUTE METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        dispute = self.env["credit.collection.dispute"].browse(values.get("dispute_id"))
        if dispute and "line_ids" in fields:
            values["line_ids"] = [
                Command.create({"dispute_line_id": line.id, "amount": min(line.amount, max(line.residual, 0))})
                for line in dispute.line_ids
            ]
        if dispute and "notify" in fields:
            # What sales raised the customer may know nothing of.
            values["notify"] = dispute.origin != "sales"
        if dispute and "text" in fields:
            values["text"] = dispute.outcome
        return values

    @api.depends("kind")
    def _compute_justified(self):
        for wizard in self:
            wizard.justified = "yes" if wizard.kind in CUSTOMER_WAS_RIGHT else "no"

    @api.depends("kind", "line_ids.amount")
    def _compute_amount(self):
        for wizard in self:
            lines = wizard.line_ids if wizard.kind in CREDITING else wizard.line_ids.browse()
            wizard.amount = sum(line._get_company_amount() for line in lines)
            limit = wizard.dispute_id._get_credit_limit(self.env.user) if wizard.dispute_id else None
            weight = wizard.dispute_id.sudo()._weigh(wizard.kind, wizard.amount)
            asks = limit is not None and wizard.currency_id.compare_amounts(weight, limit) > 0
            wizard.limit_text = asks and wizard._get_limit_text(wizard.currency_id.format(limit))

    def _get_limit_text(self, limit):
        if self.env.user.has_group(MANAGER):
            return self.env._("You may credit up to %s: an accountant with full rights will be asked.", limit)
        return self.env._("You may credit up to %s: a manager will be asked.", limit)

    # === ACTION METHODS === #

    def action_settle(self):
        self.ensure_one()
        done = self.dispute_id._settle(
            self.kind,
            self.text,
            amounts={line.dispute_line_id: line.amount for line in self.line_ids},
            reference=self.reference,
            date=self.date,
            justified=self.justified,
            notify=self.notify,
        )
        if done:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Dispute %s waits for an approval.", self.dispute_id.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class CreditCollectionDisputeSettleLine(models.TransientModel):
    _name = "credit.collection.dispute.settle.line"
    _description = "Disputed Item to Credit"

    wizard_id = fields.Many2one("credit.collection.dispute.settle", required=True, ondelete="cascade")
    dispute_line_id = fields.Many2one("credit.collection.dispute.line", required=True, ondelete="cascade")
    move_id = fields.Many2one(related="dispute_line_id.move_id")
    currency_id = fields.Many2one(related="dispute_line_id.currency_id")
    disputed = fields.Monetary(related="dispute_line_id.amount", string="Disputed")
    residual = fields.Monetary(related="dispute_line_id.residual")
    amount = fields.Monetary("Credit", help="Taxes included.")

    @api.constrains("amount")
    def _check_amount(self):
        if any(line.amount < 0 for line in self):
            raise UserError(self.env._("What is credited must not be negative."))

    def _get_company_amount(self):
        """Return the amount in company currency, at the rate of the item."""
        return self.dispute_line_id._convert_to_company(self.amount)
