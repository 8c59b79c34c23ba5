from odoo import api, models
from odoo.tools import SQL


class CreditCollectionRun(models.Model):
    """How a run becomes actions: by SQL, straight from the planner's answer; ids never travel through Python."""

    _inherit = "credit.collection.run"

    def _insert(self, preview=None):
        """Insert actions and lines in one statement from the planner's answer; keep where every item stood."""
        self.ensure_one()
        planner = self.env["credit.collection.planner"]
        plan = planner._materialize(self.company_id, self.date, preview=preview)
        if not preview:  # who only looks changes nothing
            self._refresh_waiting(plan)
        values = {
            "plan": plan,
            "run": self.id,
            "company": self.company_id.id,
            "collector": (self.company_id.collection_user_id or self.company_id.collection_manager_id).id or None,
            "manager": self.company_id.collection_manager_id.id or None,
            "date": self.date,
            "uid": self.env.uid,
            "now": self.env.cr.now(),
            "open": planner._get_open_standings(),
        }
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (%(due)s), leader AS (%(leader)s), action AS (%(action)s), line AS (%(line)s)
                INSERT INTO credit_collection_run_standing
                            (run_id, company_id, standing, item_count, amount, create_uid, create_date, write_uid,
                             write_date)
                SELECT %(run)s, %(company)s, standing, COUNT(*), SUM(amount_residual), %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM %(plan)s
              GROUP BY standing
                """,
                due=self._sql_due(values),
                leader=self._sql_leader(),
                action=self._sql_insert_actions(values),
                line=self._sql_insert_lines(values),
                **{name: value for name, value in values.items() if name in ("plan", "run", "company", "uid", "now")},
            )
        )
        self.env.invalidate_all()
        self._count()

    @api.model
    def _sql_due(self, values):
        """What is due, with the key of its message: debtor and currency, and the invoice where the scenario says so."""
        return SQL(
            """
            SELECT plan.*, CASE WHEN grouping = 'invoice' THEN move_id ELSE 0 END AS only_move
              FROM %s AS plan
             WHERE standing = 'due'
            """,
            values["plan"],
        )

    @api.model
    def _sql_leader(self):
        """The due items of a message in the order in which they decide channel, text and tone."""
        return SQL(
            """
            SELECT due.*, SUM(free) OVER message AS amount, SUM(free_company) OVER message AS amount_company,
                   ROW_NUMBER() OVER (PARTITION BY debtor_id, currency_id, only_move
                                          ORDER BY step_level DESC, tone_rank DESC, date_due, id) AS place
              FROM due
            WINDOW message AS (PARTITION BY debtor_id, currency_id, only_move)
            """
        )

    @api.model
    def _sql_insert_actions(self, values):
        return SQL(
            """
            INSERT INTO credit_collection_action
                        (purpose, run_id, company_id, debtor_id, contact_id, user_id, move_id, step_id, scenario_id,
                         level,
                         channel, tone, template_id, planned_state, state, date, currency_id, amount, amount_shown,
                         amount_company, tries, create_uid, create_date, write_uid, write_date)
            SELECT 'reminder', %(run)s, %(company)s, leader.debtor_id, leader.contact_id,
                   CASE WHEN leader.step_tone = 'formal' AND mode.state = 'todo'
                        THEN COALESCE(%(manager)s::int, debtor.user_id, %(collector)s::int)
                        ELSE COALESCE(debtor.user_id, %(collector)s::int) END,
                   NULLIF(leader.only_move, 0), leader.step_id,
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
         RETURNING id, debtor_id, currency_id, COALESCE(move_id, 0) AS only_move
            """,
            mode=self._sql_mode(),
            **values,
        )

    @api.model
    def _sql_insert_lines(self, values):
        """Due lines at their own steps, and the rest of the overdue position, printed only."""
        return SQL(
            """
            INSERT INTO credit_collection_action_line
                        (action_id, move_line_id, move_id, step_id, level, tone, live, reference, customer_reference,
                         date_invoice, date_due, residual, disputed, covered, amount)
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
                OR plan.date_due < %(date)s AND plan.free > 0 AND plan.standing IN %(open)s
            """,
            **{name: values[name] for name in ("plan", "date", "open")},
        )

    @api.model
    def _sql_mode(self):
        """Who acts: a person, a person's approval, or nobody."""
        channels = self.env["credit.collection.channel"]._get_all()
        return SQL(
            """CASE WHEN leader.mode = 'task' OR leader.channel NOT IN %s THEN 'todo'
                    WHEN leader.person_amount > 0 AND leader.amount_company > leader.person_amount THEN 'todo'
                    WHEN leader.person_position > 0 AND leader.debtor_position > leader.person_position THEN 'todo'
                    WHEN leader.contested THEN 'todo'
                    WHEN leader.mode = 'approve' THEN 'to_approve'
                    WHEN leader.approval_amount > 0 AND leader.amount_company > leader.approval_amount THEN 'to_approve'
                    ELSE 'planned' END""",
            tuple(channel._code for channel in channels if channel._delivers) or ("",),
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
