"""Amounts that a customer's message names: how much a payment is promised to be."""

import re
from decimal import Decimal

from .sentences import bounds, prepare

NUMBER = r"\d{1,3}(?:[ .,'\u2019\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?![\d.,]*\d)"
UNIT = r"€|\$|£|euros?\b|eur\b|usd\b|gbp\b|chf\b|dollars?\b|pounds?\b|francs?\b|franken\b"
AMOUNT = re.compile(
    rf"(?:(?P<before>{UNIT})\s?(?P<first>{NUMBER}))|(?:(?<![\d.,/])(?P<last>{NUMBER})(?:[.,]-)?\s?(?P<after>{UNIT}))"
)
CODES = {
    "euro": "EUR", "euros": "EUR", "€": "EUR", "dollar": "$", "dollars": "$", "£": "GBP", "pound": "GBP",
    "pounds": "GBP", "franc": "CHF", "francs": "CHF", "franken": "CHF",
}  # fmt: skip


def amounts_in(text: str) -> list[tuple[Decimal, str, str]]:
    """Return amount, currency and sentence of each amount that ``text`` names with a currency, in their order.

    The currency is a code of three letters, or "$", which many countries use.

    >>> [row[:2] for row in amounts_in("We pay 1,234.50 EUR now, €500 on Friday and 1.200 euros later; $ 20.")]
    [(Decimal('1234.50'), 'EUR'), (Decimal('500'), 'EUR'), (Decimal('1200'), 'EUR'), (Decimal('20'), '$')]
    >>> amounts_in("Invoice 2026/0012. Nous payons 1 234,5 € vendredi.")
    [(Decimal('1234.5'), 'EUR', 'Nous payons 1 234,5 € vendredi.')]
    >>> [row[:2] for row in amounts_in("For 2026/100 EUR 200 now, and CHF 1'000.- or 50.- CHF later")]
    [(Decimal('200'), 'EUR'), (Decimal('1000'), 'CHF'), (Decimal('50'), 'CHF')]
    >>> amounts_in("Wir zahlen 500,- Euro am 12.06."), amounts_in("order 4512, 30 days")
    ([(Decimal('500'), 'EUR', 'Wir zahlen 500,- Euro am 12.06.')], [])
    """
    written, folded = prepare(text)
    found = []
    for begin, end in bounds(folded):
        for match in AMOUNT.finditer(folded, begin, end):
            unit = match["before"] or match["after"]
            amount = _to_decimal(match["first"] or match["last"])
            if amount:
                found.append((amount, CODES.get(unit, unit.upper()), written[begin:end].strip()))
    return found


def _to_decimal(number: str) -> Decimal:
    """Read a number: what follows its last point or comma are decimals, unless they are three digits."""
    whole, separator, decimals = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", number).groups()
    whole = re.sub(r"\D", "", whole)
    return Decimal(f"{whole}.{decimals}" if separator else whole)
