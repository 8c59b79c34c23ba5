from odoo import api, models
from odoo.tools import SQL


class CreditCollectionLedgerPayment(models.AbstractModel):
    """What customers paid: each payment's share of each invoice, and what of it is not allocated."""

    _inherit = "credit.collection.ledger"

    @api.model
    def _sql_allocations(self):
        """What payments (``loose`` items that are money) settled of invoices of the same customer and currency.

        What a payment did otherwise (in another currency, for another customer, against an entry) is no row: the
        documents say that it was settled, and when.
        """
        return SQL(
            """
            SELECT loose.id, invoice.name AS number, SUM(partial.debit_amount_currency) AS amount
              FROM loose
              JOIN account_partial_reconcile partial ON partial.credit_move_id = loose.id
              JOIN account_move_line line ON line.id = partial.debit_move_id AND line.currency_id = loose.currency_id
                   AND line.amount_currency > 0
              JOIN account_move invoice ON invoice.id = line.move_id
                   AND invoice.move_type IN ('out_invoice', 'out_receipt')
              JOIN res_partner partner ON partner.id = line.partner_id
                   AND partner.commercial_partner_id = loose.partner_id
             WHERE loose.money AND loose.amount < 0
          GROUP BY loose.id, invoice.name
            """
        )

    @api.model
    def _sql_payments(self, company, history, payment_refs=None, **scope):
        """Rows of payments: in a file of what is open only what is not allocated, in one with history all of them."""
        items = self._sql_items(company, history, payment_refs=payment_refs, **scope)
        query = SQL(
            """
            WITH item AS MATERIALIZED (%(items)s),
                 loose AS MATERIALIZED (%(loose)s),
                 share AS (
                     %(allocations)s
                     SELECT id, NULL AS number, -residual AS amount FROM loose WHERE amount < 0 AND residual < 0
                 )
            SELECT 'payment' AS record, %(ref)s AS customer_ref, loose.key AS payment_ref, loose.date AS payment_date,
                   %(amount)s AS amount, currency.name AS currency, share.number, loose.memo
              FROM share
              JOIN loose ON loose.id = share.id
              JOIN res_currency currency ON currency.id = loose.currency_id
              JOIN res_partner partner ON partner.id = loose.partner_id
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = partner.id AND debtor.company_id = %(company)s
             WHERE %(named)s
            """,
            items=items,
            loose=self._sql_loose(SQL("TABLE item")),
            allocations=SQL("%s UNION ALL", self._sql_allocations()) if history else SQL(),
            ref=self._sql_ref(),
            amount=self._sql_amount(SQL("share.amount")),
            company=company.id,
            named=SQL("TRUE") if payment_refs is None else SQL("loose.key = ANY(%s)", payment_refs),
        )
        return self._sql_sorted(query, "payment_date", "payment_ref", "number", "customer_ref", "amount")
