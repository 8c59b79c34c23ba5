from odoo import fields, models


class CreditCollectionProfile(models.Model):
    _inherit = "credit.collection.profile"

    page_manner = fields.Selection(
        [
            ("plain", "Plain"),
            ("thankful", "Thankful: valued customers"),
            ("helpful", "Offering help: those who often pay late"),
            ("formal", "Formal: public bodies"),
        ],
        "Words on the customer's page",
        default="plain",
        required=True,
        help="How the page speaks to them. Plain: new, reliable and late payers are still told apart by the ledger.",
    )
