"""From core's page that waits for the provider, payments of the customer's page lead on to its own receipt."""

from odoo import http
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing
from odoo.http import request


class CollectionPayStatus(PaymentPostProcessing):
    """Core waits for a payment as long as it is pending, which may be days; the receipt says what happens next."""

    @http.route()
    def display_status(self, **kwargs):
        tx = self._get_monitored_transaction()
        if tx.collection_item_ids and tx.state != "draft" and tx.is_post_processed:
            return request.redirect(tx.landing_route, local=True)
        return super().display_status(**kwargs)

    @http.route()
    def poll_status(self, **kwargs):
        values = super().poll_status(**kwargs)
        tx = self._get_monitored_transaction()
        if tx.collection_item_ids and tx.state == "pending":
            # Core's script leads on at once from any state but draft and pending.
            values["state"] = "authorized"
        return values
