from odoo import fields, models

from .credit_collection_dispute import CLOSED_STATES

TODO = "mail.mail_activity_data_todo"


class CreditCollectionDispute(models.Model):
    """Whoever owns a dispute has it among the activities, by its day, until it has ended."""

    _inherit = "credit.collection.dispute"

    # === CRUD METHODS === #

    def write(self, vals):
        if not {"user_id", "date_deadline", "reason_id"} & set(vals):
            return super().write(vals)
        before = {dispute: (dispute.user_id, dispute.date_deadline) for dispute in self}
        result = super().write(vals)
        for dispute, (owner, deadline) in before.items():
            if (dispute.user_id, dispute.date_deadline) != (owner, deadline) and dispute.user_id:
                dispute.sudo().activity_reschedule(
                    [TODO], owner.id, date_deadline=dispute.date_deadline, new_user_id=dispute.user_id.id
                )
        return result

    # === BUSINESS METHODS === #

    def _give_to_owner(self):
        self.ensure_one()
        self.activity_schedule(
            TODO,
            summary=self.env._("Settle dispute %s", self.name),
            user_id=self.user_id.id,
            date_deadline=self.date_deadline or fields.Date.context_today(self),
        )

    def _after_state(self, target):
        result = super()._after_state(target)
        if target in CLOSED_STATES:
            self.activity_unlink([TODO])
        elif target == "new":
            self._give_to_owner()
        return result
