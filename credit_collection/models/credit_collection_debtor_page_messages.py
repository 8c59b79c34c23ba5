import hashlib

from odoo import models
from odoo.fields import Domain

from ..tools.harmless import harmless
from .credit_collection_debtor_page_account import LARGEST_ID

# Messages that say nothing by themselves: a link that was asked for.
LEFT_OUT = ("link",)
MOST_MESSAGES = 200


class CreditCollectionDebtor(models.Model):
    """The messages that a customer received, as the page shows them: what has left, and nothing else."""

    _inherit = "credit.collection.debtor"

    def _get_page_messages(self, limit=MOST_MESSAGES):
        """Return the messages sent to the customer, the latest first."""
        self.ensure_one()
        actions = self.env["credit.collection.action"].sudo()
        return actions.search(self._get_page_messages_domain(), order="date_sent desc, id desc", limit=limit)

    def _get_page_messages_domain(self):
        channels = self.env["credit.collection.channel"]._get_all()
        reaching = [channel._code for channel in channels if channel._delivers and channel._is_contact]
        return Domain(
            [
                ("debtor_id", "=", self.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sent"),
                ("channel", "in", reaching),
                ("purpose", "not in", LEFT_OUT),
                ("body", "not in", (False, "")),
                ("date_sent", "!=", False),
            ]
        )

    def _find_page_message(self, action_id):
        """Return the message of that id if it was sent to this customer, else nothing."""
        if not 0 < action_id <= LARGEST_ID:
            return self.env["credit.collection.action"].sudo()
        domain = self._get_page_messages_domain() & Domain("id", "=", action_id)
        return self.env["credit.collection.action"].sudo().search(domain, limit=1)

    def _get_page_reminders(self, item):
        """Return the messages that named an item, the latest first."""
        lines = Domain("line_ids.move_line_id", "=", item.id) | Domain(
            [("line_ids.move_id", "=", item.move_id.id), ("line_ids.move_line_id", "=", False)]
        )
        actions = self.env["credit.collection.action"].sudo()
        return actions.search(self._get_page_messages_domain() & lines, order="date_sent desc, id desc")


class CreditCollectionAction(models.Model):
    """A message as its recipient sees it on the page."""

    _inherit = "credit.collection.action"

    def _get_page_title(self):
        """Return what the message was headed by; a text message has no subject: then what it was about."""
        self.ensure_one()
        if self.subject:
            return self.subject
        if self.purpose == "reminder":
            return self.env._("About your invoices")
        return self._get_what()

    def _get_page_references(self):
        """Return what the message was about: the numbers of the invoices."""
        self.ensure_one()
        return list(dict.fromkeys(line.reference for line in self.line_ids if line.reference))

    def _get_page_body(self):
        """Return the message as a document of its own that leads nowhere: links in it let people in."""
        self.ensure_one()
        return harmless(self.body or "")

    def _get_page_files(self):
        """Return the files that went with the message, by the list that was kept of them."""
        self.ensure_one()
        sent = {line.split("  ", 1)[-1] for line in (self.attachment_digest or "").splitlines()}
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "in", (False, "letter"))]
        files = self.env["ir.attachment"].sudo().search(domain, order="id")
        return files.filtered(lambda file: self._get_page_file_name(file) in sent)

    def _get_page_file_name(self, file):
        return self.letter_name if file.res_field == "letter" else file.name

    def _find_page_file(self, file_id):
        """Return the file of that id when its bytes are the ones that were sent, else nothing."""
        file = self._get_page_files().filtered(lambda file: file.id == file_id)
        digests = {line.split("  ", 1)[0] for line in (self.attachment_digest or "").splitlines()}
        return file if file and hashlib.sha256(file.raw).hexdigest() in digests else file.browse()
