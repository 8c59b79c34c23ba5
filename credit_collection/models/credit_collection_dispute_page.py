from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import html2plaintext, plaintext2html

from .credit_collection_debtor_page_input import PageInputError
from .credit_collection_dispute_owner import TODO


class CreditCollectionDispute(models.Model):
    """A dispute as the customer follows it on the page: never our notes."""

    _inherit = "credit.collection.dispute"

    is_withdrawn = fields.Boolean("Withdrawn on the page", readonly=True, copy=False)

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"is_withdrawn"}

    # === BUSINESS METHODS === #

    @api.model
    def _check_not_told(self, debtor, numbers, text):
        """The form that was sent is still there when the customer goes back in the browser: it is taken once.

        :param numbers: ids, as text, of the items that it names
        :raises PageInputError: when the same was said about the same items within a day, and not withdrawn
        """
        domain = [
            ("debtor_id", "=", debtor.id),
            ("origin", "=", "portal"),
            ("state", "!=", "cancelled"),
            ("description", "=", text),
            ("create_date", ">", fields.Datetime.now() - timedelta(days=1)),
        ]
        for dispute in self.search(domain) if text and numbers else ():
            if numbers <= {str(item.id) for item in dispute.line_ids.move_line_id}:
                said = self.env._(
                    "You have sent us this already: %s. You find it under “Tell us”, with what became of it.",
                    dispute.name,
                )
                raise PageInputError(said, path=f"/dispute/{dispute.id}")

    def _is_on_page(self):
        """What sales raised is perhaps unknown to the customer, until told."""
        return self.origin != "sales" or bool(self.date_closed and self.outcome_notify)

    def _say_page_state(self):
        """Return in plain words how far it is."""
        self.ensure_one()
        if self.is_withdrawn:
            return self.env._("You withdrew it. There is nothing more to do about it.")
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
        """Return ``(day, who, text, files)`` of what was written between the customer and us about it, oldest first.

        Of ours, what went to people of the customer: our notes, and what colleagues write each other, stay with us.
        """
        self.ensure_one()
        people = self.partner_id | self.debtor_id.payer_id.commercial_partner_id
        words = []
        for message in self.sudo().message_ids.sorted("id"):
            if message.message_type not in ("comment", "email", "email_outgoing"):
                continue
            theirs = message.author_id.commercial_partner_id in people
            to_them = not message.is_internal and not message.subtype_id.internal
            reached = message.partner_ids | message.notified_partner_ids
            to_them = to_them and reached.commercial_partner_id & people
            text = html2plaintext(message.body or "", include_references=False).strip()
            if (text or message.attachment_ids) and (theirs or to_them):
                who = message.author_id.name or message.email_from
                words.append((message.date.date(), who, text, message.attachment_ids))
        return words

    def _get_page_files(self):
        """Return the files that the customer may have of it: the own ones, and those that we gave."""
        self.ensure_one()
        files = self.evidence_customer_ids.union(*(word[3] for word in self._get_page_words()))
        return files | self._get_page_proofs()

    def _get_page_proofs(self):
        """Return the files that went with the outcome."""
        told = self.date_closed and self.outcome_kind and self.outcome_notify
        return self.evidence_sent_ids if told else self.evidence_sent_ids.browse()

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

    # === WITHDRAWN === #

    def _withdraw_on_page(self, contact):
        """The customer takes it back: its amount is asked for again at once, and the owner is told.

        :raises UserError: when it has ended already
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody is working on it just now: please try again in a moment.")) from error
        self.invalidate_recordset(["state", "date_closed"])
        if self.date_closed:
            raise UserError(self.env._("It has ended already: %s", self._say_page_state()))
        debtor = self.debtor_id
        ours = debtor._in_our_language()
        dispute = self.with_env(ours.env)
        owner = dispute.user_id.filtered("active") or ours._get_responsible()
        dispute._set_cancelled()
        dispute.sudo().is_withdrawn = True
        line = ours.env._("On the page: withdraws dispute %s.", dispute.name)
        dispute.message_post(body=line, author_id=contact.id, subtype_xmlid="mail.mt_note")
        dispute.activity_schedule(
            TODO, date_deadline=ours._get_today(), user_id=owner.id,
            summary=ours.env._("The customer has withdrawn dispute %s", dispute.name),
        )  # fmt: skip
        ours._note_answer(contact, line)
        debtor._confirm_answer(contact, self._say_withdrawn())

    def _say_withdrawn(self):
        self.ensure_one()
        return self.env._("You have withdrawn number %s. What is open of it is due again as it was before.", self.name)

    def _after_state(self, target):
        result = super()._after_state(target)
        if target == "new":
            self.sudo().is_withdrawn = False
        return result
