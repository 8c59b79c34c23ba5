"""The rules of docs/rules.md once more, in plain Python: slow, readable, and without a look at the planner's SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from .reference_agreed import agreed, contested, difficulty, is_named
from .reference_amounts import free_amounts, undisputed_amounts
from .reference_bank import bank_late
from .reference_contacts import contacts_with, most_contacts, opening_contacts, with_same_payer
from .reference_holds import Hold, debtor_held, marked, payment_pending, payment_run, rejected, we_owe
from .reference_ladder import level_reached, next_step, opening_tone, sent_lines, step_date
from .reference_ledger import TONES, ZERO, Action, Item, Ledger, Scenario, Step
from .reference_route import Route, find_route, is_closed, profile_of

LADDER_HOLDS = ("in_progress", "no_scenario", "scenario_off")  # an overdue item held by these is still overdue
BY_PERSON = ("phone", "person")  # the channels that a person must see to


@dataclass(frozen=True)
class Standing:
    code: str
    step_id: int | None  # from section 4 on
    channel: str | None  # the one that wins for that step; None: none does
    contact_id: int | None
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
    contact_id: int
    tone: str
    state: str  # "todo", "to_approve" or "planned"
    due: Mapping[int, int]  # item: its step
    shown: frozenset[int]


def standings(ledger: Ledger, today: date) -> dict[int, Standing]:
    return _Planner(ledger, today).standings


def standings_again(ledger: Ledger, today: date, leaving: Action) -> dict[int, Standing]:
    """Section 8: the answers when the rules are asked again for an action about to leave."""
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
        self.bank_late = bank_late(ledger, today)
        self.undisputed = undisputed_amounts(ledger)
        self.free = free_amounts(ledger, today)
        self.holds = {item.id: self._item_hold(item) for item in ledger.items}

    def free_company(self, item: Item) -> Decimal:
        unit = Decimal(1).scaleb(-self.ledger.company_decimals)
        return (item.residual_company * self.free[item.id] / item.residual).quantize(unit, ROUND_HALF_UP)

    def _disputed(self, item: Item) -> Decimal:
        return max(item.residual, ZERO) - self.undisputed[item.id]

    def _position(self, debtor_id: int, currency: str | None = None) -> Decimal:
        """The debtor's debit items in company currency, those of one currency or all."""
        found = [item for item in self.ledger.items if item.debtor_id == debtor_id and item.residual > 0]
        found = [item for item in found if not item.account_non_trade and currency in (None, item.currency)]
        return sum((item.residual_company for item in found), ZERO)

    # === 3. HOLDS OF THE ITEM === #

    def _item_hold(self, item: Item) -> Hold | None:
        checks = (
            self._marked,
            self._waits_for_debtor,
            self._not_asked_for,
            self._waits_for_money,
            self._off_the_ladder,
        )
        return next((hold for check in checks if (hold := check(item))), None)

    def _marked(self, item: Item) -> Hold | None:
        return marked(self.ledger, item, self.today)

    def _waits_for_debtor(self, item: Item) -> Hold | None:
        held = debtor_held(self.ledger, self.debtors[item.debtor_id], self.today)
        return held or rejected(item, self.today) or payment_pending(item, self.today)

    def _waits_for_money(self, item: Item) -> Hold | None:
        return we_owe(self.ledger, item, self.today) or payment_run(self.ledger, item, self.today)

    def _not_asked_for(self, item: Item) -> Hold | None:
        if self.undisputed[item.id] <= 0:
            return "disputed", None
        covered = ("covered", None) if self.free[item.id] <= 0 else None
        return agreed(self.ledger, item, self.today) or covered

    def _off_the_ladder(self, item: Item) -> Hold | None:
        scenario = self._scenario(item)
        if not scenario:
            return "no_scenario", None
        if not scenario.on:
            return "scenario_off", None
        pending = [action for action in self.ledger.actions if action.state != "sent" and action != self.leaving]
        lines = [line for action in pending for line in action.lines if line.live]
        return ("in_progress", None) if is_named(item, lines) else None

    def _scenario(self, item: Item) -> Scenario | None:
        debtor = self.debtors[item.debtor_id]
        profile = profile_of(self.ledger, debtor)
        of_profile = profile.scenario_id if profile else None
        names = (item.scenario_id, debtor.scenario_id, of_profile, self.ledger.company_scenario_id)
        return next((self.scenarios[name] for name in names if name is not None), None)

    # === 4. THE STEP === #

    def _step_date(self, item: Item, step: Step) -> date:
        return step_date(self.ledger, item, step, self._scenario(item), self.today)

    def _step(self, item: Item) -> Step | None:
        if not self.leaving:
            return next_step(self.ledger, item, self._scenario(item), self.today)
        lines = [line for line in self.leaving.lines if line.live and line.item_id == item.id]
        return self.steps[lines[0].step_id] if lines else None

    # === 5. THE CHANNEL === #

    def _route(self, item: Item, step: Step) -> Route | None:
        own_channel = self.leaving.channel if self.leaving else None
        return find_route(self.ledger, self.debtors[item.debtor_id], step, own_channel)

    def _unreachable_hold(self, item: Item, step: Step) -> Hold | None:
        if self._route(item, step):
            return None
        own_channel = self.leaving.channel if self.leaving else step.channel
        closed = is_closed(self.ledger, self.debtors[item.debtor_id], own_channel)
        return ("opted_out" if closed else "no_address"), None

    # === 6. HOLDS OF THE CANDIDATES === #

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
        route = self._route(item, step) if step else None
        return Standing(
            code=code,
            step_id=step and step.id,
            channel=route and route.channel,
            contact_id=route and route.contact_id,
            step_date=self._step_date(item, step) if step and not self.leaving else None,
            ends=ends,
            level=level_reached(self.ledger, item),
            free=free,
            disputed=self._disputed(item),
            covered=left - free,
        )

    def _step_hold(self, item: Item, step: Step | None) -> Hold | None:
        if self.leaving:
            lapsed = step and step.offset < 0 and self.today >= item.date_due
            return ("not_asked", None) if not step else ("lapsed", None) if lapsed else None
        if not step:
            return "no_step_left", None
        day = self._step_date(item, step)
        return ("waiting", day) if day > self.today else None

    def _contact_hold(self, item: Item, step: Step) -> Hold | None:
        if step.offset >= 0 and self.bank_late:
            return "bank_late", None
        if hold := difficulty(self.debtors[item.debtor_id], step, self.today):
            return hold
        if step.offset < 0 and self._is_overdue(item.debtor_id):
            return "overdue_first", item.date_due
        return self._unreachable_hold(item, step) or self._interval_hold(item) or self._cap_hold(item, step)

    def _interval_hold(self, item: Item) -> Hold | None:
        debtor = self.debtors[item.debtor_id]
        days = [day for day, _ in contacts_with(self.ledger, [debtor], self.leaving)]
        days += opening_contacts(self.ledger, debtor)
        if not days:
            return None
        resumes = max(days) + timedelta(days=self._scenario(item).interval_days)
        return ("interval", resumes) if resumes > self.today else None

    def _cap_hold(self, item: Item, step: Step) -> Hold | None:
        debtor, scenario = self.debtors[item.debtor_id], self._scenario(item)
        contacts = contacts_with(self.ledger, with_same_payer(self.ledger, debtor), self.leaving)
        ordinary, cap = [day for day, formal in contacts if not formal], most_contacts(self.ledger, debtor, scenario)
        if step.tone == "formal" or not 0 < cap <= len(ordinary):
            return None
        resumes = ordinary[cap - 1] + timedelta(days=scenario.window_days)
        return ("cap", resumes) if resumes > self.today else None

    def _is_overdue(self, debtor_id: int) -> bool:
        """Whether the debtor has an item, in any currency, that is overdue and still asked for."""
        overdue = [item for item in self.ledger.items if item.debtor_id == debtor_id and item.date_due < self.today]
        return any(not self.holds[item.id] or self.holds[item.id][0] in LADDER_HOLDS for item in overdue)

    def _minimum_hold(self, item: Item, through: dict[Item, Step]) -> Hold | None:
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

    def _softer_hold(self, item: Item, through: dict[Item, Step]) -> Hold | None:
        if self.leaving:
            return None
        planned = _firmness(step.tone for other, step in through.items() if self._same_account(item, other))
        others = [other for other in self.ledger.items if self._same_account(item, other)]
        asked_for = [other for other in others if self.holds[other.id] in (None, ("in_progress", None))]
        sent = _firmness(tone for other in asked_for for tone in self._tones_sent(other))
        return ("softer", None) if planned < sent else None

    def _tones_sent(self, item: Item) -> list[str]:
        sent = [line.tone for line in sent_lines(self.ledger, item)]
        return sent + opening_tone(self.ledger, item, self._scenario(item))

    @staticmethod
    def _same_account(item: Item, other: Item) -> bool:
        return (item.debtor_id, item.currency) == (other.debtor_id, other.currency)

    # === 7. MESSAGES === #

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
        step, leading = steps[leader.id], self.standings[leader.id]
        return PlannedAction(
            debtor_id=debtor_id,
            currency=currency,
            move_id=move_id,
            step_id=step.id,
            channel=leading.channel,
            contact_id=leading.contact_id,
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
        by_person = step.mode == "task" or self.standings[leader.id].channel in BY_PERSON
        if by_person or 0 < step.person_amount < asked or 0 < limit < self._position(leader.debtor_id):
            return "todo"
        if self._is_contested(leader.debtor_id):
            return "todo"
        if step.mode == "approve" or 0 < step.approval_amount < asked:
            return "to_approve"
        return "planned"

    def _is_contested(self, debtor_id: int) -> bool:
        disputed = {item.id: self._disputed(item) for item in self.ledger.items}
        return contested(self.ledger, self.debtors[debtor_id], disputed, self.today)
