"""The part of the ledger loader that writes customers, their files, and how they are to be written to."""

from collections.abc import Iterator
from dataclasses import replace

from .reference_ledger import SUBSTITUTES, Debtor, Partner, Pause, Profile, Template
from .reference_random_customers import CHANNELS

BASE = 900_000_000
NAME = '{"en_US": "Random"}'
NUMBERS = {"mobile": "+4915112345678", "fixed": "+493012345678", "either": "+12125550123", "other": "+498001234567"}
"""A telephone number of each kind."""


def db_id(number: int | None) -> int | None:
    return None if number is None else BASE + number


def plain_id(number: int | None) -> int | None:
    return number - BASE if number else None


class CustomerLoader:
    """Expects of the loader: `env`, `rng`, `ledger`, `today`, `company`, `stranger` and `_insert`."""

    def _find_places(self):
        """Look up once what partners are distinguished by."""
        self.countries = {code: self.env.ref(f"base.{code.lower()}").id for code in ("DE", "FR")}
        self.industries = {name: self.env["res.partner.industry"].create({"name": name}).id for name in ("A", "B")}

    def _load_customers(self):
        ledger = self.ledger
        partners = self.rng.sample(ledger.partners, len(ledger.partners))  # "the lowest id" must not come by itself
        self._insert("res_partner", [self._partner(partner) for partner in partners])
        self._insert("credit_collection_profile", [self._profile(profile) for profile in ledger.profiles])
        self._insert("credit_collection_fallback", list(self._fallbacks()))
        # What the other company's files say is nothing to us, whose partners alone count.
        debtors_elsewhere = [
            replace(debtor, hold_until=self.today, protected=True, optouts=frozenset(CHANNELS), **self._in_difficulty())
            for debtor in ledger.debtors_elsewhere
        ]
        for company, debtors in ((self.company, ledger.debtors), (self.stranger, debtors_elsewhere)):
            self._insert("credit_collection_debtor", [self._debtor(debtor, company) for debtor in debtors])
            self._insert("credit_collection_optout", list(self._optouts(debtors, company)))
        self._load_pauses()
        self._load_gateways()

    def _in_difficulty(self):
        return {"difficulty_from": self.today, "difficulty_until": self.today}

    def _empty(self):
        return self.rng.choice((None, ""))

    def _off(self):
        return self.rng.choice((None, False))

    # === PARTNERS === #

    def _partner(self, partner: Partner) -> dict:
        is_main = partner.id == partner.commercial_id
        return {
            "id": db_id(partner.id),
            "name": f"Partner {partner.id}",
            "active": partner.active,
            "type": partner.type,
            "parent_id": None if is_main else db_id(partner.commercial_id),
            "commercial_partner_id": db_id(partner.commercial_id),
            "autopost_bills": "ask",
            "collection_role": partner.role,
            **self._email(partner),
            **self._phone(partner),
            "street": "Street 1" if partner.street else self._empty(),
            "city": "Berlin" if partner.city else self._empty(),
            "country_id": partner.country and self.countries[partner.country],
            "industry_id": partner.industry and self.industries[partner.industry],
        }

    def _email(self, partner: Partner) -> dict:
        email = f"partner{partner.id}@example.com"
        former = self.rng.choice((None, "former@example.com"))
        return {
            "email": email if partner.email else self.rng.choice((None, "", "none")),
            "email_normalized": email if partner.email else None,
            "collection_bounced_email": email if partner.email_bounced else former,
        }

    def _phone(self, partner: Partner) -> dict:
        number = NUMBERS.get(partner.phone)
        former = self.rng.choice((None, "+4917112345678"))
        return {
            "phone": number or self.rng.choice((None, "", "ask John")),
            "phone_sanitized": number,
            "collection_phone_kind": partner.phone,
            "collection_bounced_phone": number if partner.phone_bounced else former,
        }

    # === FILES === #

    def _debtor(self, debtor: Debtor, company) -> dict:
        return {
            "id": db_id(debtor.id),
            "partner_id": db_id(debtor.partner_id),
            "company_id": company.id,
            "contact_id": db_id(debtor.contact_id),
            "payer_id": db_id(debtor.payer_id),
            "hold_until": debtor.hold_until,
            "scenario_id": db_id(debtor.scenario_id),
            "profile_id": db_id(debtor.profile_id),
            "profile_pinned": True,
            "protected": debtor.protected or self._off(),
            "protected_reason": "Random",
            "payment_days": self._days(debtor.payment_days),
            "hold_for_bills": debtor.waits_for_bills or self._off(),
            "insolvency_date": debtor.insolvent_since,
            "difficulty_from": debtor.difficulty_from,
            "difficulty_until": debtor.difficulty_until,
            **self._manners(debtor),
        }

    def _manners(self, owner: Debtor | Profile) -> dict:
        return {
            "preferred_channel": owner.preferred_channel,
            "self_service": owner.self_service or self._off(),
            "max_contacts": owner.max_contacts or self.rng.choice((None, 0)),
        }

    def _days(self, days: tuple[int, ...]) -> str | None:
        """The days as a person may write them."""
        written = [self.rng.choice((f"{day}", f"{day:02}")) for day in self.rng.sample(days, len(days))]
        return self.rng.choice((",", ", ", " ,")).join(written) or self._empty()

    def _optouts(self, debtors: list[Debtor], company) -> Iterator[dict]:
        for debtor in debtors:
            for channel in sorted(debtor.optouts):
                yield {
                    "debtor_id": db_id(debtor.id),
                    "company_id": company.id,
                    "channel": channel,
                    "date": self.today,
                }

    def _profile(self, profile: Profile) -> dict:
        return {
            "id": db_id(profile.id),
            "name": NAME,
            "active": profile.active,
            "page_manner": "plain",
            "domain": "[]",
            "scenario_id": db_id(profile.scenario_id),
            "person_when_disputed": profile.person_when_disputed or self._off(),
            **self._manners(profile),
        }

    # === CHANNELS === #

    def _fallbacks(self) -> Iterator[dict]:
        orders = [({"company_id": None, "profile_id": db_id(p.id)}, p.fallbacks) for p in self.ledger.profiles]
        orders.append(({"company_id": self.company.id, "profile_id": None}, self.ledger.company_fallbacks))
        orders.append(({"company_id": self.stranger.id, "profile_id": None}, SUBSTITUTES[::-1]))
        for owner, channels in orders:
            for place, channel in self.rng.sample(list(enumerate(channels)), len(channels)):
                yield {**owner, "sequence": 10 * place, "channel": channel}

    @staticmethod
    def _text(present: bool, missing: str | None) -> str | None:
        return '{"en_US": "Please pay."}' if present else missing

    def _template(self, template: Template) -> dict:
        missing = self.rng.choice((None, '{"en_US": ""}'))
        return {
            "id": db_id(template.id),
            "name": NAME,
            "active": True,
            "tone": "friendly",
            "purpose": "reminder",
            "subject": NAME,
            "body": self._text(template.text, missing),
            "short_text": self._text(template.short_text, missing),
        }

    def _load_gateways(self):
        """That of the company, when it has one; and such as do not count for it."""
        gateways = [
            {"company_id": self.company.id, "medium": "sms", "active": True},
            {"company_id": self.stranger.id, "medium": "whatsapp", "active": True},
            {"company_id": self.company.id, "medium": "whatsapp", "active": self.ledger.whatsapp},
        ]
        texts = ("name", "url", "secret_header", "body_template", "id_key", "callback_secret")
        required = {**dict.fromkeys(texts, "Random"), "timeout": 15}
        self._insert("credit_collection_gateway", [{**required, **gateway} for gateway in gateways])

    # === PAUSES === #

    def _load_pauses(self):
        pauses = dict(enumerate(self.ledger.pauses, 1))
        self._insert("credit_collection_pause", [self._pause(*entry) for entry in pauses.items()])
        fields = self.env["credit.collection.pause"]._fields
        for name, kind, places in (
            ("country_ids", "countries", self.countries),
            ("industry_ids", "industries", self.industries),
        ):
            field = fields[name]
            links = [
                {field.column1: db_id(number), field.column2: places[place]}
                for number, pause in pauses.items()
                for place in sorted(getattr(pause, kind))
            ]
            self._insert(field.relation, links)

    def _pause(self, number: int, pause: Pause) -> dict:
        companies = {"ours": self.company.id, "other": self.stranger.id, "all": None}
        return {
            "id": db_id(number),
            "name": "Random",
            "active": pause.active,
            "company_id": companies[pause.company],
            "date_until": pause.until,
        }
