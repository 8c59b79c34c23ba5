from odoo import http
from odoo.http import request


class CollectionLink(http.Controller):
    """The short addresses in text messages. They only lead on: scanners that open them change nothing."""

    @http.route("/c/<string:code>", type="http", auth="public", methods=["GET"], sitemap=False, readonly=True)
    def follow(self, code):
        action = request.env["credit.collection.action"]._find_by_link(code)
        target = action and action._get_link_target()
        if not target:
            raise request.not_found()
        response = request.redirect(target, local=True)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "no-store"
        return response
