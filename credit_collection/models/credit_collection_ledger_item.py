from odoo import api, models
from odoo.tools import SQL


class CreditCollectionLedgerItem(models.AbstractModel):
    """The items of the books, told apart: those of documents, and the others (payments, statements, entries)."""

    _inherit = "credit.collection.ledger"

    @api.model
    def _sql_items(self, company, history, numbers=None, payment_refs=None, **scope):
        """All trade receivable items with a customer, those of entries that the file is to tell of.

        ``record`` is invoice, credit_note or NULL; ``money`` says that the entry is a payment's or a bank statement's.
        ``is_note`` says of a document what ``record`` says, too, but lets PostgreSQL guess how many there are: taking
        them for a handful, it would compare each with each.
        """
        moves = SQL()
        if numbers is not None:
            moves = SQL("AND move.id IN (%s)", self._sql_named_moves(company, numbers, payment_refs))
        elif not history:
            moves = SQL(
                """AND move.id IN (
                       SELECT open.move_id FROM account_move_line open
                         JOIN account_account account ON account.id = open.account_id
                        WHERE account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
                          AND open.reconciled IS NOT TRUE AND open.parent_state = 'posted'
                          AND open.company_id = %s)""",
                company.id,
            )
        return SQL(
            """
            SELECT line.id, line.move_id, partner.commercial_partner_id AS partner_id, line.currency_id, line.date,
                   COALESCE(line.date_maturity, line.date) AS due_date, line.amount_currency AS amount,
                   line.amount_residual_currency AS residual, line.payment_id, move.name,
                   CASE WHEN line.amount_currency > 0 AND move.move_type IN ('out_invoice', 'out_receipt')
                        THEN 'invoice'
                        WHEN line.amount_currency < 0 AND move.move_type = 'out_refund' THEN 'credit_note'
                   END AS record, move.move_type = 'out_refund' AS is_note,
                   line.payment_id IS NOT NULL OR move.statement_line_id IS NOT NULL AS money
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
               AND line.parent_state = 'posted' AND line.company_id = %(company)s %(moves)s
            """,
            company=company.id,
            moves=moves,
        )

    @api.model
    def _sql_named_moves(self, company, numbers, payment_refs):
        """The entries that these numbers and references name, and what must be known to tell what settled them."""
        names = [*numbers, *payment_refs]
        names += [name.rpartition("/")[0] for name in names if "/" in name]
        return SQL(
            """
            WITH named AS (
                SELECT id, reversed_entry_id FROM account_move
                 WHERE name = ANY(%(names)s) AND company_id = %(company)s AND state = 'posted'
                 UNION
                SELECT move.id, NULL FROM account_payment payment JOIN account_move move ON move.id = payment.move_id
                 WHERE payment.company_id = %(company)s AND payment.collection_external_ref = ANY(%(refs)s)
                 UNION
                SELECT move.id, NULL FROM account_payment payment JOIN account_move move ON move.id = payment.move_id
                 WHERE payment.company_id = %(company)s AND payment.name = ANY(%(refs)s)
            ), target AS (
                SELECT id FROM named UNION SELECT reversed_entry_id FROM named WHERE reversed_entry_id IS NOT NULL
            )
            SELECT id FROM target
             UNION
            SELECT note.id FROM account_move note JOIN target ON target.id = note.reversed_entry_id
            """,
            names=names,
            refs=list(payment_refs),
            company=company.id,
        )

    @api.model
    def _sql_loose(self, items):
        """The items that are of no document, each with a name of its own."""
        return SQL(
            """
            SELECT item.*,
                   COALESCE(payment.collection_external_ref, NULLIF(payment.name, '/'), item.name)
                   || CASE WHEN COUNT(*) OVER (PARTITION BY item.move_id) > 1
                           THEN '/' || ROW_NUMBER() OVER (PARTITION BY item.move_id ORDER BY item.id)
                           ELSE '' END AS key,
                   COALESCE(NULLIF(payment.memo, ''), NULLIF(statement.payment_ref, ''), move.ref) AS memo
              FROM (%s) AS item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN account_payment payment ON payment.id = item.payment_id
         LEFT JOIN account_bank_statement_line statement ON statement.id = move.statement_line_id
             WHERE item.record IS NULL AND item.amount <> 0
            """,
            items,
        )

    @api.model
    def _sql_amount(self, amount):
        """The amount as a text with the decimals of its currency."""
        return SQL("ROUND(%s, currency.decimal_places)::text", amount)
