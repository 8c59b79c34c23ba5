from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class CreditCollectionDisputeLine(models.Model):
    _name = "credit.collection.dispute.line"
    _description = "Disputed Item"
    _inherit = ["credit.collection.trail", "credit.collection.item.link"]
    _order = "dispute_id, id"
    _part_of = "dispute_id"

    dispute_id = fields.Many2one("credit.collection.dispute", required=True, index=True, ondelete="cascade")
    debtor_id = fields.Many2one(related="dispute_id.debtor_id")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, index=True, precompute=True)
    state = fields.Selection(related="dispute_id.state")
    date_closed = fields.Date(related="dispute_id.date_closed")
    amount = fields.Monetary("Disputed", required=True)
    amount_settled = fields.Monetary("Credited", readonly=True, copy=False, help="What the outcome takes off the item.")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "The disputed amount must be greater than zero.")
    _open_item_unique = models.UniqueIndex(
        "(dispute_id, move_line_id)", "Each open item stands once in a dispute; change its amount instead."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("move_line_id", "dispute_id")
    def _check_belongs(self):
        for line in self.filtered("move_line_id"):
            if line.move_line_id.account_type != "asset_receivable":
                raise ValidationError(self.env._("%s is nothing that a customer owes.", line.move_id.display_name))
        self.dispute_id._check_lines()

    @api.constrains("amount", "move_line_id", "dispute_id")
    def _check_amount(self):
        """All open disputes together hold no more than the item has open."""
        lines = self.filtered(lambda line: line.move_line_id and not line.date_closed)
        self._take_turn(lines.debtor_id)
        for line in lines:
            limit = line._get_undisputed(line.move_line_id, but=line)
            if line.currency_id.compare_amounts(line.amount, limit) > 0:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s has only %(limit)s open that is not disputed yet: no more can be disputed.",
                        invoice=line.move_id.display_name,
                        limit=line.currency_id.format(limit),
                    )
                )

    @api.model
    def _get_undisputed(self, item, but=None):
        """Return what of ``item`` no open dispute holds, in its currency; ``but``: a line left out.

        A line whose item was replaced takes its amount from the items of the invoice, the earliest due first.
        """
        domain = [("move_id", "=", item.move_id.id), ("dispute_id.date_closed", "=", False)]
        lines = self.sudo().search(domain) - (but or self.browse())
        lost = sum(lines.filtered(lambda line: not line.move_line_id).mapped("amount"))
        heirs = item.sudo().move_id.line_ids.filtered(lambda heir: heir.account_type == "asset_receivable")
        for heir in heirs.sorted(lambda heir: (heir.date_maturity or heir.date, heir.id)) if lost else item.sudo():
            held = sum(lines.filtered(lambda line, heir=heir: line.move_line_id == heir).mapped("amount"))
            left = heir.amount_residual_currency - held
            taken = min(max(left, 0), lost)
            if heir.id == item.id:
                return left - taken
            lost -= taken
        return 0

    def _check_shared(self):
        """Where another open dispute is about the same item, both have to find room in it."""
        self._take_turn(self.debtor_id)
        for line in self.filtered("move_line_id"):
            domain = [
                ("dispute_id.date_closed", "=", False),
                ("dispute_id", "!=", line.dispute_id.id),
                ("move_id", "=", line.move_id.id),
                ("move_line_id", "in", [line.move_line_id.id, False]),
            ]
            if self.sudo().search_count(domain, limit=1):
                line._check_amount()

    @api.model
    def _take_turn(self, debtors):
        """Of two who dispute items of one customer at once, the later one is asked again, seeing what the first saved.

        A lock alone would not do: whoever gets it second still looks at the ledger as it was when he came. The row has
        to change for the database to notice; Odoo then repeats the request.
        """
        if debtors:
            statement = "UPDATE credit_collection_debtor SET write_date = write_date WHERE id IN %s"
            self.env.cr.execute(SQL(statement, tuple(sorted(debtors.ids))))

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"amount_settled", "company_id"}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        lines.debtor_id._ask_again_now()
        return lines

    def write(self, vals):
        self._check_trail(vals)
        self._check_open()
        before = {line: line.amount for line in self}
        result = super().write(vals)
        if "amount" in vals:
            for line, amount in before.items():
                line._log_amount(amount)
        if {"amount", "move_line_id"} & set(vals):
            self.debtor_id._ask_again_now()
        return result

    def _log_amount(self, before):
        """Of two people who change an amount one after the other, neither is left without a trace."""
        if self.currency_id.compare_amounts(before, self.amount):
            self.dispute_id.message_post(
                body=self.env._(
                    "%(invoice)s: disputed %(before)s → %(after)s",
                    invoice=self.move_id.display_name,
                    before=self.currency_id.format(before),
                    after=self.currency_id.format(self.amount),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self._check_open()

    def _check_open(self):
        """What was disputed is part of the file: once the dispute has ended its items stay as they were.

        So they do while somebody is asked to approve what is credited on them.
        """
        if self.env.su:
            return
        for dispute in self.dispute_id:
            if dispute.date_closed:
                raise UserError(self.env._("Dispute %s has ended: reopen it to change its items.", dispute.name))
            if dispute.approval_state == "asked":
                raise UserError(
                    self.env._("Dispute %s waits for an approval: its items stay as they are until then.", dispute.name)
                )

    # === ONCHANGE METHODS === #

    @api.onchange("move_line_id")
    def _onchange_move_line_id(self):
        self.amount = max(self._get_undisputed(self.move_line_id), 0)
        self.date_due = self.move_line_id.date_maturity or self.move_line_id.date
