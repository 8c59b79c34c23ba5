import time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CreditCollectionImport(models.Model):
    """What is wrong with the rows, found set-based, and told in words beside each row."""

    _inherit = "credit.collection.import"

    # === BUSINESS METHODS === #

    def _check(self):
        """Say of each row whether it is new, the same, in conflict or wrong. Nothing is booked.

        :return: ``{status: number of rows}``
        """
        self.ensure_one()
        self._check_may_import()
        started = time.monotonic()
        if not self.account_id:
            raise UserError(self.env._("Choose the counterpart account first."))
        self.env.flush_all()
        self._match_customers()
        self._match_documents()
        for text, found in self._get_rules():
            self._mark_wrong(text, found)
        while self._mark_wrong(self.env._("Line %(a)s, on which this row rests, is wrong."), self._sql_dependents()):
            pass
        self._mark_first_of_customer()
        self._compare()
        self.env.invalidate_all()
        seconds = self.seconds_check + time.monotonic() - started
        self._update_state(("draft", "checked"), "checked", seconds_check=seconds, user_id=self.env.uid)
        return self._count_rows()

    def _count_rows(self):
        groups = self.env["credit.collection.import.row"]._read_group(
            [("import_id", "=", self.id)], ["status"], ["__count"]
        )
        return dict(groups)

    def _mark_wrong(self, text, found):
        """Flag the rows that ``found`` selects.

        :param text: the reason, with the places %(a)s, %(b)s and %(c)s
        :param found: a query of the columns id, a, b, c
        :return: how many rows were not wrong before
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row AS target
                   SET status = 'wrong',
                       message = concat_ws(E'\n', target.message, replace(replace(replace(%(text)s,
                           '%%(a)s', COALESCE(found.a, '')), '%%(b)s', COALESCE(found.b, '')),
                           '%%(c)s', COALESCE(found.c, '')))
                  FROM (SELECT DISTINCT ON (id) id, a::text, b::text, c::text FROM (%(found)s) AS rows (id, a, b, c)
                      ORDER BY id, 2, 3, 4) AS found
                 WHERE target.id = found.id AND target.import_id = %(import_id)s
                """,
                text=text,
                found=found,
                import_id=self.id,
            )
        )
        return self.env.cr.rowcount

    # === MATCHING === #

    def _match_customers(self):
        """Find each row's customer: by external reference, our own fallback for it, the partner's reference, VAT."""
        own = SQL(
            """SELECT debtor.external_ref, debtor.partner_id FROM credit_collection_debtor debtor
                WHERE debtor.company_id = %s AND debtor.external_ref IS NOT NULL""",
            self.company_id.id,
        )
        fallback = SQL(
            """SELECT 'P' || debtor.partner_id, debtor.partner_id FROM credit_collection_debtor debtor
                WHERE debtor.company_id = %s AND debtor.external_ref IS NULL""",
            self.company_id.id,
        )
        reference, vat = SQL("row.customer_ref"), SQL("row.data->>'vat'")
        sources = [(own, reference), (fallback, reference)]
        sources += [(self._sql_partners_by("ref"), reference), (self._sql_partners_by("vat"), vat)]
        for source, key in sources:
            self.env.cr.execute(
                SQL(
                    """
                    WITH source (key, partner_id) AS MATERIALIZED (%(source)s), found AS MATERIALIZED (
                        SELECT row.customer_ref, MIN(source.partner_id) AS partner_id
                          FROM credit_collection_import_row row JOIN source ON source.key = %(key)s
                         WHERE row.import_id = %(import_id)s AND row.partner_id IS NULL
                      GROUP BY row.customer_ref)
                    UPDATE credit_collection_import_row AS target SET partner_id = found.partner_id
                      FROM found
                     WHERE target.import_id = %(import_id)s AND target.customer_ref = found.customer_ref
                    """,
                    source=source,
                    key=key,
                    import_id=self.id,
                )
            )

    def _sql_partners_by(self, name):
        """Customers that have no external reference in this company and can be told by their ``name`` field.

        A VAT number of "/" or "none" tells nobody from anybody, nor does the number that another company's import gave.
        """
        column = SQL.identifier("partner", name)
        telling = {
            "vat": SQL("AND partner.vat ~ '[0-9].*[0-9].*[0-9].*[0-9]'"),
            "ref": SQL("AND partner.collection_import_id IS NULL"),
        }[name]
        return SQL(
            """SELECT %(column)s, partner.id FROM res_partner partner
                WHERE %(column)s <> '' %(telling)s AND partner.active AND partner.commercial_partner_id = partner.id
                  AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                  AND NOT EXISTS (SELECT FROM credit_collection_debtor debtor
                                   WHERE debtor.partner_id = partner.id AND debtor.company_id = %(company)s
                                     AND debtor.external_ref IS NOT NULL)""",
            column=column,
            telling=telling,
            company=self.company_id.id,
        )

    def _match_documents(self):
        """Find the documents and payments that are in the books already."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row AS row SET move_id = found.id
                  FROM (SELECT DISTINCT ON (name) name, id FROM account_move
                         WHERE company_id = %(company)s AND state = 'posted'
                           AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                      ORDER BY name, collection_import_id NULLS LAST, id) AS found
                 WHERE row.import_id = %(import_id)s AND row.record IN ('invoice', 'credit_note')
                   AND row.number = found.name
                """,
                company=self.company_id.id,
                import_id=self.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row AS row SET move_id = found.move_id
                  FROM (SELECT DISTINCT ON (1) COALESCE(collection_external_ref, name) AS key, move_id
                          FROM account_payment
                         WHERE company_id = %(company)s AND state IN ('in_process', 'paid') AND move_id IS NOT NULL
                      ORDER BY 1, id) AS found
                 WHERE row.import_id = %(import_id)s AND row.record = 'payment' AND row.payment_ref = found.key
                """,
                company=self.company_id.id,
                import_id=self.id,
            )
        )

    def _mark_first_of_customer(self):
        """A customer is made, and compared, by the first good row that names it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row SET names_customer = TRUE
                 WHERE id IN (SELECT DISTINCT ON (customer_ref) id FROM credit_collection_import_row
                               WHERE import_id = %s AND status <> 'wrong' ORDER BY customer_ref, line, id)
                """,
                self.id,
            )
        )

    def _sql_dependents(self):
        """Rows that are good themselves but rest on one that is wrong, with that one's line.

        The other rows of a document or payment, and what names a document that is not in the books.
        """
        return SQL(
            """
            SELECT row.id, wrong.line, NULL, NULL
              FROM credit_collection_import_row wrong
              JOIN credit_collection_import_row row ON row.import_id = wrong.import_id AND row.status <> 'wrong'
                   AND (wrong.number = row.number OR wrong.number = row.data->>'reverses')
             WHERE wrong.import_id = %(import_id)s AND wrong.status = 'wrong'
               AND wrong.record IN ('invoice', 'credit_note') AND wrong.move_id IS NULL
             UNION ALL
            SELECT row.id, wrong.line, NULL, NULL
              FROM credit_collection_import_row wrong
              JOIN credit_collection_import_row row ON row.import_id = wrong.import_id AND row.status <> 'wrong'
                   AND wrong.payment_ref = row.payment_ref
             WHERE wrong.import_id = %(import_id)s AND wrong.status = 'wrong' AND wrong.record = 'payment'
            """,
            import_id=self.id,
        )

    def _get_lock_date(self, journal_type):
        """Return the last day on which the books are closed for this user."""
        kind = self.env["account.journal"].new({"type": journal_type, "company_id": self.company_id.id})
        lock = self.company_id._get_user_fiscal_lock_date(kind)
        return max(lock, fields.Date.to_date("1900-01-01"))
