from odoo import api, models
from odoo.tools import SQL

from .credit_collection_planner_ledger import PENDING_DAYS


class CreditCollectionPlannerLadder(models.AbstractModel):
    """Named parts of the planner about the past and the next step: what was sent, scenario, level, step, contacts."""

    _inherit = "credit.collection.planner"

    @api.model
    def _sql_sent_line(self, company, debtors, **ask):
        """Lines that reached the customer, each with the level it had then or its step has now, and its tone."""
        return SQL(
            """
            SELECT line.move_line_id, line.move_id, line.date_due, GREATEST(line.level, step.level) AS level,
                   %(tone)s AS tone
              FROM credit_collection_action_line line
              JOIN credit_collection_action action ON action.id = line.action_id
              JOIN credit_collection_scenario_step step ON step.id = line.step_id
             WHERE line.live AND action.state = 'sent' AND action.company_id = %(company)s %(scope)s
            """,
            tone=self._sql_tone_rank(SQL("line.tone")),
            company=company.id,
            scope=self._sql_scope(debtors),
        )

    @api.model
    def _sql_reached(self):
        """Level and tone reached by each item; a replaced item hands them to its successor."""
        return SQL(
            """
            SELECT id, MAX(level) AS level, MAX(tone) AS tone
              FROM (
                  SELECT move_line_id AS id, level, tone FROM sent_line WHERE move_line_id IS NOT NULL
               UNION ALL
                  SELECT item.id, orphan.level, orphan.tone
                    FROM sent_line orphan
                    JOIN ledger item ON item.move_id = orphan.move_id AND item.residual >= 0
                   WHERE orphan.move_line_id IS NULL
                     AND (item.date_due = orphan.date_due
                          OR NOT EXISTS (
                              SELECT FROM ledger other
                               WHERE other.move_id = orphan.move_id AND other.date_due = orphan.date_due
                                 AND other.residual >= 0)
                         AND NOT EXISTS (
                              SELECT FROM sent_line twin
                               WHERE twin.move_line_id IS NULL AND twin.move_id = orphan.move_id
                                 AND twin.date_due = item.date_due))) AS history
          GROUP BY id
            """
        )

    @api.model
    def _sql_pending(self, company, action, debtors, **ask):
        """Items that a message on its way covers already, with that message; replaced items hand it on, too."""
        return SQL(
            """
            SELECT item_id AS id, MIN(action_id) AS action_id
              FROM (
                  SELECT COALESCE(line.move_line_id, successor.id) AS item_id, action.id AS action_id
                    FROM credit_collection_action_line line
                    JOIN credit_collection_action action ON action.id = line.action_id
               LEFT JOIN ledger successor ON line.move_line_id IS NULL AND successor.move_id = line.move_id
                   WHERE line.live AND action.state <> 'sent' AND action.company_id = %(company)s
                     AND action.id <> %(own)s %(scope)s) AS covered
             WHERE item_id IS NOT NULL
          GROUP BY item_id
            """,
            company=company.id,
            own=action.id if action else 0,
            scope=self._sql_scope(debtors),
        )

    @api.model
    def _sql_scope(self, debtors):
        """Look only at the history of the invoices asked about: a speed-up when it is about a few debtors."""
        return SQL() if debtors is None else SQL("AND line.move_id IN (SELECT move_id FROM ledger)")

    @api.model
    def _sql_item(self, company, date, preview, **ask):
        """Debit items with everything the holds ask for."""
        return SQL(
            """
            SELECT free.*, debtor.hold_until, paused.date_until AS paused_until,
                   COALESCE(payer.commercial_partner_id, free.partner_id) AS payer_id,
                   COALESCE(debtor.preferred_channel, profile.preferred_channel) AS preferred_channel,
                   COALESCE(profile.id, 0) AS profile_id, %(taken_over)s,
                   %(exempt)s, %(agreed)s,
                   pending.action_id, scenario.id AS scenario_id, scenario.jump, scenario.grace_days,
                   scenario.interval_days, scenario.window_days,
                   COALESCE(NULLIF(debtor.max_contacts, 0), NULLIF(profile.max_contacts, 0), scenario.max_contacts)
                       AS max_contacts, scenario.grouping,
                   scenario.person_position,
                   COALESCE(scenario.id = %(preview)s OR scenario.active AND switch.scenario_id IS NOT NULL, FALSE)
                       AS is_on,
                   tx.authorized, tx.changed AS tx_changed, released.date_release
              FROM free
         LEFT JOIN credit_collection_debtor debtor ON debtor.id = free.debtor_id
         LEFT JOIN res_partner payer ON payer.id = debtor.payer_id
         LEFT JOIN credit_collection_profile profile ON profile.id = debtor.profile_id AND profile.active
         LEFT JOIN (%(paused)s) AS paused ON paused.partner_id = free.partner_id
         LEFT JOIN credit_collection_scenario scenario
                ON scenario.id = COALESCE(free.collection_scenario_id, debtor.scenario_id, profile.scenario_id,
                                          %(default)s::int)
         LEFT JOIN credit_collection_scenario_on_rel switch
                ON switch.scenario_id = scenario.id AND switch.company_id = %(company)s
         LEFT JOIN reached ON reached.id = free.id
              %(joins)s
              %(agreed_joins)s
         LEFT JOIN pending ON pending.id = free.id
         LEFT JOIN (
                  SELECT link.invoice_id AS move_id, BOOL_OR(tx.state = 'authorized') AS authorized,
                         MAX((tx.last_state_change AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date) AS changed
                    FROM payment_transaction tx
                    JOIN account_invoice_transaction_rel link ON link.transaction_id = tx.id
                   WHERE tx.state = 'authorized'
                      OR tx.state = 'pending' AND (tx.last_state_change AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                                                  + %(days)s > %(date)s
                GROUP BY link.invoice_id) AS tx ON tx.move_id = free.move_id
         LEFT JOIN (
                  SELECT contested.id, MAX(dispute.date_release) AS date_release
                    FROM credit_collection_dispute_line line
                    JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
                    JOIN ledger contested ON contested.move_id = line.move_id
                     AND contested.id = COALESCE(line.move_line_id, contested.id)
                   WHERE dispute.state IN ('resolved', 'rejected') AND dispute.date_release > %(date)s
                     AND dispute.company_id = %(company)s
                GROUP BY contested.id) AS released ON released.id = free.id
            """,
            preview=preview.id if preview else 0,
            default=company.collection_scenario_id.id or None,
            company=company.id,
            zone=company._get_collection_tz(),
            days=PENDING_DAYS,
            date=date,
            paused=self.env["credit.collection.pause"]._sql_paused(company, date),
            taken_over=self._sql_taken_over(),
            exempt=self._sql_exempt(company),
            joins=self._sql_exempt_joins(company, date),
            agreed=self._sql_agreed(date),
            agreed_joins=self._sql_agreed_joins(company, date),
        )

    @api.model
    def _sql_step(self, company, date, action, **ask):
        """Each item with its next step and its date; for an action, with the step it is about to carry out."""
        if action:
            chosen = SQL(
                """LEFT JOIN credit_collection_action_line line
                          ON line.move_line_id = held.id AND line.action_id = %s AND line.live
                   LEFT JOIN credit_collection_scenario_step step ON step.id = line.step_id""",
                action.id,
            )
            step_date = SQL("%s::date", date)
            grace = SQL()
        else:
            chosen = self._sql_next_step(date)
            step_date = SQL(
                """CASE WHEN step.id IS NULL THEN NULL::date
                        WHEN step.offset_days < 0 THEN held.date_due + step.offset_days
                        WHEN held.grace_days = 0 THEN held.date_late + step.offset_days
                        ELSE GREATEST(held.date_late + step.offset_days,
                                      COALESCE(grace.first_day, held.date_late + held.grace_days + 1)) END"""
            )
            grace = self._sql_grace(company, date)
        return SQL(
            """
            SELECT held.*, step.id AS step_id, step.level AS step_level, step.offset_days,
                   %(channel)s AS step_channel, step.role,
                   step.tone AS step_tone, %(rank)s AS tone_rank, step.mode, step.min_amount, step.min_percentage,
                   step.new_or_risky,
                   step.person_amount, step.approval_amount, step.template_id, %(step_date)s AS step_date,
                   BOOL_OR(held.date_due < %(date)s AND held.free > 0
                           AND COALESCE(held.hold, 'in_progress') IN ('in_progress', 'no_scenario', 'scenario_off'))
                       OVER (PARTITION BY held.partner_id) AS has_overdue,
                   MAX(held.sent_tone) FILTER (WHERE COALESCE(held.hold, 'in_progress') = 'in_progress')
                       OVER (PARTITION BY held.partner_id, held.currency_id) AS group_sent_tone,
                   MAX(held.opening_date) OVER (PARTITION BY held.partner_id) AS opening_day
              FROM held
              %(chosen)s
              %(grace)s
            """,
            rank=self._sql_tone_rank(SQL("step.tone")),
            channel=SQL("%s::varchar", action.channel) if action else SQL("step.channel"),
            step_date=step_date,
            date=date,
            chosen=chosen,
            grace=grace,
        )

    @api.model
    def _sql_next_step(self, date):
        """The ladder: a step before the due date while it may still go, else the lowest above the level reached.

        The choice is made once per scenario, level and due date, not once per item.
        """
        return SQL(
            """
            LEFT JOIN (
                  SELECT DISTINCT ON (rung.scenario_id, rung.level, rung.date_due, rung.date_late)
                         rung.scenario_id AS for_scenario, rung.level AS for_level, rung.date_due AS for_date_due,
                         rung.date_late AS for_date_late, next.*
                    FROM (SELECT DISTINCT scenario_id, level, date_due, date_late, jump
                            FROM held WHERE hold IS NULL) AS rung
                    JOIN credit_collection_scenario_step next
                      ON next.scenario_id = rung.scenario_id AND next.level > rung.level
                     AND (next.offset_days >= 0 OR %(date)s < rung.date_due)
              CROSS JOIN LATERAL (SELECT CASE WHEN next.offset_days < 0 THEN rung.date_due ELSE rung.date_late END
                                         + next.offset_days <= %(date)s AS come) AS reached
                ORDER BY rung.scenario_id, rung.level, rung.date_due, rung.date_late,
                         next.offset_days < 0 DESC,
                         CASE WHEN reached.come AND (next.offset_days < 0 OR rung.jump AND next.tone <> 'formal')
                              THEN -next.level ELSE next.level END) AS step
                   ON step.for_scenario = held.scenario_id AND step.for_level = held.level
                  AND step.for_date_due = held.date_due AND step.for_date_late = held.date_late AND held.hold IS NULL
            """,
            date=date,
        )

    @api.model
    def _sql_grace(self, company, date):
        """First day after the grace days, for each number of grace days in use and each due date around ``date``."""
        used = self.env["credit.collection.scenario"].sudo().with_context(active_test=False)
        grace_days = [days for (days,) in used._read_group([], ["grace_days"])]
        rows = company._get_collection_grace_table(grace_days, date)
        days, due, first = zip(*rows, strict=True) if rows else ((), (), ())
        return SQL(
            """LEFT JOIN unnest(%s::int[], %s::date[], %s::date[]) AS grace (days, date_due, first_day)
                      ON grace.days = held.grace_days AND grace.date_due = held.date_late""",
            list(days),
            list(due),
            list(first),
        )
