import hmac
import re
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models

from ..tools.short_code import DIGITS, read, write

SIGNATURE_LENGTH = 10
LINK_DAYS = 30


class CreditCollectionAction(models.Model):
    """Short signed addresses for text messages: they name one action, reveal nothing and end after 30 days."""

    _inherit = "credit.collection.action"

    def _get_link_code(self):
        """Return ``<number>-<signature>``, both written with letters easily told apart; about 49 bits sign it."""
        self.ensure_one()
        number = write(self.id)
        return f"{number}-{self._sign_link(number)}"

    @api.model
    def _sign_link(self, number):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        digest = hmac.new(secret.encode(), f"credit_collection.link/{number}".encode(), sha256).digest()
        return write(int.from_bytes(digest, "big"))[-SIGNATURE_LENGTH:]

    @api.model
    def _find_by_link(self, code):
        """Return the action of a short address (as superuser); empty when it is wrong or its time is over."""
        match = re.fullmatch(rf"([{DIGITS}]{{1,13}})-([{DIGITS}]{{{SIGNATURE_LENGTH}}})", (code or "").lower())
        nothing = self.sudo().browse()
        if not match or not hmac.compare_digest(match[2], self._sign_link(match[1])):
            return nothing
        action = self.sudo().browse(read(match[1])).exists()
        if not action:
            return nothing
        begin = action.sent_at or action.create_date
        return action if begin + timedelta(days=LINK_DAYS) > fields.Datetime.now() else nothing

    def _get_link_target(self):
        """Return where a short address leads: the page of the oldest invoice that is still open."""
        self.ensure_one()
        moves = self._get_due_lines().move_id.filtered(lambda move: move.is_invoice())
        open_moves = moves.filtered(lambda move: move.payment_state in ("not_paid", "partial")) or moves
        return open_moves[:1].get_portal_url() if open_moves else False
