from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import kpi


class ResCompany(models.Model):
    """How receivables are measured in this company, and what is aimed at."""

    _inherit = "res.company"

    collection_ageing_bounds = fields.Char(
        "Ageing after days",
        default="30,60,90",
        required=True,
        help="Last day of each bucket of the ageing, all but the last one: 30,60,90 gives 1–30, 31–60, 61–90, over 90.",
    )
    collection_dso_window = fields.Selection(
        [("365", "The last 365 days"), ("90", "The last 90 days"), ("month", "The month itself")],
        "Sales for the DSO",
        default="365",
        required=True,
        help="Receivables ÷ sales of this period × its days. While the ledger is younger, the period begins with the "
        "first sale.",
    )
    collection_dso_thirty = fields.Boolean(
        "Months of 30 days",
        help="A whole month counts 30 days, for the count-back DSO and that of the month itself.",
    )
    collection_cei_months = fields.Selection(
        [("1", "Month"), ("3", "Quarter"), ("12", "Year")],
        "Collection effectiveness over a",
        default="1",
        required=True,
        help="The period ends with the month shown.",
    )
    collection_cei_sales = fields.Selection(
        [("period", "All of the period"), ("month", "Those of an average month")],
        "Sales in it",
        default="period",
        required=True,
        help="Publications differ: some add the sales of the whole period to the opening balance, others a month's.",
    )
    collection_target_overdue = fields.Float("Overdue at most (%)", default=15.0, help="Of the receivables.")
    collection_target_over_90 = fields.Float("Over 90 days late at most (%)", default=2.0, help="Of the receivables.")
    collection_target_delinquent = fields.Float("Average days delinquent at most", default=8.0)
    collection_target_cei = fields.Float("Collection effectiveness at least (%)", default=80.0)

    @api.constrains("collection_ageing_bounds")
    def _check_collection_ageing_bounds(self):
        for company in self:
            try:
                kpi.parse_bounds(company.collection_ageing_bounds)
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” does not say where the buckets of the ageing end. Write one to five numbers of "
                        "days, each larger than the one before, with commas between them: 30,60,90",
                        text=company.collection_ageing_bounds,
                    )
                ) from None

    def _get_collection_bounds(self):
        """Return the last days of the ageing buckets, all but that of the last one."""
        self.ensure_one()
        return kpi.parse_bounds(self.collection_ageing_bounds)
