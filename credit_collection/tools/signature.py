"""Signatures of what a service reports back: HMAC-SHA256 over the time and the body, under a shared secret."""

import hashlib
import hmac
import re

MAX_AGE = 300
"""Seconds that a signature holds, before and after its time: clocks differ, and what was overheard must not last."""

PREFIX = "sha256="


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature in hexadecimal of ``timestamp + "." + body``.

    The same on a command line: ``printf '1772000000.{}' | openssl dgst -sha256 -hmac secret``.

    :param timestamp: whole seconds since 1970 (UTC), in decimal digits

    >>> sign("secret", "1772000000", b"{}")
    '7ad75c898da39bc604f2448e8022b67a7a56f4c58646adc3afd70575c4f503d5'
    """
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(secret: str, timestamp: str, body: bytes, signature: str, now: float) -> bool:
    """Whether ``signature`` (``sha256=<hexadecimal>``) is that of ``body`` at ``timestamp``, and that is not long ago.

    The comparison takes the same time wherever the signatures differ. Without a secret nothing is genuine.

    >>> good = "sha256=" + sign("secret", "1772000000", b"{}")
    >>> verify("secret", "1772000000", b"{}", good, now=1772000300)
    True
    >>> verify("secret", "1772000000", b"{}", good, now=1772000301)
    False
    >>> verify("secret", "1772000000", b"{}", good, now=1771999699)
    False
    >>> verify("secret", "1772000000", b"{ }", good, now=1772000000)
    False
    >>> verify("", "1772000000", b"{}", "sha256=" + sign("", "1772000000", b"{}"), now=1772000000)
    False
    """
    if not secret or not re.fullmatch("[0-9]{1,12}", timestamp or ""):
        return False
    genuine = (PREFIX + sign(secret, timestamp, body)).encode()
    return hmac.compare_digest(genuine, (signature or "").encode(errors="replace")) and (
        abs(now - int(timestamp)) <= MAX_AGE
    )
