from odoo import fields, models
from odoo.exceptions import AccessError


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
        """What an import made is deleted when it is undone: nobody says of somebody else that it was made so."""
        if "collection_import_id" in vals and not self.env.su:
            raise AccessError(self.env._("Which import made a contact is noted by the import itself."))
        return super().write(vals)
