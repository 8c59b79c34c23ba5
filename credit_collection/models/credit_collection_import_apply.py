import time

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

BATCH = 500
FIRST_BATCH = 50
BOOKS = ("account_move", "account_move_line", "account_payment", "account_partial_reconcile")
# Nothing is written to anybody, nothing is tracked, nobody is subscribed; entries come with all their lines.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "skip_invoice_sync": True,
    "no_vat_validation": True,
}
JOURNALS = {"sale": "collection_import_journal_id", "bank": "collection_import_payment_journal_id"}


class CreditCollectionImport(models.Model):
    """From the staging rows to the books, in batches, in one transaction: all of it or nothing."""

    _inherit = "credit.collection.import"

    # === BUSINESS METHODS === #

    def _apply(self):
        """Book what is new and take over what was decided; raise, and leave nothing behind, when anything fails.

        :return: ``{status: number of rows}``
        """
        self.ensure_one()
        self._check_may_import()
        started = time.monotonic()
        if self.state != "checked":
            raise UserError(self.env._("Check the file first."))
        self._check_no_wrong_rows()
        quiet = self.with_company(self.company_id).with_context(**QUIET, collection_import=True)
        with self.env.cr.savepoint():
            quiet._book()
        self.env.invalidate_all()
        self._update_state(
            ("checked",),
            "done",
            seconds=time.monotonic() - started,
            user_id=self.env.uid,
            date_done=fields.Datetime.now(),
        )
        return self._count_rows()

    def _check_no_wrong_rows(self):
        wrong = self._count_rows().get("wrong")
        if wrong and not self.skip_wrong:
            raise UserError(
                self.env._(
                    "Wrong rows: %s. Mend the file and check it again, or choose to import without the wrong rows.",
                    wrong,
                )
            )

    def _book(self):
        """The order matters: each step rests on the ones before."""
        self.env.flush_all()
        self._ensure_journals()
        self._apply_customers()
        self._apply_decisions()
        self._apply_documents("invoice")
        self._apply_documents("credit_note")
        self._apply_payments()
        self._apply_reversals()
        self._apply_settlements()
        self._check_residuals()
        self._apply_promises()
        self._apply_disputes()
        self._mark_done()

    def _mark_done(self):
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row
                   SET status = CASE WHEN status = 'wrong' THEN 'left' ELSE 'done' END
                 WHERE import_id = %s AND (status IN ('new', 'wrong') OR (status = 'conflict' AND decision = 'take'))
                """,
                self.id,
            )
        )

    # === JOURNALS === #

    def _find_journal(self, kind):
        return self.company_id[JOURNALS[kind]]

    def _ensure_journals(self):
        """Foreign numbers get journals of their own: they neither collide with ours nor steer them."""
        company = self.company_id.sudo()
        names = {"sale": self.env._("Imported receivables"), "bank": self.env._("Imported payments")}
        for kind, code in (("sale", "IMP"), ("bank", "IMPP")):
            journal = company[JOURNALS[kind]]
            if not journal:
                company[JOURNALS[kind]] = self._create_journal(names[kind], kind, code)
            else:
                journal.default_account_id = self.account_id
        self.env.flush_all()

    def _create_journal(self, name, kind, code):
        journals = self.env["account.journal"].sudo()
        taken = set(journals.search([("company_id", "=", self.company_id.id)]).mapped("code"))
        codes = [code, *(f"{code[:4]}{number}" for number in range(1, 10))]
        return journals.create(
            {
                "name": name,
                "code": next(code for code in codes if code not in taken),
                "type": kind,
                "company_id": self.company_id.id,
                "default_account_id": self.account_id.id,
                "show_on_dashboard": False,
                "alias_name": False,
            }
        )

    # === BATCHES === #

    def _iter_batches(self, phase, key, condition):
        """Yield the rows for which ``condition`` holds as ``{key: [row, …]}``, some hundred keys at a time.

        What a batch has left in the cache is written and forgotten before the next: memory stays as it is. Batches
        grow from small ones, so that PostgreSQL can be told early how large the books have become.

        :param key: the column by which rows belong together
        :param condition: SQL on ``row``
        """
        total, done, last, number = self._count_keys(key, condition), 0, "", 0
        self._report(phase, 0, total)
        while keys := self._fetch_keys(key, condition, last, self._get_batch_size(number)):
            rows = self._fetch_rows(SQL("%s AND %s IN %s", condition, SQL.identifier("row", key), tuple(keys)), key)
            yield dict(groupby(rows, lambda row: row[key]))
            self.env.flush_all()
            self.env.invalidate_all()
            last, done, number = keys[-1], done + len(keys), number + 1
            self._refresh_statistics(number)
            self._report(phase, done, total)

    def _get_batch_size(self, number):
        return min(BATCH, FIRST_BATCH << number)

    def _refresh_statistics(self, number):
        """Count the books again after the first, second, fourth, … batch.

        Nobody does it before the transaction ends, and at the sizes of before, none perhaps, core's own statements on
        payments and their reconciliations would take hours.
        """
        if self.env.context.get("collection_import") and not number & (number - 1):
            for table in BOOKS:
                self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _count_keys(self, key, condition):
        query = "SELECT COUNT(DISTINCT %s) FROM credit_collection_import_row row WHERE row.import_id = %s AND %s"
        return self.env.execute_query(SQL(query, SQL.identifier("row", key), self.id, condition))[0][0]

    def _fetch_keys(self, key, condition, last, limit):
        query = SQL(
            """SELECT %(column)s FROM credit_collection_import_row row
                WHERE row.import_id = %(import_id)s AND %(condition)s AND %(column)s > %(last)s
             GROUP BY 1 ORDER BY 1 LIMIT %(limit)s""",
            column=SQL.identifier("row", key),
            import_id=self.id,
            condition=condition,
            last=last,
            limit=limit,
        )
        return [value for (value,) in self.env.execute_query(query)]

    def _fetch_rows(self, condition, key):
        self.env.cr.execute(
            SQL(
                """
                SELECT row.id, row.line, row.record, row.customer_ref, row.contact_ref, row.number, row.payment_ref,
                       row.due_date, row.amount::float8 AS amount, row.currency, currency.id AS currency_id,
                       row.partner_id, row.move_id, row.data
                  FROM credit_collection_import_row row
             LEFT JOIN res_currency currency ON currency.name = row.currency
                 WHERE row.import_id = %s AND %s
              ORDER BY %s, row.due_date NULLS FIRST, row.line, row.id
                """,
                self.id,
                condition,
                SQL.identifier("row", key),
            )
        )
        return self.env.cr.dictfetchall()

    # === DOCUMENTS === #

    def _apply_documents(self, record):
        """Post the new invoices or credit notes, with exactly the file's instalments."""
        condition = SQL("row.record = %s AND row.status = 'new' AND row.move_id IS NULL", record)
        for batch in self._iter_batches("documents", "number", condition):
            accounts = self._get_receivable_accounts(batch)
            moves = self.env["account.move"].create(
                [self._prepare_document(number, rows, accounts) for number, rows in batch.items()]
            )
            moves._post(soft=False)
            self._link_rows(batch)
            self._check_documents(moves)

    def _prepare_document(self, number, rows, accounts):
        first = rows[0]["data"]
        date = fields.Date.to_date(first["invoice_date"])
        return {
            "move_type": "out_invoice" if rows[0]["record"] == "invoice" else "out_refund",
            "collection_import_id": self.id,
            "journal_id": self.journal_id.id,
            "company_id": self.company_id.id,
            "name": number,
            "payment_reference": number,
            "ref": first.get("order_ref", False),
            "partner_id": rows[0]["partner_id"],
            "currency_id": self._get_currency(rows[0]).id,
            "invoice_date": date,
            "date": date,
            "invoice_date_due": rows[-1]["due_date"],
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_user_id": False,
            "is_move_sent": True,
            "collection_opening_level": max(int(row["data"].get("level") or 0) for row in rows),
            "collection_opening_date": max(row["data"].get("level_date") or "" for row in rows) or False,
            "line_ids": [
                Command.create({**line, "analytic_distribution": False})
                for line in self._prepare_document_lines(rows, date, accounts[rows[0]["partner_id"]])
            ],
        }

    def _prepare_document_lines(self, rows, date, account):
        """Return one line on the counterpart, without taxes, and a receivable line per instalment."""
        sign = 1 if rows[0]["record"] == "invoice" else -1
        currency = self._get_currency(rows[0])
        total = currency.round(sum(row["amount"] for row in rows))
        balances = self._get_balances([row["amount"] for row in rows], currency, date)
        product = {
            "display_type": "product",
            "name": self.env._("As in the imported ledger"),
            "quantity": 1,
            "price_unit": total,
            "tax_ids": [Command.clear()],
            "account_id": self.account_id.id,
            "amount_currency": -sign * total,
            "balance": -sign * sum(balances),
        }
        terms = [
            {
                "display_type": "payment_term",
                "name": row["number"],
                "account_id": account,
                "date_maturity": row["due_date"],
                "amount_currency": sign * row["amount"],
                "balance": sign * balance,
            }
            for row, balance in zip(rows, balances, strict=True)
        ]
        return [product, *terms]
