from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.credit_collection_action_letter import MOST_LETTERS
from ..tools import tabular

LIMIT = MOST_LETTERS


class CollectionDocuments(http.Controller):
    """Downloads for collectors. They only read: what was printed or exported is noted by the buttons that lead here."""

    @http.route("/credit_collection/letters", type="http", auth="user", methods=["GET"], readonly=True)
    def letters(self, ids):
        """Return the letters of the actions named, as one PDF."""
        actions = self._find(ids)
        try:
            document = actions._get_letters()
        except UserError as error:
            return request.make_response(str(error), [("Content-Type", "text/plain; charset=utf-8")], status=422)
        name = actions.letter_name or "letter.pdf" if len(actions) == 1 else "letters.pdf"
        return self._download(document, "application/pdf", name, inline=True)

    @http.route("/credit_collection/call_list", type="http", auth="user", methods=["GET"], readonly=True)
    def call_list(self, ids):
        """Return the calls named, each with number, language and script, for a voice service."""
        header, rows = self._find(ids)._prepare_call_list()
        return self._download(tabular.csv_bytes(header, rows), "text/csv; charset=utf-8", "calls.csv")

    def _find(self, ids):
        """Return the actions named that the user may read; nothing tells whether others exist."""
        wanted = [int(part) for part in ids.split(",")[:LIMIT] if part.isdecimal()]
        actions = request.env["credit.collection.action"].search([("id", "in", wanted)], order="id")
        if not actions:
            raise request.not_found()
        return actions

    def _download(self, content, mimetype, name, inline=False):
        disposition = content_disposition(name, "inline" if inline else "attachment")
        headers = [
            ("Content-Type", mimetype),
            ("Content-Length", len(content)),
            ("Content-Disposition", disposition),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
