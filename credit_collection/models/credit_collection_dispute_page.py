from odoo import models
from odoo.tools import html2plaintext, plaintext2html

from .credit_collection_dispute_owner import TODO


class CreditCollectionDispute(models.Model):
    """A dispute as the customer follows it on the page: never our notes."""

    _inherit = "credit.collection.dispute"

    def _is_on_page(self):
        """What sales raised is perhaps unknown to the customer, until told."""
        return self.origin != "sales" or bool(self.date_closed and self.outcome_notify)

    def _say_page_state(self):
        """Return in plain words how far it is."""
        self.ensure_one()
        if self.state == "cancelled":
            return self.env._("Closed. There is nothing more to do.")
        if self.date_closed:
            return self.env._("Cleared up")
        return {
            "new": self.env._("We have received it."),
            "investigating": self.env._("We are looking into it."),
            "waiting": self.env._("We need something from you: please answer our question."),
        }[self.state]

    def _get_page_outcome(self):
        """Return what came of it, as paragraphs, as the mail tells it; nothing where the customer was not told."""
        self.ensure_one()
        if not (self.date_closed and self.outcome_kind and self.outcome_notify):
            return []
        return self.env["credit.collection.action"].new({"dispute_id": self.id})._get_outcome_parts()

    def _get_page_words(self):
        """Return ``(day, who, text)`` of what was written between the customer and us about it, oldest first."""
        self.ensure_one()
        people = self.partner_id | self.debtor_id.payer_id.commercial_partner_id
        words = []
        for message in self.sudo().message_ids.sorted("id"):
            if message.message_type not in ("comment", "email", "email_outgoing"):
                continue
            theirs = message.author_id.commercial_partner_id in people
            to_them = not message.is_internal and not message.subtype_id.internal
            to_them = to_them and message.partner_ids.commercial_partner_id & people
            text = html2plaintext(message.body or "", include_references=False).strip()
            if text and (theirs or to_them):
                words.append((message.date.date(), message.author_id.name or message.email_from, text))
        return words

    def _add_page_word(self, contact, text, files=()):
        """Keep what the customer adds, and tell the owner: who waited for it can go on."""
        self.ensure_one()
        debtor = self.debtor_id
        ours = debtor._in_our_language()
        dispute = self.with_env(ours.env)
        dispute._add_evidence(files)
        dispute.message_post(
            body=plaintext2html(text), author_id=contact.id, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        summary = (
            ours.env._("The customer has answered: dispute %s can go on", dispute.name)
            if dispute.state == "waiting"
            else ours.env._("The customer says more about dispute %s", dispute.name)
        )
        owner = dispute.user_id.filtered("active") or ours._get_responsible()
        dispute.activity_schedule(
            TODO, date_deadline=ours._get_today(), summary=summary, note=plaintext2html(text[:1000]),
            user_id=owner.id,
        )  # fmt: skip
        if dispute.state == "waiting":
            dispute._set_investigating()
        ours._note_answer(contact, ours.env._("On the page, about dispute %s:", dispute.name), text)
        debtor._confirm_answer(contact, f"{debtor.env._('You added to number %s:', self.name)}\n{text}")
