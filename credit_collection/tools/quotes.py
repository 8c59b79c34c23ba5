"""The words that the writer of a mail added: without what is quoted, without the signature."""

import re

from .sentences import fold

MAX_TEXT = 100_000
# What mail programs write above the message they quote, in English, French and German; folded text.
INTRODUCTION = re.compile(
    r"^[ \t*]*(?:on\b[^\n]{5,200}(?:\n[^\n]{0,120})?\bwrote\s*:|le\b[^\n]{5,200}(?:\n[^\n]{0,120})?\ba ecrit\s*:"
    r"|am\b[^\n]{5,200}(?:\n[^\n]{0,120})?\bschrieb\b[^\n]{0,120}:)[ \t]*$",
    re.MULTILINE,
)
HEADER = re.compile(
    r"^[ \t*_]*(?:-{2,}[ \t]*(?:original message|forwarded message|message d'origine|message transfere"
    r"|ursprungliche nachricht|original-?nachricht|weitergeleitete nachricht)[ \t]*-{2,}[ \t]*"
    r"|(?:from|von|de)[ \t]*:[^\n]*\n[ \t*]*(?:sent|date|gesendet|datum|envoye|an|to|a)\b[ \t*]*:[^\n]*)$",
    re.MULTILINE,
)
# Outlook draws it above what it quotes; at the top of a mail it is somebody's own.
RULE = re.compile(r"^[ \t]*_{10,}[ \t]*$", re.MULTILINE)
SIGNATURE = re.compile(
    r"^[ \t*]*(?:--[ \t]*|sent from my \w+[^\n]*|get outlook for \w+[^\n]*|envoye (?:de|depuis) mon \w+[^\n]*"
    r"|von meinem \w+ gesendet[^\n]*"
    r"|(?:with )?(?:best|kind|warm|kindest|many)? ?regards\b[^\n]{0,30}"
    r"|(?:yours )?(?:sincerely|faithfully)\b[^\n]{0,20}"
    r"|(?:bien |tres )?cordialement\b[^\n]{0,30}|bien a vous[^\n]{0,20}|(?:meilleures|sinceres) salutations[^\n]{0,20}"
    r"|(?:mit |viele |beste |schone )?(?:freundlichen |freundliche |besten )?gr(?:uß|uss)en?\b[^\n]{0,20}"
    r"|veuillez agreer[^\n]*|mfg\b[^\n]{0,20})[ \t]*$",
    re.MULTILINE,
)


def own_words(text: str) -> str:
    """Return ``text`` without quoted lines (``>``), what introduces them, and what follows a greeting or ``--``.

    An answer below the quoted lines is kept; what follows an introduction without quoted lines is taken as quoted.

    >>> own_words("We paid.\\n\\nOn Mon, 2 Mar 2026 at 10:00, Books <b@c.example> wrote:\\n> please pay\\n> thanks")
    'We paid.'
    >>> own_words("Le 2 mars 2026 à 10:00, Books a écrit :\\n> payez\\n\\nC'est payé.\\n\\nCordialement,\\nAnne")
    "C'est payé."
    >>> own_words("Stimmt nicht.\\n\\nVon: Books\\nGesendet: Montag\\nAn: uns\\n\\nBitte zahlen Sie")
    'Stimmt nicht.'
    >>> own_words("Wrong price\\n-- \\nAnn, Broken Heart Ltd"), own_words("Regards from Rome, all paid")
    ('Wrong price', 'Regards from Rome, all paid')
    >>> own_words("> all of it"), own_words("---------- Forwarded message ---------\\nFrom: Books\\n\\nPlease pay")
    ('', '')
    >>> own_words("____________\\nFrom: Books\\nSent: Monday\\n\\nPlease pay")
    ''
    >>> own_words("-----Original Message-----\\n> Please pay\\n\\nIt is paid."), own_words("__________\\nWe paid.")
    ('It is paid.', '__________\\nWe paid.')
    """
    text = (text or "")[:MAX_TEXT]
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    text = _cut(RULE, text)
    text = _drop_introductions(HEADER, text)
    text = _drop_introductions(INTRODUCTION, text)
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    text = _cut(SIGNATURE, text.strip("_ \t\n") and text.strip())
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _drop_introductions(pattern: re.Pattern, text: str) -> str:
    """Drop the line above quoted lines; where none follow, everything from it on."""
    while match := pattern.search(fold(text)):
        rest = text[match.end() :]
        if not rest.lstrip().startswith(">"):
            return text[: match.start()]
        text = text[: match.start()] + rest
    return text


def _cut(pattern: re.Pattern, text: str) -> str:
    """Cut the text where ``pattern`` is found, unless nothing stands before it."""
    match = next((match for match in pattern.finditer(fold(text)) if text[: match.start()].strip()), None)
    return text[: match.start()] if match else text
