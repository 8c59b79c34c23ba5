"""Reading what people write: the same text without capitals and accents, and where its sentences end."""

import re
import unicodedata
from collections.abc import Iterator

MAX_TEXT = 20_000
SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+['\")\]]*\s+|\n[ \t]*(?:\n\s*|(?=[-*•]))")
ABBREVIATION = re.compile(
    r"(?:\b(?:no|nr|mr|mrs|ms|mme|dr|st|str|inv|ref|re|rg|art|tel|ca|env|bzw|z|b|abs)|\b\d{1,2})$"
)


class _Folding(dict):
    def __missing__(self, code: int) -> str:
        first, *marks = unicodedata.normalize("NFD", chr(code))
        folded = first.lower() if all(map(unicodedata.combining, marks)) else chr(code)
        self[code] = folded if len(folded) == 1 else chr(code)
        return self[code]


_FOLDING = _Folding({ord("’"): "'", 0xA0: " ", 0x202F: " "})


def fold(text: str) -> str:
    """Return ``text`` without capitals and accents, character for character: positions stay.

    >>> fold("Déjà payée ? D’accord, GROẞ oder groß")
    "deja payee ? d'accord, groß oder groß"
    """
    return text.translate(_FOLDING)


def prepare(text: str) -> tuple[str, str]:
    """Return the first 20,000 characters of ``text`` as written (accents composed) and folded; both have one length.

    >>> prepare("Re\\u0301gle\\u0301 !") == ("Réglé !", "regle !")
    True
    """
    written = unicodedata.normalize("NFC", (text or "")[:MAX_TEXT])
    return written, fold(written)


def bounds(folded: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each sentence of a folded text.

    An empty line and a list mark end a sentence; a single line break, an abbreviation and the point of a day do not.

    >>> text = "paid on the 12. may, inv. no. 7.\\nthe rest\\nfollows! bye\\n\\nmaria"
    >>> [text[begin:end].strip() for begin, end in bounds(text)]
    ['paid on the 12. may, inv. no. 7.\\nthe rest\\nfollows!', 'bye', 'maria']
    """
    begin = 0
    for match in SENTENCE_END.finditer(folded):
        if not (match[0][0] == "." and ABBREVIATION.search(folded[max(begin, match.start() - 6) : match.start()])):
            yield begin, match.end()
            begin = match.end()
    if begin < len(folded):
        yield begin, len(folded)
