"""What becomes of finished PDF letters: put together for the printer, numbered, measured. Bytes in, bytes out."""

import io
from collections.abc import Iterable

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

POINTS_PER_MM = 72 / 25.4
LABEL_FONT, LABEL_SIZE, LABEL_GREY = "Helvetica", 7.5, 0.4
LABEL_RIGHT, LABEL_BOTTOM = 20 * POINTS_PER_MM, 8 * POINTS_PER_MM


def merge(documents: Iterable[bytes], duplex: bool = False) -> bytes:
    """Return one document with the pages of all, in order. The same documents give the same bytes, whenever that is.

    :param duplex: for printing on both sides: each document begins on an odd page, after a blank one when need be

    >>> letter, long_letter = _sample("one"), _sample("one", "two")
    >>> [count_pages(merge([letter, long_letter], duplex=duplex)) for duplex in (False, True)]
    [3, 4]
    >>> merge([letter, long_letter]) == merge([letter, long_letter])
    True
    """
    writer = PdfWriter()
    for document in documents:
        if duplex and len(writer.pages) % 2:
            before = writer.pages[-1].mediabox
            writer.add_blank_page(before.width, before.height)
        for page in PdfReader(io.BytesIO(document)).pages:
            writer.add_page(page)
    # Letters of one company share logo and fonts.
    writer.compress_identical_objects()
    return _write(writer)


def count_pages(document: bytes) -> int:
    """Return the number of pages.

    >>> count_pages(_sample("one", "two"))
    2
    """
    return len(PdfReader(io.BytesIO(document)).pages)


def stamp_pages(document: bytes, label: str) -> bytes:
    """Return ``document`` with "label · 2/3" at the bottom right of each page; one of a single page stays as it is.

    >>> stamped = PdfReader(io.BytesIO(stamp_pages(_sample("one", "two"), "Préavis 12")))
    >>> [page.extract_text().split()[1:] for page in stamped.pages]
    [['Préavis', '12', '·', '1/2'], ['Préavis', '12', '·', '2/2']]
    >>> letter = _sample("one")
    >>> stamp_pages(letter, "Notice 12") == letter
    True
    """
    reader = PdfReader(io.BytesIO(document))
    total = len(reader.pages)
    if total < 2:
        return document
    writer = PdfWriter()
    for number, page in enumerate(reader.pages, 1):
        stamp = _draw_label(page.mediabox, f"{label} · {number}/{total}" if label else f"{number}/{total}")
        stamped = writer.add_page(page)
        stamped.merge_page(stamp)
        stamped.compress_content_streams()
    if reader.metadata and reader.metadata.title:
        writer.add_metadata({"/Title": reader.metadata.title})
    return _write(writer)


def locate(document: bytes, marks: Iterable[str]) -> dict[str, tuple[int, float, float]]:
    """Return where each of ``marks`` stands for the first time: page, and mm from the left and from the top.

    A mark that stands nowhere is not in the answer. The position is that of the text's base line.

    >>> locate(_sample("one", "two"), ["two", "three"])
    {'two': (2, 20.0, 30.0)}
    """
    marks = set(marks)
    found = {}
    for number, page in enumerate(PdfReader(io.BytesIO(document)).pages, 1):
        height = float(page.mediabox.height)

        def look(text, matrix, text_matrix, *_font, number=number, height=height):
            mark = text.strip()
            if mark in marks and mark not in found:
                across, up = text_matrix[4], text_matrix[5]
                left = across * matrix[0] + up * matrix[2] + matrix[4]
                bottom = across * matrix[1] + up * matrix[3] + matrix[5]
                found[mark] = (number, round(left / POINTS_PER_MM, 2), round((height - bottom) / POINTS_PER_MM, 2))

        page.extract_text(visitor_text=look)
    return found


def _draw_label(box, label):
    # A font that every reader has, so nothing is embedded; it knows Western European letters only.
    label = label.encode("cp1252", "replace").decode("cp1252")
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(float(box.width), float(box.height)), invariant=True)
    canvas.setFont(LABEL_FONT, LABEL_SIZE)
    canvas.setFillGray(LABEL_GREY)
    canvas.drawRightString(float(box.width) - LABEL_RIGHT, LABEL_BOTTOM, label)
    canvas.save()
    return PdfReader(stream).pages[0]


def _write(writer):
    """Neither dates nor identifiers nor who made it: what tells two runs apart is left out."""
    title = writer.metadata and writer.metadata.title
    writer.metadata = {"/Title": title} if title else None
    writer.pdf_header = "%PDF-1.4"
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _sample(*pages):
    """Return a document with one word on each page, for the examples."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(210 * POINTS_PER_MM, 297 * POINTS_PER_MM), invariant=True)
    for word in pages:
        canvas.drawString(20 * POINTS_PER_MM, 267 * POINTS_PER_MM, word)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()
