from odoo import fields, models


class ResCompany(models.Model):
    """What collectors agree on by themselves, and how long promises, replies and possible disputes hold."""

    _inherit = "res.company"

    collection_promise_days = fields.Integer("Promises up to (days)", default=15)
    collection_promise_count = fields.Integer(
        "Promises without approval",
        default=2,
        help="So many for the same items; the next one asks a manager.",
    )
    collection_promise_tolerance = fields.Integer("Tolerance of promises (working days)", default=2)
    collection_plan_installments = fields.Integer("Instalments without approval", default=3)
    collection_plan_days = fields.Integer("Plans without approval, up to (days)", default=60)
    collection_plan_amount = fields.Monetary("Plans without approval, up to", default=5000)
    collection_plan_longest = fields.Integer(
        "Plans should end within (days)",
        default=365,
        help="About as long as a claim takes in court; a longer plan is warned of.",
    )
    collection_installment_tolerance = fields.Integer("Tolerance of instalments (working days)", default=3)
    collection_credit_limit_user = fields.Monetary("Collectors credit up to", default=100)
    collection_credit_limit_manager = fields.Monetary("Managers credit up to", default=1000)
    collection_disputed_share = fields.Integer(
        "A person from a disputed share of (%)",
        default=50,
        help="When so much of what a customer has overdue is disputed, the rest goes to a person. 0: never.",
    )
    collection_reply_days = fields.Integer("A reply holds (working days)", default=3)
    collection_possible_days = fields.Integer("A possible dispute holds (working days)", default=5)

    _collection_agreed_positive = models.Constraint(
        "CHECK (LEAST(collection_promise_days, collection_promise_count, collection_promise_tolerance,"
        " collection_plan_installments, collection_plan_days, collection_plan_amount, collection_plan_longest,"
        " collection_installment_tolerance, collection_credit_limit_user, collection_credit_limit_manager,"
        " collection_reply_days, collection_possible_days, collection_disputed_share) >= 0)",
        "The limits of promises, plans, credits and replies must not be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_promise_days = fields.Integer(related="company_id.collection_promise_days", readonly=False)
    collection_promise_count = fields.Integer(related="company_id.collection_promise_count", readonly=False)
    collection_promise_tolerance = fields.Integer(related="company_id.collection_promise_tolerance", readonly=False)
    collection_plan_installments = fields.Integer(related="company_id.collection_plan_installments", readonly=False)
    collection_plan_days = fields.Integer(related="company_id.collection_plan_days", readonly=False)
    collection_plan_amount = fields.Monetary(related="company_id.collection_plan_amount", readonly=False)
    collection_plan_longest = fields.Integer(related="company_id.collection_plan_longest", readonly=False)
    collection_installment_tolerance = fields.Integer(
        related="company_id.collection_installment_tolerance", readonly=False
    )
    collection_credit_limit_user = fields.Monetary(related="company_id.collection_credit_limit_user", readonly=False)
    collection_credit_limit_manager = fields.Monetary(
        related="company_id.collection_credit_limit_manager", readonly=False
    )
    collection_disputed_share = fields.Integer(related="company_id.collection_disputed_share", readonly=False)
    collection_reply_days = fields.Integer(related="company_id.collection_reply_days", readonly=False)
    collection_possible_days = fields.Integer(related="company_id.collection_possible_days", readonly=False)
