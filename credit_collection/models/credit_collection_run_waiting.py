from odoo import api, models
from odoo.tools import SQL

from .credit_collection_action_again import WAITING_STATES


class CreditCollectionRun(models.Model):
    """What a run does about the actions that wait since earlier runs."""

    _inherit = "credit.collection.run"

    def _refresh_waiting(self, plan):
        """Ask again for what waits for a person or for its turn: who has paid since is no task any more.

        Lines whose item is closed or held are dropped with the reason, the others take over today's amounts.
        """
        self.ensure_one()
        open_ = self.env["credit.collection.planner"]._get_open_standings()
        values = {
            "plan": plan,
            "company": self.company_id.id,
            "waiting": WAITING_STATES,
            "going_on": ("in_progress", "no_scenario", "scenario_off", *open_),
        }
        self.env.cr.execute(self._sql_refresh_lines(**values))
        self.env.cr.execute(self._sql_refresh_amounts(**values))
        self.env.invalidate_all()
        company = ("company_id", "=", self.company_id.id)
        self.env["credit.collection.action"].search([company, ("state", "=", "issued")])._ask_again_now()
        domain = [company, ("state", "in", WAITING_STATES), ("step_id", "!=", False), ("uncertain", "=", False)]
        for action in self.env["credit.collection.action"].search([*domain, ("line_ids.live", "=", False)]):
            if action._get_leading_line().step_id != action.step_id:
                action.line_ids.filtered("live")._drop("other_step")
                action._set_skipped(action._get_dropped_reason())
        self.env.flush_all()

    @api.model
    def _sql_refresh_lines(self, plan, company, waiting, going_on):
        return SQL(
            """
            UPDATE credit_collection_action_line line
               SET live = line.live AND COALESCE(today.standing IN %(going_on)s, FALSE),
                   dropped = CASE WHEN today.standing IS NULL THEN 'closed'
                                  WHEN today.standing NOT IN %(going_on)s THEN today.standing END,
                   residual = COALESCE(today.residual, line.residual),
                   disputed = COALESCE(today.disputed, line.disputed),
                   covered = COALESCE(today.covered, line.covered), amount = COALESCE(today.free, line.amount)
              FROM (
                  SELECT own.id, plan.standing, plan.residual, plan.disputed, plan.covered, plan.free
                    FROM credit_collection_action action
                    JOIN credit_collection_action_line own ON own.action_id = action.id
               LEFT JOIN %(plan)s AS plan ON plan.id = own.move_line_id
                   WHERE action.company_id = %(company)s AND action.state IN %(waiting)s
                     AND action.uncertain IS NOT TRUE AND (own.live OR own.step_id IS NULL)
                     AND action.step_id IS NOT NULL) AS today
             WHERE today.id = line.id
            """,
            plan=plan,
            company=company,
            waiting=waiting,
            going_on=going_on,
        )

    @api.model
    def _sql_refresh_amounts(self, plan, company, waiting, **values):
        return SQL(
            """
            UPDATE credit_collection_action action
               SET amount = total.amount, amount_shown = total.shown, amount_company = total.company
              FROM (
                  SELECT waiting.id, SUM(line.amount) FILTER (WHERE line.live) AS amount,
                         SUM(line.amount) FILTER (WHERE line.step_id IS NULL AND line.dropped IS NULL) AS shown,
                         SUM(plan.free_company) FILTER (WHERE line.live) AS company
                    FROM credit_collection_action waiting
                    JOIN credit_collection_action_line line ON line.action_id = waiting.id
               LEFT JOIN %(plan)s AS plan ON plan.id = line.move_line_id
                   WHERE waiting.company_id = %(company)s AND waiting.state IN %(waiting)s
                     AND waiting.uncertain IS NOT TRUE AND waiting.step_id IS NOT NULL
                GROUP BY waiting.id) AS total
             WHERE total.id = action.id AND total.amount IS NOT NULL
            """,
            plan=plan,
            company=company,
            waiting=waiting,
        )
