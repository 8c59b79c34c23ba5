from odoo import fields, models


class CreditCollectionPayday(models.Model):
    """A day asked for, as the customer sees it on the page."""

    _inherit = "credit.collection.payday"

    def _say_page_state(self):
        """Return in plain words what became of it."""
        self.ensure_one()
        return {
            "asked": self.env._("A manager decides about it and writes to you."),
            "approved": self.env._("Agreed, for your next invoices."),
            "refused": self.env._("We could not agree to it. Please ask for another day, or call us."),
        }.get(self.approval_state) or self.env._("It does not stand any more.")


class CreditCollectionDebtor(models.Model):
    _inherit = "credit.collection.debtor"

    payday_ids = fields.One2many("credit.collection.payday", "debtor_id", string="Payment days asked for")

    def _get_agreed_payday(self):
        """Return the request whose day is agreed and still the one that the terms end on."""
        agreed = self.payday_ids.filtered(
            lambda request: request.approval_state == "approved" and str(request.day) == self.payment_days
        )
        return agreed.sorted("id")[-1:]
