"""Receivables on days of the past: the published examples through the product, and totals that equal the ledger."""

from itertools import combinations
from random import Random

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from ..tools import kpi, pdf
from .common import DAY, CollectionCommon
from .test_browser import WAIT
from .test_letter import pages_of, words_of


class ReceivablesCommon(CollectionCommon):
    @classmethod
    def _new_books(cls, name="Books", **values):
        """Make a company without a single entry, and let everybody work in it."""
        company = cls._create_company(name=name, collection_tz="UTC", **values)
        for user in (cls.collector, cls.manager, cls.accountant):
            user.company_ids |= company
        bank = cls.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
        return company

    @classmethod
    def _new_currency(cls, company, *rates):
        """Return a foreign currency with its rates in ``company``, as ``(day, units for one of the company's)``."""
        currency = cls.env.ref("base.GBP")
        currency.active = True
        cls.env["res.currency.rate"].create(
            [{"currency_id": currency.id, "company_id": company.id, "name": day, "rate": rate} for day, rate in rates]
        )
        return currency

    @classmethod
    def _sell(cls, company, date, amount, due=None, partner=None, move_type="out_invoice", **values):
        """Post an invoice of ``amount`` without taxes, dated ``date``."""
        move = cls.env["account.move"].with_company(company).create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.customer).id,
                "invoice_date": date,
                "date": date,
                "invoice_date_due": due or date,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )  # fmt: skip
        move.action_post()
        return move

    @classmethod
    def _receive(cls, move, date, amount=None, **values):
        wizard = cls.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        if amount:
            values["amount"] = amount
        return wizard.create({"payment_date": date, **values})._create_payments()

    def _read(self, model, company, date, user=None):
        """Return the rows of a report on ``date``, as dicts."""
        report = self.env[f"credit.collection.report.{model}"].with_user(user or self.collector)
        report = report.with_company(company).with_context(
            collection_date=DAY(date), collection_company_ids=company.ids
        )
        self.env.invalidate_all()
        return report.search([("company_id", "=", company.id)])

    def _month(self, company, date):
        """Return the row of the month of ``date`` as it was on that day."""
        return self._read("dso", company, date)[:1]

    def _ledger_balance(self, company, date, trade=None):
        """Return the balance of the receivable accounts as an accountant would look it up."""
        domain = [
            ("company_id", "=", company.id), ("date", "<=", date), ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
        ]  # fmt: skip
        if trade is not None:
            domain.append(("account_id.non_trade", "=", not trade))
        [(balance,)] = self.env["account.move.line"]._read_group(domain, [], ["balance:sum"])
        return balance


