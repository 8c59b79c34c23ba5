from odoo import models


class CreditCollectionDebtor(models.Model):
    """The statement of account for the collector: the customer's own."""

    _inherit = "credit.collection.debtor"

    def action_statement_pdf(self):
        return self._get_statement_action("pdf")

    def action_statement_xlsx(self):
        return self._get_statement_action("xlsx")

    def _get_statement_action(self, kind):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"{self._get_page_path()}/statement/{kind}", "target": "new"}
