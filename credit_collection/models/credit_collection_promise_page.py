from odoo import models
from odoo.tools.misc import format_amount, format_date


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

    def _say_page_state(self):
        """Return in plain words how it stands."""
        self.ensure_one()
        if self.approval_state == "refused":
            return self.env._("We could not agree to this day. Please call us, or name another one.")
        if self.state == "to_approve":
            day = format_date(self.env, self.debtor_id._say_day_of_approval(), date_format="long")
            return self.env._("We have to look at it first, and tell you by %s.", day)
        return {
            "open": self.env._("Noted. We do not ask you for it before that day."),
            "kept": self.env._("Paid. Thank you!"),
            "partly": self.env._("Partly paid"),
            "broken": self.env._("The payment has not arrived."),
            "withdrawn": self.env._("It does not stand any more."),
        }[self.state]
