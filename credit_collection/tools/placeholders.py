"""Placeholders in customer texts: ``{amount}`` and the like, substituted without evaluating anything."""

import re
from collections.abc import Iterable, Mapping

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def unknown(text: str, known: Iterable[str]) -> list[str]:
    """Return the placeholders of ``text`` that are not ``known``, in the order in which they stand.

    >>> unknown("Dear {contact}, {amout} is open", {"contact", "amount"})
    ['amout']
    """
    known = set(known)
    return list(dict.fromkeys(name for name in PLACEHOLDER.findall(text or "") if name not in known))


def stray(text: str) -> list[str]:
    """Return the braces of ``text`` that belong to no placeholder, each with what stands around it.

    >>> stray("{amount} and { amount } and {Due}")
    ['{ amount }', '{Due}']
    >>> stray("open {amount")
    ['{amount']
    """
    rest = PLACEHOLDER.sub("", text or "")
    return re.findall(r"\{[^{}<]{0,20}\}?|\}", rest)


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with each placeholder replaced by its value; values are inserted as they are.

    :raises KeyError: when a placeholder has no value; nothing half-filled is returned

    >>> substitute("{amount} due {due_date}", {"amount": "10.00", "due_date": "1 May"})
    '10.00 due 1 May'
    """
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), text or "")
