"""What customers said and what was agreed with them by chance: disputes, remarks, promises, plans."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP
from random import Random

from .reference_bank import trade_debits
from .reference_ledger import (
    OPEN_DISPUTES,
    ZERO,
    AgreedItem,
    DisputeLine,
    Item,
    Ledger,
    NamedItem,
    Plan,
    Promise,
    Remark,
)
from .reference_random_invoices import COMPANY_CURRENCY, Invoices

ENDED_DISPUTES = ("resolved", "rejected", "resolved", "rejected", "cancelled")
REMARK_STATES = ("open",) * 5 + ("done", "dismissed")
PROMISE_STATES = ("open",) * 5 + ("to_approve", "to_approve", "kept", "partly", "broken", "withdrawn")
PLAN_STATES = ("accepted", "running", "running", "proposal", "done", "broken", "cancelled")
LIVE_STATES = ("open", "to_approve", "accepted", "running")


def with_agreed(rng: Random, today: date, ledger: Ledger, replaced: set[int]) -> Ledger:
    """Add what was said and agreed; ``replaced`` has the items that were."""
    agreed = _Agreed(rng, today, ledger, replaced)
    ledger = replace(
        ledger,
        disputes=tuple(agreed.disputes()),
        remarks=tuple(agreed.remarks()),
        promises=tuple(agreed.promises()),
        plans=tuple(agreed.plans()),
        disputed_share=rng.choice((50, 50, 50, 0, 25, 30, 100)),
    )
    return replace(ledger, disputes=tuple(agreed.near_the_share(ledger)))


class _Agreed(Invoices):
    def __init__(self, rng: Random, today: date, ledger: Ledger, replaced: set[int]):
        super().__init__(rng, today)
        self.ledger, self.replaced = ledger, replaced
        self.debits = [item for item in ledger.items if item.residual > 0]
        self.quiet = self._chance(0.5)  # so that what comes last is reached often enough

    def _count(self) -> int:
        return 0 if self.quiet else self.rng.randint(0, 1 + len(self.debits) // 7)

    def _line(self, item: Item) -> NamedItem:
        orphaned = item.id in self.replaced or self._chance(0.1)
        return NamedItem(None if orphaned else item.id, item.move_id)

    def _some_items(self, most: int) -> list[Item]:
        """Open items of one debtor, and now and then one that was paid meanwhile."""
        model = self.rng.choice(self.debits)
        theirs = [item for item in self.debits if item.debtor_id == model.debtor_id]
        items = self.rng.sample(theirs, min(len(theirs), self.rng.randint(1, most)))
        return items + self._some(self.ledger.closed_items, 0.05)

    # === DISPUTES === #

    def disputes(self) -> list[DisputeLine]:
        return [self._dispute_line() for _ in range(self.rng.randint(0, 1 + len(self.ledger.items) // 5))]

    def _dispute_line(self) -> DisputeLine:
        item = self.rng.choice(self.debits)
        share = self._decimal("0.25", "0.5", "1", "1", "1.5")  # above 1: partly paid since
        state = self.rng.choice(OPEN_DISPUTES if self._chance(0.4) else ENDED_DISPUTES)
        return DisputeLine(
            **vars(self._line(item)),
            amount=self._rounded(item.residual * share, item.currency),
            state=state,
            ended_on=None if state in OPEN_DISPUTES else self._day(-8, 0),
            grace_days=self.rng.randint(0, 5),
        )

    def near_the_share(self, ledger: Ledger) -> Iterator[DisputeLine]:
        """The disputes, and of some debtors instead about the company's share, or far less."""
        chosen = self._some([debtor.id for debtor in ledger.debtors], 0.75)
        debtors = {item.move_id: item.debtor_id for item in (*ledger.items, *ledger.closed_items)}
        for line in ledger.disputes:
            if line.state not in OPEN_DISPUTES or debtors[line.move_id] not in chosen:
                yield line
        overdue = [item for item in trade_debits(ledger) if item.date_due < self.today]
        for debtor_id in chosen:
            theirs = [item for item in overdue if item.debtor_id == debtor_id]
            yield from self._shared(theirs, 10 if self._chance(0.2) else ledger.disputed_share or 50)

    def _shared(self, items: list[Item], share: int) -> Iterator[DisputeLine]:
        """The share of each item, so that all of them stay open in part; the last one makes up for what is missing."""
        whole = sum((item.residual_company for item in items), ZERO)
        missing = self._decimal("0", "0", "0", "-0.01", "0.01") + whole * share / 100
        items = sorted(items, key=lambda item: item.currency == COMPANY_CURRENCY)
        for item in items:
            amount = self._rounded(item.residual * share / 100, item.currency)
            if item == items[-1] and item.currency == COMPANY_CURRENCY:
                amount = min(self._rounded(missing, item.currency), item.residual)
            missing -= self._rounded(item.residual_company * amount / item.residual, COMPANY_CURRENCY, ROUND_HALF_UP)
            if amount > 0:
                yield DisputeLine(item.id, item.move_id, amount, state=self.rng.choice(OPEN_DISPUTES))

    # === REMARKS, PROMISES, PLANS === #

    def remarks(self) -> Iterator[Remark]:
        """Those on invoices, and fewer on the debtor, for these hold everything."""
        for _ in range(self._count()):
            items = self._some_items(3)
            debtor_id = items[0].debtor_id or self.ledger.debtors[0].id
            yield self._remark(debtor_id, items)
            if self._chance(0.1):
                yield self._remark(debtor_id, [])
        for debtor in self._some(self.ledger.debtors, 0 if self.quiet else 0.1):
            yield self._remark(debtor.id, [])

    def _remark(self, debtor_id: int, items: list[Item]) -> Remark:
        lines = tuple(self._line(item) for item in items)
        topic = self.rng.choice((None, None, "paid", "plan", "contact"))
        return Remark(debtor_id, self.rng.choice(REMARK_STATES), self._day(-3, 5), lines, topic)

    def promises(self) -> Iterator[Promise]:
        taken: set[int] = set()
        for _ in range(self._count()):
            state, items = self.rng.choice(PROMISE_STATES), self._some_items(3)
            lines = self._lines_of(state, items, taken)
            debtor_id = items[0].debtor_id or self.ledger.debtors[0].id
            yield Promise(debtor_id, state, self._day(-8, 5), self.rng.randint(0, 3), lines)

    def plans(self) -> Iterator[Plan]:
        taken: set[int] = set()
        for _ in range(self._count()):
            state, items = self.rng.choice(PLAN_STATES), self._some_items(3)
            lines = self._lines_of(state, items, taken)
            yield Plan(items[0].debtor_id or self.ledger.debtors[0].id, state, lines)

    def _lines_of(self, state: str, items: list[Item], taken: set[int]) -> tuple[AgreedItem, ...]:
        """The lines; an item is in one document that holds at a time."""
        lines = [line for line in map(self._agreed, items) if state not in LIVE_STATES or line.item_id not in taken]
        if state in LIVE_STATES:
            taken |= {line.item_id for line in lines if line.item_id}
        return tuple(lines)

    def _agreed(self, item: Item) -> AgreedItem:
        """With what was open of it; now and then more than that, for it was posted anew in more parts since."""
        share = self._decimal("1", "1", "1", "1.5")
        return AgreedItem(**vars(self._line(item)), amount=self._rounded(item.residual * share, item.currency))
