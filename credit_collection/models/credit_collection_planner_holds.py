from odoo import api, models
from odoo.tools import SQL

from .credit_collection_planner_ledger import PENDING_DAYS


class CreditCollectionPlannerHolds(models.AbstractModel):
    """Named parts of the planner that judge: the holds in their order, and the answer."""

    _inherit = "credit.collection.planner"

    @api.model
    def _get_item_holds(self, date, **ask):
        """Return ``(standing, condition, end)`` rows on ``item``; the first that applies holds it.

        The end is the first day on which it does not hold any more.
        """
        none = SQL("NULL::date")
        return [
            ("non_trade", SQL("item.non_trade"), none),
            ("no_partner", SQL("item.partner_id IS NULL"), none),
            ("no_followup", SQL("item.no_followup"), none),
            ("blocked", SQL("item.payment_state = 'blocked'"), none),
            *self._get_exempt_holds(date),
            ("debtor_hold", SQL("item.hold_until >= %s", date), SQL("item.hold_until + 1")),
            ("paused", SQL("item.paused_until >= %s", date), SQL("item.paused_until + 1")),
            ("rejected", SQL("item.rejected_until >= %s", date), SQL("item.rejected_until + 1")),
            (
                "payment_pending",
                SQL("item.tx_changed IS NOT NULL"),
                SQL("CASE WHEN item.authorized THEN NULL ELSE item.tx_changed + %s END", PENDING_DAYS),
            ),
            ("disputed", SQL("item.disputed > 0 AND item.undisputed <= 0"), none),
            ("dispute_grace", SQL("item.date_release > %s", date), SQL("item.date_release")),
            *self._get_agreed_holds(date),
            ("covered", SQL("item.free <= 0"), none),
            ("we_owe", SQL("item.owed > 0 AND item.owed >= COALESCE(item.owes, 0)"), none),
            (
                "payment_run",
                SQL(
                    "item.date_due <= %(date)s AND %(date)s <= item.date_late AND item.date_due < item.date_late",
                    date=date,
                ),
                SQL("item.date_late + 1"),
            ),
            ("no_scenario", SQL("item.scenario_id IS NULL"), none),
            ("scenario_off", SQL("NOT item.is_on"), none),
            ("in_progress", SQL("item.action_id IS NOT NULL"), none),
        ]

    @api.model
    def _get_candidate_holds(self, date, action, company=None, **ask):
        """Return ``(standing, condition, end)`` rows on ``step``: what depends on the step, one item at a time."""
        none = SQL("NULL::date")
        ladder = [
            ("no_step_left", SQL("step.step_id IS NULL"), none),
            ("waiting", SQL("step.step_date > %s", date), SQL("step.step_date")),
        ]
        again = [
            ("not_asked", SQL("step.step_id IS NULL"), none),
            ("lapsed", SQL("step.offset_days < 0 AND step.date_due <= %s", date), none),
        ]
        return [
            *(again if action else ladder),
            ("bank_late", SQL("step.offset_days >= 0 AND %s", bool(company and company._is_bank_late(date))), none),
            self._get_difficulty_hold(date),
            ("overdue_first", SQL("step.offset_days < 0 AND step.has_overdue"), SQL("step.date_due")),
            ("opted_out", SQL("route.contact_id IS NULL AND closed.channel IS NOT NULL"), none),
            ("no_address", SQL("route.contact_id IS NULL"), none),
            (
                "interval",
                SQL("GREATEST(contact.last_day, step.opening_day) + step.interval_days > %s", date),
                SQL("GREATEST(contact.last_day, step.opening_day) + step.interval_days"),
            ),
            (
                "cap",
                SQL(
                    """step.step_tone <> 'formal' AND step.max_contacts > 0
                       AND payer_contact.days[step.max_contacts] + step.window_days > %s""",
                    date,
                ),
                SQL("payer_contact.days[step.max_contacts] + step.window_days"),
            ),
        ]

    @api.model
    def _sql_held(self, **ask):
        return SQL("SELECT item.*, %s FROM item", self._sql_case(self._get_item_holds(**ask), "hold"))

    @api.model
    def _sql_candidate(self, **ask):
        return SQL(
            """
            SELECT step.*, COALESCE(route.channel, step.step_channel) AS channel, route.contact_id, %s
              FROM step
         LEFT JOIN closed ON closed.debtor_id = step.debtor_id AND closed.channel = step.step_channel
         LEFT JOIN route ON route.debtor_id = step.debtor_id AND route.step_id = step.step_id
         LEFT JOIN contact ON contact.debtor_id = step.debtor_id
         LEFT JOIN payer_contact ON payer_contact.payer_id = step.payer_id
            """,
            self._sql_case(
                [("held", SQL("step.hold IS NOT NULL"), SQL("NULL::date")), *self._get_candidate_holds(**ask)], "stop"
            ),
        )

    @api.model
    def _sql_weighed(self, company, date, action, **ask):
        """Is it worth a message? The candidates of debtor and currency are weighed together.

        Asked again, the message's items are weighed with all that is overdue beside them: what helped to reach the
        minimum may stand in another message of the same run by now.
        """
        weighed = SQL("stop IS NULL")
        if action:
            weighed = SQL(
                "COALESCE(hold, 'in_progress') = 'in_progress'"
                " AND (step_id IS NOT NULL OR action_id IS NOT NULL OR date_due < %s)",
                date,
            )
        return SQL(
            """
            SELECT weight.*, %(contested)s AS contested,
                   CASE WHEN weight.stop IS NOT NULL
                          OR weight.base >= COALESCE(weight.min_amount, 0)
                         AND weight.base * 100 >= COALESCE(weight.min_percentage, 0)::numeric * weight.position
                        THEN FALSE
                        WHEN weight.new_or_risky THEN NOT (%(new_or_risky)s)
                        ELSE TRUE END AS too_small
              FROM (
                  SELECT candidate.*,
                         SUM(free_company) FILTER (WHERE %(weighed)s) OVER debtor_currency AS base,
                         SUM(amount_residual) FILTER (WHERE NOT non_trade) OVER debtor_currency AS position,
                         %(overdue)s,
                         SUM(amount_residual) FILTER (WHERE NOT non_trade) OVER (PARTITION BY partner_id)
                             AS debtor_position
                    FROM candidate
                  WINDOW debtor_currency AS (PARTITION BY partner_id, currency_id)) AS weight
            """,
            weighed=weighed,
            new_or_risky=self._sql_new_or_risky(company),
            contested=self._sql_contested(company),
            overdue=self._sql_overdue_disputed(company, date),
        )

    @api.model
    def _sql_new_or_risky(self, company):
        """Whether the customer has never paid an invoice of ours yet, or core's degree of trust is bad."""
        return SQL(
            """EXISTS (SELECT FROM res_partner partner
                        WHERE partner.id = weight.partner_id AND partner.trust ->> %(company)s::text = 'bad')
               OR NOT EXISTS (SELECT FROM account_move paid
                               WHERE paid.commercial_partner_id = weight.partner_id AND paid.company_id = %(company)s
                                 AND paid.move_type = 'out_invoice' AND paid.state = 'posted'
                                 AND paid.payment_state IN ('paid', 'in_payment'))""",
            company=company.id,
        )

    @api.model
    def _sql_judged(self, action, **ask):
        """Would it be softer than what the customer has heard already?"""
        softer = SQL("FALSE") if action else SQL("COALESCE(tone.firmest < tone.group_sent_tone, FALSE)")
        return SQL(
            """
            SELECT tone.*, tone.stop IS NULL AND NOT tone.too_small AND %s AS too_soft
              FROM (
                  SELECT weighed.*, MAX(tone_rank) FILTER (WHERE stop IS NULL AND NOT too_small)
                             OVER (PARTITION BY partner_id, currency_id) AS firmest
                    FROM weighed) AS tone
            """,
            softer,
        )

    @api.model
    def _sql_answer(self, company, **ask):
        """One row per open item, credits included."""
        return SQL(
            """
            SELECT id, move_id, %(company)s::int AS company_id, debtor_id, partner_id, currency_id, date,
                   date_due, residual, amount_residual, disputed, covered, free, free_company, scenario_id, level,
                   step_id, step_level, step_date, channel, step_tone, tone_rank, mode, template_id, contact_id,
                   action_id, grouping, person_amount, approval_amount, person_position, debtor_position,
                   contested,
                   CASE WHEN hold IS NOT NULL THEN hold WHEN stop IS NOT NULL THEN stop
                        WHEN too_small THEN 'minimum' WHEN too_soft THEN 'softer' ELSE 'due' END AS standing,
                   COALESCE(hold_until_day, stop_until_day) AS until
              FROM judged
         UNION ALL
            SELECT id, move_id, %(company)s, debtor_id, partner_id, currency_id, date, date_due,
                   residual, amount_residual, 0, 0, 0, 0, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, 'credit', NULL
              FROM ledger
             WHERE residual < 0
            """,
            company=company.id,
        )

    @api.model
    def _sql_case(self, holds, name):
        """Return two columns from ``(code, condition, end)`` rows: the first code that applies and its end."""
        code = SQL(" ").join(SQL("WHEN %s THEN %s", condition, code) for code, condition, __ in holds)
        until = SQL(" ").join(SQL("WHEN %s THEN %s", condition, end) for __, condition, end in holds)
        return SQL(
            "CASE %s END AS %s, CASE %s END AS %s",
            code,
            SQL.identifier(name),
            until,
            SQL.identifier(f"{name}_until_day"),
        )
