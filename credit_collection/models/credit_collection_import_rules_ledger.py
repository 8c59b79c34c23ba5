from odoo import models
from odoo.tools import SQL

DOCUMENTS = SQL("row.record IN ('invoice', 'credit_note')")
PAYMENTS = SQL("row.record = 'payment'")
RESIDUAL = SQL("(row.data->>'residual')::numeric")
MOST_UNITS = 10**14
"""Smallest units (cents) that Odoo's floats still round to themselves; above, it finds its own entries unbalanced."""


class CreditCollectionImport(models.Model):
    """The rules of amounts, dates and of what names what."""

    _inherit = "credit.collection.import"

    # === AMOUNTS === #

    def _get_rules_amount(self):
        disputed = SQL("(row.data->>'disputed')::numeric")
        return [
            (self.env._("The amount must be greater than zero."), self._sql_where(SQL("row.amount <= 0"))),
            (
                self.env._("The open amount %(a)s must lie between zero and the amount %(b)s."),
                self._sql_where(SQL("%s NOT BETWEEN 0 AND row.amount", RESIDUAL), RESIDUAL, SQL("row.data->>'amount'")),
            ),
            (
                self.env._("The disputed amount %(a)s is more than what is open, %(b)s."),
                self._sql_where(
                    SQL("%s > COALESCE(%s, row.amount)", disputed, RESIDUAL),
                    SQL("row.data->>'disputed'"),
                    SQL("COALESCE(%s, row.amount)", RESIDUAL),
                ),
            ),
            *self._get_rules_currency(),
            (
                self.env._("The payments in this file settle %(a)s of %(b)s, but only %(c)s of it can be settled."),
                self._sql_exceeding(),
            ),
        ]

    def _get_rules_currency(self):
        return [
            (
                self.env._("There is no active currency “%(a)s” in Odoo."),
                self._sql_where(
                    SQL(
                        """row.amount IS NOT NULL AND NOT EXISTS (
                           SELECT FROM res_currency WHERE active AND name = row.currency)"""
                    ),
                    SQL("row.currency"),
                ),
            ),
            (
                self.env._("Odoo has no exchange rate of %(a)s."),
                self._sql_where(self._sql_no_rate(), SQL("row.currency")),
            ),
            (
                self.env._("%(a)s has more decimals than %(b)s has."),
                SQL(
                    """SELECT row.id, row.data->>'amount', currency.name, NULL
                         FROM credit_collection_import_row row
                         JOIN res_currency currency ON currency.name = row.currency
                        WHERE row.import_id = %s AND currency.rounding > 0
                          AND (row.amount %% currency.rounding <> 0 OR %s %% currency.rounding <> 0)""",
                    self.id,
                    RESIDUAL,
                ),
            ),
            (
                self.env._("%(a)s is too large: Odoo counts %(b)s exactly only below %(c)s."),
                SQL(
                    """SELECT row.id, row.data->>'amount', currency.name, ROUND(currency.rounding * %(units)s)
                         FROM credit_collection_import_row row
                         JOIN res_currency currency ON currency.name = row.currency
                        WHERE row.import_id = %(import_id)s AND row.amount >= currency.rounding * %(units)s""",
                    units=MOST_UNITS,
                    import_id=self.id,
                ),
            ),
        ]

    def _sql_no_rate(self):
        return SQL(
            """row.currency <> %s AND NOT EXISTS (
               SELECT FROM res_currency_rate rate JOIN res_currency currency ON currency.id = rate.currency_id
                WHERE currency.name = row.currency AND (rate.company_id IS NULL OR rate.company_id = %s))""",
            self.company_id.currency_id.name,
            self.company_id.root_id.id,
        )

    def _sql_exceeding(self):
        """New payments that name a document, when together they exceed what of it is not to stay open.

        A document in the books can be settled up to its residual; a new one up to its amount, less what the file says
        is open.
        """
        return SQL(
            """
            WITH room AS (
                SELECT row.number, SUM(row.amount - COALESCE(%(residual)s, 0)) AS amount
                  FROM credit_collection_import_row row
                 WHERE row.import_id = %(import_id)s AND row.record = 'invoice' AND row.move_id IS NULL
              GROUP BY row.number
                 UNION ALL
                SELECT known.name, SUM(line.amount_residual_currency)
                  FROM (%(known)s) AS known
                  JOIN account_move_line line ON line.move_id = known.id AND line.parent_state = 'posted'
                  JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
              GROUP BY known.id, known.name
            ), taken AS (
                SELECT row.number, SUM(row.amount) AS amount
                  FROM credit_collection_import_row row
                 WHERE row.import_id = %(import_id)s AND row.record = 'payment' AND row.move_id IS NULL
              GROUP BY row.number
            )
            SELECT row.id, ROUND(taken.amount, 2), row.number, ROUND(room.amount, 2)
              FROM credit_collection_import_row row
              JOIN taken ON taken.number = row.number
              JOIN room ON room.number = row.number AND taken.amount > room.amount
             WHERE row.import_id = %(import_id)s AND row.record = 'payment' AND row.move_id IS NULL
            """,
            residual=RESIDUAL,
            import_id=self.id,
            known=self._sql_known(),
        )

    def _sql_known(self):
        """The documents in the books that rows of this file name, one per number."""
        return SQL(
            """
            SELECT DISTINCT ON (move.name) move.id, move.name, move.move_type, move.commercial_partner_id,
                   move.currency_id
              FROM account_move move
             WHERE move.company_id = %(company)s AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND move.name IN (
                   SELECT number FROM credit_collection_import_row WHERE import_id = %(import_id)s
                    UNION SELECT data->>'reverses' FROM credit_collection_import_row WHERE import_id = %(import_id)s)
          ORDER BY move.name, move.collection_import_id NULLS LAST, move.id
            """,
            company=self.company_id.id,
            import_id=self.id,
        )

    # === DATES === #

    def _get_rules_date(self):
        sale, bank = self._get_lock_date("sale"), self._get_lock_date("bank")
        today = self.company_id._get_collection_today()
        rules = [
            (
                self.env._("It is due on %(a)s, before its own date %(b)s."),
                self._sql_where(
                    SQL("row.due_date < (row.data->>'invoice_date')::date"),
                    SQL("row.due_date"),
                    SQL("row.data->>'invoice_date'"),
                ),
            )
        ]
        for column, lock in (("invoice_date", sale), ("payment_date", bank), ("settled_date", bank)):
            date = SQL("row.data->>%s", column)
            rules.append(
                (
                    self.env._("The books are closed until %(b)s: %(a)s cannot be booked any more."),
                    self._sql_where(SQL("(%s)::date <= %s AND row.move_id IS NULL", date, lock), date, SQL("%s", lock)),
                )
            )
        for column in ("payment_date", "settled_date"):
            date = SQL("row.data->>%s", column)
            rules.append(
                (
                    self.env._("%(a)s lies in the future: nothing has been paid by then that the books could hold."),
                    self._sql_where(SQL("(%s)::date > %s AND row.move_id IS NULL", date, today), date),
                )
            )
        return rules

    # === REFERENCES === #

    def _get_rules_reference(self):
        rules = [
            (
                self.env._("“/” is no number: Odoo writes it where a document has none yet."),
                self._sql_where(SQL("row.number = '/' OR row.payment_ref = '/'")),
            )
        ]
        for scope, key in (
            (PAYMENTS, SQL("row.number")),
            (SQL("row.record = 'credit_note'"), SQL("row.data->>'reverses'")),
        ):
            rules += [
                (
                    self.env._("Invoice %(a)s is neither in this file nor in Odoo."),
                    self._sql_where(
                        SQL(
                            "%s AND row.move_id IS NULL AND %s IS NOT NULL"
                            " AND NOT EXISTS (SELECT FROM (%s) AS target WHERE target.number = %s)",
                            scope,
                            key,
                            self._sql_targets(),
                            key,
                        ),
                        key,
                    ),
                ),
                (
                    self.env._("Invoice %(a)s is of another customer or currency."),
                    SQL(
                        """SELECT row.id, %(key)s, NULL, NULL FROM credit_collection_import_row row
                             JOIN (%(targets)s) AS target ON target.number = %(key)s
                            WHERE row.import_id = %(import_id)s AND %(scope)s AND row.move_id IS NULL
                              AND (target.currency <> row.currency
                                   OR target.customer_ref <> row.customer_ref
                                   OR target.partner_id <> row.partner_id)""",
                        key=key,
                        targets=self._sql_targets(),
                        scope=scope,
                        import_id=self.id,
                    ),
                ),
            ]
        return rules

    def _sql_targets(self):
        """Invoices that may be paid or reversed: those of the file, and those in the books."""
        return SQL(
            """
            SELECT DISTINCT invoice.number, invoice.currency, invoice.customer_ref, NULL::int AS partner_id
              FROM credit_collection_import_row invoice
             WHERE invoice.import_id = %(import_id)s AND invoice.record = 'invoice' AND invoice.number IS NOT NULL
               AND invoice.move_id IS NULL
             UNION ALL
            SELECT known.name, currency.name, NULL, known.commercial_partner_id
              FROM (%(known)s) AS known JOIN res_currency currency ON currency.id = known.currency_id
            """,
            import_id=self.id,
            known=self._sql_known(),
        )
