"""Ledgers from other software: read, checked in words, booked all or nothing, the same file twice, undone."""

import base64
import csv
import io
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..tools import ledger_shape
from .common import DAY, CollectionCommon

HEADERS = ["record", "customer_ref", "customer_name", "number", "invoice_date", "due_date", "amount"]
INVOICE = {
    "record": "invoice",
    "customer_ref": "C1",
    "number": "F-1",
    "invoice_date": "2026-01-01",
    "due_date": "2026-01-31",
    "amount": "100.00",
}


def ledger_file(*rows):
    """A CSV of rows given as dicts; headers in the order in which they come."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, headers)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestImport(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "account.group_account_invoice,credit_collection.group_credit_collection_user"
        cls.clerk = cls._new_user("clerk", groups)
        cls.boss = cls._new_user(
            "boss", "account.group_account_invoice,credit_collection.group_credit_collection_manager"
        )

    def setUp(self):
        super().setUp()
        # What tells the progress commits by itself: not into the database of the tests.
        mode = self.enter_registry_test_mode()
        mode.__enter__()
        self.addCleanup(mode.__exit__, None, None, None)

    def _new_import(self, *rows, user=None, **values):
        content = rows[0] if isinstance(rows[0], bytes) else ledger_file(*rows)
        values = {"file": base64.b64encode(content), "filename": "ledger.csv", **values}
        return self.env["credit.collection.import"].with_user(user or self.clerk).create(values)

    def _check(self, *rows, **values):
        ledger = self._new_import(*rows, **values)
        ledger.action_check()
        return ledger

    def _import(self, *rows, **values):
        ledger = self._check(*rows, **values)
        self.assertFalse(ledger.wrong_count, ledger.wrong_ids.mapped("message"))
        ledger.action_import()
        return ledger

    def _move(self, number, company=None):
        company = company or self.company
        return self.env["account.move"].search([("name", "=", number), ("company_id", "=", company.id)])

    def _file(self, ref):
        return self.env["credit.collection.debtor"].search([("external_ref", "=", ref)])

    def _open(self, number):
        lines = self._item(self._move(number)).sorted("date_maturity")
        return [(line.date_maturity.isoformat(), abs(line.amount_residual_currency)) for line in lines]

    # === COLUMNS === #

    def test_columns_are_guessed_shown_with_examples_and_remembered_per_company(self):
        content = b"Cust;Doc;Issued;Payable;Total\nC1;F-1;03/01/2026;31/01/2026;1.234,50\n"
        names = dict(zip(["Cust", "Doc", "Issued", "Payable", "Total"], HEADERS[1:2] + HEADERS[3:], strict=True))
        ledger = self._new_import(content)
        self.assertEqual(ledger.column_ids.mapped("header"), list(names))
        self.assertEqual(ledger.column_ids[4].sample, "1.234,50")
        ledger.write({"date_order": "dmy", "decimal": ","})
        for column in ledger.column_ids:
            column.column = names[column.header]
        ledger.action_check()
        self.assertEqual(ledger.new_count, 1)
        again = self._new_import(content)
        self.assertEqual(again.column_ids.mapped("column"), list(names.values()))
        self.assertEqual((again.date_order, again.decimal), ("dmy", ","))
        ledger.action_import()
        self.assertEqual(self._open("F-1"), [("2026-01-31", 1234.5)])
        elsewhere = self._new_company_import(content)
        self.assertFalse(elsewhere.mapping_date, "another company remembers nothing of it")

    def _new_company_import(self, content):
        company = self._other_company()
        return (
            self.env["credit.collection.import"]
            .with_company(company)
            .create({"file": base64.b64encode(content), "filename": "ledger.csv", "company_id": company.id})
        )

    def _other_company(self):
        return self.setup_other_company(name="Company B")["company"]

    def test_the_form_guesses_the_columns_as_soon_as_the_file_is_chosen(self):
        with Form(self.env["credit.collection.import"].with_user(self.clerk)) as form:
            form.file = base64.b64encode(ledger_file(INVOICE))
        self.assertEqual(form.record.column_ids.mapped("column"), list(INVOICE))
        form.record.action_check()
        self.assertEqual((form.record.state, form.record.new_count), ("checked", 1))

    def test_a_file_without_the_customers_reference_is_not_read(self):
        ledger = self._new_import({"number": "F-1", "amount": "3"})
        with self.assertRaisesRegex(UserError, "which column of the file is"):
            ledger.action_check()

    # === WRONG ROWS === #

    def test_wrong_rows_are_told_in_words_with_their_line(self):
        rows = [
            INVOICE,
            {**INVOICE, "number": "F-2", "amount": "a lot"},
            {**INVOICE, "number": "F-3", "due_date": "2025-12-31"},
            {**INVOICE, "number": "F-1", "amount": "5.00"},
            {**INVOICE, "number": "F-4", "customer_ref": ""},
            {**INVOICE, "number": "F-5", "currency": "XYZ"},
            {**INVOICE, "number": "F-6", "residual": "100.01"},
            {**INVOICE, "number": "F-7", "collector": "nobody"},
            {**INVOICE, "number": "F-8", "preferred_channel": "owl"},
            {**INVOICE, "number": "F-9", "language": "tlh"},
            {**INVOICE, "number": "F-10", "amount": "-3"},
        ]
        ledger = self._check(*rows)
        messages = {row.line: row.message for row in ledger.wrong_ids}
        for line, words in {
            3: "a lot",
            4: "due on 2025-12-31, before its own date 2026-01-01",
            5: "Line 2 has the same number and due date",
            6: "missing",
            7: "no active currency “XYZ”",
            8: "open amount 100.01",
            9: "login “nobody”",
            10: "no channel “owl” to prefer",
            11: "Language “tlh” is not installed",
            12: "greater than zero",
        }.items():
            self.assertIn(words, messages.get(line, ""), f"line {line}")
        self.assertIn("Line 5, on which this row rests", messages[2])
        self.assertEqual(ledger.wrong_count, 11)

    def test_payments_that_name_nothing_or_too_much_are_wrong(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_date": "2026-02-01"}
        rows = [
            INVOICE,
            {**INVOICE, "number": "F-2", "customer_ref": "C2"},
            {**pay, "payment_ref": "P-1", "number": "F-1", "amount": "60.00"},
            {**pay, "payment_ref": "P-2", "number": "F-1", "amount": "60.00"},
            {**pay, "payment_ref": "P-3", "number": "F-0", "amount": "1.00"},
            {**pay, "payment_ref": "P-4", "number": "F-2", "amount": "1.00"},
        ]
        messages = {row.line: row.message for row in self._check(*rows).wrong_ids}
        self.assertIn("settle 120.00 of F-1, but only 100.00", messages[4])
        self.assertIn("settle 120.00 of F-1", messages[5])
        self.assertIn("F-0 is neither in this file nor in Odoo", messages[6])
        self.assertIn("F-2 is of another customer", messages[7])
        self.assertEqual(len(messages), 4)

    def test_money_of_days_to_come_is_wrong(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "number": "F-1", "amount": "60.00"}
        rows = [
            INVOICE,
            {**INVOICE, "number": "F-2", "residual": "0.00", "settled_date": "2026-03-06"},
            {**INVOICE, "number": "F-3", "residual": "0.00", "settled_date": "2026-03-05"},
            {**pay, "payment_date": "2027-03-05"},
        ]
        messages = {row.line: row.message for row in self._check(*rows).wrong_ids}
        self.assertEqual(list(messages), [3, 5])
        self.assertIn("2026-03-06 lies in the future", messages[3])
        self.assertIn("2027-03-05 lies in the future", messages[5])

    def test_a_stroke_is_no_number(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_date": "2026-02-01", "amount": "5.00"}
        rows = [{**INVOICE, "number": "/"}, {**pay, "payment_ref": "/"}]
        self.assertEqual([row.message.count("“/” is no number") for row in self._check(*rows).wrong_ids], [1, 1])

    def test_absurd_amounts_are_wrong(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_date": "2026-02-01", "payment_ref": "P-1"}
        most = {**INVOICE, "number": "F-2", "amount": "999999999999.99"}
        rows = [{**INVOICE, "amount": "1" + "0" * 400}, most, {**pay, "number": "F-1", "amount": "3" + "0" * 400}]
        messages = {row.line: row.message for row in self._check(*rows).wrong_ids}
        self.assertEqual(list(messages), [2, 4])
        self.assertRegex(messages[2], "too large: Odoo counts [A-Z]{3} exactly only below 1000000000000\\.")
        self._import(most)
        self.assertEqual(self._open("F-2"), [("2026-01-31", 999999999999.99)])

    def test_dates_in_closed_books_are_wrong(self):
        self.company.fiscalyear_lock_date = "2026-01-15"
        ledger = self._check(INVOICE)
        self.assertIn("closed until 2026-01-15", ledger.wrong_ids.message)

    def test_nothing_is_imported_while_rows_are_wrong_unless_they_are_left_out(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_date": "2026-02-01", "payment_ref": "P-1"}
        rows = [
            INVOICE,
            {**INVOICE, "number": "F-2", "amount": "none"},
            {**pay, "number": "F-2", "amount": "3.00"},
        ]
        ledger = self._check(*rows)
        self.assertIn("Line 3, on which this row rests, is wrong", ledger.wrong_ids[1].message)
        with self.assertRaisesRegex(UserError, "Wrong rows: 2"):
            ledger.action_import()
        self.assertFalse(self._move("F-1"))
        ledger.action_import_without_wrong()
        self.assertEqual((ledger.state, ledger.done_count, ledger.left_count), ("done", 1, 2))
        self.assertTrue(self._move("F-1"))
        self.assertFalse(self._move("F-2"))

    def test_nothing_stays_when_a_posting_fails_in_the_middle(self):
        ledger = self._check(INVOICE, {**INVOICE, "number": "F-2", "customer_ref": "C2"})
        post = self.env.registry["account.move"]._post
        before = self.env["res.partner"].search_count([])

        def broken(moves, soft=True):
            post(moves, soft=soft)
            raise UserError(self.env._("The printer is on fire."))

        with patch.object(self.env.registry["account.move"], "_post", broken):
            with self.assertRaisesRegex(UserError, "on fire"):
                ledger.action_import()
        self.assertFalse(self._move("F-1") or self._move("F-2"))
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertEqual((ledger.state, ledger.new_count), ("checked", 2))
        ledger.action_import()
        self.assertEqual(ledger.done_count, 2)

    # === WHAT IS BOOKED === #

    def test_a_customer_comes_with_file_contacts_and_manners(self):
        self._import(
            {
                "record": "customer", "customer_ref": "C1", "customer_name": "Dupont SA", "vat": "FR123",
                "kind": "business", "street": "1 rue Haute", "zip": "75001", "city": "Paris", "country": "France",
                "email": "a@dupont.example", "phone": "+33 1 44 55 66 77", "language": "en",
                "preferred_channel": "email", "opt_outs": "sms;phone", "hold_until": "2026-04-01",
                "hold_reason": "Strike", "collector": self.collector.login,
            },
            {
                "record": "contact", "customer_ref": "C1", "contact_ref": "K1", "contact_name": "Anne",
                "contact_email": "anne@dupont.example", "contact_role": "payables",
            },
        )  # fmt: skip
        debtor = self._file("C1")
        partner = debtor.partner_id
        self.assertEqual(partner.name, "Dupont SA")
        self.assertEqual((partner.country_id.code, partner.lang, partner.city), ("FR", "en_US", "Paris"))
        self.assertEqual(debtor.preferred_channel, "email")
        self.assertEqual(set(debtor.optout_ids.mapped("channel")), {"sms", "phone"})
        self.assertEqual((debtor.hold_until, debtor.hold_reason), (DAY("2026-04-01"), "Strike"))
        self.assertEqual(debtor.user_id, self.collector)
        self.assertEqual(partner.child_ids.mapped("name"), ["Anne"])
        self.assertEqual(partner.child_ids.collection_role, "payables")

    def test_instalments_have_exactly_the_files_dates_and_amounts(self):
        self._import(
            {**INVOICE, "amount": "33.34"},
            {**INVOICE, "due_date": "2026-02-28", "amount": "33.33"},
            {**INVOICE, "due_date": "2026-03-31", "amount": "33.33"},
        )
        move = self._move("F-1")
        self.assertEqual((move.state, move.amount_total, move.is_move_sent), ("posted", 100, True))
        self.assertEqual(self._open("F-1"), [("2026-01-31", 33.34), ("2026-02-28", 33.33), ("2026-03-31", 33.33)])
        self.assertEqual(move.invoice_date_due, DAY("2026-03-31"))

    def test_foreign_numbers_stay_and_do_not_steer_our_own(self):
        ours = self._new_invoice("2026-01-31")
        self._import(
            {**INVOICE, "number": "2019-07/0042"}, {**INVOICE, "number": "0000611365"}, {**INVOICE, "number": "X"}
        )
        for number in ("2019-07/0042", "0000611365", "X"):
            self.assertEqual(self._move(number).state, "posted")
        following = self._new_invoice("2026-01-31")
        self.assertEqual(following.sequence_prefix, ours.sequence_prefix)
        self.assertEqual(following.sequence_number, ours.sequence_number + 1)

    def test_part_payments_one_payment_over_several_invoices_and_its_rest(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10"}
        self._import(
            INVOICE,
            {**INVOICE, "number": "F-2", "amount": "50.00"},
            {**pay, "number": "F-1", "amount": "30.00"},
            {**pay, "number": "F-2", "amount": "50.00"},
            {**pay, "number": "", "amount": "20.00"},
        )
        self.assertEqual(self._open("F-1"), [("2026-01-31", 70)])
        self.assertEqual(self._open("F-2"), [("2026-01-31", 0)])
        payment = self.env["account.payment"].search([("collection_external_ref", "=", "P-1")])
        self.assertEqual((payment.amount, payment.date, payment.name), (100, DAY("2026-02-10"), "P-1"))
        self.assertEqual(abs(self._item(payment.move_id).amount_residual), 20)
        self.assertEqual(self._move("F-2").payment_state, "paid")

    def test_a_payment_settles_instalments_as_far_as_the_file_says_they_are_settled(self):
        self._import(
            {**INVOICE, "amount": "50.00", "residual": "20.00"},
            {**INVOICE, "due_date": "2026-02-28", "amount": "50.00", "residual": "10.00"},
            {
                "record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10",
                "number": "F-1", "amount": "70.00",
            },
        )  # fmt: skip
        self.assertEqual(self._open("F-1"), [("2026-01-31", 20), ("2026-02-28", 10)])

    def test_a_credit_note_settles_what_it_reverses_or_stays_open(self):
        note = {**INVOICE, "record": "credit_note", "due_date": "2026-01-05", "invoice_date": "2026-01-05"}
        self._import(
            INVOICE,
            {**note, "number": "A-1", "amount": "40.00", "reverses": "F-1"},
            {**note, "number": "A-2", "amount": "15.00"},
        )
        self.assertEqual(self._open("F-1"), [("2026-01-31", 60)])
        self.assertEqual(self._open("A-1"), [("2026-01-05", 0)])
        self.assertEqual(self._open("A-2"), [("2026-01-05", 15)])
        self.assertEqual(self._move("A-1").reversed_entry_id, self._move("F-1"))

    def test_what_no_payment_explains_is_settled_on_its_day_against_the_counterpart(self):
        ledger = self._import(
            {**INVOICE, "residual": "30.00", "settled_date": "2026-02-03"},
            {**INVOICE, "number": "F-2", "settled_date": "2026-02-04"},
            {**INVOICE, "number": "F-3", "residual": ""},
        )
        self.assertEqual(self._open("F-1") + self._open("F-2") + self._open("F-3"),
                         [("2026-01-31", 30), ("2026-01-31", 0), ("2026-01-31", 100)])  # fmt: skip
        partials = self._item(self._move("F-1")).matched_credit_ids
        self.assertEqual(partials.mapped("max_date"), [DAY("2026-02-03")])
        lines = ledger.move_ids.sudo().line_ids.filtered(lambda line: line.account_id == ledger.account_id)
        self.assertEqual(sum(lines.mapped("balance")), -130, "the counterpart holds what is still owed")

    def test_foreign_currency_stays_as_it_is_without_exchange_differences(self):
        currency = self.env.ref("base.CHF")
        currency.active = True
        self.env["res.currency.rate"].create(
            [
                {"name": "2026-01-01", "rate": 2, "currency_id": currency.id, "company_id": self.company.id},
                {"name": "2026-02-01", "rate": 4, "currency_id": currency.id, "company_id": self.company.id},
            ]
        )
        before = self.env["account.move"].search_count([])
        self._import(
            {**INVOICE, "currency": "CHF"},
            {**INVOICE, "number": "F-2", "currency": "CHF", "residual": "25.00", "settled_date": "2026-02-03"},
            {
                "record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10",
                "number": "F-1", "amount": "33.33", "currency": "CHF",
            },
        )  # fmt: skip
        self.assertEqual(self._open("F-1") + self._open("F-2"), [("2026-01-31", 66.67), ("2026-01-31", 25)])
        self.assertEqual(self._item(self._move("F-2")).amount_residual, 12.5)
        self.assertEqual(self.env["account.move"].search_count([]) - before, 4, "no exchange entry among them")

    def test_the_opening_situation_is_seen_where_collectors_look(self):
        self._import(
            {**INVOICE, "level": "2", "level_date": "2026-02-20"},
            {**INVOICE, "number": "F-2", "disputed": "40.00", "dispute_reason": "Two were broken."},
            {
                **INVOICE,
                "number": "F-3",
                "customer_ref": "C2",
                "promise_amount": "100.00",
                "promise_date": "2026-03-20",
            },
        )
        self.assertEqual(self._move("F-1").collection_opening_level, 2)
        self.assertEqual(self._move("F-1").collection_opening_date, DAY("2026-02-20"))
        self.assertTrue(self._move("F-2").collection_disputed)
        dispute = self._file("C1").dispute_ids
        self.assertEqual((dispute.state, dispute.amount, dispute.description), ("new", 40, "Two were broken."))
        promise = self._file("C2").promise_ids
        self.assertEqual((promise.state, promise.amount, promise.date), ("open", 100, DAY("2026-03-20")))
        self.assertEqual((promise.how, promise.approval_state), ("import", "none"))
        self.assertEqual(self._standing(self._move("F-3"), "2026-03-05")["standing"], "promised")

    def test_promised_invoices_of_one_day_are_one_promise_up_to_the_part(self):
        on = {"promise_date": "2026-03-20"}
        self._import(
            {**INVOICE, **on},
            {**INVOICE, **on, "number": "F-2", "promise_amount": "40.00"},
            {**INVOICE, **on, "number": "F-3", "promise_amount": "500.00"},
            {**INVOICE, "number": "F-4", "promise_date": "2026-02-20"},
        )
        promises = self._file("C1").promise_ids.sorted(lambda promise: (promise.date, promise.id))
        self.assertEqual(
            [(promise.amount, sorted(promise.move_ids.mapped("name"))) for promise in promises],
            [(100, ["F-4"]), (140, ["F-1", "F-2"]), (100, ["F-3"])],
            "no more than what is open",
        )
        self.env["credit.collection.promise"]._do_day(self.company, DAY("2026-03-05"))
        self.assertEqual(promises.mapped("state"), ["broken", "open", "open"], "a day that is past is judged at once")

    def test_an_undone_import_takes_its_promises_along_but_none_that_people_made(self):
        ledger = self._import({**INVOICE, "promise_date": "2026-03-20"}, {**INVOICE, "number": "F-2"})
        promised = self.env["credit.collection.promise"]._make(
            self._file("C1"), self._item(self._move("F-2")), None, DAY("2099-01-01"), how="meeting"
        )
        with self.assertRaisesRegex(UserError, "F-2 is promised since"):
            ledger.sudo()._undo()
        promised.with_context(collection_import=True).sudo().collection_import_id = ledger
        ledger.sudo()._undo()
        self.assertFalse(promised.exists())
        self.assertFalse(self.env["credit.collection.promise"].search([]))

    def test_an_import_writes_to_nobody(self):
        messages = self.env["mail.message"].search([], order="id desc", limit=1)
        self._import(
            {**INVOICE, "collector": self.collector.login, "email": "c1@example.com", "opt_outs": "sms"},
            {**INVOICE, "number": "F-2", "disputed": "40.00"},
        )
        new = self.env["mail.message"].search([("id", ">", messages.id or 0)])
        self.assertFalse(new.notification_ids)
        self.assertFalse(self.env["mail.mail"].search([("mail_message_id", "in", new.ids)]))
        self.assertFalse(self._move("F-1").message_partner_ids)

    # === AGAIN === #

    def test_the_same_file_twice_changes_nothing(self):
        pay = {"record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10"}
        rows = [
            {"record": "customer", "customer_ref": "C1", "customer_name": "Dupont", "country": "FR", "opt_outs": "sms"},
            {"record": "contact", "customer_ref": "C1", "contact_ref": "K1", "contact_name": "Anne"},
            {**INVOICE, "order_ref": "PO 7", "residual": "20.00"},
            {**pay, "number": "F-1", "amount": "30.00"},
            {**pay, "amount": "5.00"},
        ]
        self._import(*rows)
        counts = self._count()
        again = self._check(*rows)
        self.assertEqual((again.same_count, again.new_count, again.conflict_count, again.wrong_count), (5, 0, 0, 0))
        again.action_import()
        self.assertEqual(self._count(), counts)

    def _count(self):
        return [self.env[model].search_count([]) for model in ("account.move", "account.payment", "res.partner")]

    def test_a_changed_row_is_a_conflict_and_odoo_s_data_stay_by_default(self):
        self._import({**INVOICE, "customer_name": "Dupont", "order_ref": "PO 7"})
        changed = {
            **INVOICE,
            "customer_name": "Dupond",
            "amount": "120.00",
            "order_ref": "PO 8",
            "due_date": "2026-02-05",
        }
        ledger = self._check(changed)
        row = ledger.conflict_ids
        money = self.company.currency_id.format
        self.assertIn(f"{money(100)} in Odoo, {money(120)} in the file", row.message)
        self.assertIn("PO 7 in Odoo, PO 8 in the file", row.message)
        self.assertIn("make a credit note", row.message)
        self.assertEqual((row.decision, ledger.take_count), ("keep", 0))
        ledger.action_import()
        self.assertEqual(self._move("F-1").ref, "PO 7")
        ledger = self._check(changed)
        ledger.conflict_ids.action_take()
        self.assertEqual((ledger.take_count, ledger.new_count), (1, 0))
        ledger.action_import()
        move = self._move("F-1")
        self.assertEqual((move.ref, move.amount_total, self._open("F-1")), ("PO 8", 100, [("2026-02-05", 100)]))
        self.assertEqual(self._file("C1").partner_id.name, "Dupond")

    def test_posted_amounts_are_never_taken_over(self):
        self._import(INVOICE)
        ledger = self._check({**INVOICE, "amount": "120.00"})
        with self.assertRaisesRegex(UserError, "make a credit note"):
            ledger.conflict_ids.action_take()

    def test_a_new_payment_for_a_known_invoice_is_new(self):
        self._import(INVOICE)
        pay = {"record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10"}
        rows = [{**INVOICE, "residual": "40.00"}, {**pay, "number": "F-1", "amount": "60.00"}]
        ledger = self._check(*rows)
        self.assertEqual((ledger.new_count, ledger.same_count, ledger.conflict_count), (1, 1, 0))
        ledger.action_import()
        self.assertEqual(self._open("F-1"), [("2026-01-31", 40)])

    def test_a_customer_of_our_own_is_found_by_reference_or_vat_and_keeps_what_it_has(self):
        self.customer.ref = "C1"
        self._import({**INVOICE, "customer_name": "Another name"})
        self.assertEqual(self._file("C1").partner_id, self.customer)
        self.assertEqual(self.customer.name, "Albatros SARL")
        seaside = self._new_customer("Seaside", vat="BE0477472701")
        self._import({**INVOICE, "customer_ref": "C2", "number": "F-2", "vat": "BE0477472701"})
        self.assertEqual(self._file("C2").partner_id, seaside)
        self._new_customer("Twin", ref="C9")
        self._new_customer("Twin again", ref="C9")
        ledger = self._check({**INVOICE, "customer_ref": "C9", "number": "F-9"})
        self.assertIn("Several customers", ledger.wrong_ids.message)

    def test_two_references_of_the_file_are_not_one_customer(self):
        self._new_customer("Seaside", vat="BE0477472701")
        row = {**INVOICE, "vat": "BE0477472701"}
        ledger = self._check(row, {**row, "customer_ref": "C2", "number": "F-2"})
        self.assertEqual(ledger.wrong_count, 2)
        self.assertIn("C1 and C2 are one customer in Odoo, Seaside", ledger.wrong_ids[0].message)

    def test_a_part_paid_invoice_of_our_own_owes_its_tax_on_payments(self):
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        tax = self.company_data["default_tax_sale"].copy(
            {
                "name": "On payment",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
            }
        )
        line = {"name": "Goods", "quantity": 1, "price_unit": 100, "tax_ids": [Command.set(tax.ids)]}
        own = [self._new_invoice("2026-01-31", invoice_line_ids=[Command.create(line)]) for __ in range(2)]
        self._debtor().external_ref = "C1"
        payment = {"record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10"}
        half = own[0].amount_total / 2
        self._import(
            {**payment, "number": own[0].name, "amount": f"{half:.2f}"},
            {**payment, "number": own[1].name, "amount": f"{own[1].amount_total:.2f}"},
        )
        self.assertEqual([move.amount_residual for move in own], [half, 0])
        booked = [
            self.env["account.move"].search([("tax_cash_basis_origin_move_id", "=", move.id)]).line_ids.filtered(
                lambda line: line.tax_line_id
            )
            for move in own
        ]  # fmt: skip
        self.assertEqual(abs(booked[0].balance) * 2, abs(booked[1].balance))
        self.assertEqual(booked[0].move_id.state, "posted")

    def test_the_ids_of_another_database_are_not_taken_for_ours(self):
        self._debtor()
        ref = f"P{self.customer.id}"
        known = self._check({"record": "customer", "customer_ref": ref, "customer_name": "Albatros SARL"})
        self.assertEqual(known.same_count, 1)
        rows = [{"record": "customer", "customer_ref": ref, "customer_name": "Zebra"}, {**INVOICE, "customer_ref": ref}]
        ledger = self._check(*rows)
        self.assertEqual(ledger.wrong_count, 2)
        self.assertIn(f"{ref} is Albatros SARL here, but Zebra in the file", ledger.wrong_ids[1].message)

    def test_an_imported_invoice_keeps_number_and_instalments_when_it_is_posted_again(self):
        self._import(
            {**INVOICE, "number": "2019-07/0042", "amount": "60.00"},
            {**INVOICE, "number": "2019-07/0042", "amount": "40.00", "due_date": "2026-02-28"},
        )
        move = self._move("2019-07/0042")
        move.button_draft()
        move.action_post()
        self.assertEqual(move.name, "2019-07/0042")
        self.assertEqual(self._open("2019-07/0042"), [("2026-01-31", 60), ("2026-02-28", 40)])

    # === UNDO === #

    def test_an_import_is_undone_as_long_as_nothing_rests_on_it(self):
        counts = self._count()
        ledger = self._import(
            {**INVOICE, "disputed": "10.00", "customer_name": "Dupont"},
            {**INVOICE, "number": "F-2", "settled_date": "2026-02-01"},
            {
                "record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10",
                "number": "F-1", "amount": "60.00",
            },
            user=self.boss,
        )  # fmt: skip
        ledger.action_undo()
        self.assertEqual((ledger.state, self._count()), ("cancelled", counts))
        self.assertEqual((ledger.done_count, ledger.left_count, ledger.undone_count), (0, 0, len(ledger.row_ids)))
        self.assertFalse(self._file("C1"))

    def test_an_undo_leaves_nobody_with_a_payment_that_came_back(self):
        debtor = self._debtor(self._new_customer("Known", ref="C1"))
        payment = {"record": "payment", "customer_ref": "C1", "payment_ref": "P-1", "payment_date": "2026-02-10"}
        ledger = self._import(INVOICE, {**payment, "number": "F-1", "amount": "100.00"}, user=self.boss)
        ledger.action_undo()
        self.assertFalse(debtor.activity_ids.mapped("summary"))

    def test_what_stands_in_the_way_of_an_undo_is_named(self):
        ledger = self._import(INVOICE, user=self.boss)
        self._pay(self._move("F-1"), 10, "2026-03-01")
        with self.assertRaisesRegex(UserError, "was settled with what the import made"):
            ledger.action_undo()
        with self.assertRaisesRegex(AccessError, "Only managers"):
            ledger.with_user(self.clerk).action_undo()

    def test_what_came_into_the_books_since_the_check_is_told(self):
        first, second = self._check(INVOICE), self._check(INVOICE)
        first.action_import()
        second._set_pending("apply")
        with mute_logger("odoo.sql_db"):
            second.sudo()._work_safely()
        self.assertEqual((second.state, second.pending), ("checked", False))
        self.assertIn("have changed since the file was checked", second.error)
        self.assertEqual(len(self._move("F-1")), 1)

    # === RIGHTS === #

    def test_nobody_has_the_background_work_for_somebody_else(self):
        """It works with the rights of the user that is noted: a clerk would undo, and delete, like a manager."""
        ledger = self._import(INVOICE).with_user(self.clerk)
        for forged in ({"pending": "undo", "user_id": self.boss.id}, {"user_id": self.boss.id}, {"state": "checked"}):
            with self.subTest(forged), self.assertRaisesRegex(AccessError, "recorded by the collection itself"):
                ledger.write(forged)
        with self.assertRaisesRegex(AccessError, "recorded by the collection itself"):
            self._new_import(INVOICE, user_id=self.boss.id)

    def test_nobody_says_that_something_else_was_imported(self):
        """It would be deleted by an undo."""
        ledger, invoice = self._import(INVOICE), self._new_invoice("2026-01-31", 777)
        with self.assertRaisesRegex(AccessError, "noted by the import itself"):
            invoice.with_user(self.clerk).collection_import_id = ledger
        imported = self._move("F-1").partner_id
        self.assertEqual(imported.collection_import_id, ledger)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((imported | self.customer).ids, self.customer)
        self.assertFalse(imported.exists())
        self.assertFalse(self.customer.collection_import_id, "an undo would delete our own customer")

    def test_nobody_says_that_an_invoice_was_reminded_elsewhere(self):
        """It would go straight to the formal notice, or begin again with friendly words."""
        self._import({**INVOICE, "level": "2", "level_date": "2026-02-20"})
        invoice = self._new_invoice("2026-01-31", 777)
        biller = self._new_user("biller", "account.group_account_invoice")
        for taken_over in ({"collection_opening_level": 4}, {"collection_opening_date": "2026-03-05"}):
            for move in (self._move("F-1"), invoice):
                with self.subTest(move), self.assertRaisesRegex(AccessError, "noted by the import itself"):
                    move.with_user(biller).write(taken_over)
            with self.subTest(taken_over), self.assertRaisesRegex(AccessError, "Importing a ledger"):
                invoice.with_user(biller).copy(taken_over)
            said = {f"default_{name}": value for name, value in taken_over.items()}
            with self.subTest(said), self.assertRaisesRegex(AccessError, "Importing a ledger"):
                invoice.with_user(biller).with_context(**said).copy()
        self.assertEqual(self._move("F-1").collection_opening_level, 2)

    def test_a_plain_collector_is_told_what_right_is_missing(self):
        with self.assertRaisesRegex(AccessError, "right to invoice"):
            self._new_import(INVOICE, user=self.collector)
        ledger = self._check(INVOICE)
        for button in ("action_check", "action_import", "action_import_without_wrong", "action_back"):
            with self.assertRaises(AccessError):
                getattr(ledger.with_user(self.collector), button)()

    def test_other_companies_see_nothing(self):
        ledger = self._import({**INVOICE, "amount": "77.00"})
        other = self._other_company()
        stranger = new_test_user(
            self.env,
            login="collection_stranger",
            groups="account.group_account_invoice,credit_collection.group_credit_collection_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("", ".row", ".column", ".mapping"):
            records = self.env[f"credit.collection.import{model}"].with_user(stranger)
            self.assertFalse(records.search([]), model)
        elsewhere = self._check(
            {**INVOICE, "amount": "77.00"}, user=stranger, company_id=other.id,
        )  # fmt: skip
        self.assertEqual(elsewhere.new_count, 1, "the number is free in the other company")
        self.assertFalse(elsewhere.row_ids.partner_id, "and C1 somebody else")
        self.assertTrue(ledger.move_ids)

    def test_rows_are_as_the_file_says(self):
        row = self._check(INVOICE).row_ids
        with self.assertRaisesRegex(UserError, "Rows are as the file says"):
            row.write({"status": "done"})
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            row.action_take()

    # === MANY === #

    def test_the_number_of_queries_does_not_grow_with_the_rows_of_a_batch(self):
        def cost(count, prefix):
            rows = [
                {**INVOICE, "number": f"{prefix}-{number}", "settled_date": "2026-02-01"} for number in range(count)
            ]
            ledger = self._check(*rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ledger.action_import()
            return self.env.cr.sql_log_count - before

        with patch("odoo.addons.credit_collection.models.credit_collection_import_apply.FIRST_BATCH", 200):
            cost(2, "warm")
            few, many = cost(10, "few"), cost(110, "many")
        self.assertLess(many - few, 100, f"{few} queries for 10 rows, {many} for 110")

    def test_postgresql_is_told_how_large_the_books_have_become(self):
        """With the sizes of an empty ledger, core's statement on reconciled payments never ends."""
        self._import({**INVOICE, "settled_date": "2026-02-10", "residual": "0.00"})
        known = dict(
            self.env.execute_query(
                SQL(
                    "SELECT relname, reltuples FROM pg_class WHERE relname IN %s",
                    ("account_move", "account_move_line", "account_partial_reconcile"),
                )
            )
        )
        for table, rows in known.items():
            self.assertEqual(rows, self.env[table.replace("_", ".")].sudo().search_count([]), table)

    def test_a_big_file_is_done_in_the_background(self):
        module = "odoo.addons.credit_collection.models.credit_collection_import"
        with patch(f"{module}.ROWS_AT_ONCE", 1), patch(f"{module}.BYTES_AT_ONCE", 1):
            ledger = self._new_import(INVOICE, {**INVOICE, "number": "F-2"})
            ledger.action_check()
            self.assertEqual((ledger.state, ledger.pending), ("draft", "check"))
            with self.assertRaisesRegex(UserError, "background"):
                ledger.action_check()
            self._run_cron()
            self.assertEqual((ledger.state, ledger.pending, ledger.new_count), ("checked", False, 2))
            ledger.action_import()
            self._run_cron()
        self.assertEqual((ledger.state, ledger.done_count, ledger.user_id), ("done", 2, self.clerk))

    def _run_cron(self):
        self.env.ref("credit_collection.ir_cron_credit_collection_import").method_direct_trigger()
        self.env.invalidate_all()

    def test_what_the_books_refuse_in_the_background_is_told_in_the_form(self):
        ledger = self._check(INVOICE)
        ledger.sudo().pending = "apply"
        ledger.sudo().user_id = self.clerk
        self.env.flush_all()
        with patch.object(
            self.env.registry["account.move"], "_post", side_effect=UserError(self.env._("Closed on Sundays."))
        ):
            self._run_cron()
        self.assertEqual((ledger.state, ledger.pending, ledger.error), ("checked", False, "Closed on Sundays."))
        self.assertFalse(self._move("F-1"))

    def test_a_job_that_the_server_ends_again_and_again_is_given_up(self):
        ledger = self._check(INVOICE)
        ledger.sudo().write({"pending": "apply", "user_id": self.clerk.id})
        for __ in range(2):
            ledger._count_try()
        self._run_cron()
        self.assertEqual((ledger.state, ledger.pending), ("checked", False))
        self.assertIn("from the command line", ledger.error)

    def test_the_words_of_the_shape_are_there_to_be_translated(self):
        ledgers = self.env["credit.collection.import"]
        labels = {name: column.label for name, column in ledger_shape.COLUMNS.items()}
        self.assertEqual(ledgers._get_column_labels(), labels)
        self.assertEqual(ledgers._get_shape_texts(), ledger_shape.MESSAGES)
