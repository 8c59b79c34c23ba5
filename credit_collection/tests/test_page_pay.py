"""Paying on the customer's page: what is chosen, that nothing is paid twice, and what the ledger makes of it."""

import re
from datetime import timedelta
from urllib.parse import unquote

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPagePay(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_invoice("2026-03-11", 500)
        cls.provider = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env.ref("payment.payment_provider_demo").copy({"company_id": cls.company.id})
        cls.provider.write({"state": "test", "is_published": True})
        cls.method = cls.env.ref("payment_demo.payment_method_demo")
        cls.method.active = True
        cls.provider.journal_id = cls.company_data["default_journal_bank"]

    # === HELPERS === #

    def _choose(self, amounts, **values):
        """Choose ``{invoice: what is typed}``; return the answer."""
        names = {f"amount_{self._item(move).id}": text for move, text in amounts.items()}
        return self._post("/pay", item=[str(self._item(move).id) for move in amounts], **names, **values)

    def _choice(self, amounts):
        response = self._choose(amounts)
        self.assertEqual(response.status_code, 303, self._words(response))
        return response.headers["Location"].rsplit("/", 1)[1]

    def _begin(self, choice, debtor=None, **values):
        """Press the button of the payment form; return what the server answers."""
        params = {
            "provider_id": self.provider.id, "payment_method_id": self.method.id, "token_id": None, "flow": "direct",
            "tokenization_requested": False, "landing_route": "/evil", "is_validation": False, "amount": 0.01,
            "access_token": "", **values,
        }  # fmt: skip
        path = f"/my/collection/{(debtor or self.debtor).id}/pay/{choice}/transaction"
        return self.url_open(path, json={"jsonrpc": "2.0", "params": params}).json()

    def _begun(self, amounts, **values):
        answer = self._begin(self._choice(amounts), **values)
        self.assertIn("result", answer, answer)
        return self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])

    def _refusal(self, answer):
        self.assertIn("error", answer, answer)
        return answer["error"]["data"]["message"]

    def _finish(self, tx, state="done"):
        tx._process("demo", {"reference": tx.reference, "simulated_state": state, "payment_details": "1234"})
        tx._post_process()

    def _open(self, move):
        return move.currency_id.round(sum(self._item(move).mapped("amount_residual_currency")))

    def _credit(self, tx):
        lines = tx.payment_id.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return -sum(lines.mapped("amount_residual_currency"))

    # === WHAT IS PAID === #

    def test_one_invoice_is_paid_from_the_link_to_the_ledger(self):
        self._enter()
        tx = self._begun({self.move: "1,000.00"})
        self.assertEqual((tx.amount, tx.currency_id, tx.state), (1000, self.move.currency_id, "draft"))
        self.assertEqual((tx.partner_id, tx.invoice_ids), (self.contact, self.move))
        self.assertIn(f"/my/collection/{self.debtor.id}/pay/receipt/", tx.landing_route)
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(self.second)), (0, 500))
        self.assertEqual((self.move.payment_state, tx.payment_id.partner_id), ("paid", self.customer))
        self.assertEqual(tx.payment_id.invoice_ids, self.move)
        words = self._words(self.url_open(tx.landing_route))
        self.assertIn("Thank you", words)
        self.assertIn(tx.reference, words)
