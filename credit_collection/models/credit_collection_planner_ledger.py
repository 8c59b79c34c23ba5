from odoo import api, models
from odoo.tools import SQL

PENDING_DAYS = 14
"""Days for which a pending transaction, or a payment without entry that names no invoice, is still awaited."""


class CreditCollectionPlannerLedger(models.AbstractModel):
    """Named parts of the planner that read the ledger: open items, disputes, credits, what is free."""

    _inherit = "credit.collection.planner"

    @api.model
    def _sql_ledger(self, company, debtors=None):
        """Open items of the company, debit and credit, with what the rules ask of line and invoice."""
        scope = SQL()
        if debtors is not None:
            scope = SQL("AND partner.commercial_partner_id IN %s", tuple(debtors.partner_id.ids) or (0,))
            if debtors:
                scope = SQL(
                    """%s AND line.partner_id IN (
                        SELECT member.id FROM res_partner member WHERE member.commercial_partner_id IN %s)""",
                    scope,
                    tuple(debtors.partner_id.ids),
                )
        return SQL(
            """
            SELECT line.id, line.move_id, line.currency_id, line.date,
                   COALESCE(line.date_maturity, line.date) AS date_due,
                   line.amount_residual, line.amount_residual_currency AS residual,
                   COALESCE(account.non_trade, FALSE) AS non_trade,
                   partner.commercial_partner_id AS partner_id, debtor.id AS debtor_id,
                   COALESCE(line.no_followup, FALSE) AS no_followup,
                   move.payment_state, move.name AS number, move.payment_reference, move.ref, move.reversed_entry_id,
                   move.collection_scenario_id
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = partner.commercial_partner_id AND debtor.company_id = line.company_id
             WHERE account.account_type = 'asset_receivable' AND line.reconciled IS NOT TRUE
               AND line.parent_state = 'posted' AND line.company_id = %(company)s %(scope)s
            """,
            company=company.id,
            scope=scope,
        )

    @api.model
    def _sql_credit(self, company, date, **ask):
        """Credits, and the invoice each names, if it names one. ``loose``: a payment without journal entry."""
        return SQL(
            """
            SELECT credit.partner_id, credit.currency_id, -credit.residual AS amount, FALSE AS loose,
                   COALESCE(credit.reversed_entry_id, by_reference.move_id) AS move_id
              FROM ledger credit
         LEFT JOIN (
                  SELECT partner_id, reference, MIN(move_id) AS move_id
                    FROM ledger
              CROSS JOIN LATERAL (VALUES (number), (payment_reference)) AS known (reference)
                   WHERE residual > 0 AND reference <> ''
                GROUP BY partner_id, reference) AS by_reference
                ON by_reference.partner_id = credit.partner_id AND by_reference.reference = credit.ref
             WHERE credit.residual < 0 AND NOT credit.non_trade AND credit.partner_id IS NOT NULL
         UNION ALL
            SELECT partner.commercial_partner_id, payment.currency_id, payment.amount, TRUE, link.invoice_id
              FROM account_payment payment
              JOIN res_partner partner ON partner.id = payment.partner_id
         LEFT JOIN account_move__account_payment link ON link.payment_id = payment.id
             WHERE payment.company_id = %(company)s AND payment.move_id IS NULL AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer'
               AND (link.invoice_id IS NOT NULL AND payment.state IN ('in_process', 'paid')
                    OR link.invoice_id IS NULL AND payment.state = 'in_process'
                       AND payment.date >= %(date)s::date - %(days)s)
            """,
            company=company.id,
            date=date,
            days=PENDING_DAYS,
        )

    @api.model
    def _sql_disputed(self, company, **ask):
        """Disputed amount of the items that their dispute still points to."""
        return SQL(
            """
            SELECT line.move_line_id AS id, SUM(line.amount) AS amount
              FROM credit_collection_dispute_line line
              JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
             WHERE dispute.state = 'open' AND dispute.company_id = %s AND line.move_line_id IS NOT NULL
          GROUP BY line.move_line_id
            """,
            company.id,
        )

    @api.model
    def _sql_dispute_rest(self, company, **ask):
        """Disputed amounts of items that were replaced since, by invoice."""
        return SQL(
            """
            SELECT line.move_id, SUM(line.amount) AS amount
              FROM credit_collection_dispute_line line
              JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
             WHERE dispute.state = 'open' AND dispute.company_id = %s AND line.move_line_id IS NULL
          GROUP BY line.move_id
            """,
            company.id,
        )

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
    def _sql_free_named(self):
        """What disputes and the credits that name the invoice leave of each debit item: ``rest``."""
        return SQL(
            """
            SELECT item.*, named.amount AS named_amount, named.loose AS named_loose,
                   LEAST(GREATEST(COALESCE(named.amount, 0) - SUM(item.undisputed) OVER earlier + item.undisputed, 0),
                         item.undisputed) AS named_cover
              FROM (
                  SELECT debit.*, debit.direct + LEAST(GREATEST(COALESCE(rest.amount, 0)
                             - SUM(debit.residual - debit.direct) OVER earlier + debit.residual - debit.direct, 0),
                             debit.residual - debit.direct) AS disputed,
                         debit.residual - debit.direct - LEAST(GREATEST(COALESCE(rest.amount, 0)
                             - SUM(debit.residual - debit.direct) OVER earlier + debit.residual - debit.direct, 0),
                             debit.residual - debit.direct) AS undisputed
                    FROM (
                        SELECT ledger.*, LEAST(ledger.residual, COALESCE(disputed.amount, 0)) AS direct
                          FROM ledger
                     LEFT JOIN disputed ON disputed.id = ledger.id
                         WHERE ledger.residual >= 0) AS debit
               LEFT JOIN dispute_rest rest ON rest.move_id = debit.move_id
                  WINDOW earlier AS (PARTITION BY debit.move_id ORDER BY debit.date_due, debit.id)) AS item
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
    def _sql_free(self, company, **ask):
        """Every open item, credits too, with what is disputed, covered and free."""
        return SQL(
            """
            SELECT item.*, ROUND((item.amount_residual * item.free / NULLIF(item.residual, 0))::numeric, %(digits)s)
                       AS free_company
              FROM (
                  SELECT debit.*, debit.undisputed - debit.named_cover - debit.exact_cover - debit.pool_cover AS free,
                         debit.named_cover + debit.exact_cover + debit.pool_cover AS covered
                    FROM (
                        SELECT exacted.*, LEAST(GREATEST(COALESCE(pool.amount, 0) - SUM(exacted.rest) OVER earlier
                                   + exacted.rest, 0), exacted.rest) AS pool_cover
                          FROM (SELECT *, undisputed - named_cover - exact_cover AS rest FROM free_exact) AS exacted
                     LEFT JOIN pool ON pool.partner_id = exacted.partner_id AND pool.currency_id = exacted.currency_id
                           AND NOT exacted.non_trade
                        WINDOW earlier AS (
                            PARTITION BY exacted.partner_id, exacted.currency_id, exacted.non_trade
                                ORDER BY exacted.date_due, exacted.id)) AS debit) AS item
            """,
            digits=company.currency_id.decimal_places,
        )
