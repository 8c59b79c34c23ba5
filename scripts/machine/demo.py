"""The demo: one database that stays, its mails, and Odoo serving it."""

import json
import shutil
import subprocess
import urllib.request
from contextlib import contextmanager

from .commands import run_logged, stop
from .mail import mail_sink, message_gateway
from .paths import MODULE, PROJECT, digest_of_files, log_file, module_digest
from .progress import StepFailed
from .server import free_port, wait_for_port

DATABASE = f"{MODULE}_demo"
DATA_FOLDER = PROJECT / "scripts" / "demo_data"
DATA_SCRIPT = DATA_FOLDER / "run.py"
# Loading all of Odoo's modules takes a while on a slow machine.
SERVER_PATIENCE = 120
# The mark of a database whose demo data stopped halfway.
UNFINISHED = "unfinished"
# Odoo keeps its address: without this the next login from elsewhere would change the links in mails.
PARAMETERS = ("web.base.url", "report.url")


class Demo:
    def __init__(self, databases, folder, port):
        self.databases = databases
        self.odoo = databases.odoo
        self.folder = folder
        self.port = port
        self.sink_port = free_port()
        self.mails = folder / "mails"
        self.gateway_port = free_port()
        self.messages = folder / "messages"
        self.info = folder / "info.json"
        self.address = f"http://localhost:{port}"
        self.configuration = folder / "odoo.conf"
        self.log = log_file("demo-odoo")

    def forget(self):
        """Back to the beginning: no database, no mails."""
        self.databases.drop(DATABASE)
        shutil.rmtree(self.mails, ignore_errors=True)
        shutil.rmtree(self.messages, ignore_errors=True)
        self.info.unlink(missing_ok=True)

    def prepare_database(self):
        """Create the database, or update it when the module has changed; returns what was done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = "as it was"
        if self.databases.exists(DATABASE) and self._marks().get("data") == UNFINISHED:
            self.forget()
        if not self.databases.exists(DATABASE):
            shutil.rmtree(self.mails, ignore_errors=True)
            shutil.rmtree(self.messages, ignore_errors=True)
            self.databases.clone(self.databases.module_template(), DATABASE)
            self._mark(module=module_digest())
            done = "created"
        elif self._marks().get("module") != module_digest():
            self.databases.install(DATABASE, [MODULE], update=True)
            self._mark(module=module_digest())
            done = "updated"
        self._set_address()
        self.mails.mkdir(exist_ok=True)
        self.odoo.write_configuration(
            self.configuration,
            db_name=DATABASE,
            dbfilter=f"^{DATABASE}$",
            http_port=self.port,
            smtp_port=self.sink_port,
            max_cron_threads=1,
            credit_collection_gateway_allow=f"127.0.0.1:{self.gateway_port}",
        )
        self._set_gateway()
        return done

    def sink(self):
        return mail_sink(self.odoo.venv, self.sink_port, self.mails)

    def gateway(self):
        return message_gateway(self.odoo.venv, self.gateway_port, self.messages)

    def fill(self):
        """Run the demo data's script once; returns what was done.

        A server answers meanwhile, without scheduled actions: rendering a PDF fetches its styles from there.
        """
        if not DATA_SCRIPT.exists():
            return "none yet"
        key = digest_of_files(PROJECT, [*DATA_FOLDER.glob("*.py"), *DATA_FOLDER.glob("*.csv")])
        filled = self._marks().get("data")
        if filled:
            return "there" if filled == key else "there, from an older script (--reset starts over)"
        self._mark(data=UNFINISHED)
        with self.serving("--max-cron-threads=0"), DATA_SCRIPT.open() as script:
            run_logged(
                self.odoo.command("shell", "-c", self.configuration, "-d", DATABASE, "--no-http"),
                "demo-data",
                "the demo data could not be created",
                "read the last error above; the next start begins with a new database",
                stdin=script,
                cwd=PROJECT,
                env=self._environment(),
            )
        self._mark(data=key)
        return "created"

    @contextmanager
    def serving(self, *arguments):
        """Odoo answering on the demo's port."""
        command = self.odoo.command("server", "-c", self.configuration, *arguments)
        with self.log.open("w") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=PROJECT,
                env=self._environment(),
                # Its own session: we stop it ourselves, after Ctrl-C has reached us alone.
                start_new_session=True,
            )
        try:
            wait_for_port(process, self.port, "Odoo", self.log, SERVER_PATIENCE)
            yield process
        finally:
            stop(process)

    def check_answers(self):
        """The first page loads the modules; better now than when the reader opens it."""
        try:
            with urllib.request.urlopen(f"{self.address}/web/login", timeout=SERVER_PATIENCE) as answer:
                answer.read()
        except OSError as error:
            raise StepFailed(f"Odoo does not answer on {self.address}: {error}", "see its log", self.log) from error

    def logins(self):
        """What the demo data's script wrote down: [{"who": …, "login": …, "password": …}]."""
        if self.info.exists():
            return json.loads(self.info.read_text())["logins"]
        return [{"who": "administrator", "login": "admin", "password": "admin"}]

    def pages(self):
        """Links to customers' pages that need no password: [{"who": …, "path": …}]."""
        return json.loads(self.info.read_text()).get("pages", []) if self.info.exists() else []

    def _environment(self):
        return self.odoo.environment(
            CREDIT_COLLECTION_DEMO_INFO=self.info,
            CREDIT_COLLECTION_SINK_FOLDER=self.mails,
            CREDIT_COLLECTION_SINK_PORT=self.sink_port,
            CREDIT_COLLECTION_GATEWAY_PORT=self.gateway_port,
        )

    def _set_address(self):
        values = ", ".join(f"('{name}', '{self.address}')" for name in PARAMETERS)
        self.databases.cluster.sql(
            f"INSERT INTO ir_config_parameter (key, value) VALUES {values}, ('web.base.url.freeze', 'True')"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            DATABASE,
        )

    def _set_gateway(self):
        """The messaging service of this start listens on another port than the last one's."""
        self.databases.cluster.sql(
            f"UPDATE credit_collection_gateway SET url = 'http://127.0.0.1:{self.gateway_port}/' || medium"
            " WHERE url LIKE 'http://127.0.0.1:%'",
            DATABASE,
        )

    def _marks(self):
        return json.loads(self.databases.mark_of(DATABASE) or "{}")

    def _mark(self, **changes):
        self.databases.mark(DATABASE, json.dumps({**self._marks(), **changes}))