@tagged("post_install", "-at_install")
class TestPublishedExamples(ReceivablesCommon):
    """The examples of the formulas in ``tools/kpi.py``, as ledgers."""

    def test_receivables_of_150000_on_sales_of_1800000_a_year_are_30_days(self):
        company = self._new_books()
        self._receive(self._sell(company, "2025-01-01", 1_650_000), "2025-06-01")
        self._sell(company, "2025-12-15", 150_000)
        row = self._month(company, "2025-12-31")
        self.assertEqual((row.receivable, row.sales_window, row.days_window), (150_000, 1_800_000, 365))
        self.assertEqual(round(row.dso, 1), 30.4)

    def test_receivables_of_15000_of_which_4000_are_not_due_are_45_days_of_which_12_are_inevitable(self):
        company = self._new_books(collection_dso_window="month")
        self._sell(company, "2026-03-10", 5_000, due="2026-04-09")
        self._sell(company, "2026-04-10", 4_000, due="2026-05-10")
        self._sell(company, "2026-04-01", 6_000, due="2026-04-15")
        row = self._month(company, "2026-04-30")
        self.assertEqual((row.receivable, row.not_due, row.overdue, row.sales), (15_000, 4_000, 11_000, 10_000))
        self.assertEqual((row.dso, row.dso_best, row.delinquent), (45, 12, 33))

    def test_a_quarter_was_collected_by_56_percent_when_sales_count_monthly_and_by_80_when_as_a_whole(self):
        company = self._new_books(collection_cei_months="3", collection_cei_sales="month")
        opening = self._sell(company, "2025-12-20", 6_200, due="2026-01-10")
        january = self._sell(company, "2026-01-15", 3_630, due="2026-02-15")
        february = self._sell(company, "2026-02-15", 3_630, due="2026-03-15")
        self._sell(company, "2026-03-02", 40, due="2026-03-20")
        self._sell(company, "2026-03-15", 3_590, due="2026-04-15")
        self._receive(opening, "2026-02-01")
        self._receive(january, "2026-02-20")
        self._receive(february, "2026-03-10", 920)
        row = self._month(company, "2026-03-31")
        self.assertEqual((row.receivable, row.not_due), (6_340, 3_590))
        self.assertEqual(round(row.cei, 1), 55.9)
        company.collection_cei_sales = "period"
        self.assertEqual(round(self._month(company, "2026-03-31").cei, 1), 79.6)

    def test_counting_back_takes_off_whole_months_with_their_real_lengths(self):
        company = self._new_books()
        paid = self._sell(company, "2026-01-10", 500)
        self._sell(company, "2026-02-10", 300)
        self._sell(company, "2026-03-10", 400)
        self._receive(paid, "2026-03-20")
        row = self._month(company, "2026-03-31")
        self.assertEqual((row.receivable, row.dso_countback), (700, 59))
        company.collection_dso_thirty = True
        self.assertEqual(self._month(company, "2026-03-31").dso_countback, 60)
        self._receive(
            self.env["account.move"].search([("company_id", "=", company.id), ("date", "=", "2026-02-10")]),
            "2026-03-31",
            100,
        )
        company.collection_dso_thirty = False
        self.assertEqual(round(self._month(company, "2026-03-31").dso_countback, 2), 49.67)


