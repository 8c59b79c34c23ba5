from odoo import api, models
from odoo.tools import SQL


class CreditCollectionLedgerPromise(models.AbstractModel):
    """What of each instalment is promised: the open promises, told by their items."""

    _inherit = "credit.collection.ledger"

    @api.model
    def _sql_promises(self, company):
        """What is left of each promise goes to its items by due date, then number; each takes what it has open.

        Left of it is its amount, less what of its items was settled since.
        """
        return SQL(
            """
            WITH share AS (
                SELECT promise.id, promise.amount::numeric AS amount, promise.date, named.move_id,
                       COALESCE(named.date_maturity, named.date) AS due_date,
                       named.amount_residual_currency AS residual,
                       (SELECT SUM(line.amount) FROM credit_collection_promise_line line
                         WHERE line.promise_id = promise.id)::numeric AS open_then,
                       SUM(named.amount_residual_currency) OVER (PARTITION BY promise.id) AS open_now,
                       SUM(named.amount_residual_currency) OVER (
                           PARTITION BY promise.id
                           ORDER BY COALESCE(named.date_maturity, named.date), move.name COLLATE "C", named.id) AS until
                  FROM credit_collection_promise promise
                  JOIN credit_collection_promise_line line ON line.promise_id = promise.id
                  JOIN account_move_line named
                    ON named.move_id = line.move_id AND named.id = COALESCE(line.move_line_id, named.id)
                  JOIN account_account account ON account.id = named.account_id
                  JOIN account_move move ON move.id = named.move_id
                 WHERE promise.state IN ('to_approve', 'open') AND promise.company_id = %s
                   AND account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
                   AND named.parent_state = 'posted' AND named.amount_residual_currency > 0
                   AND move.move_type IN ('out_invoice', 'out_receipt')
            ), part AS (
                SELECT move_id, due_date, date,
                       LEAST(residual, amount - GREATEST(open_then - open_now, 0) - until + residual) AS amount
                  FROM share)
            SELECT move_id, due_date, MIN(date) AS date, SUM(amount) AS amount
              FROM part
             WHERE amount > 0
          GROUP BY move_id, due_date
            """,
            company.id,
        )
