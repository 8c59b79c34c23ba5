from odoo import models
from odoo.tools.misc import format_amount, format_date

from .credit_collection_promise import LIVE_STATES
from .credit_collection_promise_make import APPROVAL_DAYS


class CreditCollectionPromise(models.Model):
    """A promise as the customer sees it on the page."""

    _inherit = "credit.collection.promise"

    def _say_page_name(self):
        """Return amount and day, the month in words."""
        self.ensure_one()
        return self.env._(
            "%(amount)s on %(day)s",
            amount=format_amount(self.env, self.amount, self.currency_id),
            day=format_date(self.env, self.date, date_format="long"),
        )

    def _say_page_title(self):
        """Return what it is: an offer until somebody has agreed to it."""
        self.ensure_one()
        if self.state == "to_approve" or self.approval_state == "refused":
            return self.env._("You offered to pay %s", self._say_page_name())
        return self.env._("You pay %s", self._say_page_name())

    def _get_told_path(self):
        """Return where the customer goes on from it: to another day, where we could not agree."""
        return "/promise" if self.state in LIVE_STATES or self._is_refused_lately() else False

    def _say_page_state(self):
        """Return in plain words how it stands."""
        self.ensure_one()
        if self.approval_state == "refused":
            return self.env._("We could not agree to it. Please pay, name another day, or call us.")
        if self.state == "to_approve":
            until = self.debtor_id._get_last_day(self.date_made, APPROVAL_DAYS)
            day = format_date(self.env, until, date_format="long")
            if self.date_release <= self.debtor_id._get_today():
                return self.env._(
                    "A manager decides about it, and we tell you by %s. Until then reminders may still reach you.", day
                )
            return self.env._("A manager decides about it, and we tell you by %s.", day)
        return {
            "open": self.env._("Noted. We do not ask you for it before that day."),
            "kept": self.env._("Paid. Thank you!"),
            "partly": self.env._("Partly paid"),
            "broken": self.env._("The payment has not arrived."),
            "withdrawn": self.env._("It does not stand any more."),
        }[self.state]

    def _is_refused_lately(self):
        """Whether it was offered on the page and refused, and its day has not passed: another may still be named."""
        self.ensure_one()
        return self.approval_state == "refused" and self.how == "portal" and self.date >= self.debtor_id._get_today()

    def _tell_decision(self):
        """Tell who promised on the page what became of it, in that person's language; our reason stays with us."""
        self.ensure_one()
        if self.how != "portal":
            return
        contact, debtor = self.contact_id or self.debtor_id.contact_id, self.debtor_id
        promise = self.with_context(lang=contact.lang or debtor.partner_id.lang)
        words = {
            "amount": format_amount(promise.env, self.amount, self.currency_id),
            "day": format_date(promise.env, self.date, date_format="long"),
        }
        if self.approval_state == "approved":
            said = promise.env._("You will pay %(amount)s on %(day)s: agreed.", **words)
        elif self.approval_state != "refused":
            said = promise.env._(
                "We are sorry: nobody could decide in time about %(amount)s on %(day)s, so that it is not agreed. "
                "Please name another day, or call us.",
                **words,
            )
        else:
            said = promise.env._(
                "We cannot agree to %(amount)s on %(day)s. Please pay, or call us: we find another way.", **words
            )
        promise.debtor_id._answer_told(contact, said)
