from itertools import count

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools import ledger_file, ledger_shape

BATCH = 2000
CURSORS = count(1)
# In this order: a file names its customers before what is about them.
PARTS = ("customers", "contacts", "documents", "payments")


class CreditCollectionLedger(models.AbstractModel):
    """The ledger of a company as rows of a ledger file (`tools.ledger_shape`), straight from the books.

    What goes in comes out again: a file made of these rows, imported into an empty company, makes the same file.
    Therefore rows are ordered by what stands in them, and say only what an import can restore.
    """

    _name = "credit.collection.ledger"
    _description = "Ledger File"

    # === BUSINESS METHODS === #

    @api.model
    def _iter_rows(self, company, history=False, partners=None, customer_refs=None, numbers=None, payment_refs=None):
        """Yield ``{column: canonical text}`` with all columns; memory does not grow with the ledger.

        The rows are read within this transaction as they are asked for: it must not be committed meanwhile.

        :param company: whose books
        :param history: with documents that are settled, and with the payments of all; else what is open
        :param partners: only these customers and their contacts
        :param customer_refs: the same by reference
        :param numbers: only the documents of these numbers
        :param payment_refs: only the payments of these references. When any of the four is given, only what they name
            is returned.
        :raises AccessError: when the user may not read these books
        """
        self._check_may_export(company)
        self.env["credit.collection.planner"]._flush()
        scope = {"company": company, "history": history}
        if any(names is not None for names in (partners, customer_refs, numbers, payment_refs)):
            scope |= {"ids": self._find_customers(company, partners, customer_refs or ())}
            scope |= {"numbers": list(numbers or ()), "payment_refs": list(payment_refs or ())}
        return self._iter_parts(scope)

    @api.model
    def _write(self, stream, company, history=False, kind="csv"):
        """Write the ledger to an open binary file; return the number of rows. See `_iter_rows`.

        :param kind: csv or xlsx
        """
        rows, counted = self._iter_rows(company, history), count()
        write = {"csv": ledger_file.write_csv, "xlsx": ledger_file.write_xlsx}[kind]
        write(stream, (row for row, __ in zip(rows, counted, strict=False)))
        return next(counted)

    @api.model
    def _check_may_export(self, company):
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(
                self.env._("You do not work in %s: its ledger is not yours to export.", company.sudo().name)
            )
        for model in ("account.move.line", "account.payment", "res.partner", "credit.collection.debtor"):
            self.env[model].check_access("read")

    # === HELPERS === #

    @api.model
    def _iter_parts(self, scope):
        empty = dict.fromkeys(ledger_shape.COLUMNS, "")
        for part in PARTS:
            for row in self._stream(getattr(self, f"_sql_{part}")(**scope)):
                yield {**empty, **{name: ledger_shape.format(name, value) for name, value in row.items()}}

    @api.model
    def _stream(self, query):
        """Yield the query's rows as dictionaries, some thousand in memory at a time.

        A reader that stops early leaves the cursor to the end of the transaction.
        """
        # All rows will be read: a plan that is quick for the first tenth only takes minutes for the rest.
        self.env.cr.execute("SET LOCAL cursor_tuple_fraction = 1.0")
        cr, cursor = self.env.cr, SQL.identifier(f"credit_collection_ledger_{next(CURSORS)}")
        cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, query))
        while True:
            cr.execute(SQL("FETCH %s FROM %s", BATCH, cursor))
            rows = cr.dictfetchall()
            yield from rows
            if len(rows) < BATCH:
                break
        cr.execute(SQL("CLOSE %s", cursor))

    @api.model
    def _find_customers(self, company, partners, refs):
        """Return the ids of the customers given, and of those that have these references."""
        own = [int(ref[1:]) for ref in refs if ref[:1] == "P" and ref[1:].isdecimal() and len(ref) < 11]
        found = self.env.execute_query(
            SQL(
                """
                SELECT debtor.partner_id FROM credit_collection_debtor debtor
                 WHERE debtor.company_id = %(company)s AND debtor.external_ref = ANY(%(refs)s)
                 UNION
                SELECT partner.id FROM res_partner partner
                 WHERE partner.id = ANY(%(own)s) AND partner.commercial_partner_id = partner.id
                   AND NOT EXISTS (SELECT FROM credit_collection_debtor debtor
                                    WHERE debtor.partner_id = partner.id AND debtor.company_id = %(company)s
                                      AND debtor.external_ref IS NOT NULL)
                """,
                company=company.id,
                refs=list(refs),
                own=own,
            )
        )
        return [*(partners.commercial_partner_id.ids if partners else ()), *(id_ for (id_,) in found)]

    @api.model
    def _sql_ref(self):
        """The reference of a customer (``partner``, ``debtor``); without an external one, our own id."""
        return SQL("COALESCE(debtor.external_ref, 'P' || partner.id)")

    @api.model
    def _sql_sorted(self, query, *columns):
        """The query in an order that depends on nothing but the texts themselves."""
        order = SQL(", ").join(SQL('%s::text COLLATE "C"', SQL.identifier(column)) for column in columns)
        return SQL("SELECT * FROM (%s) AS sorted ORDER BY %s", query, order)
