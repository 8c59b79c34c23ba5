from odoo import fields, models


class CreditCollectionDebtor(models.Model):
    """When the customer last opened the page after a message of ours."""

    _inherit = "credit.collection.debtor"

    page_seen_at = fields.Datetime("Page opened on", compute="_compute_page_seen_at")

    # === COMPUTE METHODS === #

    def _compute_page_seen_at(self):
        groups = self.env["credit.collection.action"]._read_group(
            [("debtor_id", "in", self.ids), ("page_seen_at", "!=", False)], ["debtor_id"], ["page_seen_at:max"]
        )
        seen = dict(groups)
        for debtor in self:
            debtor.page_seen_at = seen.get(debtor)

    # === BUSINESS METHODS === #

    def _note_page_seen(self):
        """Note on the last message that the page was opened, once."""
        self.env["credit.collection.action"]._find_unseen(self).page_seen_at = fields.Datetime.now()
