from odoo import fields, models

ACCOUNT_DOMAIN = "[('company_ids', 'in', id), ('internal_group', 'in', ('income', 'expense'))]"


class ResCompany(models.Model):
    """Small sums: from when they are proposed for write-off, who may write them off, and where they are booked."""

    _inherit = "res.company"

    collection_writeoff_days = fields.Integer(
        "Small sums after (days)", default=60, help="Days below the minimum of the next step. 0: never proposed."
    )
    collection_writeoff_max = fields.Monetary("Small sums up to", help="0: up to the minimum of the next step.")
    collection_writeoff_limit_user = fields.Monetary("Collectors write off up to", default=50)
    collection_writeoff_limit_manager = fields.Monetary("Managers write off up to", default=500)
    collection_writeoff_journal_id = fields.Many2one(
        "account.journal", "Journal of small sums", domain="[('type', '=', 'general'), ('company_id', '=', id)]"
    )
    collection_writeoff_bank_charge_account_id = fields.Many2one("account.account", domain=ACCOUNT_DOMAIN)
    collection_writeoff_discount_account_id = fields.Many2one("account.account", domain=ACCOUNT_DOMAIN)
    collection_writeoff_rounding_account_id = fields.Many2one("account.account", domain=ACCOUNT_DOMAIN)
    collection_writeoff_not_worth_account_id = fields.Many2one("account.account", domain=ACCOUNT_DOMAIN)

    _collection_writeoff_positive = models.Constraint(
        "CHECK (collection_writeoff_days >= 0 AND collection_writeoff_max >= 0"
        " AND collection_writeoff_limit_user >= 0 AND collection_writeoff_limit_manager >= 0)",
        "Days and amounts of small sums must not be negative.",
    )

    def _get_collection_writeoff_account(self, reason):
        """Return the account on which ``reason`` is booked; may be empty."""
        self.ensure_one()
        return self[f"collection_writeoff_{reason}_account_id"]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_writeoff_days = fields.Integer(related="company_id.collection_writeoff_days", readonly=False)
    collection_writeoff_max = fields.Monetary(related="company_id.collection_writeoff_max", readonly=False)
    collection_writeoff_limit_user = fields.Monetary(
        related="company_id.collection_writeoff_limit_user", readonly=False
    )
    collection_writeoff_limit_manager = fields.Monetary(
        related="company_id.collection_writeoff_limit_manager", readonly=False
    )
    collection_writeoff_journal_id = fields.Many2one(
        related="company_id.collection_writeoff_journal_id", readonly=False
    )
    collection_writeoff_bank_charge_account_id = fields.Many2one(
        related="company_id.collection_writeoff_bank_charge_account_id", readonly=False
    )
    collection_writeoff_discount_account_id = fields.Many2one(
        related="company_id.collection_writeoff_discount_account_id", readonly=False
    )
    collection_writeoff_rounding_account_id = fields.Many2one(
        related="company_id.collection_writeoff_rounding_account_id", readonly=False
    )
    collection_writeoff_not_worth_account_id = fields.Many2one(
        related="company_id.collection_writeoff_not_worth_account_id", readonly=False
    )
