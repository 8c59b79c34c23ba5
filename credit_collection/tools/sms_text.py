"""What a text message costs: alphabet, length and number of parts (3GPP TS 23.038 and TS 23.040)."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic alphabet, one septet each; it has Ç but neither ç nor ê."""
EXTENSION = frozenset("^{}\\[~]|€\f")
"""Characters that an escape precedes: two septets each."""
GSM_SINGLE, GSM_PART = 160, 153
UNICODE_SINGLE, UNICODE_PART = 70, 67

SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
TYPOGRAPHIC = {"‘’‚‛′‹›`´": "'", "“”„‟″«»": '"', "‐‑‒–—―−": "-", "…": "...", SPACES: " ", INVISIBLE: ""}
PLAIN = str.maketrans({character: plain for characters, plain in TYPOGRAPHIC.items() for character in characters})


@dataclass(frozen=True)
class Measure:
    """What a text takes.

    ``encoding`` is "GSM-7" or "UCS-2"; ``units`` are septets or UTF-16 code units, without the headers of the parts and
    without what is left empty at the end of a part; ``parts`` is what operators charge; ``forcing`` are the characters
    that made the text Unicode, each once, in their order.
    """

    encoding: str
    units: int
    parts: int
    forcing: tuple[str, ...]


def measure(text: str) -> Measure:
    """Return the alphabet that ``text`` needs, its length in units of it and the number of parts.

    One part holds 160 septets or 70 code units; of several parts each holds 153 or 67, and no character is split over
    two of them. An empty text has no part.

    >>> measure("Invoice 42: 120.00 EUR")
    Measure(encoding='GSM-7', units=22, parts=1, forcing=())
    >>> measure("120 €").units, measure("x" * 159 + "€").parts
    (6, 2)
    >>> measure("reçu, bientôt réglé")
    Measure(encoding='UCS-2', units=19, parts=1, forcing=('ç', 'ô'))
    >>> measure("🙂" * 35).parts, measure("🙂" * 36)
    (1, Measure(encoding='UCS-2', units=72, parts=2, forcing=('🙂',)))
    """
    forcing = tuple(dict.fromkeys(character for character in text if character not in BASIC | EXTENSION))
    if forcing:
        widths = [1 + (character > "\uffff") for character in text]
        return Measure("UCS-2", sum(widths), _count_parts(widths, UNICODE_SINGLE, UNICODE_PART), forcing)
    widths = [1 + (character in EXTENSION) for character in text]
    return Measure("GSM-7", sum(widths), _count_parts(widths, GSM_SINGLE, GSM_PART), ())


def _count_parts(widths: Iterable[int], single: int, part: int) -> int:
    widths = list(widths)
    if sum(widths) <= single:
        return 1 if widths else 0
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts


def plain(text: str) -> str:
    """Return ``text`` with the characters that only typography wants replaced by those of the basic alphabet.

    No-break and thin spaces become spaces; typographic quotes, apostrophes, dashes and the ellipsis become those of a
    typewriter; marks that nobody sees go. Letters stay, composed to one character each: names are not respelt.

    >>> plain("1\\u202f200,00\\u00a0EUR – l’échéance… «\\u00a0Ôde\\u00a0»")
    '1 200,00 EUR - l\\'échéance... " Ôde "'
    >>> plain("re\\u0301gle\\u0301") == "réglé"
    True
    """
    return unicodedata.normalize("NFC", text).translate(PLAIN)
