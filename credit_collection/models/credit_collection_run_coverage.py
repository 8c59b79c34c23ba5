from odoo import api, models


class CreditCollectionRun(models.Model):
    """After the run it is checked that nobody was forgotten."""

    _inherit = "credit.collection.run"

    @api.model
    def _cron_plan(self):
        result = super()._cron_plan()
        self.env.ref("credit_collection.ir_cron_credit_collection_coverage")._trigger()
        return result
