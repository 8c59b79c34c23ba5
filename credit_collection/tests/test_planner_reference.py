"""The planner's SQL and the reference in plain Python must give the same answers on random ledgers."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from odoo.tests import TransactionCase, tagged

from . import reference
from .ledger_loader import LedgerLoader
from .random_ledger import random_ledger
from .reference_ledger import Action, ActionLine, Debtor, Item, Ledger, Partner, Pause, Scenario, Step, Template
from .reference_loader_customers import db_id, plain_id
from .reference_random_customers import CHANNELS

LEDGERS = 240
"""One ledger for each seed below this."""
AGAIN = 2
"""How many messages about to leave are asked again, at most, in each ledger."""
TODAY = date(2026, 5, 20)
STANDINGS = {
    *("credit", "non_trade", "no_partner", "no_followup", "blocked", "frozen", "never_sent", "platform_error"),
    *("retention", "factored", "intercompany", "protected", "collected_by_us", "debtor_hold", "paused", "rejected"),
    *("payment_pending", "disputed", "dispute_grace", "told_paid", "plan_asked", "possible_dispute"),
    *("provisional", "in_plan", "promised"),
    *("covered", "we_owe", "payment_run", "no_scenario"),
    *("scenario_off", "in_progress", "no_step_left", "waiting", "bank_late", "difficulty"),
    *("overdue_first", "opted_out", "no_address", "interval", "cap", "minimum", "softer", "due"),
}


class PlannerCase(TransactionCase):
    """A company into which ledgers are loaded, and what planner and reference say of them in the same words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.loader = LedgerLoader(cls.env)
        cls.company = cls.loader.company
        cls.codes = {number: code for code, number in cls.loader.currencies.items()}
        cls.planner = cls.env["credit.collection.planner"]

    def ask(self, day, **how):
        """The planner's answer by item, and the items that have more than one."""
        rows = self.planner._get_standings(self.company, day, **how)
        places = Counter(plain_id(row["id"]) for row in rows)
        return {plain_id(row["id"]): row for row in rows}, [item for item, count in places.items() if count > 1]

    @staticmethod
    def answer(row, again=False):
        return {
            "code": row["standing"],
            "step": plain_id(row["step_id"]),
            "channel": row["channel"] if row["contact_id"] else None,  # without a contact none has won
            "contact": plain_id(row["contact_id"]),
            "step_date": None if again else row["step_date"],
            "ends": row["until"],
            "level": row["level"] or 0,
            **{name: Decimal(repr(row[name])) for name in ("free", "disputed", "covered")},
        }

    @staticmethod
    def expected(standing):
        names = ("code", "channel", "step_date", "ends", "level", "free", "disputed", "covered")
        ids = {"step": standing.step_id, "contact": standing.contact_id}
        return {**ids, **{name: getattr(standing, name) for name in names}}


