"""What became of promises: judged from the ledger, at once and every day, and anew when money comes back."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import LockError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .test_promise import PromiseCommon


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestPromiseJudge(PromiseCommon):
    def _note(self, move, amount, date="2026-03-10"):
        """A credit note of ``amount``, set against the invoice."""
        note = move._reverse_moves([{"invoice_date": date, "date": date}])
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        items = self._item(move) + self._item(note)
        items.filtered(lambda item: not item.reconciled).reconcile()
        self._commit()
        return note

    def _write_off(self, move, amount, date="2026-03-10"):
        entry = self.env["account.move"].create(
            {
                "date": date,
                "line_ids": [
                    Command.create({
                        "account_id": self._item(move).account_id.id, "credit": amount, "partner_id": self.customer.id,
                    }),
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": amount}),
                ],
            }
        )  # fmt: skip
        entry.action_post()
        (self._item(move) + self._item(entry)).reconcile()
        self._commit()

    def _came_back(self, payment):
        payment.move_id.line_ids.remove_move_reconcile()
        self._commit()

    # === KEPT === #

    def test_it_is_kept_as_soon_as_the_payment_is_there(self):
        promise = self._promise()
        self._pay_in(self.move)
        self.assertEqual((promise.state, promise.paid), ("kept", 1000))
        self.assertEqual(promise.date_judged, DAY("2026-03-05"), "on the day on which it was reconciled")
        self.assertFalse(promise.activity_ids)

    def test_part_payments_add_up(self):
        promise = self._promise()
        self._pay_in(self.move, 400, "2026-03-06")
        self.assertEqual((promise.state, promise.line_ids.live), ("open", True))
        self._pay_in(self.move, 600, "2026-03-16")
        self.assertEqual((promise.state, promise.paid), ("kept", 1000))

    def test_a_promise_of_a_part_is_kept_by_that_part_and_the_next_one_is_the_first_again(self):
        promise = self._promise(amount=400)
        self._pay_in(self.move, 400)
        self.assertEqual(promise.state, "kept")
        rest = self._promise()
        self.assertEqual((rest.amount, rest.number, rest.state), (600, 1, "open"))

    def test_money_of_the_same_day_counts_for_one_promise_only(self):
        first = self._promise(amount=400)
        self._pay_in(self.move, 400, "2026-03-05")
        self.assertEqual(first.state, "kept")
        rest = self._promise("2026-03-12", 300)
        self._judge("2026-03-06")
        self.assertEqual((rest.state, rest.paid), ("open", 0))
        self._pay_in(self.move, 300, "2026-03-05")
        self.assertEqual((rest.state, rest.paid), ("kept", 300))

    def test_money_from_before_counts_for_nothing(self):
        promise = self._promise(amount=500)
        self._pay_in(self.move, 700, "2026-03-04")
        self.assertEqual(promise.state, "open")
        self.assertEqual(self._judge("2026-03-17", promise), ["broken"])

    def test_a_bank_line_is_a_payment(self):
        promise = self._promise()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id, "date": "2026-03-09", "payment_ref": "VIR",
                "amount": 1000, "partner_id": self.customer.id,
            }
        )  # fmt: skip
        suspense = line.move_id.line_ids.filtered(lambda item: item.account_id == line.journal_id.suspense_account_id)
        suspense.account_id = self._item(self.move).account_id
        (self._item(self.move) + self._item(line.move_id)).reconcile()
        self._commit()
        self.assertEqual((promise.state, promise.paid), ("kept", 1000))

    def test_a_credit_note_lowers_what_is_asked_and_is_no_payment(self):
        promise = self._promise()
        self._note(self.move, 300)
        self.assertEqual((promise.state, promise.paid), ("open", 0))
        self._pay_in(self.move, 700)
        self.assertEqual((promise.state, promise.paid), ("kept", 700), "nothing is left")

    def test_what_is_credited_altogether_is_nobody_s_broken_promise(self):
        promise = self._promise()
        self._note(self.move, 1000)
        self.assertEqual(promise.state, "withdrawn")
        self.assertIn("credited", str(promise.message_ids[0].body))

    def test_a_write_off_keeps_no_promise(self):
        promise = self._promise()
        self._pay_in(self.move, 600)
        self._write_off(self.move, 400)
        self.assertEqual(promise.state, "open")
        self.assertEqual(self._judge("2026-03-17", promise), ["partly"])
        self.assertEqual(promise.paid, 600)

    # === BROKEN === #

    def test_nothing_came_it_is_broken_and_the_collector_is_told(self):
        promise = self._promise()
        self.assertEqual(self._judge("2026-03-16", promise), ["open"])
        self.assertEqual(self._judge("2026-03-17", promise), ["broken"])
        self.assertEqual((promise.date_judged, promise.paid), (DAY("2026-03-17"), 0))
        self.assertEqual(promise.activity_ids.user_id, self.collector)
        self.assertIn("Promise broken", promise.activity_ids.summary)
        self.assertEqual(self._standing(self.move, "2026-03-17")["standing"], "due", "the ladder resumes")
        self._judge("2026-03-18")
        self.assertEqual(len(promise.activity_ids), 1, "told once")

    def test_something_came_it_is_partly_kept_and_counts(self):
        promise = self._promise()
        self._pay_in(self.move, 999.99)
        self.assertEqual(self._judge("2026-03-17", promise), ["partly"])
        self.assertEqual(promise.paid, 999.99)
        with freeze_time("2026-03-18"):
            self.assertEqual(self._promise("2026-03-19").number, 2)

    def test_money_that_came_too_late_keeps_nothing_but_money_booked_late_does(self):
        late = self._promise()
        in_time = self._promise(moves=self._new_invoice("2026-03-01", 300))
        self._judge("2026-03-18")
        self.assertEqual((late | in_time).mapped("state"), ["broken", "broken"])
        with freeze_time("2026-03-18 09:00:00"):
            self._pay_in(self.move, date="2026-03-17")
            self._pay_in(in_time.move_ids, date="2026-03-16")
        self.assertEqual((late.state, in_time.state), ("broken", "kept"))
        self.assertIn("booked after the judgement", str(in_time.message_ids[0].body))
        self.assertFalse(in_time.activity_ids, "nothing is left to do")

    def test_one_that_cannot_be_judged_keeps_no_other_from_it(self):
        promises = self._promise() | self._promise(moves=self._new_invoice("2026-03-01", 300))
        model, original = self.env.registry["credit.collection.promise"], type(promises)._log

        def fail(promise, text):
            if promise == promises[0]:
                raise ValueError(text)
            return original(promise, text)

        with (
            patch.object(model, "_log", fail),
            mute_logger("odoo.addons.credit_collection.models.credit_collection_daily"),
        ):
            self._judge("2026-03-17")
        self.assertEqual(promises.mapped("state"), ["open", "broken"])
        self.assertEqual(self._judge("2026-03-18", promises), ["broken", "broken"])

    def test_the_cron_does_it_for_every_company(self):
        promise = self._promise()
        with freeze_time("2026-03-17 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_promise").method_direct_trigger()
        self.assertEqual(promise.state, "broken")

    # === JUDGED ANEW === #

    def test_a_payment_that_comes_back_opens_it_again(self):
        promise = self._promise()
        payment = self._pay_in(self.move)
        self._came_back(payment)
        self.assertEqual((promise.state, promise.paid, promise.date_judged), ("open", 0, False))
        self.assertTrue(promise.line_ids.live)
        self.assertIn("taken back", str(promise.message_ids[0].body))

    def test_a_payment_that_comes_back_too_late_breaks_it(self):
        promise = self._promise()
        self._pay_in(self.move, 300)
        payment = self._pay_in(self.move, 700)
        with freeze_time("2026-03-20 09:00:00"):
            self._came_back(payment)
        self.assertEqual((promise.state, promise.paid), ("partly", 300))
        self.assertEqual(promise.activity_ids.user_id, self.collector)

    def test_one_that_has_a_successor_is_not_opened_beside_it(self):
        promise = self._promise(amount=400)
        payment = self._pay_in(self.move, 400)
        rest = self._promise()
        self._came_back(payment)
        self.assertEqual((promise.state, rest.state), ("broken", "open"), "one open promise per item")
        self._judge("2026-03-06")
        self.assertEqual(len(promise.activity_ids), 1, "told once")

    def test_it_follows_an_invoice_that_is_posted_anew(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "In two parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 20)
                ],
            }
        )
        move = self._new_invoice("2026-02-20", invoice_payment_term_id=terms.id)
        debtor, first = self._debtor(), self._item(move).sorted("date_maturity")[:1]
        promise = self.env["credit.collection.promise"]._make(debtor, first, None, DAY("2026-03-12"))
        self.assertEqual(promise.amount, 500)
        move.button_draft()
        move.invoice_payment_term_id = False
        move.invoice_line_ids.price_unit = 900
        move.action_post()
        self.assertFalse(promise.line_ids.move_line_id, "the item was replaced")
        self.assertEqual(promise.line_ids._get_items(), self._item(move))
        self.assertEqual(self._standing(move, "2026-03-12")["standing"], "promised")
        with self.assertRaisesRegex(UserError, "promised already"):
            self._promise(moves=move)
        self._pay_in(move, 500)
        self.assertEqual((promise.state, promise.paid), ("kept", 500))

    def test_while_its_invoice_is_a_draft_it_waits_and_a_cancelled_one_ends_it(self):
        promise = self._promise()
        self._pay_in(self.move, 200)
        self.move.button_draft()
        self._commit()
        self.assertEqual(self._judge("2026-03-10", promise), ["open"])
        self.move.button_cancel()
        self.assertEqual(self._judge("2026-03-17", promise), ["withdrawn"])

    # === CURRENCIES === #

    def test_it_is_counted_in_the_currency_of_its_items(self):
        move = self._new_invoice("2026-03-01", 100, currency_id=self.other_currency.id)
        promise = self._promise(moves=move, amount=60)
        self.assertEqual((promise.currency_id, promise.amount_company), (self.other_currency, 120))
        self._pay_in(move, 59.99)
        self.assertEqual((promise.state, promise.currency_id), ("open", self.other_currency))
        self._pay_in(move, 0.01)
        self.assertEqual((promise.state, promise.paid), ("kept", 60))

    def test_two_currencies_are_two_promises(self):
        move = self._new_invoice("2026-03-01", 100, currency_id=self.other_currency.id)
        make = self.env["credit.collection.promise"]._make
        promises = make(self._debtor(), date="2026-03-12") | make(
            self._debtor(), date="2026-03-12", currency=self.other_currency
        )
        self.assertEqual(promises.mapped("amount"), [1000, 100])
        self._pay_in(move)
        self.assertEqual(promises.mapped("state"), ["open", "kept"])

    # === RELIABILITY === #

    def test_the_file_shows_how_far_the_word_is_good(self):
        kept = self._promise(moves=self._new_invoice("2026-03-01", 300))
        broken, partly = self._promise(), self._promise(moves=self._new_invoice("2026-03-01", 200))
        taken = self._promise(moves=self._new_invoice("2026-03-01", 50))
        taken._set_withdrawn("Another day")
        self._pay_in(kept.move_ids)
        self._pay_in(partly.move_ids, 100)
        self._judge("2026-03-17")
        debtor = self._debtor().with_user(self.collector)
        self.assertEqual((kept | broken | partly).mapped("state"), ["kept", "broken", "partly"])
        self.assertEqual(debtor.promise_matured, 3)
        self.assertEqual((debtor.promise_kept_rate, debtor.promise_kept_amount_rate), (33.3, 20.0))
        self.assertIn("withdrawn", debtor.last_promise)
        self.assertEqual(debtor.promise_open_count, 0)
        ((month, rate, by_amount),) = self.env["credit.collection.promise"].with_user(self.collector)._read_group(
            [("state", "!=", "withdrawn")], ["date:month"], ["kept_rate:avg", "kept_amount_rate:avg"]
        )  # fmt: skip
        self.assertEqual((month, rate, by_amount), (DAY("2026-03-01"), 33.3, 20.0))

    def test_rules_of_profiles_may_ask_for_it(self):
        nobody, reliable = self._new_customer("Says nothing"), self._new_customer("Keeps its word")
        move = self._new_invoice("2026-03-01", partner=reliable)
        self._new_invoice("2026-03-01", partner=nobody)
        self._promise(), self._promise(moves=move)
        self._pay_in(move)
        self._judge("2026-03-17")
        profile = self.env["credit.collection.profile"].with_user(self.manager).create(
            {"name": "Breaks its word", "domain": "[('collection_promise_kept_rate', '<', 50)]", "sequence": 1}
        )  # fmt: skip
        self.env["credit.collection.profile"]._assign(self.company)
        debtors = self.env["credit.collection.debtor"].search([("profile_id", "=", profile.id)])
        self.assertEqual(debtors.partner_id, self.customer)
        partners = self.customer | nobody | reliable
        self.assertEqual(partners.filtered_domain([("id", "in", partners._search(
            [("collection_promise_matured", ">=", 1)]).get_result_ids())]), self.customer | reliable)  # fmt: skip
        self.assertEqual(reliable.with_user(self.collector).collection_promise_kept_rate, 100)

    # === TWO AT ONCE === #

    def test_two_people_do_not_decide_at_once(self):
        promise = self._promise()
        self.env.flush_all()
        with patch.object(type(promise), "lock_for_update", side_effect=_locked):
            with self.assertRaisesRegex(UserError, "Somebody else is deciding"):
                promise._set_withdrawn("Another day")
        self.assertEqual(promise.state, "open")

    # === CALLS === #

    def test_a_call_makes_a_promise_on_the_items_of_its_task(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.customer.phone = "+33 1 44 55 66 77"
        self._new_invoice("2026-03-20", 50)
        action = self._plan("2026-03-05").action_ids.with_user(self.collector)
        dialog = action.action_reached()
        with Form(self.env[dialog["res_model"]].with_user(self.collector).with_context(**dialog["context"])) as form:
            self.assertEqual(form.item_ids[:], self._item(self.move))
            form.promise_date, form.promise_amount = "2026-03-11", 600
        form.record.action_promised()
        promise = self._debtor().promise_ids
        self.assertEqual((promise.how, promise.amount, promise.move_ids), ("phone", 600, self.move))
        self.assertEqual((promise.user_id, action.call_ids.promise_id), (self.collector, promise))
        self.assertEqual(self._standing(self.move, "2026-03-12")["standing"], "promised")
        self.assertFalse(self._debtor().hold_until, "no hold of the whole customer any more")


def _locked(*args, **kwargs):
    raise LockError("locked")
