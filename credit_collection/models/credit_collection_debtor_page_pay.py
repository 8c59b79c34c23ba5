import binascii
import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_amount, hash_sign, verify_hash_signed

CHOICE, RECEIPT = "credit_collection.page.chosen", "credit_collection.page.receipt"
CHOICE_HOURS, RECEIPT_DAYS = 2, 90
# A choice travels in the address of the page.
MOST_CHOSEN = 150


class CreditCollectionDebtor(models.Model):
    """Paying on the customer's page: what can be chosen, what was chosen, and what the ledger says of it now."""

    _inherit = "credit.collection.debtor"

    # === WHAT CAN BE PAID === #

    def _get_pay_rows(self):
        """Return the rows of ``_mark_page_rows`` that ask for money, with two more values.

        ``discount``: what is taken off today; ``why_less``: why less than all is proposed, in words.
        """
        rows = [row for row in self._get_page_items() if not row["is_credit"]]
        for row in self._mark_page_rows(rows):
            row["discount"] = self._get_discount(row)
            row["why_less"] = self._say_less(row)
        return rows

    def _say_less(self, row):
        said = []
        if row["disputed"]:
            said.append(self.env._("%s is in question.", format_amount(self.env, row["disputed"], row["currency"])))
        if row["covered"]:
            amount = format_amount(self.env, row["covered"], row["currency"])
            said.append(self.env._("%s is covered by your credit.", amount))
        return " ".join([*said, row["waits"] + "." if row["waits"] else ""]).strip()

    def _get_discount(self, row):
        """Return what is taken off an item when all of it is paid today; core says whether."""
        item, currency = row["item"], row["currency"]
        account = self.company_id.sudo().account_journal_early_pay_discount_loss_account_id
        if row["closed_because"] or not item.discount_date or not account:
            return 0
        whole = currency.compare_amounts(row["payable"], item.amount_currency) == 0
        if not whole or not item.move_id._is_eligible_for_early_payment_discount(currency, self._get_today()):
            return 0
        return max(currency.round(item.amount_currency - item.discount_amount_currency), 0)

    def _propose_amount(self, row):
        """Return how much to propose to pay of an item: what is asked, less the discount where that is all of it."""
        amount = row["asked"] or row["payable"]
        whole = row["currency"].compare_amounts(amount, row["payable"]) == 0
        return row["currency"].round(amount - row["discount"]) if whole else amount

    def _get_own_items(self, item_ids):
        """Return those of the items that are this customer's, open or not."""
        domain = Domain("id", "in", list(item_ids)) & Domain("company_id", "=", self.company_id.id)
        domain &= Domain("account_type", "=", "asset_receivable") & Domain("parent_state", "=", "posted")
        items = self.env["account.move.line"].sudo().search(domain)
        return items.filtered(lambda item: item.partner_id.commercial_partner_id == self.partner_id)

    def _read_amounts(self, items, typed):
        """Return ``{item id: amount}`` that was typed for items, and ``{item id: what is wrong with it}``."""
        chosen, wrong = {}, {}
        for item in items:
            try:
                chosen[item.id] = self._read_page_amount(typed.get(f"amount_{item.id}"), item.currency_id)
            except UserError as error:
                wrong[item.id] = self.env._("%(invoice)s: %(why)s", invoice=item.move_id.name, why=str(error))
        return chosen, wrong

    def _find_wrong(self, row, typed):
        """Return what is wrong with the amount that was typed for a row; nothing when it is right."""
        chosen, wrong = self._read_amounts(row["item"], typed)
        if wrong:
            return wrong[row["item"].id]
        try:
            self._check_row(row, chosen[row["item"].id])
        except UserError as error:
            return str(error)
        return None

    def _check_chosen(self, chosen, signed=False):
        """Return ``[(row, amount)]`` of what was chosen, oldest first.

        :param chosen: ``{item id: amount}``
        :param signed: whether this was right when it was chosen: what is wrong now has changed since
        :raises UserError: saying what cannot be paid like that by now
        """
        rows = [row for row in self._get_pay_rows() if row["item"].id in chosen]
        if not chosen:
            raise UserError(self.env._("Please choose at least one invoice."))
        if len(chosen) > MOST_CHOSEN:
            raise UserError(self.env._("Please choose %s invoices at most at a time.", MOST_CHOSEN))
        gone = set(chosen) - {row["item"].id for row in rows}
        if gone:
            raise UserError(self._say_gone(self._get_own_items(gone)))
        currencies = list(dict.fromkeys(row["currency"].name for row in rows))
        if len(currencies) > 1:
            raise UserError(
                self.env._("Please pay %(first)s and %(second)s separately: one payment is in one currency.",
                           first=currencies[0], second=currencies[1])
            )  # fmt: skip
        for row in rows:
            amount = chosen[row["item"].id]
            self._check_row(row, amount, signed)
            reduced = row["currency"].compare_amounts(amount + row["discount"], row["payable"]) == 0
            row["taken_off"] = row["discount"] if reduced else 0
        return [(row, row["currency"].round(chosen[row["item"].id])) for row in rows]

    def _check_discounts(self, chosen, choice):
        """:raises UserError: when a discount that was taken off with this choice is given no more"""
        promised = self._read_discounts(choice)
        for row, __ in chosen:
            if promised.get(row["item"].id) and row["taken_off"] != promised[row["item"].id]:
                raise UserError(
                    self.env._("The discount on %(invoice)s has ended: %(open)s is to pay. Please choose again.",
                               invoice=row["move"].name,
                               open=format_amount(self.env, row["payable"], row["currency"]))
                )  # fmt: skip

    def _say_gone(self, items):
        """Return what became of items that ask for no money any more; nothing of those that are no item now."""
        names = ", ".join(dict.fromkeys(items.filtered("reconciled").move_id.mapped("name")))
        if names:
            return self.env._("%s was paid meanwhile: there is nothing left to pay of it.", names)
        names = ", ".join(dict.fromkeys(items.move_id.mapped("name"))) or self.env._("one of the invoices")
        return self.env._("There is nothing to pay any more of %s. Please choose again.", names)

    def _check_row(self, row, amount, signed=False):
        currency, name = row["currency"], row["move"].name
        if row["closed_because"]:
            raise UserError(self.env._("%(invoice)s: %(why)s", invoice=name, why=row["closed_because"]))
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("Please enter an amount greater than zero for %s.", name))
        if currency.compare_amounts(amount, row["payable"]) > 0:
            raise UserError(self._say_too_much(row, signed))

    def _say_too_much(self, row, signed):
        """Return how much is left to pay of a row; of what a credit covers nobody is asked to pay it."""
        values = {
            "invoice": row["move"].name,
            "open": format_amount(self.env, row["asked"] if row["covered"] else row["payable"], row["currency"]),
            "covered": format_amount(self.env, row["covered"], row["currency"]),
        }
        if row["covered"] and not row["asked"]:
            return self.env._(
                "%(invoice)s: your credit covers what is open. There is nothing left to pay of it.", **values
            )
        if row["covered"]:
            return self.env._(
                "%(invoice)s: %(covered)s is covered by your credit, %(open)s is left to pay. Please choose that"
                " amount or less.", **values,
            )  # fmt: skip
        if signed:
            return self.env._(
                "%(invoice)s has changed since you chose: %(open)s is left to pay. Please choose again.", **values
            )
        return self.env._("%(invoice)s: %(open)s is open. Please choose that amount or less.", **values)

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
        waiting = payments._find_waiting(items).filtered(lambda tx: tx.state == "done" or tx.collection_item_ids)
        brought = waiting._get_brought(items)
        for item in items:
            why = self._why_closed(item)
            if not why and item in brought:
                why = self.env._(
                    "A payment of it is under way, or is being booked. What is left can be paid on your page “Your"
                    " account”."
                )
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
        parts = [[row["item"].id, amount, row.get("taken_off", 0)] for row, amount in chosen]
        values = [self.id, [parts, [tx.id for tx in unpaid]]]
        return hash_sign(self.sudo().env, CHOICE, values, expiration_hours=CHOICE_HOURS)

    def _read_choice(self, choice):
        """Return the ``{item id: amount}`` that was signed for this debtor; empty when it has ended, or is no such."""
        parts, __ = self._read_signed(CHOICE, choice) or ([], [])
        return {item_id: amount for item_id, amount, __ in parts}

    def _read_discounts(self, choice):
        """Return the ``{item id: discount}`` that was taken off with that choice."""
        parts, __ = self._read_signed(CHOICE, choice) or ([], [])
        return {item_id: discount for item_id, __, discount in parts if discount}

    def _read_proposal(self, choice):
        """Return a choice to be changed: 0 where a discount was taken off, for that is worked out anew."""
        return {**self._read_choice(choice), **dict.fromkeys(self._read_discounts(choice), 0)}

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