@tagged("post_install", "-at_install")
class TestPlannerReference(PlannerCase):
    def setUp(self):
        super().setUp()
        self.differences = []
        self.seen = Counter()
        self.seen_again = Counter()
        self.seen_channels = Counter()
        self.seen_planned = Counter()
        self.seen_contested = Counter()

    def test_random_ledgers(self):
        for seed in range(LEDGERS):
            rng = Random(seed)
            day = TODAY + timedelta(days=rng.randint(0, 400))
            ledger = random_ledger(rng, day)
            with self.loader.loaded(ledger, day, seed):
                self._compare_standings(seed, ledger, day)
                self._compare_again(seed, ledger, day, rng)
                self._compare_preview(seed, ledger, day)
                self._compare_run(seed, ledger, day)
        if self.differences:
            self.fail("\n".join([f"{len(self.differences)} differences, the first are:", *self.differences[:40]]))
        self.assertEqual(set(self.seen), STANDINGS)
        again = {"due", "not_asked", "lapsed", "in_progress", "minimum", "interval", "cap", "opted_out", "no_address"}
        again |= {"told_paid", "plan_asked", "possible_dispute", "provisional", "in_plan", "promised", "difficulty"}
        self.assertLessEqual(again, set(self.seen_again))
        self.assertLessEqual({(True, "todo"), (False, "planned")}, set(self.seen_contested))
        for seen in (self.seen_channels, self.seen_planned):
            self.assertEqual(set(seen), set(CHANNELS))

    def _differ(self, seed, what, expected, found):
        if expected == found:
            return
        if isinstance(expected, dict) and isinstance(found, dict):  # say only what differs
            keys = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
            expected, found = ({key: side.get(key) for key in keys} for side in (expected, found))
        self.differences.append(f"seed {seed}, {what}:\n    rules {expected}\n    found {found}")

    # === STANDINGS === #

    def _compare_standings(self, seed, ledger, day):
        expected = reference.standings(ledger, day)
        found, twice = self.ask(day)
        self._differ(seed, "items that stand in two places", [], twice)
        self._compare_coverage(seed, ledger, found)
        planner = reference._Planner(ledger, day)
        for item in ledger.items:
            row = found[item.id]
            self.seen[row["standing"]] += 1
            if expected[item.id].channel:
                self.seen_channels[expected[item.id].channel] += 1
            self._differ(seed, f"item {item.id}", self.expected(expected[item.id]), self.answer(row))
            if item.residual > 0:
                asked = Decimal(repr(row["free_company"]))
                self._differ(seed, f"item {item.id} in company currency", planner.free_company(item), asked)
        if seed % 4:
            return
        debtor = Random(seed).choice(ledger.debtors)
        of_debtor = {item.id: found[item.id] for item in ledger.items if item.debtor_id == debtor.id}
        debtors = self.env["credit.collection.debtor"].browse(db_id(debtor.id))
        self._differ(seed, f"debtor {debtor.id} alone", of_debtor, self.ask(day, debtors=debtors)[0])

    def _compare_coverage(self, seed, ledger, found):
        """Each open item has its standing: as many as in the books, and the same amount."""
        domain = [
            ("company_id", "=", self.company.id),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "!=", True),
        ]
        [(count, amount)] = self.env["account.move.line"]._read_group(domain, [], ["__count", "amount_residual:sum"])
        total = sum(item.residual_company for item in ledger.items)
        self._differ(seed, "open items", len(ledger.items), count)
        self._differ(seed, "standings", len(ledger.items), len(found))
        self._differ(seed, "books", total, Decimal(repr(amount)))
        rows = sum(Decimal(repr(row["amount_residual"])) for row in found.values())
        self._differ(seed, "amount of the standings", total, rows)

    def _compare_preview(self, seed, ledger, day):
        """A scenario that is off is looked at as if it were on."""
        for scenario in [scenario for scenario in ledger.scenarios if not scenario.on][:1]:
            scenarios = [replace(other, on=other.on or other == scenario) for other in ledger.scenarios]
            expected = reference.standings(replace(ledger, scenarios=tuple(scenarios)), day)
            found, __ = self.ask(day, preview=self.env["credit.collection.scenario"].browse(db_id(scenario.id)))
            for item in ledger.items:
                answer = self.answer(found[item.id])
                self._differ(seed, f"item {item.id} in a preview", self.expected(expected[item.id]), answer)

    # === ASKED AGAIN === #

    def _compare_again(self, seed, ledger, day, rng):
        waiting = [action for action in ledger.actions if any(line.live for line in action.lines)]
        waiting = [action for action in waiting if action.state != "sent"]
        for action in rng.sample(waiting, min(AGAIN, len(waiting))):
            later = day + timedelta(days=rng.choice((0, 0, 1, 7)))
            record = self.env["credit.collection.action"].browse(db_id(action.id))
            found, twice = self.ask(later, debtors=record.debtor_id, action=record)
            self._differ(seed, "items that stand in two places when asked again", [], twice)
            expected = reference.standings_again(ledger, later, action)
            of_debtor = [item.id for item in ledger.items if item.debtor_id == action.debtor_id]
            self._differ(seed, f"items asked again for {action.id}", sorted(of_debtor), sorted(found))
            for number in of_debtor:
                self.seen_again[found[number]["standing"]] += 1
                again = self.answer(found[number], again=True)
                what = f"item {number} again, {later - day} later, for {action.id}"
                self._differ(seed, what, self.expected(expected[number]), again)

    # === THE RUN === #

    def _compare_run(self, seed, ledger, day):
        run = self.env["credit.collection.run"]._plan(self.company, day)
        planner = reference._Planner(ledger, day)
        expected = {(action.debtor_id, action.currency, action.move_id): action for action in planner.actions()}
        found = {
            (plain_id(action.debtor_id.id), self.codes[action.currency_id.id], plain_id(action.move_id.id)): action
            for action in run.action_ids
        }
        self._differ(seed, "state of the run", "live", run.state)
        self._differ(seed, "number of actions", len(expected), len(run.action_ids))
        self._differ(seed, "actions", sorted(map(str, expected)), sorted(map(str, found)))
        for key in expected.keys() & found.keys():
            planned = self._planned(expected[key], ledger)
            self._differ(seed, f"action {key}", planned, self._inserted(found[key]))
            self.seen_planned[planned["channel"]] += 1
            self.seen_contested[planner._is_contested(expected[key].debtor_id), planned["state"]] += 1
        counts = Counter(standing.code for standing in reference.standings(ledger, day).values())
        kept = {standing.standing: standing.item_count for standing in run.standing_ids}
        self._differ(seed, "standings kept with the run", counts, Counter(kept))

    @staticmethod
    def _planned(action, ledger):
        steps = {step.id: step for step in ledger.steps}
        return {
            "step": action.step_id,
            "channel": action.channel,
            "contact": action.contact_id,
            "tone": action.tone,
            "planned_state": action.state,
            "state": action.state,
            "due": {item: (step, steps[step].level, steps[step].tone, True) for item, step in action.due.items()},
            "shown": {item: (0, False, False) for item in action.shown},
        }

    @staticmethod
    def _inserted(action):
        due = action.line_ids.filtered("step_id")
        return {
            "step": plain_id(action.step_id.id),
            "channel": action.channel,
            "contact": plain_id(action.contact_id.id),
            "tone": action.tone,
            "planned_state": action.planned_state,
            "state": action.state,
            "due": {
                plain_id(line.move_line_id.id): (plain_id(line.step_id.id), line.level, line.tone, line.live)
                for line in due
            },
            "shown": {
                plain_id(line.move_line_id.id): (line.level, line.tone, line.live) for line in action.line_ids - due
            },
        }


