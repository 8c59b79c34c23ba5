from odoo import fields, models


class CreditCollectionDebtor(models.Model):
    """Insolvency or a moratorium: what was owed before its day is frozen, what came later goes on."""

    _inherit = "credit.collection.debtor"

    insolvency_date = fields.Date(
        "Insolvent since",
        tracking=True,
        help="Day on which the proceedings (or a moratorium) began. What is dated before it is frozen: no message asks "
        "for it and nobody can pay it on the customer's page. Later invoices go on as usual.",
    )
    insolvency_reference = fields.Char("Court and file number", tracking=True, help="And who administers the estate.")

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "insolvency_date" in vals:
            self._ask_again_now()
            for debtor in self.filtered("insolvency_date"):
                debtor._ask_somebody(self.env._("File the claim with the administrator"), debtor.insolvency_reference)
        return result

    # === BUSINESS METHODS === #

    def _freezes(self, items):
        """Return those of ``items`` that the insolvency freezes: dated before its day (docs/rules.md, section 3)."""
        self.ensure_one()
        began = self.insolvency_date
        return items.filtered(lambda item: began and item.date < began)
