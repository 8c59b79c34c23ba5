from odoo import http
from odoo.http import request

from .page import check_printing, page_route
from .page_item import download

MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_MONTHS = 36


class CollectionStatement(http.Controller):
    """The statement of account as a file; a collector gets the customer's own, in the customer's language."""

    @page_route("/statement/<string:kind>")
    def collection_statement(self, visit, kind="", months=""):
        if kind not in MIMETYPES:
            raise request.not_found()
        check_printing(visit)
        debtor = visit.debtor
        installed = dict(visit.env["res.lang"].get_installed())
        if visit.how == "preview" and visit.contact.lang in installed:
            debtor = debtor.with_context(lang=visit.contact.lang)
        statement = debtor.env["report.credit_collection.statement"]
        period = min(int(months), MOST_MONTHS) if months.isdecimal() and len(months) < 4 else 0
        content = statement._draw(debtor, period) if kind == "pdf" else statement._write_workbook(debtor, period)
        return download(content, MIMETYPES[kind], f"{statement._get_name(debtor, period)}.{kind}")