@tagged("post_install", "-at_install")
class TestAskedAgain(PlannerCase):
    """Section 8 in cases that one can follow: planner and reference say the same, and what the rules say."""

    customer = Partner(1, 1, email=True)

    def setUp(self):
        super().setUp()
        self.ledger = Ledger(
            company_currency="EUR",
            currency_decimals={"EUR": 2, "USD": 2},
            company_scenario_id=1,
            scenarios=(Scenario(1, interval_days=7, max_contacts=2, window_days=30),),
            steps=(
                Step(11, 1, 1, -5, "email", "preventive", template_id=1),
                Step(12, 1, 2, 3, "email", "friendly", template_id=1),
                Step(13, 1, 3, 10, "email", "firm", min_amount=Decimal(100), template_id=1),
            ),
            templates=(Template(1),),
            partners=(self.customer,),
            debtors=(Debtor(1, 1),),
            items=(),
        )

    def item(self, number, days_late, residual=60, **values):
        due = TODAY - timedelta(days=days_late)
        values = {"currency": "EUR", "date": due - timedelta(days=30), "partner_id": 1, "debtor_id": 1, **values}
        amount = Decimal(residual)
        return Item(number, 100 + number, residual=amount, residual_company=amount, date_due=due, **values)

    def action(self, number, items, step, state="planned", run=1, day=TODAY, channel="email", debtor=1):
        """An action on items; the item is given as ``(item, False)`` when its line was dropped."""
        chosen = next(found for found in self.ledger.steps if found.id == step)
        lines = [entry if isinstance(entry, tuple) else (entry, True) for entry in items]
        lines = [ActionLine(i.id, i.move_id, i.date_due, step, chosen.level, live, chosen.tone) for i, live in lines]
        sent = day if state == "sent" else None
        return Action(number, run, debtor, state, day, sent, chosen.tone, channel, step, tuple(lines))

    def check(self, expected, items, actions, day=TODAY, **values):
        """The first of the actions is about to leave."""
        ledger = replace(self.ledger, items=tuple(items), actions=tuple(actions), **values)
        answers = reference.standings_again(ledger, day, actions[0])
        debtor = actions[0].debtor_id
        of_debtor = [item.id for item in items if item.debtor_id == debtor]
        self.assertEqual({item: answers[item].code for item in of_debtor}, expected)
        with self.loader.loaded(ledger, day):
            leaving = self.env["credit.collection.action"].browse(db_id(actions[0].id))
            found, twice = self.ask(day, debtors=leaving.debtor_id, action=leaving)
            self.assertFalse(twice)
            for item, row in found.items():
                self.assertEqual(self.answer(row, again=True), self.expected(answers[item]))
        return found

    def test_own_run_does_not_hold_it_up(self):
        mine, other = self.item(1, 5), self.item(2, 5, currency="USD")
        actions = [self.action(1, [mine], 12), self.action(2, [other], 12)]
        found = self.check({1: "due", 2: "in_progress"}, [mine, other], actions)
        self.assertEqual(plain_id(found[1]["step_id"]), 12)
        self.assertTrue(found[1]["contact_id"])

    def test_an_action_without_run_leaves_out_itself_only(self):
        mine, other = self.item(1, 5), self.item(2, 5)
        actions = [self.action(1, [mine], 12, run=None), self.action(2, [other], 12, run=None)]
        self.check({1: "interval", 2: "in_progress"}, [mine, other], actions)
        self.check({1: "due", 2: "not_asked"}, [mine, other], actions[:1])

    def test_a_contact_by_another_run_holds_it_up(self):
        mine = self.item(1, 5)
        sent = self.action(2, [self.item(2, 5)], 12, "sent", run=2, day=TODAY - timedelta(days=6))
        self.check({1: "interval", 2: "not_asked"}, [mine, self.item(2, 5)], [self.action(1, [mine], 12), sent])
        self.check(
            {1: "due", 2: "not_asked"},
            [mine, self.item(2, 5)],
            [self.action(1, [mine], 12), sent],
            day=TODAY + timedelta(days=1),
        )

    def test_the_cap_counts_the_contacts_of_other_runs(self):
        mine, other = self.item(1, 20), self.item(2, 40)
        earlier = [TODAY - timedelta(days=days) for days in (10, 29)]
        sent = [self.action(n, [other], 12 + n - 2, "sent", run=n, day=day) for n, day in enumerate(earlier, 2)]
        self.check({1: "cap", 2: "not_asked"}, [mine, other], [self.action(1, [mine], 12), *sent])
        tomorrow = TODAY + timedelta(days=1)
        self.check({1: "due", 2: "not_asked"}, [mine, other], [self.action(1, [mine], 12), *sent], day=tomorrow)

    def test_the_cap_counts_what_the_same_payer_got_for_others(self):
        """In whichever company; messages of the own run do not count for others either."""
        mine, other = self.item(1, 20), self.item(2, 40, partner_id=2, debtor_id=2)
        debtors = (Debtor(1, 1, payer_id=2), Debtor(2, 2), Debtor(3, 1, payer_id=2))
        partners = (self.customer, Partner(2, 2, email=True))
        leaving, beside = self.action(1, [mine], 12), self.action(2, [other], 13, debtor=2)
        day = TODAY - timedelta(days=10)
        sent = self.action(3, [other], 12, "sent", run=2, day=day, debtor=2)
        abroad = self.action(4, [], 12, "sent", run=3, day=day, debtor=3)
        world = {"debtors": debtors[:2], "debtors_elsewhere": debtors[2:], "partners": partners}
        self.check({1: "cap"}, [mine, other], [leaving, sent], actions_elsewhere=(abroad,), **world)
        self.check({1: "due"}, [mine, other], [leaving, beside, sent], **world)
        self.check({1: "due"}, [mine, other], [leaving, beside], actions_elsewhere=(abroad,), **world)

    def test_only_its_own_channel_is_tried(self):
        mine = self.item(1, 5)
        actions = [self.action(1, [mine], 12, channel="sms")]
        both = Partner(1, 1, email=True, phone="mobile")
        found = self.check({1: "due"}, [mine], actions, partners=(both,))
        self.assertEqual(found[1]["channel"], "sms")
        self.check({1: "no_address"}, [mine], actions, partners=(replace(both, phone_bounced=True),))
        closed = Debtor(1, 1, optouts=frozenset({"sms"}))
        self.check({1: "opted_out"}, [mine], actions, partners=(both,), debtors=(closed,))
        closed = Debtor(1, 1, optouts=frozenset({"email"}))
        self.check({1: "due"}, [mine], actions, partners=(both,), debtors=(closed,))

    def test_a_notice_before_the_due_date_lapses_on_it(self):
        mine = self.item(1, 0)
        actions = [self.action(1, [mine], 11, day=TODAY - timedelta(days=4))]
        self.check({1: "due"}, [mine], actions, day=TODAY - timedelta(days=1))
        self.check({1: "lapsed"}, [mine], actions)

    def test_a_notice_before_the_due_date_yields_to_what_is_overdue(self):
        mine, late = self.item(1, -3), self.item(2, 1)
        found = self.check({1: "overdue_first", 2: "not_asked"}, [mine, late], [self.action(1, [mine], 11)])
        self.assertEqual(found[1]["until"], mine.date_due)

    def test_the_step_is_fixed(self):
        """Neither a step that was sent meanwhile, nor a date that moved, nor a firmer message changes the step."""
        mine, firm, moved = self.item(1, 20), self.item(2, 20), self.item(3, 1)
        sent = self.action(2, [mine, firm], 13, "sent", run=2, day=TODAY - timedelta(days=8))
        self.check({1: "due", 2: "not_asked", 3: "due"}, [mine, firm, moved], [self.action(1, [mine, moved], 12), sent])

    def test_a_line_that_was_dropped_is_not_asked(self):
        mine, dropped = self.item(1, 20), self.item(2, 20)
        self.check({1: "due", 2: "not_asked"}, [mine, dropped], [self.action(1, [mine, (dropped, False)], 12)])

    def test_the_minimum_weighs_what_is_still_in_the_message(self):
        first, second = self.item(1, 20), self.item(2, 20)
        actions = [self.action(1, [first, second], 13)]
        self.check({1: "due", 2: "due"}, [first, second], actions)
        self.check({1: "minimum", 2: "blocked"}, [first, replace(second, blocked=True)], actions)
        credit = self.item(3, 0, -30)
        self.check({1: "minimum", 2: "minimum", 3: "credit"}, [first, second, credit], actions)

    def test_holds_of_the_item_come_first(self):
        mine = self.item(1, 5)
        actions = [self.action(1, [mine], 12)]
        self.check({1: "no_followup"}, [replace(mine, no_followup=True)], actions)
        self.check({1: "payment_pending"}, [replace(mine, transactions=(("authorized", TODAY),))], actions)
        self.check({1: "covered", 2: "credit"}, [mine, self.item(2, 0, -60)], actions)
        self.check({1: "debtor_hold"}, [mine], actions, debtors=(Debtor(1, 1, hold_until=TODAY),))
        here = replace(self.customer, country="DE")
        pause = Pause(TODAY, countries=frozenset({"DE"}))
        self.check({1: "paused"}, [mine], actions, partners=(here,), pauses=(pause,))
        closed = Debtor(1, 1, optouts=frozenset({"email"}))
        self.check({1: "opted_out"}, [mine], actions, debtors=(closed,))
        self.check({1: "no_address"}, [mine], actions, partners=(replace(self.customer, email_bounced=True),))
        off = replace(self.ledger.scenarios[0], on=False)
        self.check({1: "scenario_off"}, [mine], actions, scenarios=(off,))


