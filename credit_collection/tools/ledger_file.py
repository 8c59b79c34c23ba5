"""Ledger files as rows of texts: CSV and XLSX read and written in memory that does not grow with them.

What is written reads back as the same texts, whatever they are:

>>> stream = io.BytesIO()
>>> write_csv(stream, [{"record": "customer", "customer_ref": "=1+1", "street": 'Rue "A",\\n2'}, {"amount": "-3.50"}])
>>> rows = list(open_rows(stream, "ledger.csv"))
>>> [(line, {name: text for name, text in row.items() if text}) for line, row in rows]
[(2, {'record': 'customer', 'customer_ref': '=1+1', 'street': 'Rue "A",\\n2'}), (4, {'amount': '-3.50'})]
"""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from . import ledger_csv, ledger_xlsx, tabular
from .ledger_columns import COLUMNS, ShapeError

Row = dict[str | None, str]


# === READING === #


def open_rows(source: BinaryIO | str | os.PathLike, filename: str = "") -> Iterator[tuple[int, Row]]:
    """Yield ``(line number, {header: text})`` for each row below the headers that is not empty.

    The kind of file is told by its first bytes, not by its name. Texts are as they stand, in XLSX numbers and dates are
    canonical (`ledger_values.Exact`). A row with more cells than headers has the rest under None.

    :param source: a path, or an open binary stream; it is read from its beginning
    :param filename: for messages
    :raises ShapeError: when it is no file of these kinds, or broken
    """
    with _opened(source, filename) as (stream, name):
        records = _records(stream, name)
        headers = _headers(records, name)
        for line, cells in records:
            yield line, _row(headers, cells)


def headers(source: BinaryIO | str | os.PathLike, filename: str = "") -> list[str]:
    """Return the names of the columns; those without a name are called by their place, double ones are numbered."""
    with _opened(source, filename) as (stream, name):
        return _headers(_records(stream, name), name)


@contextmanager
def _opened(source, filename: str):
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as stream:
            yield stream, filename or os.path.basename(source)
    elif source.seekable():
        source.seek(0)
        yield source, filename
    else:
        with tempfile.TemporaryFile() as stream:
            shutil.copyfileobj(source, stream)
            stream.seek(0)
            yield stream, filename


def _records(stream: BinaryIO, filename: str) -> Iterator[tuple[int, list[str]]]:
    """Yield ``(line number, texts)`` of all rows that hold anything, headers included."""
    beginning = stream.read(8)
    stream.seek(0)
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        records = ledger_xlsx.read(stream, filename)
    elif beginning.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise ShapeError("file_kind", filename=filename)
    else:
        records = ledger_csv.read(stream, filename)
    return ((line, cells) for line, cells in records if any(cell.strip() for cell in cells))


def _headers(records: Iterator[tuple[int, list[str]]], filename: str) -> list[str]:
    __, cells = next(records, (0, []))
    if not cells:
        raise ShapeError("file_empty", filename=filename)
    while not cells[-1].strip():
        cells.pop()
    names = []
    for place, cell in enumerate(cells, 1):
        name = plain = " ".join(cell.split()) or f"({place})"
        number = 1
        while name in names:
            number += 1
            name = f"{plain} ({number})"
        names.append(name)
    return names


def _row(headers: list[str], cells: list[str]) -> Row:
    row: Row = dict.fromkeys(headers, "")
    row.update(zip(headers, cells, strict=False))
    rest = [cell for cell in cells[len(headers) :] if cell.strip()]
    if rest:
        row[None] = " | ".join(rest)
    return row


# === WRITING === #


def write_csv(stream: BinaryIO, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows of canonical texts as UTF-8 with a byte order mark, commas and CRLF, all columns of the ledger.

    Like in `tabular`, what a spreadsheet could take for a formula gets an apostrophe; `open_rows` takes it off again.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([tabular.guard(row.get(name) or "") for name in COLUMNS] for row in rows)
    finally:
        text.detach()


def write_xlsx(target: BinaryIO | str, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows of canonical texts as a spreadsheet with real dates and amounts; the same rows make the same bytes."""
    ledger_xlsx.write(target, rows)
