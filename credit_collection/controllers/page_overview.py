from odoo import http

from .page import page_route, render


class CollectionOverview(http.Controller):
    """The front page: what is open, and the ways on."""

    @page_route()
    def collection_overview(self, visit):
        rows = visit.debtor._get_page_items()
        totals = visit.debtor._get_page_totals(rows)
        return render("credit_collection.page_overview", visit, rows=rows, totals=totals)
