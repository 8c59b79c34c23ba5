from odoo import api, fields, models
from odoo.exceptions import AccessError

ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class AccountMove(models.Model):
    """Documents that came over from other software keep the numbers they have there."""

    _inherit = "account.move"

    collection_import_id = fields.Many2one(
        "credit.collection.import",
        string="Imported by",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=ACCOUNTANTS,
    )

    # === COMPUTE METHODS === #

    @api.depends("collection_import_id")
    def _compute_made_sequence_gap(self):
        """The gaps in somebody else's numbers are not ours to tell (and looking for them reads the whole journal)."""
        imported = self.filtered(lambda move: move.sudo().collection_import_id)
        imported.made_sequence_gap = False
        return super(AccountMove, self - imported)._compute_made_sequence_gap()

    # === CRUD METHODS === #

    def write(self, vals):
        """What an import made is deleted when it is undone: nobody says of something else that it was made so."""
        if "collection_import_id" in vals and not self.env.su:
            raise AccessError(self.env._("Which import made an entry is noted by the import itself."))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _sequence_matches_date(self):
        """A foreign number owes nothing to the date: 2019-07 may be the seventh of a branch called 2019."""
        return bool(self.sudo().collection_import_id) or super()._sequence_matches_date()
