from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd, DomainCondition
from odoo.tools import SQL, format_date

# Up to so many items the planner is asked about their debtors only; beyond, about all.
SMALL = 500
# Standings that only a person ends, and those that are nobody's work.
ATTENTION = ("no_partner", "no_scenario", "scenario_off", "no_step_left", "no_address", "never_sent", "platform_error")
APART = ("credit", "non_trade", "intercompany", "protected", "factored", "collected_by_us", "frozen")


class CreditCollectionReportOpenItem(models.Model):
    """Where each open item stands today, and why. Nothing is stored: every look asks the planner."""

    _name = "credit.collection.report.open.item"
    _description = "Open Item"
    _auto = False
    _order = "date_due, id"
    _rec_name = "reference"

    move_line_id = fields.Many2one("account.move.line", string="Entry", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    debtor_id = fields.Many2one("credit.collection.debtor", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    profile_id = fields.Many2one("credit.collection.profile", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    reference = fields.Char("Number", readonly=True)
    date = fields.Date(readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer("Days overdue", readonly=True, aggregator="max")
    bucket_id = fields.Many2one("credit.collection.report.bucket", string="Ageing", readonly=True)
    residual = fields.Monetary("Open", readonly=True, aggregator=None)
    amount_residual = fields.Monetary("Open (company)", currency_field="company_currency_id", readonly=True)
    disputed = fields.Monetary(readonly=True, aggregator=None)
    covered = fields.Monetary("Covered by credit", readonly=True, aggregator=None)
    free = fields.Monetary("To be asked for", readonly=True, aggregator=None)
    free_company = fields.Monetary("To be asked for (company)", currency_field="company_currency_id", readonly=True)
    scenario_id = fields.Many2one("credit.collection.scenario", readonly=True)
    level = fields.Integer("Level reached", readonly=True, aggregator="max")
    step_id = fields.Many2one("credit.collection.scenario.step", string="Next step", readonly=True)
    step_date = fields.Date("Next step on", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["credit.collection.channel"]._get_selection(), readonly=True
    )
    contact_id = fields.Many2one("res.partner", string="Written to", readonly=True)
    action_id = fields.Many2one("credit.collection.action", string="On its way", readonly=True)
    standing = fields.Selection(selection="_get_standing_selection", readonly=True)
    status = fields.Selection(
        [("moving", "Goes on by itself"), ("held", "Held"), ("attention", "Needs a person"), ("apart", "Not dunned")],
        readonly=True,
        help="What the standing means for the work of a collector.",
    )
    until = fields.Date(readonly=True, help="First day on which this does not hold any more; empty: no end by itself.")
    why = fields.Char(compute="_compute_why")
    lifter = fields.Char("Who can lift it", compute="_compute_why")

    @property
    def _table_query(self):
        """Union of the planner's answers for the companies in question."""
        company_ids = self.env.context.get("collection_company_ids") or self.env.companies.ids
        planner = self.env["credit.collection.planner"]
        planner._flush()
        scope = self._get_scope()
        return SQL(" UNION ALL ").join(
            self._sql_company(company, planner, scope) for company in self.env["res.company"].sudo().browse(company_ids)
        )

    @api.model
    def _sql_company(self, company, planner, scope):
        date = fields.Date.to_date(self.env.context.get("collection_date")) or company._get_collection_today()
        return SQL(
            """
            SELECT plan.id, plan.id AS move_line_id, plan.move_id, plan.company_id, plan.debtor_id, plan.partner_id,
                   debtor.user_id, debtor.profile_id, plan.currency_id, move.name AS reference, plan.date,
                   plan.date_due,
                   GREATEST(%(date)s - plan.date_due, 0) AS days_overdue,
                   %(bucket)s AS bucket_id,
                   plan.residual, plan.amount_residual, plan.disputed, plan.covered, plan.free, plan.free_company,
                   plan.scenario_id, plan.level, COALESCE(action.step_id, plan.step_id) AS step_id,
                   CASE WHEN action.id IS NOT NULL THEN action.date
                        WHEN plan.standing = 'due' THEN %(date)s
                        WHEN plan.standing = 'waiting' OR plan.until IS NOT NULL
                        THEN GREATEST(plan.step_date, plan.until) END AS step_date,
                   COALESCE(action.channel, plan.channel) AS channel,
                   COALESCE(action.contact_id, plan.contact_id) AS contact_id,
                   plan.action_id, plan.standing, plan.until,
                   CASE WHEN action.state IN ('to_approve', 'todo', 'issued', 'unknown') THEN 'attention'
                        WHEN plan.standing IN ('due', 'waiting', 'in_progress') THEN 'moving'
                        WHEN plan.standing IN %(apart)s THEN 'apart'
                        WHEN plan.standing IN %(attention)s THEN 'attention'
                        ELSE 'held' END AS status
              FROM (%(standing)s) AS plan
              JOIN account_move move ON move.id = plan.move_id
         LEFT JOIN credit_collection_debtor debtor ON debtor.id = plan.debtor_id
         LEFT JOIN credit_collection_action action ON action.id = plan.action_id AND plan.standing = 'in_progress'
            """,
            date=date,
            attention=ATTENTION,
            apart=APART,
            bucket=self.env["credit.collection.receivable"]._sql_bucket(
                SQL("plan.residual < 0"), SQL("(%s - plan.date_due)", date)
            ),
            standing=planner._sql_standing(company, date, debtors=scope),
        )

    # === SCOPE === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Ask the planner about the debtors named by the domain only: one file does not need the whole ledger."""
        debtor_ids = self._get_debtors_named(Domain(domain))
        if debtor_ids is not None:
            self = self.with_context(collection_debtor_ids=debtor_ids)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _get_debtors_named(self, domain):
        """Return the ids of the debtors that ``domain`` is limited to, None when it is not limited to any."""
        parts = domain.children if isinstance(domain, DomainAnd) else [domain]
        for part in parts:
            if not isinstance(part, DomainCondition) or part.field_expr not in ("debtor_id", "move_id"):
                continue
            values = part.value if part.operator == "in" else [part.value] if part.operator == "=" else ()
            if not values or not all(type(value) is int for value in values):
                continue
            if part.field_expr == "debtor_id":
                return list(values)
            moves = self.env["account.move"].sudo().browse(values)
            return self._find_debtors(moves.line_ids)
        return None

    @api.model
    def _find_debtors(self, lines):
        """Return the ids of the debtors of ``lines``; None when one of them has none."""
        receivable = lines.filtered(lambda line: line.account_type == "asset_receivable")
        partners = receivable.partner_id.commercial_partner_id
        debtors = (
            self.env["credit.collection.debtor"]
            .sudo()
            .search([("partner_id", "in", partners.ids), ("company_id", "in", receivable.company_id.ids)])
        )
        complete = all(receivable.mapped("partner_id")) and len(debtors.partner_id) == len(partners)
        return debtors.ids if complete else None

    def _get_scope(self):
        """Return the debtors to ask about, None for all: those of the records read, or those of the search."""
        debtor_ids = self.env.context.get("collection_debtor_ids")
        if debtor_ids is None and 0 < len(self._ids) <= SMALL:
            debtor_ids = self._find_debtors(self.env["account.move.line"].sudo().browse(self._ids).exists())
        return None if debtor_ids is None else self.env["credit.collection.debtor"].sudo().browse(debtor_ids)

    # === COMPUTE METHODS === #

    @api.depends("standing", "until", "level")
    def _compute_why(self):
        """Say in words what the standing means here, and who can change it."""
        labels = self._get_standing_labels()
        lifters = self._get_lifters()
        for item in self:
            text = labels.get(item.standing, item.standing or "")
            if item.standing == "waiting" and item.step_id:
                text = self.env._("Next: %(step)s", step=item.step_id.sudo().display_name)
            elif item.standing == "due" and item.step_id:
                text = self.env._("Due today: %(step)s", step=item.step_id.sudo().display_name)
            elif item.standing == "in_progress" and item.action_id:
                action = item.action_id.sudo()
                state = dict(action._fields["state"]._description_selection(self.env))[action.state]
                text = self.env._("%(step)s: %(state)s", step=action.step_id.display_name, state=state)
            elif item.standing == "bank_late":
                text = self._get_bank_text(item.company_id) or text
            elif item.standing == "debtor_hold":
                text = self.env._("On hold: %(reason)s", reason=item.debtor_id.sudo().hold_reason or "")
            elif item.disputed and item.standing in ("disputed", "dispute_grace"):
                text = self.env._("%(label)s: %(amount)s", label=text, amount=item.currency_id.format(item.disputed))
            item.why = text
            item.lifter = lifters.get(item.standing, False)

    @api.model
    def _get_bank_text(self, company):
        """Return how far the books know the bank, if they know it at all."""
        date = fields.Date.to_date(self.env.context.get("collection_date")) or company._get_collection_today()
        known = company.sudo()._get_bank_date(date)
        return known and self.env._("The bank is posted up to %s only", format_date(self.env, known))

    # === ACTION METHODS === #

    def action_view_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
            "name": self.move_id.display_name,
        }

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    def action_not_covered(self):
        """Say of the money that covers these items what it is for."""
        items = self.filtered(lambda item: item.covered > 0)
        if len(items.debtor_id) != 1:
            raise UserError(self.env._("Choose items of one customer that are covered by unallocated money."))
        domain = [
            ("debtor_id", "=", items.debtor_id.id),
            ("currency_id", "in", items.currency_id.ids),
            ("state", "=", "holds"),
        ]
        money = self.env["credit.collection.report.money"].search(domain)
        if not money:
            raise UserError(
                self.env._(
                    "Money for several customers, or in another currency, covers these items: say what it is for in"
                    " the list of unallocated money."
                )
            )
        action = money.action_say_purpose()
        return {**action, "context": {**action["context"], "default_meaning": "nothing"}}

    def action_open_dispute(self):
        """Open one dispute on the items chosen; credits are passed over."""
        items = self.filtered(lambda item: item.residual > 0)
        if len(items.debtor_id) != 1:
            raise UserError(self.env._("Choose open items of one customer: a dispute belongs to one file."))
        return self.env["credit.collection.dispute"]._get_action_new(items.debtor_id, items.move_line_id)