@tagged("post_install", "-at_install")
class TestReportDso(ReceivablesCommon):
    def test_each_month_is_what_it_was_at_its_end(self):
        company = self._new_books()
        invoice = self._sell(company, "2026-01-10", 1_000, due="2026-02-09")
        self._sell(company, "2026-02-10", 500, due="2026-03-12")
        self._receive(invoice, "2026-03-05", 400)
        self._sell(company, "2026-03-20", 200, move_type="out_refund")
        rows = self._read("dso", company, "2026-04-15")
        self.assertEqual(
            [(str(row.date_end), row.sales, row.receivable, row.not_due, row.overdue, row.credit) for row in rows],
            [
                ("2026-04-15", 0, 900, 0, 1_100, -200),
                ("2026-03-31", -200, 900, 0, 1_100, -200),
                ("2026-02-28", 500, 1_500, 500, 1_000, 0),
                ("2026-01-31", 1_000, 1_000, 1_000, 0, 0),
            ],
        )
        self.assertEqual([row.running for row in rows], [True, False, False, False])
        self.assertEqual(
            rows[2].ageing, "Not due 33 % · 1–30 days 67 % · 31–60 days 0 % · 61–90 days 0 % · Over 90 days 0 %"
        )
        self.assertEqual(self._month(company, "2026-03-31").receivable, 900)

    def test_a_young_ledger_is_compared_with_the_days_since_its_first_sale(self):
        company = self._new_books()
        self._sell(company, "2026-03-02", 3_000)
        row = self._month(company, "2026-03-31")
        self.assertEqual((row.days_window, row.sales_window, row.dso), (30, 3_000, 30))
        company.collection_dso_window = "90"
        row = self._month(company, "2026-06-30")
        self.assertEqual((row.days_window, row.sales_window, row.dso_known), (90, 0, False))

    def test_what_has_no_answer_is_said_to_have_none(self):
        company = self._new_books()
        invoice = self._sell(company, "2026-01-10", 100)
        self._opening(company, "2025-12-31", 5_000)
        row = self._month(company, "2026-01-31")
        self.assertEqual((row.receivable, row.sales, row.countback_known, row.cei_known), (5_100, 100, False, True))
        self._receive(invoice, "2026-02-01")
        self.assertFalse(self._read("dso", self._new_books("Empty"), "2026-01-31"))

    def _opening(self, company, date, amount):
        """Post an opening balance of receivables: no sale."""
        receivable = self.customer.with_company(company).property_account_receivable_id
        equity = self.env["account.account"].search(
            [("account_type", "=", "equity"), ("company_ids", "in", company.id)], limit=1
        )
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )
        move = self.env["account.move"].create(
            {
                "date": date,
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": receivable.id, "partner_id": self.customer.id, "debit": amount}),
                    Command.create({"account_id": equity.id, "credit": amount}),
                ],
            }
        )
        move.action_post()
        return move

    def test_credits_never_make_it_look_worse_than_the_best_possible(self):
        company = self._new_books(collection_dso_window="month")
        self._sell(company, "2026-04-10", 1_000, due="2026-05-10")
        self._sell(company, "2026-04-10", 300, move_type="out_refund")
        row = self._month(company, "2026-04-30")
        self.assertEqual((row.receivable, row.not_due, row.credit), (700, 1_000, -300))
        self.assertEqual((row.dso, row.dso_best, row.delinquent), (30, 30, 0))

    def test_targets_decide_what_is_red(self):
        company = self._new_books()
        self._sell(company, "2026-03-01", 800, due="2026-04-30")
        late = self._sell(company, "2026-03-01", 200, due="2026-03-15")
        row = self._month(company, "2026-03-31")
        self.assertEqual((row.share_overdue, row.share_over_90, row.on_target), (20, 0, False))
        company.write({"collection_target_overdue": 20, "collection_target_cei": 0})
        self.assertTrue(self._month(company, "2026-03-31").on_target)
        company.collection_target_overdue = 19.9
        self.assertFalse(self._month(company, "2026-03-31").on_target)
        row = self._month(company, "2026-06-14")
        self.assertEqual((row.share_over_90, row.on_target), (20, False))
        self._receive(late, "2026-06-14")
        self.assertEqual(self._month(company, "2026-06-14").share_over_90, 0)

    def test_what_is_compared_with_a_target_is_what_is_shown(self):
        company = self._new_books(collection_target_overdue=2, collection_target_cei=0)
        self._sell(company, "2026-03-01", 97_997, due="2026-04-30")
        self._sell(company, "2026-03-01", 2_003, due="2026-03-30")
        row = self._month(company, "2026-03-31")
        self.assertEqual((row.share_overdue, row.on_target), (2.0, True))
        company.collection_target_overdue = 1.9
        self.assertFalse(self._month(company, "2026-03-31").on_target)

    def test_groups_and_measures_work_as_pivot_and_graph_ask_for_them(self):
        company = self._new_books()
        self._sell(company, "2026-01-10", 100)
        self._sell(company, "2026-02-10", 300)
        report = (
            self.env["credit.collection.report.dso"]
            .with_user(self.collector)
            .with_context(collection_date="2026-02-28", collection_company_ids=company.ids)
        )
        groups = report.formatted_read_group(
            [("company_id", "=", company.id)], ["month:quarter"], ["sales:sum", "receivable:avg", "dso:avg"]
        )
        self.assertEqual([(group["sales:sum"], group["receivable:avg"]) for group in groups], [(400, 250)])

    def test_other_companies_are_not_seen(self):
        mine, other = self._new_books("Mine"), self._new_books("Other")
        self.collector.company_ids -= other
        for company in (mine, other):
            self._sell(company, "2026-01-10", 100)
        for model in ("dso", "ageing"):
            report = (
                self.env[f"credit.collection.report.{model}"]
                .with_user(self.collector)
                .with_context(collection_date="2026-02-28", collection_company_ids=(mine | other).ids)
            )
            self.assertEqual(report.search([]).company_id, mine)

    def test_clicks_lead_to_the_items_and_to_the_sales(self):
        company = self._new_books()
        january = self._sell(company, "2026-01-10", 100, due="2026-02-10")
        february = self._sell(company, "2026-02-10", 300, due="2026-03-10")
        self._receive(january, "2026-03-01")
        row = self._read("dso", company, "2026-03-31")[1]
        self.assertEqual(row.display_name, "February 2026")
        action = row.action_view_items()
        items = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        self.assertEqual(items.search(action["domain"]).move_id, january | february)
        action = row.action_view_sales()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), february)


