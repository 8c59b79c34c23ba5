from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CreditCollectionCorrective(models.Model):
    """What is done so that a cause of disputes does not come back: by whom, by when, with what result."""

    _name = "credit.collection.corrective"
    _description = "Corrective Action"
    _inherit = ["credit.collection.trail", "mail.thread", "mail.activity.mixin"]
    _order = "state desc, date, id"

    name = fields.Char("What is done", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, readonly=True
    )
    reason_id = fields.Many2one(
        "credit.collection.dispute.reason", "Cause", ondelete="restrict", index="btree_not_null", tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    date = fields.Date("Until", required=True, tracking=True)
    description = fields.Text()
    state = fields.Selection(
        [("open", "Open"), ("done", "Done")], default="open", required=True, readonly=True, copy=False, tracking=True
    )
    result = fields.Text("What came of it", tracking=True)
    date_done = fields.Date("Done on", readonly=True, copy=False)
    can_edit = fields.Boolean(compute="_compute_can_edit", help="Its owner sees to it, and so do collectors.")

    _done_has_a_day = models.Constraint(
        "CHECK ((date_done IS NULL) = (state = 'open'))", "A corrective action has a day when it is done, only then."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        editable = self._filtered_access("write")
        for action in self:
            action.can_edit = action in editable

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"state", "date_done"}

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._remind()
        return actions

    def write(self, vals):
        if "company_id" in vals and not self.env.su:
            raise AccessError(self.env._("A corrective action stays in its company."))
        result = super().write(vals)
        if {"user_id", "date", "name"} & set(vals):
            self.filtered(lambda action: action.state == "open")._remind()
        return result

    # === ACTION METHODS === #

    def action_done(self):
        for action in self.filtered(lambda action: action.state == "open"):
            if not (action.result or "").strip():
                raise UserError(self.env._("Say what came of “%s”: the next one learns from it.", action.name))
            action.check_access("write")
            action.sudo().write({"state": "done", "date_done": action.company_id._get_collection_today()})
            action.activity_feedback(["mail.mail_activity_data_todo"], feedback=action.result)

    def action_reopen(self):
        self.check_access("write")
        self.sudo().write({"state": "open", "date_done": False})
        self._remind()

    # === BUSINESS METHODS === #

    def _remind(self):
        """Have one reminder, for the owner, on the day."""
        # As root: an owner who handed it over may not read it any more.
        for action in self.sudo():
            action.activity_unlink(["mail.mail_activity_data_todo"])
            action.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=action.date,
                summary=action.name,
                user_id=action.user_id.id,
            )
