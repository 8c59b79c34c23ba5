"""Tables for spreadsheets as CSV. What customers write must not become a formula there (OWASP, "CSV injection")."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A telephone number is nothing but a number, and voice services want it as it is.
TELEPHONE = re.compile(r"\+[0-9]{6,15}")


def csv_bytes(header: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    """Return the table as UTF-8 with a byte order mark, separated by commas, with CRLF at the end of each line.

    Dates are ISO 8601, None is an empty cell, numbers stay numbers whatever their sign. Any other cell that a
    spreadsheet could take for a formula gets an apostrophe in front.

    >>> table = csv_bytes(["Customer", "Open"], [["=1+1", Decimal("-12.50")], ["Dupont, fils", 3], [None, "-3"]])
    >>> table[:3], table.decode("utf-8-sig").split("\\r\\n")
    (b'\\xef\\xbb\\xbf', ['Customer,Open', "'=1+1,-12.50", '"Dupont, fils",3', ",'-3", ''])
    >>> csv_bytes(["Number"], [["+33612345678"], ["+1+1"]]).decode("utf-8-sig").split()
    ['Number', '+33612345678', "'+1+1"]
    >>> csv_bytes(["Day"], [[date(2026, 5, 12)], [datetime(2026, 5, 12, 9, 30)]]).decode("utf-8-sig").split()
    ['Day', '2026-05-12', '2026-05-12', '09:30:00']
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_cell(value) for value in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if value is None or isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return guard(str(value))


def guard(text: str) -> str:
    """Return the text with an apostrophe in front when a spreadsheet could take it for a formula.

    >>> [guard(text) for text in ("=1+1", "'=1+1", "O'Hara", "+33612345678")]
    ["'=1+1", "''=1+1", "O'Hara", '+33612345678']
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) and not TELEPHONE.fullmatch(text) else text


def unguard(text: str) -> str:
    """Take off what `guard` put in front.

    >>> all(unguard(guard(text)) == text for text in ("=1+1", "'=1+1", "''", "'", "O'Hara", "-", "'+33612345678"))
    True
    """
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(FORMULA_STARTS) else text
