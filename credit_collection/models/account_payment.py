from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    collection_external_ref = fields.Char(
        "External reference", copy=False, help="Reference of this payment in the software it was imported from."
    )

    _collection_external_ref_unique = models.UniqueIndex(
        "(company_id, collection_external_ref) WHERE collection_external_ref IS NOT NULL",
        "A payment with this external reference is there already.",
    )

    def _generate_move_vals(self, *args, **kwargs):
        """An imported payment keeps the number it has where it comes from."""
        values = super()._generate_move_vals(*args, **kwargs)
        ledger = self.env.context.get("collection_import_id")
        if ledger and self.collection_external_ref:
            values.update({"name": self.collection_external_ref, "collection_import_id": ledger})
        return values
