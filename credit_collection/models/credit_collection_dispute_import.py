from odoo import api, fields, models


class CreditCollectionDispute(models.Model):
    _inherit = "credit.collection.dispute"

    collection_import_id = fields.Many2one(
        "credit.collection.import", string="Imported by", readonly=True, copy=False, index="btree_not_null"
    )

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"collection_import_id"}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """A dispute that only an undone import opened goes with it; all others are part of the file."""
        undone = self.env.su and self.env.context.get("collection_import")
        if undone and all(dispute.collection_import_id for dispute in self):
            return None
        return super()._unlink_never()
