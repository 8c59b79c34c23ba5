from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from .credit_collection_debtor_page_marks import INVOICES, REFUNDS
from .credit_collection_debtor_page_story import LOOK_BACK

# What the database takes for the number of a record.
LARGEST_ID = 2**31 - 1


class CreditCollectionDebtor(models.Model):
    """One item of the customer's page, explained: what was delivered, and how its open amount comes about."""

    _inherit = "credit.collection.debtor"

    def _find_page_item(self, item_id):
        """Return the debtor's item of that id that may be seen, else nothing."""
        return self._find_page_items([item_id])

    def _find_page_items(self, item_ids):
        """Return those of the debtor's items that may be seen: what is open, or of the last twelve months."""
        self.ensure_one()
        since = self._get_today() - timedelta(days=LOOK_BACK)
        mine = Domain(
            [
                ("id", "in", [number for number in item_ids if 0 < number <= LARGEST_ID]),
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        closed = Domain("matched_credit_ids.max_date", ">=", since) | Domain("matched_debit_ids.max_date", ">=", since)
        recent = Domain("reconciled", "=", False) | Domain("date", ">=", since) | closed
        return self.env["account.move.line"].sudo().search(mine & recent)

    def _get_page_account(self, item):
        """Return how the open amount of ``item`` comes about, step by step.

        Each is a dict of ``day``, ``text``, ``why``, ``amount`` and ``balance``. The first is the amount of the item,
        the last ``balance`` is what is open of it; both in the item's currency, and positive for credits, too.
        """
        sign = 1 if item.amount_currency >= 0 else -1
        balance = sign * item.amount_currency
        steps = [{"day": item.date, "text": self._name_page_amount(item), "why": False, "amount": balance}]
        for partial in self._get_page_partials(item):
            amount = partial.debit_amount_currency if sign > 0 else partial.credit_amount_currency
            if item.currency_id.is_zero(amount):
                continue
            counterpart = partial.credit_move_id if sign > 0 else partial.debit_move_id
            text, why = self._name_page_settlement(counterpart)
            steps.append({"day": counterpart.date, "text": text, "why": why, "amount": -amount})
        balance = 0.0
        for step in steps:
            balance = item.currency_id.round(balance + step["amount"])
            step["balance"] = balance
        return steps

    def _get_page_partials(self, item):
        partials = item.matched_credit_ids | item.matched_debit_ids
        return partials.sorted(
            lambda partial: (
                (partial.credit_move_id if partial.debit_move_id == item else partial.debit_move_id).date,
                partial.id,
            )
        )

    def _name_page_amount(self, item):
        parts, move = self._get_page_parts(item), item.move_id
        if parts:
            number = parts.ids.index(item.id) + 1
            return self.env._("Part %(number)s of %(count)s of the invoice", number=number, count=len(parts))
        if move.move_type in INVOICES:
            return self.env._("Amount of the invoice")
        if move.move_type in REFUNDS:
            return self.env._("Amount of the credit note")
        if self._is_page_payment(move):
            return self.env._("What you paid") if item.amount_currency < 0 else self.env._("What we paid back")
        return self.env._("Amount booked")

    def _name_page_settlement(self, counterpart):
        """Return what was set against an item, and why: only what the customer has in hand, no labels of our own."""
        move, day = counterpart.move_id, self._format_page_day(counterpart.date)
        if counterpart.partner_id.commercial_partner_id != self.partner_id:
            # Somebody else's document: nothing of it is told.
            return self.env._("Settled on %s", day), False
        if move.move_type in REFUNDS:
            return self.env._("Credit note %s", move.name), move.ref
        if move.move_type in INVOICES:
            return self.env._("Used for invoice %s", move.name), False
        if move.journal_id == move.company_id.currency_exchange_journal_id:
            return self.env._("Difference of the exchange rate"), False
        if self._is_page_payment(move):
            if counterpart.amount_currency > 0:
                return self.env._("Paid back to you on %s", day), False
            return self.env._("Your payment of %s, thank you", day), False
        return self.env._("Settled on %s", day), False

    # === WHAT WAS DELIVERED === #

    def _get_page_lines(self, move):
        """Return the lines of an invoice as they are printed, with the discount as an amount, as dicts."""
        lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        return [self._explain_page_line(line) for line in lines]

    def _explain_page_line(self, line):
        if line.display_type != "product":
            return {"kind": line.display_type, "name": line.name or ""}
        full = line.quantity * line.price_unit
        piece = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        return {
            "kind": "product",
            "name": line.name or line.product_id.display_name or "",
            "quantity": formatLang(self.env, line.quantity, digits=0 if line.quantity == int(line.quantity) else 2),
            # "1 Units" tells a customer nothing; hours and kilograms do.
            "unit": line.product_uom_id.name if line.product_uom_id != piece else "",
            "price": line.price_unit,
            "full": line.currency_id.round(full),
            "discount": line.discount
            and formatLang(self.env, line.discount, digits=0 if line.discount == int(line.discount) else 2),
            "discount_amount": line.currency_id.round(full * line.discount / 100),
            "net": line.price_subtotal,
            "total": line.price_total,
            "taxes": ", ".join(tax.name for tax in line.tax_ids),
            "tax_inside": any(line.tax_ids.mapped("price_include")),
        }

    def _get_page_taxes(self, move):
        """Return ``(name, amount)`` for each tax of an invoice, in its currency."""
        taxes, sign = {}, -1 if move.move_type in INVOICES else 1
        for line in move.line_ids.filtered(lambda line: line.display_type == "tax" and line.tax_line_id):
            taxes[line.tax_line_id] = taxes.get(line.tax_line_id, 0) + sign * line.amount_currency
        return [(tax.name, move.currency_id.round(amount)) for tax, amount in taxes.items()]

    # === WHAT WAS SAID ABOUT IT === #

    def _get_page_talk(self, item):
        """Return what was agreed about an item, and is or was, as dicts ``day``, ``text``, ``path``; latest first."""
        talk = []
        disputes = self.env["credit.collection.dispute.line"].sudo()._find_lines(item)
        for line in disputes.filtered(lambda line: line.dispute_id.debtor_id == self and line.dispute_id._is_on_page()):
            talk.append(self._tell_page_dispute(line))
        agreed = self._find_page_agreements(item).get(item.id, {})
        if promise := agreed.get("promise"):
            text = self.env._(
                "You told us that you would pay %(amount)s on %(day)s.",
                amount=promise.currency_id.with_env(self.env).format(promise.amount),
                day=self._format_page_day(promise.date),
            )
            talk.append({"day": promise.date_made, "text": text, "path": None})
        if plan := agreed.get("plan"):
            text = self.env._("It is part of your instalments (%s).", plan.name)
            talk.append({"day": plan.date_accepted, "text": text, "path": f"/plan/{plan.id}"})
        if remark := self._find_told_paid(item).get(item.id):
            text = self.env._("You told us that you paid it: we are looking for your payment.")
            talk.append({"day": remark.date, "text": text, "path": "/answers"})
        return sorted(talk, key=lambda one: one["day"], reverse=True)

    def _tell_page_dispute(self, line):
        dispute = line.dispute_id
        amount = line.currency_id.with_env(self.env).format(line.amount)
        values = {"amount": amount, "reason": dispute.reason_id.name, "number": dispute.name}
        if dispute.date_closed:
            text = self.env._("You asked about %(amount)s: %(reason)s (%(number)s). This is settled.", **values)
        else:
            text = self.env._(
                "You asked about %(amount)s: %(reason)s (%(number)s). We are looking into it; until then it need not "
                "be paid.",
                **values,
            )
        return {"day": dispute.date_opened, "text": text, "path": f"/dispute/{dispute.id}"}
