"""Money at the bank by chance: lines about the items of a ledger, the payments registered for them, accounts, and what
a person said that a credit is for."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from .reference_ledger import BankAccount, BankLine, Item, Ledger, Lift, Payment
from .reference_random_invoices import Invoices

PAYMENT_STATES = ("in_process", "in_process", "in_process", "paid", "paid", "draft", "canceled", "rejected")
PHRASES = ("Payment of invoice", "VIR SEPA Müller GmbH", "Rechnung Nr.", "2026", "thank you, 12 pcs", "réf:", "")
UNKNOWN_ACCOUNT = "GB33BUKB20201555555555"
SHARED_ACCOUNT = "FR7630006000011234567890189"


def with_bank_money(rng: Random, today: date, ledger: Ledger) -> Ledger:
    bank = _Bank(rng, today, ledger)
    return replace(
        ledger,
        payments=tuple(bank.payments),
        bank_accounts=bank.accounts,
        bank_lines=tuple(bank.lines),
        lifts=tuple(bank.lifts()),
        cover_days=rng.choice((10, 10, 10, 10, 5, 3, 1, 0)),
        bank_fresh=bank.fresh,
        bank_posted_until=bank.posted_until,
        public_holidays=frozenset(today - timedelta(days=rng.randint(1, 8)) for _ in range(rng.randint(0, 5))),
    )


class _Bank(Invoices):
    def __init__(self, rng: Random, today: date, ledger: Ledger):
        super().__init__(rng, today)
        self.ledger = ledger
        self.fresh = self._chance(0.4)
        only_news = self.fresh and self._chance(0.5)  # a single thing tells of the last days, or nothing does
        ends = [today - timedelta(days=7) if only_news else self._day(-5, 0) for _ in range(2)]
        self.lines_until, self.payments_until = ends if self.fresh else (today, today)
        self.posted_until = self._one((self._day(-5, 2), today - timedelta(days=7)), 0.3)
        self.debits = [item for item in ledger.items if item.residual > 0]
        self.accounts = tuple(self._accounts())
        self.payments = [self._payment(number) for number in range(1, rng.randint(0, 4) + 1)]
        self.lines: list[BankLine] = []
        for _ in range(rng.choice((0, 1, 2, 4) if self.fresh or self._chance(0.3) else (2, 4, 8, 12))):
            self._add_line()
        if only_news:
            self._add_news(self._day(-4, 1))

    def _add_news(self, day: date) -> None:
        """One line or payment, or an accountant's word, of that day; it may be one that tells nothing."""
        kind = self.rng.choice(("line", "payment", "payment", "word", "nothing"))
        self.posted_until = day if kind == "word" else None
        if kind == "line":
            self._add_line()
            self.lines[-1] = replace(self.lines[-1], date=day)
        elif kind == "payment":
            self.payments.append(replace(self._payment(len(self.payments) + 1), date=day))

    # === ACCOUNTS === #

    def _accounts(self) -> list[BankAccount]:
        accounts = [self._account(f"DE{partner.id:020}", partner.id) for partner in self.ledger.partners]
        accounts = self._some(accounts, 0.5)
        sharing = {self.rng.choice(self.ledger.partners).id for _ in range(self.rng.choice((1, 2, 2, 3)))}
        if self._chance(0.3):  # a customer and somebody there
            sharing = {self.ledger.debtors[0].partner_id, self.ledger.partners[1].id}
        return accounts + [self._account(SHARED_ACCOUNT, partner_id) for partner_id in sorted(sharing)]

    def _account(self, number: str, partner_id: int) -> BankAccount:
        company = self.rng.choice(("all", "all", "all", "ours", "other"))
        return BankAccount(self._spelled(number), partner_id, company, active=self._chance(0.8))

    def _spelled(self, account: str) -> str:
        spaced = " ".join(account[start : start + 4] for start in range(0, len(account), 4))
        return self.rng.choice((account, account, spaced, account.lower(), spaced.replace(" ", "-")))

    # === PAYMENTS === #

    def _payment(self, number: int) -> Payment:
        model = self.rng.choice(self.ledger.items)
        names = [self._named(model, list(self.ledger.items)) for _ in range(self.rng.choice((0, 0, 1, 1, 2)))]
        closed = [self.ledger.closed_items[0]] if self._chance(0.05) else []
        return Payment(
            id=number,
            debtor_id=model.debtor_id or 1,
            currency=model.currency,
            amount=abs(model.residual) if self._chance(0.4) else self._amount(model.currency),
            date=min(self._day(-20, 0), self.payments_until),
            names_move_ids=tuple(sorted({item.move_id for item in [*names, *closed] if item})),
            from_customer=self._chance(0.7),
            online=self._chance(0.2),
            **self._state(),
        )

    def _state(self) -> dict:
        state, entry = self.rng.choice(PAYMENT_STATES), self._chance(0.4)
        return {"state": state, "entry": entry, "matched": entry and state == "paid" and self._chance(0.8)}

    def _register(self, line: BankLine, debtor_id: int) -> None:
        """Book the money of a line as a payment: in time, a bit earlier, or too early to be the same."""
        day = line.date + timedelta(days=self.rng.choice((-11, -11, -10, -10, -9, -3, 0, 0, 1)))
        day = min(day, self.payments_until)
        payment = Payment(len(self.payments) + 1, debtor_id, line.currency, line.amount, date=day, **self._state())
        near = line.amount + self._decimal("0", "0", "0", "0", "0", "10")
        self.payments.append(replace(payment, amount=near, from_customer=self._chance(0.85)))

    def _register_each(self, line: BankLine, named: list[Item]) -> None:
        """Book the money of a line as a payment of each invoice that it names."""
        for item in {item.id: item for item in named}.values():
            debtor_id = item.debtor_id or 1
            self._register(replace(line, amount=item.residual), debtor_id)
            self.payments[-1] = replace(self.payments[-1], names_move_ids=(item.move_id,))

    # === LINES === #

    def _add_line(self) -> None:
        model = self.rng.choice(self.debits)
        named = [self._named(model, self.debits) for _ in range(self.rng.choice((0, 1, 1, 2, 3)))]
        named = [item for item in named if item]
        line = BankLine(
            id=len(self.lines) + 1,
            date=self._day(1, 3) if self._chance(0.05) else min(self._day(-18, 0), self.lines_until),
            **self._line_amounts(model, named),
            label=self._label(named or self._some([model], 0.2)),
            partner_id=self._payer(model),
            account_number=self._account_number(model),
            posted=self._chance(0.7 if self.fresh else 0.92),
            reconciled=self._chance(0.4 if self.fresh else 0.08),
        )
        self.lines.append(line)
        while self._chance(0.25):  # the same amount once more
            day = min(line.date + timedelta(days=self.rng.choice((-1, 0, 0, 3))), self.lines_until)
            self.lines.append(replace(line, id=len(self.lines) + 1, date=day, partner_id=self._payer(model)))
        while line.amount > 0 and self._chance(0.35):
            self._register(line, model.debtor_id or 1)
        if self._chance(0.2):
            self._register_each(line, named)

    def _line_amounts(self, model: Item, named: list[Item]) -> dict:
        """Amount, currency and what it is worth: in the currency of the invoices, or for the same in another one."""
        company = self.ledger.company_currency
        currency, rate = model.currency, self._decimal("0.9", "0.87", "0.913")
        if named and self._chance(0.15):
            currency = self.rng.choice([code for code in self.ledger.currency_decimals if code != model.currency])
            asked = sum({item.id: item.residual_company for item in named}.values())
            asked *= self._decimal("1", "1", "0.99", "0.98", "0.975", "0.5", "1.5")
            amount = self._rounded(asked if currency == company else asked / rate, currency)
        else:
            amount = self._line_amount(model, named)
        worth = None if currency == company else self._rounded(amount * rate, company)
        return {"currency": currency, "amount": amount, "worth": worth}

    def _line_amount(self, model: Item, named: list[Item]) -> Decimal:
        together = sum({item.id: item.residual for item in named}.values()) or model.residual
        amount = self.rng.choice((model.residual, model.residual, together, together, self._amount(model.currency)))
        amount = self._rounded(amount * self._decimal("1", "1", "1", "1", "0.5", "1.5"), model.currency)
        return -amount if self._chance(0.05) else amount

    def _payer(self, model: Item) -> int | None:
        anybody = self.rng.choice(self.ledger.partners).id
        return self.rng.choice((model.partner_id, anybody) + (None,) * 6)

    def _account_number(self, model: Item) -> str | None:
        anybody = self.rng.choice(self.ledger.partners).id
        numbers = (
            f"DE{model.partner_id or 1:020}",
            f"DE{anybody:020}",
            SHARED_ACCOUNT,
            SHARED_ACCOUNT,
            UNKNOWN_ACCOUNT,
        )
        return self._spelled(self.rng.choice(numbers)) if self._chance(0.4) else self.rng.choice((None, None, ""))

    # === LABELS === #

    def _label(self, named: list[Item]) -> str | None:
        closed = self._some(self.ledger.closed_items, 0.05)
        named = [*named, *closed, *self._some([self.rng.choice(self.debits)], 0.08)]
        texts = [self.rng.choice((item.number, item.number, item.payment_reference)) for item in named]
        texts = [self._written(text) for text in texts if text]
        label = self.rng.choice((" ", " ", ", ", " / ", "")).join([self.rng.choice(PHRASES), *texts])
        return f"{label} {self.rng.choice(PHRASES)}" if texts or self._chance(0.7) else None

    def _written(self, number: str) -> str:
        """As customers and banks write it: without its signs, broken anywhere, in small letters, glued to something."""
        plain = "".join(filter(str.isalnum, number))
        size = -(-len(plain) // self.rng.choice((2, 5, 6, 6, 7, 9)))  # so many words, or nearly
        broken = self.rng.choice(" /-").join(plain[start : start + size] for start in range(0, len(plain), size))
        glued = self.rng.choice(("RG" + plain, plain + "X", "2026" + plain))
        return self.rng.choice((number, number, number.replace("/", " "), plain, plain.lower(), broken, broken, glued))

    # === WHAT A CREDIT IS FOR === #

    def lifts(self) -> list[Lift]:
        credits = [("item", item) for item in self.ledger.items if item.residual < 0]
        credits += [("payment", payment) for payment in self.payments if not payment.entry and payment.from_customer]
        credits += [("bank_line", line) for line in self.lines]
        return [Lift(of, credit.id, self._said_for(credit)) for of, credit in self._some(credits, 0.2)]

    def _said_for(self, credit) -> int | None:
        if self._chance(0.35):
            return None
        items = [item for item in (*self.debits, *self.ledger.closed_items) if item.debtor_id]
        items = [item for item in items if item.kind != "entry"]
        alike = [item for item in items if item.currency == credit.currency]
        chosen = alike if self._chance(0.8) else items
        return self.rng.choice(chosen).move_id if chosen else None
