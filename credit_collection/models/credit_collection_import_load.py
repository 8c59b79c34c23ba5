import time
from itertools import islice

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.extras import Json

from ..tools import ledger_file, ledger_shape

SAMPLES = 50
CHUNK = 2000
# Beside the whole row: what rows are found and joined by.
DOCUMENTS = ("invoice", "credit_note")
KEYS = ("customer_ref", "contact_ref", "number", "payment_ref", "due_date", "amount", "currency")


class CreditCollectionImport(models.Model):
    """From the file to the staging rows: columns guessed, texts understood, the rest told in words."""

    _inherit = "credit.collection.import"

    # === BUSINESS METHODS === #

    def _load(self, stream, filename):
        """Read the file into staging rows, in memory that does not grow with it. Nothing is booked.

        :param stream: an open binary file
        :param filename: its name; tells CSV from XLSX
        """
        self.ensure_one()
        self._check_may_import()
        self.filename = filename
        if not self.column_ids:
            self._guess(stream)
        self._check_columns()
        self._delete_rows()
        reader, started, count = LedgerReader(self), time.monotonic(), 0
        rows = self._read(ledger_file.open_rows, stream, filename)
        while chunk := self._read(list, islice(rows, CHUNK)):
            self._insert_rows([reader.read(line, texts) for line, texts in chunk])
            count += len(chunk)
            self._report("read", count, 0)
        if not count:
            raise UserError(self.env._("%s has no rows below its headers.", filename))
        self.env["credit.collection.import.mapping"]._remember(self)
        self._update_state(("draft", "checked"), "draft", seconds_check=time.monotonic() - started)
        return count

    def _guess(self, stream):
        """Name the columns as last time, else by their headers; formats by their values."""
        self.ensure_one()
        stream.seek(0)
        rows = self._read(lambda: list(islice(ledger_file.open_rows(stream, self.filename or ""), SAMPLES)))
        stream.seek(0)
        if not rows:
            raise UserError(self.env._("%s has no rows below its headers.", self.filename))
        headers = list(rows[0][1])
        known = self.env["credit.collection.import.mapping"]._find(self.company_id, headers)
        if known:
            columns = known.columns
            self.update({"record": known.record, "date_order": known.date_order, "decimal": known.decimal})
            self.mapping_date = fields.Date.to_date(known.write_date)
        else:
            columns = {header: column for column, header in ledger_shape.guess_mapping(headers).items()}
            self._guess_formats(rows, columns)
            self.mapping_date = False
        self.column_ids = [Command.clear()] + [
            Command.create(
                {
                    "sequence": place,
                    "header": header,
                    "sample": self._get_sample(rows, header),
                    "column": columns.get(header) if columns.get(header) in ledger_shape.COLUMNS else False,
                }
            )
            for place, header in enumerate(headers)
        ]

    # === HELPERS === #

    def _read(self, function, *args):
        """What the reader cannot read is told as it says."""
        try:
            return function(*args)
        except ledger_shape.ShapeError as error:
            raise UserError(self._get_shape_text(error)) from error

    def _guess_formats(self, rows, columns):
        types = {header: ledger_shape.COLUMNS[column].type for header, column in columns.items()}
        samples = [
            texts[header] for __, texts in rows for header in columns if types[header] in ("date", "money") and texts[header]
        ]
        self.date_order, self.decimal = ledger_shape.guess_formats(samples)

    def _get_sample(self, rows, header):
        values = dict.fromkeys(texts.get(header) for __, texts in rows)
        return " · ".join([value for value in values if value][:3])

    def _check_columns(self):
        """Each column of the ledger once, and the customer's reference always."""
        names = [column.column for column in self.column_ids if column.column]
        labels = dict(self.column_ids._fields["column"]._description_selection(self.env))
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise UserError(
                self.env._("Two columns of the file are: %s. Leave one of them empty.", labels[sorted(twice)[0]])
            )
        if "customer_ref" not in names:
            raise UserError(
                self.env._("Say which column of the file is “%s”: each row needs it.", labels["customer_ref"])
            )

    def _get_shape_text(self, error):
        """Say what the reader could not understand."""
        _, params = self.env._, error.params
        labels = dict(self.env["credit.collection.import.column"]._get_columns())
        label, text = labels.get(params.get("column")), params.get("text")
        texts = {
            "date": _("%(column)s: “%(text)s” is no date.", column=label, text=text),
            "amount": _("%(column)s: “%(text)s” is no amount.", column=label, text=text),
            "integer": _("%(column)s: “%(text)s” is no whole number.", column=label, text=text),
            "country": _("%(column)s: “%(text)s” is no country.", column=label, text=text),
            "currency": _("%(column)s: “%(text)s” is no currency.", column=label, text=text),
            "choice": _(
                "%(column)s: “%(text)s” is none of %(choices)s.",
                column=label,
                text=text,
                choices=params.get("choices"),
            ),
            "header_twice": _("Two columns have the header “%s”.", params.get("header")),
            "cells": _("Line %s has more cells than there are headers.", params.get("line")),
            "encoding": _("The file is in no encoding that can be read: save it as UTF-8."),
            "csv": _("Line %s cannot be read as CSV.", params.get("line")),
            "xlsx": _("The file is no XLSX workbook."),
        }
        return texts.get(error.code) or str(error)

    def _delete_rows(self):
        self.env["credit.collection.import.row"].flush_model()
        self.env.cr.execute(SQL("DELETE FROM credit_collection_import_row WHERE import_id = %s", self.id))
        self.env["credit.collection.import.row"].invalidate_model()
        self.invalidate_recordset(["row_ids"])

    def _insert_rows(self, rows):
        columns = ("line", "record", "status", "message", "data", *KEYS)
        now = self.env.cr.now()
        self.env.cr.execute_values(
            f"""
            INSERT INTO credit_collection_import_row
                        (import_id, company_id, decision, create_uid, create_date, write_uid, write_date,
                         {", ".join(columns)})
                 VALUES %s
            """,
            [
                (self.id, self.company_id.id, "keep", self.env.uid, now, self.env.uid, now)
                + tuple(row.get(column) for column in columns)
                for row in rows
            ],
            page_size=CHUNK,
        )


