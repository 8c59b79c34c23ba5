"""A ledger as plain values: what the planner's rules (docs/rules.md) read, for the reference and the random ledgers.

Amounts are `Decimal`, in the item's currency unless the name says `company`. Percentages run from 0 to 100.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TONES = ("preventive", "friendly", "firm", "formal")  # from soft to firm
LIVE_STATES = ("planned", "to_approve", "todo", "sending", "sent", "unknown", "retry")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """An open item; with a negative residual a credit, which may name the invoice that it is meant for."""

    id: int
    move_id: int
    currency: str
    residual: Decimal
    residual_company: Decimal
    date: date
    date_due: date
    partner_id: int | None
    debtor_id: int | None  # None exactly when there is no partner
    account_non_trade: bool = False
    no_followup: bool = False
    blocked: bool = False  # the invoice's, like the scenario and the transactions
    scenario_id: int | None = None
    transactions: tuple[tuple[str, date], ...] = ()  # state, date of the last change
    names_move_id: int | None = None  # credits only
    names_by: str = "reversal"  # or "number", "payment_reference"


@dataclass(frozen=True)
class LoosePayment:
    """A payment without journal entry, with the invoices that it was registered on."""

    id: int
    debtor_id: int
    currency: str
    amount: Decimal
    state: str
    date: date
    names_move_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class DisputeLine:
    item_id: int | None  # None: the item was replaced (an orphaned line)
    move_id: int
    amount: Decimal
    open: bool
    resolved_on: date | None = None  # None although closed: it ended without being resolved
    grace_days: int = 0  # working days


@dataclass(frozen=True)
class Debtor:
    id: int
    hold_until: date | None = None
    scenario_id: int | None = None
    profile_scenario_id: int | None = None
    optouts: frozenset[str] = frozenset()
    reachable: frozenset[str] = frozenset()  # the channels that find a usable address


@dataclass(frozen=True)
class Scenario:
    id: int
    on: bool = True
    jump: bool = False
    grace_days: int = 0  # working days
    interval_days: int = 0
    max_contacts: int = 0
    window_days: int = 0
    grouping: str = "debtor"  # or "invoice"
    person_position: Decimal = ZERO


@dataclass(frozen=True)
class Step:
    id: int
    scenario_id: int
    level: int
    offset: int
    channel: str
    tone: str
    mode: str = "auto"  # or "approve", "task"
    min_amount: Decimal = ZERO
    min_percentage: Decimal = ZERO
    person_amount: Decimal = ZERO
    approval_amount: Decimal = ZERO


@dataclass(frozen=True)
class ActionLine:
    item_id: int | None  # None: the item was replaced (an orphaned line)
    move_id: int
    date_due: date  # as it was when the action was planned
    step_id: int | None  # None: a shown line
    level: int
    live: bool
    tone: str | None = None  # as it was when the action was planned; None: a shown line


@dataclass(frozen=True)
class Action:
    id: int
    run_id: int | None
    debtor_id: int
    state: str
    date: date  # the day planned
    date_sent: date | None
    tone: str
    lines: tuple[ActionLine, ...]


@dataclass(frozen=True)
class Ledger:
    company_currency: str
    currency_decimals: Mapping[str, int]
    company_scenario_id: int | None
    scenarios: tuple[Scenario, ...]
    steps: tuple[Step, ...]
    debtors: tuple[Debtor, ...]
    items: tuple[Item, ...]
    payments: tuple[LoosePayment, ...] = ()
    disputes: tuple[DisputeLine, ...] = ()
    actions: tuple[Action, ...] = ()
    workdays: frozenset[int] = frozenset(range(5))  # Monday is 0
    holidays: frozenset[date] = frozenset()

    @property
    def company_decimals(self) -> int:
        return self.currency_decimals[self.company_currency]
