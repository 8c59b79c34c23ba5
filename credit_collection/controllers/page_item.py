from contextlib import closing

from odoo import http
from odoo.http import content_disposition, request

from .page import check_printing, page_route
from .page_shown import render


class CollectionItem(http.Controller):
    """One item, explained: what was delivered, what was paid when, what is open."""

    @page_route("/item/<int:item_id>")
    def collection_item(self, visit, item_id=0):
        debtor, item = visit.debtor, self._find(visit, item_id)
        move = item.move_id
        invoice = move.is_invoice(include_receipts=True)
        rows = [row for row in debtor._get_page_items() if row["item"] == item]
        return render(
            "credit_collection.page_item",
            visit,
            item=item,
            move=move,
            row=next(iter(debtor._mark_page_rows(rows)), None),
            label=debtor._get_page_label(item),
            discount=debtor._get_discount(rows[0]) if rows else 0,
            is_invoice=invoice,
            lines=debtor._get_page_lines(move) if invoice else [],
            taxes=debtor._get_page_taxes(move) if invoice else [],
            parts=debtor._get_page_parts(item),
            steps=debtor._get_page_account(item),
            talk=debtor._get_page_talk(item),
            reminders=debtor._get_page_reminders(item),
        )

    @page_route("/item/<int:item_id>/pdf")
    def collection_item_pdf(self, visit, item_id=0):
        """Return the invoice as it was sent, else as it is printed; nothing is kept of it."""
        move = self._find(visit, item_id).move_id
        if not move.is_invoice(include_receipts=True):
            raise request.not_found()
        document = move._get_invoice_legal_documents("pdf")
        if not document:
            check_printing(visit)
            actions = visit.env["credit.collection.action"].with_context(report_pdf_no_attachment=True)
            # Core marks an invoice as changed while it prints it: that is taken back.
            with closing(visit.env.cr.savepoint()):
                document = actions._print_invoice(move)
        return download(document["content"], "application/pdf", document["filename"])

    def _find(self, visit, item_id):
        item = visit.debtor._find_page_item(item_id)
        if not item:
            raise request.not_found()
        return item


def download(content, mimetype, name):
    headers = [
        ("Content-Type", mimetype),
        ("Content-Length", len(content)),
        ("Content-Disposition", content_disposition(name)),
    ]
    return request.make_response(content, headers)
