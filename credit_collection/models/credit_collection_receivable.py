from odoo import api, fields, models
from odoo.tools import SQL


class CreditCollectionReceivable(models.AbstractModel):
    """Receivables as they were on a day, rebuilt from the ledger: what the ageing and the DSO have in common.

    On day *D* counts each posted line of a receivable account dated *D* or before. What it left open then is its
    balance less the partial reconciliations that were complete by *D* (the later of the two dates matched), whatever
    was paid, reconciled or taken back since. A match with an entry that is not posted counts for nothing. Both sides
    of a match are receivables of one account, so the sum of what is open is the balance of the accounts on that day.
    (Branches that pay for one another are the exception: there it holds for all of them together.)
    Exchange differences are entries of their own. Core dates those of a payment that is entered late at the end of its
    month; until then, an item that is paid in its currency has a rest in the company's, in the ledger as here.

    The day comes with the context as ``collection_date``; without it, it is today where the company is. The companies
    are those of ``collection_company_ids``, else those the user works in.
    """

    _name = "credit.collection.receivable"
    _description = "Receivables on a Day"

    # === WHAT IS ASKED === #

    @api.model
    def _get_companies(self):
        company_ids = self.env.context.get("collection_company_ids") or self.env.companies.ids
        return self.env["res.company"].sudo().browse(company_ids)

    @api.model
    def _get_date(self, company):
        """Return the day asked about."""
        return fields.Date.to_date(self.env.context.get("collection_date")) or company._get_collection_today()

    @api.model
    def _get_bounds(self):
        """Return the bounds of the ageing: those of the one company asked about, else of the one the user is in."""
        companies = self._get_companies()
        return (companies if len(companies) == 1 else self.env.company.sudo())._get_collection_bounds()

    @api.model
    def _flush(self):
        """Write what the statements read, and have them run without compiling, which takes longer than they do."""
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")

    # === SQL === #

    @api.model
    def _sql_asked(self):
        """Return ``(company_id, date)`` rows."""
        return SQL(
            "VALUES %s",
            SQL(", ").join(
                SQL("(%s, %s::date)", company.id, self._get_date(company)) for company in self._get_companies()
            ),
        )

    @api.model
    def _sql_line(self):
        """Return the receivable lines until the day; ``asked`` names companies and days."""
        return SQL(
            """
            SELECT line.id, line.company_id, line.move_id, line.date, asked.date AS date_asof,
                   COALESCE(line.date_maturity, line.date) AS date_due, line.balance, line.amount_currency,
                   COALESCE(account.non_trade, FALSE) AS non_trade
              FROM asked
              JOIN account_move_line line ON line.company_id = asked.company_id AND line.date <= asked.date
              JOIN account_account account ON account.id = line.account_id
             WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
            """
        )

    @api.model
    def _sql_matched(self):
        """Return what the matches until the day took off each ``line``, with the day of the match."""
        return SQL(
            """
            SELECT line.id, partial.max_date AS date, partial.amount, partial.debit_amount_currency AS amount_currency
              FROM line
              JOIN account_partial_reconcile partial
                ON partial.debit_move_id = line.id AND partial.max_date <= line.date_asof
              JOIN account_move_line other ON other.id = partial.credit_move_id AND other.parent_state = 'posted'
         UNION ALL
            SELECT line.id, partial.max_date, -partial.amount, -partial.credit_amount_currency
              FROM line
              JOIN account_partial_reconcile partial
                ON partial.credit_move_id = line.id AND partial.max_date <= line.date_asof
              JOIN account_move_line other ON other.id = partial.debit_move_id AND other.parent_state = 'posted'
            """
        )

    @api.model
    def _sql_bucket(self, credit, days):
        """Return the number of the ageing bucket; the same as ``kpi.bucket``.

        :param SQL credit: whether it is money of the customer; never late
        :param SQL days: days since the due date
        """
        return SQL(
            "CASE WHEN %s THEN 99 WHEN %s <= 0 THEN 1 ELSE 2 + width_bucket(%s - 1, %s) END",
            credit, days, days, list(self._get_bounds()),
        )  # fmt: skip
