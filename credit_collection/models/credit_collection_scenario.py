from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

TONES = [
    ("preventive", "Preventive"),
    ("friendly", "Friendly"),
    ("firm", "Firm"),
    ("formal", "Formal"),
]
TONE_RANK = {code: rank for rank, (code, __) in enumerate(TONES)}


class CreditCollectionScenario(models.Model):
    _name = "credit.collection.scenario"
    _description = "Collection Scenario"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share the scenario with all companies."
    )
    on_company_ids = fields.Many2many(
        "res.company",
        "credit_collection_scenario_on_rel",
        "scenario_id",
        "company_id",
        string="On in",
        copy=False,
        readonly=True,
        help="Companies in which this scenario sends. A scenario is switched on company by company.",
    )
    is_on = fields.Boolean(
        "On",
        compute="_compute_is_on",
        search="_search_is_on",
        help="Whether the scenario sends in the current company.",
    )
    step_ids = fields.One2many("credit.collection.scenario.step", "scenario_id", string="Steps", copy=True)
    step_count = fields.Integer(compute="_compute_step_count")
    grace_days = fields.Integer(
        "Grace (working days)", default=3, help="Working days after the due date before the first reminder."
    )
    interval_days = fields.Integer(
        "Minimum interval (days)", default=7, help="Days between two contacts with the same customer."
    )
    max_contacts = fields.Integer(
        "Most contacts",
        default=4,
        help="Contacts within the window, all channels together, formal notices apart. 0: no cap.",
    )
    window_days = fields.Integer("Window (days)", default=30)
    jump = fields.Boolean(
        "Catch up by jumping",
        help="A late item enters at the step its age calls for, instead of at the first; never at a formal one.",
    )
    grouping = fields.Selection(
        [("debtor", "One message per customer"), ("invoice", "One message per invoice")],
        default="debtor",
        required=True,
    )
    person_position = fields.Monetary(
        "A person takes over from a position of",
        currency_field="currency_id",
        help="When the customer owes more than this, every step becomes a task for a person. 0: never.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")

    _grace_days_range = models.Constraint(
        "CHECK (grace_days BETWEEN 0 AND 60)", "Grace must be between 0 and 60 working days."
    )
    _interval_days_positive = models.Constraint(
        "CHECK (interval_days BETWEEN 0 AND 365)", "The minimum interval must be between 0 and 365 days."
    )
    _cap_positive = models.Constraint(
        "CHECK (max_contacts >= 0 AND window_days BETWEEN 1 AND 365)",
        "The cap must not be negative, and its window must be between 1 and 365 days.",
    )
    _person_position_positive = models.Constraint(
        "CHECK (person_position >= 0)", "The position from which a person takes over must not be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    @api.depends("on_company_ids")
    def _compute_is_on(self):
        for scenario in self:
            scenario.is_on = self.env.company in scenario.sudo().on_company_ids

    def _search_is_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = [("on_company_ids", "in" if True in value else "not in", self.env.company.id)]
        return domain if len(set(value)) == 1 else [(1, "=", 1)]

    @api.depends("step_ids")
    def _compute_step_count(self):
        for scenario in self:
            scenario.step_count = len(scenario.step_ids)

    @api.depends_context("company")
    @api.depends("company_id")
    def _compute_currency_id(self):
        for scenario in self:
            scenario.currency_id = (scenario.company_id or self.env.company).currency_id

    # === CONSTRAINT METHODS === #

    @api.constrains("step_ids")
    def _check_ladder(self):
        """A ladder only goes up: later steps are neither earlier in time nor softer in tone."""
        for scenario in self:
            steps = scenario.step_ids.sorted("level")
            for lower, higher in zip(steps, steps[1:], strict=False):
                if higher.offset_days < lower.offset_days:
                    raise ValidationError(
                        self.env._(
                            "Step %(higher)s of %(scenario)s comes before step %(lower)s: "
                            "its offset must be at least %(offset)s days.",
                            higher=higher.level,
                            lower=lower.level,
                            scenario=scenario.name,
                            offset=lower.offset_days,
                        )
                    )
                if TONE_RANK[higher.tone] < TONE_RANK[lower.tone]:
                    raise ValidationError(
                        self.env._(
                            "Step %(higher)s of %(scenario)s is softer than step %(lower)s: "
                            "a ladder only becomes firmer.",
                            higher=higher.level,
                            lower=lower.level,
                            scenario=scenario.name,
                        )
                    )

    # === CRUD METHODS === #

    def write(self, vals):
        """An archived scenario sends nowhere, and what it had planned is cancelled."""
        if "active" in vals and not vals["active"]:
            for scenario in self:
                for company in scenario.sudo().on_company_ids:
                    scenario.with_company(company).action_turn_off()
        return super().write(vals)

    # === ACTION METHODS === #

    def action_preview(self):
        """Plan a proposal as if this scenario were on, and show it before anything is switched."""
        self.ensure_one()
        self._check_can_send()
        run = self.env["credit.collection.run"]._create_preview(self)
        return run._get_action_form()

    def action_turn_off(self):
        """Stop this scenario in the current company; what was planned by it is cancelled, what was sent stays."""
        self.check_access("write")
        for scenario in self:
            scenario.sudo().on_company_ids -= self.env.company
            self.env["credit.collection.action"].sudo()._cancel_for_scenario(scenario, self.env.company)
            scenario.message_post(body=self.env._("Switched off in %s.", self.env.company.display_name))

    def _turn_on(self):
        """Switch the scenario on in the current company: from the next run on it sends."""
        self.check_access("write")
        self._check_can_send()
        for scenario in self:
            scenario.sudo().on_company_ids |= self.env.company
            scenario.message_post(body=self.env._("Switched on in %s.", self.env.company.display_name))

    def _check_can_send(self):
        for scenario in self:
            if scenario.company_id and scenario.company_id != self.env.company:
                raise UserError(
                    self.env._(
                        "%(scenario)s belongs to %(company)s.", scenario=scenario.name, company=scenario.company_id.name
                    )
                )
            if not scenario.step_ids:
                raise UserError(
                    self.env._("%s has no step yet: add at least one before switching it on.", scenario.name)
                )
            for step in scenario.step_ids:
                lack = step._lacks()
                if lack:
                    raise UserError(
                        self.env._(
                            "%(scenario)s cannot send yet: step %(step)s needs %(lack)s.",
                            scenario=scenario.name,
                            step=step.display_name,
                            lack=lack,
                        )
                    )
