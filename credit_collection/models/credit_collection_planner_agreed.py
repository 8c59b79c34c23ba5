from odoo import api, models
from odoo.tools import SQL


class CreditCollectionPlannerAgreed(models.AbstractModel):
    """Named parts of the planner about what was said and agreed: remarks, promises, plans, difficulty."""

    _inherit = "credit.collection.planner"

    @api.model
    def _get_agreed_holds(self, date):
        """What waits for a person's judgement, and what the customer agreed to."""
        return [
            ("told_paid", SQL("item.paid_until >= %s", date), SQL("item.paid_until + 1")),
            ("plan_asked", SQL("item.asked_until >= %s", date), SQL("item.asked_until + 1")),
            ("possible_dispute", SQL("item.possible_until >= %s", date), SQL("item.possible_until + 1")),
            ("provisional", SQL("item.provisional_until >= %s", date), SQL("item.provisional_until + 1")),
            ("in_plan", SQL("item.plan_id IS NOT NULL"), SQL("NULL::date")),
            ("promised", SQL("item.promise_release > %s", date), SQL("item.promise_release")),
        ]

    @api.model
    def _get_difficulty_hold(self, date):
        """On ``step``: nothing firm while the customer is in difficulty."""
        return (
            "difficulty",
            SQL("step.step_tone IN ('firm', 'formal') AND step.difficulty_until >= %s", date),
            SQL("step.difficulty_until + 1"),
        )

    @api.model
    def _sql_agreed(self, date):
        """Columns that these holds ask for."""
        return SQL(
            """
            said.paid_until, said.asked_until, said.possible_until, provisional.date_until AS provisional_until,
            agreed.plan_id, promised.date_release AS promise_release,
            CASE WHEN debtor.difficulty_from <= %s THEN debtor.difficulty_until END AS difficulty_until,
            COALESCE(profile.person_when_disputed, FALSE) AS person_when_disputed
            """,
            date,
        )

    @api.model
    def _sql_agreed_joins(self, company, date):
        """What the columns above come from; a line whose item was replaced counts for all items of its invoice."""
        return SQL(
            """
         LEFT JOIN (
                  SELECT named.id, MAX(remark.date_until) FILTER (WHERE remark.topic = 'paid') AS paid_until,
                         MAX(remark.date_until) FILTER (WHERE remark.topic = 'plan') AS asked_until,
                         MAX(remark.date_until) FILTER (
                             WHERE COALESCE(remark.topic, '') NOT IN ('paid', 'plan')) AS possible_until
                    FROM credit_collection_remark_line line
                    JOIN credit_collection_remark remark ON remark.id = line.remark_id
                    JOIN ledger named ON named.move_id = line.move_id
                     AND named.id = COALESCE(line.move_line_id, named.id)
                   WHERE remark.state = 'open' AND remark.date_until >= %(date)s AND remark.company_id = %(company)s
                GROUP BY named.id) AS said ON said.id = free.id
         LEFT JOIN (
                  SELECT remark.debtor_id, MAX(remark.date_until) AS date_until
                    FROM credit_collection_remark remark
                   WHERE remark.state = 'open' AND remark.date_until >= %(date)s AND remark.company_id = %(company)s
                     AND NOT EXISTS (SELECT FROM credit_collection_remark_line line WHERE line.remark_id = remark.id)
                GROUP BY remark.debtor_id) AS provisional ON provisional.debtor_id = free.debtor_id
         LEFT JOIN (
                  SELECT named.id, MIN(line.plan_id) AS plan_id
                    FROM credit_collection_plan_line line
               LEFT JOIN account_move_line kept ON kept.id = line.move_line_id
                    JOIN ledger named ON %(agreed)s
                   WHERE line.live AND line.company_id = %(company)s
                GROUP BY named.id) AS agreed ON agreed.id = free.id
         LEFT JOIN (
                  SELECT named.id, MAX(promise.date_release) AS date_release
                    FROM credit_collection_promise_line line
                    JOIN credit_collection_promise promise ON promise.id = line.promise_id
               LEFT JOIN account_move_line kept ON kept.id = line.move_line_id
                    JOIN ledger named ON %(agreed)s
                   WHERE line.live AND promise.date_release > %(date)s AND line.company_id = %(company)s
                GROUP BY named.id) AS promised ON promised.id = free.id
            """,
            company=company.id,
            date=date,
            agreed=self._sql_agreed_item(),
        )

    @api.model
    def _sql_agreed_item(self):
        """Whether ``line`` of a promise or plan is about the item ``named``; ``kept`` is the item of the line.

        All of the invoice, once the line's own was replaced or is smaller than what was agreed on.
        """
        return SQL(
            """named.move_id = line.move_id
               AND (named.id = line.move_line_id OR kept.id IS NULL OR kept.amount_currency < line.amount)"""
        )

    @api.model
    def _sql_contested(self, company):
        """On ``weight``: so much of the overdue position is disputed that a person speaks about the rest."""
        return SQL(
            """COALESCE(weight.overdue_disputed > 0
               AND (weight.person_when_disputed
                    OR %(share)s > 0 AND weight.overdue_disputed * 100 >= weight.overdue * %(share)s), FALSE)""",
            share=company.sudo().collection_disputed_share,
        )

    @api.model
    def _sql_overdue_disputed(self, company, date):
        """The debtor's overdue trade debit items, and what is disputed of them, in company currency."""
        return SQL(
            """
            SUM(amount_residual) FILTER (WHERE NOT non_trade AND date_due < %(date)s)
                OVER (PARTITION BY partner_id) AS overdue,
            SUM(ROUND((amount_residual * disputed / NULLIF(residual, 0))::numeric, %(digits)s))
                FILTER (WHERE NOT non_trade AND date_due < %(date)s) OVER (PARTITION BY partner_id) AS overdue_disputed
            """,
            date=date,
            digits=company.currency_id.decimal_places,
        )