@tagged("post_install", "-at_install")
class TestReportAgeing(ReceivablesCommon):
    def test_each_item_stands_in_its_bucket_and_credits_apart(self):
        company = self._new_books()
        for due in ("2026-05-31", "2026-05-30", "2026-05-01", "2026-04-30", "2026-03-02", "2026-03-01"):
            self._sell(company, "2026-01-01", 100, due=due)
        self._sell(company, "2026-01-01", 70, move_type="out_refund")
        rows = self._read("ageing", company, "2026-05-31")
        self.assertEqual(
            [(row.days_overdue, row.bucket_id.name, row.amount_residual) for row in rows],
            [
                (0, "Credits", -70), (91, "Over 90 days", 100), (90, "61–90 days", 100), (31, "31–60 days", 100),
                (30, "1–30 days", 100), (1, "1–30 days", 100), (0, "Not due", 100),
            ],
        )  # fmt: skip
        self.assertEqual(
            [row.bucket_id.id for row in rows[1:]], [kpi.bucket(row.days_overdue, (30, 60, 90)) for row in rows[1:]]
        )

    def test_the_bounds_of_the_company_make_the_buckets(self):
        company = self._new_books(collection_ageing_bounds="10, 20")
        for due in ("2026-05-31", "2026-05-21", "2026-05-20", "2026-05-10"):
            self._sell(company, "2026-01-01", 100, due=due)
        report = (
            self.env["credit.collection.report.ageing"]
            .with_user(self.collector)
            .with_context(collection_date="2026-05-31", collection_company_ids=company.ids)
        )
        groups = report.formatted_read_group([("company_id", "=", company.id)], ["bucket_id"], ["amount_residual:sum"])
        self.assertEqual(
            [(group["bucket_id"][1], group["amount_residual:sum"]) for group in groups],
            [("Not due", 100), ("1–10 days", 100), ("11–20 days", 100), ("Over 20 days", 100)],
        )
        [cell] = report.search([("company_id", "=", company.id), *groups[1]["__extra_domain"]])
        self.assertEqual(str(cell.date_due), "2026-05-21")

    def test_bounds_that_make_no_sense_are_refused_in_words(self):
        for wrong in ("", "30;60", "60,30", "0,30", "1,2,3,4,5,6"):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, "commas between them"):
                self.company.collection_ageing_bounds = wrong

    def test_who_owes_stands_beside_the_amount(self):
        company = self._new_books()
        branch = self.env["res.partner"].create({"name": "Branch", "parent_id": self.customer.id})
        self.customer.country_id = self.env.ref("base.fr")
        debtor = self.env["credit.collection.debtor"]._get_or_create(self.customer, company)
        debtor.user_id = self.collector
        move = self._sell(company, "2026-01-01", 100, partner=branch)
        [row] = self._read("ageing", company, "2026-01-31", self.accountant)
        self.assertEqual(
            (row.move_id, row.partner_id, row.debtor_id, row.user_id, row.country_id.code, row.reference),
            (move, self.customer, debtor, self.collector, "FR", move.name),
        )
        self.assertEqual(row.action_view_debtor()["res_id"], debtor.id)
        self.assertEqual(row.action_view_move()["res_id"], move.id)

    def test_accounts_that_are_not_about_trade_stand_apart_and_are_no_part_of_the_dso(self):
        company = self._new_books()
        trade = self._sell(company, "2026-01-01", 100)
        apart = self._sell(company, "2026-01-02", 40)
        account = self._item(trade).account_id
        self._item(apart).account_id = account.copy({"non_trade": True, "name": "Owner", "code": "OWNER1"})
        rows = self._read("ageing", company, "2026-01-31")
        self.assertEqual([(row.amount_residual, row.non_trade) for row in rows], [(100, False), (40, True)])
        self.assertEqual(self._month(company, "2026-01-31").receivable, 100)
        self.assertEqual(self._month(company, "2026-01-31").sales, 100)
        self.assertEqual(self._ledger_balance(company, "2026-01-31"), 140)

    def test_a_match_with_a_draft_takes_nothing_off(self):
        company = self._new_books()
        invoice = self._sell(company, "2026-01-01", 100)
        refund = self._sell(company, "2026-01-05", 100, move_type="out_refund")
        (self._item(invoice) | self._item(refund)).reconcile()
        self.assertFalse(self._read("ageing", company, "2026-01-31"))
        self.env.cr.execute("UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s", [refund.id])
        self.assertEqual(self._read("ageing", company, "2026-01-31").amount_residual, 100)
        self.assertEqual(self._month(company, "2026-01-31").receivable, 100)

    def test_the_number_of_statements_does_not_depend_on_the_number_of_items(self):
        company = self._new_books()
        self._sell(company, "2026-01-05", 100)
        self._count("ageing", company), self._count("dso", company)  # rights and the like are asked for once
        counts = []
        for __ in range(2):
            for number in range(4):
                self._receive(self._sell(company, f"2026-0{number % 3 + 1}-05", 100), "2026-03-20", 10)
            self.env.flush_all()
            counts.append([self._count(model, company) for model in ("ageing", "dso")])
        self.assertEqual(*counts)

    def _count(self, model, company):
        report = (
            self.env[f"credit.collection.report.{model}"]
            .with_user(self.collector)
            .with_context(collection_date="2026-03-31", collection_company_ids=company.ids)
        )
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(report.search_fetch([("company_id", "=", company.id)], ["company_id"]))
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPastDays(ReceivablesCommon):
    """A ledger by chance, lived through day by day; what core said on a day is what the report says about it later."""

    DAYS = ("2026-01-31", "2026-02-28", "2026-04-15", "2026-06-30")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls._new_books()
        cls.foreign = cls._new_currency(
            cls.books, ("2025-01-01", 0.8), ("2026-02-01", 0.75), ("2026-03-01", 0.85), ("2026-04-10", 0.7)
        )
        cls.customers = [cls.customer, *(cls._new_customer(f"Chance {number}") for number in range(4))]
        cls.dice = Random(5)
        cls.snapshots = {}
        day = DAY("2026-01-01")
        while str(day) <= cls.DAYS[-1]:
            cls._live(day)
            if day.day == 1:
                # Without figures about the tables, a statement of core's that looks for payments takes a second.
                cls.env.flush_all()
                for model in ("move", "move.line", "partial.reconcile", "payment"):
                    cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(cls.env[f"account.{model}"]._table)))
            if str(day) in cls.DAYS:
                cls.snapshots[str(day)] = cls._snapshot()
            day = fields.Date.add(day, days=1)

    @classmethod
    def _open_lines(cls):
        return cls.env["account.move.line"].search(
            [
                ("company_id", "=", cls.books.id), ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"), ("reconciled", "=", False),
            ]
        )  # fmt: skip

    @classmethod
    def _snapshot(cls):
        """Return what core says is open now."""
        return {
            line.id: (round(line.amount_residual, 2), round(line.amount_residual_currency, 2))
            for line in cls._open_lines()
        }

    @classmethod
    def _live(cls, day):
        """What happens on a day: sales, credit notes, payments of parts, in two currencies."""
        dice = cls.dice
        if dice.random() < 0.5:
            cls._sell(
                cls.books, day, dice.choice((100, 250.5, 999.99, 1200)), partner=dice.choice(cls.customers),
                due=fields.Date.add(day, days=dice.choice((0, 10, 30, 60))),
                move_type="out_refund" if dice.random() < 0.15 else "out_invoice",
                **({"currency_id": cls.foreign.id} if dice.random() < 0.4 else {}),
            )  # fmt: skip
        invoices = cls._open_lines().move_id.filtered(lambda move: move.move_type == "out_invoice")
        if invoices and dice.random() < 0.45:
            invoice = dice.choice(invoices)
            cls._receive(
                invoice, day,
                None if dice.random() < 0.4 else round(invoice.amount_residual * dice.uniform(0.1, 0.9), 2),
                **({"currency_id": invoice.currency_id.id} if dice.random() < 0.7 else {}),
            )  # fmt: skip
        refunds = cls._open_lines().filtered(lambda line: line.move_id.move_type == "out_refund")
        if refunds and dice.random() < 0.3:
            refund = dice.choice(refunds)
            debits = cls._open_lines().filtered(
                lambda line: line.amount_residual > 0 and line.partner_id == refund.partner_id
            )
            (refund | debits[:1]).reconcile()

    def _said(self, date):
        return {
            row.id: (round(row.amount_residual, 2), round(row.residual, 2))
            for row in self._read("ageing", self.books, date)
        }

    def test_every_item_is_what_it_was_on_that_day(self):
        self.assertTrue(all(len(snapshot) > 5 for snapshot in self.snapshots.values()))
        differences = self.env["account.partial.reconcile"].search([("exchange_move_id", "!=", False)])
        self.assertTrue(differences.filtered(lambda partial: partial.company_id == self.books))
        for date, snapshot in self.snapshots.items():
            with self.subTest(date):
                said = self._said(date)
                if date == "2026-04-15":
                    # Exchange differences of payments that are entered later than they came in stand at the end of the
                    # month: until then the ledger has a rest of them, in the company's currency only.
                    said, snapshot = (
                        {id_: residual for id_, (__, residual) in items.items() if residual}
                        for items in (said, snapshot)
                    )
                self.assertEqual(said, snapshot)

    def test_totals_equal_the_ledger_on_every_day(self):
        for date in (*self.DAYS, "2025-12-31", "2026-01-07", "2026-03-03", "2026-05-11"):
            with self.subTest(date):
                rows = self._read("ageing", self.books, date)
                self.assertAlmostEqual(sum(rows.mapped("amount_residual")), self._ledger_balance(self.books, date), 2)
                month = self._month(self.books, date)
                self.assertAlmostEqual(month.receivable, self._ledger_balance(self.books, date, trade=True), 2)
                late = rows.filtered("days_overdue")
                self.assertAlmostEqual(month.overdue, sum(late.mapped("amount_residual")), 2)
                self.assertAlmostEqual(
                    month.credit, sum(rows.filtered(lambda row: row.amount_residual < 0).mapped("amount_residual")), 2
                )

    def test_what_is_paid_later_changes_no_earlier_day_and_what_is_taken_back_no_total(self):
        date = "2026-03-20"
        before, months = self._said(date), self._months(date)
        for move in self._open_lines().move_id.filtered(lambda move: move.move_type == "out_invoice"):
            self._receive(move, "2026-07-02")
        self.assertEqual(self._said(date), before)
        self.assertEqual(self._months(date), months)
        paid = self.env["account.move.line"].search(
            [("company_id", "=", self.books.id), ("matched_debit_ids", "!=", False), ("date", "<=", date)], limit=4
        )
        paid.remove_move_reconcile()
        self.assertNotEqual(self._said(date), before)
        rows = self._read("ageing", self.books, date)
        self.assertAlmostEqual(sum(rows.mapped("amount_residual")), self._ledger_balance(self.books, date), 2)

    def _months(self, date):
        return [
            (row.month, row.sales, row.receivable, row.overdue, row.dso, row.dso_countback, row.cei)
            for row in self._read("dso", self.books, date)
        ]


