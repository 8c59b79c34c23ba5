from odoo import api, models
from odoo.tools import SQL


class CreditCollectionEpisode(models.Model):
    """The named parts of the one statement by which files reopen, open and close."""

    _inherit = "credit.collection.episode"

    @api.model
    def _sql_overdue(self, company, date, debtors):
        """One row per debtor with something overdue: number, amount in company currency, earliest due date."""
        return SQL(
            """
            SELECT item.debtor_id, COUNT(*) AS items, SUM(item.amount_residual) AS amount,
                   MIN(item.date_due) AS first_due
              FROM (%s) AS item
             WHERE item.debtor_id IS NOT NULL AND item.residual > 0 AND NOT item.non_trade AND item.date_due < %s
          GROUP BY item.debtor_id
            """,
            self.env["credit.collection.planner"]._sql_ledger(company, debtors),
            date,
        )

    @api.model
    def _sql_reopen(self):
        return SQL(
            """
            UPDATE credit_collection_episode episode
               SET date_close = NULL, outcome = 'open', reopened = episode.reopened + 1
              FROM overdue
             WHERE overdue.debtor_id = episode.debtor_id AND overdue.first_due < episode.date_close
               AND NOT EXISTS (
                   SELECT FROM credit_collection_episode later
                    WHERE later.debtor_id = episode.debtor_id AND later.id <> episode.id
                      AND (later.date_close IS NULL OR (later.date_open, later.id) > (episode.date_open, episode.id)))
         RETURNING episode.debtor_id
            """
        )

    @api.model
    def _sql_open(self, company):
        """Two transactions at once: the later one is told to start again, as Odoo does by itself."""
        return SQL(
            """
            INSERT INTO credit_collection_episode (debtor_id, company_id, date_open, amount, item_count, reopened,
                                                   outcome, create_uid, create_date, write_uid, write_date)
            SELECT overdue.debtor_id, %(company)s, overdue.first_due + 1, overdue.amount, overdue.items, 0, 'open',
                   %(uid)s, %(now)s::timestamp, %(uid)s, %(now)s::timestamp
              FROM overdue
             WHERE overdue.debtor_id NOT IN (SELECT debtor_id FROM reopened)
               AND overdue.debtor_id NOT IN (
                   SELECT debtor_id FROM credit_collection_episode
                    WHERE company_id = %(company)s AND date_close IS NULL)
       ON CONFLICT DO NOTHING
            """,
            company=company.id,
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    @api.model
    def _sql_ending(self, company, debtors):
        """Open episodes of customers who have nothing overdue any more."""
        return SQL(
            """
            SELECT episode.id, episode.date_open, debtor.partner_id
              FROM credit_collection_episode episode
              JOIN credit_collection_debtor debtor ON debtor.id = episode.debtor_id
             WHERE episode.company_id = %s AND episode.date_close IS NULL %s
               AND episode.debtor_id NOT IN (SELECT debtor_id FROM overdue)
            """,
            company.id,
            SQL() if debtors is None else SQL("AND episode.debtor_id IN %s", tuple(debtors.ids) or (0,)),
        )

    @api.model
    def _sql_close(self, company, date):
        """Close them, and say by what the items that were overdue in them were settled."""
        return SQL(
            """
            UPDATE credit_collection_episode episode
               SET date_close = GREATEST(%(date)s, episode.date_open),
                   item_count = GREATEST(episode.item_count, settled.items),
                   outcome = CASE WHEN settled.items = 0 THEN 'other'
                                  WHEN settled.first_way = settled.last_way THEN settled.first_way
                                  ELSE 'mixed' END
              FROM ending
        CROSS JOIN LATERAL (%(settled)s) AS settled
             WHERE episode.id = ending.id
            """,
            date=date,
            settled=self._sql_settled(company, date),
        )

    @api.model
    def _sql_settled(self, company, date):
        """One row: how many items of the episode ``ending`` were settled while it was open, and by what.

        Entries that only book a difference of exchange are left out. Asked customer by customer: right after a bulk of
        payments the database's statistics know nothing of them, and any other order may compare each with each.
        """
        return SQL(
            """
            SELECT COUNT(DISTINCT item.id) AS items, MIN(way.code) AS first_way, MAX(way.code) AS last_way
              FROM (SELECT line.id
                      FROM res_partner member
                      JOIN account_move_line line ON line.partner_id = member.id
                      JOIN account_account account ON account.id = line.account_id
                     WHERE member.commercial_partner_id = ending.partner_id AND line.company_id = %(company)s
                       AND account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
                       AND COALESCE(line.date_maturity, line.date) < %(date)s
                    OFFSET 0) AS item
              JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
              JOIN account_move move ON move.id = counterpart.move_id
              JOIN account_journal journal ON journal.id = move.journal_id
        CROSS JOIN LATERAL (SELECT %(way)s AS code) AS way
             WHERE GREATEST(partial.max_date, partial.create_date::date) >= ending.date_open
               AND NOT EXISTS (
                   SELECT FROM account_partial_reconcile exchange WHERE exchange.exchange_move_id = move.id)
            """,
            company=company.id,
            date=date,
            way=self._sql_way(),
        )

    @api.model
    def _sql_way(self):
        """By what an item was settled: the kind of the entry that was set against it."""
        return SQL(
            """
            CASE WHEN move.move_type = 'out_refund' OR move.reversed_entry_id IS NOT NULL THEN 'credited'
                 WHEN move.origin_payment_id IS NOT NULL OR move.statement_line_id IS NOT NULL
                   OR journal.type IN ('bank', 'cash', 'credit') THEN 'paid'
                 WHEN EXISTS (
                      SELECT FROM account_move_line other
                        JOIN account_account booked ON booked.id = other.account_id
                       WHERE other.move_id = move.id
                         AND SPLIT_PART(booked.account_type, '_', 1) IN ('expense', 'income')) THEN 'written_off'
                 ELSE 'other' END
            """
        )
