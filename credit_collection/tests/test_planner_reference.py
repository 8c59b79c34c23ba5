"""The planner's SQL and the reference in plain Python must give the same answers on random ledgers."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from odoo.tests import TransactionCase, tagged

from . import reference
from .ledger_loader import LedgerLoader, db_id, plain_id
from .random_ledger import random_ledger

LEDGERS = 240
"""One ledger for each seed below this."""
AGAIN = 2
"""How many messages about to leave are asked again, at most, in each ledger."""
TODAY = date(2026, 5, 20)
STANDINGS = {
    *("credit", "non_trade", "no_partner", "no_followup", "blocked", "debtor_hold", "payment_pending", "disputed"),
    *("dispute_grace", "covered", "no_scenario", "scenario_off", "in_progress", "no_step_left", "waiting"),
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
            "step_date": None if again else row["step_date"],
            "ends": row["until"],
            "level": row["level"] or 0,
            **{name: Decimal(repr(row[name])) for name in ("free", "disputed", "covered")},
        }

    @staticmethod
    def expected(standing):
        names = ("code", "step_date", "ends", "level", "free", "disputed", "covered")
        return {"step": standing.step_id, **{name: getattr(standing, name) for name in names}}


@tagged("post_install", "-at_install")
class TestPlannerReference(PlannerCase):
    def setUp(self):
        super().setUp()
        self.differences = []
        self.seen = Counter()
        self.seen_again = Counter()

    def test_random_ledgers(self):
        for seed in range(LEDGERS):
            rng = Random(seed)
            day = TODAY + timedelta(days=rng.randint(0, 400))
            ledger = random_ledger(rng, day)
            with self.loader.loaded(ledger, day, seed):
                self._compare_standings(seed, ledger, day)
                self._compare_again(seed, ledger, day, rng)
                self._compare_run(seed, ledger, day)
        if self.differences:
            self.fail("\n".join([f"{len(self.differences)} differences, the first are:", *self.differences[:40]]))
        self.assertEqual(set(self.seen), STANDINGS)
        self.assertLessEqual({"due", "not_asked", "lapsed", "in_progress", "minimum", "interval"}, set(self.seen_again))

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
        expected = {
            (action.debtor_id, action.currency, action.move_id): action for action in reference.actions(ledger, day)
        }
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
        counts = Counter(standing.code for standing in reference.standings(ledger, day).values())
        kept = {standing.standing: standing.item_count for standing in run.standing_ids}
        self._differ(seed, "standings kept with the run", counts, Counter(kept))

    @staticmethod
    def _planned(action, ledger):
        steps = {step.id: step for step in ledger.steps}
        return {
            "step": action.step_id,
            "channel": action.channel,
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
