from odoo import api, models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """What was sent with an action proves what was sent: nobody exchanges it, not even with rights on the action."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_collection_proof()
        return attachments

    def write(self, vals):
        self._check_collection_proof()
        result = super().write(vals)
        self._check_collection_proof()
        return result

    def unlink(self):
        self._check_collection_proof()
        return super().unlink()

    def _check_collection_proof(self):
        if not self.env.su and "credit.collection.action" in self.sudo().mapped("res_model"):
            raise AccessError(self.env._("What went with a collection message is kept as it was sent."))
