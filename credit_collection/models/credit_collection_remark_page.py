from datetime import timedelta

from odoo import models


class CreditCollectionRemark(models.Model):
    """What the customer said on the page, and what became of it, in words for the customer."""

    _inherit = "credit.collection.remark"

    def _say_page_words(self):
        """Return title and text of what was told, for who told it; what was noted for colleagues is told anew."""
        self.ensure_one()
        told = self.told_name, self.told_email, self.told_phone
        if not any(told):
            return self.env._("You told us"), self.text
        words = [
            (self.env._("Name: %s"), self.told_name),
            (self.env._("What they do: %s"), self.told_function),
            (self.env._("E-mail: %s"), self.told_email),
            (self.env._("Telephone: %s"), self.told_phone),
        ]
        title = (
            self.env._("Your new address or number")
            if self.told_partner_id or not self.told_name
            else self.env._("The right person to write to")
        )
        return title, "\n".join(label % value for label, value in words if value)

    def _say_page_state(self):
        self.ensure_one()
        if self.state == "open":
            return self._say_page_waiting()
        if self.decision in ("found", "not_found"):
            return self._say_found()
        if self.decision == "plan":
            return self._say_page_plan()
        words = {
            "paid": self.env._("We are looking for your payment."),
            "dispute": self.env._("We look into it."),
            "promised": self.env._("Noted as your promise."),
            "approval": self.env._("We know that it is being checked on your side."),
            "call_back": self.env._("We call you back."),
            "contact": self.env._("Taken over. Thank you."),
            "resend": self.env._("We have sent your invoices again."),
        }
        return words.get(self.decision) or self.env._("Done. Thank you for telling us.")

    def _say_page_waiting(self):
        if self.topic != "paid":
            return self.env._("Received: %s reads it.", self.responsible_id.name or self.company_id.name)
        if self.expired:
            return self.env._("We are looking for your payment.")
        day = self.debtor_id._format_page_day(self.date_until + timedelta(days=1))
        return self.env._("We are looking for your payment, and do not remind you of it before %s.", day)

    def _say_found(self):
        words = {
            "found": self.env._("We have found your payment. Thank you."),
            "not_found": self.env._(
                "We could not find this payment. Please send us a proof of it, such as the confirmation of your bank, "
                "or call us."
            ),
        }
        return "\n".join(filter(None, [words[self.decision], self.answer]))

    def _say_claim_outcome(self):
        """Return what the mail says that answers it: what was told, and what came of it."""
        told = self.env._("You told us that you paid: %s", ", ".join(self.sudo().line_ids.move_id.mapped("name")))
        return f"{told}\n{self._say_found()}"

    def _say_page_plan(self):
        """Return how the plan stands that was made of a wish."""
        plan = self.became.exists() if self.became else None
        if not plan or plan.state == "cancelled" and not plan._is_on_page():
            return self.env._("Please ask again, or call us.")
        if not plan._is_on_page():
            return self.env._("We are preparing a proposal for you.")
        return self.env._("Payment plan %(name)s: %(state)s", name=plan.name, state=plan._say_page_state())
