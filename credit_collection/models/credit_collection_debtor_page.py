import binascii
import json
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import hash_sign, verify_hash_signed

from .credit_collection_action_link import KNOWN_DAYS, LINK_DAYS

PAGE = "/my/collection"
SCOPE = "credit_collection.page"
# Confirmations that one customer gets by mail within a day.
MOST_CONFIRMED = 15


class CreditCollectionDebtor(models.Model):
    """The way to the customer's page: a signed link, which ends and can be revoked, or the portal account."""

    _inherit = "credit.collection.debtor"

    link_version = fields.Integer("Links revoked", readonly=True, copy=False, help="How often all links were revoked.")

    # === ACTION METHODS === #

    def action_revoke_links(self):
        """No link sent so far leads to the page any more; the next message carries a new one."""
        for debtor in self:
            debtor._check_collector()
            debtor.sudo().link_version += 1
            debtor.message_post(body=self.env._("All links to the customer's page were revoked."))

    def action_send_link(self):
        """Send a link to the page to whom we write, at once."""
        self.ensure_one()
        self._check_collector()
        contact = self.contact_id or self.partner_id
        action = self.env["credit.collection.action"]._create_beside("link", self, contact=contact)
        if not action:
            raise UserError(
                self.env._(
                    "%s has no e-mail address to which we may send a link. Enter one, or choose another contact.",
                    contact.display_name,
                )
            )
        said = self.env._("A link to the page is on its way to %s.", action.contact_id.display_name)
        self.message_post(body=said)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": said, "type": "success", "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    def action_view_page(self):
        """See the page as the customer does. Nothing can be answered or paid that way."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._get_page_path(), "target": "new"}

    # === BUSINESS METHODS === #

    def _get_page_path(self):
        self.ensure_one()
        return f"{PAGE}/{self.id}"

    def _get_page_link(self, contact, days=LINK_DAYS):
        """Return the address that lets ``contact`` in without a password, for ``days``."""
        return f"{self.get_base_url()}{PAGE}/enter/{self._sign_page_token(contact, days)}"

    def _sign_page_token(self, contact, days=LINK_DAYS):
        """Return a token for this debtor's page, its present link version, and whom the link was sent to."""
        self.ensure_one()
        until = datetime.now() + timedelta(days=days)
        values = [self.id, self.sudo().link_version, contact.id or 0, int(until.timestamp())]
        return hash_sign(self.sudo().env, SCOPE, values, expiration=until + timedelta(days=KNOWN_DAYS))

    @api.model
    def _read_page_token(self, token):
        """Return ``(debtor, contact, state)`` of a token, as root; state: valid, expired, revoked or unknown."""
        nothing, nobody = self.sudo().browse(), self.env["res.partner"].sudo()
        try:
            values = verify_hash_signed(self.sudo().env, SCOPE, token or "")
        except (ValueError, OverflowError, binascii.Error, json.JSONDecodeError):
            values = None
        if not values:
            return nothing, nobody, "unknown"
        debtor_id, version, contact_id, until = values
        debtor, living = nothing.browse(debtor_id)._find_linked()
        contact = nobody.browse(contact_id).exists()
        if not debtor:
            return nothing, nobody, "unknown"
        if living != version or contact and not debtor._is_theirs(contact):
            return debtor, contact, "revoked"
        return debtor, contact, "valid" if datetime.now().timestamp() < until else "expired"

    def _is_theirs(self, contact):
        """Whether a contact still speaks for this debtor: who is archived, or works elsewhere by now, does not."""
        ours = self.partner_id | self._get_payer().commercial_partner_id
        return contact.active and (contact == self.contact_id or contact.commercial_partner_id in ours)

    @api.model
    def _find_of_visitor(self, user):
        """Return the debtors whose page a portal user may see, as root: those of the own company, or paid by it."""
        partner = user.partner_id.commercial_partner_id
        if not user._is_portal():
            return self.sudo().browse()
        domain = ["|", ("partner_id", "=", partner.id), ("payer_id.commercial_partner_id", "=", partner.id)]
        return self.sudo().search(domain, order="company_id, id")

    # === MESSAGES === #

    def _send_page_link(self, contact):
        """Send a new link to the contact, at the address that we have; where that cannot be, return nothing.

        Nobody else gets it: who asks is known by the link alone, and that was the contact's.
        """
        self.ensure_one()
        name = contact.name or self.display_name
        self.message_post(body=self.env._("%s asked for a new link to the page.", name))
        if not contact or self._find_beside_contact("email", contact) != contact:
            self.message_post(
                body=self.env._("The new link was not sent: there is no e-mail address to send it to. Please call.")
            )
            return self.env["credit.collection.action"]
        return self.env["credit.collection.action"]._create_beside("link", self, contact=contact)

    def _confirm_answer(self, contact, noted, **documents):
        """Confirm by mail what a customer told us on the page; on a busy day the screen and the file are enough.

        :param noted: sentences in the customer's language, one per line
        :param documents: fields of the action, such as ``plan_id``
        """
        self.ensure_one()
        actions = self.env["credit.collection.action"].sudo()
        since = fields.Datetime.now() - timedelta(days=1)
        today = [("debtor_id", "=", self.id), ("purpose", "=", "noted"), ("create_date", ">", since)]
        if actions.search_count(today, limit=MOST_CONFIRMED) >= MOST_CONFIRMED:
            self.message_post(body=self.env._("Not confirmed by mail, after so many today: %s", noted))
            return actions.browse()
        return self.env["credit.collection.action"]._create_beside(
            "noted", self, contact=contact, noted=noted, **documents
        )
