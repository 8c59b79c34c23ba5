"""XLSX row by row: numbers and dates read as canonical texts, canonical texts written as numbers and dates.

>>> from io import BytesIO
>>> stream = BytesIO()
>>> write(stream, [{"record": "invoice", "number": "007", "due_date": "2026-05-12", "amount": "1234.50", "memo": "=1"}])
>>> [[cell for cell in cells if cell] for line, cells in read(stream, "x.xlsx")][1:]
[['invoice', '007', '2026-05-12', '1234.5', '=1']]
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape

from .ledger_columns import COLUMNS, ShapeError
from .ledger_values import Exact

MOST_BYTES = 2 << 30
MOST_CHARACTERS = 32767
# Excel keeps 15 digits of a number.
DIGITS = 15
FIRST_DAY = date(1900, 3, 1)
BORN = datetime(2000, 1, 1)


# === READING === #


def read(stream: BinaryIO, filename: str) -> Iterator[tuple[int, list[str]]]:
    """Yield ``(line number, texts)`` of each row of the first sheet that holds anything."""
    _check_size(stream, filename)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                # What the file says of its size is often wrong.
                sheet.reset_dimensions()
                rows = ((line, [_text(cell) for cell in row]) for line, row in enumerate(sheet.iter_rows(), 1))
                first = next((row for row in rows if any(row[1])), None)
                if first:
                    yield first
                    yield from rows
                    return
        finally:
            book.close()
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError) as error:
        if isinstance(error, ShapeError):
            raise
        raise ShapeError("file_broken", filename=filename, text=str(error)) from error


def _check_size(stream: BinaryIO, filename: str) -> None:
    """A small file may unpack to more than any machine has."""
    try:
        with zipfile.ZipFile(stream) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if "xl/workbook.xml" not in archive.namelist():
                raise ShapeError("file_kind", filename=filename)
    except zipfile.BadZipFile as error:
        raise ShapeError("file_broken", filename=filename, text=str(error)) from error
    if size > MOST_BYTES:
        raise ShapeError("file_too_large", filename=filename, limit=MOST_BYTES >> 20)
    stream.seek(0)


def _text(cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return Exact(value.date() if value.time() == time() else value.isoformat(" ", "seconds"))
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "")
    return Exact(value)


def _number(value: int | float, number_format: str) -> str:
    if re.fullmatch("0{2,}", number_format) and value == int(value):
        # Invoice 0000611365: the zeros are in the format only.
        return Exact(str(int(value)).zfill(len(number_format)))
    if isinstance(value, int) or value == int(value) and abs(value) < 10**DIGITS:
        return Exact(int(value))
    return Exact(f"{Decimal(f'{value:.{DIGITS}g}'):f}")


# === WRITING === #


def write(target: BinaryIO | str, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows of canonical texts. Nothing becomes a formula or a link; the same rows make the same bytes."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": BORN})
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "0.00##"}),
        }
        sheet = book.add_worksheet("Ledger")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, 14)
        header = book.add_format({"bold": True})
        for place, name in enumerate(COLUMNS):
            sheet.write_string(0, place, name, header)
        for line, row in enumerate(rows, 1):
            for place, (name, column) in enumerate(COLUMNS.items()):
                if text := row.get(name):
                    _write_cell(sheet, line, place, text, column.type, formats)


def _write_cell(sheet, line: int, place: int, text: str, kind: str, formats: dict) -> None:
    if kind == "date" and (day := date.fromisoformat(text)) >= FIRST_DAY:
        sheet.write_datetime(line, place, datetime.combine(day, time()), formats["date"])
    elif kind == "money" and text != "yes" and len(text) <= DIGITS:
        sheet.write_number(line, place, Decimal(text), formats["money"])
    elif len(text) > MOST_CHARACTERS:
        raise ShapeError("cell_too_long", limit=MOST_CHARACTERS, text=text[:30])
    else:
        sheet.write_string(line, place, text)
