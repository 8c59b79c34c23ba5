"""Telling a person's answer from one that a machine wrote: absence notes, receipts, newsletters, delivery reports."""

import re
from collections.abc import Iterable

from .sentences import fold

# Headers whose mere presence tells a machine (Exchange, Vacation programs, ticket systems, mailing lists).
TELLING = {
    "x-auto-response-suppress",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-autoreply-from",
    "list-id",
    "list-unsubscribe",
    "feedback-id",
    "x-failed-recipients",
}
PRECEDENCE = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
SENDERS = re.compile(r"(?:^|<)\s*(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply-\w+)@")
# A person who answers an absence note writes "Re:" before it: only the beginning counts.
SUBJECT = re.compile(
    r"\s*\[?\(?(?:"
    r"out[ -]of[ -](?:the[ -])?office|auto(?:matic|mated|matische)?[ -]?(?:reply|response|answer|antwort)|auto:|"
    r"away from (?:the |my )?office|on (?:vacation|holiday|leave)\b|vacation (?:reply|response)|"
    r"absence\b(?! des?\b| d'| of\b)|"
    r"reponse automatique|message automatique|absent(?:e)?\b|absence du bureau|en conges?\b|notification d'absence|"
    r"je suis (?:absent|en conges?\b)|ooo\b|"
    r"abwesenheit\w*|automatische (?:antwort|ruckantwort)|autoantwort|abwesend|urlaub\b|"
    r"(?:ich )?bin (?:im urlaub|abwesend|nicht im (?:buro|haus))|nicht im buro|"
    r"delivery status notification|undeliver(?:able|ed)|read:|lu\s?:|gelesen:|nicht zugestellt|non remis"
    r")"
)


def is_automatic(headers: Iterable[tuple[str, str]]) -> bool:
    """Return whether a message with these headers was written by a machine.

    RFC 3834's ``Auto-Submitted`` is believed when it is not "no"; besides it the headers that mail programs use in its
    place, and the beginning of the usual subjects in English, French and German.

    >>> is_automatic([("From", "Ann <ann@a.example>"), ("Subject", "Re: 1,000.00 due"), ("Auto-Submitted", "no")])
    False
    >>> is_automatic([("Auto-Submitted", "auto-replied (vacation)")]), is_automatic([("Precedence", "Bulk")])
    (True, True)
    >>> [is_automatic([("Subject", text)]) for text in ("Abwesenheitsnotiz: Ihre Rechnung", "Réponse automatique : x")]
    [True, True]
    >>> [is_automatic([("Subject", text)]) for text in ("Ich bin nicht im Büro", "Je suis absente", "OOO: Re: due")]
    [True, True, True]
    >>> [is_automatic([("Subject", text)]) for text in ("Absence de bon de livraison", "Absence d'avoir", "Absence")]
    [False, False, True]
    >>> is_automatic([("Subject", "Re: Automatic reply: 1,000.00 due")]), is_automatic([("X-Autoreply", "yes")])
    (False, True)
    >>> is_automatic([("From", "No Reply <noreply@a.example>")]), is_automatic([("Return-Path", "<>")])
    (True, True)
    """
    found = {}
    for name, value in headers:
        found.setdefault(name.lower(), str(value).strip())
    if TELLING & set(found):
        return True
    submitted = found.get("auto-submitted", "no").split(";")[0].split(" ")[0].lower()
    if submitted not in ("", "no") or found.get("precedence", "").lower() in PRECEDENCE:
        return True
    if found.get("return-path") == "<>" or found.get("content-type", "").lower().startswith("multipart/report"):
        return True
    return bool(SENDERS.search(found.get("from", "").lower()) or SUBJECT.match(fold(found.get("subject", ""))))
