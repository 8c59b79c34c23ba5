from odoo import models


class CreditCollectionFeedback(models.Model):
    """Why it is late, as whoever said it sees it on the page."""

    _inherit = "credit.collection.feedback"

    def _say_page_words(self):
        """Return title and text of what was said."""
        self.ensure_one()
        reason = self.late_reason_id
        return self.env._("Why it takes longer: %s", reason.page_name or reason.name), self.comment

    def _say_page_state(self):
        """Return in plain words what became of it; where a colleague has answered, the answer."""
        self.ensure_one()
        if self.state == "answered":
            return self.env._("Our answer: %s", self.answer)
        if self.state == "open":
            return self.env._("%s reads it and answers you.", self.user_id.name or self.company_id.name)
        return self.env._("Noted. Thank you for telling us.")

    def _find_last(self, debtor, contact):
        """Return what the contact said last, as root."""
        domain = [("debtor_id", "=", debtor.id), ("contact_id", "=", contact.id)]
        return self.sudo().search(domain, limit=1)
