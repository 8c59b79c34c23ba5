from odoo import models


class CreditCollectionRemark(models.Model):
    """What the customer said on the page, and what became of it, in words for the customer."""

    _inherit = "credit.collection.remark"

    def _say_page_state(self):
        self.ensure_one()
        if self.state == "open":
            return self.env._("Received: %s reads it.", self.responsible_id.name or self.company_id.name)
        words = {
            "paid": self.env._("We are looking for your payment."),
            "dispute": self.env._("We look into it."),
            "promised": self.env._("Noted as your promise."),
            "approval": self.env._("We know that it is being checked on your side."),
            "call_back": self.env._("We call you back."),
            "resend": self.env._("We have sent your invoices again."),
        }
        return words.get(self.decision) or self.env._("Done. Thank you for telling us.")
