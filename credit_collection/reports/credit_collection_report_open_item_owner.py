from odoo import api, fields, models
from odoo.tools import SQL

# Days for which an overdue item may be held without an end before somebody is to look at it again.
STILL_DAYS = 14


class CreditCollectionReportOpenItem(models.Model):
    """Nobody forgotten: whether an overdue item is looked after, by whom, and what there is to do."""

    _inherit = "credit.collection.report.open.item"

    owner_id = fields.Many2one(
        "res.users", readonly=True, help="The debtor's collector, else the company's, else its manager."
    )
    coverage = fields.Selection(
        [
            ("planned", "Planned"),
            ("held", "Held with a reason"),
            ("flagged", "A person is asked"),
            ("forgotten", "Forgotten"),
        ],
        readonly=True,
        help="Of overdue debit items. Forgotten: due without a plan, or held without an end by what nobody can lift.",
    )
    needs_look = fields.Boolean(
        "To look at", readonly=True, help="A person is asked, or it stands still without an end for more than 14 days."
    )
    todo = fields.Char("What to do", compute="_compute_todo")

    @api.model
    def _sql_company(self, company, planner, scope):
        owners = company.collection_user_id + company.collection_manager_id
        date = fields.Date.to_date(self.env.context.get("collection_date")) or company._get_collection_today()
        return SQL(
            """
            SELECT covered.*,
                   COALESCE(covered.coverage IN ('flagged', 'forgotten')
                            OR covered.coverage = 'held' AND %(still)s, FALSE) AS needs_look
              FROM (
                  SELECT item.*, COALESCE(collector.id, %(owner)s::int) AS owner_id, %(coverage)s AS coverage
                    FROM (%(report)s) AS item
               LEFT JOIN res_users collector ON collector.id = item.user_id AND collector.active) AS covered
            """,
            report=super()._sql_company(company, planner, scope),
            owner=owners.filtered("active")[:1].id or None,
            coverage=self._sql_coverage(),
            still=self._sql_stands_still(date),
        )

    @api.model
    def _sql_coverage(self):
        """What is due without a plan is forgotten, unless it waits in a run that a person is asked to confirm."""
        return SQL(
            """
            CASE WHEN item.days_overdue <= 0 OR item.residual <= 0 OR item.status = 'apart' THEN NULL
                 WHEN item.status = 'attention' THEN 'flagged'
                 WHEN item.standing = 'due' AND EXISTS (
                      SELECT FROM credit_collection_action_line line
                        JOIN credit_collection_action action ON action.id = line.action_id
                        JOIN credit_collection_run run ON run.id = action.run_id
                       WHERE line.move_line_id = item.id AND line.step_id IS NOT NULL AND action.state = 'proposal'
                         AND run.state = 'proposal' AND run.scenario_id IS NULL) THEN 'flagged'
                 WHEN item.standing = 'due' THEN 'forgotten'
                 WHEN item.status = 'moving' THEN 'planned'
                 WHEN item.until IS NOT NULL OR item.standing IN %s THEN 'held'
                 ELSE 'forgotten' END
            """,
            tuple(self._get_lifters()) or ("",),
        )

    @api.model
    def _sql_stands_still(self, date):
        """Held without an end, and for more than 14 days neither a message on it, nor a new dispute, nor just due."""
        since = fields.Date.subtract(date, days=STILL_DAYS)
        return SQL(
            """
            covered.until IS NULL AND covered.date_due < %(since)s
            AND NOT EXISTS (
                SELECT FROM credit_collection_action_line line
                  JOIN credit_collection_action action ON action.id = line.action_id
                 WHERE line.move_line_id = covered.id AND action.state = 'sent' AND action.date_sent >= %(since)s)
            AND NOT EXISTS (
                SELECT FROM credit_collection_dispute_line line
                  JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
                 WHERE line.move_line_id = covered.id AND dispute.date_closed IS NULL
                   AND dispute.date_opened >= %(since)s)
            """,
            since=since,
        )

    # === COMPUTE METHODS === #

    @api.depends("standing", "coverage")
    @api.depends_context("lang")
    def _compute_todo(self):
        todos = self._get_todos()
        other = self.env._("See what holds it, and lift it or give it an end.")
        proposed = self.env._("Confirm or cancel the run that it waits in.")
        for item in self:
            if item.standing == "due" and item.coverage == "flagged":
                item.todo = proposed
            else:
                item.todo = todos.get(item.standing, other)

    @api.model
    def _get_todos(self):
        """Return for each standing what a person can do about it."""
        return {
            "due": self.env._("Plan today's run: it is due, and nothing has been planned."),
            "in_progress": self.env._("Do, approve or clear up the message or task."),
            "no_step_left": self.env._("Decide what comes after the last step: call, hand over or write off."),
            "no_address": self.env._("Add an address or number that the next step can use."),
            "opted_out": self.env._("Choose another channel, or talk to the customer."),
            "no_partner": self.env._("Name the customer on the entry."),
            "no_scenario": self.env._("Give the debtor, its profile or the company a scenario."),
            "scenario_off": self.env._("Turn the scenario on, or choose one that is on."),
            "disputed": self.env._("Settle the dispute."),
            "told_paid": self.env._("Find the payment and allocate it, or tell the customer that it was not found."),
            "plan_asked": self.env._("Propose a plan, or put the wish aside."),
            "possible_dispute": self.env._("Make it a dispute, or put the remark aside."),
            "provisional": self.env._("Read the answer, and say what it is."),
            "in_plan": self.env._("Follow the plan."),
            "covered": self.env._("Allocate the customer's unallocated money or credit notes."),
            "payment_pending": self.env._("Find out what became of the payment."),
            "blocked": self.env._("Decide whether the invoice stays blocked."),
            "no_followup": self.env._("Decide whether the entry stays excluded from follow-up."),
            "never_sent": self.env._("Send the invoice, or mark it as sent by another way."),
            "platform_error": self.env._("Mend the error on the platform, and take the mark off the invoice."),
            "rejected": self.env._("Say why the payment came back."),
            "bank_late": self.env._("Post the bank, or say until when it is posted."),
            "we_owe": self.env._("Set the bills off, or take “wait while we owe them” off the file."),
            "retention": self.env._("Give the retention its last day."),
            "minimum": self.env._("Ask together with other items, or write it off."),
            "softer": self.env._("Go on with the older items first."),
        }

    # === ACTION METHODS === #

    def action_mend(self):
        """Open the place where it can be mended: message, dispute, scenario, contact, entry or debtor file."""
        self.ensure_one()
        record = self._get_place_to_mend()
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    def _get_place_to_mend(self):
        lines = self.env["credit.collection.action.line"].sudo().search([("move_line_id", "=", self.move_line_id.id)])
        proposal = lines.action_id.run_id.filtered(lambda run: run.state == "proposal" and not run.scenario_id)[:1]
        dispute_lines = self.env["credit.collection.dispute.line"].sudo()
        dispute = dispute_lines.search(
            [("move_id", "=", self.move_id.id), ("dispute_id.date_closed", "=", False)]
        ).dispute_id
        places = {
            "due": proposal,
            "in_progress": self.action_id,
            "disputed": dispute[:1],
            "scenario_off": self.scenario_id,
            "no_address": self.debtor_id.contact_id or self.debtor_id._get_payer() if self.debtor_id else None,
            "no_partner": self.move_id,
            "payment_pending": self.move_id,
            "blocked": self.move_id,
            "no_followup": self.move_id,
            **dict.fromkeys(("never_sent", "platform_error", "retention", "rejected"), self.move_id),
        }
        place = places.get(self.standing) or self.debtor_id or self.move_id
        return place.with_env(self.env)

    def action_plan_today(self):
        """Plan today's run of the item's company: what is due then leaves."""
        return self.env["credit.collection.run"].with_company(self.company_id[:1]).action_plan_today()
