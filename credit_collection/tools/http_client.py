"""Posting to a service outside: to public addresses only, and telling exactly what is known when it fails.

Whoever sends a message through a service must know whether it may have left. So there are three kinds of failure and no
other: ``Refused`` and ``NotConnected`` (the service has no message) and ``Unanswered`` (nobody can tell). What decides
is one flag, set right before the first byte of the request is handed to the connected and, for https, encrypted socket.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3.util.connection
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

LIMIT = 64 * 1024  # bytes of an answer that are read
PORTS = {"http": 80, "https": 443}
NAT64, NAT64_LOCAL = map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48"))


@dataclass(frozen=True)
class Answer:
    """What the service answered: ``text`` holds at most ``LIMIT`` bytes, and nothing when the body broke off."""

    status: int
    headers: Mapping[str, str]
    text: str


class PostError(Exception):
    """``code`` says what happened, ``detail`` at which host or address, or in which words; neither holds a secret."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


class Refused(PostError):
    """The message is not for that address, and will not be at the next try.

    Nothing was sent (``malformed``, ``scheme``, ``userinfo``, ``private``), or the service pointed elsewhere
    (``redirected``), where nothing was sent.
    """


class NotConnected(PostError):
    """Certainly nothing was sent: ``unresolved``, ``timeout``, ``unreachable`` or ``tls``."""


class Unanswered(PostError):
    """The request may have arrived; nobody can tell: ``timeout`` or ``broken``."""


