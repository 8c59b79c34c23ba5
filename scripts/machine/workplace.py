"""Everything prepared, in order: what the scripts build upon."""

import os
from contextlib import ExitStack, contextmanager

from . import odoo_tree, packages, python_packages
from .database import Databases
from .paths import cache_folder, locked
from .postgres import Cluster
from .server import Odoo

# system packages, Odoo, Python packages, PostgreSQL
STEPS = 4


def prepare_venv(progress):
    """Only the Python packages and what they need, in two steps (for the linters)."""
    with preparing():
        _install_packages(progress)
        return _find_venv(progress, cache_folder())


@contextmanager
def workplace(progress, purpose, refresh=False):
    """The prepared machine with a running cluster for `purpose` (test or demo), as a `Databases`.

    Others that prepare at the same time wait; `preparing` has the caller's own steps do the same.
    """
    cache = cache_folder()
    with ExitStack() as running:
        with preparing():
            tree, venv = _prepare_software(progress, cache, refresh)
            with progress.step("PostgreSQL") as step:
                cluster = Cluster(cache / f"pg-{purpose}", durable=purpose != "test")
                databases = Databases(Odoo(tree, venv, cluster))
                running.enter_context(cluster.running(on_first=databases.drop_leftovers))
                step.detail = str(cluster.socket)
        yield databases


def preparing():
    """Only one process at a time changes what all share."""
    return locked(cache_folder() / "prepare.lock")


def _prepare_software(progress, cache, refresh):
    _install_packages(progress)
    with progress.step("Odoo") as step:
        tree = odoo_tree.find_or_fetch(cache, refresh)
        step.detail = tree.version
    return tree, _find_venv(progress, cache)


def _install_packages(progress):
    with progress.step("System packages") as step:
        installed = packages.install_missing()
        step.detail = f"installed {', '.join(installed)}" if installed else "all there"


def _find_venv(progress, cache):
    with progress.step("Python packages") as step:
        venv = python_packages.find_or_create(cache)
        step.detail = venv.folder.name
    return venv


def run_name():
    """A database name for this process alone."""
    return f"run_{os.getpid()}"
