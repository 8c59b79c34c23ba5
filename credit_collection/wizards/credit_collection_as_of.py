from odoo import fields, models
from odoo.exceptions import UserError


class CreditCollectionAsOf(models.TransientModel):
    """Asks for a day, and shows or prints the receivables as they were then."""

    _name = "credit.collection.as.of"
    _description = "Receivables as of a Day"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    date = fields.Date("As of", required=True, default=lambda self: self.env.company._get_collection_today())
    non_trade = fields.Boolean(
        "Include non-trade receivables", help="Accounts marked so in the chart, such as tax to be refunded."
    )

    def action_ageing(self):
        self.ensure_one()
        self._check_date()
        action = self.env["credit.collection.report.ageing"]._get_action(self.company_id, self.date)
        if self.non_trade:
            action["context"].pop("search_default_trade")
        return action

    def action_dso(self):
        self.ensure_one()
        self._check_date()
        return self.env["credit.collection.report.dso"]._get_action(self.company_id, self.date)

    def action_print(self):
        self.ensure_one()
        self._check_date()
        report = self.env.ref("credit_collection.credit_collection_as_of_report")
        return {**report.report_action(self, config=False), "close_on_report_download": True}

    def _check_date(self):
        """Of days to come nothing is known: payments will come in."""
        if self.date > self.company_id._get_collection_today():
            raise UserError(self.env._("Choose today or a day of the past: nobody knows yet what will be paid."))
