from odoo import api, fields, models


class CreditCollectionDisputeCheck(models.Model):
    """One point of the checklist of a dispute: copied from the reason, ticked by somebody on some day."""

    _name = "credit.collection.dispute.check"
    _description = "Checked Point of a Dispute"
    _inherit = ["credit.collection.trail"]
    _order = "dispute_id, sequence, id"
    _part_of = "dispute_id"

    dispute_id = fields.Many2one("credit.collection.dispute", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, index=True, precompute=True)
    name = fields.Char("To check", required=True)
    sequence = fields.Integer(default=10)
    done = fields.Boolean()
    note = fields.Char("Found")
    user_id = fields.Many2one("res.users", "Checked by", readonly=True, copy=False)
    date = fields.Datetime("Checked on", readonly=True, copy=False)

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"user_id", "date"}

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks.filtered("done")._note_who(True)
        return checks

    def write(self, vals):
        """Note who ticked a point, and when; whoever takes the tick away takes both away."""
        ticked = self.filtered(lambda check: "done" in vals and check.done != vals["done"])
        result = super().write(vals)
        if ticked:
            ticked._note_who(vals["done"])
        return result

    def _note_who(self, done):
        self.sudo().write(
            {"user_id": self.env.uid, "date": fields.Datetime.now()} if done else {"user_id": False, "date": False}
        )
