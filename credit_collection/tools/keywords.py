"""What a customer's message seems to say, by patterns of words. It suggests; a person decides.

No regular expression comes from a user: patterns are matched word by word, in a time that grows with the length of the
text and not faster. Quoted text of our own messages is for the caller to leave out.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .named_dates import dates_in as dates_in
from .named_dates import past_dates_in as past_dates_in
from .sentences import bounds, fold, prepare

MAX_WORDS, MAX_GAPS, GAP = 12, 3, 6
WORD = re.compile(r"[^\W_]+n't\b|[^\W_]+")
PATTERN_PART = re.compile(r"…|[^\W_]+n't\b|\*?[^\W_]+\*?")
STRAY_STAR = re.compile(r"\w\*\w|\*\*|(?<!\w)\*(?!\w)")
CLAUSE_END = re.compile(r"[,;:()–—]")
NEGATIONS = {"not", "no", "never", "cannot", "pas", "jamais", "aucun", "aucune", "non", "nicht", "nie", "niemals"}


@dataclass(frozen=True)
class Rule:
    """A pattern that stands for ``code``: words, with ``*`` for any ending or beginning, ``…`` for up to six words.

    ``language`` are two letters, or "" for any. With ``unless_negated`` it does not count where one of the matched
    words has a negation within the three words before it, in the same clause.
    """

    code: str
    language: str
    pattern: str
    unless_negated: bool = False


@dataclass(frozen=True)
class Suggestion:
    """``code`` of the rule, the sentence in which it was found and the words that matched, both as written."""

    code: str
    sentence: str
    words: tuple[str, ...]


@lru_cache(maxsize=1024)
def parse(pattern: str) -> tuple[tuple[int, str], ...]:
    """Return the words of a pattern, folded, each with the number of other words that may stand in front of it.

    :raises ValueError: for a pattern without words, a ``*`` that is at no word's end, or too long a pattern

    >>> parse("déjà … payé*")
    ((0, 'deja'), (6, 'paye*'))
    >>> parse("pa*id")
    Traceback (most recent call last):
    ValueError: 'pa*id': * stands at the end or the beginning of a word
    """
    folded = fold(unicodedata.normalize("NFC", pattern)).replace("...", "…")
    if STRAY_STAR.search(folded):
        raise ValueError(f"{pattern!r}: * stands at the end or the beginning of a word")
    words, gap = [], 0
    for part in PATTERN_PART.findall(folded):
        if part != "…":
            words.append((gap, part))
        gap = GAP if part == "…" and words else 0
    if not words or len(words) > MAX_WORDS or sum(gap > 0 for gap, __ in words) > MAX_GAPS:
        raise ValueError(f"{pattern!r}: a pattern is 1 to {MAX_WORDS} words, with … at most {MAX_GAPS} times")
    return tuple(words)


def suggest(text: str, rules: Iterable[Rule], language: str = "") -> list[Suggestion]:
    """Return what ``rules`` find in ``text``: the first per code, in order of appearance.

    Capitals and accents do not matter. A pattern does not reach over the end of a sentence. Only the first 20,000
    characters are read.

    :param language: when given, rules of other languages are left out ("fr_BE" counts as "fr")
    :raises ValueError: when a pattern cannot be read

    >>> rules = [Rule("paid", "en", "paid", unless_negated=True), Rule("damaged", "", "arrived … damaged"),
    ...          Rule("paid", "fr", "payé*", unless_negated=True)]
    >>> suggest("Two boxes arrived badly DAMAGED. The rest we\\nhave paid.", rules)[0]
    Suggestion(code='damaged', sentence='Two boxes arrived badly DAMAGED.', words=('arrived', 'DAMAGED'))
    >>> [(found.code, found.words) for found in suggest("Pas de souci, facture no 12 PAYEE hier.", rules)]
    [('paid', ('PAYEE',))]
    >>> suggest("It has not yet been paid. Elle n’est pas encore payée.", rules)
    []
    """
    rules = [rule for rule in rules if not (language and rule.language) or rule.language[:2] == language[:2]]
    written, folded = prepare(text)
    found = {}
    for begin, end in bounds(folded):
        words = list(WORD.finditer(folded, begin, end))
        hits = []
        for rule in rules:
            if rule.code not in found and (path := _find(folded, words, rule)):
                matched = tuple(written[slice(*words[index].span())] for index in path)
                hits.append((path[0], Suggestion(rule.code, written[begin:end].strip(), matched)))
        for __, suggestion in sorted(hits, key=lambda hit: hit[0]):
            found.setdefault(suggestion.code, suggestion)
    return list(found.values())


def _find(folded: str, words: list[re.Match], rule: Rule) -> tuple[int, ...]:
    """Return the positions of the first words that match ``rule``."""
    texts, pattern = [word[0] for word in words], parse(rule.pattern)
    for start in range(len(words)):
        path = _match_at(texts, pattern, start)
        if path and not (rule.unless_negated and any(_negated(folded, words, index) for index in path)):
            return path
    return ()


def _match_at(words: list[str], pattern: tuple[tuple[int, str], ...], start: int) -> tuple[int, ...]:
    # By the position reached, the first way to get there: what stands between makes no second way.
    ways = {start: ()}
    for gap, wanted in pattern:
        reached = {}
        for position, way in ways.items():
            for index in range(position, min(position + gap + 1, len(words))):
                if _fits(words[index], wanted):
                    reached.setdefault(index + 1, (*way, index))
        ways = reached
    return next(iter(ways.values()), ())


def _fits(word: str, wanted: str) -> bool:
    if wanted[0] == "*":
        return wanted.strip("*") in word if wanted[-1] == "*" else word.endswith(wanted[1:])
    return word.startswith(wanted[:-1]) if wanted[-1] == "*" else word == wanted


def _negated(folded: str, words: list[re.Match], index: int) -> bool:
    for before in range(index - 1, max(index - 4, -1), -1):
        word, following = words[before], words[before + 1]
        if CLAUSE_END.search(folded, word.end(), following.start()):
            return False
        # "No 4512" is a number, no refusal.
        number = word[0] == "no" and following[0][0].isdigit()
        if word[0].endswith("n't") or word[0].startswith("kein") or word[0] in NEGATIONS and not number:
            return True
    return False
