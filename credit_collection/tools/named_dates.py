"""Dates that a customer's message names, in English, French and German: when a payment is promised for."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from .sentences import bounds, prepare

AHEAD, BEFORE = timedelta(days=120), timedelta(days=90)
FRIDAY = 4
FEW = {"one": 1, "a": 1, "une": 1, "einer": 1, "two": 2, "deux": 2, "zwei": 2, "three": 3, "trois": 3, "drei": 3}


def _numbered(names: list[str], first: int) -> dict[str, int]:
    return {name: number for number, line in enumerate(names, first) for name in line.split()}


MONTHS = _numbered(
    [
        "january jan janvier janv januar janner",
        "february feb fevrier fevr fev februar",
        "march mar mars marz maerz mrz",
        "april apr avril avr",
        "may mai",
        "june jun juin juni",
        "july jul juillet juil juli",
        "august aug aout",
        "september sept sep septembre",
        "october oct octobre oktober okt",
        "november nov novembre",
        "december dec decembre dezember dez",
    ],
    1,
)
WEEKDAYS = _numbered(
    [
        "monday lundi montag",
        "tuesday mardi dienstag",
        "wednesday mercredi mittwoch",
        "thursday jeudi donnerstag",
        "friday vendredi freitag",
        "saturday samedi samstag sonnabend",
        "sunday dimanche sonntag",
    ],
    0,
)


# === WHAT A PHRASE MEANS === #
# Each gets the match, today, and whether numbers begin with the month; it returns the date, or None when it names none.


def _date(year: str | None, month: int, day: int, today: date) -> date | None:
    """Return that day: without a year the next one from today on."""
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        named = date(today.year, month, day)
        return named if named >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _numbers(match: re.Match, today: date, month_first: bool) -> date | None:
    day, month = int(match["day"]), int(match["month"])
    return None if match[0] == "24/7" else _date(match["year"], *((day, month) if month_first else (month, day)), today)


def _points(match: re.Match, today: date, month_first: bool) -> date | None:
    return _date(match["year"], int(match["month"]), int(match["day"]), today)


def _named_month(match: re.Match, today: date, month_first: bool) -> date | None:
    return _date(match["year"], MONTHS[match["name"]], int(match["day"]), today)


def _end_of_named_month(match: re.Match, today: date, month_first: bool) -> date | None:
    month = MONTHS[match["name"]]
    year = int(match["year"] or today.year + (month < today.month))
    return _end_of_month(year, month)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _end_of_next_month(match: re.Match, today: date, month_first: bool) -> date:
    return _end_of_month(today.year + today.month // 12, today.month % 12 + 1)


def _weekday(match: re.Match, today: date, month_first: bool) -> date:
    """The next such day after today."""
    return today + timedelta(days=(WEEKDAYS[match["weekday"]] - today.weekday() - 1) % 7 + 1)


def _next_week(match: re.Match, today: date, month_first: bool) -> date:
    """That weekday of next week; its Friday when none is named."""
    weekday = WEEKDAYS[match["weekday"]] if match["weekday"] else FRIDAY
    return today + timedelta(days=7 - today.weekday() + weekday)


def _after(match: re.Match, today: date, month_first: bool) -> date:
    """So many days or weeks from today."""
    count = FEW[match["count"]] if match["count"] in FEW else int(match["count"])
    return today + timedelta(days=count * (7 if match["unit"][0] in "ws" else 1))


def _days(number: int) -> Callable:
    return lambda match, today, month_first: today + timedelta(days=number)


def _last_weekday(match: re.Match, today: date, month_first: bool) -> date:
    """The last such day before today."""
    return today - timedelta(days=(today.weekday() - WEEKDAYS[match["weekday"]] - 1) % 7 + 1)


def _nothing(match: re.Match, today: date, month_first: bool) -> None:
    return None


# === PHRASES === #


def _any(names) -> str:
    return "(?:" + "|".join(sorted(names, key=len, reverse=True)) + ")"


MONTH = f"(?P<name>{_any(MONTHS)})"
YEAR = r"(?:\.?,?\s+(?P<year>20\d\d)\b)?"
NUMBER_FOLLOWS = r"\W{1,3}(?:(?:the|le|den|dem)\s+)?\d{1,2}(?!\d|\s?(?:h|am|pm|uhr)\b|:\d|h\d)"
NEXT_WEEK = r"(?:next week|(?:la )?semaine prochaine|(?:nachste|kommende)[nr]? woche)"
PHRASES = [
    (r"(?<![\w.-])(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])", _points),
    (r"(?<![\w/.,-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\w/])", _numbers),
    (
        r"(?<![\w/.,])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>20\d\d|\d\d)(?!\d))?(?!\d|\s*(?:€|eur|chf))",
        _points,
    ),
    (
        rf"(?<![\w.,/])(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er)?\s*(?:of\s+)?{MONTH}\b(?!\s+(?:be|have|not|need)\b){YEAR}",
        _named_month,
    ),
    (rf"\b{MONTH}\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,/]\d){YEAR}", _named_month),
    (rf"\b(?:end of|fin|ende)\s+{MONTH}\b{YEAR}", _end_of_named_month),
    (
        r"\bend of (?:the )?next month|\bfin (?:du )?mois prochain|\bende (?:des )?(?:nachsten|kommenden) monats",
        _end_of_next_month,
    ),
    (r"\bfin (?:du |de )?mois (?:dernier|passe)", _nothing),
    (
        r"\b(?:end of (?:the|this|the current) month|month[-\s]end|fin (?:du|de|ce|de ce|du present) mois"
        r"|ende (?:des |dieses |diesen |des laufenden )?monats?|monatsende)\b",
        lambda match, today, month_first: _end_of_month(today.year, today.month),
    ),
    (rf"\b(?P<weekday>{_any(WEEKDAYS)})\s+(?:of\s+|de\s+|in der\s+)?{NEXT_WEEK}", _next_week),
    (rf"\b{NEXT_WEEK}(?:,?\s+(?:on\s+|am\s+)?(?P<weekday>{_any(WEEKDAYS)}))?\b", _next_week),
    (rf"\b(?P<weekday>{_any(WEEKDAYS)})\b(?: morgen\b)?(?!\s+(?:dernier|passe)|{NUMBER_FOLLOWS})", _weekday),
    (
        r"\b(?:last|past|previous|every|each|since|depuis|chaque|seit|jeden|(?:letzt|vergangen)e[nrm])\s+"
        rf"{_any(WEEKDAYS)}\b",
        _nothing,
    ),
    (
        rf"\b(?:in|within|dans|sous|d'ici|innerhalb von|binnen) (?P<count>\d{{1,3}}|{'|'.join(FEW)}) "
        r"(?P<unit>days?|jours?|tage?n?|weeks?|semaines?|wochen?)\b",
        _after,
    ),
    (r"\b(?:day after tomorrow|apres[-\s]demain|ubermorgen)\b", _days(2)),
    (r"\b(?:tomorrow|demain|morgen)\b", _days(1)),
    (r"\b(?:guten|schonen|heute|gestern|am|jeden|diesen) morgen\b", _nothing),
]
COMPILED = [(re.compile(pattern.replace(" ", r"\s+")), meaning) for pattern, meaning in PHRASES]
# What names a day by itself, whichever way one looks; and what names one that has been.
PLAIN = (_numbers, _points, _named_month)
PAST_PHRASES = [phrase for phrase in PHRASES if phrase[1] in PLAIN] + [
    (rf"\b(?P<weekday>{_any(WEEKDAYS)})\b(?!\s+(?:prochain|next)|{NUMBER_FOLLOWS})", _last_weekday),
    (rf"\b(?:next|nachste[nr]?|kommende[nr]?)\s+{_any(WEEKDAYS)}\b", _nothing),
    (r"\b(?:day before yesterday|avant[-\s]hier|vorgestern)\b", _days(-2)),
    (r"\b(?:yesterday|hier|gestern)\b", _days(-1)),
    (r"\b(?:today|this morning|aujourd'hui|ce matin|heute)\b", _days(0)),
]
PAST_COMPILED = [(re.compile(pattern.replace(" ", r"\s+")), meaning) for pattern, meaning in PAST_PHRASES]


def dates_in(text: str, today: date, language: str) -> list[tuple[date, str]]:
    """Return the dates from ``today`` to 120 days ahead that ``text`` names, each once, with the sentence as written.

    Words are understood in all three languages. A weekday is the next one after today, "next week" its Friday, "end of
    the month" its last day; a day without a year is the next one.

    :param language: 12/05 is 5 December for "en_US" and 12 May for anybody else; "12.05." is no date in English

    >>> def ask(text, language="en_GB"):
    ...     return [f"{day:%d %b}" for day, sentence in dates_in(text, date(2026, 5, 12), language)]  # a Tuesday
    >>> ask("We pay half on Friday, and the rest by 12/06 or 3rd of July, 2026.")
    ['15 May', '12 Jun', '03 Jul']
    >>> ask("By 06/12, or May 29 at the latest", "en_US"), ask("by 06/12")
    (['12 Jun', '29 May'], [])
    >>> ask("Virement vendredi 29 mai, sinon le 1er juin ou à la fin du mois prochain.", "fr_FR")
    ['29 May', '01 Jun', '30 Jun']
    >>> ask("Guten Morgen, wir zahlen am 12.06., spätestens Ende des Monats oder Freitag nächster Woche.", "de_DE")
    ['12 Jun', '31 May', '22 May']
    >>> ask("demain"), ask("end of the\\nmonth"), ask("la semaine prochaine"), ask("on Tuesday")
    (['13 May'], ['31 May'], ['22 May'], ['19 May'])
    >>> ask("paid on 11/05"), ask("24/7"), ask("la fin du mois dernier")
    ([], [], [])
    >>> ask("Within 10 days"), ask("dans deux semaines", "fr_FR"), ask("in 14 Tagen", "de_DE"), ask("10 days ago")
    (['22 May'], ['26 May'], ['26 May'], [])
    >>> dates_in("Sorry for that. We pay tomorrow!", date(2026, 5, 12), "en_GB")
    [(datetime.date(2026, 5, 13), 'We pay tomorrow!')]
    """
    written, folded = prepare(text)
    english, month_first = language.startswith("en"), language == "en_US"
    found = {}
    for begin, end in bounds(folded):
        for match, meaning in _phrases(folded, begin, end):
            day = meaning(match, today, month_first)
            if day and today <= day <= today + AHEAD and not (english and re.fullmatch(r"[\d. ]+\.", match[0])):
                found.setdefault(day, written[begin:end].strip())
    return list(found.items())


def past_dates_in(text: str, today: date, language: str) -> list[tuple[date, str]]:
    """Return the dates of the 90 days up to ``today`` that ``text`` names, each once, with the sentence as written.

    A weekday is the last one before today; a day without a year is the latest one. See :func:`dates_in`.

    >>> def ask(text, language="en_GB"):
    ...     return [f"{day:%d %b}" for day, sentence in past_dates_in(text, date(2026, 5, 12), language)]  # a Tuesday
    >>> ask("It was paid on Friday, the rest on 02/05 and on 28 April."), ask("paid 05/02", "en_US")
    (['08 May', '02 May', '28 Apr'], ['02 May'])
    >>> ask("Virement fait hier"), ask("Am 4.5. überwiesen", "de_DE"), ask("vorgestern, letzten Montag")
    (['11 May'], ['04 May'], ['10 May', '11 May'])
    """
    written, folded = prepare(text)
    english, month_first = language.startswith("en"), language == "en_US"
    found = {}
    for begin, end in bounds(folded):
        for match, meaning in _phrases(folded, begin, end, PAST_COMPILED):
            day = meaning(match, today - BEFORE if meaning in PLAIN else today, month_first)
            if day and today - BEFORE <= day <= today and not (english and re.fullmatch(r"[\d. ]+\.", match[0])):
                found.setdefault(day, written[begin:end].strip())
    return list(found.items())


def _phrases(folded: str, begin: int, end: int, compiled: list = COMPILED) -> list[tuple[re.Match, Callable]]:
    """Return the phrases of a sentence in their order; of two that overlap the earlier, then the longer one."""
    matches = [(match, meaning) for pattern, meaning in compiled for match in pattern.finditer(folded, begin, end)]
    kept, last = [], begin
    for match, meaning in sorted(matches, key=lambda pair: (pair[0].start(), -pair[0].end())):
        if match.start() >= last:
            kept.append((match, meaning))
            last = match.end()
    return kept
