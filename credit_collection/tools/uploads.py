"""Files that a stranger gives: what they are is read from their content, never from their name alone.

Taken are PDF, pictures (PNG, JPEG, WebP, HEIC) and plain text. Office documents and e-mails are not: they can carry
programs and other files inside.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable

from PIL import Image

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
# What one customer may store in a day: twice the papers that one message can carry. A link that somebody passes on
# fills no disk with it.
DAY_FILES = 20
DAY_BYTES = 2 * MOST_FILES * MOST_BYTES
LONGEST_NAME = 100
# Kind: its media type and the endings that its names may have; the first is given to names without one.
KINDS = {
    "pdf": ("application/pdf", ("pdf",)),
    "png": ("image/png", ("png",)),
    "jpeg": ("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "webp": ("image/webp", ("webp",)),
    "heic": ("image/heic", ("heic", "heif")),
    "text": ("text/plain", ("txt",)),
}
ENDINGS = tuple(f".{ending}" for __, endings in KINDS.values() for ending in endings)
# Pictures that Odoo itself looks into.
SHOWN = ("png", "jpeg")
MOST_PIXELS = 50_000_000
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
# So much of the beginning is what a browser looks at to guess what a file is.
LOOKED_AT = 1024
ACTIVE = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|\?php)|<\?php", re.IGNORECASE)
# A text that begins like this is markup or a program.
NO_TEXT = re.compile(r"\s*(?:<|#!|%!|\{\\rtf|MZ)")
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
EMPTY, TOO_LARGE, TOO_MANY, NOT_TAKEN, WRONG_ENDING = "empty", "too_large", "too_many", "not_taken", "wrong_ending"


class UploadRefusedError(ValueError):
    """A file that is not taken: ``why`` is one of the words above, ``name`` its clean name."""

    def __init__(self, why: str, name: str = ""):
        super().__init__(f"{why}: {name}")
        self.why = why
        self.name = name


def check_all(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the files with clean names, without the fields that nobody filled in.

    >>> check_all([("", b""), ("note.txt", b"We paid.")])
    [('note.txt', b'We paid.')]

    :raises UploadRefusedError: for the first that is not taken
    """
    given = [(name, content) for name, content in files if name or content]
    if len(given) > MOST_FILES:
        raise UploadRefusedError(TOO_MANY)
    return [check(name, content) for name, content in given]


def check(name: str, content: bytes) -> tuple[str, bytes]:
    """Return ``(clean name, content)`` of one file.

    >>> check("C:\\\\fakepath\\\\note", b"We paid.")
    ('note.txt', b'We paid.')

    :raises UploadRefusedError: when it is empty, too large, of another kind, or says to be of another kind
    """
    name = clean_name(name)
    if not content:
        raise UploadRefusedError(EMPTY, name)
    if len(content) > MOST_BYTES:
        raise UploadRefusedError(TOO_LARGE, name)
    kind = find_kind(content)
    if not kind or kind in SHOWN and not _is_picture(content):
        raise UploadRefusedError(NOT_TAKEN, name)
    endings = KINDS[kind][1]
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem:
        return f"{name.strip('.') or 'file'}.{endings[0]}", content
    if ending.lower() not in endings:
        raise UploadRefusedError(WRONG_ENDING, name)
    return name, content


def _is_picture(content: bytes) -> bool:
    """Whether it can be shown: whole, and not so large that showing it takes all the memory there is."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return False
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def get_media_type(content: bytes) -> str:
    """Return the media type of what was taken.

    >>> get_media_type(b"We paid.")
    'text/plain'
    """
    kind = find_kind(content)
    return KINDS[kind][0] if kind else "application/octet-stream"


def find_kind(content: bytes) -> str | None:
    """Return which of ``KINDS`` it is; nothing for all else, and for what is something else at the same time.

    >>> find_kind(b"%PDF-1.7 ... %%EOF"), find_kind(b"<svg/>"), find_kind(b"MZ\\x90\\x00")
    ('pdf', None, None)
    """
    if ACTIVE.search(content[:LOOKED_AT]) or zipfile.is_zipfile(io.BytesIO(content)):
        return None
    if content.startswith(b"%PDF-"):
        return "pdf" if b"%%EOF" in content else None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png" if content[12:16] == b"IHDR" and b"IEND" in content else None
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg" if b"\xff\xd9" in content else None
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp":
        return "heic" if content[8:12] in HEIC_BRANDS else None
    return "text" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if NO_TEXT.match(text):
        return False
    return not any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in text)


def clean_name(name: str) -> str:
    """Return the last part of the path, without signs that hide what comes after them, not longer than is read.

    >>> clean_name("../../etc/pass\\u202ewd.txt"), clean_name("x" * 200 + ".pdf") == "x" * 96 + ".pdf"
    ('passwd.txt', True)
    """
    name = re.split(r"[/\\]", name or "")[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in UNSEEN)
    name = re.sub(r"[<>:\"|?*\s]+", " ", name).strip(" .") or "file"
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
