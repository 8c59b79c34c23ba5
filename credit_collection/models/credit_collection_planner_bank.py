from odoo import api, models
from odoo.tools import SQL

# Words of a label that are read together as one number: "INV 2026 00012" is written in many ways.
LONGEST_NUMBER = 6


class CreditCollectionPlannerBank(models.AbstractModel):
    """Named parts of the planner that read the bank: whose the money is that nobody has allocated, and what it is for.

    They look at the whole company, whichever debtors are asked about: whether a number or an amount belongs to one
    customer only is a question about all.
    """

    _inherit = "credit.collection.planner"

    @api.model
    def _get_bank_parts(self, company, date):
        """Return the named parts; the last two are ``bank_money`` (whose it is) and ``bank_share`` (what it names)."""
        return [
            ("bank_line", self._sql_bank_line(company, date)),
            ("bank_open", self._sql_bank_open(company)),
            ("bank_spoken", self._sql_bank_spoken()),
            ("bank_match", self._sql_bank_match()),
            ("bank_found", self._sql_bank_found(company)),
            ("bank_paid", self._sql_bank_paid(company, date)),
            ("bank_booked", self._sql_bank_booked()),
            ("bank_money", self._sql_bank_money(company)),
            ("bank_named", self._sql_bank_named()),
            ("bank_share", self._sql_bank_share()),
        ]

    @api.model
    def _sql_bank_line(self, company, date):
        """Money on bank statements that is not allocated yet. ``counts``: recent enough to hold anything.

        ``worth``: what is open of it in company currency, found as core finds ``amount_residual``.
        """
        since = company._get_cover_since(date)
        return SQL(
            """
            SELECT line.id, move.date, line.partner_id, line.payment_ref AS label,
                   COALESCE(line.foreign_currency_id, line.currency_id) AS currency_id,
                   -line.amount_residual::numeric AS amount, COALESCE(worth.amount, 0) AS worth,
                   UPPER(REGEXP_REPLACE(line.account_number, '[^A-Za-z0-9]', '', 'g')) AS account_number,
                   COALESCE(move.date >= %(since)s::date, FALSE) AS counts
              FROM account_bank_statement_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN account_journal journal ON journal.id = line.journal_id
         LEFT JOIN LATERAL (
                  SELECT -SUM(CASE WHEN account.reconcile THEN part.amount_residual ELSE part.balance END) AS amount
                    FROM account_move_line part
                    JOIN account_account account ON account.id = part.account_id
                   WHERE part.move_id = line.move_id AND part.account_id = journal.suspense_account_id) AS worth ON TRUE
             WHERE line.company_id = %(company)s AND line.is_reconciled IS NOT TRUE AND line.amount > 0
               AND line.amount_residual < 0 AND move.state = 'posted' AND move.date <= %(date)s
            """,
            company=company.id,
            date=date,
            since=since,
        )

    @api.model
    def _sql_bank_open(self, company):
        """What all customers owe; not read at all while there is no money to look at."""
        return SQL(
            """
            SELECT line.move_id, line.currency_id, line.amount_residual_currency AS residual,
                   line.amount_residual AS worth,
                   partner.commercial_partner_id AS partner_id, COALESCE(line.date_maturity, line.date) AS date_due
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE account.account_type = 'asset_receivable' AND line.reconciled IS NOT TRUE
               AND line.parent_state = 'posted' AND line.company_id = %s AND line.amount_residual_currency > 0
               AND COALESCE(account.non_trade, FALSE) IS FALSE AND (SELECT COUNT(*) FROM bank_line) > 0
            """,
            company.id,
        )

    @api.model
    def _sql_bank_spoken(self):
        """What may be a number in the labels: runs of words joined, letters and digits only."""
        return SQL(
            """
            SELECT DISTINCT line_id, number
              FROM (
                  SELECT line.id AS line_id, ARRAY_TO_STRING(words[first:last], '') AS number
                    FROM (
                        SELECT id, STRING_TO_ARRAY(
                                   TRIM(REGEXP_REPLACE(UPPER(label), '[^A-Z0-9]+', ' ', 'g')), ' ') AS words
                          FROM bank_line) AS line
              CROSS JOIN LATERAL GENERATE_SERIES(1, CARDINALITY(words)) AS first
              CROSS JOIN LATERAL GENERATE_SERIES(first, LEAST(first + %(longest)s - 1, CARDINALITY(words))) AS last
                   ) AS spoken
             WHERE LENGTH(number) >= 5 AND number ~ '[0-9].*[0-9].*[0-9]'
            """,
            longest=LONGEST_NUMBER,
        )

    @api.model
    def _sql_bank_match(self):
        """The open invoices whose number stands in the label."""
        return SQL(
            """
            SELECT DISTINCT spoken.line_id, known.move_id, known.partner_id
              FROM (%s) AS known
              JOIN bank_spoken spoken ON spoken.number = known.number
            """,
            self._sql_numbers(SQL("SELECT DISTINCT move_id, partner_id FROM bank_open")),
        )

    @api.model
    def _sql_numbers(self, source):
        """The rows of ``source``, which has a move_id, with each number of the invoice as it may be spoken."""
        return SQL(
            """
            SELECT source.*, REGEXP_REPLACE(UPPER(written.number), '[^A-Z0-9]', '', 'g') AS number
              FROM (%s) AS source
              JOIN account_move move ON move.id = source.move_id
        CROSS JOIN LATERAL (VALUES (move.name), (move.payment_reference)) AS written (number)
            """,
            source,
        )

    @api.model
    def _sql_bank_found(self, company):
        """Whose the money is, and how that was found out: said, partner, account, label, amount.

        Who pays for somebody else, and owes nothing, is not the one whose invoice the label names. ``several``: the
        label names invoices of several customers, and nothing says that the money is somebody else's.
        """
        return SQL(
            """
            SELECT line.*, lift.id IS NOT NULL AND lift.move_id IS NULL AND lift.partner_id IS NULL AS set_aside,
                   lift.move_id AS said_move_id,
                   COALESCE(said.commercial_partner_id, sender.commercial_partner_id, own.commercial_partner_id,
                            owing.partner_id, CASE WHEN CARDINALITY(label.partner_ids) > 1 THEN NULL
                            ELSE COALESCE(label.partner_ids[1], account.partner_id, exact.partner_id) END)
                       AS found_partner_id,
                   COALESCE(said.id, sender.id) IS NULL AND COALESCE(CARDINALITY(label.partner_ids), 0) > 1
                       AND COALESCE(own.commercial_partner_id, owing.partner_id, label.partner_ids[1])
                           = ANY(label.partner_ids) AS several,
                   CASE WHEN COALESCE(said.id, sender.id) IS NOT NULL THEN 'said' WHEN own.id IS NOT NULL THEN 'partner'
                        WHEN owing.partner_id IS NOT NULL OR account.partner_id IS NOT NULL AND label.line_id IS NULL
                        THEN 'account'
                        WHEN label.line_id IS NOT NULL
                        THEN CASE WHEN CARDINALITY(label.partner_ids) > 1 THEN 'several' ELSE 'label' END
                        WHEN exact.partner_id IS NOT NULL THEN 'amount' END AS found_by
              FROM bank_line line
         LEFT JOIN credit_collection_lift lift ON lift.statement_line_id = line.id
         LEFT JOIN account_move said ON said.id = lift.move_id
         LEFT JOIN res_partner sender ON sender.id = lift.partner_id
         LEFT JOIN res_partner own ON own.id = line.partner_id
         LEFT JOIN (
                  SELECT bank.sanitized_acc_number AS number, MIN(holder.commercial_partner_id) AS partner_id
                    FROM res_partner_bank bank
                    JOIN res_partner holder ON holder.id = bank.partner_id
                   WHERE bank.active AND (bank.company_id IS NULL OR bank.company_id = %s)
                GROUP BY bank.sanitized_acc_number
                  HAVING COUNT(DISTINCT holder.commercial_partner_id) = 1) AS account
                ON account.number = line.account_number AND line.account_number <> ''
         LEFT JOIN (SELECT DISTINCT partner_id FROM bank_open) AS owing ON owing.partner_id = account.partner_id
         LEFT JOIN (
                  SELECT line_id, ARRAY_AGG(DISTINCT partner_id) AS partner_ids
                    FROM bank_match
                GROUP BY line_id) AS label ON label.line_id = line.id
         LEFT JOIN (
                  SELECT paid.id AS line_id, MIN(item.partner_id) AS partner_id
                    FROM bank_line paid
                    JOIN bank_open item ON item.currency_id = paid.currency_id AND item.residual = paid.amount
                GROUP BY paid.id
                  HAVING COUNT(DISTINCT item.partner_id) = 1) AS exact ON exact.line_id = line.id
            """,
            company.id,
        )
