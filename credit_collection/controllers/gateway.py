from odoo import http
from odoo.http import request

LIMIT = 64 * 1024


class GatewayController(http.Controller):
    """What services report back about the messages that they took. The signature is the only way in."""

    @http.route(
        "/credit_collection/gateway/<int(max=2147483647):gateway_id>/callback",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=LIMIT,
    )
    def callback(self, gateway_id):
        """Answer in JSON. A body above the limit never comes here: Odoo answers 413 for it."""
        gateway = request.env["credit.collection.gateway"].sudo().browse(gateway_id).exists()
        status, answer = gateway._receive(request.httprequest.headers, request.httprequest.get_data())
        return request.make_json_response(answer, status=status)
