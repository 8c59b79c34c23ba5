from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_external_ref = fields.Char(
        "External reference of the contact",
        copy=False,
        index="btree_not_null",
        help="Reference of this contact in the software it was imported from.",
    )
    collection_import_id = fields.Many2one(
        "credit.collection.import",
        string="Made by import",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="credit_collection.group_credit_collection_user",
    )
