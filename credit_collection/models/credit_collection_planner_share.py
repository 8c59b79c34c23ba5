from odoo import api, models
from odoo.tools import SQL

WHOLE = 0.98
"""Part of what they are worth from which money in another currency covers invoices wholly: rates differ."""


class CreditCollectionPlannerShare(models.AbstractModel):
    """Named parts of the planner that split money at the bank over the invoices that it names."""

    _inherit = "credit.collection.planner"

    @api.model
    def _sql_bank_named(self):
        """The invoices that each line names and may cover: what they have open, also in company currency (worth)."""
        return SQL(
            """
            SELECT line.id AS line_id, line.amount AS line_amount, line.worth AS line_worth,
                   line.currency_id AS line_currency_id, item.move_id, item.partner_id, item.currency_id,
                   SUM(item.residual) AS open, SUM(item.worth) AS worth, MIN(item.date_due) AS date_due
              FROM bank_money line
              JOIN (SELECT DISTINCT line_id, move_id, FALSE AS said FROM bank_match
                     UNION ALL
                    SELECT id, said_move_id, TRUE FROM bank_found WHERE said_move_id IS NOT NULL) AS name
                ON name.line_id = line.id AND name.said = (line.said_move_id IS NOT NULL)
              JOIN bank_open item
                ON item.move_id = name.move_id AND (item.currency_id = line.currency_id OR NOT name.said)
               AND (item.partner_id = line.found_partner_id OR line.several)
             WHERE line.counts AND NOT line.set_aside AND NOT line.registered
          GROUP BY line.id, line.amount, line.worth, line.currency_id, item.move_id, item.partner_id, item.currency_id
            """
        )

    @api.model
    def _sql_bank_share(self):
        """What each line holds of the invoices that it names, earliest due date first; ``rest``: what it has over.

        When one of them is in another currency than the line, all is weighed in company currency. ``price`` is what an
        invoice takes of the line's ``purse``.
        """
        return SQL(
            """
            SELECT line_id, move_id, partner_id, share.currency_id, rest,
                   CASE WHEN taken >= price THEN open WHEN NOT crossing THEN taken
                        ELSE ROUND(open * taken / price, currency.decimal_places) END AS amount
              FROM (
                  SELECT priced.*, LEAST(GREATEST(purse - SUM(price) OVER earlier + price, 0), price) AS taken
                    FROM (
                        SELECT summed.*, CASE WHEN crossing THEN worth ELSE open END AS price,
                               CASE WHEN NOT crossing THEN line_amount
                                    WHEN line_worth >= %(whole)s * all_worth THEN GREATEST(line_worth, all_worth)
                                    ELSE line_worth END AS purse,
                               CASE WHEN NOT crossing THEN GREATEST(line_amount - all_open, 0)
                                    WHEN line_worth > all_worth
                                    THEN ROUND(line_amount * (line_worth - all_worth) / line_worth, own.decimal_places)
                                    ELSE 0 END AS rest
                          FROM (
                              SELECT named.*, SUM(open) OVER line AS all_open, SUM(worth) OVER line AS all_worth,
                                     BOOL_OR(currency_id <> line_currency_id) OVER line AS crossing
                                FROM bank_named named
                              WINDOW line AS (PARTITION BY line_id)) AS summed
                          JOIN res_currency own ON own.id = line_currency_id) AS priced
                  WINDOW earlier AS (PARTITION BY line_id ORDER BY date_due, move_id, partner_id)) AS share
              JOIN res_currency currency ON currency.id = share.currency_id
            """,
            whole=WHOLE,
        )

    @api.model
    def _sql_bank_credit(self, debtors):
        """Rows for the credits: the part of each line that names an invoice, and the rest that names none.

        The rest of what names several customers belongs to nobody, unless the line itself tells whose it is.
        """
        return SQL(
            """
            SELECT share.partner_id, share.currency_id, share.amount, FALSE, share.move_id
              FROM bank_share share
             WHERE share.amount > 0 %(share_scope)s
         UNION ALL
            SELECT line.found_partner_id, line.currency_id, COALESCE(named.rest, line.amount), FALSE, NULL
              FROM bank_money line
         LEFT JOIN (SELECT line_id, MIN(rest) AS rest FROM bank_share GROUP BY line_id) AS named
                ON named.line_id = line.id
             WHERE line.counts AND NOT line.set_aside AND NOT line.registered AND line.found_partner_id IS NOT NULL
               AND COALESCE(named.rest, line.amount) > 0 %(line_scope)s
            """,
            share_scope=self._sql_partner_scope("share.partner_id", debtors),
            line_scope=self._sql_partner_scope("line.found_partner_id", debtors),
        )
