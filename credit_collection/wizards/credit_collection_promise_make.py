from odoo import api, fields, models


class CreditCollectionPromiseMake(models.TransientModel):
    """Notes a promise: what is paid, when, and who said so how."""

    _name = "credit.collection.promise.make"
    _description = "Note a Promise"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id")
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    item_ids = fields.Many2many(
        "account.move.line",
        string="Invoices",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
        required=True,
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False, required=True)
    date = fields.Date("Pays on", required=True)
    how = fields.Selection(
        lambda self: [
            way
            for way in self.env["credit.collection.promise"]._fields["how"]._description_selection(self.env)
            if way[0] != "import"
        ],
        required=True,
        default="phone",
    )
    contact_id = fields.Many2one(
        "res.partner", "Promised by", domain="[('commercial_partner_id', '=', partner_id)]", ondelete="cascade"
    )
    note = fields.Text(help="In the customer's words.")
    conflict = fields.Text(compute="_compute_conflict")
    replace = fields.Boolean("Replace it", help="The promise that is there is withdrawn; that counts for the next one.")

    # === COMPUTE METHODS === #

    @api.depends("debtor_id")
    def _compute_item_ids(self):
        """What is overdue and not promised yet, once the customer is chosen."""
        for wizard in self:
            wizard.item_ids = self._get_default_items(wizard.debtor_id)

    @api.depends("item_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.item_ids.currency_id[:1] or wizard.company_id.currency_id

    @api.depends("item_ids")
    def _compute_amount(self):
        for wizard in self:
            items = wizard.item_ids._origin
            one = len(items.currency_id) == 1
            wizard.amount = self.env["credit.collection.promise"]._get_free(wizard.debtor_id, items) if one else 0

    @api.depends("item_ids")
    def _compute_conflict(self):
        promises = self.env["credit.collection.promise"]
        for wizard in self:
            found = promises._find_live(wizard.item_ids._origin)
            wizard.conflict = "\n".join(promises._describe_conflict(promise) for promise in found)

    # === ACTION METHODS === #

    def action_note(self):
        self.ensure_one()
        promise = self.env["credit.collection.promise"]._make(
            self.debtor_id,
            self.item_ids,
            self.amount,
            self.date,
            how=self.how,
            contact=self.contact_id,
            note=self.note,
            replace=self.replace,
        )
        if promise.state == "open":
            return {"type": "ir.actions.act_window_close"}
        return promise._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _get_default_items(self, debtor):
        items = self.env["account.move.line"]
        if debtor:
            items = self.env["credit.collection.promise"]._find_default_items(debtor)
        return items.filtered(lambda item: item.currency_id == items.currency_id[:1])

    @api.model
    def _get_action(self, debtor, items=None):
        """Open the dialog on ``items``, default what is overdue; ``items`` of one currency only."""
        if items is None:
            items = self._get_default_items(debtor)
        items = items.filtered(lambda item: item.currency_id == items.currency_id[:1])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note a Promise"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_debtor_id": debtor.id,
                "default_item_ids": items.ids,
                "default_contact_id": (debtor.contact_id or debtor.partner_id).id,
            },
        }
