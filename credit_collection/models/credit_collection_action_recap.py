from markupsafe import Markup
from odoo import api, models


class CreditCollectionAction(models.Model):
    """The recap of a call that goes to the customer: a message beside the ladder, which raises no level."""

    _inherit = "credit.collection.action"

    @api.model
    def _create_recap(self, call):
        """Put the recap of a call on its way; it is no step, so it raises no level and stops for no interval."""
        return self._create_beside(
            "recap",
            call.debtor_id,
            contact=call.contact_id,
            user=call.user_id,
            currency=call.currency_id,
            lines=self._prepare_recap_lines(call),
            call_id=call.id,
            with_invoices=call.outcome == "resend",
        )

    @api.model
    def _prepare_recap_lines(self, call):
        """Return values for the lines of a recap: what the call was about, else all that is open."""
        if call.action_id or call.outcome != "resend":
            return call.action_id._prepare_shown_lines()
        debtor = call.debtor_id
        rows = self.env["credit.collection.planner"]._get_standings(debtor.company_id, debtors=debtor)
        rows = [row for row in rows if row["free"] > 0 and row["currency_id"] == call.currency_id.id]
        moves = self.env["account.move"].sudo().browse(row["move_id"] for row in rows)
        return [
            {
                "move_line_id": row["id"],
                "move_id": move.id,
                "reference": move.name,
                "customer_reference": move.ref,
                "date_invoice": move.invoice_date or move.date,
                "date_due": row["date_due"],
                "residual": row["residual"],
                "disputed": row["disputed"],
                "covered": row["covered"],
                "amount": row["free"],
                "live": False,
            }
            for row, move in zip(rows, moves, strict=True)
        ]

    def _prepare_shown_lines(self):
        """Return values for lines that show what this action asked for, without asking again."""
        if not self:
            return []
        names = (
            "reference",
            "customer_reference",
            "date_invoice",
            "date_due",
            "residual",
            "disputed",
            "covered",
            "amount",
        )
        return [
            {
                **{name: line[name] for name in names},
                "move_line_id": line.move_line_id.id,
                "move_id": line.move_id.id,
                "live": False,
            }
            for line in self._get_due_lines()
        ]

    def _get_call_summary(self):
        """Return what was agreed, as sentences in the customer's language."""
        call = self.call_id
        sentences = {
            "promised": lambda: self.env._(
                "You will pay %(amount)s on %(day)s.",
                amount=call.currency_id.format(call.promise_amount),
                day=self._format_day(call.promise_date),
            ),
            "paid": lambda: self.env._(
                "You paid on %s; we are looking for the payment and will come back to you only if we do not find it.",
                self._format_day(call.paid_date),
            ),
            "dispute": lambda: self.env._(
                "Something is not as it should be. We are looking into it, and do not ask for that amount meanwhile."
            ),
            "call_back": lambda: self.env._("We will call you again on %s.", self._get_call_back_text()),
            "resend": lambda: self.env._("You asked for the invoices again: they are attached."),
            "approval": lambda: self.env._("The invoices are being checked on your side. Tell us if we can help."),
        }
        text = sentences.get(call.outcome, lambda: self.env._("We have noted what you told us."))()
        return Markup("<strong>%s</strong>") % text

    def _get_call_back_text(self):
        return self._format_moment(self.call_id.call_back_at, self._get_zone())