@tagged("post_install", "-at_install")
class TestWhoActs(PlannerCase):
    """The limits of section 7, hit exactly."""

    def check(self, expected, scenario=None, **step):
        amount, day = Decimal(60), TODAY - timedelta(days=20)
        item = Item(1, 101, "EUR", amount, amount, day, day, 1, 1)
        apart = replace(
            item, id=2, move_id=102, residual=Decimal(500), residual_company=Decimal(500), account_non_trade=True
        )
        ledger = Ledger(
            company_currency="EUR",
            currency_decimals={"EUR": 2},
            company_scenario_id=1,
            scenarios=(Scenario(1, window_days=30, **scenario or {}),),
            steps=(Step(11, 1, 1, 3, **{"channel": "email", "tone": "friendly", **step}),),
            partners=(Partner(1, 1, email=True, phone="fixed", street=True, city=True, country="DE"),),
            debtors=(Debtor(1, 1),),
            items=(item, apart),
        )
        [planned] = reference.actions(ledger, TODAY)
        self.assertEqual(planned.state, expected)
        with self.loader.loaded(ledger, TODAY):
            run = self.env["credit.collection.run"]._plan(self.company, TODAY)
            self.assertEqual(run.action_ids.mapped("planned_state"), [expected])

    def test_nobody(self):
        self.check("planned")

    def test_position(self):
        self.check("planned", scenario={"person_position": Decimal(60)})
        self.check("todo", scenario={"person_position": Decimal("59.99")})

    def test_person(self):
        self.check("planned", person_amount=Decimal(60))
        self.check("todo", person_amount=Decimal("59.99"))

    def test_approval(self):
        self.check("planned", approval_amount=Decimal(60))
        self.check("to_approve", approval_amount=Decimal("59.99"))
        self.check("todo", approval_amount=Decimal("59.99"), mode="task")

    def test_mode(self):
        self.check("to_approve", mode="approve")
        self.check("todo", mode="approve", person_amount=Decimal(1))

    def test_channel(self):
        """Calls and tasks are for people, by whatever step they come."""
        self.check("todo", channel="phone")
        self.check("todo", channel="person")
        self.check("planned", channel="letter")
        self.check("planned", channel="automation")
