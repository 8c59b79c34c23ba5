from odoo import models


class CreditCollectionAction(models.Model):
    """Invoices that were asked for again: right before they leave, something has to be open of them still."""

    _inherit = "credit.collection.action"

    def _recheck_beside(self, standings, date):
        if not super()._recheck_beside(standings, date):
            return False
        if self.purpose == "resend" and all(line.dropped for line in self.line_ids):
            self._set_skipped(self.env._("Nothing of it is open any more."))
            return False
        return True
