from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import keywords
from .credit_collection_call import OUTCOMES


class CreditCollectionKeyword(models.Model):
    """Words in a note that suggest what came of a call, and why the customer is late. A person confirms."""

    _name = "credit.collection.keyword"
    _description = "Keyword Rule"
    _order = "sequence, id"

    name = fields.Char("Words", required=True, help="* for any ending, … for up to six words in between.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    language = fields.Selection(
        [("en", "English"), ("fr", "French"), ("de", "German")], help="Empty: in every language."
    )
    outcome = fields.Selection(OUTCOMES)
    late_reason_id = fields.Many2one("credit.collection.late.reason", "Why late", ondelete="cascade")
    unless_negated = fields.Boolean(default=True, help="“not paid” is not “paid”.")

    _suggests_something = models.Constraint(
        "CHECK (outcome IS NOT NULL OR late_reason_id IS NOT NULL)", "A rule suggests an outcome or a reason."
    )

    @api.constrains("name")
    def _check_name(self):
        for rule in self:
            try:
                keywords.parse(rule.name)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(words)s” cannot be read: 1 to 12 words, with * at the end of a word and … between words.",
                        words=rule.name,
                    )
                ) from error

    @api.model
    def _suggest(self, text, today, language=""):
        """Return what ``text`` seems to say: ``outcome``, ``late_reason_id``, ``date`` and the ``sentences`` for it."""
        rules = self.search([("name", "!=", False)])
        by_code = {str(rule.id): rule for rule in rules}
        found = keywords.suggest(
            text or "",
            [keywords.Rule(str(rule.id), rule.language or "", rule.name, rule.unless_negated) for rule in rules],
        )
        # A refusal goes before the promise that stands beside it, whichever was said first.
        hits = sorted(
            ((by_code[hit.code], hit.sentence) for hit in found), key=lambda hit: (hit[0].sequence, hit[0].id)
        )
        dates = keywords.dates_in(text or "", today, language)
        outcome = next((rule.outcome for rule, __ in hits if rule.outcome), False)
        reason = next((rule.late_reason_id for rule, __ in hits if rule.late_reason_id), None)
        sentences = [sentence for __, sentence in hits] + [sentence for __, sentence in dates[:1]]
        return {
            "outcome": outcome,
            "late_reason_id": reason.id if reason else False,
            "date": dates[0][0] if dates else False,
            "sentences": list(dict.fromkeys(sentences)),
        }
