"""A payment under way is taken off what can be paid, no more and no less; what is asked for is what is proposed."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from .test_page_pay import NOW, PayCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePayUnderWay(PayCommon):
    def _pending(self, amounts):
        tx = self._begun(amounts)
        self._finish(tx, "pending")
        return tx

    def _greeting(self):
        rows = self.debtor._mark_page_rows(self.debtor._get_page_items())
        return " ".join(said["text"] for said in self.debtor._get_page_words(rows))

    def _proposed(self, query=""):
        """``{invoice: amount}`` of what the form shows ticked."""
        page = self._get(f"/pay{query}").text
        moves = self.env["account.move"].search([("partner_id", "=", self.customer.id), ("state", "=", "posted")])
        found = {}
        for move in moves:
            number = self._item(move).id
            if f'id="item_{number}" checked' in page:
                found[move] = page.split(f'name="amount_{number}"')[1].split('value="')[1].split('"')[0]
        return found

    # === UNDER WAY === #

    def test_of_a_part_that_is_under_way_the_rest_can_be_paid(self):
        self._enter()
        whole = self._choice({self.move: "1000"})
        self._pending({self.move: "100"})
        page = self._get("/pay")
        self.assertRegex(self._words(page), r"\$ ?100.00 under way, \$ ?900.00 still open")
        self.assertNotIn("nothing more to do", self._words(page))
        self.assertRegex(page.text, rf'name="amount_{self._item(self.move).id}"[^>]*value="900.00"')
        self.assertIn("900.00", self._refusal(self._begin(whole)))
        self.assertEqual(self._choose({self.move: "900.01"}).status_code, 422)
        tx = self._begun({self.move: "900"})
        self._finish(tx)
        self.assertEqual(self._open(self.move), 100)
        self.assertIn("nothing more to do", self._words(self._get("/pay")))
        self.assertEqual(self._choose({self.move: "0.01"}).status_code, 422)

    def test_two_tabs_charge_no_more_than_what_is_open(self):
        self._enter()
        one, two = self._choice({self.move: "600"}), self._choice({self.move: "500"})
        self.assertIn("result", self._begin(one))
        self._finish(self.move.transaction_ids, "pending")
        self.assertIn("400.00", self._refusal(self._begin(two)))
        self.assertEqual(sum(self.move.transaction_ids.mapped("amount")), 600)

    def test_several_parts_under_way_add_up(self):
        self._enter()
        self._pending({self.move: "100", self.second: "500"})
        self._pending({self.move: "250"})
        words = self._words(self._get("/pay"))
        self.assertRegex(words, r"\$ ?350.00 under way, \$ ?650.00 still open")
        self.assertIn("A payment of 20 Mar 2026 is under way", words)

    def test_the_overview_says_the_same(self):
        self._enter()
        self._pending({self.move: "100"})
        words = self._words(self._get())
        self.assertRegex(words, r"\$ ?100.00 under way")
        self.assertRegex(words, r"\$ ?900.00 still open")
        self.assertRegex(self._words(self._get(f"/item/{self._item(self.move).id}")), r"\$ ?900.00 still open")
        self.assertRegex(self._greeting(), r"\$.1,400.00.*Your payment of \$.100.00 is under way: thank you")
        self.assertIn("Pay what is chosen", words)

    def test_with_nothing_left_to_choose_there_is_nothing_to_press(self):
        self._enter()
        self._pending({self.move: "1000", self.second: "500"})
        page = self._words(self._get())
        self.assertNotIn("Pay what is chosen", page)
        self.assertNotIn("See and pay", page)
        self.assertIn("nothing else to do", self._greeting())

    def test_a_payment_of_core_s_page_is_taken_off_as_well(self):
        self._enter()
        tx = self._pending({self.move: "400"})
        tx.collection_item_ids.sudo().unlink()
        self.assertRegex(self._words(self._get("/pay")), r"\$ ?400.00 under way, \$ ?600.00 still open")

    def test_what_never_came_is_taken_off_for_two_weeks_only(self):
        self._enter()
        tx = self._pending({self.move: "400"})
        tx.last_state_change = fields.Datetime.now() - timedelta(days=15)
        self.assertNotIn("under way", self._words(self._get("/pay")))
        self.assertEqual(self._choose({self.move: "1000"}).status_code, 303)

    # === PROPOSED === #

    def test_what_is_promised_or_in_a_plan_is_not_proposed(self):
        third = self._new_invoice("2026-03-12", 80)
        promises, plans = self.env["credit.collection.promise"], self.env["credit.collection.plan"]
        promises._make(
            self.debtor, self._item(self.second), date=fields.Date.to_date("2026-03-25"), contact=self.contact
        )
        plans._propose(self.debtor, self._item(third), count=2)._accept()
        self._enter()
        self.assertEqual(self._proposed(), {self.move: "1,000.00"})
        self.assertIn("1,000.00 was due", self._greeting())
        self.assertIn(self.second, self._proposed(f"?item={self._item(self.second).id}"))

    def test_what_the_customer_told_us_is_paid_is_not_proposed(self):
        rows = self.debtor._get_pay_rows()
        self.assertEqual([self.debtor._is_page_asked(row) for row in rows], [True, True])
        self.debtor._answer_paid(self.contact, rows[0]["item"], self.debtor._get_today(), "Paid by cheque")
        rows = self.debtor._get_pay_rows()
        self.assertEqual([self.debtor._is_page_asked(row) for row in rows], [False, True])

    def test_the_reason_stands_beside_an_amount_that_is_less_than_what_is_open(self):
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "line_ids": [Command.create({"move_line_id": self._item(self.second).id, "amount": 300})],
            }
        )
        self._new_credit(150)
        self._enter()
        words = self._words(self._get("/pay"))
        self.assertRegex(words, r"\$ ?300.00 is in question\.")
        self.assertRegex(words, r"\$ ?150.00 is covered by your credit\.")
        self.assertEqual(self._proposed(), {self.move: "850.00", self.second: "200.00"})

    def _new_credit(self, amount):
        return self._new_invoice("2026-03-01", amount, move_type="out_refund")
