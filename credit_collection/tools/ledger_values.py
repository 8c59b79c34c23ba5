"""What the texts of a ledger file say, and the canonical texts of what the ledger says."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from . import ledger_words
from .ledger_columns import COLUMNS, Column, ShapeError

EXPECTED = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
MONTHS = {name: month for month, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}

Value = str | date | Decimal | int | bool | None
DATE = re.compile(
    r"(\d{1,4})([./ -])(\d{1,2}|[A-Za-z]{3,9})\.?\2(\d{1,4})(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?)?", re.ASCII
)
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EIGHT = re.compile(r"[0-9]{8}")
_AMOUNT = re.compile(r"([0-9]{1,3}(?:T[0-9]{3})+|[0-9]{1,2}(?:T[0-9]{2})+T[0-9]{3}|[0-9]+)?(?:D([0-9]*))?")


class Exact(str):
    """A text that is canonical already, because its file told a number or a date from a text (XLSX)."""


WHOLE = True
"""The value of ``disputed`` in files that only say yes."""


# === TEXT TO VALUE === #


def parse(column: str, text: str, date_order: str = "ymd", decimal: str = ".") -> Value:
    """Return what a text of the file says: date, Decimal, int, bool, code of a choice or text; None when it is empty.

    ISO dates are understood whatever the order. ``disputed`` may be yes (`WHOLE`) or no (None).

    :raises ShapeError: when the text says nothing that the column can hold

    >>> parse("due_date", "2/1/2013", "mdy"), parse("due_date", "2013-02-01 00:00:00", "dmy")
    (datetime.date(2013, 2, 1), datetime.date(2013, 2, 1))
    >>> parse("due_date", "15 Jan 2024", "dmy"), parse("due_date", "01.02.24", "dmy"), parse("due_date", "20240131")
    (datetime.date(2024, 1, 15), datetime.date(2024, 2, 1), datetime.date(2024, 1, 31))
    >>> parse("amount", "1.234,5 €", decimal=","), parse("amount", "(1'234.50)"), parse("amount", "12.00-")
    (Decimal('1234.5'), Decimal('-1234.50'), Decimal('-12.00'))
    >>> parse("amount", "1.234", decimal=","), parse("amount", Exact("1.234"), decimal=",")
    (Decimal('1234'), Decimal('1.234'))
    >>> parse("disputed", "Yes"), parse("disputed", "No"), parse("disputed", "12"), parse("memo", "  ")
    (True, None, Decimal('12'), None)
    >>> parse("record", "Avoir"), parse("currency", "€"), parse("opt_outs", "SMS, email"), parse("language", "fr-FR")
    ('credit_note', 'EUR', 'email;sms', 'fr_FR')
    >>> can_parse("amount", "1,50"), can_parse("due_date", "30/2/2026"), can_parse("level", "1.5")
    (False, False, False)
    """
    exact = isinstance(text, Exact)
    text = clean(text)
    if not text:
        return None
    if exact:
        date_order, decimal = "ymd", "."
    kind = COLUMNS[column].type
    if kind == "date":
        return _parse_date(text, date_order)
    if kind == "money":
        return _parse_disputed(text, decimal) if column == "disputed" else _parse_amount(text, decimal)
    if kind == "integer":
        return _parse_integer(text)
    if kind == "choice":
        return _parse_choice(COLUMNS[column], text)
    return _TEXTS.get(column, str)(text)


def can_parse(column: str, text: str) -> bool:
    try:
        parse(column, text)
    except ShapeError:
        return False
    return True


def clean(text: str) -> str:
    """Return the text as every kind of file can hold it: no control characters but line feeds, nothing around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("", text.replace("\t", " ")).strip()


