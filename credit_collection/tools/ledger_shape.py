"""The shape of a ledger file: one flat table, one row per record, and what each of its columns can hold.

A row's ``record`` says what it is: customer, contact, invoice, credit_note or payment. A row of any kind may tell about
its customer. Rows of one number and different due dates are the instalments of one document; rows of one payment_ref
are one payment, each row what it pays of an invoice, the row without number what is not allocated.

How the columns of a document belong together:

* ``amount`` is that of the instalment, taxes included; ``residual`` what of it is open after everything. An empty
  residual is nothing when a settled_date is given, else the amount less the payments in the file that name it.
* What is not open is explained first by the payments that name the document, then (credit note that reverses it) by the
  note, each taking the earliest due date first; what remains was *settled otherwise*, on ``settled_date``.
* ``disputed`` is an amount; in files that only say yes, it is what is open (`complete`).

A *canonical* text is what `format` returns: ISO dates, a decimal point with two digits or more, no thousands, yes or
no, the code of a choice. `parse` of a canonical text returns the value it came from, whatever the formats, when it is
marked `Exact`; without the mark "1.234" may be a thousand.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from . import ledger_words
from .ledger_columns import COLUMNS, DOCUMENTS, MESSAGES, RECORDS, Column, ShapeError
from .ledger_values import DATE, WHOLE, Exact, can_parse, clean, format, parse

__all__ = [
    "COLUMNS", "DATE_ORDERS", "DECIMALS", "DOCUMENTS", "MESSAGES", "RECORDS", "WHOLE", "Column", "Exact", "ShapeError",
    "clean", "complete", "format", "get_missing", "guess_formats", "guess_mapping", "parse",
]  # fmt: skip

DATE_ORDERS = ("dmy", "mdy", "ymd")
DECIMALS = (".", ",")


# === HEADERS === #


def guess_mapping(headers: Iterable[str], samples: Iterable[Mapping[str, str]] = ()) -> dict[str, str]:
    """Return ``{column: header}`` for the headers whose meaning is known, each header and column once.

    :param samples: some rows as ``{header: text}``; a country that holds no countries is not taken for one

    >>> guess_mapping(["countryCode", "customerID", "InvoiceDate", "DueDate", "DaysLate"])
    {'country': 'countryCode', 'customer_ref': 'customerID', 'invoice_date': 'InvoiceDate', 'due_date': 'DueDate'}
    >>> guess_mapping(["countryCode", "Kunden-Nr.", "Fälligkeitsdatum"], [{"countryCode": "391"}])
    {'customer_ref': 'Kunden-Nr.', 'due_date': 'Fälligkeitsdatum'}
    >>> guess_mapping(COLUMNS) == {name: name for name in COLUMNS}
    True
    """
    samples, mapping = list(samples), {}
    meanings = {
        ledger_words.plain(word): name for name, words in ledger_words.HEADERS.items() for word in words.split()
    }
    meanings.update({ledger_words.plain(name): name for name in COLUMNS})
    headers = list(headers)
    # Our own names go first: "memo" and "description" may stand side by side.
    for header in sorted(headers, key=lambda header: header not in COLUMNS):
        name = meanings.get(ledger_words.plain(header))
        if name and name not in mapping and _can_be(name, [row.get(header) or "" for row in samples]):
            mapping[name] = header
    return {name: header for header in headers for name, own in mapping.items() if own == header}


def _can_be(name: str, texts: list[str]) -> bool:
    """Return whether a column of these texts can be a country, or one of the few words of a choice."""
    column, texts = COLUMNS[name], [text for text in texts if text.strip()]
    if name != "country" and column.type != "choice" or not texts:
        return True
    return any(can_parse(name, text) for text in texts)


# === FORMATS === #


def guess_formats(samples: Iterable[str], date_order: str = "dmy", decimal: str = ".") -> tuple[str, str]:
    """Return the order of day, month and year, and the decimal sign, that most of the samples can only have.

    :param samples: texts of the date and money columns
    :param date_order: what to say when all samples can be read in several ways; so ``decimal``

    >>> guess_formats(["3/4/2013", "4/13/2013", "1,234.50", "12", "Yes"])
    ('mdy', '.')
    >>> guess_formats(["31.12.2025", "1.234,50"]), guess_formats(["2025-12-31", "99,5"])
    (('dmy', ','), ('ymd', ','))
    >>> guess_formats(["3/4/2013", "1,234"]), guess_formats(["3/4/2013", "1,234"], "mdy", ",")
    (('dmy', '.'), ('mdy', ','))
    """
    orders, signs = Counter(), Counter()
    for text in samples:
        text = text.strip()
        if match := DATE.fullmatch(text):
            orders.update(_possible_order(match[1], match[3], match[4]))
        elif not isinstance(text, Exact):
            signs.update(_possible_sign(text))
    return _most(orders, date_order), _most(signs, decimal)


def _most(votes: Counter, default: str) -> str:
    return max(votes, key=lambda vote: (votes[vote], vote == default)) if votes else default


def _possible_order(first: str, second: str, third: str) -> list[str]:
    if len(first) == 4:
        return ["ymd"]
    if not second.isdigit() or len(first) > 2:
        return []
    if int(first) > 12:
        return ["dmy"] if int(first) <= 31 else ["ymd"]
    return ["mdy"] if int(second) > 12 else []


def _possible_sign(text: str) -> list[str]:
    text = re.sub(r"[^0-9.,]", "", text)
    marks = re.findall(r"[.,]", text)
    if not marks:
        return []
    if len(set(marks)) == 2:
        return [marks[-1]]
    if len(marks) > 1:
        return ["," if marks[0] == "." else "."]
    return [] if re.fullmatch(r"[0-9]{1,3}[.,][0-9]{3}", text) else marks


# === ROWS === #


def get_missing(data: Mapping[str, str]) -> list[str]:
    """Return the columns that a row of canonical texts cannot do without, and does.

    >>> get_missing({"record": "payment", "customer_ref": "C1", "amount": "1.00"})
    ['payment_ref', 'payment_date']
    """
    return [name for name, column in COLUMNS.items() if data.get("record") in column.required and not data.get(name)]


def complete(data: Mapping[str, str]) -> dict[str, str]:
    """Return the canonical texts of a row without the empty ones, a dispute that only says yes as what is open.

    >>> complete({"amount": "12.00", "disputed": "yes"}), complete({"amount": "12.00", "disputed": ""})
    ({'amount': '12.00', 'disputed': '12.00'}, {'amount': '12.00'})
    >>> complete({"amount": "12.00", "settled_date": "2026-05-12", "disputed": "yes"})
    {'amount': '12.00', 'settled_date': '2026-05-12'}
    """
    data = {name: text for name, text in data.items() if text}
    if data.get("disputed") == "yes":
        open_amount = data.get("residual") or ("" if data.get("settled_date") else data.get("amount"))
        del data["disputed"]
        if open_amount and Decimal(open_amount):
            data["disputed"] = open_amount
    return data
