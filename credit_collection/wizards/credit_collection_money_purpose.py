from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCollectionMoneyPurpose(models.TransientModel):
    """Asks a person what unallocated money is for."""

    _name = "credit.collection.money.purpose"
    _description = "Say What Money Is For"

    money_ids = fields.Many2many("credit.collection.report.money", "credit_collection_money_purpose_rel")
    company_id = fields.Many2one("res.company", compute="_compute_money")
    debtor_partner_ids = fields.Many2many("res.partner", compute="_compute_money")
    only_bank = fields.Boolean(compute="_compute_money")
    meaning = fields.Selection(
        [
            ("invoice", "For one invoice"),
            ("customer", "From this customer"),
            ("nothing", "Not for these items"),
        ],
        "This money is",
        required=True,
        default="invoice",
    )
    move_id = fields.Many2one("account.move", string="Invoice")
    partner_id = fields.Many2one("res.partner", string="Customer")
    reason = fields.Char(help="Kept with the money: who reads it later has to know.")

    @api.depends("money_ids")
    def _compute_money(self):
        for wizard in self:
            wizard.company_id = wizard.money_ids.company_id[:1]
            wizard.debtor_partner_ids = wizard.money_ids.partner_id
            wizard.only_bank = all(money.source == "bank" for money in wizard.money_ids)

    def action_confirm(self):
        self.ensure_one()
        before = self.money_ids.debtor_id
        getattr(self, f"_say_{self.meaning}")()
        self.env.invalidate_all()
        (before | self.money_ids.debtor_id)._ask_again_now()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _say_invoice(self):
        if not self.move_id:
            raise UserError(self.env._("Choose the invoice that this money is for."))
        for money in self.money_ids:
            self._check_same_customer(money)
            self.env["credit.collection.lift"]._say(
                money._get_source(), self.reason or self.env._("For %s", self.move_id.display_name), self.move_id
            )

    def _say_customer(self):
        """Note whose money a bank line is; the line itself stays as the bank sent it."""
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer whose money this is."))
        if not self.only_bank:
            raise UserError(self.env._("Credits and payments have a customer already: correct it there."))
        for money in self.money_ids:
            reason = self.env._("From %s", self.partner_id.display_name)
            self.env["credit.collection.lift"]._say(money._get_source(), reason, partner=self.partner_id)

    def _say_nothing(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why this money is not for these items: they are reminded again."))
        for money in self.money_ids:
            self.env["credit.collection.lift"]._say(money._get_source(), self.reason)

    def _check_same_customer(self, money):
        """A bank line may turn out to be anybody's; a credit in the books belongs to its customer."""
        if money.source != "bank" and money.partner_id != self.move_id.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%(money)s stands in the account of %(customer)s: it cannot be for an invoice of somebody else.",
                    money=money.label or money.source,
                    customer=money.partner_id.display_name,
                )
            )
