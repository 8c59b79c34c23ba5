"""What comes after paying: from core's page that waits to our receipt, which says what happens next."""

from odoo.tests import freeze_time, tagged

from .test_page_pay import NOW, PayCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePayReceipt(PayCommon):
    def _poll(self):
        return self.url_open("/payment/status/poll", json={"jsonrpc": "2.0", "params": {}}).json()["result"]

    def _status(self):
        return self.url_open("/payment/status", allow_redirects=False)

    def test_core_s_page_waits_for_the_provider_s_first_word_only(self):
        self._enter()
        tx = self._begun({self.move: "400"})
        self.assertEqual((self._status().status_code, self._poll()["state"]), (200, "draft"))
        for state in ("pending", "authorized", "done", "cancel", "error"):
            with self.subTest(state):
                tx.write({"state": state, "is_post_processed": False})
                answer = self._poll()
                # The states at which core's script goes on to the landing route.
                self.assertIn(answer["state"], ("authorized", "done", "cancel", "error"))
                self.assertEqual(answer["landing_route"], tx.landing_route)
                self.assertTrue(tx.is_post_processed)
                response = self._status()
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith(tx.landing_route))

    def test_of_other_payments_core_s_page_is_as_it_was(self):
        self._enter()
        tx = self._begun({self.move: "400"})
        tx.collection_item_ids.sudo().unlink()
        tx._set_pending()
        self.assertEqual((self._poll()["state"], self._status().status_code), ("pending", 200))

    def test_without_any_payment_core_s_page_says_so(self):
        self.assertEqual(self._status().status_code, 200)

    def _receipt(self, tx):
        page = self.url_open(tx.landing_route)
        self.assertEqual(page.status_code, 200)
        return page

    def test_the_receipt_has_number_day_means_items_and_what_is_left(self):
        self._enter()
        tx = self._begun({self.move: "400", self.second: "500"})
        self._finish(tx)
        page = self._receipt(tx)
        words = self._words(page)
        for part in (tx.reference, "20 Mar 2026", self.method.name, "PO-77", "nothing is left to pay"):
            self.assertIn(part, words)
        self.assertRegex(words, rf"{self.move.name} .* \$ ?400.00 still to pay: \$ ?600.00")
        self.assertIn(f"<title>Payment {tx.reference} – ", page.text)
        self.assertIn("o_collection_print", page.text)

    def test_one_invoice_s_payment_has_a_number_of_its_own(self):
        self._enter()
        tx = self._begun({self.move: "400"})
        self.assertEqual(tx.reference, f"{self.move.name}-260320")
        self._finish(tx)
        self.assertNotEqual(self._begun({self.move: "600"}).reference, tx.reference)

    def test_each_state_says_what_happens_next(self):
        self._enter()
        tx = self._begun({self.move: "400"})
        for state, words in (
            ("draft", "please reload this page"),
            ("pending", "you need not pay it again"),
            ("authorized", "you need not pay it again"),
            ("done", "There is nothing more to do for it"),
            ("cancel", "You have stopped this payment"),
            ("error", "You can try again"),
        ):
            with self.subTest(state):
                tx.state = state
                self.assertIn(words, self._words(self._receipt(tx)))

    def test_a_pending_part_says_what_is_left_of_the_invoice(self):
        self._enter()
        tx = self._begun({self.move: "400"})
        self._finish(tx, "pending")
        words = self._words(self._receipt(tx))
        self.assertRegex(words, r"still to pay: \$ ?600.00")
        self.assertNotIn("nothing more to do", words)

    # === CHANGED MEANWHILE === #

    def test_nobody_is_asked_to_pay_what_a_credit_covers(self):
        self._enter()
        choice = self._choice({self.move: "1000", self.second: "500"})
        self._pay(self.move, 850, "2026-03-20")
        self._new_invoice("2026-03-01", 150, move_type="out_refund")
        refusal = self._refusal(self._begin(choice))
        self.assertIn(f"Nothing was charged. {self.move.name}: your credit covers what is open", refusal)
        self.assertNotIn("150.00", refusal)
        self.assertIn("your credit covers what is open", self._words(self._choose({self.move: "200"})))

    def test_an_invoice_that_was_cancelled_is_not_named_as_paid(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        self.move.button_draft()
        refusal = self._refusal(self._begin(choice))
        self.assertIn("Nothing was charged. There is nothing to pay any more", refusal)
        self.assertNotIn("was paid", refusal)
