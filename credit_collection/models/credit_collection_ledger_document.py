from odoo import api, models
from odoo.tools import SQL


class CreditCollectionLedgerDocument(models.AbstractModel):
    """Invoices and credit notes, a row per instalment, with what settled them told as the file can tell it.

    Open debits that are of no invoice (opening entries, money paid back) come as invoices over what is open.
    """

    _inherit = "credit.collection.ledger"

    @api.model
    def _sql_documents(self, company, history, numbers=None, **scope):
        items = self._sql_items(company, history, numbers=numbers, **scope)
        query = SQL(
            """
            WITH item AS MATERIALIZED (%(items)s),
                 loose AS MATERIALIZED (%(loose)s),
                 instalment AS MATERIALIZED (%(instalments)s),
                 piece AS MATERIALIZED (%(pieces)s),
                 note AS MATERIALIZED (%(notes)s),
                 day AS MATERIALIZED (%(days)s),
                 explained AS (%(explained)s),
                 reached AS (%(reached)s),
                 dispute AS (%(disputes)s),
                 promise AS (%(promises)s),
                 document AS (%(documents)s UNION ALL %(debits)s)
            SELECT document.record, %(ref)s AS customer_ref, document.number, document.invoice_date, document.due_date,
                   %(amount)s AS amount, currency.name AS currency, %(residual)s AS residual, document.settled_date,
                   document.order_ref, document.reverses, document.level, document.level_date,
                   %(disputed)s AS disputed, document.dispute_reason, %(promised)s AS promise_amount,
                   document.promise_date
              FROM document
              JOIN res_currency currency ON currency.id = document.currency_id
              JOIN res_partner partner ON partner.id = document.partner_id
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = partner.id AND debtor.company_id = %(company)s
             WHERE %(named)s
            """,
            items=items,
            loose=self._sql_loose(SQL("TABLE item")),
            instalments=self._sql_instalments(),
            pieces=self._sql_pieces(company, history),
            notes=self._sql_notes(),
            days=self._sql_days(),
            explained=self._sql_explained(),
            reached=self._sql_level_reached(company),
            disputes=self._sql_disputes(company),
            promises=self._sql_promises(company),
            documents=self._sql_told(),
            debits=self._sql_debits(),
            ref=self._sql_ref(),
            amount=self._sql_amount(SQL("document.amount")),
            residual=self._sql_amount(SQL("document.residual")),
            disputed=self._sql_amount(SQL("document.disputed")),
            promised=self._sql_amount(SQL("document.promised")),
            company=company.id,
            named=SQL("TRUE") if numbers is None else SQL("document.number = ANY(%s)", numbers),
        )
        return self._sql_sorted(query, "invoice_date", "number", "due_date", "customer_ref", "record", "amount")

    # === WHAT SETTLED THEM === #

    @api.model
    def _sql_instalments(self):
        """Documents by due date, with what of each is settled, and what of it and the earlier ones together."""
        return SQL(
            """
            SELECT record, is_note, move_id, partner_id, currency_id, name, due_date, SUM(ABS(amount)) AS amount,
                   SUM(ABS(residual)) AS residual, SUM(ABS(amount) - ABS(residual)) AS settled,
                   SUM(SUM(ABS(amount) - ABS(residual))) OVER (PARTITION BY move_id, record ORDER BY due_date)
                   AS settled_until
              FROM item
             WHERE record IS NOT NULL
          GROUP BY record, is_note, move_id, partner_id, currency_id, name, due_date
            """
        )

    @api.model
    def _sql_pieces(self, company, history):
        """What settled the documents, with its day; ``payment``: rows of the file say so (`_sql_allocations`)."""
        payment = SQL(
            """item.record = 'invoice' AND (line.payment_id IS NOT NULL OR move.statement_line_id IS NOT NULL)
               AND line.currency_id = item.currency_id AND partner.commercial_partner_id = item.partner_id
               AND line.company_id = %s""",
            company.id,
        )
        return SQL(
            """
            SELECT item.move_id, item.due_date, line.move_id AS other_id, line.date, partial.amount,
                   COALESCE(%(payment)s, FALSE) AS payment
              FROM item
              JOIN (SELECT debit_move_id AS id, credit_move_id AS other_id, debit_amount_currency AS amount
                      FROM account_partial_reconcile
                     UNION ALL
                    SELECT credit_move_id, debit_move_id, credit_amount_currency
                      FROM account_partial_reconcile) AS partial ON partial.id = item.id
              JOIN account_move_line line ON line.id = partial.other_id
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE item.record IS NOT NULL
            """,
            payment=payment if history else SQL("FALSE"),
        )

    @api.model
    def _sql_notes(self):
        """Credit notes whose invoice (``target``) is in the file, of the same customer and currency."""
        return SQL(
            """
            SELECT note.move_id, note.name, target.move_id AS target, target.name AS number,
                   SUM(note.settled) AS settled
              FROM instalment note
              JOIN account_move move ON move.id = note.move_id
              JOIN (SELECT DISTINCT move_id, name, partner_id, currency_id FROM instalment WHERE NOT is_note)
                   AS target ON target.move_id = move.reversed_entry_id AND target.partner_id = note.partner_id
                   AND target.currency_id = note.currency_id
             WHERE note.is_note
          GROUP BY note.move_id, note.name, target.move_id, target.name
            """
        )

    @api.model
    def _sql_days(self):
        """The last day on which something else than payments and own notes settled an instalment, and a document.

        The latter has no due date; ``at_all`` is the day of anything.
        """
        return SQL(
            """
            SELECT piece.move_id, piece.due_date, MAX(piece.date) AS at_all,
                   MAX(piece.date) FILTER (
                       WHERE NOT piece.payment AND note.move_id IS NULL AND reversed.move_id IS NULL) AS otherwise
              FROM piece
         LEFT JOIN note ON note.move_id = piece.move_id AND note.target = piece.other_id
         LEFT JOIN note reversed ON reversed.target = piece.move_id AND reversed.move_id = piece.other_id
          GROUP BY GROUPING SETS ((piece.move_id, piece.due_date), (piece.move_id))
            """
        )

    @api.model
    def _sql_explained(self):
        """What of each document its payments and notes explain.

        A note explains what of it is settled, as far as the invoice has room: what of that is settled, less its
        payments and the notes of smaller numbers. The import settles in this order, too.
        """
        return SQL(
            """
            WITH paid AS (
                SELECT move_id, SUM(amount) AS amount FROM piece WHERE payment GROUP BY move_id
            ), settled AS (
                SELECT move_id, SUM(settled) AS amount FROM instalment GROUP BY move_id
            ), share AS (
                SELECT note.move_id, note.target,
                       GREATEST(0, LEAST(
                           note.settled,
                           settled.amount - COALESCE(paid.amount, 0) + note.settled
                           - SUM(note.settled) OVER (PARTITION BY note.target ORDER BY note.name, note.move_id)
                       )) AS amount
                  FROM note
                  JOIN settled ON settled.move_id = note.target
             LEFT JOIN paid ON paid.move_id = note.target
            )
            SELECT move_id, SUM(amount) AS amount
              FROM (TABLE paid UNION ALL SELECT move_id, amount FROM share
                     UNION ALL SELECT target, amount FROM share) AS piece
          GROUP BY move_id
            """
        )

    # === WHAT IS TOLD === #

    @api.model
    def _sql_told(self):
        """The documents' rows. What is explained, the earliest due dates take first; the rest has a settled_date."""
        return SQL(
            """
            SELECT instalment.record, instalment.partner_id, instalment.currency_id, instalment.name AS number,
                   move.invoice_date, instalment.due_date, instalment.amount, instalment.residual,
                   CASE WHEN LEAST(instalment.settled, instalment.settled_until - COALESCE(explained.amount, 0)) > 0
                        THEN COALESCE(own.otherwise, whole.otherwise, own.at_all, whole.at_all) END AS settled_date,
                   move.ref AS order_ref, note.number AS reverses, reached.level, reached.date AS level_date,
                   CASE WHEN dispute.amount > 0 THEN LEAST(dispute.amount, instalment.residual) END AS disputed,
                   dispute.reason AS dispute_reason, promise.amount AS promised, promise.date AS promise_date
              FROM instalment
              JOIN account_move move ON move.id = instalment.move_id
         LEFT JOIN explained ON explained.move_id = instalment.move_id
         LEFT JOIN day own ON own.move_id = instalment.move_id AND own.due_date = instalment.due_date
         LEFT JOIN day whole ON whole.move_id = instalment.move_id AND whole.due_date IS NULL
         LEFT JOIN note ON note.move_id = instalment.move_id
         LEFT JOIN reached ON reached.move_id = instalment.move_id AND instalment.record = 'invoice'
         LEFT JOIN dispute ON dispute.move_id = instalment.move_id AND dispute.due_date = instalment.due_date
                   AND instalment.residual > 0 AND instalment.record = 'invoice'
         LEFT JOIN promise ON promise.move_id = instalment.move_id AND promise.due_date = instalment.due_date
                   AND instalment.record = 'invoice'
            """
        )

    @api.model
    def _sql_debits(self):
        return SQL(
            """
            SELECT 'invoice', partner_id, currency_id, key, LEAST(date, due_date), due_date, residual, residual,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
              FROM loose
             WHERE amount > 0 AND residual > 0
            """
        )

    # === WHERE COLLECTION STANDS === #

    @api.model
    def _sql_level_reached(self, company):
        """The highest level of each invoice, and the last day on which it was sent; also from before an import."""
        return SQL(
            """
            SELECT DISTINCT ON (move_id) move_id, level, date
              FROM (SELECT line.move_id, GREATEST(line.level, step.level) AS level, action.date_sent AS date
                      FROM credit_collection_action_line line
                      JOIN credit_collection_action action ON action.id = line.action_id
                      JOIN credit_collection_scenario_step step ON step.id = line.step_id
                     WHERE line.live AND action.state = 'sent' AND action.company_id = %(company)s
                     UNION ALL
                    SELECT id, collection_opening_level, collection_opening_date FROM account_move
                     WHERE collection_opening_level > 0 AND company_id = %(company)s) AS history
             WHERE level > 0
          ORDER BY move_id, level DESC, date DESC NULLS LAST
            """,
            company=company.id,
        )

    @api.model
    def _sql_disputes(self, company):
        """What is contested of each instalment, and what is said about it (of the whole document)."""
        return SQL(
            """
            SELECT item.move_id, item.due_date, SUM(line.amount) AS amount, MIN(said.reason) AS reason
              FROM credit_collection_dispute_line line
              JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
              JOIN item ON item.id = line.move_line_id
         LEFT JOIN (SELECT line.move_id,
                           string_agg(DISTINCT COALESCE(
                               NULLIF(TRIM(dispute.description), ''), reason.name->>'en_US'), '; ') AS reason
                      FROM credit_collection_dispute_line line
                      JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
                      JOIN credit_collection_dispute_reason reason ON reason.id = dispute.reason_id
                     WHERE dispute.date_closed IS NULL AND dispute.company_id = %(company)s
                  GROUP BY line.move_id) AS said ON said.move_id = item.move_id
             WHERE dispute.date_closed IS NULL AND dispute.company_id = %(company)s
          GROUP BY item.move_id, item.due_date
            """,
            company=company.id,
        )
