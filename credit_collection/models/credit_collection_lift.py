from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditCollectionLift(models.Model):
    """What a person said of unallocated money: for an invoice, from a customer, or nothing of this customer's."""

    _name = "credit.collection.lift"
    _description = "What Money Is For"
    _inherit = ["credit.collection.trail"]
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Credit", ondelete="cascade", index="btree_not_null", readonly=True
    )
    payment_id = fields.Many2one("account.payment", ondelete="cascade", index="btree_not_null", readonly=True)
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", string="Bank line", ondelete="cascade", index="btree_not_null", readonly=True
    )
    move_id = fields.Many2one(
        "account.move", string="For invoice", ondelete="cascade", index="btree_not_null", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="From customer", ondelete="cascade", index="btree_not_null", readonly=True
    )
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Said by", default=lambda self: self.env.user, readonly=True)

    _one_source = models.Constraint(
        "CHECK (num_nonnulls(move_line_id, payment_id, statement_line_id) = 1)",
        "Say it of one credit, one payment or one bank line.",
    )
    _customer_of_bank_line = models.Constraint(
        "CHECK (partner_id IS NULL OR statement_line_id IS NOT NULL AND move_id IS NULL)",
        "Only a bank line has no customer of its own.",
    )
    _move_line_unique = models.UniqueIndex("(move_line_id) WHERE move_line_id IS NOT NULL")
    _payment_unique = models.UniqueIndex("(payment_id) WHERE payment_id IS NOT NULL")
    _statement_line_unique = models.UniqueIndex("(statement_line_id) WHERE statement_line_id IS NOT NULL")

    # === CONSTRAINT METHODS === #

    @api.constrains("move_line_id", "payment_id", "statement_line_id", "company_id", "move_id")
    def _check_company_of_source(self):
        for lift in self:
            source = lift.move_line_id or lift.payment_id or lift.statement_line_id
            if (source.company_id | lift.move_id.company_id) != lift.company_id:
                raise ValidationError(self.env._("Money and invoice must belong to the same company."))
            if lift.move_id and not lift.move_id.is_sale_document(include_receipts=True):
                raise ValidationError(
                    self.env._(
                        "%s is no customer invoice: choose the one this money is for.", lift.move_id.display_name
                    )
                )

    @api.constrains("move_line_id", "payment_id", "statement_line_id", "move_id")
    def _check_currency_of_source(self):
        """Money covers what is owed in its own currency only; who says otherwise would believe reminders held."""
        for lift in self.filtered("move_id"):
            source = lift.move_line_id or lift.payment_id or lift.statement_line_id
            currency = lift.statement_line_id.foreign_currency_id or source.currency_id
            if currency != lift.move_id.currency_id:
                raise ValidationError(
                    self.env._(
                        "This money is in %(currency)s, and %(invoice)s in %(other)s: it would hold no reminder."
                        " Allocate it in the books, or put the customer on hold until then.",
                        currency=currency.name,
                        invoice=lift.move_id.display_name,
                        other=lift.move_id.currency_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        """It tells who said it: written by :meth:`_say` alone; taken back as a whole."""
        money = {"move_line_id", "payment_id", "statement_line_id"}
        return money | {"company_id", "move_id", "partner_id", "reason", "user_id"}

    # === BUSINESS METHODS === #

    @api.model
    def _say(self, source, reason, move=None, partner=None):
        """Note what ``source`` (credit item, payment or bank line) is for; what was said before gives way.

        :param move: the invoice it is for
        :param partner: the customer a bank line comes from; without either it is for nothing of this customer's items
        """
        self.check_access("create")
        source.check_access("read")
        names = {
            "account.move.line": "move_line_id",
            "account.payment": "payment_id",
            "account.bank.statement.line": "statement_line_id",
        }
        name = names[source._name]
        self.sudo().search([(name, "=", source.id)]).unlink()
        values = {name: source.id, "company_id": source.company_id.id, "reason": reason, "user_id": self.env.uid}
        values |= {"move_id": move.id if move else False, "partner_id": partner.id if partner else False}
        return self.sudo().create(values)
