from odoo import api, models
from odoo.tools import SQL

from .credit_collection_planner_ledger import PENDING_DAYS


class CreditCollectionPlannerCredit(models.AbstractModel):
    """Named parts of the planner that set credits against the items: named, exact, oldest; and what is free then."""

    _inherit = "credit.collection.planner"

    @api.model
    def _sql_credit(self, company, date, debtors, **ask):
        """Credits, and the invoice each names, if it names one. ``loose``: a payment without journal entry."""
        return SQL(
            """
            SELECT credit.partner_id, credit.currency_id, -credit.residual AS amount, FALSE AS loose,
                   COALESCE(lift.move_id, credit.reversed_entry_id, by_reference.move_id) AS move_id
              FROM ledger credit
         LEFT JOIN credit_collection_lift lift ON lift.move_line_id = credit.id
         LEFT JOIN (
                  SELECT partner_id, reference, MIN(move_id) AS move_id
                    FROM ledger
              CROSS JOIN LATERAL (VALUES (number), (payment_reference)) AS known (reference)
                   WHERE residual > 0 AND reference <> ''
                GROUP BY partner_id, reference) AS by_reference
                ON by_reference.partner_id = credit.partner_id AND by_reference.reference = credit.ref
             WHERE credit.residual < 0 AND NOT credit.non_trade AND credit.partner_id IS NOT NULL
               AND (lift.id IS NULL OR lift.move_id IS NOT NULL)
         UNION ALL
            SELECT partner.commercial_partner_id, payment.currency_id, payment.amount, TRUE,
                   COALESCE(lift.move_id, link.invoice_id)
              FROM account_payment payment
              JOIN res_partner partner ON partner.id = payment.partner_id
         LEFT JOIN credit_collection_lift lift ON lift.payment_id = payment.id
         LEFT JOIN account_move__account_payment link ON link.payment_id = payment.id AND lift.id IS NULL
             WHERE payment.company_id = %(company)s AND payment.move_id IS NULL AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer' %(scope)s AND (lift.id IS NULL OR lift.move_id IS NOT NULL)
               AND (COALESCE(lift.move_id, link.invoice_id) IS NOT NULL AND payment.state IN ('in_process', 'paid')
                    OR COALESCE(lift.move_id, link.invoice_id) IS NULL AND payment.state = 'in_process'
                       AND payment.date >= %(date)s::date - %(days)s)
         UNION ALL
            %(bank)s
            """,
            company=company.id,
            date=date,
            days=PENDING_DAYS,
            scope=self._sql_partner_scope("partner.commercial_partner_id", debtors),
            bank=self._sql_bank_credit(debtors),
        )

    @api.model
    def _sql_partner_scope(self, column, debtors):
        """Limit ``column`` to the customers of ``debtors``; None: no limit."""
        if debtors is None:
            return SQL()
        return SQL("AND %s IN %s", SQL.identifier(*column.split(".")), tuple(debtors.partner_id.ids) or (0,))

    @api.model
    def _sql_named(self):
        """Credit that names an invoice, by invoice, debtor and currency."""
        return SQL(
            """
            SELECT move_id, partner_id, currency_id, SUM(amount) AS amount,
                   COALESCE(SUM(amount) FILTER (WHERE loose), 0) AS loose
              FROM credit
             WHERE move_id IS NOT NULL
          GROUP BY move_id, partner_id, currency_id
            """
        )

    @api.model
    def _sql_undisputed(self):
        """What disputes of replaced items leave, earliest due date first; only items that anything may touch."""
        return SQL(
            """
            SELECT item.*, item.direct + item.taken AS disputed, item.residual - item.direct - item.taken AS undisputed
              FROM (
                  SELECT debit.*, LEAST(GREATEST(COALESCE(dispute_rest, 0) - SUM(residual - direct) OVER earlier
                             + residual - direct, 0), residual - direct) AS taken
                    FROM debit
                   WHERE touched
                  WINDOW earlier AS (PARTITION BY move_id ORDER BY date_due, id)) AS item
            """
        )

    @api.model
    def _sql_free_named(self):
        """As before, with what the credits that name the invoice cover."""
        return SQL(
            """
            SELECT item.*, named.loose AS named_loose,
                   LEAST(GREATEST(COALESCE(named.amount, 0) - SUM(item.undisputed) OVER earlier + item.undisputed, 0),
                         item.undisputed) AS named_cover
              FROM undisputed item
         LEFT JOIN named ON named.move_id = item.move_id AND named.partner_id = item.partner_id
               AND named.currency_id = item.currency_id AND NOT item.non_trade
            WINDOW earlier AS (PARTITION BY item.move_id, item.partner_id, item.currency_id, item.non_trade
                                   ORDER BY item.date_due, item.id)
            """
        )

    @api.model
    def _sql_exact(self):
        """How many unnamed credits of each exact amount a debtor has."""
        return SQL(
            """
            SELECT partner_id, currency_id, amount, COUNT(*) AS number
              FROM credit
             WHERE move_id IS NULL
          GROUP BY partner_id, currency_id, amount
            """
        )

    @api.model
    def _sql_free_exact(self):
        """As before, with the items that an unnamed credit of exactly their amount covers."""
        return SQL(
            """
            SELECT item.*, CASE WHEN exact.number >= ROW_NUMBER() OVER (
                       PARTITION BY item.partner_id, item.currency_id, item.non_trade,
                                    item.undisputed - item.named_cover
                           ORDER BY item.date_due, item.id)
                       THEN item.undisputed - item.named_cover ELSE 0 END AS exact_cover
              FROM free_named item
         LEFT JOIN exact ON exact.partner_id = item.partner_id AND exact.currency_id = item.currency_id
               AND exact.amount = item.undisputed - item.named_cover AND NOT item.non_trade
            """
        )

    @api.model
    def _sql_pool(self):
        """What is left of the debtor's credit for the third pass, by currency."""
        return SQL(
            """
            SELECT credit.partner_id, credit.currency_id,
                   credit.amount - COALESCE(used.exact, 0) - COALESCE(used.named, 0) AS amount
              FROM (
                  SELECT partner_id, currency_id, SUM(amount) AS amount
                    FROM credit
                   WHERE NOT (loose AND move_id IS NOT NULL)
                GROUP BY partner_id, currency_id) AS credit
         LEFT JOIN (
                  SELECT partner_id, currency_id, SUM(exact) AS exact, SUM(GREATEST(named - loose, 0)) AS named
                    FROM (
                        SELECT partner_id, currency_id, SUM(exact_cover) AS exact, SUM(named_cover) AS named,
                               MAX(COALESCE(named_loose, 0)) AS loose
                          FROM free_exact
                         WHERE NOT non_trade
                      GROUP BY partner_id, currency_id, move_id) AS by_move
                GROUP BY partner_id, currency_id) AS used
                ON used.partner_id = credit.partner_id AND used.currency_id = credit.currency_id
            """
        )

    @api.model
    def _sql_free_pool(self):
        """As before, with what the rest of the credit covers."""
        return SQL(
            """
            SELECT item.*, LEAST(GREATEST(COALESCE(pool.amount, 0) - SUM(item.rest) OVER earlier + item.rest, 0),
                                 item.rest) AS pool_cover
              FROM (SELECT *, undisputed - named_cover - exact_cover AS rest FROM free_exact) AS item
         LEFT JOIN pool ON pool.partner_id = item.partner_id AND pool.currency_id = item.currency_id
               AND NOT item.non_trade
            WINDOW earlier AS (PARTITION BY item.partner_id, item.currency_id, item.non_trade
                                   ORDER BY item.date_due, item.id)
            """
        )

    @api.model
    def _sql_free(self, company, **ask):
        """Every debit item with what is disputed, covered and free. Most are touched by nothing and skip the passes."""
        item = SQL(
            """id, move_id, currency_id, date, date_due, amount_residual, residual, non_trade, partner_id, debtor_id,
               no_followup, payment_state, collection_scenario_id"""
        )
        return SQL(
            """
            SELECT %(item)s, disputed, undisputed, undisputed - free AS covered, free,
                   ROUND((amount_residual * free / NULLIF(residual, 0))::numeric, %(digits)s) AS free_company
              FROM (
                  SELECT %(item)s, disputed, undisputed, rest - pool_cover AS free
                    FROM free_pool
               UNION ALL
                  SELECT %(item)s, direct, residual - direct, residual - direct
                    FROM debit
                   WHERE NOT touched) AS found
            """,
            item=item,
            digits=company.currency_id.decimal_places,
        )