class LedgerReader:
    """Turns the texts of a row into canonical texts by column, and into words what cannot be understood."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.headers = {column.column: column.header for column in ledger.column_ids if column.column}
        self.record = ledger.record
        self.date_order, self.decimal = ledger.date_order, ledger.decimal
        self.currency = ledger.company_id.currency_id.name
        self.labels = dict(ledger.env["credit.collection.import.column"]._get_columns())

    def read(self, line, texts):
        data, problems = {"record": self.record}, []
        for column, header in self.headers.items():
            text = (texts.get(header) or "").strip()
            if text:
                try:
                    value = ledger_shape.parse(column, text, self.date_order, self.decimal)
                    data[column] = ledger_shape.format(column, value)
                except ledger_shape.ShapeError as error:
                    problems.append(self.ledger._get_shape_text(error))
        problems = problems or self._get_missing(data)
        keys = {key: data.get(key) for key in KEYS}
        if data["record"] in DOCUMENTS:
            keys["due_date"] = keys["due_date"] or data.get("invoice_date")
        if data["record"] in (*DOCUMENTS, "payment"):
            keys["currency"] = keys["currency"] or self.currency
        if data.get("disputed") == ledger_shape.WHOLE:
            data["disputed"] = data.get("residual") or data.get("amount")
        return {
            "line": line,
            "record": data["record"],
            "status": "wrong" if problems else "new",
            "message": "\n".join(problems) or None,
            "data": Json({column: text for column, text in data.items() if text}),
            **keys,
        }

    def _get_missing(self, data):
        missing = ledger_shape.get_missing(data)
        return [self.ledger.env._("“%s” is missing.", self.labels[name]) for name in missing]
