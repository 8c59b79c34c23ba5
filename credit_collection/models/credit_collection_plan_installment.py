from odoo import fields, models


class CreditCollectionPlanInstallment(models.Model):
    _name = "credit.collection.plan.installment"
    _description = "Instalment"
    _order = "plan_id, date, id"

    plan_id = fields.Many2one("credit.collection.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date("Due on", required=True)
    amount = fields.Monetary(required=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Each instalment must be greater than zero.")
