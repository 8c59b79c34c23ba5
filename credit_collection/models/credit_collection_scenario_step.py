from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .credit_collection_manners import ROLES
from .credit_collection_scenario import TONES


class CreditCollectionScenarioStep(models.Model):
    _name = "credit.collection.scenario.step"
    _description = "Collection Step"
    _order = "scenario_id, level"

    scenario_id = fields.Many2one("credit.collection.scenario", required=True, index=True, ondelete="cascade")
    level = fields.Integer(
        required=True, default=1, help="Number of the step, as printed. Steps are climbed in this order."
    )
    name = fields.Char(required=True, translate=True)
    offset_days = fields.Integer(
        "Days",
        required=True,
        help="Days from the due date; negative: before it. A step before the due date is never caught up.",
    )
    channel = fields.Selection(selection="_get_channels", required=True, default="email")
    template_id = fields.Many2one(
        "credit.collection.template", string="Text", ondelete="restrict", index="btree_not_null"
    )
    tone = fields.Selection(TONES, required=True, default="friendly")
    mode = fields.Selection(
        [("auto", "Automatic"), ("approve", "To approve"), ("task", "Task for a person")], required=True, default="auto"
    )
    instruction = fields.Text(translate=True, help="What a person who does this step should do.")
    min_amount = fields.Monetary(
        "From amount", currency_field="currency_id", help="Below this the item waits; it does not vanish."
    )
    min_percentage = fields.Float(
        "From % of position",
        digits=(5, 2),
        help="Share of what the customer owes in this currency; below it the item waits.",
    )
    person_amount = fields.Monetary(
        "Person from",
        currency_field="currency_id",
        help="Above this amount the step becomes a task for a person. 0: never.",
    )
    approval_amount = fields.Monetary(
        "Approval from",
        currency_field="currency_id",
        help="Above this amount the message waits for approval. 0: never.",
    )
    new_or_risky = fields.Boolean(
        "New or risky: any amount",
        help="Customers who have never paid an invoice yet, or whose degree of trust is bad, are written to below the "
        "minimum, too.",
    )
    reply_days = fields.Integer(
        "Answer within (days)", default=7, help="Sets the date by which the text asks for an answer."
    )
    attach_invoices = fields.Boolean(help="Attach the legal PDF of each invoice that is due.")
    sender = fields.Selection(
        [("collector", "Collector in charge"), ("salesperson", "Salesperson of the invoice"), ("company", "Company")],
        required=True,
        default="collector",
        help="Who signs. Falls back to the collector, then to the company.",
    )
    copy_to = fields.Selection(
        [("none", "Nobody"), ("salesperson", "Salesperson"), ("collector", "Collector in charge")],
        required=True,
        default="none",
        help="Who receives a copy, as a message of its own.",
    )
    role = fields.Selection(
        ROLES, "Written to", required=True, default="payables", help="Falls back to the usual contact of the customer."
    )
    registered = fields.Boolean("Registered letter", help="With acknowledgement of receipt; its number is asked for.")
    server_action_id = fields.Many2one(
        "ir.actions.server",
        domain="[('model_id.model', '=', 'credit.collection.debtor')]",
        ondelete="restrict",
        groups="base.group_system",
        help="Runs on the debtor's file. Only system administrators choose it: it may execute code.",
    )
    currency_id = fields.Many2one(related="scenario_id.currency_id")

    _level_unique = models.Constraint(
        "UNIQUE (scenario_id, level)", "Each step of a scenario needs a level of its own."
    )
    _level_range = models.Constraint("CHECK (level BETWEEN 1 AND 99)", "The level must be between 1 and 99.")
    _offset_range = models.Constraint(
        "CHECK (offset_days BETWEEN -365 AND 3650)", "The offset must be between -365 and 3650 days."
    )
    _amounts_positive = models.Constraint(
        "CHECK (min_amount >= 0 AND person_amount >= 0 AND approval_amount >= 0 AND min_percentage BETWEEN 0 AND 100)",
        "Amounts must not be negative, and the percentage must be between 0 and 100.",
    )
    _reply_days_range = models.Constraint(
        "CHECK (reply_days BETWEEN 0 AND 90)", "The time to answer must be between 0 and 90 days."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_channels(self):
        return self.env["credit.collection.channel"]._get_selection()

    @api.depends("level", "name", "scenario_id")
    def _compute_display_name(self):
        for step in self:
            step.display_name = f"{step.level}. {step.name or ''}"

    # === CONSTRAINT METHODS === #

    @api.constrains("channel", "mode")
    def _check_mode(self):
        for step in self:
            if step.mode != "task" and not step._get_channel()._delivers:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: a message by this channel is sent by a person. Set it to “Task for a person”.",
                        step=step.display_name,
                    )
                )

    @api.constrains("channel", "tone")
    def _check_formal(self):
        for step in self:
            if step.tone == "formal" and step._get_channel()._part == "short_text":
                raise ValidationError(
                    self.env._("Step %s: a formal notice does not fit into a text message.", step.display_name)
                )

    @api.constrains("level", "offset_days", "tone")
    def _check_ladder(self):
        self.scenario_id._check_ladder()

    @api.constrains("tone", "offset_days")
    def _check_preventive(self):
        for step in self:
            if (step.tone == "preventive") != (step.offset_days < 0):
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: before the due date the tone is preventive, and only there.",
                        step=step.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    def _get_channel(self):
        self.ensure_one()
        return self.env["credit.collection.channel"]._get(self.channel)

    def _lacks(self):
        """Return what the step needs before it can do its work, in words; nothing when it has it all."""
        self.ensure_one()
        channel = self._get_channel()
        if channel._part and not self.template_id[channel._part]:
            labels = self.env["credit.collection.template"]._fields[channel._part]
            return self.env._("a text with “%s”", labels._description_string(self.env))
        if self.channel == "automation" and not self.sudo().server_action_id:
            return self.env._("a server action, chosen by a system administrator")
        return False
