"""Section 4 of docs/rules.md in plain Python: which step comes next, and when."""

from datetime import date, timedelta

from .reference_amounts import day_after_grace
from .reference_ledger import ActionLine, Item, Ledger, Scenario, Step

CALENDAR_DAYS_BEFORE, CALENDAR_DAYS_AFTER = 200, 399  # further off, days of grace are calendar days


def sent_lines(ledger: Ledger, item: Item) -> list[ActionLine]:
    """The live lines of sent actions that count for the item: its own, and the orphaned ones that it inherits."""
    sent = [line for action in ledger.actions if action.state == "sent" for line in action.lines if line.live]
    orphaned = [line for line in sent if line.item_id is None and line.move_id == item.move_id]
    inherited = [line for line in orphaned if line.date_due == item.date_due]
    if not inherited:
        current = {other.date_due for other in ledger.items if other.move_id == item.move_id}
        inherited = [line for line in orphaned if line.date_due not in current]
    return [line for line in sent if line.item_id == item.id] + inherited


def level_reached(ledger: Ledger, item: Item) -> int:
    today = {step.id: step.level for step in ledger.steps}
    return max((max(line.level, today[line.step_id]) for line in sent_lines(ledger, item)), default=0)


def next_step(ledger: Ledger, item: Item, scenario: Scenario, today: date) -> Step | None:
    level = level_reached(ledger, item)
    left = [step for step in ledger.steps if step.scenario_id == scenario.id and step.level > level]
    left.sort(key=lambda step: step.level)
    come = [step for step in left if item.date_due + timedelta(days=step.offset) <= today]
    if today < item.date_due:
        before = [step for step in come if step.offset < 0][-1:] + [step for step in left if step.offset < 0]
        if before:
            return before[0]
    jumps = [step for step in come if step.offset >= 0 and step.tone != "formal"][-1:] if scenario.jump else []
    return next(iter(jumps + [step for step in left if step.offset >= 0]), None)


def step_date(ledger: Ledger, item: Item, step: Step, scenario: Scenario, today: date) -> date:
    day = item.date_due + timedelta(days=step.offset)
    if step.offset < 0:
        return day
    return max(day, _day_after_grace(ledger, item.date_due, scenario.grace_days, today))


def _day_after_grace(ledger: Ledger, due: date, grace_days: int, today: date) -> date:
    if grace_days and not -CALENDAR_DAYS_BEFORE <= (due - today).days <= CALENDAR_DAYS_AFTER:
        return due + timedelta(days=grace_days + 1)
    return day_after_grace(ledger, due, grace_days)
