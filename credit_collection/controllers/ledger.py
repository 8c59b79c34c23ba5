import logging
import os
import tempfile

from odoo import fields, http
from odoo.http import Response, content_disposition, request
from werkzeug.wsgi import wrap_file

_logger = logging.getLogger(__name__)

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class CollectionLedger(http.Controller):
    """The ledger as a file. It is written to the disk first: a ledger is larger than the memory of a worker."""

    @http.route("/credit_collection/ledger", type="http", auth="user", methods=["GET"], readonly=True)
    def ledger(self, company, history="0", kind="csv"):
        company = request.env["res.company"].browse(int(company) if company.isdecimal() else 0).sudo().exists()
        if not company or kind not in KINDS:
            raise request.not_found()
        _logger.info("%s exports the ledger of %s", request.env.user.login, company.name)
        # Closed, and so gone, when the last byte is sent.
        target = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            request.env["credit.collection.ledger"]._write(target, company, history == "1", kind)
        except Exception:  # nobody will read what was begun: the disk has it back at once, and Odoo tells what happened
            target.close()
            raise
        name = f"{company.name} {fields.Date.today()}.{kind}"
        return self._download(target, KINDS[kind], name)

    def _download(self, target, mimetype, name):
        headers = [
            ("Content-Type", mimetype),
            ("Content-Length", target.seek(0, os.SEEK_END)),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        target.seek(0)
        return Response(wrap_file(request.httprequest.environ, target), headers=headers, direct_passthrough=True)
