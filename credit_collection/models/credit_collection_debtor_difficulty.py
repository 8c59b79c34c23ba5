from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditCollectionDebtor(models.Model):
    """A customer in difficulty for a while: soft tone, a plan on offer, no fees."""

    _inherit = "credit.collection.debtor"

    difficulty_from = fields.Date("In difficulty from", tracking=True)
    difficulty_until = fields.Date(
        "In difficulty until", tracking=True, help="Nothing firm or formal leaves up to and including this day."
    )
    difficulty_reason = fields.Char("What happened", tracking=True)

    @api.constrains("difficulty_from", "difficulty_until", "difficulty_reason")
    def _check_difficulty(self):
        for debtor in self.filtered(lambda debtor: debtor.difficulty_from or debtor.difficulty_until):
            if not (debtor.difficulty_from and debtor.difficulty_until and (debtor.difficulty_reason or "").strip()):
                raise ValidationError(
                    self.env._("%s in difficulty: say from when, until when, and why.", debtor.display_name)
                )
            if debtor.difficulty_until < debtor.difficulty_from:
                raise ValidationError(self.env._("%s: the difficulty ends before it begins.", debtor.display_name))

    def _is_in_difficulty(self, date=None):
        """Whether the customer is in difficulty on ``date`` (default today)."""
        self.ensure_one()
        date = date or self.company_id._get_collection_today()
        return bool(self.difficulty_from and self.difficulty_from <= date <= self.difficulty_until)
