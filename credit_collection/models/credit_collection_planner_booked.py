from odoo import api, models
from odoo.tools import SQL

REGISTERED_DAYS = 10
"""Days before a bank line from which registered payments are taken to be the same money."""


class CreditCollectionPlannerBooked(models.AbstractModel):
    """Named parts of the planner that find money at the bank which stands in the books already, as payments."""

    _inherit = "credit.collection.planner"

    @api.model
    def _sql_may_be_at_bank(self, company):
        """Whether ``payment``, of ``journal``, may be the money of a bank line that is not reconciled."""
        return SQL(
            """payment.company_id = %s AND payment.payment_type = 'inbound' AND payment.partner_type = 'customer'
               AND payment.state IN ('in_process', 'paid')
               AND (payment.move_id IS NULL OR payment.is_matched IS NOT TRUE
                    OR payment.outstanding_account_id = journal.default_account_id)""",
            company.id,
        )

    @api.model
    def _sql_bank_paid(self, company, date):
        """Payments that may be at the bank by the invoices, open or closed, that they were registered on or settled."""
        return SQL(
            """
            SELECT payment.id, payment.date, payment.currency_id, payment.amount, paid.move_id
              FROM account_payment payment
              JOIN account_journal journal ON journal.id = payment.journal_id
        CROSS JOIN LATERAL (
                  SELECT link.invoice_id AS move_id
                    FROM account_move__account_payment link
                   WHERE link.payment_id = payment.id
                   UNION
                  SELECT settled.move_id
                    FROM account_move_line own
                    JOIN account_partial_reconcile partial ON partial.credit_move_id = own.id
                    JOIN account_move_line settled ON settled.id = partial.debit_move_id
                   WHERE own.move_id = payment.move_id) AS paid
             WHERE %(may_be)s AND payment.date >= %(since)s::date - %(days)s AND (SELECT COUNT(*) FROM bank_line) > 0
            """,
            may_be=self._sql_may_be_at_bank(company),
            since=company._get_cover_since(date),
            days=REGISTERED_DAYS,
        )

    @api.model
    def _sql_bank_booked(self):
        """Lines whose label names invoices of which as much was registered.

        Money that came before counts first: what earlier lines with the same invoices bring is taken off.
        """
        return SQL(
            """
            WITH asked AS (
                SELECT id, date, currency_id, amount FROM bank_found
                 WHERE counts AND NOT set_aside AND found_by IS DISTINCT FROM 'said'
            ), named AS (
                SELECT DISTINCT spoken.line_id, known.move_id
                  FROM (%(numbers)s) AS known
                  JOIN bank_spoken spoken ON spoken.number = known.number
            ), paid AS (
                SELECT line.id AS line_id, paid.id, paid.amount, paid.move_id
                  FROM asked line
                  JOIN named ON named.line_id = line.id
                  JOIN bank_paid paid ON paid.move_id = named.move_id AND paid.currency_id = line.currency_id
                   AND paid.date >= line.date - %(days)s
            ), earlier AS (
                SELECT DISTINCT line.id AS line_id, other.id, other.amount
                  FROM asked line
                  JOIN paid ON paid.line_id = line.id
                  JOIN named ON named.move_id = paid.move_id
                  JOIN asked other ON other.id = named.line_id AND other.currency_id = line.currency_id
                   AND (other.date, other.id) <= (line.date, line.id)
            )
            SELECT brought.line_id
              FROM (SELECT line_id, SUM(amount) AS amount FROM earlier GROUP BY line_id) AS brought
              JOIN (SELECT line_id, SUM(amount) AS amount
                      FROM (SELECT DISTINCT line_id, id, amount FROM paid) AS once GROUP BY line_id) AS registered
                ON registered.line_id = brought.line_id AND registered.amount >= brought.amount
            """,
            numbers=self._sql_numbers(SQL("SELECT DISTINCT move_id FROM bank_paid")),
            days=REGISTERED_DAYS,
        )

    @api.model
    def _sql_bank_money(self, company):
        """Whose the money is; ``registered``: it stands in the books already.

        Payments of the invoices that the label names make up as much; or the n-th line of a customer and amount finds n
        payments of that amount.
        """
        return SQL(
            """
            SELECT found.*, found.counts AND NOT found.set_aside AND (booked.line_id IS NOT NULL OR (
                       SELECT COUNT(*)
                         FROM account_payment payment
                         JOIN account_journal journal ON journal.id = payment.journal_id
                         JOIN res_partner payer ON payer.id = payment.partner_id
                        WHERE %(may_be)s AND payer.commercial_partner_id = found.found_partner_id
                          AND payment.currency_id = found.currency_id AND payment.amount = found.amount
                          AND payment.date >= found.date - %(days)s
                   ) >= ROW_NUMBER() OVER (
                       PARTITION BY found.found_partner_id, found.currency_id, found.amount,
                                    found.counts AND NOT found.set_aside
                           ORDER BY found.date, found.id)) AS registered
              FROM bank_found found
         LEFT JOIN bank_booked booked ON booked.line_id = found.id
            """,
            may_be=self._sql_may_be_at_bank(company),
            days=REGISTERED_DAYS,
        )
