"""Running the add-on's own command, `odoo-bin collection …`, in the prepared environment."""

import os
import sys

from .commands import run_attached
from .paths import cache_folder
from .progress import Progress, StepFailed
from .workplace import STEPS, preparing, workplace


def database_in(arguments):
    """The value of -d or --database."""
    for number, argument in enumerate(arguments):
        if argument in ("-d", "--database"):
            return next(iter(arguments[number + 1 :]), None)
        if argument.startswith("--database="):
            return argument.partition("=")[2]
    return None


def run_collection(subcommand):
    """Run `collection import` or `collection export` with this program's arguments; return its exit code."""
    arguments = sys.argv[1:]
    name, helping = database_in(arguments), {"-h", "--help"} & set(arguments)
    if not name and not helping:
        raise StepFailed("no database named", "add -d NAME")
    # What is printed belongs to the command: a ledger may go to standard output.
    with workplace(Progress(STEPS + 1, sys.stderr), "demo") as databases:
        if not helping and not databases.exists(name):
            with preparing():
                databases.clone(databases.module_template(), name)
        return _call(databases.odoo, subcommand, arguments)


def _call(odoo, subcommand, arguments):
    configuration = cache_folder() / "config" / f"collection_{os.getpid()}.conf"
    odoo.write_configuration(configuration)
    addons = ",".join(map(str, odoo.tree.addons_path))
    # Odoo looks for commands of add-ons before it reads the configuration.
    command = odoo.command(f"--addons-path={addons}", "collection", subcommand, "-c", configuration, *arguments)
    try:
        return run_attached(command, odoo.environment())
    finally:
        configuration.unlink(missing_ok=True)
