"""Sheets with titles, tables and totals as XLSX. Nothing becomes a formula or a link; dates and amounts are real ones.

>>> import openpyxl
>>> book = write([{"name": "Open items", "widths": [20, 12], "rows": [
...     ("header", ["Number", "Open"]), ("", ["=1+1", Money(1234.5, 2)]), ("total", [None, Money(3, 0)])]}])
>>> sheet = openpyxl.load_workbook(io.BytesIO(book))["Open items"]
>>> [[cell.value for cell in row] for row in sheet.iter_rows()]
[['Number', 'Open'], ['=1+1', 1234.5], [None, 3]]
>>> sheet["A2"].data_type, sheet["B2"].number_format, sheet["B3"].number_format
('s', '#,##0.00', '#,##0')
"""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

import xlsxwriter

MOST_CHARACTERS = 32767
STYLES = {
    "": {},
    "title": {"bold": True, "font_size": 14},
    "header": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "total": {"bold": True, "top": 1},
}


class Money(NamedTuple):
    """An amount, and how many digits it has behind the point."""

    amount: float
    digits: int


def write(sheets: Iterable[Mapping]) -> bytes:
    """Return a workbook of ``sheets``: ``name``, ``widths`` (characters) and ``rows``, as ``(style, cells)``.

    A cell is None, a text, a number, a date or `Money`; a style is one of `STYLES`. Rows above the first header stay in
    sight with it.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = _Formats(book)
        for content in sheets:
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", content["name"])[:31])
            for place, width in enumerate(content["widths"]):
                sheet.set_column(place, place, width)
            for line, (style, cells) in enumerate(content["rows"]):
                for place, cell in enumerate(cells):
                    _write_cell(sheet, line, place, cell, style, formats)
            _prepare_print(sheet, content["rows"])
    return target.getvalue()


def _prepare_print(sheet, rows) -> None:
    header = next((line for line, (style, __) in enumerate(rows) if style == "header"), None)
    if header is not None:
        sheet.freeze_panes(header + 1, 0)
        sheet.repeat_rows(header)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_cell(sheet, line: int, place: int, cell: object, style: str, formats) -> None:
    if cell is None:
        if style == "total":
            sheet.write_blank(line, place, None, formats.get(style, ""))
    elif isinstance(cell, Money):
        pattern = "#,##0" + ("." + "0" * cell.digits if cell.digits else "")
        sheet.write_number(line, place, cell.amount, formats.get(style, pattern))
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, datetime.combine(cell, time()), formats.get(style, "yyyy-mm-dd"))
    elif isinstance(cell, (int, float)):
        sheet.write_number(line, place, cell, formats.get(style, "0"))
    else:
        sheet.write_string(line, place, str(cell)[:MOST_CHARACTERS], formats.get(style, "@"))


class _Formats:
    """Formats are made once for each style and pattern."""

    def __init__(self, book):
        self.book, self.known = book, {}

    def get(self, style: str, pattern: str):
        if (style, pattern) not in self.known:
            values = {**STYLES[style], **({"num_format": pattern} if pattern else {})}
            self.known[style, pattern] = self.book.add_format(values)
        return self.known[style, pattern]
