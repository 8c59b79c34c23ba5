from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import kpi


class CreditCollectionReportBucket(models.Model):
    """A bucket of the ageing, named after the bounds set for the company. A record, so that buckets have an order."""

    _name = "credit.collection.report.bucket"
    _description = "Ageing Bucket"
    _inherit = "credit.collection.receivable"
    _auto = False
    _order = "id"

    name = fields.Char(readonly=True)

    @property
    def _table_query(self):
        rows = SQL(", ").join(SQL("(%s, %s)", number, name) for number, name in self._get_names().items())
        return SQL("SELECT id, name FROM (VALUES %s) AS bucket (id, name)", rows)

    @api.model
    def _get_names(self):
        """Return the buckets by their numbers, in their order."""
        bounds = self._get_bounds()
        names = {kpi.NOT_DUE: self.env._("Not due")}
        for number, (low, high) in enumerate(zip((0, *bounds), bounds, strict=False), kpi.NOT_DUE + 1):
            names[number] = self.env._("%(first)s–%(last)s days", first=low + 1, last=high)
        names[kpi.NOT_DUE + 1 + len(bounds)] = self.env._("Over %s days", bounds[-1])
        names[kpi.CREDIT] = self.env._("Credits")
        return names
