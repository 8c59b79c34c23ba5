from odoo import api, fields, models
from odoo.exceptions import UserError

STATUSES = [
    ("new", "New"),
    ("same", "Unchanged"),
    ("conflict", "Conflict"),
    ("wrong", "Wrong"),
    ("done", "Imported"),
    ("left", "Left out"),
    ("undone", "Undone"),
]


class CreditCollectionImportRow(models.Model):
    """One row of the file, as it was read, and what is to become of it."""

    _name = "credit.collection.import.row"
    _description = "Row of a Ledger Import"
    _order = "import_id desc, line, id"
    _rec_name = "line"

    import_id = fields.Many2one("credit.collection.import", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    line = fields.Integer(readonly=True, aggregator=None, help="Line of the file.")
    record = fields.Selection(lambda self: self._get_records(), string="Kind", readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True, default="new")
    message = fields.Text("What about it", readonly=True)
    decision = fields.Selection(
        [("keep", "Keep Odoo's"), ("take", "Take the file's")],
        default="keep",
        required=True,
        help="For a conflict: whose data stay.",
    )
    # What the file says, as canonical texts by column; beside it what rows are found, joined and listed by.
    data = fields.Json(readonly=True)
    customer_ref = fields.Char("Customer", readonly=True)
    contact_ref = fields.Char("Contact", readonly=True)
    number = fields.Char(readonly=True)
    payment_ref = fields.Char("Payment", readonly=True)
    due_date = fields.Date("Due", readonly=True)
    amount = fields.Float(readonly=True, digits=(16, 6), aggregator=None)
    currency = fields.Char(readonly=True)
    names_customer = fields.Boolean("First of its customer", readonly=True)
    takeable = fields.Json("Columns that can be taken", readonly=True)
    partner_id = fields.Many2one("res.partner", string="In Odoo", readonly=True, ondelete="set null")
    move_id = fields.Many2one("account.move", string="Document", readonly=True, ondelete="set null")

    _status_idx = models.Index("(import_id, status, line)")
    _number_idx = models.Index("(import_id, number)")
    _payment_idx = models.Index("(import_id, payment_ref) WHERE payment_ref IS NOT NULL")
    _customer_idx = models.Index("(import_id, customer_ref)")
    _partner_idx = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
    _move_idx = models.Index("(move_id) WHERE move_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.model
    def _get_records(self):
        return [
            ("customer", self.env._("Customer")),
            ("contact", self.env._("Contact")),
            ("invoice", self.env._("Invoice")),
            ("credit_note", self.env._("Credit note")),
            ("payment", self.env._("Payment")),
        ]

    # === CRUD METHODS === #

    def write(self, vals):
        """Only the decision is anybody's to write; the rest is what the file says."""
        if not self.env.su:
            self.env["credit.collection.import"]._check_may_import()
            if set(vals) - {"decision"}:
                raise UserError(self.env._("Rows are as the file says: change the file and check it again."))
            self._check_decision(vals.get("decision"))
        return super().write(vals)

    def _check_decision(self, decision):
        for row in self:
            if row.import_id.state != "checked" or row.import_id.pending:
                raise UserError(self.env._("Decide between checking the file and importing it."))
            if row.status != "conflict" and not row.takeable:
                raise UserError(self.env._("Line %s is no conflict: there is nothing to decide.", row.line))
            if decision == "take" and not row.takeable:
                raise UserError(
                    self.env._(
                        "Line %(line)s cannot be taken over: %(reason)s", line=row.line, reason=row.message or ""
                    )
                )

    # === ACTION METHODS === #

    def action_take(self):
        self.write({"decision": "take"})

    def action_keep(self):
        self.write({"decision": "keep"})

    def action_view_record(self):
        """Open what the row is about: the document, else the customer."""
        self.ensure_one()
        record = self.move_id or self.partner_id
        if not record:
            raise UserError(self.env._("Line %s is not in Odoo yet.", self.line))
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }


class CreditCollectionImport(models.Model):
    """Counts and first rows of each kind, for the form."""

    _inherit = "credit.collection.import"

    new_count = fields.Integer("New", compute="_compute_counts")
    same_count = fields.Integer("Unchanged", compute="_compute_counts")
    conflict_count = fields.Integer("Conflicts", compute="_compute_counts")
    wrong_count = fields.Integer("Wrong rows", compute="_compute_counts")
    done_count = fields.Integer("Imported", compute="_compute_counts")
    left_count = fields.Integer("Left out", compute="_compute_counts")
    undone_count = fields.Integer("Undone", compute="_compute_counts")
    take_count = fields.Integer("Taken from the file", compute="_compute_take_count")
    new_ids = fields.One2many("credit.collection.import.row", compute="_compute_first_rows", string="First new rows")
    conflict_ids = fields.One2many(
        "credit.collection.import.row", compute="_compute_first_rows", string="First conflicts"
    )
    wrong_ids = fields.One2many(
        "credit.collection.import.row", compute="_compute_first_rows", string="First wrong rows"
    )
    done_ids = fields.One2many(
        "credit.collection.import.row", compute="_compute_first_rows", string="First imported rows"
    )

    @api.depends("row_ids.status")
    def _compute_counts(self):
        groups = self.env["credit.collection.import.row"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "status"], ["__count"]
        )
        counts = {(ledger.id, status): count for ledger, status, count in groups}
        for ledger in self:
            for status, __ in STATUSES:
                ledger[f"{status}_count"] = counts.get((ledger.id, status), 0)

    @api.depends("row_ids.status", "row_ids.decision")
    def _compute_take_count(self):
        groups = self.env["credit.collection.import.row"]._read_group(
            [("import_id", "in", self.ids), ("status", "=", "conflict"), ("decision", "=", "take")],
            ["import_id"],
            ["__count"],
        )
        counts = {ledger.id: count for ledger, count in groups}
        for ledger in self:
            ledger.take_count = counts.get(ledger.id, 0)

    @api.depends("row_ids.status")
    def _compute_first_rows(self):
        """A form cannot show 100,000 rows: it shows the first, the lists behind the tiles show all."""
        rows = self.env["credit.collection.import.row"]
        for ledger in self:
            for status in ("new", "conflict", "wrong", "done"):
                ledger[f"{status}_ids"] = rows.search(
                    [("import_id", "=", ledger.id), ("status", "=", status)], limit=40
                )

    def action_view_rows(self):
        """Open the rows; the button's context says of which status."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_import_row_action")
        status = self.env.context.get("row_status")
        context = {f"search_default_{status}": 1} if status else {}
        return {**action, "domain": [("import_id", "=", self.id)], "context": context}
