from odoo import fields, models
from odoo.exceptions import ValidationError


class CreditCollectionActionResolve(models.TransientModel):
    """Asks a person what to do with actions that wait, or whose fate is unknown, and why."""

    _name = "credit.collection.action.resolve"
    _description = "Decide on Collection Actions"

    action_ids = fields.Many2many("credit.collection.action", string="Actions", required=True)
    decision = fields.Selection(
        [("went_out", "It went out"), ("again", "Send again"), ("cancel", "Drop it")], required=True, default="cancel"
    )
    only_cancel = fields.Boolean(compute="_compute_only_cancel")
    reason = fields.Char(required=True)

    def _compute_only_cancel(self):
        for wizard in self:
            wizard.only_cancel = set(wizard.action_ids.mapped("state")) != {"unknown"}

    def action_confirm(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise ValidationError(self.env._("Say why: who reads the file later has to know."))
        self.action_ids._resolve(self.decision, self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
