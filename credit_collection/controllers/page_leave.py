from odoo import http
from odoo.http import request

from ..models.credit_collection_debtor_page import PAGE
from .page import SESSION, page_route
from .page_shown import HEADERS, SAID, get_html_data, go_on


class CollectionLeave(http.Controller):
    """The way out, for who came by link on a computer of somebody else. With an account, one logs out."""

    @page_route("/leave", methods=("POST",), limit="choice")
    def collection_leave(self, visit):
        """Forget all links that this browser came by: what is ended by name is ended as a whole."""
        if visit.how != "link":
            return go_on(visit)
        for name in (SESSION, SAID):
            request.session.pop(name, None)
        return request.redirect(f"{PAGE}/left", code=303, local=True)

    @http.route(f"{PAGE}/left", type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def collection_left(self):
        values = {"no_breadcrumbs": True, "html_data": get_html_data()}
        response = request.render("credit_collection.page_left", values)
        response.headers.update(HEADERS)
        return response
