"""A ledger as plain values: what the planner's rules (docs/rules.md) read, for the reference and the random ledgers.

Amounts are `Decimal`, in the item's currency unless the name says `company`. Percentages run from 0 to 100.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TONES = ("preventive", "friendly", "firm", "formal")  # from soft to firm
LIVE_STATES = ("planned", "to_approve", "todo", "sending", "issued", "sent", "unknown", "retry")
OPEN_DISPUTES = ("new", "investigating", "waiting")
SUBSTITUTES = ("email", "whatsapp", "sms", "letter", "phone")  # in the order that holds when nobody gave another
ZERO = Decimal(0)


@dataclass(frozen=True)
class Reject:
    """A payment of an invoice that came back."""

    reason: str  # "mistake" is ours, any other the customer's
    hold_until: date | None = None


@dataclass(frozen=True)
class Item:
    """An open item; with a negative residual a credit, which may name the invoice that it is meant for.

    What is said of the invoice is the same for all items of one ``move_id``.
    """

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
    # Of the invoice, from here on:
    blocked: bool = False
    scenario_id: int | None = None
    transactions: tuple[tuple[str, date], ...] = ()  # state, date of the last change
    kind: str = "out_invoice"  # or "out_receipt", "entry"
    number: str = ""
    payment_reference: str | None = None
    sent: bool = True
    exempt: str | None = None  # "platform_error", "retention", "factored"
    exempt_until: date | None = None
    collected_by_us: bool = False  # its payment method is direct debit or the like
    rejects: tuple[Reject, ...] = ()
    opening_level: int = 0
    opening_date: date | None = None
    # Credits only:
    reverses_id: int | None = None  # the invoice of which it is a credit note
    reference: str | None = None  # what the customer, or whoever booked it, said that it is for


@dataclass(frozen=True)
class Payment:
    """A payment, and the invoices that it was registered on; without journal entry it names them as a credit does."""

    id: int
    debtor_id: int
    currency: str
    amount: Decimal
    state: str
    date: date
    names_move_ids: tuple[int, ...] = ()
    entry: bool = False  # with one, what is left of it is a credit among the items
    matched: bool = False  # its entry, with the bank
    from_customer: bool = True  # the others tell nothing about what customers paid
    online: bool = False  # by a payment transaction: accepted by itself, whatever the bank has


@dataclass(frozen=True)
class BankLine:
    id: int
    date: date
    currency: str  # the foreign one, if it has one; else the journal's
    amount: Decimal  # what is left to be reconciled; negative: money going out
    label: str | None = None
    partner_id: int | None = None
    account_number: str | None = None
    posted: bool = True
    reconciled: bool = False
    worth: Decimal | None = None  # the amount in company currency; None: that is its currency


@dataclass(frozen=True)
class BankAccount:
    number: str
    partner_id: int
    company: str = "all"  # or "ours", "other"
    active: bool = True


@dataclass(frozen=True)
class Lift:
    """What a credit is for, as a person said: an invoice, or nothing of this customer's."""

    of: str  # "item", "payment", "bank_line": what the id is of
    credit_id: int
    move_id: int | None = None


@dataclass(frozen=True)
class Payable:
    """An open item on a payable account: above zero what we owe, below what a supplier owes us."""

    partner_id: int
    residual_company: Decimal


@dataclass(frozen=True)
class NamedItem:
    """An item that a document names."""

    item_id: int | None  # None: the item was replaced (an orphaned line)
    move_id: int


@dataclass(frozen=True)
class AgreedItem(NamedItem):
    """An item in a promise or plan, and what was agreed on: more than the item, once it was posted anew in parts."""

    amount: Decimal = ZERO


@dataclass(frozen=True)
class DisputeLine(NamedItem):
    amount: Decimal
    state: str  # "new", "investigating", "waiting"; ended: "resolved", "rejected", "cancelled"
    ended_on: date | None = None
    grace_days: int = 0  # working days


@dataclass(frozen=True)
class Remark:
    """What a customer or a colleague said; without lines it is on the debtor."""

    debtor_id: int
    state: str  # "open", or judged: "done", "dismissed"
    until: date  # the last day on which it holds
    lines: tuple[NamedItem, ...] = ()
    topic: str | None = None  # "paid", "plan": the customer says so on the page; "contact" or None: something else


@dataclass(frozen=True)
class Promise:
    debtor_id: int
    state: str  # "open", "to_approve"; judged or taken back: "kept", "partly", "broken", "withdrawn"
    date: date
    tolerance_days: int = 0  # working days
    lines: tuple[AgreedItem, ...] = ()


@dataclass(frozen=True)
class Plan:
    debtor_id: int
    state: str  # "accepted", "running"; not yet or no more: "proposal", "done", "broken", "cancelled"
    lines: tuple[AgreedItem, ...] = ()


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
    person_when_disputed: bool = False


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
    protected: bool = False
    payment_days: tuple[int, ...] = ()  # of the month
    waits_for_bills: bool = False  # not dunned while we owe them as much
    difficulty_from: date | None = None
    difficulty_until: date | None = None  # set exactly when the other is
    insolvent_since: date | None = None


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
    closed_items: tuple[Item, ...] = ()  # paid meanwhile
    payments: tuple[Payment, ...] = ()
    bank_lines: tuple[BankLine, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()
    lifts: tuple[Lift, ...] = ()
    payables: tuple[Payable, ...] = ()
    disputes: tuple[DisputeLine, ...] = ()
    remarks: tuple[Remark, ...] = ()
    promises: tuple[Promise, ...] = ()
    plans: tuple[Plan, ...] = ()
    actions: tuple[Action, ...] = ()
    profiles: tuple[Profile, ...] = ()
    templates: tuple[Template, ...] = ()
    pauses: tuple[Pause, ...] = ()
    company_fallbacks: tuple[str, ...] = ()
    whatsapp: bool = False  # the company has a gateway for it
    debtors_elsewhere: tuple[Debtor, ...] = ()  # of another company; no id of theirs is one of ours
    actions_elsewhere: tuple[Action, ...] = ()
    workdays: frozenset[int] = frozenset(range(5))  # Monday is 0
    holidays: frozenset[date] = frozenset()  # the company is closed
    public_holidays: frozenset[date] = frozenset()  # where the company is
    company_partner_ids: frozenset[int] = frozenset()  # customers, or people there, that are our companies
    require_sent: bool = False
    cover_days: int = 10  # working days for which money at the bank counts
    bank_fresh: bool = False  # fresh bank data are asked for
    bank_posted_until: date | None = None
    disputed_share: int = 0  # percentage from which a debtor is contested; 0: never

    @property
    def company_decimals(self) -> int:
        return self.currency_decimals[self.company_currency]
