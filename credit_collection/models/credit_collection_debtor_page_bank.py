import logging
import re

from odoo import models

_logger = logging.getLogger(__name__)

# What banks carry of a reference; British ones refuse the transfer when it is longer.
MOST_SIGNS, BRITISH_SIGNS = 140, 18
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
BRITISH = re.compile(r"GB[0-9]{2}[A-Z]{4}([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{8})")


class CreditCollectionDebtor(models.Model):
    """How what was chosen on the customer's page is paid by bank transfer."""

    _inherit = "credit.collection.debtor"

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
        reference, unnamed = self._get_transfer_reference(bank, moves)
        structured = moves[0].payment_reference if len(moves) == 1 else ""
        code = bank and self._get_transfer_code(bank, amount, reference, structured or "", currency)
        return {
            "bank": bank,
            **self._get_transfer_account(bank),
            "moves": moves,
            "amount": amount,
            "plain_amount": self._write_page_amount(amount, currency, grouping=False),
            "currency": currency,
            "reference": reference,
            "unnamed": unnamed,
            "email": unnamed and self._get_page_person()["email"],
            "code": code,
        }

    def _get_transfer_account(self, bank):
        """Return holder and number of the account; of a British one also what banks there ask for."""
        number = (bank.sanitized_acc_number or "").upper()
        british = BRITISH.fullmatch(number)
        return {
            "holder": bank.acc_holder_name or bank.partner_id.name,
            "plain_number": number,
            "is_iban": bool(IBAN.fullmatch(number)),
            "sort_code": "-".join(british.groups()[:3]) if british else False,
            "british_number": british[4] if british else False,
        }

    def _get_transfer_reference(self, bank, moves):
        """Return what the bank carries as a reference, and those of the invoices that it has no room for."""
        country = bank.sanitized_acc_number and bank.sanitized_acc_number[:2].upper()
        most = BRITISH_SIGNS if "GB" in (country, bank.bank_id.country.code) else MOST_SIGNS
        if len(moves) == 1:
            names = [moves[0].payment_reference or moves[0].name, moves[0].name]
            return next((name for name in names if len(name) <= most), names[1][-most:]), []
        names = [move.name for move in moves]
        reference = self._join_numbers(names, most) or (self.partner_id.ref or names[0])[-most:]
        named = reference.split(" ")
        return reference, [name for name in names if name not in named]

    def _get_transfer_code(self, bank, amount, reference, structured, currency):
        """Return the image of a code to transfer by, where core can make one; else nothing."""
        try:
            return bank.build_qr_code_base64(amount, reference, structured, currency, self.partner_id)
        except Exception:  # noqa: BLE001 - a code is a convenience: without one the transfer is complete
            _logger.warning("No payment code for bank account %s", bank.id, exc_info=True)
            return False

    @staticmethod
    def _join_numbers(numbers, most):
        """Return as many numbers as a bank carries: by them the money finds its invoices."""
        text = ""
        for number in numbers:
            longer = f"{text} {number}".strip()
            if len(longer) > most:
                break
            text = longer
        return text
