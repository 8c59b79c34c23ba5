"""Databases: prepared once as templates, then cloned in seconds.

A template `base` holds Odoo's own modules, a template `module` is a clone of it with credit_collection installed.
A template is built under another name and renamed when complete: one that has its name is usable.
"""

import ast
import os
import re
import shutil

from .commands import run_logged
from .paths import MODULE, PROJECT, digest_of_files, module_digest
from .progress import StepFailed

# A payment provider that needs no account with anybody.
EXTRA_MODULES = ["account_qr_code_sepa", "payment_demo"]
KEPT_TEMPLATES = 3
# A line of Odoo's log above INFO, or about a file of ours.
WORTH_SHOWING = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


class Databases:
    def __init__(self, odoo):
        self.odoo = odoo
        self.cluster = odoo.cluster
        self.notes = []

    # === TEMPLATES === #

    def base_template(self):
        """Everything credit_collection depends on, without it. Depends on the Odoo version, not on our code."""
        modules = [*_dependencies(), *EXTRA_MODULES]
        name = f"base_{digest_of_files(PROJECT, [], self.odoo.tree.version, *modules)}"
        # Odoo creates the database itself: it adds the extensions that its indexes need.
        return self._template(name, lambda database: self.install(database, modules))

    def module_template(self):
        base = self.base_template()
        return self._template(f"module_{module_digest(base)}", lambda database: self._create_module(database, base))

    def _template(self, name, build):
        if name not in self.cluster.databases(name):
            building = f"building_{name}"
            self.drop(building)
            build(building)
            self._rename(building, name)
            self._forget_others(name)
        return name

    def _create_module(self, database, base):
        self.clone(base, database)
        self.install(database, [MODULE])

    def _rename(self, old, new):
        self.cluster.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
        shutil.rmtree(self.odoo.filestore(new), ignore_errors=True)
        if self.odoo.filestore(old).exists():
            self.odoo.filestore(old).rename(self.odoo.filestore(new))

    def _forget_others(self, name):
        """Other clones of the project may use another template, so a few stay."""
        kind = name.partition("_")[0]
        others = [other for other in self.cluster.databases(f"{kind}_") if other != name]
        for other in others[: -(KEPT_TEMPLATES - 1)]:
            self.drop(other)

    # === ONE DATABASE === #

    def clone(self, source, target):
        """Copy a database. Odoo never changes a stored file, so its files can be shared by hard links."""
        self.cluster.copy_database(source, target)
        shutil.rmtree(self.odoo.filestore(target), ignore_errors=True)
        if self.odoo.filestore(source).exists():
            shutil.copytree(self.odoo.filestore(source), self.odoo.filestore(target), copy_function=os.link)

    def exists(self, name):
        return name in self.cluster.databases(name)

    def drop(self, name):
        self.cluster.drop_database(name)
        shutil.rmtree(self.odoo.filestore(name), ignore_errors=True)

    def drop_leftovers(self):
        """What runs that were killed left behind; only when nobody else is using the cluster."""
        for prefix in ("run_", "building_"):
            for name in self.cluster.databases(prefix):
                self.drop(name)

    def install(self, database, modules, update=False):
        """Install (or update) modules; warnings of Odoo end up in `notes`."""
        names = ",".join(modules)
        log_name = f"{self.cluster.folder.name}-install-{modules[0]}"
        configuration = self.odoo.write_configuration(self.cluster.folder.parent / "config" / f"{log_name}.conf")
        log = run_logged(
            self.odoo.command(
                *("-c", configuration, "-d", database, "-u" if update else "-i", names),
                *("--without-demo", "--no-http", "--stop-after-init"),
            ),
            log_name,
            f"Odoo could not {'update' if update else 'install'} {names}",
            "read the last error above; the module's code or data is wrong, or Odoo's packages do not fit",
            env=self.odoo.environment(),
            cwd=PROJECT,
        )
        self._check_installed(database, modules, log)
        self.notes += [line for line in log.read_text().splitlines() if _is_worth_showing(line)]

    def _check_installed(self, database, modules, log):
        """Odoo ends with 0 even when a module was not found or did not load."""
        names = ", ".join(f"'{module}'" for module in modules)
        query = f"SELECT count(*) FROM ir_module_module WHERE state = 'installed' AND name IN ({names})"
        if int(self.cluster.sql(query, database)) != len(set(modules)):
            raise StepFailed(f"Odoo did not install all of {', '.join(modules)}", "read the log", log)

    # === MARKS === #

    def mark(self, database, text):
        """Write down on the database itself from what it was made; a clone does not inherit it."""
        self.cluster.sql(f"COMMENT ON DATABASE \"{database}\" IS '{text}'")

    def mark_of(self, database):
        return self.cluster.sql(
            f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{database}'"
        )


def _dependencies():
    manifest = ast.literal_eval((PROJECT / MODULE / "__manifest__.py").read_text())
    return manifest["depends"]


def _is_worth_showing(line):
    return bool(WORTH_SHOWING.match(line)) and "Running as user" not in line
