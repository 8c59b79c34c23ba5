from odoo import api, fields, models

# What leads nobody to the page.
NOT_WRITTEN = ("phone", "person", "automation")


class CreditCollectionAction(models.Model):
    """Whether the customer opened the page after our message; the page itself tells, never a pixel or a GET."""

    _inherit = "credit.collection.action"

    page_seen_at = fields.Datetime("Page opened on", readonly=True, copy=False)

    @api.model
    def _find_unseen(self, debtor):
        """Return the last message to the debtor, as root, when the page was not opened since it left."""
        domain = [("debtor_id", "=", debtor.id), ("state", "=", "sent"), ("channel", "not in", NOT_WRITTEN)]
        last = self.sudo().search(domain, order="date_sent desc, id desc", limit=1)
        return last.filtered(lambda action: not action.page_seen_at)
