from odoo import api, models
from odoo.tools import SQL


class CreditCollectionReportQuality(models.Model):
    """Invoices that look paid, although the entry that paid them is not posted any more."""

    _inherit = "credit.collection.report.quality"

    @api.model
    def _get_findings(self, company):
        return [*super()._get_findings(company), self._sql_undone(company)]

    @api.model
    def _sql_undone(self, company):
        """One row per entry that was reset to draft (or cancelled) with its reconciliations, as core leaves it."""
        source = SQL(
            """(SELECT undone.id, MIN(debtor.id) AS debtor_id, STRING_AGG(DISTINCT invoice.name, ', ') AS numbers
                  FROM account_move undone
                  JOIN account_move_line line ON line.move_id = undone.id
                  JOIN account_partial_reconcile partial ON partial.credit_move_id = line.id
                  JOIN account_move_line item ON item.id = partial.debit_move_id
                  JOIN account_account account ON account.id = item.account_id
                  JOIN account_move invoice ON invoice.id = item.move_id
                  JOIN res_partner partner ON partner.id = item.partner_id
             LEFT JOIN credit_collection_debtor debtor ON debtor.partner_id = partner.commercial_partner_id
                   AND debtor.company_id = item.company_id
                 WHERE undone.state <> 'posted' AND undone.company_id = %(company)s AND item.company_id = %(company)s
                   AND item.parent_state = 'posted' AND item.reconciled
                   AND account.account_type = 'asset_receivable' AND COALESCE(account.non_trade, FALSE) IS FALSE
              GROUP BY undone.id) AS one""",
            company=company.id,
        )
        return self._sql_finding("undone", "blocks", source, record="id", move="id", detail="numbers")

    # === ACTION METHODS === #

    def action_mend(self):
        """Open the payment, which is to be posted again or taken off the invoice."""
        self.ensure_one()
        payment = self.move_id.origin_payment_id
        return payment._get_records_action() if self.kind == "undone" and payment else super().action_mend()
