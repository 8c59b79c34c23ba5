import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# As PostgreSQL reads them, too: no other digits, no other spaces than plain ones.
PAYMENT_DAYS = re.compile("0?[1-9]|[12][0-9]|3[01]")


class CreditCollectionDebtor(models.Model):
    """What keeps us from asking a customer at all, or for now: protection, payment days, what we owe them."""

    _inherit = "credit.collection.debtor"

    protected = fields.Boolean(
        tracking=True, help="Nothing is asked of this customer by itself: employees, partners, chosen by hand."
    )
    protected_reason = fields.Char(tracking=True)
    payment_days = fields.Char(
        tracking=True,
        help="Days of the month on which this customer pays, for instance 10,25. An item is not late before the first "
        "of them on or after its due date. 31 is the last day of each month.",
    )
    hold_for_bills = fields.Boolean(
        "Wait while we owe them",
        tracking=True,
        help="Nothing is asked for while our open bills of this supplier are at least what is overdue.",
    )
    is_intercompany = fields.Boolean("One of our companies", compute="_compute_is_intercompany")
    amount_payable = fields.Monetary(
        "We owe them", compute="_compute_amount_payable", help="Our open vendor bills of the same company, credits off."
    )

    money_count = fields.Integer("Unallocated money", compute="_compute_money_count")

    # === COMPUTE METHODS === #

    def _compute_money_count(self):
        groups = self.env["credit.collection.report.money"]._read_group(
            [("debtor_id", "in", self.ids), ("state", "!=", "registered")], ["debtor_id"], ["__count"]
        )
        counts = dict(groups)
        for debtor in self:
            debtor.money_count = counts.get(debtor, 0)

    @api.depends("partner_id")
    def _compute_is_intercompany(self):
        ours = self.env["res.company"]._get_own_partners()
        for debtor in self:
            debtor.is_intercompany = debtor.partner_id in ours

    @api.depends("partner_id", "company_id")
    def _compute_amount_payable(self):
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("account_type", "=", "liability_payable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("company_id", "in", self.company_id.ids),
                    ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ],
                ["company_id", "partner_id"],
                ["amount_residual:sum"],
            )
        )
        owed = {}
        for company, partner, amount in groups:
            key = (company, partner.commercial_partner_id)
            owed[key] = owed.get(key, 0) - amount
        for debtor in self:
            debtor.amount_payable = owed.get((debtor.company_id, debtor.partner_id), 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("protected", "protected_reason")
    def _check_protected_reason(self):
        for debtor in self:
            if debtor.protected and not (debtor.protected_reason or "").strip():
                raise ValidationError(
                    self.env._("Say why %s is protected: who reads it later has to know.", debtor.display_name)
                )

    @api.constrains("payment_days")
    def _check_payment_days(self):
        for debtor in self:
            days = (debtor.payment_days or "").replace(" ", "").split(",")
            if debtor.payment_days and not all(map(PAYMENT_DAYS.fullmatch, days)):
                raise ValidationError(
                    self.env._(
                        "%(days)s: give days of the month from 1 to 31, separated by commas, for instance 10,25.",
                        days=debtor.payment_days,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if {"protected", "payment_days", "hold_for_bills"} & set(vals):
            self._ask_again_now()
        return result

    # === ACTION METHODS === #

    def action_view_money(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_report_money_action"
        )
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def action_view_bills(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_in_invoice_type")
        domain = [
            ("commercial_partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("move_type", "in", ("in_invoice", "in_refund", "in_receipt")),
            ("payment_state", "in", ("not_paid", "partial")),
            ("state", "=", "posted"),
        ]
        return {**action, "domain": domain, "context": {"create": False}}
