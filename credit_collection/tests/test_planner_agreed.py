"""Edges of the rules on what was said and agreed that random ledgers seldom hit: planner and reference agree."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from . import reference
from .reference_ledger import (
    Action,
    ActionLine,
    AgreedItem,
    Debtor,
    DisputeLine,
    Item,
    Ledger,
    Partner,
    Plan,
    Profile,
    Promise,
    Remark,
    Scenario,
    Step,
    Template,
)
from .reference_loader_customers import db_id
from .test_planner_reference import PlannerCase

TODAY = date(2026, 5, 20)  # a Wednesday
TOMORROW = TODAY + timedelta(days=1)


def ago(days):
    return TODAY - timedelta(days=days)


class AgreedCase(PlannerCase):
    def setUp(self):
        super().setUp()
        self.ledger = Ledger(
            company_currency="EUR",
            currency_decimals={"EUR": 2, "JPY": 0},
            company_scenario_id=1,
            scenarios=(Scenario(1, window_days=30),),
            steps=(Step(11, 1, 1, -10, "email", "firm", template_id=1), Step(12, 1, 2, 3, "email", "firm")),
            templates=(Template(1),),
            partners=(Partner(1, 1, email=True), Partner(2, 2, email=True)),
            debtors=(Debtor(1, 1), Debtor(2, 2)),
            items=(),
        )

    def item(self, item_id, residual=60, days_late=5, debtor=1, company=None, **values):
        due, amount = ago(days_late), Decimal(residual)
        owner = {"partner_id": debtor, "debtor_id": debtor, "date": due - timedelta(days=30), "date_due": due}
        values = {"currency": "EUR", "move_id": 100 + item_id, **owner, **values}
        return Item(item_id, residual=amount, residual_company=Decimal(company or residual), **values)

    def named(self, item, replaced=False):
        return AgreedItem(None if replaced else item.id, item.move_id)

    def world(self, items, **values):
        return replace(self.ledger, items=tuple(items), **values)


@tagged("post_install", "-at_install")
class TestWhatWasAgreed(AgreedCase):
    def check(self, expected, items, day=TODAY, **values):
        """``expected`` has the standing of the items, or the standing and the day on which it ends."""
        ledger = self.world(items, **values)
        answers = reference.standings(ledger, day)
        for number, standing in expected.items():
            found = answers[number].code, answers[number].ends
            self.assertEqual(found if isinstance(standing, tuple) else found[0], standing, f"item {number}")
        with self.loader.loaded(ledger, day):
            for number, row in self.ask(day)[0].items():
                self.assertEqual(self.answer(row), self.expected(answers[number]), f"item {number}")

    def test_a_remark_on_a_paid_invoice_holds_nothing_else(self):
        """It names an item, so it is not on the debtor, whatever became of that item since."""
        mine, paid = self.item(1), self.item(2)
        for replaced in (False, True):
            remark = Remark(1, "open", TODAY, (self.named(paid, replaced),))
            self.check({1: "due"}, [mine], closed_items=(paid,), remarks=(remark,))
        self.check({1: ("provisional", TOMORROW)}, [mine], remarks=(Remark(1, "open", TODAY),))

    def test_the_last_day_is_a_day_of_the_hold(self):
        mine = self.item(1)
        remark = Remark(1, "open", TODAY, (self.named(mine),))
        self.check({1: ("possible_dispute", TOMORROW)}, [mine], remarks=(remark,))
        self.check({1: "due"}, [mine], day=TOMORROW, remarks=(remark,))
        for topic, standing in (("paid", "told_paid"), ("plan", "plan_asked"), ("contact", "possible_dispute")):
            told = replace(remark, topic=topic)
            self.check({1: (standing, TOMORROW)}, [mine], remarks=(told,))
            self.check({1: "due"}, [mine], day=TOMORROW, remarks=(told,))
        promise = Promise(1, "open", ago(2), 1, (self.named(mine),))  # pays on Monday, one day of tolerance
        self.check({1: ("promised", TODAY)}, [mine], day=ago(1), promises=(promise,))
        self.check({1: "due"}, [mine], promises=(promise,))

    def test_an_item_that_became_smaller_stands_for_the_whole_invoice(self):
        """What was agreed on was posted anew in more parts; one unit more than the item is enough."""
        first, second, other = self.item(1, move_id=7), self.item(2, move_id=7), self.item(3)
        for kind, document in (("plans", Plan(1, "running")), ("promises", Promise(1, "open", TODAY, 1))):
            for amount, rest in (("60", "due"), ("60.01", "in_plan" if kind == "plans" else "promised")):
                with self.subTest(kind, amount=amount):
                    lines = (AgreedItem(1, 7, Decimal(amount)),)
                    held = "in_plan" if kind == "plans" else "promised"
                    documents = {kind: (replace(document, lines=lines),)}
                    self.check({1: held, 2: rest, 3: "due"}, [first, second, other], **documents)
        paid = self.item(4, move_id=7)
        plan = Plan(1, "running", (AgreedItem(4, 7, Decimal(100)),))
        self.check({1: "in_plan", 3: "due"}, [first, other], closed_items=(paid,), plans=(plan,))

    def test_the_order_of_what_holds(self):
        """All at once, and then one after the other taken away."""
        mine = self.item(1)
        lines = (self.named(mine),)
        world = {
            "disputes": (DisputeLine(1, 101, Decimal(60), "resolved", ended_on=ago(1), grace_days=3),),
            "remarks": (Remark(1, "open", TODAY, lines), Remark(1, "open", TODAY)),
            "plans": (Plan(1, "running", lines),),
            "promises": (Promise(1, "to_approve", TODAY, 1, lines),),
        }
        mine = [mine, self.item(2, -60)]
        self.check({1: "dispute_grace"}, mine, **world)
        world["disputes"] = (replace(world["disputes"][0], state="cancelled"),)
        paid, asked = (replace(world["remarks"][0], topic=topic) for topic in ("paid", "plan"))
        self.check({1: "told_paid"}, mine, **{**world, "remarks": (asked, *world["remarks"], paid)})
        self.check({1: "plan_asked"}, mine, **{**world, "remarks": (*world["remarks"], asked)})
        self.check({1: "possible_dispute"}, mine, **world)
        world["remarks"] = (replace(world["remarks"][0], state="done"), world["remarks"][1])
        self.check({1: "provisional"}, mine, **world)
        world["remarks"] = (world["remarks"][0], replace(world["remarks"][1], state="dismissed"))
        self.check({1: "in_plan"}, mine, **world)
        world["plans"] = (replace(world["plans"][0], state="proposal"),)
        self.check({1: "promised"}, mine, **world)
        world["promises"] = (replace(world["promises"][0], state="broken"),)
        self.check({1: "covered"}, mine, **world)

    def test_a_firm_notice_before_the_due_date_stays_for_the_difficulty(self):
        """Before it is asked whether something is overdue."""
        early, late = self.item(1, days_late=-3), self.item(2)
        self.check({1: "overdue_first", 2: "due"}, [early, late])
        debtor = Debtor(1, 1, difficulty_from=TODAY, difficulty_until=TOMORROW)
        ends = "difficulty", TOMORROW + timedelta(days=1)
        self.check({1: ends, 2: ends}, [early, late], debtors=(debtor,))
        self.check({1: "overdue_first"}, [early, late], debtors=(replace(debtor, difficulty_from=TOMORROW),))
        over = replace(debtor, difficulty_from=ago(9), difficulty_until=ago(1))
        self.check({1: "overdue_first"}, [early, late], debtors=(over,))

    def test_it_is_asked_again_before_a_message_leaves(self):
        mine = self.item(1)
        line = ActionLine(1, 101, mine.date_due, 12, 2, True, "firm")
        action = Action(1, 1, 1, "planned", TODAY, None, "firm", "email", 12, (line,))
        lines = (self.named(mine),)
        for standing, values in {
            "due": {},
            "difficulty": {"debtors": (Debtor(1, 1, difficulty_from=ago(1), difficulty_until=TODAY),)},
            "told_paid": {"remarks": (Remark(1, "open", TODAY, lines, "paid"),)},
            "plan_asked": {"remarks": (Remark(1, "open", TODAY, lines, "plan"),)},
            "possible_dispute": {"remarks": (Remark(1, "open", TODAY, lines),)},
            "provisional": {"remarks": (Remark(1, "open", TODAY),)},
            "in_plan": {"plans": (Plan(1, "accepted", lines),)},
            "promised": {"promises": (Promise(1, "open", TODAY, 1, lines),)},
        }.items():
            ledger = self.world([mine], actions=(action,), **values)
            expected = reference.standings_again(ledger, TODAY, action)[1]
            self.assertEqual(expected.code, standing)
            with self.loader.loaded(ledger, TODAY):
                leaving = self.env["credit.collection.action"].browse(db_id(1))
                row = self.ask(TODAY, debtors=leaving.debtor_id, action=leaving)[0][1]
                self.assertEqual(self.answer(row, again=True), self.expected(expected))


@tagged("post_install", "-at_install")
class TestContested(AgreedCase):
    """Who is contested, to the cent: what is left of a customer then goes to a person."""

    valued = Profile(1, person_when_disputed=True)

    def check(self, contested, items, disputed, share=50, **values):
        """``disputed`` by item; something of the first debtor is due beside."""
        places = {item.id: item.move_id for item in items}
        lines = [DisputeLine(item, places[item], Decimal(amount), "waiting") for item, amount in disputed.items()]
        ledger = self.world(items, disputes=tuple(lines), disputed_share=share, **values)
        expected = "todo" if contested else "planned"
        self.assertEqual([action.state for action in reference.actions(ledger, TODAY)], [expected])
        with self.loader.loaded(ledger, TODAY):
            run = self.env["credit.collection.run"]._plan(self.company, TODAY)
            self.assertEqual(run.action_ids.mapped("planned_state"), [expected])

    def test_the_share_is_met_exactly(self):
        items = [self.item(1, "60.01"), self.item(2, "59.99")]
        self.check(True, items, {1: "60"})
        self.check(False, items, {1: "59.99"})
        self.check(True, items, {1: "1", 2: "59"})
        self.check(False, items, {1: "60"}, share=51)
        self.check(True, items, {1: "59.99"}, share=49)

    def test_what_is_nothing_in_company_currency_is_not_disputed(self):
        yen = self.item(2, 1000, company="1", currency="JPY", blocked=True)
        self.check(False, [self.item(1), yen], {2: "1"}, **self.of_valued())

    def test_zero_is_never(self):
        self.check(False, [self.item(1)], {1: "59"}, share=0)

    def test_only_what_is_overdue_counts(self):
        for days_late in (0, -1, -20):
            items = [self.item(1), self.item(2, days_late=days_late)]
            early = self.ledger.steps[1:]  # nothing leaves before the due date
            self.check(True, items, {1: "30"}, steps=early)
            self.check(False, items, {2: "60"}, steps=early)
            self.check(False, items, {2: "60"}, steps=early, **self.of_valued())
        self.check(False, [self.item(1), self.item(2, days_late=1)], {1: "30"})

    def of_valued(self, **values):
        return {"debtors": (Debtor(1, 1, profile_id=1), Debtor(2, 2)), "profiles": (replace(self.valued, **values),)}

    def test_only_trade_items_of_the_customer_count(self):
        other = replace(self.item(2), account_non_trade=True)
        self.check(True, [self.item(1), other], {1: "30"})
        self.check(False, [self.item(1), other], {2: "60"}, **self.of_valued())
        self.check(False, [self.item(1), other], {1: "1", 2: "60"})
        stranger = self.item(2, debtor=2, blocked=True)
        self.check(True, [self.item(1), stranger], {1: "30"})
        self.check(False, [self.item(1), stranger], {1: "1", 2: "60"})

    def test_what_is_held_counts_too(self):
        self.check(False, [self.item(1), self.item(2, blocked=True)], {1: "30"})
        self.check(True, [self.item(1), self.item(2, blocked=True)], {2: "60"})

    def test_credits_take_nothing_off(self):
        self.check(False, [self.item(1, 100), self.item(2, -20)], {1: "49"})
        self.check(True, [self.item(1, 100), self.item(2, -20)], {1: "50"})

    def test_no_more_counts_than_an_item_has_open(self):
        self.check(False, [self.item(1, 100), self.item(2, 60)], {2: "200"})
        self.check(True, [self.item(1, 60), self.item(2, 60)], {2: "200"})

    def test_a_profile_may_ask_for_a_person_at_once(self):
        self.check(True, [self.item(1)], {1: "0.01"}, **self.of_valued())
        self.check(True, [self.item(1)], {1: "0.01"}, share=0, **self.of_valued())
        self.check(False, [self.item(1)], {}, **self.of_valued())
        self.check(False, [self.item(1)], {1: "0.01"}, **self.of_valued(active=False))
        self.check(False, [self.item(1)], {1: "0.01"}, **self.of_valued(person_when_disputed=False))

    def test_an_ended_dispute_asks_for_nobody(self):
        for state in ("resolved", "rejected", "cancelled"):
            line = DisputeLine(1, 101, Decimal(60), state, ended_on=ago(30))
            ledger = self.world([self.item(1)], disputes=(line,), disputed_share=1, **self.of_valued())
            self.assertEqual([action.state for action in reference.actions(ledger, TODAY)], ["planned"])
            with self.loader.loaded(ledger, TODAY):
                run = self.env["credit.collection.run"]._plan(self.company, TODAY)
                self.assertEqual(run.action_ids.mapped("planned_state"), ["planned"])

    def test_each_item_is_rounded_in_company_currency(self):
        """Half of 0.05 is 0.03, and three times that is 0.09; together they would be 0.075."""
        yen = [self.item(n, 10, company="0.05", currency="JPY", blocked=True) for n in (2, 3, 4)]
        halves = {item.id: "5" for item in yen}
        self.check(True, [self.item(1, "0.03"), *yen], halves)
        self.check(False, [self.item(1, "0.04"), *yen], halves)

    def test_all_currencies_count_in_company_currency(self):
        yen = self.item(2, 10000, company="60", currency="JPY", blocked=True)
        self.check(True, [self.item(1), yen], {2: "10000"})
        self.check(False, [self.item(1), yen], {2: "9999"})