@tagged("post_install", "-at_install")
class TestAsOf(ReceivablesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls._new_books()
        cls._receive(cls._sell(cls.books, "2026-01-10", 1_000, due="2026-02-10"), "2026-03-01", 400)
        cls._sell(cls.books, "2026-02-10", 500, due="2026-03-31")

    def _ask(self, date="2026-02-28", **values):
        wizard = self.env["credit.collection.as.of"].with_user(self.collector).with_company(self.books)
        return wizard.create({"company_id": self.books.id, "date": date, **values})

    def _found(self, action):
        model = self.env[action["res_model"]].with_user(self.collector)
        return model.with_context(**action["context"]).search(action["domain"])

    def test_a_day_of_the_past_is_shown_as_it_was(self):
        self.assertEqual(sum(self._found(self._ask().action_ageing()).mapped("amount_residual")), 1_500)
        self.assertEqual(self._found(self._ask().action_dso())[0].receivable, 1_500)
        self.env.invalidate_all()
        self.assertEqual(self._found(self._ask("2026-03-31").action_dso())[0].receivable, 1_100)

    def test_a_day_to_come_is_refused(self):
        for button in ("action_ageing", "action_dso", "action_print"):
            with self.subTest(button), self.assertRaisesRegex(UserError, "nobody knows yet"):
                getattr(self._ask("2199-01-01"), button)()

    def _print(self, company=None, date="2026-03-31", **context):
        wizard = self._ask(date, company_id=(company or self.books).id)
        action = wizard.action_print()
        report = (
            self.env["ir.actions.report"].with_user(self.collector).with_context(force_report_rendering=True, **context)
        )
        return report._render_qweb_pdf(action["report_name"], wizard.ids)[0]

    def test_the_printed_report_is_one_page_with_the_ageing_and_the_months(self):
        document = self._print()
        self.assertEqual(pdf.count_pages(document), 1)
        text = pages_of(document)[0]
        for words in (
            "as of March 31, 2026", "Books", "1,100.00", "31–60 days 1 600.00", "Not due 1 500.00",
            "Albatros SARL 1,100.00",
            "Mar 2026 0 1,100 54.5 %", "Jan 2026 1,000 1,000", "≤ 15 %", "≥ 80 %",
        ):  # fmt: skip
            self.assertIn(words, text)

    def test_it_is_one_page_whatever_the_ledger_holds(self):
        company = self._new_books(
            "Société européenne de distribution d’équipements hydrauliques et pneumatiques du Grand-Ouest (SEDEHP)",
            collection_ageing_bounds="15,30,60,90,180",
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        for number in range(11):
            partner = self._new_customer(
                f"Établissements Vandenbroucke-Delahousse & Fils, numéro {number}, " + "très long " * 8
            )
            currency = self.setup_other_currency(("GBP", "CHF", "JPY", "CAD", "SEK", "NOK")[number % 6])
            for month in (1, 3, 5, 7, 9, 10, 11, 12):
                self._sell(
                    company, f"2025-{month:02}-03", 98_765_432.1 + number, due=f"2026-{month:02}-10", partner=partner,
                    **({"currency_id": currency.id} if month > 9 else {}),
                )  # fmt: skip
        self._sell(company, "2026-01-03", 1_234_567.89, move_type="out_refund")
        for date in ("2026-06-15", "2025-01-31", "2024-01-31"):
            for lang in ("en_US", "fr_FR"):
                with self.subTest(date, lang=lang):
                    document = self._print(company, date, lang=lang)
                    self.assertEqual(pdf.count_pages(document), 1)
                    self._check_edges(document)

    def _check_edges(self, document):
        """Nothing may be printed over the edge of the page (margins of 15 mm) or over something else."""
        words = words_of(document)
        for __, word, left, top, right, bottom in words:
            self.assertTrue(left > 14 and right < 196 and top > 14 and bottom < 283, (word, left, top, right, bottom))
        for (__, one, *first), (__, other, *second) in combinations(words, 2):
            height = min(first[3], second[3]) - max(first[1], second[1])
            width = min(first[2], second[2]) - max(first[0], second[0])
            self.assertFalse(height > 1 and width > 0.2, (one, first, other, second))

    def test_it_names_other_currencies_and_what_is_not_about_trade(self):
        foreign = self._new_currency(self.books, ("2020-01-01", 0.5))
        self._sell(self.books, "2026-02-12", 80, currency_id=foreign.id)
        apart = self._sell(self.books, "2026-01-02", 40)
        account = self._item(apart).account_id
        self._item(apart).account_id = account.copy({"non_trade": True, "name": "Owner", "code": "OWNER1"})
        text = pages_of(self._print())[0]
        self.assertRegex(text, r"Included in other currencies: \D*80.00")
        self.assertRegex(text, r"non-trade receivables: \D*40.00")
        self.assertIn("Receivables 3 1,260.00", text)

    def test_the_menu_asks_nothing_of_who_may_only_read_the_books(self):
        wizard = self.env["credit.collection.as.of"].with_user(self.accountant).with_company(self.books).create({})
        self.assertEqual((wizard.company_id, wizard.date), (self.books, self.books._get_collection_today()))


@tagged("post_install", "-at_install")
class TestReceivablesScreens(ReceivablesCommon, HttpCase):
    """The way from the menu to the figures, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._receive(cls._sell(cls.company, "2026-01-10", 1_000, due="2026-02-10"), "2026-03-01", 400)
        cls._sell(cls.company, "2026-02-10", 500, due="2026-03-31")
        cls.collector.password = "collector-collector"

    def _look(self, script):
        self.browser_js(
            "/odoo/action-credit_collection.credit_collection_as_of_action",
            f"(async () => {{ {WAIT} {self.ASK} {script}; console.log('test successful'); }})()"
            ".catch((error) => console.error(`failed: ${error.message}`));",
            "document.querySelector('.modal button[name=action_ageing]') && odoo.isReady !== false",
            login=self.collector.login,
            timeout=60,
        )

    ASK = """
        const ask = async (day, button) => {
            const input = await until('date', () => document.querySelector('.modal input[data-field=date]'));
            input.focus();
            input.value = day;
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.dispatchEvent(new Event('change', { bubbles: true }));
            input.blur();
            document.querySelector(`.modal button[name=${button}]`).click();
        };
    """

    def test_the_ageing_of_a_past_day_leads_to_its_items(self):
        self._look(
            """
            await ask('02/28/2026', 'action_ageing');
            await text('.o_pivot th', '1–30 days');
            (await text('.o_pivot td', '1,000.00')).click();
            const row = await text('.o_list_view .o_data_row', '1–30 days');
            if (!row.textContent.includes('1,000.00')) { throw new Error(row.textContent); }
            """
        )

    def test_the_months_up_to_a_past_day_lead_to_what_was_open(self):
        self._look(
            """
            await ask('03/31/2026', 'action_dso');
            const row = await text('.o_list_view .o_data_row', '1,500.00');
            row.querySelector('button[name=action_view_items]').click();
            await text('.o_pivot th', 'Not due');
            await text('.o_breadcrumb', 'Ageing as of 02/28/2026');
            """
        )
