"""Starting the mail sink and the messaging service beside Odoo."""

import subprocess
from contextlib import contextmanager
from pathlib import Path

from .commands import stop
from .paths import log_file
from .server import wait_for_port

SINK = Path(__file__).with_name("sink.py")
GATEWAY = Path(__file__).with_name("gateway.py")


@contextmanager
def mail_sink(venv, port, folder, *options):
    """Accept mails on `port` and store them in `folder`; `options` are those of sink.py that make it misbehave."""
    command = [venv.python, "-W", "ignore", SINK, "--port", port, "--folder", folder, *options]
    with _serving(command, port, "the mail sink", log_file(f"sink-{port}")) as process:
        yield process


@contextmanager
def message_gateway(venv, port, folder):
    """Accept messages on `port` over HTTP and store them in `folder`."""
    command = [venv.python, "-W", "ignore", GATEWAY, "--port", port, "--folder", folder]
    with _serving(command, port, "the messaging service", log_file(f"gateway-{port}")) as process:
        yield process


@contextmanager
def _serving(command, port, what, log):
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        wait_for_port(process, port, what, log)
        yield process
    finally:
        stop(process)
