from odoo import api, fields, models
from odoo.tools.misc import format_date

from .credit_collection_promise import LIVE_STATES


class CreditCollectionDebtor(models.Model):
    """What a customer promised, and how far its word is good."""

    _inherit = "credit.collection.debtor"

    promise_ids = fields.One2many("credit.collection.promise", "debtor_id", string="Promises")
    promise_open_count = fields.Integer("Open Promises", compute="_compute_promises")
    open_promise = fields.Char("Promised", compute="_compute_promises")
    last_promise = fields.Char(compute="_compute_promises", help="The latest one, whatever became of it.")
    promise_matured = fields.Integer(
        "Promises judged", compute="_compute_promises", help="Kept, partly kept or broken; not those withdrawn."
    )
    promise_kept_rate = fields.Float(
        "Promises kept (%)", compute="_compute_promises", digits=(5, 1), help="Kept ÷ judged, by number."
    )
    promise_kept_amount_rate = fields.Float(
        "Promises kept, by amount (%)",
        compute="_compute_promises",
        digits=(5, 1),
        help="Kept ÷ judged, by promised amount in company currency.",
    )

    # === COMPUTE METHODS === #

    @api.depends("promise_ids.state", "promise_ids.amount", "promise_ids.date")
    def _compute_promises(self):
        rates = self.env["credit.collection.promise"]._get_rates(self)
        for debtor in self:
            promises = debtor.promise_ids.sorted("id")
            live = promises.filtered(lambda promise: promise.state in LIVE_STATES)
            debtor.promise_open_count = len(live)
            debtor.open_promise = ", ".join(live.sorted("date").mapped("display_name"))
            debtor.last_promise = debtor._describe_promise(promises[-1:])
            matured, kept, by_amount = rates.get(debtor.id, (0, 0, 0))
            debtor.promise_matured = matured
            debtor.promise_kept_rate = kept
            debtor.promise_kept_amount_rate = by_amount

    @api.model
    def _describe_promise(self, promise):
        if not promise:
            return False
        labels = dict(promise._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(promise)s, made on %(day)s: %(state)s",
            promise=promise.display_name,
            day=format_date(self.env, promise.date_made),
            state=labels[promise.state].lower(),
        )

    # === ACTION METHODS === #

    def action_note_promise(self):
        """Note what a customer promised, whatever the way it was said."""
        self.ensure_one()
        return self.env["credit.collection.promise.make"]._get_action(self)

    def action_view_promises(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_promise_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}
