from odoo import api, fields, models


class CreditCollectionDebtorDifficulty(models.TransientModel):
    """Says that a customer is in difficulty: from when, until when, and why."""

    _name = "credit.collection.debtor.difficulty"
    _description = "Customer in Difficulty"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, readonly=True, ondelete="cascade")
    date_from = fields.Date("From", required=True)
    date_until = fields.Date("Until", required=True, help="Nothing firm or formal leaves up to and including this day.")
    reason = fields.Char("What happened", required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        debtor = self.env["credit.collection.debtor"].browse(values.get("debtor_id"))
        if not debtor:
            return values
        first = debtor.difficulty_from or debtor._get_today()
        return {
            **values,
            "date_from": first,
            "date_until": debtor.difficulty_until or fields.Date.add(first, months=3),
            "reason": debtor.difficulty_reason,
        }

    def action_confirm(self):
        self.ensure_one()
        self.debtor_id._check_collector()
        self.debtor_id.write(
            {
                "difficulty_from": self.date_from,
                "difficulty_until": self.date_until,
                "difficulty_reason": self.reason,
            }
        )
