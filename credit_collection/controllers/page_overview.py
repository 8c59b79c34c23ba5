from odoo import http

from .page import page_route
from .page_shown import render


class CollectionOverview(http.Controller):
    """The front page: what is open, and the ways on."""

    @page_route()
    def collection_overview(self, visit):
        debtor = visit.debtor
        rows = debtor._mark_page_rows(debtor._get_page_items())
        return render(
            "credit_collection.page_overview",
            visit,
            rows=[row for row in rows if not row["is_credit"]],
            credits=[row for row in rows if row["is_credit"]],
            totals=debtor._get_page_totals(rows),
            words=debtor._get_page_words(rows),
            stories=debtor._get_page_story(),
            person=debtor._get_page_person(),
        )
