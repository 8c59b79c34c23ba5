"""Core's own pages to pay an invoice keep to what the customer's page knows, and the other way round."""

import json

from odoo import fields
from odoo.tests import freeze_time, tagged

from .test_page_pay import NOW, PayCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePayPortal(PayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param("account_payment.enable_portal_payment", "True")

    # === HELPERS === #

    def _post_core(self, path, **values):
        params = {
            "provider_id": self.provider.id, "payment_method_id": self.method.id, "token_id": None, "flow": "direct",
            "tokenization_requested": False, "landing_route": "/my/invoices", "is_validation": False, **values,
        }  # fmt: skip
        return self.url_open(path, json={"jsonrpc": "2.0", "params": params}).json()

    def _pay_core(self, move, amount=None, **values):
        """Press the button of core's page of one invoice, as whoever has its link."""
        return self._post_core(
            f"/invoice/transaction/{move.id}",
            amount=amount or move.amount_residual,
            access_token=move._portal_ensure_token(),
            **values,
        )

    def _pay_core_overdue(self):
        amount = self.move.amount_residual + self.second.amount_residual
        return self._post_core("/invoice/transaction/overdue", amount=amount, payment_reference="BATCH/1")

    def _sign_in_as_customer(self):
        user = self._new_portal_user("payer", self.customer)
        # Core's overdue page is about the invoices in the user's own name.
        user.partner_id = self.customer
        self.authenticate("page_payer", "page_payer")

    # === BEGUN HERE === #

    def test_core_s_page_still_takes_payments(self):
        answer = self._pay_core(self.move)
        tx = self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])
        self.assertEqual((tx.amount, tx.invoice_ids), (1000, self.move))
        self._finish(tx)
        self.assertEqual(self._open(self.move), 0)

    def test_what_was_begun_on_our_page_is_not_begun_on_core_s(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        self.assertIn("a moment ago", self._refusal(self._pay_core(self.move)))
        self.assertIn("result", self._pay_core(self.second))
        self.assertEqual(self.move.transaction_ids, tx)

    def test_what_was_begun_earlier_is_answered_on_our_page(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        tx.last_state_change = fields.Datetime.subtract(fields.Datetime.now(), hours=3)
        refusal = self._refusal(self._pay_core(self.move))
        self.assertIn("has not told us how that ended", refusal)
        self.assertIn("“Your account”", refusal)
        tx.last_state_change = fields.Datetime.subtract(fields.Datetime.now(), hours=24)
        self.assertIn("result", self._pay_core(self.move))

    def test_what_is_under_way_from_our_page_is_not_paid_on_core_s(self):
        self._enter()
        self._finish(self._begun({self.move: "400"}), "pending")
        self.assertIn("A payment of it is under way", self._refusal(self._pay_core(self.move)))

    def test_what_was_paid_on_our_page_and_is_not_booked_is_not_paid_on_core_s(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done"})
        self.assertIn("is being booked", self._refusal(self._pay_core(self.move)))

    def test_a_part_of_several_in_core_s_overdue_page_stops_all_of_them(self):
        self._sign_in_as_customer()
        self._begun({self.second: "100"})
        self.assertIn("a moment ago", self._refusal(self._pay_core_overdue()))
        self.assertFalse(self.move.transaction_ids)

    def test_core_s_overdue_page_still_takes_payments(self):
        self._sign_in_as_customer()
        answer = self._pay_core_overdue()
        tx = self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])
        self.assertEqual(tx.invoice_ids, self.move | self.second)

    # === BEGUN THERE === #

    def test_what_was_begun_on_core_s_page_is_not_begun_on_ours(self):
        reference = self._pay_core(self.move)["result"]["reference"]
        tx = self.env["payment.transaction"].search([("reference", "=", reference)])
        self._enter()
        choice = self._choice({self.move: "1000"})
        self.assertIn("a moment ago", self._refusal(self._begin(choice)))
        tx.last_state_change = fields.Datetime.subtract(fields.Datetime.now(), hours=3)
        self.assertIn("has not told us how that ended", self._refusal(self._begin(choice)))
        self.assertRegex(self._words(self._get(f"/pay/{choice}")), rf"began to pay \$ ?1,000.00 for {self.move.name}")
        self._finish(tx, "pending")
        self.assertIn("under way", self._refusal(self._begin(choice)))

    # === WHAT CANNOT BE PAID THERE EITHER === #

    def test_what_an_insolvency_freezes_is_not_paid_on_core_s_page(self):
        self.debtor.write({"insolvency_date": "2026-02-20", "insolvency_reference": "Lyon, 26/118"})
        refusal = self._refusal(self._pay_core(self.move))
        self.assertIn(f"{self.move.name}: Because of the proceedings opened on", refusal)
        self.assertIn("the administrator decides", refusal)
        self.assertFalse(self.move.transaction_ids)
        self.debtor.insolvency_date = "2025-12-31"
        self.assertIn("result", self._pay_core(self.move))

    def test_what_is_factored_or_collected_by_us_is_not_paid_on_core_s_page(self):
        self.move.collection_exempt = "factored"
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        method.collection_by_us = True
        self.second.preferred_payment_method_line_id = method
        self.assertIn("was assigned", self._refusal(self._pay_core(self.move)))
        self.assertIn(f"{self.second.name}: We collect", self._refusal(self._pay_core(self.second)))
        self._sign_in_as_customer()
        self.assertRegex(self._refusal(self._pay_core_overdue()), "was assigned|direct debit")
        self.assertFalse((self.move | self.second).transaction_ids)

    # === WHOSE === #

    def test_without_the_right_token_nothing_is_told_of_the_invoice(self):
        self.debtor.write({"insolvency_date": "2026-03-15", "insolvency_reference": "Lyon, 26/118"})
        answer = self._post_core(f"/invoice/transaction/{self.second.id}", amount=1, access_token="x")
        self.assertIn("access token is invalid", self._refusal(answer))
        self.assertNotIn(self.second.name, json.dumps(answer))
