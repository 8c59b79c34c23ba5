from odoo import models


class CreditCollectionReportOpenItem(models.Model):
    _inherit = "credit.collection.report.open.item"

    def action_propose_writeoff(self):
        """Propose the items chosen as a small sum, and open it: nothing is booked before it is decided."""
        items = self.filtered(lambda item: item.residual > 0).move_line_id
        return self.env["credit.collection.writeoff"]._propose_items(items)._get_action_form()
