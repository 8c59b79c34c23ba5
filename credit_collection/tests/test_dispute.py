from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestDispute(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Price"})

    def _open(self, amounts, user=None):
        """Open one dispute on ``{invoice: amount}``."""
        moves = list(amounts)
        return (
            self.env["credit.collection.dispute"]
            .with_user(user or self.collector)
            .create(
                {
                    "debtor_id": self._debtor(moves[0].partner_id).id,
                    "reason_id": self.reason.id,
                    "line_ids": [
                        (0, 0, {"move_line_id": self._item(move).id, "amount": amount})
                        for move, amount in amounts.items()
                    ],
                }
            )
        )

    def test_a_dispute_holds_exactly_the_disputed_amount(self):
        whole, part = self._new_invoice("2026-03-01", 500), self._new_invoice("2026-03-01", 1000)
        self._open({whole: 500, part: 200})
        self.assertEqual(self._standing(whole, "2026-03-05")["standing"], "disputed")
        standing = self._standing(part, "2026-03-05")
        self.assertEqual((standing["standing"], standing["disputed"], standing["free"]), ("due", 200, 800))
        ((__, message),) = self._cycle("2026-03-05")
        body = self._html(message)
        self.assertIn("800.00", message["Subject"])
        self.assertNotIn(whole.name, body, "what is disputed is not asked for, not even shown")
        self.assertIn("200.00", body, "the disputed part is told apart")

    def test_the_end_of_a_dispute_releases_after_grace_days(self):
        self.company.collection_dispute_grace = 5
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 1000})
        dispute.sudo().date_opened = DAY("2026-03-05")
        dispute._set_resolved(DAY("2026-03-06"))
        self.assertEqual(dispute.date_release, DAY("2026-03-14"), "five working days from Friday: the Saturday after")
        standing = self._standing(move, "2026-03-13")
        self.assertEqual((standing["standing"], standing["until"]), ("dispute_grace", DAY("2026-03-14")))
        self.assertEqual(self._standing(move, "2026-03-14")["standing"], "due")

    def test_a_cancelled_dispute_holds_no_longer(self):
        move = self._new_invoice("2026-03-01")
        self._open({move: 1000}).action_cancel()
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "due")

    def test_a_dispute_survives_draft_and_repost(self):
        move = self._new_invoice("2026-03-01")
        self._open({move: 400})
        move.button_draft()
        move.invoice_date_due = DAY("2026-03-03")
        move.action_post()
        self.assertEqual(self._standing(move, "2026-03-08")["disputed"], 400)

    def test_a_resolved_dispute_can_be_reopened_and_holds_again(self):
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 1000})
        dispute.action_resolve()
        closed = dispute.date_closed
        dispute.action_resolve()
        self.assertEqual(dispute.date_closed, closed, "a repeated event is harmless")
        dispute.action_reopen()
        self.assertEqual((dispute.state, dispute.date_release), ("new", False))
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "disputed")

    def test_the_owner_has_an_activity_until_it_ends(self):
        self.reason.user_id = self.manager
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        self.assertEqual(dispute.user_id, self.manager)
        self.assertEqual(dispute.activity_ids.user_id, self.manager)
        dispute.action_resolve()
        self.assertFalse(dispute.activity_ids)

    def test_no_more_can_be_disputed_than_is_open(self):
        move = self._new_invoice("2026-03-01", 500)
        with self.assertRaisesRegex(ValidationError, "only"):
            self._open({move: 500.01})
        with self.assertRaises(ValidationError):
            self.env["credit.collection.dispute"].create(
                {"debtor_id": self._debtor().id, "reason_id": self.reason.id, "line_ids": []}
            )

    def test_an_item_of_another_customer_is_refused(self):
        mine, other = (
            self._new_invoice("2026-03-01"),
            self._new_invoice("2026-03-01", partner=self._new_customer("Other")),
        )
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self._open({mine: 10, other: 10})

    def test_state_moves_through_the_gate_only(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        with self.assertRaises(AccessError):
            dispute.write({"state": "resolved"})
        with self.assertRaises(UserError):
            dispute.unlink()
        dispute.action_cancel()
        with self.assertRaises(UserError):
            dispute.action_resolve()

    def test_the_invoice_tells_its_dispute(self):
        move = self._new_invoice("2026-03-01")
        action = move.with_user(self.collector).action_open_collection_dispute()
        line = action["context"]["default_line_ids"][0][2]
        self.assertEqual((line["move_line_id"], line["amount"]), (self._item(move).id, 1000))
        self._open({move: 10})
        self.assertTrue(move.collection_disputed)
        self.assertEqual(move.collection_dispute_count, 1)
        found = self.env["account.move"].search([("collection_disputed", "=", True)])
        self.assertEqual(found, move)
        self.assertNotIn(move, self.env["account.move"].search([("collection_disputed", "=", False)]))

    def test_accountants_read_disputes_and_open_none(self):
        move = self._new_invoice("2026-03-01")
        self.assertEqual(self._open({move: 10}).with_user(self.accountant).state, "new")
        with self.assertRaises(AccessError):
            self._open({move: 10}, user=self.accountant)
