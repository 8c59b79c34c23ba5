from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .account_move import ACCOUNTANTS

EXEMPTIONS = [
    ("platform_error", "In error on the invoicing platform"),
    ("retention", "Retention guarantee"),
    ("factored", "Assigned to a factor"),
]


class AccountMove(models.Model):
    """Invoices that are not ours to ask for, or not yet."""

    _inherit = "account.move"

    collection_exempt = fields.Selection(
        EXEMPTIONS,
        "Not to be asked for",
        copy=False,
        tracking=True,
        groups=ACCOUNTANTS,
        help="No reminder leaves for this invoice while this is set.",
    )
    collection_exempt_until = fields.Date(
        "Until", copy=False, tracking=True, groups=ACCOUNTANTS, help="Last day of it; empty: until it is taken away."
    )
    collection_exempt_note = fields.Char("Note on it", copy=False, tracking=True, groups=ACCOUNTANTS)

    # === CONSTRAINT METHODS === #

    @api.constrains("collection_exempt", "collection_exempt_until")
    def _check_collection_exempt(self):
        for move in self:
            if move.collection_exempt == "retention" and not move.collection_exempt_until:
                raise ValidationError(
                    self.env._("%s: give the day until which the guarantee is retained.", move.display_name)
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """What waits to leave for these invoices is asked again at once."""
        result = super().write(vals)
        names = {"collection_exempt", "collection_exempt_until", "preferred_payment_method_line_id"}
        if names & set(vals):
            self._ask_collection_again()
        return result

    # === ACTION METHODS === #

    def action_mark_collection_sent(self):
        """The invoice reached the customer by another way than Odoo: say so, with who and when in its history."""
        moves = self.filtered(lambda move: move.state == "posted" and not move.is_move_sent)
        moves.check_access("write")
        moves.sudo().write({"is_move_sent": True})
        for move in moves:
            move.message_post(body=self.env._("Marked as sent to the customer by another way."))
        return True

    # === BUSINESS METHODS === #

    def _ask_collection_again(self):
        debtors = self.env["credit.collection.debtor"].sudo()
        partners = self.filtered(lambda move: move.state == "posted").commercial_partner_id
        if partners:
            domain = [("partner_id", "in", partners.ids), ("company_id", "in", self.company_id.ids)]
            debtors.search(domain)._ask_again_now()
