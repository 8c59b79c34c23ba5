import hashlib

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount, format_date

from .credit_collection_promise_make import APPROVAL_DAYS


class CreditCollectionPlan(models.Model):
    """A plan as the customer sees it on the page: accepted or declined there."""

    _inherit = "credit.collection.plan"

    def _is_on_page(self):
        """What was agreed on; of proposals those that were sent, as they were sent."""
        self.ensure_one()
        if self.date_accepted:
            return True
        offer = self._get_page_offer()
        if self.state != "proposal" or offer == self.answered_id:
            return bool(offer)
        parts = [*self.installment_ids.mapped("write_date"), *self.line_ids.mapped("write_date")]
        return bool(offer and parts) and offer.create_date >= max(parts)

    def _get_page_offer(self):
        """Return the message with which it was proposed; sent again, the latest."""
        sent = self.sudo().action_ids.filtered(lambda action: action.purpose == "plan_proposal" and action.date_sent)
        return sent.sorted("id")[-1:]

    def _get_page_deadline(self):
        """Return the last day on which the proposal can be answered here: the one that its message names."""
        offer = self._get_page_offer()
        return offer._get_reply_date(offer.date_sent) if offer else None

    def _get_page_state(self):
        """Return the state as the customer meets it.

        ``late`` is a proposal whose day of answer has passed; ``returned`` one that was accepted, and that we did not
        agree to: it is not offered again unless it is sent again. Who ends a plan is told apart, too.
        """
        self.ensure_one()
        if self.state == "cancelled":
            return "declined" if self.is_declined else "ended" if self.date_accepted else "taken_back"
        offer = self._get_page_offer()
        if self.state != "proposal" or not offer:
            return self.state
        if offer == self.answered_id:
            return "returned"
        return "late" if self._get_page_deadline() < self._get_today() else "proposal"

    def _say_page_state(self):
        """Return in plain words how it stands, and what can be done when that is not what was hoped for."""
        self.ensure_one()
        state = self._get_page_state()
        if state == "accepted":
            until = self.debtor_id._get_last_day(self.date_accepted, APPROVAL_DAYS)
            return self.env._(
                "You have accepted it. A manager looks at it once more, and we tell you by %s.",
                format_date(self.env, until, date_format="long"),
            )
        deadline = format_date(self.env, self._get_page_deadline(), date_format="long")
        ended = format_date(self.env, self.date_ended, date_format="long")
        return {
            "proposal": self.env._("Our proposal waits for your answer: you can accept it up to %s.", deadline),
            "late": self.env._(
                "This proposal could be accepted up to %s. Please ask for a new one, or call us.", deadline
            ),
            "returned": self.env._(
                "It was accepted, but we could not agree to it, so that nothing is agreed. "
                "Please ask for a new one, or call us."
            ),
            "declined": self.env._("You declined it on %s. Please ask for a new one, or call us.", ended),
            "taken_back": self.env._("We took it back on %s. Please ask for a new one, or call us.", ended),
            "ended": self.env._("It was ended on %s. Please ask for a new one, or call us.", ended),
            "running": self.env._("Agreed, and under way."),
            "done": self.env._("Paid. Thank you!"),
            "broken": self.env._("It has ended: an instalment is missing. Please call us."),
        }[state]

    def _get_page_mark(self):
        """Return what changes when the schedule does: nobody accepts another one than was shown."""
        self.ensure_one()
        schedule = [(str(one.date), self.currency_id.format(one.amount)) for one in self.installment_ids.sorted("date")]
        items = [(line.move_id.id, line.amount) for line in self.line_ids.sorted("id")]
        return hashlib.sha256(repr((self.id, schedule, items)).encode()).hexdigest()[:16]

    def _check_page_answer(self, mark=None):
        """An answer is to a proposal that waits, in time, and to the one that was shown.

        :raises UserError: in words for the customer
        """
        self._lock()
        state = self._get_page_state()
        if state in ("late", "returned", "taken_back"):
            raise UserError(self._say_page_state())
        if state != "proposal":
            raise UserError(self.env._("This proposal was answered already: %s", self._say_page_state()))
        if mark is not None and mark != self._get_page_mark():
            raise UserError(
                self.env._("The proposal has changed meanwhile. Please look at it again before you answer.")
            )

    def _accept_on_page(self, contact, mark):
        """The customer accepts. What cannot be accepted any more is told to who is in charge.

        :return: whether it stands
        """
        self._check_page_answer(mark or "")
        debtor = self.debtor_id
        ours = debtor._in_our_language()
        plan = self.with_env(ours.env)
        try:
            with self.env.cr.savepoint():
                plan._accept(contact)
        except UserError as error:
            self.env.invalidate_all()
            line = ours.env._("On the page: wanted to accept plan %s, which cannot be accepted any more.", plan.name)
            ours._note_answer(contact, line, str(error))
            ours._ask_somebody(ours.env._("Propose anew: plan %s was accepted too late", plan.name), str(error),
                               plan._get_person())  # fmt: skip
            return False
        ours._note_answer(contact, ours.env._("On the page: accepts plan %s.", plan.name))
        ours._ask_somebody(ours.env._("Plan %s was accepted on the page", plan.name), False, plan._get_person())
        debtor._confirm_answer(contact, self._say_accepted())
        return True

    def _say_accepted(self):
        rows = []
        for one in self.installment_ids.sorted("date"):
            day = format_date(self.env, one.date, date_format="long")
            rows.append(f"{day}: {format_amount(self.env, one.amount, one.currency_id)}")
        said = self.env._("You accept payment plan %s:", self.name)
        return "\n".join([said, *rows, self._say_page_state()])

    def _decline_on_page(self, contact, reason):
        """The customer wants something else: a person reads why."""
        self._check_page_answer()
        debtor = self.debtor_id
        ours = debtor._in_our_language()
        plan = self.with_env(ours.env)
        items = plan.line_ids._get_items().filtered(lambda item: not item.reconciled)
        plan._cancel(reason, by=contact.name)
        plan.sudo().is_declined = True
        said = self.env._("I cannot accept payment plan %(name)s: %(reason)s", name=self.name, reason=reason)
        remarks = ours.env["credit.collection.remark"].with_context(collection_asked=True)
        remarks._report(ours, said, items, kind="page", author=contact, topic="plan")
        ours._note_answer(contact, ours.env._("On the page: declines plan %s.", plan.name), reason)
        debtor._confirm_answer(contact, said)

    def _tell_decision(self):
        """Tell who accepted on the page, in that person's language, what a manager has decided; not why."""
        self.ensure_one()
        if not self.date_accepted or self._get_asker():
            return
        contact = self.contact_id
        plan = self.with_context(lang=contact.lang or self.debtor_id.partner_id.lang)
        plan.debtor_id._answer_told(contact, plan._say_decision())

    def _say_decision(self):
        if self.approval_state == "approved":
            return self._say_accepted()
        if self.approval_state != "refused":
            return self.env._(
                "We are sorry: nobody could decide in time about payment plan %s, so that it is not agreed. "
                "Please ask for a new one, or call us.",
                self.name,
            )
        return self.env._(
            "We cannot agree to payment plan %s after all. Please call us: we find another way.", self.name
        )
