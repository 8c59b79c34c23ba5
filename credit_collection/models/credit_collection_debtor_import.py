from odoo import fields, models


class CreditCollectionDebtor(models.Model):
    _inherit = "credit.collection.debtor"

    external_ref = fields.Char(
        "External reference",
        copy=False,
        tracking=True,
        help="Reference of this customer in the software its ledger is imported from.",
    )

    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "Another customer of this company has this external reference.",
    )
