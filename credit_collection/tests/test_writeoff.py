"""Small sums: proposed after two months, decided within a limit, booked by core's own means, taken back again."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import DAY, CollectionCommon

TODAY = "2026-06-01"


@freeze_time("2026-06-01 09:00:00")
@tagged("post_install", "-at_install")
class TestWriteoff(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario.step_ids.min_amount = 20
        expense = cls.company_data["default_account_expense"]
        cls.charges, cls.losses = expense.copy({"name": "Bank charges"}), expense.copy({"name": "Small losses"})
        cls.company.write(
            {
                "collection_writeoff_journal_id": cls.company_data["default_journal_misc"].id,
                "collection_writeoff_bank_charge_account_id": cls.charges.id,
                "collection_writeoff_not_worth_account_id": cls.losses.id,
            }
        )

    def _propose(self, date=TODAY):
        self._create_files()
        return self.env["credit.collection.writeoff"]._propose(self.company, DAY(date))

    def _create_files(self):
        self.env["credit.collection.debtor"]._create_missing(self.company)
        self.env["credit.collection.profile"]._assign(self.company)

    def _report(self, moves):
        self._create_files()
        items = self.env["credit.collection.report.open.item"].with_user(self.collector)
        return items.browse(self._item(moves).ids)

    def _by_hand(self, moves, user=None):
        opened = self._report(moves).with_user(user or self.collector).action_propose_writeoff()
        return self.env["credit.collection.writeoff"].with_user(user or self.collector).browse(opened["res_id"])

    # === WHAT IS PROPOSED === #

    def test_what_stays_below_the_minimum_for_sixty_days_is_proposed_once(self):
        move = self._new_invoice("2026-04-02", 12)
        self._new_invoice("2026-04-02", 500, partner=self._new_customer("Large"))
        self.assertFalse(self._propose("2026-05-31"), "59 days")
        sum_ = self._propose()
        self.assertEqual((sum_.debtor_id, sum_.amount, sum_.reason), (self._debtor(), 12, "not_worth"))
        line = sum_.line_ids
        self.assertEqual((line.move_line_id, line.amount, line.amount_company), (self._item(move), 12, 12))
        self.assertEqual(sum_.references, move.name)
        self.assertFalse(self._propose())
        self.assertFalse(self._propose("2026-06-10"))

    def test_a_rest_waits_since_the_payment_that_left_it(self):
        move = self._new_invoice("2026-02-01", 1000)
        self._pay(move, 993, "2026-04-10")
        self.assertFalse(self._propose(), "small for 52 days only")
        sum_ = self._propose("2026-06-09")
        self.assertEqual((sum_.amount, sum_.reason), (7, "bank_charge"))

    def test_items_of_one_customer_are_one_sum_and_are_weighed_together(self):
        moves = self._new_invoice("2026-03-01", 6) | self._new_invoice("2026-03-02", 7)
        sum_ = self._propose()
        self.assertEqual((sum_.amount, sum_.line_ids.move_id), (13, moves))
        other = self._new_customer("Other")
        for __ in range(3):
            self._new_invoice("2026-03-01", 10, partner=other)
        self.assertFalse(self._propose(), "together they are worth a message")

    def test_a_minimum_in_percent_of_the_position_makes_no_small_sum(self):
        self.scenario.step_ids.write({"min_amount": 0, "min_percentage": 10})
        small = self._new_invoice("2026-03-01", 500)
        self._new_invoice("2026-12-01", 50000)
        self.assertEqual(self._standing(small, TODAY)["standing"], "minimum")
        self.assertFalse(self._propose())

    def test_the_settings_say_when_and_up_to_how_much(self):
        self._new_invoice("2026-05-20", 12)
        self.company.collection_writeoff_days = 10
        self.company.collection_writeoff_max = 11.99
        self.assertFalse(self._propose())
        self.company.collection_writeoff_days = 0
        self.company.collection_writeoff_max = 0
        self.assertFalse(self._propose(), "0 days: never")
        self.company.collection_writeoff_days = 10
        self.assertEqual(self._propose().amount, 12)

    def test_nothing_disputed_held_or_covered_is_proposed(self):
        disputed = self._new_invoice("2026-03-01", 12)
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].create({"name": "Price"}).id,
                "line_ids": [(0, 0, {"move_line_id": self._item(disputed).id, "amount": 5})],
            }
        )
        held = self._new_customer("Held")
        self._new_invoice("2026-03-01", 12, partner=held)
        self._debtor(held).write({"hold_until": "2026-07-01", "hold_reason": "Talks"})
        covered = self._new_customer("Covered")
        self._new_invoice("2026-03-01", 12, partner=covered)
        self._new_invoice("2026-03-01", 5, partner=covered, move_type="out_refund")
        self.assertFalse(self._propose())

    def test_nothing_before_a_formal_step_is_proposed(self):
        self.company.collection_scenario_id = self._new_scenario([(4, "formal")], on=True)
        self.company.collection_scenario_id.step_ids.min_amount = 300
        move = self._new_invoice("2026-03-01", 250)
        self.assertEqual(self._standing(move, TODAY)["standing"], "minimum", "it never reaches the formal step either")
        self.assertFalse(self._propose())

    def test_nothing_after_a_formal_notice_is_proposed(self):
        self.scenario.step_ids.min_amount = 0
        move = self._new_invoice("2026-03-01", 12)
        self._plan("2026-03-05")
        self._send("2026-03-05")
        self.scenario.step_ids.min_amount = 20
        line = self.env["credit.collection.action.line"].search([("move_id", "=", move.id)])
        line.sudo().tone = "formal"
        self.assertFalse(self._propose())
        line.sudo().tone = "friendly"
        self.assertTrue(self._propose())

    def test_what_was_paid_or_contested_since_is_taken_back(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose()
        self._pay(move, 5, TODAY)
        self._propose("2026-06-02")
        self.assertEqual(sum_.state, "cancelled")
        self.assertIn("Paid, changed or held", sum_.state_reason)

    def test_another_company_is_left_alone(self):
        self._new_invoice("2026-03-01", 12)
        other = self.setup_other_company()["company"]
        self.assertFalse(self.env["credit.collection.writeoff"]._propose(other, DAY(TODAY)))

    def test_the_daily_pass_proposes_where_a_scenario_is_on(self):
        self._new_invoice("2026-03-01", 12)
        self._create_files()
        with self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_propose_writeoff").method_direct_trigger()
        self.assertEqual(self.env["credit.collection.writeoff"].search([]).amount, 12)

    # === WHO DECIDES === #

    def test_a_collector_without_rights_in_accounting_writes_off_and_it_is_booked(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        with self.assertRaises(AccessError):
            move.with_user(self.collector).button_draft()
        sum_.action_write_off()
        self.assertEqual((sum_.state, sum_.decided_by_id, sum_.date_decided), ("done", self.collector, DAY(TODAY)))
        item = self._item(move)
        self.assertTrue(item.reconciled)
        self.assertEqual((item.amount_residual, move.payment_state), (0, "paid"))
        entry = sum_.sudo().move_id
        self.assertEqual((entry.state, entry.date), ("posted", DAY(TODAY)))
        self.assertEqual(entry.journal_id, self.company_data["default_journal_misc"])
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"account_id": item.account_id.id, "balance": -12, "partner_id": self.customer.id},
                {"account_id": self.losses.id, "balance": 12, "partner_id": self.customer.id},
            ],
        )

    def test_it_is_logged_on_debtor_and_invoice_in_the_name_of_who_decided(self):
        move = self._new_invoice("2026-03-01", 12)
        self._propose().with_user(self.collector).action_write_off()
        for record in (move, self._debtor()):
            message = record.message_ids.filtered(lambda message: "Written off: Not worth it" in message.body)
            self.assertEqual(message.author_id, self.collector.partner_id)

    def test_above_the_limit_the_error_names_who_may(self):
        move = self._new_invoice("2026-03-01", 50.01)
        sum_ = self._by_hand(move)
        with self.assertRaisesRegex(UserError, r"50\.01 is more than the .*50\.00 .*These may: .*Manager"):
            sum_.action_write_off()
        sum_.with_user(self.manager).action_write_off()
        self.assertTrue(self._item(move).reconciled)
        exactly = self._new_invoice("2026-03-01", 50)
        self._by_hand(exactly).action_write_off()
        self._new_head_of_books()
        large = self._by_hand(self._new_invoice("2026-03-01", 500.01))
        with self.assertRaisesRegex(UserError, "more than the .*500.00 .*These may: .*Head of the books"):
            large.with_user(self.manager).action_write_off()

    def _new_head_of_books(self):
        head = self._new_user("head of the books", "account.group_account_manager")
        self.assertFalse(head.has_group("credit_collection.group_credit_collection_user"))
        return head

    def test_above_the_limits_an_administrator_of_accounting_decides(self):
        head = self._new_head_of_books()
        move = self._new_invoice("2026-03-01", 500.01)
        sum_ = self._by_hand(move).with_user(head)
        self.assertTrue(sum_.may_decide)
        sum_.reason = "bank_charge"
        sum_.action_write_off()
        self.assertTrue(self._item(move).reconciled)
        self.assertEqual((sum_.state, sum_.decided_by_id), ("done", head))
        sum_.action_undo()
        self.assertEqual((sum_.state, self._item(move).reconciled), ("cancelled", False))
        other = self._by_hand(self._new_invoice("2026-03-01", 501)).with_user(head)
        other.action_refuse()
        self.assertEqual(other.state, "refused")

    def test_the_form_says_who_may_decide(self):
        sum_ = self._by_hand(self._new_invoice("2026-03-01", 50.01))
        self.assertFalse(sum_.may_decide)
        self.assertRegex(
            sum_.who_may,
            r"Collectors up to .*50\.00, collection managers up to .*500\.00, above.* These may: .*Manager",
        )
        self.assertTrue(sum_.with_user(self.manager).may_decide)
        self.assertNotIn("These may", sum_.with_user(self.manager).who_may)
        self.assertFalse(sum_.with_user(self.accountant).may_decide, "who only reads decides nothing")

    def test_accountants_who_do_not_run_the_books_read_and_decide_nothing(self):
        self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.accountant)
        self.assertEqual(sum_.references, sum_.line_ids.reference)
        for method in ("action_write_off", "action_refuse"):
            with self.assertRaises(AccessError):
                getattr(sum_, method)()

    def test_amounts_and_state_are_no_fields_to_edit(self):
        self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        for vals in ({"state": "done"}, {"amount": 1}, {"move_id": False}):
            with self.assertRaises(AccessError):
                sum_.write(vals)
        with self.assertRaises(AccessError):
            sum_.line_ids.write({"amount": 1})
        with self.assertRaises(AccessError):
            self.env["credit.collection.writeoff"].with_user(self.collector).create(
                {"debtor_id": sum_.debtor_id.id, "reason": "rounding"}
            )

    def test_the_reason_decides_the_account_until_it_is_decided(self):
        self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        with Form(sum_) as form:
            form.reason = "bank_charge"
        sum_.action_write_off()
        self.assertIn(self.charges, sum_.sudo().move_id.line_ids.account_id)
        with self.assertRaises(UserError):
            sum_.reason = "not_worth"

    def test_missing_books_are_told(self):
        self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        sum_.reason = "discount"
        with self.assertRaisesRegex(UserError, "no account for “Discount”"):
            sum_.action_write_off()
        self.company.collection_writeoff_journal_id = False
        with self.assertRaisesRegex(UserError, "no journal for small sums"):
            sum_.action_write_off()

    def test_what_is_refused_is_not_proposed_again(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        sum_.action_refuse()
        self.assertEqual(sum_.state, "refused")
        self.assertFalse(self._propose("2026-06-02"))
        with self.assertRaises(UserError):
            sum_.action_write_off()
        self.assertNotEqual(self._by_hand(move), sum_, "a person may change their mind")

    def test_several_are_written_off_from_the_list_or_none(self):
        self._new_invoice("2026-03-01", 12)
        self._new_invoice("2026-03-01", 13, partner=self._new_customer("Other"))
        sums = self._propose().with_user(self.collector)
        self.assertEqual(len(sums), 2)
        sums.action_write_off()
        self.assertEqual(sums.mapped("state"), ["done", "done"])
        with self.assertRaisesRegex(UserError, "Written off"):
            sums.action_write_off()

    # === WHAT IS BOOKED === #

    def test_what_has_changed_since_is_not_booked(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        self._pay(move, 5, TODAY)
        with self.assertRaisesRegex(UserError, "has changed since"):
            sum_.action_write_off()
        self.assertEqual(self._item(move).amount_residual, 7)

    def test_what_is_disputed_since_is_not_booked(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].create({"name": "Price"}).id,
                "line_ids": [(0, 0, {"move_line_id": self._item(move).id, "amount": 12})],
            }
        )
        with self.assertRaisesRegex(UserError, "no small sum.*Disputed"):
            sum_.action_write_off()

    def test_a_foreign_currency_is_closed_to_the_cent_in_both(self):
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 3.0), ("2026-05-01", 1.7)])
        move = self._new_invoice("2026-03-01", 1000, currency_id=currency.id)
        self._pay(move, 990.37, "2026-03-10")
        item = self._item(move)
        residual = item.amount_residual_currency, item.amount_residual
        self.assertEqual(residual[0], 9.63)
        self.assertNotEqual(residual[0], residual[1])
        sum_ = self._propose().with_user(self.collector)
        self.assertEqual((sum_.line_ids.amount, sum_.amount), residual)
        sum_.action_write_off()
        self.assertEqual((item.amount_residual_currency, item.amount_residual, item.reconciled), (0, 0, True))
        partials = item.matched_credit_ids.filtered(lambda part: part.credit_move_id.move_id == sum_.sudo().move_id)
        self.assertFalse(partials.exchange_move_id, "nothing was won or lost on the exchange")
        self.assertEqual(sum(sum_.sudo().move_id.line_ids.mapped("balance")), 0)

    def test_the_limit_is_in_company_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 3.0)])
        move = self._new_invoice("2026-03-01", 149, currency_id=currency.id)
        sum_ = self._by_hand(move)
        self.assertEqual(sum_.amount, 49.67)
        sum_.action_write_off()
        self.assertEqual(sum_.state, "done")
        self.assertEqual((self._item(move).amount_residual_currency, self._item(move).amount_residual), (0, 0))

    def test_undo_opens_the_items_again_and_they_are_reminded(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        sum_.action_write_off()
        entry = sum_.sudo().move_id
        sum_.action_undo()
        self.assertEqual((sum_.state, sum_.state_reason), ("cancelled", "Taken back by Collector"))
        self.assertEqual(entry.reversal_move_ids.state, "posted")
        self.assertEqual(self._item(move).amount_residual, 12)
        self.assertEqual(self._standing(move, TODAY)["standing"], "minimum")
        self.assertFalse(self._propose("2026-06-02"), "not again by itself")
        with self.assertRaises(UserError):
            sum_.action_undo()

    def test_an_entry_that_an_accountant_took_back_is_told_and_undone_without_another(self):
        move = self._new_invoice("2026-03-01", 12)
        sum_ = self._propose().with_user(self.collector)
        sum_.action_write_off()
        self.assertFalse(sum_.entry_undone)
        sum_.sudo().move_id._reverse_moves(cancel=True)
        self.assertTrue(sum_.entry_undone)
        sum_.action_undo()
        self.assertEqual(sum_.state, "cancelled")
        self.assertEqual(self._item(move).amount_residual, 12)
        self.assertEqual(len(sum_.sudo().move_id.reversal_move_ids), 1)

    def test_nobody_is_thanked_for_a_write_off(self):
        move = self._new_invoice("2026-05-20", 30)
        self._plan("2026-05-28")
        self._send("2026-05-28")
        self._by_hand(move).action_write_off()
        self.assertTrue(self._item(move).reconciled)
        thanks = self.env["credit.collection.action"]._plan_thanks(self.company, DAY("2026-06-02"))
        self.assertFalse(thanks)

    def test_what_waits_to_leave_for_it_is_stopped_at_once(self):
        move = self._new_invoice("2026-05-20", 30)
        action = self._plan(TODAY).action_ids
        self.assertEqual(action.state, "planned")
        self._by_hand(move).action_write_off()
        self.assertEqual(action.state, "skipped")

    # === BY HAND === #

    def test_from_the_open_items_a_small_sum_is_proposed_and_opened(self):
        moves = self._new_invoice("2026-05-20", 30) | self._new_invoice("2026-05-21", 5)
        sum_ = self._by_hand(moves)
        self.assertEqual((sum_.state, sum_.amount, len(sum_.line_ids)), ("proposed", 35, 2))
        self.assertEqual(self._by_hand(moves[0]), sum_, "what is proposed already is shown")
        self.assertEqual(self._debtor().writeoff_count, 1)

    def test_by_hand_what_is_held_contested_or_another_customers_is_refused(self):
        mine, other = (
            self._new_invoice("2026-05-20", 30),
            self._new_invoice("2026-05-20", 30, partner=self._new_customer("Other")),
        )
        with self.assertRaisesRegex(UserError, "one customer"):
            self._by_hand(mine | other)
        self._debtor().write({"hold_until": "2026-07-01", "hold_reason": "Talks"})
        with self.assertRaisesRegex(UserError, "on hold"):
            self._by_hand(mine)
        self._pay(other, date=TODAY)
        with self.assertRaisesRegex(UserError, "Paid or cancelled"):
            self.env["credit.collection.writeoff"].with_user(self.collector)._propose_items(self._item(other))

    def test_by_hand_nothing_leaves_a_formal_notice(self):
        move = self._new_invoice("2026-05-20", 30)
        self._plan("2026-05-28")
        self._send("2026-05-28")
        line = self.env["credit.collection.action.line"].search([("move_id", "=", move.id)])
        line.sudo().tone = "formal"
        with self.assertRaisesRegex(UserError, "formal notice"):
            self._by_hand(move)

    def test_files_that_are_joined_keep_their_small_sums(self):
        other = self._new_customer("Albatros")
        self._new_invoice("2026-03-01", 12, partner=other)
        sum_ = self._propose()
        self._debtor(other)._move_to(self.customer)
        self.env.invalidate_all()
        self.assertEqual(sum_.debtor_id, self._debtor())
