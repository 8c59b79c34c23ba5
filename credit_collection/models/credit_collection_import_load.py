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
            self._insert_rows([reader.read_row(line, texts) for line, texts in chunk])
            count += len(chunk)
            self._report("read", count, 0)
        if not count:
            raise UserError(self.env._("%s has no rows below its headers.", filename))
        # The rules join rows with rows: without statistics the database takes them for a few.
        self.env.cr.execute("ANALYZE credit_collection_import_row")
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
        headers = [header for header in rows[0][1] if header]
        known = self.env["credit.collection.import.mapping"]._find(self.company_id, headers)
        if known:
            columns = known.columns
            self.update({"record": known.record, "date_order": known.date_order, "decimal": known.decimal})
            self.mapping_date = fields.Date.to_date(known.write_date)
        else:
            samples = [texts for __, texts in rows]
            columns = {header: column for column, header in ledger_shape.guess_mapping(headers, samples).items()}
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
        formatted = [header for header, kind in types.items() if kind in ("date", "money")]
        samples = [texts[header] for __, texts in rows for header in formatted if texts.get(header)]
        self.date_order, self.decimal = ledger_shape.guess_formats(samples)

    def _get_sample(self, rows, header):
        values = dict.fromkeys(texts.get(header) for __, texts in rows)
        return " · ".join([value for value in values if value][:3])

    def _check_columns(self):
        """Each column of the ledger once, and the customer's reference always."""
        names = [column.column for column in self.column_ids if column.column]
        labels = self._get_column_labels()
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise UserError(
                self.env._("Two columns of the file are: %s. Leave one of them empty.", labels[sorted(twice)[0]])
            )
        if "customer_ref" not in names:
            raise UserError(
                self.env._("Say which column of the file is “%s”: each row needs it.", labels["customer_ref"])
            )

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
        self.labels = ledger._get_column_labels()

    def read_row(self, line, texts):
        data, problems = {}, []
        if texts.get(None):
            problems.append(self.ledger._get_shape_text(ledger_shape.ShapeError("too_many_cells", text=texts[None])))
        for column, header in self.headers.items():
            try:
                value = ledger_shape.parse(column, texts.get(header) or "", self.date_order, self.decimal)
                data[column] = ledger_shape.format(column, value)
            except ledger_shape.ShapeError as error:
                problems.append(self.ledger._get_shape_text(error, column))
        data = ledger_shape.complete({**data, "record": data.get("record") or self.record})
        problems = problems or self._get_missing(data)
        keys = {key: data.get(key) for key in KEYS}
        if data["record"] in (*ledger_shape.DOCUMENTS, "payment"):
            keys["currency"] = keys["currency"] or self.currency
        return {
            "line": line,
            "record": data["record"],
            "status": "wrong" if problems else "new",
            "message": "\n".join(problems) or None,
            "data": Json(data),
            **keys,
        }

    def _get_missing(self, data):
        missing = ledger_shape.get_missing(data)
        return [self.ledger.env._("“%s” is missing.", self.labels[name]) for name in missing]
