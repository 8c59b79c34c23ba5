from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_collection_promise import JUDGED_STATES

COMPARISONS = {name: SQL(name) for name in (">", ">=", "<", "<=")} | {"in": SQL("IN"), "not in": SQL("NOT IN")}


class ResPartner(models.Model):
    """How far a customer's word is good, as a measure for the rules of profiles."""

    _inherit = "res.partner"

    collection_promise_matured = fields.Integer(
        "Promises Judged",
        compute="_compute_collection_promises",
        search="_search_collection_promise_matured",
        groups="account.group_account_readonly,account.group_account_invoice",
        help="Kept, partly kept or broken, in all companies.",
    )
    collection_promise_kept_rate = fields.Float(
        "Promises Kept (%)",
        compute="_compute_collection_promises",
        search="_search_collection_promise_kept_rate",
        groups="account.group_account_readonly,account.group_account_invoice",
        help="Kept ÷ judged, by number, in all companies. Who never promised anything fits no comparison.",
    )

    # === COMPUTE METHODS === #

    @api.depends("collection_debtor_ids.promise_ids.state")
    def _compute_collection_promises(self):
        self.env["credit.collection.promise"].flush_model(["state", "debtor_id"])
        rows = self.env.execute_query(
            SQL("SELECT * FROM (%s) AS measure WHERE partner_id IN %s", self._sql_promises(), tuple(self.ids) or (0,))
        )
        found = {partner_id: (matured, kept) for partner_id, matured, kept in rows}
        for partner in self:
            matured, kept = found.get(partner._origin.id, (0, 0))
            partner.collection_promise_matured = matured
            partner.collection_promise_kept_rate = kept

    def _search_collection_promise_matured(self, operator, value):
        return self._search_collection_promise(SQL("matured"), operator, value)

    def _search_collection_promise_kept_rate(self, operator, value):
        return self._search_collection_promise(SQL("kept_rate"), operator, value)

    @api.model
    def _search_collection_promise(self, measure, operator, value):
        if operator not in COMPARISONS:
            return NotImplemented
        if operator in ("in", "not in"):
            value = tuple(value) or (None,)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN (SELECT partner_id FROM (%s) AS measure WHERE %s %s %s)",
                SQL.identifier(alias, "id"),
                model._sql_promises(),
                measure,
                COMPARISONS[operator],
                value,
            )
        )

    @api.model
    def _sql_promises(self):
        """One row per customer who made a promise that was judged."""
        return SQL(
            """
            SELECT debtor.partner_id, COUNT(*) AS matured,
                   ROUND(100.0 * COUNT(*) FILTER (WHERE promise.state = 'kept') / COUNT(*), 1)::float8 AS kept_rate
              FROM credit_collection_promise promise
              JOIN credit_collection_debtor debtor ON debtor.id = promise.debtor_id
             WHERE promise.state IN %s
          GROUP BY debtor.partner_id
            """,
            JUDGED_STATES,
        )
