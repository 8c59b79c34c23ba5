from odoo import models
from odoo.tools import SQL

DOCUMENTS = SQL("row.record IN ('invoice', 'credit_note')")


class CreditCollectionImport(models.Model):
    """The rules that a row must keep, each a text and the query of the rows that break it."""

    _inherit = "credit.collection.import"

    def _get_rules(self):
        """Return ``[(text, query of id, a, b, c)]``; the text's places %(a)s, %(b)s and %(c)s are filled."""
        return [
            *self._get_rules_customer(),
            *self._get_rules_unique(),
            *self._get_rules_amount(),
            *self._get_rules_date(),
            *self._get_rules_reference(),
        ]

    def _sql_where(self, condition, a=None, b=None, c=None):
        """The rows of this import for which ``condition`` holds."""
        return SQL(
            "SELECT row.id, %s, %s, %s FROM credit_collection_import_row row WHERE row.import_id = %s AND (%s)",
            a or SQL("NULL"), b or SQL("NULL"), c or SQL("NULL"), self.id, condition,
        )  # fmt: skip

    # === CUSTOMERS === #

    def _get_rules_customer(self):
        country, language = SQL("row.data->>'country'"), SQL("row.data->>'language'")
        collector = SQL("row.data->>'collector'")
        return [
            (
                self.env._("Several customers in Odoo have the reference or VAT number of %(a)s."),
                self._sql_ambiguous(),
            ),
            (
                self.env._("%(a)s is %(b)s here, but %(c)s in the file: name customers by a reference of your own."),
                self._sql_strangers(),
            ),
            (
                self.env._(
                    "%(a)s and %(b)s are one customer in Odoo, %(c)s: give them one reference, or other VAT numbers."
                ),
                self._sql_same_customer(),
            ),
            (
                self.env._("There is no country “%(a)s” in Odoo."),
                self._sql_where(SQL("%s IS NOT NULL AND NOT EXISTS (%s)", country, self._sql_country()), country),
            ),
            (
                self.env._(
                    "Language “%(a)s” is not installed here: install it in the settings, or leave the column out."
                ),
                self._sql_where(SQL("%s IS NOT NULL AND NOT EXISTS (%s)", language, self._sql_language()), language),
            ),
            (
                self.env._("Nobody who may work in this company has the login “%(a)s”."),
                self._sql_where(SQL("%s IS NOT NULL AND NOT EXISTS (%s)", collector, self._sql_collector()), collector),
            ),
            *self._get_rules_channel(),
        ]

    def _get_rules_channel(self):
        channels = [code for code, __ in self.env["credit.collection.debtor"]._get_preferable_channels()]
        closable = [code for code, __ in self.env["credit.collection.channel"]._get_selection()]
        preferred = SQL("row.data->>'preferred_channel'")
        unknown = SQL(
            """(SELECT string_agg(code, ', ') FROM unnest(string_to_array(row.data->>'opt_outs', ';')) AS code
                 WHERE trim(code) <> '' AND trim(code) NOT IN %s)""",
            tuple(closable),
        )
        return [
            (
                self.env._("There is no channel “%(a)s” to prefer; there are: %(b)s."),
                self._sql_where(
                    SQL("%s NOT IN %s", preferred, tuple(channels)), preferred, SQL("%s", ", ".join(channels))
                ),
            ),
            (
                self.env._("There is no channel “%(a)s” to close; there are: %(b)s."),
                self._sql_where(SQL("%s IS NOT NULL", unknown), unknown, SQL("%s", ", ".join(closable))),
            ),
        ]

    def _sql_country(self):
        return SQL(
            """SELECT FROM res_country country
                WHERE country.code = upper(row.data->>'country') OR lower(row.data->>'country') IN
                      (SELECT lower(name) FROM jsonb_each_text(country.name) AS names (lang, name))"""
        )

    def _sql_language(self):
        return SQL(
            """SELECT FROM res_lang lang
                WHERE lang.active AND (lang.code = row.data->>'language' OR lang.iso_code = row.data->>'language'
                      OR split_part(lang.code, '_', 1) = row.data->>'language')"""
        )

    def _sql_collector(self):
        return SQL(
            """SELECT FROM res_users users
                 JOIN res_company_users_rel rel ON rel.user_id = users.id AND rel.cid = %s
                WHERE users.active AND users.share IS NOT TRUE AND users.login = row.data->>'collector'""",
            self.company_id.id,
        )

    def _sql_ambiguous(self):
        """Rows whose customer would be found by reference or VAT, if only there were not two."""
        found = [
            SQL(
                """SELECT row.id, row.customer_ref, NULL, NULL
                     FROM credit_collection_import_row row
                     JOIN (SELECT key FROM (%s) AS source (key, id) GROUP BY key HAVING COUNT(*) > 1) AS twice
                       ON twice.key = %s
                    WHERE row.import_id = %s AND NOT EXISTS (
                          SELECT FROM credit_collection_debtor debtor WHERE debtor.company_id = %s
                             AND debtor.partner_id = row.partner_id AND debtor.external_ref = row.customer_ref)""",
                self._sql_partners_by(name),
                key,
                self.id,
                self.company_id.id,
            )
            for name, key in (("ref", SQL("row.customer_ref")), ("vat", SQL("row.data->>'vat'")))
        ]
        return SQL(" UNION ALL ").join(found)

    def _sql_strangers(self):
        """Rows of a customer found by our fallback, P and the id, whose name shows that it is another database's."""
        return SQL(
            """
            SELECT row.id, stranger.customer_ref, stranger.here, stranger.there
              FROM (SELECT DISTINCT ON (row.customer_ref) row.customer_ref, partner.name AS here,
                           row.data->>'customer_name' AS there
                      FROM credit_collection_import_row row
                      JOIN res_partner partner ON partner.id = row.partner_id
                      JOIN credit_collection_debtor debtor ON debtor.partner_id = partner.id
                           AND debtor.company_id = %(company)s AND debtor.external_ref IS NULL
                     WHERE row.import_id = %(import_id)s AND row.customer_ref = 'P' || partner.id
                       AND lower(trim(row.data->>'customer_name')) <> lower(trim(partner.name))
                  ORDER BY row.customer_ref, row.line) AS stranger
              JOIN credit_collection_import_row row ON row.customer_ref = stranger.customer_ref
                   AND row.import_id = %(import_id)s
            """,
            company=self.company_id.id,
            import_id=self.id,
        )

    def _sql_same_customer(self):
        """Rows of different references that were found to be one customer: a file has one reference."""
        return SQL(
            """
            SELECT row.id, twice.first, twice.last, partner.name
              FROM (SELECT partner_id, MIN(customer_ref) AS first, MAX(customer_ref) AS last
                      FROM credit_collection_import_row
                     WHERE import_id = %(import_id)s AND partner_id IS NOT NULL
                  GROUP BY partner_id
                    HAVING COUNT(DISTINCT customer_ref) > 1) AS twice
              JOIN credit_collection_import_row row
                ON row.partner_id = twice.partner_id AND row.import_id = %(import_id)s
              JOIN res_partner partner ON partner.id = twice.partner_id
            """,
            import_id=self.id,
        )

    # === ONCE IN THE FILE === #

    def _get_rules_unique(self):
        return [
            (
                self.env._("Line %(a)s is about the same customer."),
                self._sql_repeated(SQL("row.record = 'customer'"), SQL("row.customer_ref")),
            ),
            (
                self.env._("Line %(a)s is about the same contact."),
                self._sql_repeated(SQL("row.record = 'contact'"), SQL("row.customer_ref, row.contact_ref")),
            ),
            (
                self.env._("Line %(a)s has the same number and due date."),
                self._sql_repeated(DOCUMENTS, SQL("row.number, row.due_date")),
            ),
            (
                self.env._("Line %(a)s has the same payment and invoice."),
                self._sql_repeated(SQL("row.record = 'payment'"), SQL("row.payment_ref, COALESCE(row.number, '')")),
            ),
            (
                self.env._("Line %(a)s has the same number, but another customer, date, currency or kind."),
                self._sql_unlike(
                    DOCUMENTS,
                    SQL("row.number"),
                    SQL(
                        "ROW(row.record, row.customer_ref, row.data->>'invoice_date', COALESCE(row.currency, ''))::text"
                    ),
                ),
            ),
            (
                self.env._("Line %(a)s is of the same payment, but has another customer, date or currency."),
                self._sql_unlike(
                    SQL("row.record = 'payment'"),
                    SQL("row.payment_ref"),
                    SQL("ROW(row.customer_ref, row.data->>'payment_date', COALESCE(row.currency, ''))::text"),
                ),
            ),
        ]

    def _sql_repeated(self, scope, key):
        """Rows with the same key as an earlier one, and the first one's line."""
        return SQL(
            """SELECT id, first, NULL, NULL
                 FROM (SELECT row.id, row.line, MIN(row.line) OVER (PARTITION BY %(key)s) AS first
                         FROM credit_collection_import_row row
                        WHERE row.import_id = %(import_id)s AND %(scope)s) AS numbered
                WHERE line > first""",
            key=key,
            scope=scope,
            import_id=self.id,
        )

    def _sql_unlike(self, scope, key, facts):
        """Rows of one key that do not agree with the first on ``facts``, and the first one's line."""
        return SQL(
            """SELECT id, first_line, NULL, NULL
                 FROM (SELECT row.id, %(facts)s AS facts, FIRST_VALUE(%(facts)s) OVER same AS first,
                              FIRST_VALUE(row.line) OVER same AS first_line
                         FROM credit_collection_import_row row
                        WHERE row.import_id = %(import_id)s AND %(scope)s
                       WINDOW same AS (PARTITION BY %(key)s ORDER BY row.line, row.id)) AS compared
                WHERE facts <> first""",
            key=key,
            facts=facts,
            scope=scope,
            import_id=self.id,
        )
