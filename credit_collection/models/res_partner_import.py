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

    # === CRUD METHODS === #

    def write(self, vals):
        """What an import made is deleted when it is undone: that it did is said when it is made, never later.

        A merge hands on whatever has a value: an imported double would have our own customer deleted.
        """
        if "collection_import_id" in vals:
            vals = {name: value for name, value in vals.items() if name != "collection_import_id"}
        return super().write(vals)
