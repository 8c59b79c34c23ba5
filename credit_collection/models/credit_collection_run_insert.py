from odoo import api, models
from odoo.tools import SQL

from .credit_collection_action_send import WAITING_STATES


class CreditCollectionRun(models.Model):
    """How a run becomes actions: by SQL, straight from the planner's answer; ids never travel through Python."""

    _inherit = "credit.collection.run"

    def _insert(self, preview=None):
        """Insert actions and lines in one statement from the planner's answer; keep where every item stood."""
        self.ensure_one()
        planner = self.env["credit.collection.planner"]
        plan = planner._materialize(self.company_id, self.date, preview=preview)
        self._refresh_waiting(plan)
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (
                    SELECT plan.*, CASE WHEN grouping = 'invoice' THEN move_id ELSE 0 END AS only_move
                      FROM %(plan)s AS plan
                     WHERE standing = 'due'),
                leader AS (
                    SELECT due.*, SUM(free) OVER message AS amount, SUM(free_company) OVER message AS amount_company,
                           ROW_NUMBER() OVER (PARTITION BY debtor_id, currency_id, only_move
                                                  ORDER BY step_level DESC, tone_rank DESC, date_due, id) AS place
                      FROM due
                    WINDOW message AS (PARTITION BY debtor_id, currency_id, only_move)),
                action AS (
                    INSERT INTO credit_collection_action
                                (run_id, company_id, debtor_id, contact_id, user_id, move_id, step_id, scenario_id,
                                 level, channel, tone, template_id, planned_state, state, date, currency_id, amount,
                                 amount_shown, amount_company, tries, create_uid, create_date, write_uid, write_date)
                    SELECT %(run)s, %(company)s, leader.debtor_id, leader.contact_id,
                           COALESCE(debtor.user_id, %(collector)s::int), NULLIF(leader.only_move, 0), leader.step_id,
                           leader.scenario_id, leader.step_level, leader.channel, leader.step_tone, leader.template_id,
                           mode.state, mode.state, %(date)s, leader.currency_id, leader.amount,
                           CASE WHEN leader.only_move = 0 THEN shown.amount END, leader.amount_company, 0,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM leader
                      JOIN credit_collection_debtor debtor ON debtor.id = leader.debtor_id
                 LEFT JOIN (
                          SELECT debtor_id, currency_id, SUM(free) AS amount
                            FROM %(plan)s
                           WHERE date_due < %(date)s AND free > 0 AND standing IN %(open)s AND standing <> 'due'
                        GROUP BY debtor_id, currency_id) AS shown
                        ON shown.debtor_id = leader.debtor_id AND shown.currency_id = leader.currency_id
                CROSS JOIN LATERAL (SELECT %(mode)s AS state) AS mode
                     WHERE leader.place = 1
                 RETURNING id, debtor_id, currency_id, COALESCE(move_id, 0) AS only_move),
                line AS (
                    INSERT INTO credit_collection_action_line
                                (action_id, move_line_id, move_id, step_id, level, tone, live, reference,
                                 customer_reference, date_invoice, date_due, residual, disputed, covered, amount)
                    SELECT action.id, plan.id, plan.move_id,
                           CASE WHEN plan.standing = 'due' THEN plan.step_id END,
                           CASE WHEN plan.standing = 'due' THEN plan.step_level END,
                           CASE WHEN plan.standing = 'due' THEN plan.step_tone END,
                           plan.standing = 'due', move.name, move.ref, COALESCE(move.invoice_date, move.date),
                           plan.date_due, plan.residual, plan.disputed, plan.covered, plan.free
                      FROM %(plan)s AS plan
                      JOIN account_move move ON move.id = plan.move_id
                      JOIN action ON action.debtor_id = plan.debtor_id AND action.currency_id = plan.currency_id
                       AND action.only_move = CASE WHEN plan.standing = 'due' AND plan.grouping = 'invoice'
                                                   THEN plan.move_id ELSE 0 END
                     WHERE plan.standing = 'due'
                        OR plan.date_due < %(date)s AND plan.free > 0 AND plan.standing IN %(open)s)
                INSERT INTO credit_collection_run_standing
                            (run_id, company_id, standing, item_count, amount, create_uid, create_date, write_uid,
                             write_date)
                SELECT %(run)s, %(company)s, standing, COUNT(*), SUM(amount_residual), %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM %(plan)s
              GROUP BY standing
                """,
                plan=plan,
                run=self.id,
                company=self.company_id.id,
                collector=(self.company_id.collection_user_id or self.company_id.collection_manager_id).id or None,
                date=self.date,
                uid=self.env.uid,
                now=self.env.cr.now(),
                mode=self._sql_mode(),
                open=planner._get_open_standings(),
            )
        )
        self.env.invalidate_all()
        self._count()

    @api.model
    def _sql_mode(self):
        """Who acts: a person, a person's approval, or nobody."""
        return SQL(
            """CASE WHEN leader.mode = 'task' THEN 'todo'
                    WHEN leader.person_amount > 0 AND leader.amount_company > leader.person_amount THEN 'todo'
                    WHEN leader.person_position > 0 AND leader.debtor_position > leader.person_position THEN 'todo'
                    WHEN leader.mode = 'approve' THEN 'to_approve'
                    WHEN leader.approval_amount > 0 AND leader.amount_company > leader.approval_amount THEN 'to_approve'
                    ELSE 'planned' END"""
        )

    def _revive(self, date):
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_action_line line
                   SET live = COALESCE(plan.standing = 'due' AND plan.step_id = line.step_id, FALSE),
                       dropped = CASE WHEN plan.id IS NULL THEN 'closed'
                                      WHEN plan.standing <> 'due' THEN plan.standing
                                      WHEN plan.step_id <> line.step_id THEN 'other_step' END
                  FROM credit_collection_action action, credit_collection_action_line own
             LEFT JOIN %(plan)s AS plan ON plan.id = own.move_line_id
                 WHERE own.id = line.id AND action.id = line.action_id AND action.run_id = %(run)s
                   AND action.state = 'proposal' AND line.step_id IS NOT NULL
                """,
                plan=self.env["credit.collection.planner"]._materialize(self.company_id, date),
                run=self.id,
            )
        )
        self.env.invalidate_all()
        proposals = self.action_ids.filtered(lambda action: action.state == "proposal")
        still_due = proposals.filtered(lambda action: action._get_leading_line().step_id == action.step_id)
        (proposals - still_due)._set_skipped(self.env._("Nothing was due any more when the run was confirmed."))
        for state, actions in still_due.grouped("planned_state").items():
            actions._update_state(("proposal",), state)
        self._count()

    def _refresh_waiting(self, plan):
        """Ask again for what waits for a person or for its turn: who has paid since is no task any more.

        Lines whose item is closed or held are dropped with the reason, the others take over today's amounts.
        """
        self.ensure_one()
        going_on = (
            "in_progress",
            "no_scenario",
            "scenario_off",
            *self.env["credit.collection.planner"]._get_open_standings(),
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_action_line line
                   SET live = line.live AND COALESCE(plan.standing IN %(going_on)s, FALSE),
                       dropped = CASE WHEN plan.id IS NULL THEN 'closed'
                                      WHEN plan.standing NOT IN %(going_on)s THEN plan.standing END,
                       residual = COALESCE(plan.residual, line.residual),
                       disputed = COALESCE(plan.disputed, line.disputed),
                       covered = COALESCE(plan.covered, line.covered), amount = COALESCE(plan.free, line.amount)
                  FROM credit_collection_action action, credit_collection_action_line own
             LEFT JOIN %(plan)s AS plan ON plan.id = own.move_line_id
                 WHERE own.id = line.id AND action.id = line.action_id AND action.company_id = %(company)s
                   AND action.state IN %(waiting)s AND (line.live OR line.step_id IS NULL)
                """,
                plan=plan,
                going_on=going_on,
                company=self.company_id.id,
                waiting=WAITING_STATES,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_action action
                   SET amount = total.amount, amount_shown = total.shown, amount_company = total.company
                  FROM (
                      SELECT line.action_id, SUM(line.amount) FILTER (WHERE line.live) AS amount,
                             SUM(line.amount) FILTER (WHERE line.step_id IS NULL AND line.dropped IS NULL) AS shown,
                             SUM(plan.free_company) FILTER (WHERE line.live) AS company
                        FROM credit_collection_action_line line
                   LEFT JOIN %(plan)s AS plan ON plan.id = line.move_line_id
                    GROUP BY line.action_id) AS total
                 WHERE total.action_id = action.id AND action.company_id = %(company)s AND action.state IN %(waiting)s
                   AND total.amount IS NOT NULL
                """,
                plan=plan,
                company=self.company_id.id,
                waiting=WAITING_STATES,
            )
        )
        self.env.invalidate_all()
        waiting = [("company_id", "=", self.company_id.id), ("state", "in", WAITING_STATES)]
        for action in self.env["credit.collection.action"].search([*waiting, ("line_ids.live", "=", False)]):
            if action._get_leading_line().step_id != action.step_id:
                action.line_ids.filtered("live")._drop("other_step")
                action._set_skipped(action._get_dropped_reason())
        self.env.flush_all()
