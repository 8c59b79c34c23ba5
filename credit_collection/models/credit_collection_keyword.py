from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import keywords
from .credit_collection_call import OUTCOMES

KEYWORD_OUTCOMES = [*OUTCOMES, ("opt_out", "Wants no more e-mails")]
# What comes of calls only: nothing is to be done about an answer that seems to be that.
OF_CALLS = ("no_answer", "noted")
# Of several that an answer seems to be, the one that changes most goes first.
FIRST = ("dispute", "opt_out", "wrong_contact", "paid", "promised")


class CreditCollectionKeyword(models.Model):
    """Words in a note or an answer that suggest what it is, and why the customer is late. A person confirms."""

    _name = "credit.collection.keyword"
    _description = "Keyword Rule"
    _order = "sequence, id"

    name = fields.Char("Words", required=True, help="* for any ending, … for up to six words in between.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    language = fields.Selection(
        [("en", "English"), ("fr", "French"), ("de", "German")], help="Empty: in every language."
    )
    usage = fields.Selection(
        [("call", "Notes of calls"), ("reply", "Answers and remarks")], "Looked for in", help="Empty: in both."
    )
    outcome = fields.Selection(KEYWORD_OUTCOMES)
    dispute_reason_id = fields.Many2one(
        "credit.collection.dispute.reason", "Reason of the dispute", ondelete="set null", index="btree_not_null"
    )
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
        hits = self._find(text, "call")
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

    @api.model
    def _suggest_reply(self, text, today, language=""):
        """Return what an answer seems to be, with the sentences that say so.

        :return: ``outcome``, ``reason_id`` of a dispute, ``promise_date``, ``paid_date`` and ``sentences``
        """
        found = self._find(text, "reply")
        hits = [(rule, sentence) for rule, sentence in found if rule.outcome and rule.outcome not in OF_CALLS]
        promised = {sentence for rule, sentence in hits if rule.outcome == "promised"}
        # "The transfer will be made on Friday" has the words of a payment that was made.
        hits = [hit for hit in hits if hit[0].outcome != "paid" or hit[1] not in promised]
        found = {rule.outcome for rule, __ in hits}
        outcome = next((code for code in FIRST if code in found), hits[0][0].outcome if hits else False)
        because = [sentence for rule, sentence in hits if rule.outcome == outcome]
        reasons = (rule.dispute_reason_id for rule, __ in hits if rule.outcome == outcome)
        dates = self._pick_date(keywords.dates_in(text or "", today, language), because)
        past = self._pick_date(keywords.past_dates_in(text or "", today, language), because)
        return {
            "outcome": outcome,
            "reason_id": next((reason.id for reason in reasons if reason), False),
            "promise_date": dates if outcome == "promised" else False,
            "paid_date": past if outcome == "paid" else False,
            "sentences": list(dict.fromkeys(because)),
        }

    @api.model
    def _pick_date(self, dates, sentences):
        """Return the date that stands in one of ``sentences``, else the first."""
        near = [day for day, sentence in dates if sentence in sentences]
        return next(iter(near or [day for day, __ in dates]), False)

    @api.model
    def _find(self, text, usage):
        """Return ``(rule, sentence)`` of each rule that fits, those that go first in the list of rules first."""
        rules = self.search([("name", "!=", False), ("usage", "in", (usage, False))])
        by_code = {str(rule.id): rule for rule in rules}
        found = keywords.suggest(
            text or "",
            [keywords.Rule(str(rule.id), rule.language or "", rule.name, rule.unless_negated) for rule in rules],
        )
        # A refusal goes before the promise that stands beside it, whichever was said first.
        return sorted(
            ((by_code[hit.code], hit.sentence) for hit in found), key=lambda hit: (hit[0].sequence, hit[0].id)
        )
