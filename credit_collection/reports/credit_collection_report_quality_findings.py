from odoo import api, models
from odoo.tools import SQL

# The finding for a channel that a step asks for and no contact can be reached by. Who takes WhatsApp has a mobile, too.
UNREACHABLE = {
    "email": ("no_email", "email"),
    "sms": ("no_mobile", "sms"),
    "whatsapp": ("no_mobile", "sms"),
    "letter": ("no_postal", "letter"),
    "phone": ("no_phone", "phone"),
}
# Left out when names are compared: how the company was founded says nothing about who it is.
LEGAL_FORMS = "sarl|sas|sasu|eurl|sa|gmbh|ag|kg|ohg|ltd|limited|llc|inc|plc|bv|nv|srl|spa|sprl|sl"


class CreditCollectionReportQuality(models.Model):
    """The findings as SQL: named parts that they share, then one query for each kind."""

    _inherit = "credit.collection.report.quality"

    @api.model
    def _get_parts(self, company):
        """Return ``(name, query)`` pairs; the first are the items and the debtors that all others ask about."""
        planner = self.env["credit.collection.planner"]
        return [
            ("item", self._sql_item(company)),
            ("opened", self._sql_opened()),
            ("file", self._sql_file(company)),
            ("contact", self._sql_contact()),
            ("book", planner._sql_book(company, None)),
            ("wanted", self._sql_wanted()),
            ("twin", self._sql_twin(company)),
        ]

    @api.model
    def _get_findings(self, company):
        """Return the queries whose rows are findings; each has the columns of :meth:`_sql_finding`."""
        return [
            self._sql_unreachable(),
            *self._get_contact_findings(),
            *self._get_file_findings(company),
            self._sql_no_text(company),
            *self._get_item_findings(),
            self._sql_duplicates(),
        ]

    # === PARTS === #

    @api.model
    def _sql_item(self, company):
        """Open debit items on trade accounts."""
        return SQL(
            """
            SELECT item.id, item.move_id, item.partner_id, item.debtor_id, item.amount_residual, item.number
              FROM (%s) AS item
             WHERE item.residual > 0 AND NOT item.non_trade
            """,
            self.env["credit.collection.planner"]._sql_ledger(company),
        )

    @api.model
    def _sql_opened(self):
        return SQL(
            """
            SELECT debtor_id, COUNT(*) AS items, SUM(amount_residual) AS amount
              FROM item
             WHERE debtor_id IS NOT NULL
          GROUP BY debtor_id
            """
        )

    @api.model
    def _sql_file(self, company):
        """The debtors with open items: who reads what we write to them, and the scenario they are in."""
        return SQL(
            """
            SELECT opened.debtor_id, opened.items, debtor.partner_id, debtor.payer_id, debtor.contact_id,
                   COALESCE(payer.commercial_partner_id, debtor.partner_id) AS payer,
                   COALESCE(debtor.contact_id, debtor.payer_id, debtor.partner_id) AS reader_id,
                   COALESCE(debtor.scenario_id, profile.scenario_id, %s::int) AS scenario_id
              FROM opened
              JOIN credit_collection_debtor debtor ON debtor.id = opened.debtor_id
         LEFT JOIN res_partner payer ON payer.id = debtor.payer_id
         LEFT JOIN credit_collection_profile profile ON profile.id = debtor.profile_id AND profile.active
            """,
            company.collection_scenario_id.id or None,
        )

    @api.model
    def _sql_contact(self):
        """Those whom a step may write to, as in section 5 of docs/rules.md."""
        return SQL(
            """
            SELECT file.debtor_id, contact.id, contact.email, contact.email_normalized, contact.phone,
                   contact.phone_sanitized, contact.collection_bounced_email, contact.collection_bounced_phone,
                   contact.collection_role
              FROM file
              JOIN res_partner contact ON contact.commercial_partner_id = file.payer
             WHERE contact.active
               AND (contact.id IN (file.payer, file.payer_id, file.contact_id) OR contact.type = 'invoice'
                    OR contact.collection_role IS NOT NULL)
            """
        )

    @api.model
    def _sql_wanted(self):
        """The channels that a debtor's steps ask for; who has no scenario yet is at least written to."""
        channels = SQL(", ").join(SQL("(%s, %s, %s)", code, kind, asked) for code, (kind, asked) in UNREACHABLE.items())
        return SQL(
            """
            SELECT file.debtor_id, file.reader_id, ladder.kind, ladder.channel, ladder.formal
              FROM file
              JOIN (SELECT step.scenario_id, way.kind, way.channel, BOOL_OR(step.tone = 'formal') AS formal
                      FROM credit_collection_scenario_step step
                      JOIN (VALUES %s) AS way (code, kind, channel) ON way.code = step.channel
                  GROUP BY step.scenario_id, way.kind, way.channel) AS ladder
                ON ladder.scenario_id = file.scenario_id
         UNION ALL
            SELECT debtor_id, reader_id, 'no_email', 'email', FALSE FROM file WHERE scenario_id IS NULL
            """,
            channels,
        )

    @api.model
    def _sql_twin(self, company):
        """Customers that look like the same one: not a head office and its branches, nor who pays for each other."""
        return SQL(
            """
            SELECT alike.kind, alike.key, MIN(opened.debtor_id) AS debtor_id,
                   STRING_AGG(DISTINCT alike.name, ', ') AS names,
                   STRING_AGG(alike.partner_id::text, ',' ORDER BY alike.partner_id) AS twins
              FROM (
                  SELECT debtor.id AS debtor_id, partner.id AS partner_id, partner.name, same.kind, same.key,
                         COALESCE(payer.commercial_partner_id, partner.parent_id, partner.id) AS family
                    FROM credit_collection_debtor debtor
                    JOIN res_partner partner ON partner.id = debtor.partner_id AND partner.active
               LEFT JOIN res_partner payer ON payer.id = debtor.payer_id
              CROSS JOIN LATERAL (VALUES
                         ('same_vat', REGEXP_REPLACE(UPPER(partner.vat), '[^[:alnum:]]', '', 'g')),
                         ('same_name', NULLIF(REGEXP_REPLACE(REGEXP_REPLACE(LOWER(partner.name), %(forms)s, '', 'g'),
                                                             '[^[:alnum:]]', '', 'g'), '')
                                       || '/' || REPLACE(COALESCE(partner.zip, ''), ' ', '')),
                         ('same_email', partner.email_normalized)) AS same (kind, key)
                   WHERE debtor.company_id = %(company)s AND same.key <> '') AS alike
         LEFT JOIN opened ON opened.debtor_id = alike.debtor_id
          GROUP BY alike.kind, alike.key
            HAVING COUNT(DISTINCT alike.family) > 1 AND COUNT(opened.debtor_id) > 0
            """,
            company=company.id,
            forms=rf"\m({LEGAL_FORMS})\M",
        )

    # === FINDINGS === #

    @api.model
    def _sql_finding(self, kind, severity, source, *, record="debtor_id", partner="NULL", move="NULL", detail="NULL",
                     debtor="debtor_id"):  # fmt: skip
        """Return the finding ``kind`` for each row of ``source``; the columns are names of its columns, never input."""
        return SQL(
            "SELECT %s::varchar AS kind, %s::varchar AS severity, %s AS record_id, %s::int AS debtor_id,"
            " %s::int AS partner_id, %s::int AS move_id, %s::varchar AS detail, NULL::varchar AS twins FROM %s",
            kind,
            severity,
            *(SQL(column) for column in (record, debtor, partner, move, detail)),
            source,
        )

    @api.model
    def _sql_unreachable(self):
        """Blocks when no other channel may take the place of the missing one, or there is none at all.

        What is wanted and what can be used are put one below the other and counted: joined, they would be compared each
        with each, for nobody can tell beforehand how many they are.
        """
        substitutes = tuple(way._code for way in self.env["credit.collection.channel"]._get_all() if way._substitute)
        return SQL(
            """
            SELECT kind, CASE WHEN formal OR NOT reachable THEN 'blocks' ELSE 'warns' END, debtor_id, debtor_id,
                   reader_id, NULL, NULL, NULL
              FROM (
                  SELECT debtor_id, MIN(kind) AS kind, BOOL_OR(formal) AS formal, MIN(reader_id) AS reader_id,
                         BOOL_OR(usable) AS usable,
                         BOOL_OR(BOOL_OR(usable AND channel IN %s)) OVER (PARTITION BY debtor_id) AS reachable
                    FROM (
                        SELECT debtor_id, channel, kind, formal, reader_id, FALSE AS usable FROM wanted
                     UNION ALL
                        SELECT debtor_id, channel, NULL, NULL, NULL, TRUE FROM book) AS way
                GROUP BY debtor_id, channel) AS asked
             WHERE kind IS NOT NULL AND NOT usable
            """,
            substitutes or ("",),
        )

    @api.model
    def _get_contact_findings(self):
        """Return what is wrong with a contact: the one with the lowest id for each debtor."""
        conditions = {
            "bad_email": ("email", SQL("email <> '' AND COALESCE(email_normalized, '') = ''")),
            "bounced_email": ("email_normalized", SQL("collection_bounced_email = email_normalized")),
            "bad_phone": ("phone", SQL("phone <> '' AND COALESCE(phone_sanitized, '') = ''")),
            "bounced_phone": ("phone_sanitized", SQL("collection_bounced_phone = phone_sanitized")),
        }
        return [
            self._sql_finding(
                kind,
                "warns",
                SQL(
                    "(SELECT DISTINCT ON (debtor_id) * FROM contact WHERE %s ORDER BY debtor_id, id) AS wrong",
                    condition,
                ),
                partner="id",
                detail=column,
            )
            for kind, (column, condition) in conditions.items()
        ]

    @api.model
    def _get_file_findings(self, company):
        no_kind = SQL("file JOIN res_partner partner ON partner.id = partner_id WHERE partner.collection_kind IS NULL")
        no_language = SQL("file JOIN res_partner reader ON reader.id = reader_id WHERE COALESCE(reader.lang, '') = ''")
        no_payables = SQL(
            """file JOIN res_partner partner ON partner.id = partner_id
              WHERE partner.collection_kind IN ('business', 'public') AND items > %s AND contact_id IS NULL
                AND file.debtor_id NOT IN (SELECT debtor_id FROM contact WHERE collection_role = 'payables')""",
            company.collection_payables_items,
        )
        return [
            self._sql_finding("no_kind", "warns", no_kind, partner="partner.id"),
            self._sql_finding("no_language", "warns", no_language, partner="reader_id"),
            self._sql_finding("no_payables", "warns", no_payables, partner="partner.id", detail="items"),
        ]

    @api.model
    def _sql_no_text(self, company):
        pairs = self._get_missing_texts(company) or [(0, "")]
        source = SQL(
            """(SELECT DISTINCT file.debtor_id, file.reader_id, reader.lang
                  FROM file
                  JOIN res_partner reader ON reader.id = file.reader_id
                  JOIN credit_collection_scenario_step step ON step.scenario_id = file.scenario_id
                  JOIN (VALUES %s) AS missing (template_id, lang)
                    ON missing.template_id = step.template_id AND missing.lang = reader.lang) AS silent""",
            SQL(", ").join(SQL("(%s, %s)", template_id, lang) for template_id, lang in pairs),
        )
        return self._sql_finding("no_text", "warns", source, partner="reader_id", detail="lang")

    @api.model
    def _get_missing_texts(self, company):
        """Return the ``(text, language)`` pairs of steps and installed languages that cannot be sent whole."""
        parts = {way._code: way._part or "script" for way in self.env["credit.collection.channel"]._get_all()}
        steps = self.env["credit.collection.scenario.step"].sudo()
        used = steps.search([("scenario_id.company_id", "in", (False, company.id)), ("template_id", "!=", False)])
        sent = {(step.template_id, parts.get(step.channel, "body")) for step in used}
        languages = [code for code, __ in self.env["res.lang"].get_installed() if not code.startswith("en")]
        return list(
            {
                (template.id, lang)
                for template, part in sent
                for lang in languages
                if template[part] and not template._speaks(lang, part)
            }
        )

    @api.model
    def _get_item_findings(self):
        columns = {"record": "move_id", "debtor": "debtor_id", "move": "move_id", "detail": "number"}
        by_move = "GROUP BY item.move_id, item.number"
        return [
            self._sql_finding(kind, severity, source, **columns)
            for kind, severity, source in (
                (
                    "no_partner",
                    "blocks",
                    SQL("(SELECT move_id, number, NULL::int AS debtor_id FROM item WHERE partner_id IS NULL %s) AS one",
                        SQL(by_move)),
                ),
                (
                    "no_due_date",
                    "warns",
                    SQL("(SELECT item.move_id, item.number, MIN(item.debtor_id) AS debtor_id FROM item"
                        " JOIN account_move_line line ON line.id = item.id"
                        " WHERE line.date_maturity IS NULL %s) AS one", SQL(by_move)),
                ),
                (
                    "never_sent",
                    "blocks",
                    SQL("(SELECT item.move_id, item.number, MIN(item.debtor_id) AS debtor_id FROM item"
                        " JOIN account_move move ON move.id = item.move_id"
                        " WHERE move.move_type IN ('out_invoice', 'out_receipt')"
                        " AND move.is_move_sent IS NOT TRUE %s) AS one", SQL(by_move)),
                ),
            )
        ]  # fmt: skip

    @api.model
    def _sql_duplicates(self):
        return SQL(
            """
            SELECT twin.kind, 'warns', twin.debtor_id, twin.debtor_id, debtor.partner_id, NULL, twin.names, twin.twins
              FROM twin
              JOIN credit_collection_debtor debtor ON debtor.id = twin.debtor_id
            """
        )
