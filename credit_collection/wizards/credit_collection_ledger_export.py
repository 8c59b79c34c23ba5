from urllib.parse import urlencode

from odoo import fields, models


class CreditCollectionLedgerExport(models.TransientModel):
    """Asks what of which ledger is wanted, and as what kind of file."""

    _name = "credit.collection.ledger.export"
    _description = "Export of a Ledger"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    scope = fields.Selection(
        [("open", "What is open"), ("history", "All, with what is settled and paid")],
        required=True,
        default="open",
        help="Customers and contacts are in both.",
    )
    kind = fields.Selection([("csv", "CSV"), ("xlsx", "Excel")], string="File", required=True, default="csv")

    # === ACTION METHODS === #

    def action_export(self):
        self.ensure_one()
        self.env["credit.collection.ledger"]._check_may_export(self.company_id)
        wanted = {"company": self.company_id.id, "history": int(self.scope == "history"), "kind": self.kind}
        return {
            "type": "ir.actions.act_url",
            "url": f"/credit_collection/ledger?{urlencode(wanted)}",
            "target": "download",
        }
