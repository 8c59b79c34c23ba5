"""Section 4 of docs/rules.md in plain Python: which step comes next, and when."""

from datetime import date, timedelta

from .reference_days import day_after_grace, late_from
from .reference_ledger import ActionLine, Debtor, Item, Ledger, Scenario, Step

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


def opening_level(item: Item) -> int:
    """The level that the item brought along from other software."""
    taken_over = item.opening_level > 0 and item.opening_date and item.date_due < item.opening_date
    return item.opening_level if taken_over else 0


def opening_tone(ledger: Ledger, item: Item, scenario: Scenario | None) -> list[str]:
    """The tone of the step of that level, or nothing when there is none."""
    level = opening_level(item)
    steps = [step for step in ledger.steps if scenario and step.scenario_id == scenario.id]
    return [step.tone for step in steps if step.level == level]


def level_reached(ledger: Ledger, item: Item) -> int:
    today = {step.id: step.level for step in ledger.steps}
    sent = [max(line.level, today[line.step_id]) for line in sent_lines(ledger, item)]
    return max([opening_level(item), *sent])


def late_day(ledger: Ledger, item: Item) -> date:
    debtor: Debtor | None = next((debtor for debtor in ledger.debtors if debtor.id == item.debtor_id), None)
    return late_from(debtor, item.date_due)


def next_step(ledger: Ledger, item: Item, scenario: Scenario, today: date) -> Step | None:
    level = level_reached(ledger, item)
    left = [step for step in ledger.steps if step.scenario_id == scenario.id and step.level > level]
    left.sort(key=lambda step: step.level)
    early, late = ([step for step in left if (step.offset < 0) == before] for before in (True, False))
    if today < item.date_due and early:
        come = [step for step in early if item.date_due + timedelta(days=step.offset) <= today]
        return (come[-1:] or early)[0]
    late_on = late_day(ledger, item)
    come = [step for step in late if late_on + timedelta(days=step.offset) <= today and step.tone != "formal"]
    return next(iter((come[-1:] if scenario.jump else []) + late), None)


def step_date(ledger: Ledger, item: Item, step: Step, scenario: Scenario, today: date) -> date:
    if step.offset < 0:
        return item.date_due + timedelta(days=step.offset)
    late_on = late_day(ledger, item)
    return max(late_on + timedelta(days=step.offset), _day_after_grace(ledger, late_on, scenario.grace_days, today))


def _day_after_grace(ledger: Ledger, late_on: date, grace_days: int, today: date) -> date:
    if grace_days and not -CALENDAR_DAYS_BEFORE <= (late_on - today).days <= CALENDAR_DAYS_AFTER:
        return late_on + timedelta(days=grace_days + 1)
    return day_after_grace(ledger, late_on, grace_days)
