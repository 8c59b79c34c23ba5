from markupsafe import Markup, escape
from odoo import models
from odoo.tools.misc import format_amount


class CreditCollectionAction(models.Model):
    """What messages about a dispute say."""

    _inherit = "credit.collection.action"

    def _get_document_values(self):
        values = super()._get_document_values()
        dispute = self.dispute_id
        names = ("dispute_number", "dispute_amount", "dispute_reason", "dispute_outcome", "answer_date")
        if not dispute:
            return {**values, **dict.fromkeys(names)}
        amounts = {}
        for line in dispute.line_ids:
            amounts[line.currency_id] = amounts.get(line.currency_id, 0) + line.amount
        return {
            **values,
            "dispute_number": dispute.name,
            "dispute_amount": self._join_amounts(amounts),
            "dispute_reason": dispute.reason_id._get_page_name(),
            "dispute_outcome": self._get_dispute_outcome() if dispute.outcome_kind else None,
            "answer_date": self._format_day(dispute.date_deadline),
        }

    def _join_amounts(self, amounts):
        """Write ``{currency: amount}`` in words; nothing is an empty text."""
        return self.env._(", ").join(
            format_amount(self.env, amount, currency) for currency, amount in amounts.items() if amount
        )

    def _get_dispute_outcome(self):
        """Return what came of the dispute, as sentences in the customer's language, the explanation as it was typed."""
        return Markup("<br/>").join(escape(part) for part in self._get_outcome_parts())

    def _get_outcome_parts(self):
        parts = [self._get_outcome_sentence(), self.dispute_id.outcome, self._get_rest_sentence()]
        return [part for part in parts if part]

    def _get_outcome_sentence(self):
        dispute = self.dispute_id
        credits = dispute.outcome_move_ids.filtered(lambda move: move.move_type == "out_refund").sorted("id")
        amounts = {}
        for credit in credits:
            amounts[credit.currency_id] = amounts.get(credit.currency_id, 0) + credit.amount_total
        numbers, amount = ", ".join(credits.mapped("name")), self._join_amounts(amounts)
        sentences = {
            "rejected": lambda: self.env._("We have looked into it and find the amount correct as invoiced."),
            "credit": lambda: (
                self.env._("You were right: credit note %(number)s over %(amount)s.", number=numbers, amount=amount)
                if dispute.justified == "yes"
                else self.env._("You receive credit note %(number)s over %(amount)s.", number=numbers, amount=amount)
            ),
            "corrected": lambda: self.env._(
                "Credit note %s takes the invoice back; you receive a corrected one.", numbers
            ),
            "replacement": lambda: (
                self.env._("You receive a replacement: %s", dispute.outcome_reference)
                if dispute.outcome_reference
                else self.env._("You receive a replacement.")
            ),
            "due_date": lambda: self.env._("The new due date is %s.", self._format_day(dispute.outcome_date)),
            "gesture": lambda: self.env._(
                "As a gesture of goodwill you receive credit note %(number)s over %(amount)s.",
                number=numbers,
                amount=amount,
            ),
            "explained": lambda: self.env._("We consider the question answered."),
        }
        return sentences[dispute.outcome_kind]()

    def _get_rest_sentence(self):
        """Say what the invoices in question still have open."""
        if self.dispute_id.outcome_kind == "corrected":
            return False
        amounts = {}
        for item in self.dispute_id.line_ids._get_open_items():
            amounts[item.currency_id] = amounts.get(item.currency_id, 0) + item.amount_residual_currency
        if not any(amounts.values()):
            return self.env._("Nothing is open on the invoices in question any more.")
        return self.env._("Open on the invoices in question: %s.", self._join_amounts(amounts))
