import binascii
import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_amount, hash_sign, verify_hash_signed

CHOICE, RECEIPT = "credit_collection.page.choice", "credit_collection.page.receipt"
CHOICE_HOURS, RECEIPT_DAYS = 2, 90
# A choice travels in the address of the page.
MOST_CHOSEN = 150


class CreditCollectionDebtor(models.Model):
    """Paying on the customer's page: what can be chosen, what was chosen, and what the ledger says of it now."""

    _inherit = "credit.collection.debtor"

    # === WHAT CAN BE PAID === #

    def _get_pay_rows(self):
        """Return the rows of ``_get_page_items`` that ask for money, with what can be paid of each: ``payable``.

        What was paid online and is not in the ledger yet is taken off.
        """
        rows = [row for row in self._get_page_items() if not row["is_credit"]]
        items = self.env["account.move.line"].union(*[row["item"] for row in rows])
        unbooked = self.env["payment.transaction"].sudo()._get_unbooked(items)
        for row in rows:
            made = unbooked.get(row["item"], 0)
            row["payable"] = 0 if made is None else row["currency"].round(max(row["residual"] - made, 0))
            if not row["closed_because"] and row["currency"].is_zero(row["payable"]):
                row["closed_because"] = self.env._("Your payment has arrived: it is being booked.")
        return rows

    def _get_own_items(self, item_ids):
        """Return those of the items that are this customer's, open or not."""
        domain = Domain("id", "in", list(item_ids)) & Domain("company_id", "=", self.company_id.id)
        domain &= Domain("account_type", "=", "asset_receivable") & Domain("parent_state", "=", "posted")
        items = self.env["account.move.line"].sudo().search(domain)
        return items.filtered(lambda item: item.partner_id.commercial_partner_id == self.partner_id)

    def _check_chosen(self, chosen):
        """Return ``[(row, amount)]`` of what was chosen, oldest first.

        :param chosen: ``{item id: amount}``
        :raises UserError: saying what cannot be paid like that by now
        """
        rows = [row for row in self._get_pay_rows() if row["item"].id in chosen]
        if not chosen:
            raise UserError(self.env._("Please choose at least one invoice."))
        if len(chosen) > MOST_CHOSEN:
            raise UserError(self.env._("Please choose %s invoices at most at a time.", MOST_CHOSEN))
        gone = set(chosen) - {row["item"].id for row in rows}
        if gone:
            names = self._get_own_items(gone).move_id.mapped("name")
            raise UserError(self.env._("There is nothing to pay any more of %s.", ", ".join(names) or "…"))
        currencies = list(dict.fromkeys(row["currency"].name for row in rows))
        if len(currencies) > 1:
            raise UserError(
                self.env._("Please pay %(first)s and %(second)s separately: one payment is in one currency.",
                           first=currencies[0], second=currencies[1])
            )  # fmt: skip
        for row in rows:
            self._check_row(row, chosen[row["item"].id])
        return [(row, row["currency"].round(chosen[row["item"].id])) for row in rows]

    def _check_row(self, row, amount):
        currency, name = row["currency"], row["move"].name
        if row["closed_because"]:
            raise UserError(self.env._("%(invoice)s: %(why)s", invoice=name, why=row["closed_because"]))
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("Please enter an amount greater than zero for %s.", name))
        if currency.compare_amounts(amount, row["payable"]) > 0:
            raise UserError(
                self.env._("%(invoice)s has %(open)s open by now. Please choose that amount or less.",
                           invoice=name, open=format_amount(self.env, row["payable"], currency))
            )  # fmt: skip

    # === CORE'S OWN PAGES === #

    @api.model
    def _check_moves(self, moves):
        """Keep core's own pages, which pay whole invoices, to what the customer's page knows of these.

        What was begun on core's pages is theirs to see to; this page asks about that, too.

        :raises UserError: saying why they cannot be paid now, as the customer's page does
        """
        items = moves.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
        for (partner, company), part in items.grouped(
            lambda item: (item.partner_id.commercial_partner_id, item.company_id)
        ).items():
            debtor = self._get_or_create(partner, company)
            self.env["credit.collection.dispute.line"]._take_turn(debtor)
            debtor._check_items(part)

    def _check_items(self, items):
        payments = self.env["payment.transaction"].sudo()
        paying, unbooked = payments._find_under_way(items), payments._get_unbooked(items)
        for item in items:
            payment = paying.get(item, payments)
            why = self._why_closed(item, payment if payment.collection_item_ids else None)
            if not why and item in unbooked:
                why = self.env._("Your payment has arrived: it is being booked.")
            if why:
                raise UserError(self.env._("%(invoice)s: %(why)s", invoice=item.move_id.name, why=why))
        begun = payments._find_begun(items).filtered("collection_item_ids")
        if begun:
            raise UserError(begun._say_begun())
        doubtful = payments._find_in_doubt(items).filtered("collection_item_ids")
        if doubtful:
            raise UserError(
                self.env._(
                    "%(begun)s If you paid then, please wait. If not, please say so on your page “Your account”, where"
                    " you began.",
                    begun=self._say_in_doubt(doubtful[0]),
                )
            )

    # === SIGNED ADDRESSES === #

    def _sign_choice(self, chosen, unpaid=()):
        """Return the signed ``[(row, amount)]``: it outlives reloading and going back, for two hours.

        :param unpaid: payments that were begun before, and of which the visitor says that they were not made
        """
        pairs = [[row["item"].id, amount] for row, amount in chosen]
        values = [self.id, [pairs, [tx.id for tx in unpaid]]]
        return hash_sign(self.sudo().env, CHOICE, values, expiration_hours=CHOICE_HOURS)

    def _read_choice(self, choice):
        """Return the ``{item id: amount}`` that was signed for this debtor; empty when it has ended, or is no such."""
        pairs, __ = self._read_signed(CHOICE, choice) or ([], [])
        return {item_id: amount for item_id, amount in pairs}

    def _read_unpaid(self, choice):
        """Return the payments of which was said with that choice that they were not made."""
        __, unpaid = self._read_signed(CHOICE, choice) or ([], [])
        return self.env["payment.transaction"].sudo().browse(unpaid)

    def _sign_receipt(self, tx):
        return hash_sign(self.sudo().env, RECEIPT, [self.id, tx.id], expiration_hours=RECEIPT_DAYS * 24)

    def _read_receipt(self, receipt):
        """Return the transaction of that receipt of this debtor, as root."""
        return self.env["payment.transaction"].sudo().browse(self._read_signed(RECEIPT, receipt)).exists()

    def _read_signed(self, scope, token):
        try:
            values = verify_hash_signed(self.sudo().env, scope, token or "")
        except (ValueError, OverflowError, binascii.Error, json.JSONDecodeError):
            values = None
        debtor_id, content = values or (None, None)
        return content if debtor_id == self.id else None
