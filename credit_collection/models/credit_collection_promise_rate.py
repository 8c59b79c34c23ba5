from odoo import api, fields, models
from odoo.tools import SQL

from .credit_collection_promise import JUDGED_STATES


class CreditCollectionPromise(models.Model):
    """The share of promises kept, by number and by amount, in every grouping of list, pivot and graph.

    Kept ÷ judged, in percent: a promise partly kept is judged, and not kept; one withdrawn is not judged.
    """

    _inherit = "credit.collection.promise"

    kept_rate = fields.Float(
        "Kept, by number (%)", compute="_compute_kept_rate", aggregator="avg", help="Kept ÷ judged."
    )
    kept_amount_rate = fields.Float(
        "Kept, by amount (%)",
        compute="_compute_kept_rate",
        aggregator="avg",
        help="Kept ÷ judged, by promised amount in company currency.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_kept_rate(self):
        for promise in self:
            promise.kept_rate = promise.kept_amount_rate = 100 if promise.state == "kept" else 0

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        weights = {"kept_rate:avg": SQL("1"), "kept_amount_rate:avg": self._field_to_sql(
            self._table, "amount_company", query)}  # fmt: skip
        if aggregate_spec not in weights:
            return super()._read_group_select(aggregate_spec, query)
        state, weight = self._field_to_sql(self._table, "state", query), weights[aggregate_spec]
        return SQL(
            """ROUND((100.0 * COALESCE(SUM(%(weight)s) FILTER (WHERE %(state)s = 'kept'), 0)
                     / NULLIF(SUM(%(weight)s) FILTER (WHERE %(state)s IN %(judged)s), 0))::numeric, 1)::float8""",
            weight=weight,
            state=state,
            judged=JUDGED_STATES,
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_rates(self, debtors):
        """Return ``{debtor id: (judged, kept by number in %, kept by amount in %)}``."""
        groups = self._read_group(
            [("debtor_id", "in", debtors.ids), ("state", "in", JUDGED_STATES)],
            ["debtor_id"],
            ["__count", "kept_rate:avg", "kept_amount_rate:avg"],
        )
        return {debtor.id: (count, kept or 0, by_amount or 0) for debtor, count, kept, by_amount in groups}
