"""A real HTTP server on loopback that takes messages, and misbehaves as it is told."""

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.requests.append((self.path, dict(self.headers), json.loads(body)))
        getattr(self, f"_{server.manner}")()

    def _answer(self, body=None):
        body = self.server.body if body is None else body
        self.send_response(self.server.status)
        for name, value in {"Content-Length": len(body), **self.server.headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def _hang(self):
        self.server.released.wait(30)

    def _drip(self):
        """A byte now and then, so that no wait for the next one is long."""
        with contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
                self.wfile.write(bytes([byte]))
                if self.server.released.wait(0.1):
                    break

    def _drop(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def _cut(self):
        """The status arrives, and half of the body."""
        self.server.headers = {"Content-Length": len(self.server.body) + 1000}
        self._answer()
        self._drop()

    def log_message(self, *args):
        pass


class GatewayServer(ThreadingHTTPServer):
    """``requests`` are the paths, headers and documents it got; ``manner`` is what it does about them."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.connections, self.released = [], 0, threading.Event()
        self.tell(200, {"id": "ref-1"})

    def tell(self, status=200, body=b"", manner="answer", **headers):
        """What to answer from now on: ``answer``, ``hang``, ``drip``, ``drop`` or ``cut``."""
        self.status, self.manner, self.headers = status, manner, headers
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, *args):
        """Whoever hangs up on us is part of the test."""

    @property
    def host(self):
        return f"127.0.0.1:{self.server_port}"

    @contextlib.contextmanager
    def serving(self):
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self.shutdown()
            self.server_close()
            thread.join()

    @contextlib.contextmanager
    def encrypted(self):
        """Speak TLS under a certificate of our own; yields its file, for those who are to trust it."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "certificate.pem"
            path.write_bytes(_make_certificate())
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
            # The handshake is the worker's: one that fails must not end the server.
            plain = self.socket
            self.socket = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            yield str(path)


def _make_certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway of the tests")])
    day, today = datetime.timedelta(days=1), datetime.datetime.now(datetime.timezone.utc)
    hosts = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - day)
        .not_valid_after(today + day)
        .add_extension(hosts, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
