from odoo import api, models


class CreditCollectionChannelEmail(models.AbstractModel):
    """The outcome of a dispute takes along what proves it."""

    _inherit = "credit.collection.channel.email"

    @api.model
    def _attach(self, action):
        """Copy the evidence for the customer: only files of the dispute itself, whatever else somebody linked."""
        super()._attach(action)
        if action.purpose != "dispute_outcome":
            return
        dispute = action.dispute_id
        for file in dispute.evidence_sent_ids.sudo():
            if (file.res_model, file.res_id) == (dispute._name, dispute.id):
                file.copy({"res_model": action._name, "res_id": action.id, "name": file.name})
