from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

SQL_OPERATORS = {name: SQL(name) for name in (">", ">=", "<", "<=")} | {"in": SQL("IN"), "not in": SQL("NOT IN")}
ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_scenario_id = fields.Many2one(
        "credit.collection.scenario",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        domain="[('company_id', 'in', (False, company_id))]",
        groups=ACCOUNTANTS,
        help="For this invoice only; it goes before the debtor's and the profile's.",
    )
    collection_item_ids = fields.One2many(
        "credit.collection.report.open.item", "move_id", string="Collection Standing", groups=ACCOUNTANTS
    )
    collection_dispute_line_ids = fields.One2many("credit.collection.dispute.line", "move_id")
    collection_dispute_count = fields.Integer("Disputes", compute="_compute_collection_disputes")
    collection_disputed = fields.Boolean(
        "Open dispute", compute="_compute_collection_disputes", search="_search_collection_disputed"
    )
    collection_level = fields.Integer(
        "Collection level", compute="_compute_collection_level", search="_search_collection_level", groups=ACCOUNTANTS
    )
    collection_why = fields.Char("Collection", compute="_compute_collection_why", groups=ACCOUNTANTS)
    collection_next_date = fields.Date("Next reminder on", compute="_compute_collection_why", groups=ACCOUNTANTS)
    collection_action_count = fields.Integer(compute="_compute_collection_level", groups=ACCOUNTANTS)

    # === COMPUTE METHODS === #

    @api.depends("collection_dispute_line_ids.dispute_id.state")
    def _compute_collection_disputes(self):
        # As root: core's ribbons ask for it in the form of everybody who may read the invoice.
        groups = (
            self.env["credit.collection.dispute.line"]
            .sudo()
            ._read_group([("move_id", "in", self.ids)], ["move_id", "dispute_id"], [])
        )
        disputes = {}
        for move, dispute in groups:
            disputes.setdefault(move, self.env["credit.collection.dispute"])
            disputes[move] |= dispute
        for move in self:
            mine = disputes.get(move, self.env["credit.collection.dispute"])
            move.collection_dispute_count = len(mine)
            move.collection_disputed = any(not dispute.date_closed for dispute in mine)

    def _search_collection_disputed(self, operator, value):
        if operator != "in":
            return NotImplemented
        open_lines = self.env["credit.collection.dispute.line"]._search([("dispute_id.date_closed", "=", False)])
        return [("collection_dispute_line_ids", "any" if True in value else "not any", [("id", "in", open_lines)])]

    def _compute_collection_level(self):
        groups = self.env["credit.collection.action.line"]._read_group(
            [("move_id", "in", self.ids), ("action_id.state", "=", "sent"), ("dropped", "=", False)],
            ["move_id", "live"],
            ["level:max", "action_id:count_distinct"],
        )
        levels, counts = {}, {}
        for move, live, level, count in groups:
            counts[move] = counts.get(move, 0) + count
            if live:
                levels[move] = level
        for move in self:
            move.collection_level = levels.get(move, 0)
            move.collection_action_count = counts.get(move, 0)

    def _search_collection_level(self, operator, value):
        if operator in ("in", "not in"):
            value = tuple(value) or (None,)
        elif operator not in (">", ">=", "<", "<="):
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s",
                model._sql_collection_level(SQL.identifier(alias, "id")),
                SQL_OPERATORS[operator],
                value,
            )
        )

    @api.depends_context("collection_date")
    def _compute_collection_why(self):
        """The invoice's most urgent item speaks for it."""
        receivable = self.filtered(lambda move: move.id and move.state == "posted" and move.is_sale_document(True))
        debtors = (
            self.env["credit.collection.debtor"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", receivable.commercial_partner_id.ids),
                    ("company_id", "in", receivable.company_id.ids),
                ]
            )
        )
        items = (
            self.env["credit.collection.report.open.item"]
            .sudo()
            .with_context(collection_debtor_ids=debtors.ids, collection_company_ids=receivable.company_id.ids or [0])
        )
        found = items.search([("move_id", "in", receivable.ids)], order="date_due") if debtors else items
        by_move = found.grouped("move_id")
        for move in self:
            item = by_move.get(move, items)[:1]
            move.collection_why = item.why
            move.collection_next_date = item.until or item.step_date

    # === CRUD METHODS === #

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists of invoices be sorted and grouped by level and by open dispute."""
        parts = {"collection_level": self._sql_collection_level, "collection_disputed": self._sql_collection_disputed}
        if field_expr in parts:
            self._check_field_access(self._fields[field_expr], "read")
            return parts[field_expr](SQL.identifier(alias, "id"))
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _sql_collection_level(self, move_id):
        return SQL(
            """COALESCE((SELECT MAX(line.level) FROM credit_collection_action_line line
                           JOIN credit_collection_action action ON action.id = line.action_id
                          WHERE line.live AND action.state = 'sent' AND line.move_id = %s), 0)""",
            move_id,
        )

    @api.model
    def _sql_collection_disputed(self, move_id):
        return SQL(
            """EXISTS (SELECT FROM credit_collection_dispute_line line
                         JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
                        WHERE dispute.date_closed IS NULL AND line.move_id = %s)""",
            move_id,
        )

    def _post(self, soft=True):
        """A debtor file opens with the customer's first open item."""
        posted = super()._post(soft=soft)
        for company, moves in posted.grouped("company_id").items():
            if any(line.account_id.account_type == "asset_receivable" for line in moves.line_ids):
                debtors = self.env["credit.collection.debtor"].sudo()._create_missing(company, moves)
                debtors._assign_profile_if_possible()
        return posted

    # === ACTION METHODS === #

    def action_open_collection_dispute(self):
        """Open a dispute on what these invoices still have open."""
        debtor = self.env["credit.collection.debtor"]._get_or_create(
            self.commercial_partner_id[:1], self.company_id[:1]
        )
        items = self.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable" and not line.reconciled and line.amount_residual_currency > 0
            )
        )
        return self.env["credit.collection.dispute"]._get_action_new(debtor, items)

    def action_view_collection_disputes(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_dispute_action")
        return {**action, "domain": [("line_ids.move_id", "in", self.ids)], "context": {}}

    def action_view_collection_actions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_action_action")
        return {**action, "domain": [("line_ids.move_id", "in", self.ids)], "context": {}}

    def action_view_collection_debtor(self):
        self.ensure_one()
        return self.commercial_partner_id.with_company(self.company_id).action_view_collection_debtor()
