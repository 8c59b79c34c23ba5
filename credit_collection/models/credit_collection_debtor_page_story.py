from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL

# Days that the page looks back.
LOOK_BACK = 365
# Months of the summary: those of the statement with the bookings of a year.
MONTHS = 12
# Paid within so many days after its day counts as on time: a bank takes its time.
ON_TIME = 5
NEW_DAYS, NEW_INVOICES = 120, 3
RELIABLE, OFTEN_LATE = 3, 4


class CreditCollectionDebtor(models.Model):
    """What the customer's page tells of the past: what was bought and paid, and how it usually went."""

    _inherit = "credit.collection.debtor"

    def _get_page_story(self):
        """Return what became of the invoices of a year, and of older ones that are open, for each currency.

        ``bought`` = ``paid`` + ``settled`` (credit notes and the like) + ``open``; ``since``: where the year begins, as
        in the statement of account.
        """
        self.ensure_one()
        self._flush_page_story()
        since = (self._get_today() - relativedelta(months=MONTHS)).replace(day=1)
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT item.currency_id,
                       SUM(item.amount_currency) AS bought, SUM(item.amount_residual_currency) AS open,
                       COALESCE(SUM(settled.paid), 0) AS paid
                  FROM (%(items)s) AS mine
                  JOIN account_move_line item ON item.id = mine.id
                  JOIN account_move entry ON entry.id = item.move_id
             LEFT JOIN LATERAL (
                       SELECT SUM(partial.debit_amount_currency) AS paid
                         FROM account_partial_reconcile partial
                         JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
                         JOIN account_move move ON move.id = counterpart.move_id
                         JOIN account_journal journal ON journal.id = move.journal_id
                        WHERE partial.debit_move_id = item.id AND (%(way)s) = 'paid') AS settled ON TRUE
                 WHERE item.reconciled IS NOT TRUE OR entry.invoice_date >= %(begin)s
              GROUP BY item.currency_id
                """,
                items=self._sql_page_debits(),
                way=self.env["credit.collection.episode"]._sql_way(),
                begin=since,
            )
        )
        own = self.company_id.currency_id
        stories = [{**self._tell_page_story(row), "since": since} for row in rows]
        return sorted(stories, key=lambda story: (story["currency"] != own, story["currency"].name))

    def _tell_page_story(self, row):
        currency = self.env["res.currency"].browse(row["currency_id"])
        story = {name: currency.round(float(row[name])) for name in ("bought", "open", "paid")}
        story["settled"] = currency.round(story["bought"] - story["open"] - story["paid"])
        share = {name: round(100 * max(story[name], 0) / story["bought"]) for name in ("paid", "settled", "open")}
        return {**story, "currency": currency, "share": share}

    def _get_page_habit(self):
        """Return how the customer pays, from the ledger: ``new``, ``reliable``, ``late`` or ``usual``."""
        self.ensure_one()
        self._flush_page_story()
        today = self._get_today()
        ((first, count, settled, late),) = self.env.execute_query(
            SQL(
                """
                SELECT MIN(entry.invoice_date), COUNT(*), COUNT(closed.day),
                       COUNT(*) FILTER (WHERE closed.day > COALESCE(item.date_maturity, item.date) + %(on_time)s)
                  FROM (%(items)s) AS mine
                  JOIN account_move_line item ON item.id = mine.id
                  JOIN account_move entry ON entry.id = item.move_id
             LEFT JOIN LATERAL (
                       SELECT MAX(partial.max_date) AS day
                         FROM account_partial_reconcile partial
                        WHERE partial.debit_move_id = item.id AND item.reconciled
                       HAVING MAX(partial.max_date) >= %(begin)s) AS closed ON TRUE
                """,
                items=self._sql_page_debits(),
                on_time=ON_TIME,
                begin=today - timedelta(days=LOOK_BACK),
            )
        )
        if first and (today - first).days <= NEW_DAYS and count <= NEW_INVOICES:
            return "new"
        if settled >= RELIABLE and not late:
            return "reliable"
        return "late" if late >= OFTEN_LATE else "usual"

    def _sql_page_debits(self):
        """The invoices' items of this debtor, and whatever else it owes: posted, of trade."""
        return SQL(
            """
            SELECT line.id
              FROM account_move_line line
              JOIN account_move document ON document.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %s AND partner.commercial_partner_id = %s AND line.parent_state = 'posted'
               AND account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
               AND line.amount_currency > 0
               AND (document.move_type IN ('out_invoice', 'out_receipt') OR line.reconciled IS NOT TRUE)
            """,
            self.company_id.id,
            self.partner_id.id,
        )

    def _flush_page_story(self):
        for name in ("account.move", "account.move.line", "account.partial.reconcile", "res.partner"):
            self.env[name].flush_model()
