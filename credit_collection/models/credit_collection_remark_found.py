import math

from odoo import fields, models
from odoo.exceptions import UserError

PLAN = "credit.collection.plan"
MOST_INSTALLMENTS = 60


class CreditCollectionRemark(models.Model):
    """What becomes of a payment that the customer says was made, and of a wish for instalments."""

    _inherit = "credit.collection.remark"

    decision = fields.Selection(
        selection_add=[("found", "Payment found"), ("not_found", "Payment not found"), ("plan", "Payment plan")]
    )
    answer = fields.Text("Add to the answer", help="The customer reads it in the mail and on the page.")

    # === CRUD METHODS === #

    def write(self, vals):
        if "answer" in vals and not self.env.su and any(remark.state != "open" for remark in self):
            raise UserError(self.env._("Only what waits for its answer gets one."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_found(self):
        """The payment is there: tell the customer. What of the invoices is still open is asked for again."""
        self._settle_claim("found")

    def action_not_found(self):
        """Nobody finds the payment: ask the customer for a proof. The invoices are asked for again."""
        self._settle_claim("not_found")

    def action_propose_plan(self):
        """Ask into how many instalments the invoices named are divided; what was wished for is filled in."""
        self._check_open()
        debtor, items = self.debtor_id, self._get_named_items()
        action = debtor._get_plan_dialog("distribute", self.env._("Propose a Payment Plan"), items)
        values = {"default_remark_id": self.id, "default_contact_id": self._get_contact().id}
        if count := self.told_count or self._count_installments(items):
            values["default_count"] = count
        if self.told_day and self.told_day >= debtor._get_today():
            values["default_date_first"] = self.told_day
        return {**action, "context": {**action["context"], **values}}

    # === BUSINESS METHODS === #

    def _settle_claim(self, decision):
        self._check_open()
        if self.topic != "paid":
            raise UserError(self.env._("Nobody said here that it was paid."))
        self._become(decision)
        contact = self._get_contact()
        told = self.with_context(lang=contact.lang or self.partner_id.lang)
        self.env["credit.collection.action"]._create_beside(
            "answer", self.debtor_id, contact=contact, user=self.env.user, noted=told._say_claim_outcome()
        )

    def _count_installments(self, items):
        """Return how many instalments of the amount that the customer can pay a month it takes; 0: none was told."""
        if not self.told_amount:
            return 0
        rows = self.env[PLAN]._get_plannable(self.debtor_id, items)
        number = self.currency_id.round(sum(row["free"] for row in rows)) / self.told_amount
        return min(max(math.ceil(round(number, 6)), 1), MOST_INSTALLMENTS)

    def _become_plan(self, plan):
        """The wish is answered by a proposal. Until that has left nothing is reminded, as long as the wish held."""
        until = self.date_until
        self._become("plan", plan)
        debtor = self.debtor_id.sudo()
        if until >= debtor._get_today():
            debtor._hold_at_least(until, self.env._("Plan %s is prepared for the customer", plan.name))
