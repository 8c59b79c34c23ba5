import hmac
import re
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models

from ..tools.short_code import DIGITS, read, write

SIGNATURE_LENGTH = 10
LINK_DAYS = 30
# For so long after its end a link is still known for one of ours, so that its owner can ask for another.
KNOWN_DAYS = 335


class CreditCollectionAction(models.Model):
    """Short signed addresses for text messages: they name one action, reveal nothing and end after 30 days."""

    _inherit = "credit.collection.action"

    def _get_link_code(self):
        """Return ``<number>-<signature>``, both written with letters easily told apart; about 49 bits sign it."""
        self.ensure_one()
        number = write(self.id)
        return f"{number}-{self._sign_link(number)}"

    def _sign_link(self, number):
        """The version of the debtor's links is signed as well: raising it revokes the short ones, too."""
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        text = f"credit_collection.link/{number}/{self.sudo().debtor_id.link_version}"
        digest = hmac.new(secret.encode(), text.encode(), sha256).digest()
        return write(int.from_bytes(digest, "big"))[-SIGNATURE_LENGTH:]

    @api.model
    def _find_by_link(self, code):
        """Return the action of a short address (as superuser); empty when it is wrong, or over for long.

        One that has ended lets nobody in: its token has ended as well, see :meth:`_get_link_days`.
        """
        match = re.fullmatch(rf"([{DIGITS}]{{1,13}})-([{DIGITS}]{{{SIGNATURE_LENGTH}}})", (code or "").lower())
        nothing = self.sudo().browse()
        if not match:
            return nothing
        action = nothing.browse(read(match[1])).exists()
        # The signature of nobody's number is compared, too: it takes the same time.
        if not hmac.compare_digest(match[2], action._sign_link(match[1])):
            return nothing
        return action if action and action._get_link_days() > -KNOWN_DAYS else nothing

    def _get_link_days(self):
        """Return for how many days more the link of this message leads on; negative once it has ended."""
        begin = self.sent_at or self.create_date
        left = begin + timedelta(days=LINK_DAYS) - fields.Datetime.now()
        return left / timedelta(days=1)

    def _sign_link_token(self):
        """Return the token of the customer's page that this message's short address stands for."""
        self.ensure_one()
        return self.debtor_id._sign_page_token(self.contact_id, self._get_link_days())
