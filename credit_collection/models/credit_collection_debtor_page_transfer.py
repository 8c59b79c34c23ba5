from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_amount, format_time


class CreditCollectionDebtor(models.Model):
    """What the customer's page proposes to pay, and how it is paid online."""

    _inherit = "credit.collection.debtor"

    # === WHAT IS PROPOSED === #

    def _propose_chosen(self, rows, asked):
        """Return the ``{item id: amount}`` that an address asks to show chosen, else what the greeting asks for.

        :param asked: ``item`` (several), ``plan``, ``amount`` of the address; what makes no sense is passed over
        """
        items = {int(text) for text in asked.getlist("item") if text.isdecimal() and len(text) < 10}
        plan = self._find_asked_plan(asked.get("plan"))
        items |= set(plan.line_ids._get_items().ids)
        if not items:
            return {row["item"].id: self._propose_amount(row) for row in rows if self._is_page_asked(row)}
        chosen = {row["item"].id: self._propose_amount(row) for row in rows if row["item"].id in items}
        total = self._read_asked_amount(asked.get("amount")) or plan.next_amount
        return self._spread(rows, chosen, total) if total else chosen

    def _find_asked_plan(self, text):
        plans = self.env["credit.collection.plan"].sudo()
        if not (text or "").isdecimal() or len(text) > 9:
            return plans
        return plans.search(Domain("id", "=", int(text)) & Domain("debtor_id", "=", self.id))

    @staticmethod
    def _read_asked_amount(text):
        try:
            amount = float(text or 0)
        except ValueError:
            return 0
        return amount if 0 < amount < 10**12 else 0

    def _spread(self, rows, chosen, total):
        """Give the total to the chosen items, oldest first, each at most what can be paid of it."""
        spread = {}
        for row in rows:
            number, currency = row["item"].id, row["currency"]
            if number in chosen and currency.compare_amounts(total, 0) > 0:
                spread[number] = currency.round(min(total, row["payable"]))
                total -= spread[number]
        return spread

    def _write_page_amount(self, amount, currency, grouping=True):
        """Return an amount as the visitor's language writes it, to be edited."""
        language = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        return language.format(f"%.{currency.decimal_places}f", amount, grouping=grouping)

    # === ONLINE === #

    def _find_begun(self, chosen):
        """Return the payments of these items, begun elsewhere or by a first click, that may still go on."""
        return self.env["payment.transaction"].sudo()._find_begun(self._get_chosen_items(chosen))

    def _find_in_doubt(self, chosen, choice):
        """Return the payments of these items that have to be asked about, and were not when ``choice`` was signed."""
        doubtful = self.env["payment.transaction"].sudo()._find_in_doubt(self._get_chosen_items(chosen))
        return doubtful - self._read_unpaid(choice)

    def _check_nothing_begun(self, chosen, choice):
        """:raises UserError: when another payment of these items may still go on, saying what to do"""
        begun = self._find_begun(chosen)
        if begun:
            raise UserError(begun._say_begun())
        doubtful = self._find_in_doubt(chosen, choice)
        if doubtful:
            said = [self._say_in_doubt(tx) for tx in doubtful]
            raise UserError(
                " ".join(said)
                + " "
                + self.env._("If you paid then, please wait. If not, please reload this page and say so there.")
            )

    def _get_chosen_items(self, chosen):
        return self.env["account.move.line"].union(*[row["item"] for row, __ in chosen])

    def _say_in_doubt(self, tx):
        """Return, for the customer, which payment was begun; of its invoices, those of this customer."""
        zone = self.company_id._get_collection_tz()
        moment = fields.Datetime.context_timestamp(self.with_context(tz=zone), tx.last_state_change)
        moves = tx.invoice_ids.filtered(lambda move: move.commercial_partner_id == self.partner_id)
        moves = moves.sorted(lambda move: (move.invoice_date or move.date, move.id))
        return self.env._(
            "On %(day)s at %(hour)s you began to pay %(amount)s for %(invoices)s. The payment service has not told us"
            " how that ended.",
            day=self._format_page_day(moment.date()),
            hour=format_time(self.env, tx.last_state_change, tz=zone, time_format="short"),
            amount=format_amount(self.env, tx.amount, tx.currency_id),
            invoices=", ".join(moves.mapped("name")),
        )

    def _get_payment_reference(self, chosen):
        """Return what a new payment is called: by its invoice and the day, or one number for several.

        It has a number of its own: with the invoice's alone, its receipt would be taken for the invoice.
        """
        moves = {row["move"] for row, __ in chosen}
        if len(moves) == 1:
            return f"{moves.pop().name}-{self._get_today():%y%m%d}"
        return self.company_id.get_next_batch_payment_communication()

    def _prepare_payment(self, chosen):
        """Return what the payment's record keeps of what was chosen."""
        moves = self.env["account.move"].union(*[row["move"] for row, __ in chosen])
        return {
            "invoice_ids": [Command.set(moves.ids)],
            "collection_item_ids": [
                Command.create({"move_line_id": row["item"].id, "amount": amount, "discount": row.get("taken_off", 0)})
                for row, amount in chosen
            ],
        }

    def _get_receipt(self, tx):
        """Return what the receipt says of a payment beside itself: its day, and what is left to pay of each item."""
        zone = self.with_context(tz=self.company_id._get_collection_tz())
        payable = {row["item"]: row["payable"] for row in self._get_page_items() if not row["is_credit"]}
        parts = []
        for line in tx.collection_item_ids.sorted("id"):
            left = tx.currency_id.round(sum(payable.get(item, 0) for item in line._get_items()))
            parts.append({"line": line, "left": left})
        return {"day": fields.Datetime.context_timestamp(zone, tx.last_state_change).date(), "parts": parts}
