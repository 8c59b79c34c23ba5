from odoo import fields, models

from .credit_collection_scenario import TONES


class CreditCollectionActionLine(models.Model):
    """An item in a message. *Due*: it has a step, counts for "once" and raises the level. *Shown*: printed only.

    Reference, due date and amounts are frozen: they prove what was asked for, whatever becomes of the entry.
    """

    _name = "credit.collection.action.line"
    _description = "Collection Action Item"
    _order = "action_id, date_due, id"
    # Lines are written in bulk and never edited by people: who and when stand on the action.
    _log_access = False

    action_id = fields.Many2one(
        "credit.collection.action", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="action_id.company_id")
    move_line_id = fields.Many2one(
        "account.move.line", string="Open Item", index="btree_not_null", ondelete="set null", readonly=True
    )
    move_id = fields.Many2one("account.move", string="Invoice", index=True, ondelete="set null", readonly=True)
    step_id = fields.Many2one("credit.collection.scenario.step", ondelete="restrict", readonly=True)
    level = fields.Integer(readonly=True)
    tone = fields.Selection(TONES, readonly=True)
    live = fields.Boolean(readonly=True, help="Counts for “once”: the customer has this step, or may still get it.")
    reference = fields.Char(readonly=True)
    customer_reference = fields.Char(readonly=True)
    date_invoice = fields.Date(readonly=True)
    date_due = fields.Date(readonly=True)
    currency_id = fields.Many2one(related="action_id.currency_id")
    residual = fields.Monetary("Open", readonly=True)
    disputed = fields.Monetary(readonly=True)
    covered = fields.Monetary("Covered by credit", readonly=True)
    amount = fields.Monetary("Asked for", readonly=True)
    dropped = fields.Char("Left out because", readonly=True, help="Code of the standing that kept this item out.")
    dropped_reason = fields.Char("Why left out", compute="_compute_dropped_reason")

    _once = models.UniqueIndex(
        "(move_line_id, step_id) WHERE live", "This step has reached this item already, or is on its way."
    )
    _orphan_idx = models.Index("(move_id) WHERE move_line_id IS NULL")

    def _compute_dropped_reason(self):
        labels = self.env["credit.collection.report.open.item"]._get_standing_labels()
        for line in self:
            line.dropped_reason = labels.get(line.dropped, line.dropped)
