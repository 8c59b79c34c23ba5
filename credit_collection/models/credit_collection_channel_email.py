import hashlib
import logging
import smtplib
import uuid

from markupsafe import Markup
from odoo import api, models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, formataddr
from odoo.tools.mail import email_normalize_all

from .credit_collection_channel import DeliveryResult

_logger = logging.getLogger(__name__)


class CreditCollectionChannelEmail(models.AbstractModel):
    """E-mail, sent directly: the outgoing row never meets core's queue, so nothing can send it a second time."""

    _name = "credit.collection.channel.email"
    _inherit = "credit.collection.channel"
    _description = "E-mail Channel"
    _code = "email"
    _sequence = 10
    _delivers = True
    _substitute = True
    _part = "body"
    _before_due = True
    _hour = "sends_at"

    # === CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("E-mail")

    @api.model
    def _sql_usable(self, company):
        return SQL(
            """contact.email_normalized IS NOT NULL
               AND contact.collection_bounced_email IS DISTINCT FROM contact.email_normalized %s""",
            SQL("AND NOT EXISTS (SELECT FROM mail_blacklist black WHERE black.email = contact.email_normalized"
                " AND black.active)")
            if company.collection_obey_blacklist else SQL(),
        )  # fmt: skip

    @api.model
    def _render(self, action):
        if not action._get_template():
            raise UserError(self.env._("%s has no text to send.", action.display_name))
        sender, company, contact = action._get_sender(), action.company_id, action.contact_id
        address = sender.email_normalized or email_normalize(company.email)
        if not address:
            raise UserError(self.env._("%s has no e-mail address: a reminder needs a sender.", company.name))
        if not contact.email_normalized:
            raise UserError(self.env._("%s has no usable e-mail address.", contact.display_name))
        return {
            **super()._render(action),
            "email_from": formataddr((sender.name or company.name, address)),
            "email_to": contact.email_normalized,
            "message_key": action.message_key or self._prepare_message_key(action),
        }

    @api.model
    def _attach(self, action):
        """Legal PDFs of the due invoices, as they were sent; for one that has none, the invoice as core prints it."""
        self._get_attachments(action).unlink()
        if not action.step_id.attach_invoices and not action.with_invoices:
            return
        for document in action._get_invoice_documents():
            self.env["ir.attachment"].create(
                {
                    "name": document["filename"],
                    "raw": document["content"],
                    "mimetype": "application/pdf",
                    "res_model": action._name,
                    "res_id": action.id,
                }
            )

    @api.model
    def _deliver(self, action):
        attachments = self._get_attachments(action)
        mail = self.env["mail.mail"].create(self._prepare_mail(action, attachments))
        answer = self._send_mail(mail)
        if answer.state != "sent":
            mail.unlink()
            return answer
        digest = "\n".join(f"{hashlib.sha256(item.raw).hexdigest()}  {item.name}" for item in attachments)
        return DeliveryResult(
            "sent", values={"mail_message_id": mail.mail_message_id.id, "attachment_digest": digest or False}
        )

    @api.model
    def _after_sent(self, action):
        """Send the copy as a message of its own; a copy that fails does not undo what has left."""
        user = action._get_copy_user()
        if not user.email_normalized or user.email_normalized == action.email_to:
            return
        try:
            with self.env.cr.savepoint():
                copy = self.env["mail.mail"].create(self._prepare_copy(action, user))
                self._send_mail(copy)
                copy.unlink()
        except Exception:  # noqa: BLE001 - the message itself has left, and that is recorded
            _logger.exception("The copy of collection action %s could not be sent", action.id)

    # === MESSAGE === #

    @api.model
    def _prepare_message_key(self, action):
        """The same at every try of one decision to send; a person's "send again" makes a new one."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{database}/collection/{action.id}/{action.generation}")
        company = action.company_id
        domain = company.alias_domain_id.name or (email_normalize(company.email) or "@localhost").split("@")[-1]
        return f"<collection-{action.id}.{key}@{domain}>"

    @api.model
    def _prepare_mail(self, action, attachments):
        return {
            "subject": action.subject,
            # The chatter shows the body, the mail server gets body_html.
            "body": action.body,
            "body_html": action.body,
            "email_from": action.email_from,
            "email_to": formataddr((action.contact_id.name or action.debtor_id.display_name, action.email_to)),
            "message_id": action.message_key,
            "model": action.debtor_id._name,
            "res_id": action.debtor_id.id,
            "author_id": action._get_sender().partner_id.id or action.company_id.partner_id.id,
            "message_type": "email_outgoing",
            "subtype_id": self.env.ref("mail.mt_note").id,
            "is_internal": False,
            "auto_delete": False,
            "attachment_ids": [(6, 0, attachments.ids)],
            "headers": repr({"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF"}),
        }

    @api.model
    def _prepare_copy(self, action, user):
        return {
            "subject": self.env._("Copy: %s", action.subject),
            "body_html": Markup("<p>%s</p>%s") % (self.env._("Sent to %s", action.email_to), action.body),
            "email_from": action.email_from,
            "email_to": user.email_formatted,
            "message_id": action.message_key.replace("@", "-copy@"),
        }

    @api.model
    def _get_attachments(self, action):
        return self.env["ir.attachment"].search(
            [("res_model", "=", action._name), ("res_id", "=", action.id), ("res_field", "=", False)], order="id"
        )

    # === DELIVERY === #

    @api.model
    def _send_mail(self, mail):
        """Send one message to one recipient and tell what became of it."""
        try:
            mail.send(auto_commit=False, raise_exception=True)
        except (MailDeliveryException, smtplib.SMTPException, OSError) as error:
            if self._is_refused(error):
                self._flag_refused(mail)
            return self._judge(error)
        if mail.state == "sent":
            return DeliveryResult("sent")
        if mail.state == "outgoing":
            return DeliveryResult("retry", self.env._("Sending of e-mail is switched off on this server."))
        return DeliveryResult("failed", mail.failure_reason or self.env._("The server took no recipient."))

    @api.model
    def _judge(self, error):
        """Read a definite answer: no connection, or the server's own refusal with its code. Otherwise nobody knows."""
        if isinstance(error, MailDeliveryException) and isinstance(error.args[-1], Exception):
            # Core wraps what failed before the conversation about a message began: server, encryption, login.
            return DeliveryResult("retry", str(error.args[-1]))
        chain = [error]
        while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None and inner not in chain:
            chain.append(inner)
        for link in chain:
            code = self._get_smtp_code(link)
            if code:
                return DeliveryResult("retry" if 400 <= code < 500 else "failed", str(link))
            if isinstance(link, AssertionError):  # how core says that sender or recipient are unusable
                return DeliveryResult("failed", str(link))
        return DeliveryResult("unknown", str(error))

    @api.model
    def _is_refused(self, error):
        """Whether the server refused the recipient for good."""
        inner = error.__cause__ or error.__context__
        return isinstance(inner, smtplib.SMTPRecipientsRefused) and self._get_smtp_code(inner) >= 500

    @api.model
    def _flag_refused(self, mail):
        """A mailbox that does not exist is an address that came back: nothing goes there until it is changed."""
        for address in email_normalize_all(mail.email_to):
            contacts = self.env["res.partner"].search([("email_normalized", "=", address)])
            contacts._flag_collection_bounce(address)

    @api.model
    def _get_smtp_code(self, error):
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return max((code for code, __ in error.recipients.values()), default=0)
        return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
