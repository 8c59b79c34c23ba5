"""Starting the mail sink beside Odoo."""

import subprocess
from contextlib import contextmanager
from pathlib import Path

from .commands import stop
from .paths import log_file
from .server import wait_for_port

SINK = Path(__file__).with_name("sink.py")


@contextmanager
def mail_sink(venv, port, folder, *options):
    """Accept mails on `port` and store them in `folder`; `options` are those of sink.py that make it misbehave."""
    log = log_file(f"sink-{port}")
    command = [venv.python, "-W", "ignore", SINK, "--port", port, "--folder", folder, *options]
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        wait_for_port(process, port, "the mail sink", log)
        yield process
    finally:
        stop(process)
