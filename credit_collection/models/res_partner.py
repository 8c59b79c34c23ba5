from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools import phones
from .credit_collection_manners import ROLES

KINDS = [
    ("business", "Business"),
    ("sole_trader", "Sole trader"),
    ("consumer", "Consumer"),
    ("public", "Public body"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_kind = fields.Selection(
        KINDS, string="Kind of Debtor", help="Law and manners depend on it. Unknown counts as consumer.", tracking=True
    )
    collection_bounced_email = fields.Char(
        help="The address that came back. Changing the e-mail address lifts the flag by itself.",
        copy=False,
        readonly=True,
    )
    collection_role = fields.Selection(
        ROLES, string="Role in Collection", help="Steps of a scenario choose whom they write to by this role."
    )
    collection_tz = fields.Selection(
        lambda self: self.env["res.company"]._get_timezones(),
        string="Collection Timezone",
        help="Clock by which the customer's hours are kept. Empty: the country's, if it has just one.",
    )
    collection_phone_kind = fields.Selection(
        [("mobile", "Mobile"), ("fixed", "Landline"), ("either", "Mobile or landline"), ("other", "Other")],
        string="Kind of Number",
        compute="_compute_collection_phone_kind",
        store=True,
        help="Text messages go to mobile numbers only.",
    )
    collection_bounced_phone = fields.Char(
        help="The number that could not be reached. Changing the number lifts the flag by itself.",
        copy=False,
        readonly=True,
    )
    collection_email_bounces = fields.Boolean("E-mail comes back", compute="_compute_collection_email_bounces")
    collection_debtor_ids = fields.One2many("credit.collection.debtor", "partner_id", string="Debtor Files")
    collection_debtor_id = fields.Many2one(
        "credit.collection.debtor", string="Debtor File", compute="_compute_collection_debtor_id"
    )
    collection_currency_id = fields.Many2one(related="collection_debtor_id.currency_id", string="Collection Currency")
    collection_amount_open = fields.Monetary(
        related="collection_debtor_id.amount_open", currency_field="collection_currency_id", string="Receivable"
    )
    collection_amount_overdue = fields.Monetary(
        related="collection_debtor_id.amount_overdue", currency_field="collection_currency_id", string="Overdue"
    )
    collection_level = fields.Integer(related="collection_debtor_id.level", string="Collection Level")
    collection_next_date = fields.Date(related="collection_debtor_id.next_date", string="Next Reminder On")

    @api.depends("collection_bounced_email", "email_normalized")
    def _compute_collection_email_bounces(self):
        for partner in self:
            partner.collection_email_bounces = bool(
                partner.collection_bounced_email and partner.collection_bounced_email == partner.email_normalized
            )

    @api.depends("phone_sanitized")
    def _compute_collection_phone_kind(self):
        for partner in self:
            partner.collection_phone_kind = phones.kind_of(partner.phone_sanitized or "") or False

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_collection_debtor_id(self):
        debtors = self.env["credit.collection.debtor"].search(
            [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)]
        )
        by_partner = {debtor.partner_id: debtor for debtor in debtors}
        for partner in self:
            partner.collection_debtor_id = by_partner.get(partner.commercial_partner_id, False)

    def write(self, vals):
        """A customer that gets another parent company takes its debtor files along: holds and history still count."""
        result = super().write(vals)
        if {"parent_id", "is_company"} & set(vals):
            files = self.env["credit.collection.debtor"].sudo().search([("partner_id", "child_of", self.ids)])
            for debtor in files:
                debtor._move_to(debtor.partner_id.commercial_partner_id)
        return result

    def action_view_collection_debtor(self):
        """Open the debtor file in the current company; it is made when there is none yet."""
        self.ensure_one()
        debtor = self.env["credit.collection.debtor"]._get_or_create(self, self.env.company)
        return debtor._get_action_form()

    def action_clear_collection_bounce(self):
        """Trust the address again, by hand."""
        self.write({"collection_bounced_email": False, "collection_bounced_phone": False})

    def _flag_collection_bounce(self, email):
        """Remember that ``email`` came back, on every contact of ``self`` that has it."""
        address = email_normalize(email)
        for partner in self:
            if address and partner.email_normalized == address:
                partner.sudo().collection_bounced_email = address

    def _flag_collection_phone(self, number):
        """Remember that ``number`` could not be reached, on every contact of ``self`` that has it."""
        for partner in self:
            if number and partner.phone_sanitized == number:
                partner.sudo().collection_bounced_phone = number
