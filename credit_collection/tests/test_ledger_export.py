"""The ledger as a file: what it tells, who may have it, and that an import of it makes the same file again."""

import io
from unittest.mock import patch
from urllib.parse import urlencode

from odoo import Command
from odoo.addons.credit_collection.models import credit_collection_ledger
from odoo.addons.credit_collection.tools import ledger_file
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import DAY, CollectionCommon


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestLedgerExport(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._new_customer("Bertrand & Fils", ref="B-7")
        cls.currency = cls.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])

    # === BOOKS === #

    def _reconcile(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled).reconcile()

    def _new_entry(self, date, *items):
        """Post an entry of receivables: ``(partner, amount)`` pairs against revenue."""
        receivable, revenue = (
            self.company_data["default_account_receivable"],
            self.company_data["default_account_revenue"],
        )
        lines = [
            {"partner_id": partner.id, "account_id": receivable.id, "balance": amount} for partner, amount in items
        ]
        lines.append({"account_id": revenue.id, "balance": -sum(amount for __, amount in items)})
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        entry.action_post()
        return entry

    def _new_instalments(self, amount, *terms):
        term = self.env["account.payment.term"].create(
            {
                "name": "Instalments",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in terms
                ],
            }
        )
        return self._new_invoice("2026-02-28", amount, invoice_payment_term_id=term.id, invoice_date="2026-01-01")

    def _new_note(self, invoice, amount=None, date="2026-02-10"):
        note = invoice._reverse_moves([{"invoice_date": date, "date": date}])
        if amount:
            note.invoice_line_ids.price_unit = amount
        note.action_post()
        return note

    def _new_statement_line(self, amount, date, label):
        """A bank line whose money went straight to the customer's account."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": date,
                "payment_ref": label,
                "amount": amount,
                "partner_id": self.customer.id,
            }
        )
        suspense = line.move_id.line_ids.filtered(lambda item: item.account_id == line.journal_id.suspense_account_id)
        suspense.account_id = self.company_data["default_account_receivable"]
        return line

    def _make_ledger(self):
        """Books with everything in them."""
        self.customer.write(
            {
                "name": "=Albatros; \"SARL\"", "vat": "/", "street": "1, rue", "street2": "Bât. B", "zip": "01000",
                "city": "Bourg", "country_id": self.env.ref("base.fr").id, "phone": "+33612345678", "lang": "en_US",
            }
        )  # fmt: skip
        contact = {"parent_id": self.customer.id, "name": "Zoé", "collection_role": "payables", "email": "z@a.example"}
        self.env["res.partner"].create(contact)
        self._debtor().write(
            {
                "user_id": self.collector.id, "preferred_channel": "letter", "hold_until": "2026-04-01",
                "hold_reason": "Waits\nfor papers",
                "optout_ids": [Command.create({"channel": code}) for code in ("sms", "phone")],
            }
        )  # fmt: skip
        in_full, in_part, lost = (self._new_invoice(f"2026-01-{day}", 100 + day) for day in (10, 20, 30))
        self._pay(in_full, date="2026-01-15")
        self._pay(in_part, 30, date="2026-01-25")
        self._reconcile(lost, self._new_entry("2026-02-02", (self.customer, -130)))
        instalments = self._new_instalments(1000, (30, 0), (30, 30), (40, 60))
        self._pay(instalments, 450, date="2026-01-31")
        self._reconcile(instalments, self._new_entry("2026-02-20", (self.customer, -300)))
        reversed_one, twice = self._new_invoice("2026-02-01", 200), self._new_invoice("2026-02-02", 80, ref="PO 9")
        self._reconcile(reversed_one, self._new_note(reversed_one, 50))
        self._reconcile(reversed_one, self._new_note(reversed_one, 60))
        self._new_note(twice, 20)
        self._new_invoice("2026-02-05", 33.33, move_type="out_refund")
        both = self._new_invoice("2026-02-06", 40) | self._new_invoice("2026-02-07", 50)
        payment = self._pay(both[0], 100, date="2026-02-08")
        self._reconcile(payment.move_id, both[1])
        self._reconcile(
            self._new_invoice("2026-02-09", 70), self._new_statement_line(75, "2026-02-10", "VIR ALBA").move_id
        )
        self._new_entry("2026-01-01", (self.customer, 500), (self.other, 600), (self.other, -70))
        self._make_foreign()
        disputed = self._new_invoice("2026-02-12", 90)
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "description": "Broken on arrival",
                "line_ids": [Command.create({"move_line_id": self._item(disputed).id, "amount": 25})],
            }
        )
        disputed.sudo().write({"collection_opening_level": 2, "collection_opening_date": "2026-02-20"})
        self._make_promises(in_part)

    def _make_promises(self, in_part):
        """One on two invoices, of which something was paid since; one on a part; one in another currency."""
        first, second, third, fourth = (self._new_invoice(f"2026-02-{day}", 100) for day in (13, 14, 15, 16))
        foreign = self._new_invoice("2026-02-13", 44, currency_id=self.currency.id, partner=self.other)
        for moves, amount in ((first | second, 150), (third, 60), (fourth, None), (foreign, 30), (in_part, None)):
            self.env["credit.collection.promise"]._make(
                self._debtor(moves.commercial_partner_id), self._item(moves), amount, DAY("2026-04-10"), how="import"
            )
        self._pay(first, 20, date="2026-03-01")

    def _make_foreign(self):
        foreign = {"currency_id": self.currency.id, "partner": self.other}
        self._pay(self._new_invoice("2026-01-12", 10.5, **foreign), date="2026-02-13")
        self._pay(self._new_invoice("2026-01-13", 20, **foreign), 8, date="2026-02-14")
        crossing = self._new_invoice("2026-01-14", 30, **foreign)
        self._reconcile(crossing, self._pay_in_company_currency(60))

    def _pay_in_company_currency(self, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound", "partner_type": "customer", "partner_id": self.other.id, "amount": amount,
                "date": "2026-02-15", "journal_id": self.company_data["default_journal_bank"].id,
            }
        )  # fmt: skip
        payment.action_post()
        return payment.move_id

    # === ROWS === #

    def _rows(self, company=None, user=None, **scope):
        ledger = self.env["credit.collection.ledger"].with_user(user or self.collector)
        return [
            {name: text for name, text in row.items() if text}
            for row in ledger._iter_rows(company or self.company, **scope)
        ]

    def _of(self, move, **scope):
        return [row for row in self._rows(**scope) if row.get("number") == move.name and row["record"] != "payment"]

    def _file(self, company, kind="csv", history=False):
        stream = io.BytesIO()
        count = self.env["credit.collection.ledger"]._write(stream, company, history, kind)
        self.assertEqual(count, len(list(ledger_file.open_rows(stream))))
        return stream.getvalue()

    def _import(self, content, company):
        ledger = self.env["credit.collection.import"].with_company(company).create({"company_id": company.id})
        ledger._load(io.BytesIO(content), "ledger")
        counts = ledger._check()
        self.assertEqual(set(counts), {"new"}, ledger.row_ids.filtered("message").mapped("message"))
        ledger._apply()
        return ledger

    def _shorten(self, content):
        """A line of text per row, to see what differs."""
        rows = [row for __, row in ledger_file.open_rows(io.BytesIO(content))]
        return "\n".join(", ".join(f"{name}={text!r}" for name, text in row.items() if text) for row in rows)

    def _new_company(self):
        company = self.setup_other_company(name="Company B")["company"]
        self.collector.company_ids += company
        rate = {"currency_id": self.currency.id, "company_id": company.id, "name": "2020-01-01", "rate": 0.25}
        self.env["res.currency.rate"].create(rate)
        return company

    def test_import_of_an_export_makes_the_same_file(self):
        self._make_ledger()
        for kind, history in (("csv", False), ("csv", True), ("xlsx", False), ("xlsx", True)):
            with self.subTest(kind=kind, history=history), self.env.cr.savepoint() as savepoint:
                company = self._new_company()
                content = self._file(self.company, kind, history)
                self._import(content, company)
                again = self._file(company, kind, history)
                self.assertEqual(self._shorten(content), self._shorten(again))
                self.assertTrue(content == again, "the same rows, but not the same bytes")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_amounts_open_are_those_of_the_books(self):
        self._make_ledger()
        domain = [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("company_id", "=", self.company.id),
        ]
        ((expected,),) = self.env["account.move.line"]._read_group(domain, [], ["amount_residual_currency:sum"])
        for history in (False, True):
            total = 0
            for row in self._rows(history=history):
                if row["record"] == "invoice":
                    total += float(row["residual"])
                elif row["record"] == "credit_note":
                    total -= float(row["residual"])
                elif row["record"] == "payment" and "number" not in row:
                    total -= float(row["amount"])
            self.assertAlmostEqual(total, expected)

    # === WHAT IT TELLS === #

    def test_a_payment_is_told_by_what_it_paid_and_what_is_left_of_it(self):
        one, two = self._new_invoice("2026-02-06", 40), self._new_invoice("2026-02-07", 50)
        payment = self._pay(one, 100, date="2026-02-08")
        self._reconcile(payment.move_id, two)
        paid = [row for row in self._rows(history=True) if row["record"] == "payment"]
        self.assertEqual([(row.get("number"), row["amount"]) for row in paid], [
            (one.name, "40.00"), (two.name, "50.00"), (None, "10.00"),
        ])  # fmt: skip
        self.assertEqual({row["payment_ref"] for row in paid}, {payment.name})
        self.assertEqual(
            [(row["record"], row["amount"]) for row in self._rows() if row["record"] in ("invoice", "payment")],
            [("payment", "10.00")],
            "only what is open, unless history is asked for",
        )

    def test_what_is_settled_without_a_payment_has_its_day(self):
        lost = self._new_invoice("2026-01-30", 130)
        self._reconcile(lost, self._new_entry("2026-02-02", (self.customer, -30)))
        (row,) = self._of(lost, history=True)
        self.assertEqual((row["residual"], row["settled_date"]), ("100.00", "2026-02-02"))

    def test_a_note_explains_what_it_settled(self):
        invoice = self._new_invoice("2026-02-01", 200)
        self._reconcile(invoice, note := self._new_note(invoice, 50))
        (row,), (of_note,) = self._of(invoice, history=True), self._of(note, history=True)
        self.assertEqual(row["residual"], "150.00")
        self.assertNotIn("settled_date", row)
        self.assertEqual((of_note["record"], of_note["reverses"]), ("credit_note", invoice.name))

    def test_an_open_promise_is_told_by_what_is_left_of_it(self):
        whole, part = self._new_invoice("2026-02-20", 100), self._new_invoice("2026-02-21", 100)
        make = self.env["credit.collection.promise"]._make
        promise = make(self._debtor(), self._item(whole | part), 150, DAY("2026-04-10"), how="import")

        def told():
            rows = self._of(whole) + self._of(part)
            return [(row.get("promise_amount"), row.get("promise_date")) for row in rows]

        self.assertEqual(told(), [("100.00", "2026-04-10"), ("50.00", "2026-04-10")])
        self._pay(whole, 30, date="2026-03-01")
        self.assertEqual(told(), [("70.00", "2026-04-10"), ("50.00", "2026-04-10")])
        promise._set_withdrawn("Another day")
        self.assertEqual(told(), [(None, None), (None, None)])

    def test_the_level_reached_is_told_wherever_it_was_reached(self):
        here = self._new_invoice("2026-02-20", 90)
        before = self._new_invoice("2026-02-20", 80, self._new_customer("Came over SARL"))
        before.sudo().write({"collection_opening_level": 4, "collection_opening_date": "2026-02-25"})
        self._cycle("2026-02-24")
        levels = [(row["level"], row["level_date"]) for move in (here, before) for row in self._of(move)]
        self.assertEqual(levels, [("2", "2026-02-24"), ("4", "2026-02-25")])

    def test_drafts_cancelled_and_others_books_are_left_out(self):
        self._new_invoice("2026-02-20", 90, post=False)
        self._new_invoice("2026-02-20", 90, post=False).button_cancel()
        company = self._new_company()
        self.assertFalse([row for row in self._rows(history=True) if row["record"] == "invoice"])
        self._new_invoice("2026-02-20", 70)
        self.assertFalse(self._rows(company, history=True), "neither invoices nor customers of another company")

    def test_only_what_is_named_is_told(self):
        self._make_ledger()
        everything = self._rows(history=True)
        for number in {row["number"] for row in everything if "due_date" in row}:
            expected = [row for row in everything if row.get("number") == number and "due_date" in row]
            self.assertEqual(self._rows(history=True, numbers=[number]), expected)
        for ref in {row["payment_ref"] for row in everything if "payment_ref" in row}:
            expected = [row for row in everything if row.get("payment_ref") == ref]
            self.assertEqual(self._rows(history=True, payment_refs=[ref]), expected)
        own = [row for row in everything if row["customer_ref"] == f"P{self.customer.id}" and "amount" not in row]
        self.assertEqual(self._rows(customer_refs=[f"P{self.customer.id}"]), own)
        self.assertEqual(self._rows(partners=self.customer), own)
        self.assertFalse(self._rows(numbers=[]), "nothing named is nothing, not everything")

    def test_rows_are_fetched_as_they_are_asked_for(self):
        for day in range(1, 8):
            self._new_invoice(f"2026-02-0{day}", 10)
        with patch.object(credit_collection_ledger, "BATCH", 2):
            rows = self.env["credit.collection.ledger"]._iter_rows(self.company)
            first = next(row for row in rows if row["record"] == "invoice")
            count = self.env.cr.sql_log_count
            next(rows)
            self.assertEqual(self.env.cr.sql_log_count, count, "it was in memory already")
            self.assertEqual(len([first, *rows]), 6)
            self.assertGreater(self.env.cr.sql_log_count, count + 2, "the others were not")

    # === WHO MAY HAVE IT === #

    def test_collectors_and_accountants_may_export_what_they_may_read(self):
        self._new_invoice("2026-02-20", 90)
        bookkeeper = self._new_user("bookkeeper", "account.group_account_invoice")
        for user in (self.collector, self.accountant, bookkeeper):
            self.assertTrue(self._rows(user=user))
        with self.assertRaises(AccessError):
            self._rows(user=new_test_user(self.env, "ledger_stranger", groups="base.group_user"))
        company = self.setup_other_company(name="Company C")["company"]
        with self.assertRaisesRegex(AccessError, "Company C"):
            self._rows(company)

    def test_the_wizard_leads_to_the_file(self):
        url = f"/credit_collection/ledger?company={self.company.id}&history=0&kind=xlsx"
        bookkeeper = self._new_user("bookkeeper", "account.group_account_invoice")
        for user in (self.accountant, bookkeeper):
            wizard = self.env["credit.collection.ledger.export"].with_user(user).create({"kind": "xlsx"})
            self.assertEqual(wizard.action_export()["url"], url)


@tagged("post_install", "-at_install")
class TestLedgerDownload(HttpCase, CollectionCommon):
    def _get(self, **wanted):
        return self.url_open("/credit_collection/ledger?" + urlencode({"company": self.company.id, **wanted}))

    def test_the_file_comes_as_a_download(self):
        invoice = self._new_invoice("2026-02-20", 90)
        self.collector.password = "collection_collector"
        self.authenticate(self.collector.login, "collection_collector")
        for kind in ("csv", "xlsx"):
            response = self._get(kind=kind)
            self.assertEqual(response.status_code, 200)
            self.assertIn("attachment", response.headers["Content-Disposition"])
            numbers = [row["number"] for __, row in ledger_file.open_rows(io.BytesIO(response.content))]
            self.assertIn(invoice.name, numbers)

    def test_other_companies_and_strangers_get_nothing(self):
        company = self.setup_other_company(name="Company D")["company"]
        self.collector.password = "collection_collector"
        self.authenticate(self.collector.login, "collection_collector")
        with mute_logger("odoo.http"):
            self.assertEqual(self._get(company=company.id).status_code, 403)
            self.assertEqual(self._get(company="x").status_code, 404)
            self.assertEqual(self._get(kind="pdf").status_code, 404)
            self.assertEqual(self._get(company="99999999999").status_code, 404)
            for ids in "²", "99999999999", "x", "":
                response = self.url_open("/credit_collection/letters?" + urlencode({"ids": ids}))
                self.assertEqual(response.status_code, 404, ids)
        self.authenticate(None, None)
        self.assertNotIn(b"customer_ref", self._get().content)
