from odoo import api, fields, models


class CreditCollectionPlanExtend(models.TransientModel):
    """Asks until when more time is given, and why: a plan of one instalment, agreed at once."""

    _name = "credit.collection.plan.extend"
    _description = "Give More Time"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, ondelete="cascade")
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_collection_plan_extend_item_rel",
        string="Open Items",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
    )
    company_id = fields.Many2one(related="debtor_id.company_id")
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    contact_id = fields.Many2one(
        "res.partner", "Agreed with", domain="[('commercial_partner_id', '=', partner_id)]", ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_amount")
    amount = fields.Monetary(compute="_compute_amount")
    date = fields.Date("Pays by", required=True)
    reason = fields.Char(required=True)

    @api.depends("debtor_id")
    def _compute_item_ids(self):
        """What is overdue and free, once the customer is chosen; else a person chooses."""
        for wizard in self:
            wizard.item_ids = self.env["credit.collection.plan"]._find_plannable(wizard.debtor_id)

    @api.depends("debtor_id", "item_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.currency_id, wizard.amount = wizard.company_id.currency_id, 0
            if wizard.item_ids:
                rows = self.env["credit.collection.plan"]._get_plannable(wizard.debtor_id, wizard.item_ids._origin)
                wizard.currency_id = rows[0]["currency_id"]
                wizard.amount = sum(row["free"] for row in rows)

    def action_confirm(self):
        self.ensure_one()
        plan = self.env["credit.collection.plan"]._give_more_time(
            self.debtor_id, self.item_ids, self.date, self.reason, contact=self.contact_id
        )
        return plan._get_action_form()
