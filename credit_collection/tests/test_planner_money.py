"""Edges of the rules on money, marks and payment days that random ledgers seldom hit: planner and reference agree."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from . import reference
from .reference_ledger import (
    BankAccount,
    BankLine,
    Debtor,
    Item,
    Ledger,
    Lift,
    Partner,
    Payable,
    Payment,
    Reject,
    Scenario,
    Step,
    Template,
)
from .test_planner_reference import PlannerCase

TODAY = date(2026, 5, 20)  # a Wednesday


def ago(days):
    return TODAY - timedelta(days=days)


@tagged("post_install", "-at_install")
class TestPlannerMoney(PlannerCase):
    def setUp(self):
        super().setUp()
        self.ledger = Ledger(
            company_currency="EUR",
            currency_decimals={"EUR": 2, "USD": 2},
            company_scenario_id=1,
            scenarios=(Scenario(1, interval_days=7, window_days=30),),
            steps=(
                Step(11, 1, 1, 3, "email", "friendly", template_id=1),
                Step(12, 1, 2, 10, "email", "firm", template_id=1),
                Step(13, 1, 3, 40, "email", "firm", template_id=1),
            ),
            templates=(Template(1),),
            partners=(Partner(1, 1, email=True), Partner(2, 2, email=True), Partner(1001, 1, email=True)),
            debtors=(Debtor(1, 1), Debtor(2, 2)),
            items=(),
        )

    def item(self, item_id, residual=60, days_late=5, debtor=1, **values):
        due, amount = ago(days_late), Decimal(residual)
        values = {"currency": "EUR", "date": due - timedelta(days=30), "number": f"INV/2026/{item_id:04}", **values}
        owner = {"partner_id": debtor, "debtor_id": debtor}
        return Item(item_id, 100 + item_id, residual=amount, residual_company=amount, date_due=due, **owner, **values)

    def line(self, number=1, amount=60, day=TODAY, **values):
        return BankLine(number, day, "EUR", Decimal(amount), **values)

    def payment(self, amount=60, day=TODAY, **values):
        return Payment(1, 1, "EUR", Decimal(amount), "in_process", day, **{"entry": True, **values})

    def check(self, expected, items, day=TODAY, **values):
        """``expected`` has the standing of the items, or the standing and the day on which it ends."""
        ledger = replace(self.ledger, items=tuple(items), **{name: tuple_of(value) for name, value in values.items()})
        answers = reference.standings(ledger, day)
        for number, standing in expected.items():
            found = answers[number].code, answers[number].ends
            self.assertEqual(found if isinstance(standing, tuple) else found[0], standing, f"item {number}")
        with self.loader.loaded(ledger, day):
            for number, row in self.ask(day)[0].items():
                self.assertEqual(self.answer(row), self.expected(answers[number]), f"item {number}")
        return answers

    # === WHOSE MONEY === #

    def test_a_number_is_one_to_six_whole_words_of_the_label(self):
        items = [self.item(1, 70, number="ABCDEF17/1"), self.item(2, 70, debtor=2)]
        for label, standing in (
            ("invoice abcdef171 thanks", "covered"),
            ("A B C D E F171", "covered"),
            ("A B C D E F 171", "due"),
            ("RG ABCDEF 17.1, 12 pcs", "covered"),
            ("RGABCDEF171", "due"),
            ("ABCDEF1712", "due"),
            ("Réf. nº ABCDÉF171", "due"),
            ("Müller/ABCDEF/17ü1", "covered"),
        ):
            with self.subTest(label):
                self.check({1: standing, 2: "due"}, items, bank_lines=self.line(amount=70, label=label))

    def test_a_number_with_few_digits_tells_nothing(self):
        for number, standing in (("AB123", "covered"), ("A123", "due"), ("ABCD12", "due")):
            items = [self.item(1, number=number), self.item(2, debtor=2)]
            self.check({1: standing, 2: "due"}, items, bank_lines=self.line(label=number))

    def test_an_account_that_two_customers_share_tells_nothing(self):
        items, number = [self.item(1), self.item(2, debtor=2)], "DE02 1203 0000 0000 2020 51"
        line = self.line(account_number=number.replace(" ", "").lower())
        mine, contact = BankAccount(number, 1), BankAccount(number, 1001)
        self.check({1: "covered", 2: "due"}, items, bank_lines=line, bank_accounts=(mine, contact))
        self.check({1: "due", 2: "due"}, items, bank_lines=line, bank_accounts=(mine, BankAccount(number, 2)))
        for other in (BankAccount(number, 2, active=False), BankAccount(number, 2, company="other")):
            self.check({1: "covered", 2: "due"}, items, bank_lines=line, bank_accounts=(mine, other))

    def test_the_amount_tells_when_one_customer_owes_it(self):
        items = [self.item(1), self.item(2, debtor=2)]
        self.check({1: "due", 2: "due"}, items, bank_lines=self.line())
        self.check({1: "due", 2: "covered"}, [self.item(1, 61), items[1]], bank_lines=self.line())
        foreign = [replace(items[0], currency="USD"), items[1]]
        self.check({1: "due", 2: "covered"}, foreign, bank_lines=self.line())

    def test_the_partner_counts_before_the_label(self):
        items = [self.item(1), self.item(2, debtor=2)]
        label = items[1].number
        self.check({1: "covered", 2: "due"}, items, bank_lines=self.line(partner_id=1001, label=label))
        self.check({1: "due", 2: "covered"}, items, bank_lines=self.line(label=label))

    def test_one_transfer_for_two_customers_covers_the_invoices_that_it_names(self):
        items = [self.item(1, 60, 5), self.item(2, 50, 9, debtor=2), self.item(3, 40, 30), self.item(4, 30, 30, 2)]
        label = f"{items[0].number} {items[1].number}"
        none, both = dict.fromkeys((1, 2, 3, 4), "due"), {1: "covered", 2: "covered", 3: "due", 4: "due"}
        self.check(both, items, bank_lines=self.line(amount=110, label=label))
        self.check(both, items, bank_lines=self.line(amount=500, label=label))  # what is over is nobody's
        self.check({**none, 2: "covered"}, items, bank_lines=self.line(amount=109, label=label))
        self.check({**both, 3: "covered"}, items, bank_lines=self.line(amount=150, label=label, partner_id=1))
        said = {"bank_lines": self.line(amount=110, label=label), "lifts": Lift("bank_line", 1, 101)}
        self.check({**none, 1: "covered", 3: "covered"}, items, **said)
        partners = (*self.ledger.partners, Partner(3, 3))
        self.check(none, items, partners=partners, bank_lines=self.line(amount=110, label=label, partner_id=3))
        payer = {"partners": partners, "bank_accounts": (BankAccount("DE021203", 3),)}
        self.check(both, items, bank_lines=self.line(amount=110, label=label, account_number="DE021203"), **payer)

    def test_money_in_another_currency_covers_the_invoice_that_it_names(self):
        items = [self.item(1, 60, 5), self.item(2, 50, 30)]
        for worth, covered in (("60", 60), ("58.80", 60), ("58.79", "58.79"), ("30", 30), ("90", 60)):
            line = replace(self.line(amount=70, label=items[0].number), currency="USD", worth=Decimal(worth))
            with self.subTest(worth):
                answers = self.check({2: "due"}, items, bank_lines=line)
                self.assertEqual(answers[1].covered, Decimal(covered))
        said = {"bank_lines": replace(line, label="transfer"), "lifts": Lift("bank_line", 1, 101)}
        self.check({1: "due", 2: "due"}, items, **said)

    def test_money_for_invoices_of_two_currencies_is_weighed_in_the_company_s(self):
        dollars = replace(self.item(1, 80, 9), currency="USD", residual_company=Decimal("71.33"))
        items = [dollars, self.item(2, 40, 5)]
        label = f"{items[0].number} {items[1].number}"
        for amount, covered in (
            (30, ("33.65", "0.00")),
            (105, ("80", "33.67")),
            (111, ("80", "40")),
            (200, ("80", "40")),
        ):
            answers = self.check({}, items, bank_lines=self.line(amount=amount, label=label))
            self.assertEqual([answers[number].covered for number in (1, 2)], list(map(Decimal, covered)))
        third = self.item(3, "88.67", 30)
        self.check({3: "covered"}, [*items, third], bank_lines=self.line(amount=200, label=label))

    def test_a_partner_who_owes_nothing_is_found_too(self):
        partners = (*self.ledger.partners, Partner(3, 3))
        line = self.line(partner_id=3, label="INV/2026/0001")
        self.check({1: "due"}, [self.item(1)], partners=partners, bank_lines=line)

    def test_what_a_person_said_counts_first(self):
        items = [self.item(1), self.item(2, days_late=6), self.item(3, debtor=2)]
        line = self.line(partner_id=1, label=items[1].number)
        self.check({1: "due", 2: "covered", 3: "due"}, items, bank_lines=line)
        for move, expected in ((101, 1), (103, 3)):
            standings = {number: "covered" if number == expected else "due" for number in (1, 2, 3)}
            self.check(standings, items, bank_lines=line, lifts=Lift("bank_line", 1, move))
        self.check(dict.fromkeys((1, 2, 3), "due"), items, bank_lines=line, lifts=Lift("bank_line", 1))

    # === WHAT FOR, AND HOW LONG === #

    def test_a_line_is_split_over_its_invoices_by_due_date(self):
        items = [self.item(1, 60, 5), self.item(2, 50, 9), self.item(3, 40, 30)]
        label = f"{items[0].number} {items[1].number}"
        self.check({1: "due", 2: "covered", 3: "due"}, items, bank_lines=self.line(amount=50, label=label))
        self.check({1: "covered", 2: "covered"}, items[:2], bank_lines=self.line(amount=110, label=label))
        self.check({3: "covered"}, items, bank_lines=self.line(amount=150, label=label))  # the rest goes on

    def test_money_holds_for_ten_working_days(self):
        items = [self.item(1)]
        for days, standing in ((15, "due"), (14, "covered"), (-1, "due")):
            self.check({1: standing}, items, bank_lines=self.line(day=ago(days)))
        self.check({1: "due"}, items, bank_lines=self.line(), cover_days=0)

    def test_money_that_was_registered_counts_once(self):
        items, line = [self.item(1), self.item(2)], self.line(partner_id=1)
        again = replace(line, id=2)
        for payment, expected in (
            (self.payment(), "due"),
            (self.payment(day=ago(10)), "due"),
            (self.payment(day=ago(11)), "covered"),
            (self.payment(61), "covered"),
            (replace(self.payment(matched=True), state="paid"), "covered"),
            (self.payment(from_customer=False), "covered"),
            (replace(self.payment(), debtor_id=2), "covered"),
        ):
            self.check({1: expected, 2: "due"}, items, bank_lines=line, payments=payment)
        self.check({1: "covered", 2: "due"}, items, bank_lines=(line, again), payments=self.payment())
        old = replace(line, date=ago(15))
        self.check({1: "due"}, items, bank_lines=(old, again), payments=self.payment())
        said = {"payments": self.payment(entry=False), "lifts": Lift("payment", 1)}
        self.check({1: "due"}, items, bank_lines=line, **said)
        nothing = Lift("bank_line", 1)
        self.check({1: "due", 2: "due"}, items, bank_lines=(line, again), payments=self.payment(), lifts=nothing)

    def test_a_line_whose_invoices_were_paid_one_by_one_counts_once(self):
        closed = (self.item(1, 200), self.item(2, 300, debtor=2))
        items, label = [self.item(3, 500), self.item(4, 500)], f"{closed[0].number} + {closed[1].number}"
        line = self.line(amount=500, label=label, partner_id=1)
        first = self.payment(200, names_move_ids=(101,))
        second = replace(self.payment(300, names_move_ids=(102,)), id=2, debtor_id=2)
        both, open_, held = (first, second), {3: "due", 4: "due"}, {3: "covered", 4: "due"}
        for payments, lines, expected in (
            (both, (line,), open_),
            ((first,), (line,), held),
            ((first, replace(second, amount=Decimal("299.99"))), (line,), held),
            ((first, replace(second, date=ago(11))), (line,), held),
            ((first, replace(second, matched=True)), (line,), held),
            ((first, replace(second, currency="USD")), (line,), held),
            (both, (line, replace(line, id=2, date=ago(0))), held),
            (both, (line, replace(line, id=2, label="transfer")), held),
        ):
            self.check(expected, items, closed_items=closed, bank_lines=lines, payments=payments)
        said = Lift("bank_line", 1, 103)
        self.check(held, items, closed_items=closed, bank_lines=line, payments=both, lifts=said)

    # === HOLDS === #

    def test_the_bank_is_late_until_its_data_reach_the_previous_banking_day(self):
        items, asked = [self.item(1)], {"bank_fresh": True}
        fresh = self.line(day=ago(1), amount=5)
        self.check({1: "bank_late"}, items, **asked)
        self.check({1: "due"}, items, bank_lines=fresh, **asked)
        self.check({1: "due"}, items, bank_lines=replace(fresh, reconciled=True), **asked)
        self.check({1: "due"}, items, bank_lines=replace(fresh, amount=Decimal(-5)), **asked)
        self.check({1: "bank_late"}, items, bank_lines=replace(fresh, posted=False), **asked)
        self.check({1: "bank_late"}, items, bank_lines=replace(fresh, date=ago(2)), **asked)
        self.check({1: "due"}, items, bank_lines=replace(fresh, date=ago(2)), public_holidays={ago(1)}, **asked)
        self.check({1: "due"}, items, payments=self.payment(5), **asked)
        self.check({1: "bank_late"}, items, payments=self.payment(5, from_customer=False), **asked)
        self.check({1: "bank_late"}, items, payments=replace(self.payment(5), state="draft"), **asked)
        self.check({1: "bank_late"}, items, payments=self.payment(5, online=True), **asked)
        self.check({1: "due"}, items, bank_posted_until=ago(1), **asked)
        self.check({1: "bank_late"}, items, bank_posted_until=ago(-1), **asked)
        monday = ago(2)
        self.check({1: "due"}, items, day=monday, bank_posted_until=ago(5), **asked)

    def test_what_came_back_is_asked_before_what_is_pending(self):
        pending = {"transactions": (("pending", TODAY),)}
        item = self.item(1, rejects=(Reject("funds", TODAY), Reject("mistake", ago(1))), **pending)
        self.check({1: ("rejected", ago(-1))}, [item])
        self.check({1: "payment_pending"}, [item], day=ago(-1))

    def test_direct_debit_is_ours_until_it_comes_back(self):
        item = self.item(1, collected_by_us=True)
        self.check({1: "collected_by_us"}, [item])
        self.check({1: "collected_by_us"}, [replace(item, rejects=(Reject("mistake"),))])
        self.check({1: "due"}, [replace(item, rejects=(Reject("mistake"), Reject("funds")))])

    def test_what_we_owe_is_weighed_against_what_is_overdue(self):
        items = [self.item(1, 60), self.item(2, 70, days_late=0)]
        debtors = (Debtor(1, 1, waits_for_bills=True), Debtor(2, 2))
        for owed, standing in (("59.99", "due"), ("60", "we_owe")):
            bills = (Payable(1, Decimal(owed) + 10), Payable(1001, Decimal(-10)), Payable(2, Decimal(500)))
            self.check({1: standing}, items, debtors=debtors, payables=bills)
        self.check({1: "waiting"}, [self.item(1, days_late=0)], debtors=debtors, payables=Payable(1, Decimal(-1)))
        self.check({1: "we_owe"}, [self.item(1, days_late=0)], debtors=debtors, payables=Payable(1, Decimal(1)))

    # === PAYMENT DAYS === #

    def test_who_pays_on_the_31st_pays_on_the_last_of_february(self):
        day = date(2027, 2, 28)
        item = replace(self.item(1), date_due=date(2027, 2, 10))
        debtors = (Debtor(1, 1, payment_days=(31,)), Debtor(2, 2))
        self.check({1: ("payment_run", date(2027, 3, 1))}, [item], day=day, debtors=debtors)
        self.check({1: ("waiting", date(2027, 3, 3))}, [item], day=day + timedelta(days=1), debtors=debtors)
        self.check({1: "waiting"}, [replace(item, date_due=day)], day=day, debtors=debtors)

    def test_grace_is_counted_from_the_payment_day(self):
        """Also where days of grace become calendar days."""
        scenarios = (Scenario(1, grace_days=5, window_days=30),)
        debtors = (Debtor(1, 1, payment_days=(4,)), Debtor(2, 2))
        late_from = date(2026, 5, 4)
        item = replace(self.item(1), date_due=late_from - timedelta(days=15))
        for days, step_date in ((200, date(2026, 5, 12)), (201, date(2026, 5, 10))):
            day = late_from + timedelta(days=days)
            answers = self.check({1: "due"}, [item], day=day, scenarios=scenarios, debtors=debtors)
            self.assertEqual(answers[1].step_date, step_date)

    # === TAKEN OVER === #

    def test_an_opening_level_counts_for_what_was_late_then(self):
        taken_over = {"opening_level": 2, "opening_date": ago(20)}
        items = [self.item(1, days_late=21, **taken_over), self.item(2, days_late=20, **taken_over)]
        self.check({1: ("waiting", ago(-19)), 2: "softer"}, items)  # firm was sent, the other one is still friendly
        self.check({2: "due"}, items[1:])
        items = [replace(item, opening_date=ago(6)) for item in items]
        self.check({1: "waiting", 2: "waiting"}, items)

    def test_the_day_of_an_opening_level_is_a_contact(self):
        item = self.item(1)
        old = self.item(2, days_late=0, opening_level=1, opening_date=ago(6))
        self.check({1: ("interval", ago(-1))}, [item, old])
        self.check({1: "due"}, [item], closed_items=old)
        self.check({1: "due"}, [item, replace(old, opening_level=0)])
        self.check({1: "due"}, [item, replace(old, opening_date=ago(7))])


def tuple_of(value):
    return (value,) if isinstance(value, (BankLine, Payment, Payable, Lift, Item)) else value