def _parse_date(text: str, date_order: str) -> date:
    match = DATE.fullmatch(text)
    if match:
        parts = [match[1], match[3], match[4]]
        order = "ymd" if len(parts[0]) == 4 else date_order
    elif _EIGHT.fullmatch(text):
        # Years of this time come first, or else the order says where they are.
        order = "ymd" if text[:2] in ("19", "20") and (date_order == "ymd" or text[4:6] <= "12") else date_order
        cuts = (4, 6) if order == "ymd" else (2, 4)
        parts = [text[: cuts[0]], text[cuts[0] : cuts[1]], text[cuts[1] :]]
    else:
        raise ShapeError("not_a_date", text=text, expected=EXPECTED[date_order])
    named = dict(zip(order, parts, strict=True))
    if not named["m"].isdigit() and order == "mdy":
        raise ShapeError("not_a_date", text=text, expected=EXPECTED[date_order])
    try:
        return date(_year(named["y"]), _month(named["m"]), int(named["d"]))
    except (KeyError, ValueError):
        raise ShapeError("no_such_day", text=text, expected=EXPECTED[order]) from None


def _year(text: str) -> int:
    if len(text) not in (2, 4):
        raise ValueError(text)
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else MONTHS[text[:3].lower()]


def _parse_amount(text: str, decimal: str) -> Decimal:
    bare = "".join(sign for sign in text if unicodedata.category(sign) != "Sc")
    bare = re.sub(r"^[A-Z]{3}|[A-Z]{3}$", "", bare.strip()).strip().replace("−", "-")
    negative = re.fullmatch(r"-(.+)|(.+)-|\((.+)\)", bare)
    digits = next(filter(None, negative.groups())) if negative else bare.removeprefix("+")
    digits = re.sub(r"[\s’]", "'", digits.strip())
    # What parts the thousands must do so everywhere, and before three digits.
    for thousands in ("'", "." if decimal == "," else ","):
        pattern = _AMOUNT.pattern.replace("T", re.escape(thousands)).replace("D", re.escape(decimal))
        match = re.fullmatch(pattern, digits)
        if match and (match[1] or match[2]):
            whole = (match[1] or "0").replace(thousands, "")
            return Decimal(f"{'-' if negative else ''}{whole}" + (f".{match[2]}" if match[2] else ""))
    raise ShapeError("not_an_amount", text=text, decimal=decimal)


def _parse_disputed(text: str, decimal: str) -> Decimal | bool | None:
    """Amounts are amounts: a single 1 or 0 is one, too."""
    if any(sign.isdigit() for sign in text):
        return _parse_amount(text, decimal) or None
    word = ledger_words.plain(text)
    if word in ledger_words.YES:
        return WHOLE
    if word in ledger_words.NO:
        return None
    raise ShapeError("not_yes_or_no", text=text)


def _parse_integer(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", text):
        raise ShapeError("not_a_number", text=text)
    return int(text.partition(".")[0])


def _parse_choice(column: Column, text: str) -> str:
    word = ledger_words.plain(text)
    for code, words in ledger_words.CHOICES[column.name].items():
        if word in (ledger_words.plain(code), ledger_words.plain(column.choices[code]), *words.split()):
            return code
    raise ShapeError("unknown_choice", text=text, choices=", ".join(column.choices))


def _parse_country(text: str) -> str:
    if any(sign.isdigit() for sign in text):
        raise ShapeError("not_a_country", text=text)
    return text.upper() if len(text) == 2 else text


_TEXTS = {
    "country": _parse_country,
    "currency": lambda text: {"€": "EUR", "£": "GBP"}.get(text, text.upper()),
    "language": lambda text: text.replace("-", "_"),
    "opt_outs": lambda text: ";".join(sorted(set(filter(None, re.split(r"[;,|\s]+", text.lower()))))),
    "preferred_channel": str.lower,
}


# === VALUE TO TEXT === #


def format(column: str, value: Value) -> str:
    """Return the canonical text of a value, as `parse` returns it or as the ledger has it.

    >>> format("amount", Decimal("1234.5")), format("amount", Decimal("0.1250")), format("amount", 0), format("vat", "")
    ('1234.50', '0.125', '0.00', '')
    >>> format("due_date", date(2026, 5, 12)), format("disputed", WHOLE), format("level", 2), format("memo", " a\\tb ")
    ('2026-05-12', 'yes', '2', 'a b')
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, date):
        return value.isoformat()
    if COLUMNS[column].type == "money":
        whole, __, digits = f"{Decimal(value):f}".partition(".")
        return f"{whole}.{digits.rstrip('0').ljust(2, '0')}"
    return clean(str(value))
