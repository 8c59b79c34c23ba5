from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CreditCollectionWriteoff(models.Model):
    """What is proposed for write-off: by a daily pass, set-based, or by a person from the open items."""

    _inherit = "credit.collection.writeoff"

    @api.model
    def _cron_propose(self):
        """Propose in each company in which a scenario is on; take back what does not stand any more."""
        scenarios = self.env["credit.collection.scenario"].search([("on_company_ids", "!=", False)])
        companies = scenarios.on_company_ids | self.search([("state", "=", "proposed")]).company_id
        self.env["credit.collection.daily"]._for_each_company(
            companies,
            lambda company: self.with_company(company)._propose(company),
            "The small sums of %s could not be proposed",
        )

    @api.model
    def _propose(self, company, date=None):
        """Propose what stayed below the minimum of its next step long enough; return the new proposals."""
        self = self.sudo()
        date = date or company._get_collection_today()
        plan = self.env["credit.collection.planner"]._materialize(company, date)
        self._cancel_stale(company, plan)
        rows = []
        if company.collection_writeoff_days:
            rows = self.env.execute_query(self._sql_propose(company, date, plan))
            self.env.invalidate_all()
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _cancel_stale(self, company, plan):
        """Take back proposals of which an item was paid, changed, contested or held since."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.writeoff_id
                  FROM credit_collection_writeoff_line line
             LEFT JOIN %(plan)s AS plan ON plan.id = line.move_line_id AND plan.standing IN %(free)s
                   AND plan.residual = line.amount AND plan.disputed = 0 AND plan.covered = 0
                 WHERE line.is_open AND line.company_id = %(company)s AND plan.id IS NULL
                """,
                plan=plan,
                free=self._get_free_standings(),
                company=company.id,
            )
        )
        stale = self.browse(id_ for (id_,) in rows)
        stale._set_cancelled(self.env._("Paid, changed or held since it was proposed."))
        self.env.flush_all()

    @api.model
    def _sql_propose(self, company, date, plan):
        """Insert proposals and lines in one statement: one proposal per debtor and reason.

        An item counts as below the minimum since its due date, or since the last amount that was set against it.
        """
        return SQL(
            """
            WITH small AS (
                SELECT plan.id, plan.move_id, plan.debtor_id, plan.currency_id, plan.date_due, plan.residual,
                       plan.amount_residual, plan.disputed, plan.covered, plan.step_tone, step.min_amount,
                       paid.last_day,
                       SUM(plan.free_company) OVER (PARTITION BY plan.debtor_id, plan.currency_id) AS together
                  FROM %(plan)s AS plan
                  JOIN credit_collection_scenario_step step ON step.id = plan.step_id
             LEFT JOIN LATERAL (SELECT MAX(part.max_date) AS last_day FROM account_partial_reconcile part
                                 WHERE part.debit_move_id = plan.id) AS paid ON TRUE
                 WHERE plan.standing = 'minimum' AND plan.debtor_id IS NOT NULL),
            chosen AS (
                SELECT small.*, CASE WHEN amount_residual < 1 THEN 'rounding'
                                     WHEN last_day IS NOT NULL THEN 'bank_charge' ELSE 'not_worth' END AS reason
                  FROM small
                 WHERE together < min_amount AND (%(most)s = 0 OR together <= %(most)s)
                   AND GREATEST(date_due, last_day) + %(days)s <= %(date)s
                   AND disputed = 0 AND covered = 0 AND residual > 0 AND step_tone <> 'formal'
                   AND NOT EXISTS (SELECT FROM credit_collection_action_line line
                                    WHERE line.move_line_id = small.id AND line.live AND line.tone = 'formal')
                   AND NOT EXISTS (SELECT FROM credit_collection_writeoff_line line
                                     JOIN credit_collection_writeoff known ON known.id = line.writeoff_id
                                    WHERE line.move_line_id = small.id
                                      AND (known.state <> 'cancelled' OR known.move_id IS NOT NULL))),
            proposal AS (
                INSERT INTO credit_collection_writeoff
                            (debtor_id, company_id, date, reason, state, amount, create_uid, create_date, write_uid,
                             write_date)
                SELECT debtor_id, %(company)s, %(date)s, reason, 'proposed', SUM(amount_residual), %(uid)s, %(now)s,
                       %(uid)s, %(now)s
                  FROM chosen
              GROUP BY debtor_id, reason
             RETURNING id, debtor_id, reason),
            line AS (
                INSERT INTO credit_collection_writeoff_line
                            (writeoff_id, company_id, move_line_id, move_id, is_open, reference, date_due, currency_id,
                             amount, amount_company, create_uid, create_date, write_uid, write_date)
                SELECT proposal.id, %(company)s, chosen.id, chosen.move_id, TRUE, move.name, chosen.date_due,
                       chosen.currency_id, chosen.residual, chosen.amount_residual, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM chosen
                  JOIN proposal ON proposal.debtor_id = chosen.debtor_id AND proposal.reason = chosen.reason
                  JOIN account_move move ON move.id = chosen.move_id)
            SELECT id FROM proposal ORDER BY id
            """,
            plan=plan,
            most=company.collection_writeoff_max,
            days=company.collection_writeoff_days,
            date=date,
            company=company.id,
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    # === BY HAND === #

    @api.model
    def _propose_items(self, items):
        """Propose what a person chose, of one debtor, and return it; nothing is booked yet."""
        self.env["credit.collection.debtor"].browse()._check_collector()
        items.check_access("read")
        items = items.sudo()
        partner, company = items.partner_id.commercial_partner_id, items.company_id
        if len(partner) != 1 or len(company) != 1:
            raise UserError(self.env._("Choose open items of one customer: a small sum belongs to one file."))
        known = self.env["credit.collection.writeoff.line"].sudo()
        open_line = known.search([("move_line_id", "in", items.ids), ("is_open", "=", True)], limit=1)
        if open_line:
            return open_line.writeoff_id.with_env(self.env)
        self._check_items(items)
        debtor = self.env["credit.collection.debtor"]._get_or_create(partner, company)
        writeoff = self.sudo().create(
            {
                "debtor_id": debtor.id,
                "company_id": company.id,
                "date": company._get_collection_today(),
                "reason": "bank_charge" if items.matched_credit_ids else "not_worth",
                "amount": sum(items.mapped("amount_residual")),
                "line_ids": [Command.create(self._prepare_line(item)) for item in items],
            }
        )
        return writeoff.with_env(self.env)

    @api.model
    def _prepare_line(self, item):
        return {
            "move_line_id": item.id,
            "move_id": item.move_id.id,
            "reference": item.move_id.name,
            "date_due": item.date_maturity or item.date,
            "currency_id": item.currency_id.id,
            "amount": item.amount_residual_currency,
            "amount_company": item.amount_residual,
        }
