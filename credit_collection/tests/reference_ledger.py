"""A ledger as plain values: what the planner's rules (docs/rules.md) read, for the reference and the random ledgers.

Amounts are `Decimal`, in the item's currency unless the name says `company`. Percentages run from 0 to 100.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TONES = ("preventive", "friendly", "firm", "formal")  # from soft to firm
LIVE_STATES = ("planned", "to_approve", "todo", "sending", "issued", "sent", "unknown", "retry")
SUBSTITUTES = ("email", "whatsapp", "sms", "letter", "phone")  # in the order that holds when nobody gave another
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
class Partner:
    """A customer, or with the id of one as ``commercial_id`` somebody there."""

    id: int
    commercial_id: int
    active: bool = True
    type: str = "contact"  # or "invoice"
    role: str | None = None
    email: bool = False
    email_bounced: bool = False
    phone: str | None = None  # the kind of its number: "mobile", "fixed", "either" or "other"
    phone_bounced: bool = False
    street: bool = False
    city: bool = False
    country: str | None = None
    industry: str | None = None


@dataclass(frozen=True)
class Profile:
    id: int
    active: bool = True
    scenario_id: int | None = None
    preferred_channel: str | None = None
    self_service: bool = False
    max_contacts: int = 0
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Debtor:
    id: int
    partner_id: int
    hold_until: date | None = None
    scenario_id: int | None = None
    profile_id: int | None = None
    payer_id: int | None = None  # the partner named: a customer or a contact of one
    contact_id: int | None = None  # chosen on the file
    preferred_channel: str | None = None
    self_service: bool = False
    max_contacts: int = 0
    optouts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pause:
    until: date
    countries: frozenset[str] = frozenset()  # none: all of them
    industries: frozenset[str] = frozenset()
    company: str = "ours"  # or "other", "all"
    active: bool = True


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
class Template:
    id: int
    text: bool = True  # of e-mail and letter
    short_text: bool = True


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
    role: str = "payables"
    template_id: int | None = None


@dataclass(frozen=True)
class ActionLine:
    item_id: int | None  # None: the item was replaced (an orphaned line)
    move_id: int
    date_due: date  # as it was when the action was planned
    step_id: int | None  # None: a shown line, or one of a message without a step
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
    channel: str  # the one that won when it was planned
    step_id: int | None  # the leading one; None: a message outside the ladder
    lines: tuple[ActionLine, ...] = ()
    purpose: str = "reminder"


@dataclass(frozen=True)
class Ledger:
    """The open items of one company, and what else the rules read."""

    company_currency: str
    currency_decimals: Mapping[str, int]
    company_scenario_id: int | None
    scenarios: tuple[Scenario, ...]
    steps: tuple[Step, ...]
    partners: tuple[Partner, ...]
    debtors: tuple[Debtor, ...]
    items: tuple[Item, ...]
    payments: tuple[LoosePayment, ...] = ()
    disputes: tuple[DisputeLine, ...] = ()
    actions: tuple[Action, ...] = ()
    profiles: tuple[Profile, ...] = ()
    templates: tuple[Template, ...] = ()
    pauses: tuple[Pause, ...] = ()
    company_fallbacks: tuple[str, ...] = ()
    whatsapp: bool = False  # the company has a gateway for it
    debtors_elsewhere: tuple[Debtor, ...] = ()  # of another company; no id of theirs is one of ours
    actions_elsewhere: tuple[Action, ...] = ()
    workdays: frozenset[int] = frozenset(range(5))  # Monday is 0
    holidays: frozenset[date] = frozenset()

    @property
    def company_decimals(self) -> int:
        return self.currency_decimals[self.company_currency]
