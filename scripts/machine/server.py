"""Calling Odoo: its configuration file, its environment, its command line."""

import socket
import time

from .commands import environment_with
from .postgres import PORT, ROLE
from .progress import StepFailed


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(process, port, what, log, patience=15):
    """Wait until a program that was started answers on its port."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise StepFailed(f"{what} did not start on port {port}", "see its log", log)


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Odoo:
    """An Odoo tree, the Python to run it with, and the cluster that it works on."""

    def __init__(self, tree, venv, cluster):
        self.tree = tree
        self.venv = venv
        self.cluster = cluster
        self.data_dir = cluster.folder.parent / f"data-{cluster.folder.name}"

    def write_configuration(self, path, **changes):
        """Write a configuration file. Nothing listens beyond this machine and no real mail server is reached."""
        options = {
            "addons_path": ",".join(map(str, self.tree.addons_path)),
            "data_dir": self.data_dir,
            "db_host": self.cluster.socket,
            "db_port": PORT,
            "db_user": ROLE,
            "http_interface": "127.0.0.1",
            "http_port": free_port(),
            "list_db": False,
            "max_cron_threads": 0,
            "smtp_server": "127.0.0.1",
            "smtp_port": 1,
            "email_from": "odoo@example.com",
            "workers": 0,
        }
        options.update(changes)
        lines = [f"{name} = {value}" for name, value in options.items()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["[options]", *lines]) + "\n")
        return path

    def environment(self, **changes):
        return environment_with(
            PYTHONPATH=self.tree.root,
            PYTHONWARNINGS="ignore",
            PATH=f"{self.venv.bin}:{environment_with()['PATH']}",
            **changes,
        )

    def command(self, *arguments):
        return [self.venv.python, "-W", "ignore", "-m", "odoo", *arguments]

    def filestore(self, database):
        return self.data_dir / "filestore" / database
