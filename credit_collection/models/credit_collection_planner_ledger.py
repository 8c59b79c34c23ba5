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
    def _sql_disputed(self, company, **ask):
        """Disputed amount of the items that their dispute still points to."""
        return SQL(
            """
            SELECT line.move_line_id AS id, SUM(line.amount) AS amount
              FROM credit_collection_dispute_line line
              JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
             WHERE dispute.date_closed IS NULL AND dispute.company_id = %s AND line.move_line_id IS NOT NULL
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
             WHERE dispute.date_closed IS NULL AND dispute.company_id = %s AND line.move_line_id IS NULL
          GROUP BY line.move_id
            """,
            company.id,
        )

    @api.model
    def _sql_debit(self):
        """Debit items with what their own disputes hold; ``touched``: credits or replaced items' disputes may, too."""
        return SQL(
            """
            SELECT ledger.id, ledger.move_id, ledger.currency_id, ledger.date, ledger.date_due, ledger.amount_residual,
                   ledger.residual, ledger.non_trade, ledger.partner_id, ledger.debtor_id, ledger.no_followup,
                   ledger.payment_state, ledger.collection_scenario_id,
                   LEAST(ledger.residual, COALESCE(disputed.amount, 0)) AS direct, rest.amount AS dispute_rest,
                   rest.move_id IS NOT NULL OR credited.partner_id IS NOT NULL AS touched
              FROM ledger
         LEFT JOIN disputed ON disputed.id = ledger.id
         LEFT JOIN dispute_rest rest ON rest.move_id = ledger.move_id
         LEFT JOIN (SELECT DISTINCT partner_id, currency_id FROM credit) AS credited
                ON credited.partner_id = ledger.partner_id AND credited.currency_id = ledger.currency_id
             WHERE ledger.residual >= 0
            """
        )
