"""`odoo-bin collection import|export`: ledgers from and to files, without a browser.

Odoo loads this file by its path, not as a part of the add-on: nothing here imports the rest of it.
"""

import argparse
import functools
import os
import resource
import sys
import time
from pathlib import Path

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.tools import config

SHOWN = 20
FORMAT = argparse.RawDescriptionHelpFormatter


class Collection(Command):
    """Import and export ledgers of Credit Collection."""

    epilog = """\
        Examples:
          odoo-bin --addons-path=PATHS collection import -d books --check ledger.csv
          odoo-bin --addons-path=PATHS collection import -d books --company "My Company" --account 999999 ledger.xlsx
          odoo-bin --addons-path=PATHS collection export -d books --history ledger.csv
    """

    # === ARGUMENTS === #

    def __init__(self):
        super().__init__()
        commands = self.parser.add_subparsers(dest="subcommand", required=True)
        self._add_import(commands)
        self._add_export(commands)

    def _add_command(self, commands, name, text):
        parser = commands.add_parser(name, help=text, description=text, formatter_class=FORMAT)
        parser.add_argument("-c", "--config", help="Odoo's configuration file")
        parser.add_argument("-d", "--database", help="when the configuration names none, or several")
        parser.add_argument("--company", help="by name; needed when there are several")
        parser.add_argument("--user", metavar="LOGIN", help="with whose rights (default: the system's)")
        return parser

    def _add_import(self, commands):
        parser = self._add_command(
            commands,
            "import",
            "Import a ledger from a CSV or XLSX file: all of it or nothing. Columns are those used last for the same"
            " headers, else guessed; the exit code is 1 when rows are wrong.",
        )
        parser.add_argument("--check", action="store_true", help="only tell what would happen")
        parser.add_argument("--without-wrong", action="store_true", help="import the good rows when others are wrong")
        parser.add_argument("--account", metavar="CODE", help="counterpart of what is booked")
        parser.add_argument("--record", help="what each row is, when no column says so (default: invoice)")
        parser.add_argument("--dates", choices=("dmy", "mdy", "ymd"), help="order of day, month and year")
        parser.add_argument("--decimal", choices=(".", ","), help="what stands before the decimals of amounts")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=HEADER",
            help="which header of the file is a column of the ledger (due_date=Payable); NAME= for none; repeatable",
        )
        parser.add_argument("--show", type=int, default=SHOWN, help="how many of each to show (default: %(default)s)")
        parser.add_argument("file", type=Path)

    def _add_export(self, commands):
        parser = self._add_command(commands, "export", "Export a ledger in the shape that is imported.")
        parser.add_argument("--history", action="store_true", help="with what is settled, and all payments")
        parser.add_argument("file", type=Path, help="named .xlsx for a spreadsheet, else CSV; - for standard output")

    # === RUNNING === #

    def run(self, cmdargs):
        options = self.parser.parse_args(args=cmdargs)
        if options.subcommand == "import" and not options.file.is_file():
            self.parser.error(f"there is no file {options.file}")
        database = self._configure(options)
        started = time.monotonic()
        try:
            with Registry(database).cursor() as cr:
                env = self._get_env(cr, options)
                job = import_ledger if options.subcommand == "import" else export_ledger
                code = job(env, options)
        except (UserError, AccessError) as error:
            sys.exit(f"{error}\nNothing was changed.")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        tell(f"{time.monotonic() - started:.1f} s, at most {peak:.0f} MB of memory")
        sys.exit(code)

    def _configure(self, options):
        arguments = ["--no-http", "--log-level=warn"]
        arguments += ["-c", options.config] if options.config else []
        arguments += ["-d", options.database] if options.database else []
        config.parse_config(arguments, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            self.parser.error("name one database with -d")
        return names[0]

    def _get_env(self, cr, options):
        env = Environment(cr, SUPERUSER_ID, {})
        if "credit.collection.ledger" not in env:
            self.parser.error("Credit Collection is not installed in this database")
        companies = env["res.company"].search([("name", "=", options.company)] if options.company else [])
        if len(companies) != 1:
            names = env["res.company"].search([]).mapped("name")
            self.parser.error(f"name the company with --company: {', '.join(names)}")
        user = env.user
        if options.user:
            user = user.search([("login", "=", options.user)])
            if not user:
                self.parser.error(f"there is no user {options.user}")
        context = {**user.context_get(), "allowed_company_ids": companies.ids}
        return Environment(cr, user.id, context)


# === IMPORT === #


def import_ledger(env, options):
    ledger = env["credit.collection.import"].create({"company_id": env.company.id, "filename": options.file.name})
    ledger = ledger.with_context(collection_report=Meter())
    try:
        with options.file.open("rb") as stream:
            prepare(ledger, stream, options)
            ledger._load(stream, options.file.name)
        counts = ledger._check()
        tell_counts(ledger, counts, options.show)
        wrong = bool(counts.get("wrong"))
        if why_not := get_reason_not_to(counts, options):
            tell(why_not)
            env.cr.rollback()
            return int(wrong)
        ledger.skip_wrong = wrong
        ledger._apply()
        tell(f"Imported: {ledger.done_count} rows in {ledger.seconds:.1f} s, checked in {ledger.seconds_check:.1f} s")
        return 0
    finally:
        ledger._clear_progress()


def get_reason_not_to(counts, options):
    if options.check:
        return "Only checked: nothing was imported."
    if counts.get("wrong") and not options.without_wrong:
        return "Nothing was imported: rows are wrong. Mend them, or import the others by --without-wrong."
    return "" if counts.get("new") else "There is nothing new to import."


def prepare(ledger, stream, options):
    """Guess columns and formats, and let the command line go before."""
    ledger._guess(stream)
    given = {"record": options.record, "date_order": options.dates, "decimal": options.decimal}
    given = {name: value for name, value in given.items() if value}
    if options.account:
        accounts = ledger.env["account.account"].search([("code", "=", options.account)])
        if not accounts:
            raise UserError(f"There is no account {options.account} in {ledger.company_id.name}.")
        given["account_id"] = accounts[:1].id
    ledger.write(given)
    for text in options.column:
        name, __, header = text.partition("=")
        name_column(ledger.column_ids, name, header)
    tell("Columns: " + ", ".join(f"{column.column}={column.header}" for column in ledger.column_ids if column.column))
    tell(f"Dates {ledger.date_order}, decimals after “{ledger.decimal}”, each row is: {ledger.record}")


def name_column(columns, name, header):
    found = columns.filtered(lambda column: column.header == header)
    known = dict(columns._fields["column"]._description_selection(columns.env))
    if name not in known or header and not found:
        raise UserError(
            f"{name}={header}: the ledger has the columns {', '.join(known)}; the file has the headers"
            f" {', '.join(columns.mapped('header'))}."
        )
    columns.filtered(lambda column: column.column == name).column = False
    found.column = name


def tell_counts(ledger, counts, most):
    labels = dict(ledger.row_ids._fields["status"]._description_selection(ledger.env))
    tell(", ".join(f"{labels[status]}: {counts.get(status, 0)}" for status in ("new", "same", "conflict", "wrong")))
    for status in ("wrong", "conflict"):
        domain = [("import_id", "=", ledger.id), ("status", "=", status)]
        for row in ledger.row_ids.search(domain, order="line, id", limit=most):
            tell(f"  line {row.line}: {'; '.join((row.message or '').splitlines())}")
        if counts.get(status, 0) > most:
            tell(f"  … and {counts[status] - most} more")


class Meter:
    """Tells how far it is: in place on a terminal, else now and then."""

    def __init__(self):
        self.phase, self.at = None, 0

    def __call__(self, phase, done, total):
        now = time.monotonic()
        finished = bool(total) and done >= total
        if phase == self.phase and not finished and now - self.at < 2:
            return
        self.phase, self.at = phase, now
        tell(f"{phase}: {done}" + (f" of {total}" if total else ""))


tell = functools.partial(print, file=sys.stderr, flush=True)


# === EXPORT === #


def export_ledger(env, options):
    to_terminal = str(options.file) == "-"
    kind = "xlsx" if options.file.suffix.lower() == ".xlsx" else "csv"
    ledger = env["credit.collection.ledger"]
    if to_terminal:
        count = ledger._write(sys.stdout.buffer, env.company, options.history, kind)
        sys.stdout.flush()
    else:
        wanted = {"company": env.company, "history": options.history, "kind": kind}
        count = write_whole(options.file, functools.partial(ledger._write, **wanted))
    tell(f"Exported: {count} rows" + ("" if to_terminal else f" to {options.file}"))
    return 0


def write_whole(path, write):
    """Write beside the file and then in its place: what is there stays until the new one is complete."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w+b") as target:
            count = write(target)
        beside.replace(path)
        return count
    finally:
        beside.unlink(missing_ok=True)
