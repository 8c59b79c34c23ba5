"""CSV as it comes: any usual encoding, any usual delimiter.

>>> def cells(content):
...     return [cells for __, cells in read(io.BytesIO(content), "x.csv")]
>>> cells("Kunde;Betrag, netto\\r\\nMüller;1.234,50\\r\\n".encode("cp1252"))
[['Kunde', 'Betrag, netto'], ['Müller', '1.234,50']]
>>> cells("Client\\tNom\\nC1\\tL’Étoile".encode("utf-16")), cells(b"sep=|\\na|b\\n'=1|2")
([['Client', 'Nom'], ['C1', 'L’Étoile']], [['a', 'b'], ['=1', '2']])
"""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from . import tabular
from .ledger_columns import ShapeError

# A comma may well stand in the names and amounts of a file cut by something else: it comes last.
DELIMITERS = (";", "\t", "|", ",")
LOOK_AHEAD = 50
CHUNK = 1 << 16


def read(stream: BinaryIO, filename: str) -> Iterator[tuple[int, list[str]]]:
    """Yield ``(line number, texts)`` of each row."""
    text = io.TextIOWrapper(stream, _encoding(stream, filename), newline="")
    try:
        delimiter, begins = _delimiter(text)
        # The mark of the byte order is taken off at the very beginning only.
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        line = 1
        for cells in reader:
            if line > begins:
                yield line, [tabular.unguard(cell) for cell in cells]
            line = reader.line_num + 1
    except (csv.Error, UnicodeError) as error:
        raise ShapeError("file_broken", filename=filename, text=str(error)) from error
    finally:
        text.detach()


def _encoding(stream: BinaryIO, filename: str) -> str:
    beginning = stream.read(CHUNK)
    stream.seek(0)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in beginning:
        # Latin letters in UTF-16 without a mark: every other byte is zero.
        return "utf-16-le" if beginning[1::2].count(0) > beginning[::2].count(0) else "utf-16-be"
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(stream, encoding):
            return encoding
    raise ShapeError("file_encoding", filename=filename)


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _delimiter(text: io.TextIOWrapper) -> tuple[str, int]:
    """Return the delimiter, and how many lines stand before the table (Excel's own ``sep=;``).

    It is the one that cuts most rows into as many cells as the headers; among those, the one with the most headers.
    """
    first = text.readline(CHUNK)
    if first.lower().startswith("sep=") and len(first.strip("\r\n")) == 5:
        return first[4], 1
    sample = first + "".join(text.readline(CHUNK) for __ in range(LOOK_AHEAD))
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter)), 0


def _fitness(sample: str, delimiter: str) -> tuple[float, int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in islice(reader, LOOK_AHEAD) if cells]
    except csv.Error:
        return 0, 0
    if not widths or widths[0] < 2:
        return 0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
