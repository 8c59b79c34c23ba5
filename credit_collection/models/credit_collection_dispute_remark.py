from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditCollectionDispute(models.Model):
    """A dispute may come of a remark, which is judged by it."""

    _inherit = "credit.collection.dispute"

    remark_id = fields.Many2one(
        "credit.collection.remark", "Said before", index="btree_not_null", ondelete="set null", copy=False
    )

    @api.constrains("remark_id", "debtor_id")
    def _check_remark(self):
        for dispute in self.filtered("remark_id"):
            if dispute.remark_id.debtor_id != dispute.debtor_id:
                raise ValidationError(self.env._("What was said is about another customer than the dispute."))

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes.filtered("remark_id"):
            dispute.remark_id._become("dispute", dispute)
        return disputes
