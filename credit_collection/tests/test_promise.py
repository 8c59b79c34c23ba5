"""Promises: how they are made and agreed to, what they hold, one per item, what counts for the next."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY, CollectionCommon

NARROW = "\N{NO-BREAK SPACE}"


class PromiseCommon(CollectionCommon):
    """Invoices of 1,000.00 due on 1 March; promises are made on Thursday, 5 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._new_invoice("2026-03-01")
        cls.other_currency = cls.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])

    def _promise(self, date="2026-03-12", amount=None, moves=None, user=None, **options):
        moves = self.move if moves is None else moves
        return self.env["credit.collection.promise"].with_user(user or self.collector)._make(
            self._debtor(moves[:1].partner_id).with_user(user or self.collector),
            self._item(moves).with_user(user or self.collector),
            amount,
            DAY(date),
            **options,
        )  # fmt: skip

    def _judge(self, date, promises=None):
        """The daily judgement."""
        self.env["credit.collection.promise"]._do_day(self.company, DAY(date))
        return promises.mapped("state") if promises else None

    def _commit(self):
        """What happens right before a commit."""
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def _pay_in(self, moves, amount=None, date="2026-03-10"):
        payment = self._pay(moves, amount, date)
        self._commit()
        return payment

    def _text(self, text):
        return str(text).replace(NARROW, " ")


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    # === MAKING === #

    def test_a_promise_holds_its_items_until_the_tolerance_is_over(self):
        promise = self._promise("2026-03-12")
        self.assertEqual((promise.state, promise.amount, promise.number, promise.user_id),
                         ("open", 1000, 1, self.collector))  # fmt: skip
        self.assertEqual(promise.date_release, DAY("2026-03-17"), "Thursday, two working days: the Tuesday after")
        self.assertEqual(self._standing(self.move, "2026-03-16")["standing"], "promised")
        self.assertNotEqual(self._standing(self.move, "2026-03-17")["standing"], "promised")
        self.company.collection_promise_tolerance = 0
        self.assertEqual(self._promise("2026-03-12", moves=self._new_invoice("2026-03-01")).date_release,
                         DAY("2026-03-13"), "never on the promised day itself")  # fmt: skip

    def test_all_that_is_overdue_is_promised_by_default_and_what_is_free_of_it(self):
        second, later = self._new_invoice("2026-03-02", 500), self._new_invoice("2026-04-01", 70)
        dispute = {
            "debtor_id": self._debtor().id,
            "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
            "line_ids": [Command.create({"move_line_id": self._item(second).id, "amount": 200})],
        }
        self.env["credit.collection.dispute"].create(dispute)
        promise = self.env["credit.collection.promise"].with_user(self.collector)._make(
            self._debtor().with_user(self.collector), date="2026-03-12"
        )  # fmt: skip
        self.assertEqual(promise.move_ids, self.move | second)
        self.assertEqual(promise.amount, 1300)
        self.assertEqual(self._standing(later, "2026-03-06")["standing"], "waiting")

    def test_what_cannot_be_promised_is_said_in_words(self):
        other = self._new_invoice("2026-03-01", partner=self._new_customer("Other"))
        paid = self._new_invoice("2026-03-01")
        self._pay(paid)
        dollars = self._new_invoice("2026-03-01", currency_id=self.other_currency.id)
        for words, options in {
            "is past": {"date": "2026-03-04"},
            "more than these invoices have open": {"amount": 1000.01},
            "greater than zero": {"amount": -5},
            f"{paid.name}: nothing is open": {"moves": self.move | paid},
            "one promise for each currency": {"moves": self.move | dollars},
        }.items():
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._promise(**options)
        with self.assertRaisesRegex(UserError, f"{other.name}: no receivable of Albatros"):
            self._promise(moves=self.move | other)
        with self.assertRaisesRegex(UserError, "no receivable of"):
            self.env["credit.collection.promise"]._make(
                self._debtor(), self.move.line_ids - self._item(self.move), 5, DAY("2026-03-12")
            )
        nobody = self.env["credit.collection.debtor"]._get_or_create(self._new_customer("Owes nothing"), self.company)
        with self.assertRaisesRegex(UserError, "has nothing overdue"):
            self.env["credit.collection.promise"]._make(nobody, date=DAY("2026-03-12"))

    def test_messages_that_wait_stop_at_once(self):
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.state, "planned")
        self._promise()
        self.assertEqual(action.state, "skipped")
        self.assertFalse(self._send("2026-03-05"))

    def test_what_was_promised_is_written_by_the_flow_only(self):
        promise = self._promise()
        promise.note = "They said so twice"
        for values in ({"amount": 1}, {"date": "2027-01-01"}, {"state": "kept"}, {"number": 1}, {"paid": 5}):
            for user in (self.collector, self.manager):
                with self.assertRaises(AccessError):
                    promise.with_user(user).write(values)
        with self.assertRaises(AccessError):
            promise.line_ids.with_user(self.manager).write({"live": False})
        with self.assertRaises(UserError):
            promise.line_ids.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            promise.sudo().unlink()
        with self.assertRaises(AccessError):
            self.env["credit.collection.promise"].with_user(self.collector).create(
                {"debtor_id": self._debtor().id, "currency_id": self.move.currency_id.id, "amount": 5,
                 "date": "2026-03-12"})  # fmt: skip
        with self.assertRaises(AccessError):
            self._promise(user=self.accountant, moves=self._new_invoice("2026-03-01"))

    def test_the_dialog_of_file_and_invoice_notes_it(self):
        second = self._new_invoice("2026-03-02", 500)
        for opener, moves, amount in (
            (self._debtor().with_user(self.collector).action_note_promise, self.move | second, 1500),
            (second.with_user(self.collector).action_note_collection_promise, second, 500),
        ):
            with self.subTest(amount), self.env.cr.savepoint() as savepoint:
                action = opener()
                wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
                with Form(wizard) as form:
                    self.assertEqual(form.amount, amount)
                    form.date = "2026-03-10"
                    form.note = "By transfer"
                form.record.action_note()
                promise = self._debtor().promise_ids
                self.assertEqual((promise.move_ids, promise.amount, promise.note), (moves, amount, "By transfer"))
                self.assertEqual(promise.move_ids[0].with_user(self.collector).collection_promise_count, 1)
                savepoint.rollback()
                self.env.invalidate_all()

    # === ONE PER ITEM === #

    def test_one_item_has_one_open_promise_and_the_error_names_it(self):
        self._promise("2026-03-12", 400)
        with self.assertRaises(UserError) as error:
            self._promise("2026-03-13")
        self.assertRegex(self._text(error.exception), rf"{self.move.name}: promised already, \$ 400.00 for 03/12/2026")
        again = self._promise("2026-03-13", replace=True)
        old = self._debtor().promise_ids - again
        self.assertEqual((old.state, again.state, again.number), ("withdrawn", "open", 2), "one withdrawn counts")

    def test_the_database_itself_keeps_a_second_promise_away(self):
        self._promise()
        with patch.object(self.env.registry["credit.collection.promise"], "_clear_way", lambda *args: None):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._promise("2026-03-13")
                self.env.flush_all()

    def test_a_person_withdraws_it_with_a_reason(self):
        promise = self._promise()
        action = promise.action_withdraw()
        wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.create({"reason": " "}).action_withdraw()
        wizard.create({"reason": "They want another day"}).action_withdraw()
        self.assertEqual((promise.state, promise.line_ids.live), ("withdrawn", False))
        self.assertIn("They want another day", promise.message_ids.mapped("body")[0])
        self.assertEqual(self._standing(self.move, "2026-03-05")["standing"], "due")
        with self.assertRaisesRegex(UserError, "is Withdrawn and cannot become"):
            promise._set_kept(5, DAY("2026-03-06"))

    # === APPROVAL === #

    def test_a_day_too_far_away_asks_the_manager_and_holds_for_three_days_meanwhile(self):
        promise = self._promise("2026-03-21")
        self.assertEqual((promise.state, promise.approval_state), ("to_approve", "asked"))
        self.assertIn("In 16 days; up to 15", promise.approval_reason)
        self.assertEqual(promise.date_release, DAY("2026-03-11"), "three working days after Thursday")
        self.assertEqual(promise.activity_ids.user_id, self.manager)
        self.assertEqual(self._standing(self.move, "2026-03-10")["standing"], "promised")
        self.assertEqual(self._standing(self.move, "2026-03-11")["standing"], "due")
        with self.assertRaises(AccessError):
            promise.action_approve()
        promise.with_user(self.manager).action_approve()
        self.assertEqual((promise.state, promise.date_release), ("open", DAY("2026-03-25")))
        self.assertEqual((promise.approver_id, promise.activity_ids), (self.manager, promise.activity_ids.browse()))

    def test_its_own_end_is_earlier_than_the_manager_s_days(self):
        self.company.collection_promise_count = 0
        promise = self._promise("2026-03-05")
        self.assertEqual(promise.date_release, DAY("2026-03-10"))

    def test_a_manager_needs_nobody(self):
        self.assertEqual(self._promise("2026-05-21", user=self.manager).state, "open")

    def test_a_refusal_frees_the_items_and_the_collector_is_told(self):
        promise = self._promise("2026-03-21")
        promise.with_user(self.manager)._refuse("Not this time")
        self.assertEqual((promise.state, promise.approval_state), ("withdrawn", "refused"))
        self.assertEqual(promise.activity_ids.user_id, self.collector)
        self.assertIn("Refused by Manager", promise.activity_ids.summary)
        self.assertEqual(self._standing(self.move, "2026-03-06")["standing"], "due")

    def test_the_third_promise_for_the_same_invoice_asks_and_others_do_not(self):
        other = self._new_invoice("2026-03-01")
        for number in (1, 2):
            promise = self._promise()
            self.assertEqual((promise.number, promise.state), (number, "open"))
            promise._set_withdrawn("Another day")
        third = self._promise()
        self.assertEqual((third.number, third.state), (3, "to_approve"))
        self.assertIn("number 3 for the same invoices", third.approval_reason)
        self.assertEqual(self._promise(moves=other).number, 1)

    def test_what_nobody_decided_is_taken_back_when_its_day_is_over(self):
        promise = self._promise("2026-03-21")
        self.assertEqual(self._judge("2026-03-24", promise), ["to_approve"])
        self.assertEqual(self._judge("2026-03-25", promise), ["withdrawn"])
        task = promise.activity_ids
        self.assertEqual(
            (task.user_id, task.activity_type_id), (self.collector, self.env.ref("mail.mail_activity_data_todo"))
        )
        self.assertIn("Nobody decided in time", task.summary)

    # === WHO SEES IT === #

    def test_other_companies_see_nothing(self):
        promise, company = self._promise(), self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, "promise_stranger", groups="credit_collection.group_credit_collection_manager",
            company_id=company.id, company_ids=[(6, 0, company.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["credit.collection.promise"].with_user(stranger).search([]))
        self.assertFalse(self.env["credit.collection.promise.line"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            promise.with_user(stranger)._set_withdrawn("Mine")
        self.env["credit.collection.promise"]._do_day(company, DAY("2026-04-20"))
        self.assertEqual(promise.state, "open", "the other company's day is not ours")

    # === CUSTOMERS CHANGE === #

    def test_merged_files_keep_their_promises(self):
        other = self._new_customer("Albatros France")
        second = self._new_invoice("2026-03-01", 300, partner=other)
        promises = self._promise() | self._promise(moves=second)
        merge = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((self.customer | other).ids)], "dst_partner_id": self.customer.id}
        )
        merge.action_merge()
        self.env.invalidate_all()
        self.assertEqual(self._debtor().promise_ids, promises)
        self.assertEqual(self._standing(second, "2026-03-12")["standing"], "promised")
        self.assertEqual(self._debtor().promise_open_count, 2)
        self._judge("2026-03-20")
        self.assertEqual(promises.mapped("state"), ["broken", "broken"])

    def test_a_new_parent_company_takes_the_promise_along(self):
        promise, group = self._promise(), self._new_customer("Group SA")
        self.customer.write({"parent_id": group.id, "is_company": False})
        self.assertEqual(promise.debtor_id.partner_id, group)
        self.assertEqual(self._standing(self.move, "2026-03-12")["standing"], "promised")
        self._pay_in(self.move)
        self.assertEqual(promise.state, "kept")

    def test_an_archived_customer_s_promise_is_judged_like_any_other(self):
        promise = self._promise()
        self.customer.active = False
        self.assertEqual(self._judge("2026-03-17", promise), ["broken"])
