from odoo import api, fields, models
from odoo.tools import SQL

RATES = ("comment_rate", "answered_rate", "reported_rate", "trust_rate")


class CreditCollectionFeedback(models.Model):
    """Shares in percent, in every grouping of list, pivot and graph. Who did not say counts in none of them."""

    _inherit = "credit.collection.feedback"

    comment_rate = fields.Float(
        "With comment (%)", compute="_compute_rates", aggregator="avg", help="Answers with a comment ÷ all."
    )
    answered_rate = fields.Float(
        "Comments answered (%)", compute="_compute_rates", aggregator="avg", help="Answered ÷ comments."
    )
    reported_rate = fields.Float(
        "Reported before (%)", compute="_compute_rates", aggregator="avg", help="Yes ÷ yes and no."
    )
    trust_rate = fields.Float(
        "Trust (%)", compute="_compute_rates", aggregator="avg", help="Yes counts 100, partly 50, no 0."
    )

    # === COMPUTE METHODS === #

    @api.depends("comment", "state", "reported_before", "trust")
    def _compute_rates(self):
        for feedback in self:
            feedback.comment_rate = 100 if feedback.comment else 0
            feedback.answered_rate = 100 if feedback.state == "answered" else 0
            feedback.reported_rate = 100 if feedback.reported_before == "yes" else 0
            feedback.trust_rate = {"yes": 100, "partly": 50}.get(feedback.trust, 0)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.removesuffix(":avg")
        if name not in RATES or name == aggregate_spec:
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields[name], "read")
        columns = {
            column: self._field_to_sql(self._table, column, query)
            for column in ("comment", "state", "reported_before", "trust")
        }
        return SQL("ROUND(AVG(%s)::numeric, 1)::float8", self._sql_rate(name, columns))

    @api.model
    def _sql_rate(self, name, columns):
        """Return what one answer counts for; NULL where it was not said."""
        if name == "comment_rate":
            return SQL("CASE WHEN COALESCE(%s, '') = '' THEN 0 ELSE 100 END", columns["comment"])
        if name == "answered_rate":
            return SQL("CASE %s WHEN 'answered' THEN 100 WHEN 'open' THEN 0 END", columns["state"])
        if name == "reported_rate":
            return SQL("CASE %s WHEN 'yes' THEN 100 WHEN 'no' THEN 0 END", columns["reported_before"])
        return SQL("CASE %s WHEN 'yes' THEN 100 WHEN 'partly' THEN 50 WHEN 'no' THEN 0 END", columns["trust"])
