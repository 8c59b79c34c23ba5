from odoo import models
from odoo.exceptions import UserError

# Working days that a customer gets to check our invoices, before we ask.
CHECKING_TIME = 5


class CreditCollectionRemark(models.Model):
    """What else a person may make of an answer: what it asks of us, by one click."""

    _inherit = "credit.collection.remark"

    def action_resend(self):
        """Send what is open once more, with the invoices: the one who asked gets it, if that is one of theirs."""
        self._check_open()
        actions = self.env["credit.collection.action"]
        items = self._get_named_items()
        items = self.debtor_id._get_open_receivables() if items is None else items
        for currency, members in items.grouped("currency_id").items():
            actions |= actions._create_beside(
                "resend",
                self.debtor_id,
                contact=self._get_contact(),
                user=self.env.user,
                currency=currency,
                lines=actions._prepare_lines_of(members),
                with_invoices=True,
            )
        if not actions:
            raise UserError(self.env._("Nothing is open that could be sent again, or there is no e-mail address."))
        self._become("resend")

    def action_approval(self):
        """They are checking the invoices: nothing leaves for a few days, and then somebody asks."""
        self._check_open()
        self._become("approval")
        debtor = self.debtor_id
        last = debtor._get_last_day(debtor._get_today(), CHECKING_TIME)
        debtor._hold_at_least(last, self.env._("The customer is checking the invoices"))
        debtor._ask_somebody(self.env._("Have they checked the invoices?"), self.text, deadline=last)

    def action_call_back(self):
        """They want to be called: a call for the collector, today."""
        self._check_open()
        self._become("call_back")
        self.debtor_id._ask_somebody(self.env._("Call back"), self.text, kind="mail.mail_activity_data_call")

    def action_refused(self):
        """They refuse to pay: a manager decides how to go on."""
        self._check_open()
        self._become("refused")
        self.debtor_id._tell_of_refusal(self.text)
