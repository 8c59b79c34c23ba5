from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_date

OUTCOMES = [
    ("no_answer", "No answer"),
    ("promised", "Will pay"),
    ("paid", "Paid already"),
    ("dispute", "Something is wrong"),
    ("call_back", "Call back"),
    ("resend", "Send it again"),
    ("approval", "Is being checked there"),
    ("wrong_contact", "Wrong contact"),
    ("refused", "Refuses"),
    ("noted", "Noted"),
]
# The person who was called has heard of the step; otherwise the task stays open.
HEARD = ("promised", "paid", "dispute", "resend", "approval", "refused", "noted")


class CreditCollectionCall(models.Model):
    """One call, or one try: whom, when, and what came of it."""

    _name = "credit.collection.call"
    _description = "Call"
    _inherit = ["credit.collection.trail"]
    _order = "called_at desc, id desc"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one("res.currency", required=True)
    action_id = fields.Many2one("credit.collection.action", index="btree_not_null", ondelete="set null")
    user_id = fields.Many2one("res.users", "Called by", required=True, default=lambda self: self.env.user)
    called_at = fields.Datetime(required=True, default=fields.Datetime.now)
    contact_id = fields.Many2one("res.partner", "Called", ondelete="set null", index="btree_not_null")
    number = fields.Char()
    spoke_to = fields.Char()
    outcome = fields.Selection(OUTCOMES, required=True)
    late_reason_id = fields.Many2one("credit.collection.late.reason", "Why late", ondelete="restrict")
    avoidable = fields.Selection([("yes", "Avoidable"), ("no", "Not avoidable")], help="Could we have prevented it?")
    avoidable_how = fields.Char("How")
    promise_date = fields.Date("Pays on")
    promise_amount = fields.Monetary("Amount promised")
    paid_date = fields.Date("Paid on")
    call_back_at = fields.Datetime()
    promise_id = fields.Many2one("credit.collection.promise", ondelete="set null", index="btree_not_null")
    dispute_id = fields.Many2one("credit.collection.dispute", ondelete="set null")
    note = fields.Text()

    _debtor_idx = models.Index("(debtor_id, called_at)")

    @api.model
    def _get_trail_fields(self):
        """What was said stays as it was noted; a second call corrects it."""
        return set(self._fields)

    @api.depends("outcome", "called_at")
    def _compute_display_name(self):
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        for call in self:
            zone = call.company_id._get_collection_tz() if call.company_id else "UTC"
            moment = fields.Datetime.context_timestamp(call.with_context(tz=zone), call.called_at)
            call.display_name = f"{format_date(self.env, moment.date())} · {labels.get(call.outcome, '')}"

    @api.constrains("outcome", "promise_date", "paid_date", "call_back_at", "promise_amount")
    def _check_outcome(self):
        for call in self:
            zone = call.company_id._get_collection_tz()
            today = fields.Datetime.context_timestamp(call.with_context(tz=zone), call.called_at).date()
            if call.outcome == "promised" and not (call.promise_date and call.promise_date >= today):
                raise ValidationError(self.env._("On which day will they pay? Today or later."))
            if call.outcome == "promised" and call.promise_amount <= 0:
                raise ValidationError(self.env._("How much will they pay? The amount must be greater than zero."))
            if call.outcome == "paid" and (not call.paid_date or call.paid_date > today):
                raise ValidationError(self.env._("On which day did they pay? Today or before."))
            if call.outcome == "call_back" and not (call.call_back_at and call.call_back_at > call.called_at):
                raise ValidationError(self.env._("When do they want to be called back? Later than now."))
