"""Small ledgers by chance, in which every standing of docs/rules.md occurs: to compare planner and reference.

The same `random.Random` seed gives the same ledger. What the values of one invoice share, its items share; among the
live lines of the history no item has a step twice. Rates are set so that later rules are reached often enough.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random

from .reference_ledger import TONES, Item, Ledger, Payable, Scenario, Step, Template
from .reference_random_agreed import with_agreed
from .reference_random_bank import with_bank_money
from .reference_random_customers import CHANNELS, CONTACT, ROLES, Customers
from .reference_random_history import with_history
from .reference_random_invoices import CLOSED_ITEM_ID, CLOSED_MOVE_ID, COMPANY_CURRENCY, DECIMALS, Invoices

TRANSACTION_STATES = ("pending", "pending", "authorized", "done", "cancel", "error", "draft")
TEMPLATES = tuple(Template(number, *parts) for number, parts in enumerate(product((True, False), repeat=2), start=1))


def random_ledger(rng: Random, today: date) -> Ledger:
    generator = _Generator(rng, today)
    ledger = with_agreed(rng, today, generator.ledger(), set(generator.replaced))
    ledger = with_bank_money(rng, today, ledger)
    return with_history(rng, today, ledger, generator.replaced)


class _Generator(Invoices):
    def __init__(self, rng: Random, today: date):
        super().__init__(rng, today)
        # So that what comes last is reached often enough:
        self.smooth = self._chance(0.4)  # and messages leave by themselves, unless something else stops them
        self.unmarked, self.calm = (self.smooth or self._chance(0.3) for _ in range(2))
        self.foreign = rng.choice(("USD", "JPY"))
        self.scenarios = tuple(self._scenario(number) for number in range(1, rng.randint(1, 3) + 1))
        self.steps = tuple(step for scenario in self.scenarios for step in self._ladder(scenario.id))
        self.company_scenario_id = self._scenario_id(1 if self.calm else 0.8)
        self.customers = Customers(rng, today, self.scenarios, self.calm)
        self.debtor_ids = [debtor.id for debtor in self.customers.debtors]
        self.items: list[Item] = []
        self.replaced: dict[int, tuple[date, int]] = {}  # item: replaced on, by how many days its due date moved

    def ledger(self) -> Ledger:
        size = self.rng.randint(5, 40)
        while len(self.items) < size:
            if self.rng.random() < 0.85 or not self.items:
                self._add_invoice(size - len(self.items))
            else:
                self._add_credit()
        return Ledger(
            company_currency=COMPANY_CURRENCY,
            currency_decimals={code: DECIMALS[code] for code in (COMPANY_CURRENCY, self.foreign)},
            company_scenario_id=self.company_scenario_id,
            scenarios=self.scenarios,
            steps=self.steps,
            partners=self.customers.partners,
            debtors=self.customers.debtors,
            debtors_elsewhere=self.customers.debtors_elsewhere,
            profiles=self.customers.profiles,
            pauses=self.customers.pauses,
            templates=TEMPLATES,
            company_fallbacks=self.customers.fallbacks(),
            whatsapp=self._chance(0.75),
            items=tuple(self.items),
            closed_items=(self._closed_item(),),
            workdays=frozenset(range(self.rng.choice((5, 5, 5, 6, 7)))),
            holidays=frozenset(self._day(-30, 10) for _ in range(self.rng.randint(0, 3))),
            payables=tuple(self._payables()),
            company_partner_ids=frozenset(self._some([self.rng.choice(self.customers.partners).id], 0.1)),
            require_sent=self._chance(0.5),
        )

    # === DICE === #

    def _scenario_id(self, probability: float) -> int | None:
        return self._one([scenario.id for scenario in self.scenarios], probability)

    # === SETTINGS === #

    def _scenario(self, number: int) -> Scenario:
        return Scenario(
            id=number,
            on=self.calm or self._chance(0.9),
            jump=self._chance(0.4),
            grace_days=self.rng.choice((0, 0, 1, 3, 5)),
            interval_days=self.rng.choice((0, 3, 7, 10)),
            max_contacts=self.rng.randint(0, 3),
            window_days=self.rng.choice((10, 20, 30)),
            grouping="invoice" if self._chance(0.25) else "debtor",
            person_position=self._decimal("0", *(() if self.smooth else ("0", "300", "1000", "2500"))),
        )

    def _ladder(self, scenario_id: int) -> list[Step]:
        size = self.rng.randint(3, 6)
        before = self.rng.randint(0, 2)
        early = sorted(self.rng.choice((-10, -7, -5, -2)) for _ in range(before))
        late = sorted(self.rng.choice((0, 2, 4, 7, 10, 14, 18, 25, 32, 40)) for _ in range(size - before))
        tones = sorted((self.rng.choice(TONES) for _ in range(size)), key=TONES.index)
        return [
            self._step(scenario_id, level, offset, tone)
            for level, (offset, tone) in enumerate(zip(early + late, tones, strict=True), start=1)
        ]

    def _step(self, scenario_id: int, level: int, offset: int, tone: str) -> Step:
        return Step(
            id=scenario_id * 10 + level,
            scenario_id=scenario_id,
            level=level,
            offset=offset,
            channel=self.rng.choice(("email", "sms", "letter") if self.smooth else CHANNELS),
            tone=tone,
            mode=self.rng.choice(("auto", "auto", "auto", *(() if self.smooth else ("approve", "task")))),
            min_amount=self._decimal("0", "0", "0", "50", "200", "500"),
            min_percentage=self._decimal("0", "0", "0", "5", "20", "50", "100"),
            person_amount=self._decimal("0", *(() if self.smooth else ("0", "500", "1000"))),
            approval_amount=self._decimal("0", "0", "100", "333.33"),
            role=self.rng.choice(("payables", *ROLES)),
            template_id=self._one([template.id for template in TEMPLATES], 0.85),
        )

    # === ITEMS, CREDITS, PAYMENTS === #

    def _add_invoice(self, room: int) -> None:
        debtor_id = self._one(self.debtor_ids, 0.96)
        far = self.rng.choice(((-420, -180), (-225, -200), (-225, -200), (365, 405)))
        due = self._day(-60, 8) if self._chance(0.93) else self.rng.choice((self.today, self._day(*far)))
        transactions = [
            (self.rng.choice(TRANSACTION_STATES), self._day(-20, 0)) for _ in range(self.rng.choice((1, 2)))
        ]
        shared = {
            "move_id": self._next_move_id(),
            "date": min(due, self.today) - timedelta(days=self.rng.randint(0, 30)),
            "debtor_id": debtor_id,
            "partner_id": debtor_id and self.rng.choice((debtor_id, debtor_id + CONTACT)),  # itself or a contact of it
            "account_non_trade": self._chance(0.05),
            "blocked": self._chance(0.04),
            "scenario_id": self._scenario_id(0.1),
            "transactions": tuple(transactions) if self._chance(0.12) else (),
        }
        shared |= {**self._names(shared["move_id"], debtor_id), **self._marks()}
        currency = COMPANY_CURRENCY if self._chance(0.7) else self.foreign
        replaced = self._day(-30, 0) if self._chance(0.15) else None
        for _ in range(min(room, self.rng.choice((1, 1, 1, 2, 3)))):
            item = self._add_item(currency, self._amount(currency), date_due=due, **shared)
            if replaced:
                self.replaced[item.id] = (replaced, self.rng.choice((0, 0, 5, 30)))
            due += timedelta(days=self.rng.choice((0, 5, 30)))

    def _add_item(self, currency: str, residual: Decimal, **values) -> Item:
        rate = Decimal(1) if currency == COMPANY_CURRENCY else self._decimal("0.9", "0.87", "0.913")
        item = Item(
            id=len(self.items) + 1,
            currency=currency,
            residual=residual,
            residual_company=self._rounded(residual * rate, COMPANY_CURRENCY),
            no_followup=self._chance(0.05),
            **values,
        )
        self.items.append(item)
        return item

    def _add_credit(self) -> None:
        """A credit of a debtor who has an invoice: it names one, has the amount of one, or neither."""
        model = self.rng.choice(self.items)
        named = self._named(model, self.items) if self._chance(0.4) else None
        amount = abs(model.residual) if self._chance(0.4) else self._amount(model.currency)
        day = self._day(-40, 0)
        self._add_item(
            model.currency,
            -amount,
            move_id=self._next_move_id(),
            date=day,
            date_due=day,
            debtor_id=model.debtor_id,
            partner_id=model.partner_id,
            account_non_trade=self._chance(0.03),
            **self._names_invoice(named),
        )

    def _names_invoice(self, named: Item | None) -> dict:
        """By what a credit names the invoice: it reverses it, or says its number or payment reference."""
        if not named or self._chance(0.3):
            return {"reverses_id": named and named.move_id}
        return {"reference": self.rng.choice((named.number, named.payment_reference))}

    def _closed_item(self) -> Item:
        """An invoice without open items, of a debtor who has others, about which much is said."""
        model = self.rng.choice([item for item in self.items if item.residual > 0])
        debtor_id = model.debtor_id or self.debtor_ids[0]
        closed = {"id": CLOSED_ITEM_ID, "move_id": CLOSED_MOVE_ID, "debtor_id": debtor_id, "partner_id": debtor_id}
        said = {**self._names(CLOSED_MOVE_ID, debtor_id), **self._marks(), **self._opening(0.5)}
        return replace(model, **closed, **said, transactions=())

    def _payables(self) -> Iterator[Payable]:
        """What we owe customers, or somebody there: anything, or just about what is overdue of them."""
        for debtor in self.customers.debtors:
            overdue = [item for item in self.items if item.debtor_id == debtor.id and item.date_due < self.today]
            overdue = [item.residual_company for item in overdue if item.residual > 0 and not item.account_non_trade]
            left = sum(overdue) + self._decimal("0", "0", "0.01", "-0.01", "500")
            while self._chance(0.5):
                amount = self._amount(COMPANY_CURRENCY) * self.rng.choice((1, 1, 5, -1))
                yield self._payable(debtor.id, amount)
                left -= amount
            if self._chance(0.4):
                yield self._payable(debtor.id, left)

    def _payable(self, debtor_id: int, amount: Decimal) -> Payable:
        family = [partner.id for partner in self.customers.partners if partner.commercial_id == debtor_id]
        return Payable(self.rng.choice(family), amount)

    def _next_move_id(self) -> int:
        return self.items[-1].move_id + 1 if self.items else 101