# === WHICH ADDRESSES === #


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet. What leads to an IPv4 address is judged by that address.

    >>> is_public("93.184.216.34"), is_public("2606:2800:220:1:248:1893:25c8:1946")
    (True, True)
    >>> any(map(is_public, ("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1")))
    False
    >>> any(map(is_public, ("240.0.0.1", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1")))
    False
    >>> any(map(is_public, ("::ffff:93.184.216.34", "64:ff9b::10.1.2.3", "2002:a01:203::1")))
    False
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        if ip.ipv4_mapped or ip in NAT64_LOCAL:
            return False
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip.sixtofour
        if inner:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def is_allowed(host: str, port: int, allowed_hosts: Collection[str]) -> bool:
    """Whether ``host`` at ``port`` is one of ``allowed_hosts``, each written as ``host`` or ``host:port``.

    >>> is_allowed("sms.local", 8080, ["sms.local"]), is_allowed("sms.local", 8080, ["SMS.local:8080"])
    (True, True)
    >>> is_allowed("sms.local", 8081, ["sms.local:8080"]), is_allowed("::1", 80, ["[::1]:80", "not:a:port"])
    (False, True)
    """
    return any(entry in ((host, None), (host, port)) for entry in map(_split_entry, allowed_hosts))


def _split_entry(entry):
    try:
        parts = urlsplit(f"//{entry.strip()}")
        return (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None


def check(url: str, allowed_hosts: Collection[str] = ()) -> None:
    """Refuse an address by how it is written, without looking anything up.

    :raises Refused: when a post to ``url`` would be refused in any case

    >>> check("https://api.example.com/v1/messages")
    >>> check("http://sms.local:8080/send", ["sms.local:8080"])
    >>> check("http://api.example.com/")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    credit_collection.tools.http_client.Refused: scheme: api.example.com
    >>> check("https://10.0.0.8/")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    credit_collection.tools.http_client.Refused: private: 10.0.0.8
    """
    # Parsers disagree on control characters and backslashes; whoever needs them does not mean well.
    if not url or re.search(r"[\x00-\x20\x7f\\]", url):
        raise Refused("malformed")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Refused("malformed") from None
    if "@" in parts.netloc:
        raise Refused("userinfo")
    if not host or parts.scheme not in PORTS:
        raise Refused("malformed" if parts.scheme in PORTS else "scheme")
    if is_allowed(host, port or PORTS[parts.scheme], allowed_hosts):
        return
    if parts.scheme != "https":
        raise Refused("scheme", host)
    with contextlib.suppress(ValueError):  # a name, to be looked up when it is used
        if not is_public(host):
            raise Refused("private", host)


# === ONE POST === #


def post(
    url: str, *, headers: Mapping[str, str], body: bytes, timeout: float, allowed_hosts: Collection[str] = ()
) -> Answer:
    """Post ``body`` once and return the answer, whatever its status below 300 or from 400 on.

    Nothing comes from the environment (no proxy, no ``.netrc``), no redirect is followed, nothing is tried again.

    :param timeout: seconds that connecting, sending and reading may take in all (looking up the name apart)
    :param allowed_hosts: hosts that may be private and spoken to without encryption, as in :func:`is_allowed`
    :raises Refused, NotConnected, Unanswered: see there

    >>> post("https://[::1]/send", headers={}, body=b"{}", timeout=5)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    credit_collection.tools.http_client.Refused: private: ::1
    """
    check(url, allowed_hosts)
    request = _prepare(url, headers, body)
    guard = _Guard(allowed_hosts, timeout)
    # A timeout of the socket begins anew with each byte; a service that drips would hold us for hours.
    watch = threading.Timer(timeout, guard.break_off)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", _Adapter(guard))
        session.mount("https://", _Adapter(guard))
        watch.start()
        try:
            response = session.send(request, timeout=timeout, allow_redirects=False, stream=True)
            answer = Answer(response.status_code, response.headers, _read(response))
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            raise guard.judge(error) from error
        finally:
            watch.cancel()
    if 300 <= answer.status < 400:
        raise Refused("redirected", str(answer.status))
    return answer


def _prepare(url, headers, body):
    """Find what is wrong with the headers before anything is sent; their values stay out of the error."""
    headers = {"User-Agent": "credit_collection", "Accept": "application/json", **headers}
    try:
        "".join((*headers, *headers.values())).encode("ascii")
        return requests.Request("POST", url, headers=headers, data=body).prepare()
    except (requests.RequestException, UnicodeError):
        raise Refused("malformed") from None


def _read(response):
    """The status has arrived and decides; a body that breaks off takes nothing away from it."""
    try:
        raw = response.raw.read(LIMIT, decode_content=False)
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError):
        raw = b""
    return raw.decode(errors="replace")


class _Guard:
    """Whom one post may connect to, and how far it has come."""

    def __init__(self, allowed_hosts, timeout):
        self.allowed_hosts = allowed_hosts
        self.deadline = time.monotonic() + timeout
        self.sending, self.socket = False, None

    def open(self, connection):
        """Return a socket to an address that was checked; asked of the connection, so that no parser is in between."""
        host, port = connection.host.lower().rstrip("."), connection.port
        allowed = is_allowed(host, port, self.allowed_hosts)
        if not allowed and not isinstance(connection, HTTPSConnection):
            raise Refused("scheme", host)
        addresses = self._resolve(host, port)
        for address in () if allowed else addresses:
            if not is_public(address):
                raise Refused("private", address)
        sock = self._connect(addresses, port, connection.socket_options)
        if not allowed and not is_public(sock.getpeername()[0]):
            sock.close()
            raise Refused("private", host)
        return sock

    def _resolve(self, host, port):
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise NotConnected("unresolved", host) from None
        except UnicodeError:
            raise Refused("malformed") from None
        return list(dict.fromkeys(address[0] for *__, address in found))

    def _connect(self, addresses, port, options):
        error = None
        for address in addresses:
            left = max(0.001, self.deadline - time.monotonic())
            try:
                return urllib3.util.connection.create_connection((address, port), left, socket_options=options)
            except OSError as failure:
                error = failure
        late = isinstance(error, TimeoutError)
        raise NotConnected("timeout") if late else NotConnected("unreachable", getattr(error, "strerror", "") or "")

    def begin(self, sock):
        """From here on nobody can tell. The socket first: whatever ends the time finds it, or is seen to have ended."""
        self.socket = sock
        if not self.sending and time.monotonic() >= self.deadline:
            raise NotConnected("timeout")
        self.sending = True

    def break_off(self):
        """End what is going on from the watch's thread: whoever waits for the socket reads its end."""
        if self.socket:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def judge(self, error):
        """Return what is known after an error that nobody has named yet."""
        late = time.monotonic() >= self.deadline or isinstance(error, requests.Timeout)
        if self.sending:
            return Unanswered("timeout" if late else "broken")
        return NotConnected("timeout" if late else "unreachable")


class _Guarded:
    """A connection that asks the guard for its socket and tells it when the first byte leaves."""

    guard: _Guard

    def _new_conn(self):
        return self.guard.open(self)

    def connect(self):
        try:
            return super().connect()
        except ssl.SSLError as error:
            raise NotConnected("tls", getattr(error, "verify_message", "") or error.reason or "") from error

    def send(self, data):
        if self.sock is None:
            self.connect()
        self.guard.begin(self.sock)
        return super().send(data)


class _Adapter(requests.adapters.HTTPAdapter):
    """Gives the session connections that know the guard of this one post."""

    def __init__(self, guard):
        super().__init__(max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._guard(HTTPConnectionPool, HTTPConnection, guard),
            "https": self._guard(HTTPSConnectionPool, HTTPSConnection, guard),
        }

    @staticmethod
    def _guard(pool_class, connection_class, guard):
        connection = type("GuardedConnection", (_Guarded, connection_class), {"guard": guard})
        return type("GuardedPool", (pool_class,), {"ConnectionCls": connection})
