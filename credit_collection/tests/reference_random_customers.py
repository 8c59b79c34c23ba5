"""Customers by chance, with the people there, those who pay for them and how they want to be treated."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from .reference_ledger import SUBSTITUTES, Debtor, Partner, Pause, Profile, Scenario

CHANNELS = (*SUBSTITUTES, "person", "automation")
CONTACT = 1_000  # the contacts of a customer have its id plus this, twice this, three times this
ELSEWHERE = 50_000  # what belongs to the other company has ids from here on
FIRST_PAYER = 51  # customers that only pay for others
COUNTRIES, INDUSTRIES = ("DE", "FR"), ("A", "B")
ROLES = ("payables", "buyer", "management")
PAYMENT_DAYS = ((5,), (10, 25), (15,), (30,), (31,), (1, 15), (12, 28), (29, 31))


class Dice:
    def __init__(self, rng: Random, today: date):
        self.rng, self.today = rng, today

    def _chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def _day(self, first: int, last: int) -> date:
        return self.today + timedelta(days=self.rng.randint(first, last))

    def _some(self, values, probability: float) -> list:
        return [value for value in values if self._chance(probability)]

    def _one(self, values, probability: float):
        return self.rng.choice(values) if self._chance(probability) else None

    def _decimal(self, *values: str) -> Decimal:
        return Decimal(self.rng.choice(values))


class Customers(Dice):
    def __init__(self, rng: Random, today: date, scenarios: tuple[Scenario, ...], calm: bool):
        super().__init__(rng, today)
        self.calm = calm  # no customer is held as a whole
        self.scenario_ids = [scenario.id for scenario in scenarios]
        ours = range(1, rng.randint(2, 8) + 1)
        others = range(FIRST_PAYER, FIRST_PAYER + rng.randint(0, 2))
        self.partners = tuple(partner for number in (*ours, *others) for partner in self._family(number))
        self.profiles = tuple(self._profile(number) for number in range(1, rng.randint(1, 3) + 1))
        self.usual_payers = rng.choices([partner.id for partner in self.partners], k=2)
        self.debtors = tuple(self._debtor(number, number) for number in ours)
        elsewhere = rng.sample([*ours, *others], rng.randint(1, 2))
        self.debtors_elsewhere = tuple(self._debtor(ELSEWHERE + number, number) for number in elsewhere)
        self.pauses = tuple(self._pause() for _ in range(0 if calm else rng.choice((0, 0, 0, 1, 2))))

    def _family(self, number: int) -> list[Partner]:
        contacts = [number + CONTACT, *self._some((number + 2 * CONTACT, number + 3 * CONTACT), 0.5)]
        return [self._partner(number, number), *(self._partner(contact, number) for contact in contacts)]

    def _partner(self, number: int, commercial_id: int) -> Partner:
        return Partner(
            id=number,
            commercial_id=commercial_id,
            active=self._chance(0.95),
            type=self.rng.choice(("contact", "contact", "invoice", "delivery")),
            role=self._one(ROLES, 0.5 if number != commercial_id else 0.1),
            email=self._chance(0.6),
            email_bounced=self._chance(0.2),
            phone=self._one(("mobile", "mobile", "fixed", "either", "other"), 0.65),
            phone_bounced=self._chance(0.2),
            street=self._chance(0.85),
            city=self._chance(0.9),
            country=self._one(COUNTRIES, 0.85),
            industry=self._one(INDUSTRIES, 0.7),
        )

    def fallbacks(self) -> tuple[str, ...]:
        """An order of their own for some: of a few channels, or of all."""
        return tuple(self.rng.sample(SUBSTITUTES, self.rng.choice((0, 0, 0, 1, 2, 3, 5))))

    def _profile(self, number: int) -> Profile:
        return Profile(
            id=number,
            active=self._chance(0.75),
            scenario_id=self._one(self.scenario_ids, 0.6),
            preferred_channel=self._one(SUBSTITUTES, 0.4),
            self_service=self._chance(0.15),
            max_contacts=self.rng.choice((0, 0, 1, 2, 4)),
            fallbacks=self.fallbacks(),
            person_when_disputed=self._chance(0.5),
        )

    def _debtor(self, number: int, partner_id: int) -> Debtor:
        payer_id = (
            self.rng.choice([*self.usual_payers, self.rng.choice(self.partners).id]) if self._chance(0.4) else None
        )
        family = self.rng.choice((partner_id, (payer_id or partner_id) % CONTACT))
        known = [partner.id for partner in self.partners if partner.commercial_id == family]
        return Debtor(
            id=number,
            partner_id=partner_id,
            hold_until=self._day(-2, 4) if self._chance(0.1) and not self.calm else None,
            scenario_id=self._one(self.scenario_ids, 0.15),
            profile_id=self._one([profile.id for profile in self.profiles], 0.65),
            payer_id=payer_id,
            contact_id=self._one(known, 0.4),
            preferred_channel=self._one(SUBSTITUTES, 0.2),
            self_service=self._chance(0.1),
            max_contacts=self.rng.choice((0, 0, 0, 0, 1, 2, 3)),
            optouts=frozenset(self._some(CHANNELS, 0.2)),
            protected=self._chance(0.04) and not self.calm,
            payment_days=self._one(PAYMENT_DAYS, 0.3) or (),
            waits_for_bills=self._chance(0.15),
            insolvent_since=self._insolvent_since(number),
            **self._difficulty(),
        )

    def _insolvent_since(self, number: int) -> date | None:
        """Drawn by dice of its own: all else in the ledgers is what it was before there was insolvency."""
        dice = Random(self.today.toordinal() * 1000 + number)
        if self.calm or dice.random() >= 0.05:
            return None
        return self.today + timedelta(days=dice.randint(-40, 5))

    def _difficulty(self) -> dict:
        """A period that is over, has just ended, goes on, has just begun, or is to come."""
        if not self._chance(0.3):
            return {}
        first = self._day(-4, 2)
        return {"difficulty_from": first, "difficulty_until": first + timedelta(days=self.rng.randint(0, 4))}

    def _pause(self) -> Pause:
        return Pause(
            until=self._day(-3, 4),
            countries=frozenset(self._some(COUNTRIES, 0.4)),
            industries=frozenset(self._some(INDUSTRIES, 0.4)),
            company=self.rng.choice(("ours", "ours", "other", "all")),
            active=self._chance(0.85),
        )
