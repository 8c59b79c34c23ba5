"""What a customer sees on the front page, of an invoice, and of the messages."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageOverview(PageCommon):
    def test_look(self):
        self._enter()
        response = self._get()
        print(response.status_code, self._words(response))
        item = self._item(self.move)
        for path in (f"/item/{item.id}", f"/item/{item.id}/pdf", "/messages", "/statement/pdf", "/statement/xlsx", "/statement/pdf?months=12", "/statement/xlsx?months=12"):
            response = self._get(path)
            print(path, response.status_code, response.headers["Content-Type"], len(response.content), self._words(response)[:1500] if "text" in response.headers["Content-Type"] else "")
