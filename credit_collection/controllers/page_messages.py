from odoo import http
from odoo.http import request

from .page import page_route
from .page_item import download
from .page_shown import render


class CollectionMessages(http.Controller):
    """The messages that the customer received, as they were sent."""

    @page_route("/messages")
    def collection_messages(self, visit):
        messages = visit.debtor._get_page_messages()
        days = list(messages.grouped("date_sent").items())
        return render("credit_collection.page_messages", visit, place_now="/messages", days=days)

    @page_route("/messages/<int:action_id>")
    def collection_message(self, visit, action_id=0):
        message = self._find(visit, action_id)
        return render(
            "credit_collection.page_message",
            visit,
            place_now="/messages",
            message=message,
            items=visit.debtor._find_page_items(message.line_ids.move_line_id.ids),
            files=message._get_page_files(),
        )

    @page_route("/messages/<int:action_id>/file/<int:sent_id>")
    def collection_message_file(self, visit, action_id=0, sent_id=0):
        message = self._find(visit, action_id)
        file = message._find_page_file(sent_id)
        if not file:
            raise request.not_found()
        return download(file.raw, file.mimetype or "application/octet-stream", message._get_page_file_name(file))

    def _find(self, visit, action_id):
        message = visit.debtor._find_page_message(action_id)
        if not message:
            raise request.not_found()
        return message
