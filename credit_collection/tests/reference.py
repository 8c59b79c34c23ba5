"""The rules of docs/rules.md once more, in plain Python: slow, readable, and without a look at the planner's SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from .reference_amounts import PAYMENT_DAYS, day_after_grace, free_amounts, undisputed_amounts
from .reference_ledger import LIVE_STATES, TONES, ZERO, Action, ActionLine, Item, Ledger, Scenario, Step

LADDER_HOLDS = ("in_progress", "no_scenario", "scenario_off")  # an overdue item held by these is still overdue
CALENDAR_DAYS_BEFORE, CALENDAR_DAYS_AFTER = 200, 399  # further off, days of grace are calendar days


@dataclass(frozen=True)
class Standing:
    code: str
    step_id: int | None  # from section 4 on
    step_date: date | None  # the date of that step; None when asked again
    ends: date | None  # the column "ends" of the rules
    level: int  # reached
    free: Decimal
    disputed: Decimal
    covered: Decimal


@dataclass(frozen=True)
class PlannedAction:
    debtor_id: int
    currency: str
    move_id: int | None  # set with one message per invoice
    step_id: int
    channel: str
    tone: str
    state: str  # "todo", "to_approve" or "planned"
    due: Mapping[int, int]  # item: its step
    shown: frozenset[int]


def standings(ledger: Ledger, today: date) -> dict[int, Standing]:
    return _Planner(ledger, today).standings


def standings_again(ledger: Ledger, today: date, leaving: Action) -> dict[int, Standing]:
    """Section 7: the answers when the rules are asked again for an action about to leave."""
    return _Planner(ledger, today, leaving).standings


def actions(ledger: Ledger, today: date) -> list[PlannedAction]:
    return _Planner(ledger, today).actions()


def _firmness(tones: Iterable[str]) -> int:
    return max(map(TONES.index, tones), default=-1)


class _Planner:
    def __init__(self, ledger: Ledger, today: date, leaving: Action | None = None):
        self.ledger, self.today, self.leaving = ledger, today, leaving
        self.items = {item.id: item for item in ledger.items}
        self.debtors = {debtor.id: debtor for debtor in ledger.debtors}
        self.scenarios = {scenario.id: scenario for scenario in ledger.scenarios}
        self.steps = {step.id: step for step in ledger.steps}
        self.undisputed = undisputed_amounts(ledger)
        self.free = free_amounts(ledger, today)
        self.holds = {item.id: self._item_hold(item) for item in ledger.items}

    def free_company(self, item: Item) -> Decimal:
        unit = Decimal(1).scaleb(-self.ledger.company_decimals)
        return (item.residual_company * self.free[item.id] / item.residual).quantize(unit, ROUND_HALF_UP)

    def _position(self, debtor_id: int, currency: str | None = None) -> Decimal:
        """The debtor's debit items in company currency, those of one currency or all."""
        found = [item for item in self.ledger.items if item.debtor_id == debtor_id and item.residual > 0]
        found = [item for item in found if not item.account_non_trade and currency in (None, item.currency)]
        return sum((item.residual_company for item in found), ZERO)

    # === 3. HOLDS OF THE ITEM === #

    def _item_hold(self, item: Item) -> tuple[str, date | None] | None:
        checks = (self._marked, self._waits_for_debtor, self._not_asked_for, self._off_the_ladder)
        return next((hold for check in checks if (hold := check(item))), None)

    def _marked(self, item: Item) -> tuple[str, None] | None:
        marks = {
            "credit": item.residual < 0,
            "non_trade": item.account_non_trade,
            "no_partner": item.partner_id is None,
            "no_followup": item.no_followup,
            "blocked": item.blocked,
        }
        return next(((code, None) for code, applies in marks.items() if applies), None)

    def _waits_for_debtor(self, item: Item) -> tuple[str, date | None] | None:
        hold_until = self.debtors[item.debtor_id].hold_until
        if hold_until and self.today <= hold_until:
            return "debtor_hold", hold_until + timedelta(days=1)
        if any(state == "authorized" for state, _ in item.transactions):
            return "payment_pending", None
        ends = [day + timedelta(days=PAYMENT_DAYS) for state, day in item.transactions if state == "pending"]
        return ("payment_pending", max(ends)) if ends and self.today < max(ends) else None

    def _not_asked_for(self, item: Item) -> tuple[str, date | None] | None:
        if self.undisputed[item.id] <= 0:
            return "disputed", None
        places = ((item.id, item.move_id), (None, item.move_id))  # an orphaned line stands for the whole invoice
        lines = [line for line in self.ledger.disputes if (line.item_id, line.move_id) in places]
        resolved = [line for line in lines if not line.open and line.resolved_on]
        ends = max((day_after_grace(self.ledger, line.resolved_on, line.grace_days) for line in resolved), default=None)
        if ends and self.today < ends:
            return "dispute_grace", ends
        return ("covered", None) if self.free[item.id] <= 0 else None

    def _off_the_ladder(self, item: Item) -> tuple[str, None] | None:
        scenario = self._scenario(item)
        if not scenario:
            return "no_scenario", None
        if not scenario.on:
            return "scenario_off", None
        pending = [action for action in self.ledger.actions if action.state != "sent" and action != self.leaving]
        lines = [line for action in pending for line in action.lines if line.live]
        if any(item.id == line.item_id or (line.item_id is None and line.move_id == item.move_id) for line in lines):
            return "in_progress", None
        return None

    def _scenario(self, item: Item) -> Scenario | None:
        debtor = self.debtors[item.debtor_id]
        of_debtor = (debtor.scenario_id, debtor.profile_scenario_id)
        names = (item.scenario_id, *of_debtor, self.ledger.company_scenario_id)
        return next((self.scenarios[name] for name in names if name is not None), None)

    # === 4. THE STEP === #

    def _sent_lines(self, item: Item) -> list[ActionLine]:
        """The live lines of sent actions that count for the item: its own, and the orphaned ones that it inherits."""
        sent = [line for action in self.ledger.actions if action.state == "sent" for line in action.lines]
        sent = [line for line in sent if line.live]
        orphaned = [line for line in sent if line.item_id is None and line.move_id == item.move_id]
        inherited = [line for line in orphaned if line.date_due == item.date_due]
        if not inherited:
            current = {other.date_due for other in self.ledger.items if other.move_id == item.move_id}
            inherited = [line for line in orphaned if line.date_due not in current]
        return [line for line in sent if line.item_id == item.id] + inherited

    def _level(self, item: Item) -> int:
        return max((max(line.level, self.steps[line.step_id].level) for line in self._sent_lines(item)), default=0)

    def _step_date(self, item: Item, step: Step) -> date:
        day = item.date_due + timedelta(days=step.offset)
        if step.offset < 0:
            return day
        return max(day, self._day_after_grace(item.date_due, self._scenario(item).grace_days))

    def _day_after_grace(self, due: date, grace_days: int) -> date:
        if grace_days and not -CALENDAR_DAYS_BEFORE <= (due - self.today).days <= CALENDAR_DAYS_AFTER:
            return due + timedelta(days=grace_days + 1)
        return day_after_grace(self.ledger, due, grace_days)

    def _step(self, item: Item) -> Step | None:
        if not self.leaving:
            return self._next_step(item)
        lines = [line for line in self.leaving.lines if line.live and line.item_id == item.id]
        return self.steps[lines[0].step_id] if lines else None

    def _next_step(self, item: Item) -> Step | None:
        scenario, level = self._scenario(item), self._level(item)
        left = [step for step in self.ledger.steps if step.scenario_id == scenario.id and step.level > level]
        left.sort(key=lambda step: step.level)
        come = [step for step in left if item.date_due + timedelta(days=step.offset) <= self.today]
        if self.today < item.date_due:
            before = [step for step in come if step.offset < 0][-1:] + [step for step in left if step.offset < 0]
            if before:
                return before[0]
        jumps = [step for step in come if step.offset >= 0 and step.tone != "formal"][-1:] if scenario.jump else []
        return next(iter(jumps + [step for step in left if step.offset >= 0]), None)

    # === 5. HOLDS OF THE CANDIDATES === #

    @cached_property
    def standings(self) -> dict[int, Standing]:
        steps = {}
        holds = {item_id: hold for item_id, hold in self.holds.items() if hold}
        for item in self.ledger.items:
            if self.leaving or item.id not in holds:
                steps[item.id] = self._step(item)
            if item.id not in holds:
                step = steps[item.id]
                holds[item.id] = self._step_hold(item, step) or self._contact_hold(item, step)
        for group_hold in (self._minimum_hold, self._softer_hold):
            through = {self.items[item_id]: step for item_id, step in steps.items() if not holds[item_id]}
            holds.update({item.id: group_hold(item, through) for item in through})
        return {
            item.id: self._standing(item, steps.get(item.id), *(holds[item.id] or ("due", None)))
            for item in self.ledger.items
        }

    def _standing(self, item: Item, step: Step | None, code: str, ends: date | None) -> Standing:
        left, free = self.undisputed[item.id], self.free[item.id]
        return Standing(
            code=code,
            step_id=step and step.id,
            step_date=self._step_date(item, step) if step and not self.leaving else None,
            ends=ends,
            level=self._level(item),
            free=free,
            disputed=max(item.residual, ZERO) - left,
            covered=left - free,
        )

    def _step_hold(self, item: Item, step: Step | None) -> tuple[str, date | None] | None:
        if self.leaving:
            lapsed = step and step.offset < 0 and self.today >= item.date_due
            return ("not_asked", None) if not step else ("lapsed", None) if lapsed else None
        if not step:
            return "no_step_left", None
        day = self._step_date(item, step)
        return ("waiting", day) if day > self.today else None

    def _contact_hold(self, item: Item, step: Step) -> tuple[str, date | None] | None:
        debtor, scenario = self.debtors[item.debtor_id], self._scenario(item)
        if step.offset < 0 and self._is_overdue(debtor.id):
            return "overdue_first", item.date_due
        if step.channel in debtor.optouts:
            return "opted_out", None
        if step.channel not in debtor.reachable:
            return "no_address", None
        contacts = self._contacts(debtor.id)
        resumes = contacts[0][0] + timedelta(days=scenario.interval_days) if contacts else self.today
        if resumes > self.today:
            return "interval", resumes
        ordinary, cap = [day for day, formal in contacts if not formal], scenario.max_contacts
        if step.tone != "formal" and 0 < cap <= len(ordinary):
            resumes = ordinary[cap - 1] + timedelta(days=scenario.window_days)
        return ("cap", resumes) if resumes > self.today else None

    def _is_overdue(self, debtor_id: int) -> bool:
        """Whether the debtor has an item, in any currency, that is overdue and still asked for."""
        overdue = [item for item in self.ledger.items if item.debtor_id == debtor_id and item.date_due < self.today]
        return any(not self.holds[item.id] or self.holds[item.id][0] in LADDER_HOLDS for item in overdue)

    def _contacts(self, debtor_id: int) -> list[tuple[date, bool]]:
        """The debtor's contacts, newest first: the day, and whether it was formal."""
        runs: dict[tuple, list] = {}
        for action in self.ledger.actions:
            if action.debtor_id == debtor_id and action.state in LIVE_STATES and not self._is_own(action):
                alone = action.id if action.run_id is None else None
                runs.setdefault((action.run_id, alone), []).append(action)
        contacts = [
            (max(action.date_sent or action.date for action in run), all(action.tone == "formal" for action in run))
            for run in runs.values()
        ]
        return sorted(contacts, reverse=True)

    def _is_own(self, action: Action) -> bool:
        """Whether the action is the one about to leave or of its run."""
        if not self.leaving:
            return False
        return action == self.leaving or action.run_id == self.leaving.run_id is not None

    def _minimum_hold(self, item: Item, through: dict[Item, Step]) -> tuple[str, None] | None:
        weighed = self._weighed_again() if self.leaving else through
        asked = sum((self.free_company(other) for other in weighed if self._same_account(item, other)), ZERO)
        step, position = through[item], self._position(item.debtor_id, item.currency)
        below = asked < step.min_amount or asked * 100 < step.min_percentage * position
        return ("minimum", None) if below else None

    def _weighed_again(self) -> list[Item]:
        """What the minimum weighs for a message about to leave: its own items, and all that is overdue beside them."""
        open_items = [item for item in self.ledger.items if self.holds[item.id] in (None, ("in_progress", None))]
        return [
            item
            for item in open_items
            if item.residual > 0 and (self.holds[item.id] or item.date_due < self.today or self._step(item))
        ]

    def _softer_hold(self, item: Item, through: dict[Item, Step]) -> tuple[str, None] | None:
        if self.leaving:
            return None
        planned = _firmness(step.tone for other, step in through.items() if self._same_account(item, other))
        others = [other for other in self.ledger.items if self._same_account(item, other)]
        asked_for = [other for other in others if self.holds[other.id] in (None, ("in_progress", None))]
        sent = _firmness(line.tone for other in asked_for for line in self._sent_lines(other))
        return ("softer", None) if planned < sent else None

    @staticmethod
    def _same_account(item: Item, other: Item) -> bool:
        return (item.debtor_id, item.currency) == (other.debtor_id, other.currency)

    # === 6. MESSAGES === #

    def actions(self) -> list[PlannedAction]:
        groups: dict[tuple, list[Item]] = {}
        for item in self.ledger.items:
            if self.standings[item.id].code == "due":
                move_id = item.move_id if self._scenario(item).grouping == "invoice" else None
                groups.setdefault((item.debtor_id, item.currency, move_id), []).append(item)
        return [self._action(*key, due) for key, due in groups.items()]

    def _action(self, debtor_id: int, currency: str, move_id: int | None, due: list[Item]) -> PlannedAction:
        steps = {item.id: self.steps[self.standings[item.id].step_id] for item in due}
        leader = min(due, key=lambda item: self._rank(item, steps[item.id]))
        step = steps[leader.id]
        return PlannedAction(
            debtor_id=debtor_id,
            currency=currency,
            move_id=move_id,
            step_id=step.id,
            channel=step.channel,
            tone=step.tone,
            state=self._state(leader, step, sum(map(self.free_company, due), ZERO)),
            due={item_id: step.id for item_id, step in steps.items()},
            shown=frozenset() if move_id else self._shown(leader),
        )

    @staticmethod
    def _rank(item: Item, step: Step) -> tuple:
        return -step.level, -TONES.index(step.tone), item.date_due, item.id

    def _shown(self, leader: Item) -> frozenset[int]:
        others = [item for item in self.ledger.items if self._same_account(leader, item) and not self.holds[item.id]]
        return frozenset(
            item.id for item in others if item.date_due < self.today and self.standings[item.id].code != "due"
        )

    def _state(self, leader: Item, step: Step, asked: Decimal) -> str:
        limit = self._scenario(leader).person_position
        if step.mode == "task" or 0 < step.person_amount < asked or 0 < limit < self._position(leader.debtor_id):
            return "todo"
        if step.mode == "approve" or 0 < step.approval_amount < asked:
            return "to_approve"
        return "planned"
