from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .page import page_route
from .page_shown import go_on, render


class CollectionReceived(http.Controller):
    """Before the due date: did the invoice come, and is it in order? And: the page was opened."""

    @page_route("/item/<int:item_id>/received", methods=("POST",), form="_show_received")
    def collection_received(self, visit, item_id=0, answer=""):
        """Keep that the invoice is in order; a problem leads to the form for it."""
        row = self._find_row(visit, item_id)
        if answer == "problem":
            return go_on(visit, path=f"/dispute?item={item_id}")
        if answer != "yes":
            raise UserError(visit.env._("Please choose one of the two answers."))
        if row["overdue"] or row["is_credit"]:
            raise UserError(visit.env._("This invoice is past its due date. Please pay it, or tell us what is wrong."))
        row["move"]._note_collection_received(visit.debtor, visit.contact)
        said = visit.env._("Thank you: we have noted that %s is in order.", row["move"].name)
        visit.debtor._confirm_answer(visit.contact, said)
        return go_on(visit, said, f"/item/{item_id}")

    def _find_row(self, visit, item_id):
        rows = visit.debtor._get_page_rows([item_id])
        if not rows:
            raise request.not_found()
        return rows[0]

    def _show_received(self, visit, error=None, item_id=0, answer=""):
        row = self._find_row(visit, item_id)
        return render("credit_collection.page_received", visit, error=error, row=row)

    @page_route("/seen", methods=("POST",), limit="seen")
    def collection_seen(self, visit):
        """The page was looked at: told by the page itself, never by a GET, which mail scanners make."""
        visit.debtor._note_page_seen()
        return request.make_response("", status=204)
