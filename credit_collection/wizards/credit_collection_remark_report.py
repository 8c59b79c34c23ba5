import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from ..models.credit_collection_remark import ACCOUNTANTS

# So many characters of an invoice's number are enough to find it, if no other one of the customer's ends so.
SHORTEST_END = 3
# So many are enough for all that end so.
SURE_END = 4


class CreditCollectionRemarkReport(models.TransientModel):
    """One sentence of a colleague about a customer's invoices, or about the customer. Whoever works here may say it."""

    _name = "credit.collection.remark.report"
    _description = "Report a Possible Dispute"

    kind = fields.Selection(
        [("possible", "Possible dispute"), ("note", "Note of a colleague")], required=True, default="possible"
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    text = fields.Text("In a sentence", required=True)
    move_ids = fields.Many2many(
        "account.move",
        "credit_collection_remark_report_move_rel",
        string="Which invoices?",
        groups=ACCOUNTANTS,
        help="None chosen: all that are overdue.",
    )
    choice_ids = fields.Many2many("account.move", compute="_compute_choice_ids", groups=ACCOUNTANTS)
    # One invoice, for whoever may read that one, but not the books.
    invoice_id = fields.Integer()
    invoice_name = fields.Char("About", compute="_compute_invoice_name")
    numbers = fields.Char(
        "Which ones?", help="Their numbers, or at least the last three digits of each. None: all that are overdue."
    )
    hint = fields.Char(compute="_compute_hint")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    def _compute_choice_ids(self):
        for wizard in self:
            wizard.choice_ids = wizard._find_open_items().move_id.with_env(self.env)._filtered_access("read")

    @api.depends("invoice_id")
    def _compute_invoice_name(self):
        """Name the invoice from which the dialog was opened, to whoever may read that one."""
        for wizard in self:
            move = self.env["account.move"].browse(wizard.invoice_id).exists() if wizard.invoice_id else None
            wizard.invoice_name = move.name if move and move.has_access("read") else False

    @api.depends("kind", "company_id")
    def _compute_hint(self):
        for wizard in self:
            company = wizard.company_id.sudo()
            if wizard.kind == "note":
                days = company.collection_reply_days
                wizard.hint = self.env._("No reminder leaves for %s working days; the collector reads it.", days)
            else:
                days = company.collection_possible_days
                wizard.hint = self.env._(
                    "No reminder of these for %s working days. The collector decides, and you are told.", days
                )

    # === ACTION METHODS === #

    @api.model
    def _get_action(self, partner, company, moves=None, kind="possible", name=None):
        moves = moves or self.env["account.move"]
        return {
            "type": "ir.actions.act_window",
            "name": name or self.env._("Something is Wrong"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_kind": kind,
                "default_partner_id": partner.commercial_partner_id.id,
                "default_company_id": company.id,
                "default_invoice_id": moves.id,
            },
        }

    def action_report(self):
        self.ensure_one()
        self._check_user()
        debtor = self.env["credit.collection.debtor"].sudo()._get_or_create(self.partner_id, self.company_id)
        if self.kind == "note":
            self._check_note(debtor)
            remark = self._report(debtor)
        else:
            remark = self._report(debtor, self._get_items())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Thank you. %(collector)s is told; it holds until %(day)s.",
                    collector=debtor._get_responsible().name,
                    day=format_date(self.env, remark.date_until),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _report(self, debtor, items=None):
        remarks = self.env["credit.collection.remark"]
        return remarks._report(debtor, self.text, items, kind=self.kind, user=self.env.user)

    def _check_user(self):
        """Everything after this is done as root: the customer and the invoices are ones that the user may read."""
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues may report this."))
        self.partner_id.check_access("read")
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in %s.", self.company_id.name))

    def _check_note(self, debtor):
        debtor.with_env(self.env).check_access("read")
        mine = debtor.remark_ids.filtered(
            lambda remark: remark.kind == "note" and remark.user_id == self.env.user and remark.state == "open"
        )
        if any(not remark.expired for remark in mine):
            raise UserError(
                self.env._("Your last note holds this customer already: write to %s.", debtor._get_responsible().name)
            )

    def _find_open_items(self):
        """Return, as root, the open debit items of the customer."""
        debtors = self.env["credit.collection.debtor"].sudo()
        return debtors._find_open_receivables(self.partner_id.commercial_partner_id, self.company_id)

    def _get_items(self):
        """Return the items named; by default all that are overdue, else all that are open, save those reported before.

        :raises UserError: when nothing of what is named is open, or everything was reported before
        """
        items = self._find_open_items()
        if not items:
            raise UserError(
                self.env._("%s has no open invoice: there is nothing to hold.", self.partner_id.display_name)
            )
        named = self._get_named_moves(items)
        if named:
            return items.filtered(lambda item: item.move_id in named)
        today = self.company_id._get_collection_today()
        items = items.filtered(lambda item: (item.date_maturity or item.date) < today) or items
        fresh = items - self.env["credit.collection.remark"]._find_reported(items, self.env.user).move_line_id
        if not fresh:
            raise UserError(
                self.env._("You have reported all of them before. One report per invoice: the collector decides now.")
            )
        return fresh

    def _get_named_moves(self, items):
        """Return the invoices chosen, or found by their numbers among those of ``items``."""
        moves = self.env["account.move"].browse(self.invoice_id).exists() if self.invoice_id else self.sudo().move_ids
        if moves:
            moves.with_env(self.env).check_access("read")
        closed = moves.sudo() - items.move_id
        if closed:
            raise UserError(self.env._("%s has nothing open.", ", ".join(closed.mapped("name"))))
        found = moves.sudo()
        for number in (self.numbers or "").replace(";", ",").split(","):
            if key := re.sub(r"[^A-Z0-9]", "", number.upper()):
                found |= self._find_by_number(items.move_id, key, number.strip())
        return found

    def _find_by_number(self, moves, key, number):
        def fits(text):
            text = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
            return text == key or len(key) >= SHORTEST_END and text.endswith(key)

        found = moves.filtered(lambda move: fits(move.name) or fits(move.payment_reference))
        if len(found) > 1 and len(key) < SURE_END:
            raise UserError(
                self.env._(
                    "%(number)s fits several invoices: %(invoices)s. Write more of the number.",
                    number=number,
                    invoices=", ".join(found.mapped("name")),
                )
            )
        if not found and len(key) < SHORTEST_END:
            raise UserError(self.env._("%s is too short: write at least the last three digits.", number))
        if not found:
            raise UserError(
                self.env._(
                    "%(number)s is no open invoice of %(customer)s.", number=number, customer=self.partner_id.name
                )
            )
        return found
