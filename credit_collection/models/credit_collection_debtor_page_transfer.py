import logging

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_amount, format_time

_logger = logging.getLogger(__name__)

# What a bank carries of a reference.
MOST_SIGNS = 140


class CreditCollectionDebtor(models.Model):
    """How what was chosen on the customer's page is paid: online, or by bank transfer."""

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

    def _write_page_amount(self, amount, currency):
        """Return an amount as the visitor's language writes it, to be edited."""
        language = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        return language.format(f"%.{currency.decimal_places}f", amount, grouping=True)

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
        """Return what a new payment is called: by its invoice, or one number for several."""
        moves = {row["move"] for row, __ in chosen}
        return moves.pop().name if len(moves) == 1 else self.company_id.get_next_batch_payment_communication()

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

    # === BY BANK TRANSFER === #

    def _get_transfers(self, chosen):
        """Return one dict for each bank account that the chosen invoices name, never another: what to transfer there.

        Invoices without one, or of which it is closed by now, are those of the last dict, without ``bank``.
        """
        groups = {}
        for row, amount in chosen:
            bank = row["move"].partner_bank_id
            groups.setdefault(bank if bank.active else bank.browse(), []).append((row, amount))
        transfers = [self._get_transfer(bank, part) for bank, part in groups.items()]
        return sorted(transfers, key=lambda transfer: not transfer["bank"])

    def _get_transfer(self, bank, part):
        moves = list(dict.fromkeys(row["move"] for row, __ in part))
        currency = part[0][0]["currency"]
        amount = currency.round(sum(amount for __, amount in part))
        reference = moves[0].payment_reference or moves[0].name
        if len(moves) > 1:
            reference = self._join_numbers([move.name for move in moves])
        structured = moves[0].payment_reference if len(moves) == 1 else ""
        code = bank and self._get_transfer_code(bank, amount, reference, structured or "", currency)
        return {
            "bank": bank,
            "holder": bank.acc_holder_name or bank.partner_id.name,
            "moves": moves,
            "amount": amount,
            "currency": currency,
            "reference": reference,
            "code": code,
        }

    def _get_transfer_code(self, bank, amount, reference, structured, currency):
        """Return the image of a code to transfer by, where core can make one; else nothing."""
        try:
            return bank.build_qr_code_base64(amount, reference, structured, currency, self.partner_id)
        except Exception:  # noqa: BLE001 - a code is a convenience: without one the transfer is complete
            _logger.warning("No payment code for bank account %s", bank.id, exc_info=True)
            return False

    @staticmethod
    def _join_numbers(numbers):
        """Return as many numbers as a bank carries: by them the money finds its invoices."""
        text = ""
        for number in numbers:
            longer = f"{text} {number}".strip()
            if len(longer) > MOST_SIGNS:
                break
            text = longer
        return text
