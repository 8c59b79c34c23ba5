"""Invoices by chance: amounts, numbers as various software writes them, and marks that keep an invoice from dunning."""

from decimal import Decimal

from .reference_ledger import Item, Reject
from .reference_random_customers import Dice

CLOSED_ITEM_ID, CLOSED_MOVE_ID = 90_000, 99  # an invoice without open items
COMPANY_CURRENCY = "EUR"
DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0}
AMOUNTS = ("10", "20", "50", "100", "100", "120.05", "333.33", "500", "1000.01")  # few, so that equal ones occur
NUMBERS = (
    *("INV/2026/{0:05}", "INV/2026/{0:05}", "FAC{0}-26", "RE 2026 {0}", "ABCD/{0}", "inv-{0}-a", "F{0}B", "RE{0}"),
    "R.{0}",  # four letters and digits are too short to tell
    "NOTE/{1}/{2:02}",  # two digits are too few
    "A/B/C/D/E/F/{0}",  # seven words are too many
)
"""Of which the first place is the move's id, the others a letter and a number up to 99 that stand for it."""
REASONS = ("unknown", "funds", "mandate", "refused", "technical", "mistake", "mistake")


class Invoices(Dice):
    unmarked = False

    def _amount(self, currency: str) -> Decimal:
        """One that others have too, or one that hardly any other has."""
        odd = Decimal(self.rng.randint(1_000, 90_000)) / 100
        return self._rounded(self._decimal(*AMOUNTS) if self._chance(0.75) else odd, currency)

    @staticmethod
    def _rounded(amount: Decimal, currency: str, rounding: str | None = None) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-DECIMALS[currency]), rounding)

    def _names(self, move_id: int, debtor_id: int | None) -> dict:
        """The number, and a payment reference: the number again, one of its own, one that other invoices have too."""
        number = self._number(move_id)
        references = (number, number, f"RF18 5390 {move_id}", f"KD-{debtor_id} 4711", "PROJECT 4711")
        other = self._number(self.rng.randint(101, 140))  # may be another's number
        return {"number": number, "payment_reference": self.rng.choice((*references, other, "", None))}

    def _number(self, move_id: int) -> str:
        # Always the same for a move, whatever the dice say.
        return NUMBERS[move_id * 7 % len(NUMBERS)].format(move_id, chr(65 + move_id // 100), move_id % 100)

    def _marks(self) -> dict:
        exempt = self._one(("platform_error", "retention", "factored"), 0.06)
        rejects = [Reject(self.rng.choice(REASONS), self._hold_until()) for _ in range(self.rng.choice((1, 1, 2)))]
        by_us = self._chance(0.08)
        marks = {
            "kind": self.rng.choice(("out_invoice",) * 6 + ("out_receipt", "entry")),
            "sent": self._chance(0.93),
            "exempt": exempt,
            "exempt_until": self._day(-3, 3) if exempt and (exempt == "retention" or self._chance(0.7)) else None,
            "collected_by_us": by_us,
            "rejects": tuple(rejects) if self._chance(0.5 if by_us else 0.06) else (),
        }
        return {**({"kind": marks["kind"]} if self.unmarked else marks), **self._opening(0.25)}

    def _opening(self, probability: float) -> dict:
        """What an invoice brought along: the last reminder long ago, or so lately that no other may follow yet."""
        if not self._chance(probability):
            return {}
        day = self._day(-9, 0) if self._chance(0.4) else self._day(-40, -8)
        level = self.rng.choice((0, 1, 2, 2, 3, 3, 4, 5))
        return {"opening_level": level, "opening_date": day if self._chance(0.9) else None}

    def _hold_until(self):
        return self._day(-3, 4) if self._chance(0.7) else None

    def _named(self, model: Item, items: list[Item]) -> Item | None:
        """An invoice of the same debtor and currency; now and then just any."""
        invoices = [item for item in items if item.residual > 0]
        same = [item for item in invoices if (item.debtor_id, item.currency) == (model.debtor_id, model.currency)]
        invoices = invoices if self._chance(0.05) else same
        return self.rng.choice(invoices) if invoices else None
