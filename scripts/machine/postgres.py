"""A private PostgreSQL cluster: no TCP, a socket in a folder of its own, gone when its last user leaves."""

import fcntl
import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .commands import run_logged
from .paths import locked, socket_folder
from .progress import StepFailed

# Odoo refuses to work as the role `postgres`.
ROLE = "odoo"
PORT = 5432

COMMON_SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "log_min_messages": "error",
    "max_wal_size": "2GB",
}
# What a test wrote may be lost when the machine stops: it is thrown away anyway.
THROW_AWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def server_program(name):
    """The path of a program of the PostgreSQL server; Debian does not put them on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def server_user():
    """Whom the server runs as: never root. None means: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StepFailed("there is no user to run PostgreSQL as", "add a user `postgres`, or run this without being root")


class Cluster:
    """One cluster; `durable` clusters survive a power cut, the others are for tests."""

    def __init__(self, folder, durable):
        self.folder = folder
        self.data = folder / "data"
        self.socket = socket_folder(folder)
        self.settings = dict(COMMON_SETTINGS, **({} if durable else THROW_AWAY_SETTINGS))
        self.user = server_user()

    @contextmanager
    def running(self, on_first=None):
        """Have the server running; `on_first` is called when nobody else uses it (to tidy up)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "users.lock", "a") as users:
            with locked(self.folder / "guard.lock"):
                alone = _try_exclusive(users)
                self._start()
                if alone and on_first:
                    on_first()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self
            finally:
                with locked(self.folder / "guard.lock"):
                    if _try_exclusive(users):
                        self._stop()

    @property
    def environment(self):
        """What PostgreSQL's own programs need to find this cluster."""
        return {"PGHOST": self.socket, "PGPORT": PORT, "PGUSER": ROLE}

    def sql(self, statement, database="postgres"):
        """Run SQL and return the printed rows."""
        result = self._client("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement)
        return result.stdout.strip()

    def databases(self, prefix):
        """The names of the databases that begin with `prefix`, the oldest first."""
        names = self.sql("SELECT datname FROM pg_database ORDER BY oid").splitlines()
        return [name for name in names if name.startswith(prefix)]

    def copy_database(self, source, target):
        self._client("createdb", "-T", source, target)

    def drop_database(self, name):
        # --force needs PostgreSQL 13, which is the oldest that Odoo 19 supports.
        self._client("dropdb", "--if-exists", "--force", name)

    def _client(self, program, *arguments):
        command = [program, "-h", str(self.socket), "-p", str(PORT), "-U", ROLE, *arguments]
        if program != "psql":
            command.insert(1, "-w")
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise StepFailed(f"{program} {' '.join(arguments)}: {result.stderr.strip()}")
        return result

    # === THE SERVER === #

    def _start(self):
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if self._is_running():
            return
        (self.data / "postgresql.auto.conf").write_text(self._configuration())
        self._server("pg_ctl", "-D", self.data, "-l", self.folder / "server.log", "-w", "-t", "60", "start")

    def _is_running(self):
        command = [server_program("pg_ctl"), "-D", str(self.data), "status"]
        result = subprocess.run(command, capture_output=True, check=False, **self._as_user())
        return result.returncode == 0

    def _stop(self):
        if self._is_running():
            self._server("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")

    def _make_folders(self):
        for folder in (self.folder, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
            if self.user:
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.socket.chmod(0o700)

    def _create(self):
        """Make the cluster aside and move it into its place, so that a half-made one is never used."""
        partial = self.folder / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        # C.UTF-8: searching without regard to case must know more letters than those of ASCII.
        self._server("initdb", "-D", partial, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        shutil.rmtree(self.data, ignore_errors=True)
        partial.rename(self.data)

    def _configuration(self):
        settings = dict(self.settings, unix_socket_directories=f"'{self.socket}'", port=PORT)
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def _server(self, program, *arguments):
        run_logged(
            [server_program(program), *arguments],
            f"{self.folder.name}-{program}",
            f"PostgreSQL: {program} did not succeed in {self.folder}",
            f"see also {self.folder / 'server.log'}; the folder must be reachable for the user the server runs as;"
            " deleting it starts over",
            # Its own session: Ctrl-C in the terminal must not reach the server before its users are done.
            start_new_session=True,
            **self._as_user(),
        )

    def _as_user(self):
        options = {"cwd": "/"}
        if self.user:
            options.update(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[])
        return options


def _try_exclusive(handle):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
