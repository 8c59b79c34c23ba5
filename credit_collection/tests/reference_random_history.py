"""A history by chance: what was sent, and what is under way, about the items of a ledger."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from .reference_contacts import ASKING
from .reference_ledger import LIVE_STATES, SUBSTITUTES, TONES, Action, ActionLine, Item, Ledger, Step
from .reference_random_customers import CHANNELS, ELSEWHERE, Dice

PENDING_STATES = ("planned", "to_approve", "todo", "sending", "issued", "issued", "unknown", "retry")  # live lines
DEAD_STATES = ("cancelled", "skipped", "failed")  # with lines that are not live


def with_history(rng: Random, today: date, ledger: Ledger, replaced: dict[int, tuple[date, int]]) -> Ledger:
    """Add what was sent; `replaced` has the items that were: on which day, by how many days their due date moved."""
    history = _History(rng, today, ledger, replaced)
    return replace(ledger, actions=tuple(history.actions()), actions_elsewhere=tuple(history.actions_elsewhere()))


class _History(Dice):
    def __init__(self, rng: Random, today: date, ledger: Ledger, replaced: dict[int, tuple[date, int]]):
        super().__init__(rng, today)
        self.ledger, self.replaced = ledger, replaced
        self.debtors = {debtor.id: debtor for debtor in ledger.debtors}
        self.profiles = {profile.id: profile for profile in ledger.profiles}
        self.runs = sorted(self._day(-60, 0) for _ in range(rng.choice((0, 3, 6, 6))))

    def actions(self) -> list[Action]:
        actions: list[Action] = []
        for debtor_id in self.debtors:
            chosen = [item for item in self.ledger.items if item.debtor_id == debtor_id and item.residual > 0]
            chosen = self._some(chosen, 0.75)
            live_levels: dict[int, int] = {}
            runs = self._some(enumerate(self.runs, start=1), 0.4)
            for run_id, day in runs:
                for group in self._groups(self._some(chosen, 0.7)):
                    state = self._state(is_last=(run_id, day) == runs[-1])
                    actions += self._action(len(actions) + 1, run_id, day, state, group, live_levels)
                if self._chance(0.1) and chosen:
                    actions.append(self._recap(len(actions) + 1, run_id, day, chosen[0]))
        return actions

    def _groups(self, items: list[Item]) -> list[list[Item]]:
        per_invoice = self._chance(0.25)
        groups: dict[tuple, list[Item]] = {}
        for item in items:
            groups.setdefault((item.currency, per_invoice and item.move_id), []).append(item)
        return list(groups.values())

    def _state(self, is_last: bool) -> str:
        if is_last and self._chance(0.35):
            return self.rng.choice(PENDING_STATES)
        return "sent" if self._chance(0.88) else self.rng.choice(DEAD_STATES)

    def _action(self, number: int, run_id: int, day: date, state: str, group: list[Item], levels: dict) -> list[Action]:
        """The action of a run on some items of a debtor, or none when their ladders are exhausted."""
        due = [(item, step) for item in group if (step := self._next_step(item, levels.get(item.id, 0)))]
        if not due:
            return []
        lines = []
        for item, step in due:
            live = state not in DEAD_STATES and not self._chance(0.05)  # dropped, or its ladder begins again
            if live:
                levels[item.id] = step.level
            level = max(1, step.level + self.rng.choice((0,) * 8 + (-1, 1)))  # the ladder was renumbered since
            # the step was made firmer or softer since
            tone = step.tone if self._chance(0.9) else self.rng.choice(TONES)
            lines.append(self._line(item, day, step.id, level, live, tone))
        asked = {item.id for item, _ in due}
        others = [item for item in group if item.id not in asked]
        lines += [self._line(item, day, None, 0, live=False, tone=None) for item in others]
        leading = max((step for _, step in due), key=lambda step: step.level)
        return [
            Action(
                id=number,
                run_id=run_id if self._chance(0.8) else None,
                debtor_id=group[0].debtor_id,
                state=state,
                date=day,
                date_sent=self._sent_on(day, state),
                tone=leading.tone,
                channel="letter" if state == "issued" else self._channel(leading),
                step_id=leading.id,
                lines=tuple(lines),
            )
        ]

    def _sent_on(self, day: date, state: str) -> date | None:
        return min(day + timedelta(days=self.rng.randint(0, 2)), self.today) if state == "sent" else None

    def _channel(self, step: Step) -> str:
        """The step's channel; now and then the one that took its place, or that it had before."""
        return self.rng.choice((*SUBSTITUTES, step.channel)) if self._chance(0.4) else step.channel

    def _recap(self, number: int, run_id: int, day: date, item: Item) -> Action:
        """A message outside the ladder: with the invoices that it is about, but without steps."""
        state = self.rng.choice(("sent", "sent", "planned", "cancelled"))
        return Action(
            id=number,
            run_id=run_id if self._chance(0.3) else None,
            debtor_id=item.debtor_id,
            state=state,
            date=day,
            date_sent=self._sent_on(day, state),
            tone="friendly",
            channel=self.rng.choice(SUBSTITUTES),
            step_id=None,
            lines=(self._line(item, day, None, 0, live=False, tone=None),),
            purpose=self.rng.choice(("recap", "thanks", "plan_proposal", *ASKING)),
        )

    def _next_step(self, item: Item, level: int) -> Step | None:
        """A step above the level, the lowest most of the time, of a scenario the item has or once had."""
        debtor = self.debtors[item.debtor_id]
        of_profile = self.profiles[debtor.profile_id].scenario_id if debtor.profile_id else None
        names = (item.scenario_id, debtor.scenario_id, of_profile, self.ledger.company_scenario_id)
        scenario_id = next(filter(None, names), None)
        if not scenario_id or self._chance(0.1):
            scenario_id = self.rng.choice(self.ledger.scenarios).id
        left = [step for step in self.ledger.steps if step.scenario_id == scenario_id and step.level > level]
        return (left[0] if self._chance(0.7) else self.rng.choice(left)) if left else None

    def _line(self, item: Item, day: date, step_id: int | None, level: int, live: bool, tone: str | None) -> ActionLine:
        replaced_on, moved = self.replaced.get(item.id, (date.min, 0))
        if day >= replaced_on:
            return ActionLine(item.id, item.move_id, item.date_due, step_id, level, live, tone)
        return ActionLine(None, item.move_id, item.date_due - timedelta(days=moved), step_id, level, live, tone)

    # === THE OTHER COMPANY === #

    def actions_elsewhere(self) -> list[Action]:
        chosen = [debtor.id for debtor in self.ledger.debtors_elsewhere for _ in range(self.rng.choice((0, 1, 2, 3)))]
        return [self._action_elsewhere(ELSEWHERE + number, debtor_id) for number, debtor_id in enumerate(chosen)]

    def _action_elsewhere(self, number: int, debtor_id: int) -> Action:
        state = "sent" if self._chance(0.7) else self.rng.choice((*LIVE_STATES, *DEAD_STATES))
        day = self._day(-25, 0)
        step = self._one(self.ledger.steps, 0.85)
        return Action(
            id=number,
            run_id=self._one((ELSEWHERE, ELSEWHERE + 1), 0.7),
            debtor_id=debtor_id,
            state=state,
            date=day,
            date_sent=self._sent_on(day, state),
            tone=step.tone if step else "friendly",
            channel=self.rng.choice(CHANNELS),
            step_id=step and step.id,
            purpose="reminder" if step else self.rng.choice(("recap", "installment_late")),
        )
