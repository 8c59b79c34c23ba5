from odoo import api, models
from odoo.tools import SQL

from .account_move_exempt import EXEMPTIONS


class CreditCollectionPlannerExempt(models.AbstractModel):
    """Named parts of the planner about what is not ours to ask for, and about what other software has asked before."""

    _inherit = "credit.collection.planner"

    @api.model
    def _get_exempt_holds(self, date):
        """What is not ours to ask for: frozen, never sent, marked, one of us, protected, collected by us."""
        none = SQL("NULL::date")
        marked = [
            (
                code,
                SQL("item.exempt = %s AND COALESCE(item.exempt_until >= %s, TRUE)", code, date),
                SQL("item.exempt_until + 1"),
            )
            for code, __ in EXEMPTIONS
        ]
        return [
            ("frozen", SQL("item.frozen"), none),
            ("never_sent", SQL("item.never_sent"), none),
            *marked,
            ("intercompany", SQL("item.intercompany"), none),
            ("protected", SQL("item.protected"), none),
            ("collected_by_us", SQL("item.by_us AND item.came_back IS NOT TRUE"), none),
        ]

    @api.model
    def _sql_exempt(self, company):
        """Columns that these holds ask for; ``date_late`` is the day after which an item is late."""
        ours = self.env["res.company"]._get_own_partners()
        return SQL(
            """
            %(require_sent)s AND move.move_type IN ('out_invoice', 'out_receipt') AND move.is_move_sent IS NOT TRUE
                AS never_sent,
            move.collection_exempt AS exempt, move.collection_exempt_until AS exempt_until,
            COALESCE(free.partner_id IN %(ours)s, FALSE) AS intercompany,
            COALESCE(free.date < debtor.insolvency_date, FALSE) AS frozen,
            COALESCE(debtor.protected, FALSE) AS protected, COALESCE(method.collection_by_us, FALSE) AS by_us,
            returned.came_back, returned.hold_until AS rejected_until,
            payable.owed, payable.owes,
            CASE WHEN COALESCE(debtor.payment_days, '') = '' THEN free.date_due ELSE (
                SELECT MIN(run.day)
                  FROM (SELECT DATE_TRUNC('month', free.date_due)::date AS this_month) AS due
            CROSS JOIN LATERAL (VALUES (due.this_month), ((due.this_month + INTERVAL '1 month')::date)) AS month (first)
            CROSS JOIN LATERAL UNNEST(STRING_TO_ARRAY(REPLACE(debtor.payment_days, ' ', ''), ',')::int[]) AS number
            CROSS JOIN LATERAL (SELECT LEAST(month.first + number - 1,
                                             (month.first + INTERVAL '1 month')::date - 1) AS day) AS run
                 WHERE run.day >= free.date_due) END AS date_late
            """,
            require_sent=bool(company.sudo().collection_require_sent),
            ours=tuple(ours.ids) or (0,),
        )

    @api.model
    def _sql_exempt_joins(self, company, date):
        """What the columns above come from."""
        return SQL(
            """
              JOIN account_move move ON move.id = free.move_id
         LEFT JOIN account_payment_method_line method ON method.id = move.preferred_payment_method_line_id
         LEFT JOIN credit_collection_scenario_step heard
                ON heard.scenario_id = scenario.id AND heard.level = move.collection_opening_level
         LEFT JOIN (
                  SELECT move_id, BOOL_OR(reason <> 'mistake') AS came_back, MAX(hold_until) AS hold_until
                    FROM credit_collection_reject
                   WHERE company_id = %(company)s
                GROUP BY move_id) AS returned ON returned.move_id = free.move_id
         LEFT JOIN (
                  SELECT file.partner_id, bill.owed, late.owes
                    FROM credit_collection_debtor file
              CROSS JOIN LATERAL (
                         SELECT -SUM(line.amount_residual) AS owed
                           FROM account_move_line line
                           JOIN account_account account ON account.id = line.account_id
                           JOIN res_partner partner ON partner.id = line.partner_id
                          WHERE account.account_type = 'liability_payable' AND line.reconciled IS NOT TRUE
                            AND line.parent_state = 'posted' AND line.company_id = %(company)s
                            AND partner.commercial_partner_id = file.partner_id) AS bill
              CROSS JOIN LATERAL (
                         SELECT SUM(item.amount_residual) AS owes
                           FROM free item
                          WHERE item.partner_id = file.partner_id AND NOT item.non_trade
                            AND item.date_due < %(date)s) AS late
                   WHERE file.company_id = %(company)s AND file.hold_for_bills) AS payable
                ON payable.partner_id = free.partner_id
            """,
            company=company.id,
            date=date,
        )

    @api.model
    def _sql_taken_over(self):
        """Level, tone and last contact; an invoice taken over from other software brings its own."""
        return SQL(
            """
            GREATEST(COALESCE(reached.level, 0), CASE WHEN move.collection_opening_level > 0
                     AND free.date_due < move.collection_opening_date THEN move.collection_opening_level END) AS level,
            GREATEST(reached.tone, CASE WHEN free.date_due < move.collection_opening_date THEN %s END) AS sent_tone,
            CASE WHEN move.collection_opening_level > 0 THEN move.collection_opening_date END AS opening_date
            """,
            self._sql_tone_rank(SQL("heard.tone")),
        )
