from odoo import api, models
from odoo.tools.misc import format_duration

from .credit_collection_debtor_page_input import PageInputError

# Channels that a customer may prefer, or close, on the page; those that leave something to read.
PREFERABLE = ("email", "sms", "whatsapp", "letter")
CLOSABLE = (*PREFERABLE, "phone")


class CreditCollectionDebtor(models.Model):
    """How a customer wants to be written to, as far as they decide it alone: nothing of it touches money."""

    _inherit = "credit.collection.debtor"

    # === WHAT CAN BE CHOSEN === #

    def _get_page_channels(self):
        """Return the channels that can be preferred, as ``(code, label)``: open ones by which they can be reached."""
        closed = self.optout_ids.mapped("channel")
        return [
            (code, label)
            for code, label in self.env["credit.collection.manners"]._get_preferable_channels()
            if code in PREFERABLE and code not in closed and (code == self.preferred_channel or self._reaches(code))
        ]

    def _get_page_closable(self):
        """Return the channels that can be closed, as ``(code, label)``."""
        closed = self.optout_ids.mapped("channel")
        return [
            (code, label)
            for code, label in self.env["credit.collection.manners"]._get_preferable_channels()
            if code in CLOSABLE and code not in closed
        ]

    def _get_page_closed(self):
        """Return the channels that are closed and can be opened again here, as ``(code, label)``."""
        closed = self.optout_ids.mapped("channel")
        labels = self.env["credit.collection.manners"]._get_preferable_channels()
        return [(code, label) for code, label in labels if code in CLOSABLE and code in closed]

    def _reaches(self, code):
        return bool(self.env["credit.collection.planner"].sudo()._find_contact(self, code, self.contact_id))

    def _get_page_hours(self):
        """Return the whole hours within the company's limits, as ``(number as text, label)``."""
        company, profile = self.company_id.sudo(), self.profile_id
        first = max(int(company.collection_opens + 0.99), 1)
        last = min(filter(None, (self.closes, profile.closes, company.collection_closes)))
        return [(str(hour), format_duration(hour)) for hour in range(first, int(last - 0.01) + 1)]

    def _get_page_contacts(self):
        """Return the contacts that our messages may go to: the customer itself and those of it with an address.

        Of somebody else who pays, only whom we write to already: others' people are nobody's business here.
        """
        domain = [
            ("commercial_partner_id", "=", self.partner_id.id),
            ("email", "!=", False),
            ("type", "in", ("contact", "invoice")),
        ]
        return self.partner_id | self.env["res.partner"].search(domain, order="name, id", limit=100)

    # === CHANGES === #

    def _set_preferences(self, contact, channel, hour, no_calls, lang, contact_id):
        """Take over what was chosen, at once. Return the names of what changed, see ``_describe_preferences``.

        :raises PageInputError: when something is not among what can be chosen
        """
        chosen = self._check_preferences(channel, hour, lang, contact_id)
        values = {
            "preferred_channel": channel or False,
            "opens": float(hour or 0),
            "self_service": bool(no_calls),
        }
        current = {name: self[name] for name in values}
        if values["opens"] != self.opens:
            # From that hour on, or from the company's own for e-mails, whichever is later.
            values["sends_at"], current["sends_at"] = 0, self.sends_at
        if chosen:
            values["contact_id"], current["contact_id"] = chosen.id, self.contact_id.id
        before = self._describe_preferences(contact)
        values = {name: value for name, value in values.items() if current[name] != value}
        if values:
            self.write(values)
        if lang and contact and contact.lang != lang:
            contact.lang = lang
        after = self._describe_preferences(contact)
        return [name for name in after if after[name] != before[name]]

    def _check_preferences(self, channel, hour, lang, contact_id):
        """Return the contact chosen. Nothing tells why another one is not there."""
        wrong = self.env._("Please choose one of the values in the list.")
        if channel and channel not in dict(self._get_page_channels()):
            raise PageInputError(wrong, "channel")
        if hour and hour not in {*dict(self._get_page_hours()), self._format_page_hour(self.opens)}:
            raise PageInputError(wrong, "hour")
        if lang and lang not in dict(self.env["res.lang"].get_installed()):
            raise PageInputError(wrong)
        contacts = {str(contact.id): contact for contact in self._get_page_contacts() | self.contact_id}
        if contact_id and contact_id not in contacts:
            raise PageInputError(wrong)
        return contacts.get(contact_id)

    @api.model
    def _format_page_hour(self, hour):
        return f"{hour:g}" if hour else ""

    def _describe_preferences(self, contact, names=None):
        """Return what is chosen in words, as ``{name: words}``; only ``names``, where they are given."""
        labels = dict(self._fields["preferred_channel"]._description_selection(self.env))
        installed = dict(self.env["res.lang"].get_installed())
        languages = dict(self.env["res.lang"]._get_page_languages(installed))
        channel = labels.get(self.preferred_channel) or self.env._("as usual")
        hour = format_duration(self.opens) if self.opens else self.env._("as usual")
        calls = self.env._("please none") if self.self_service else self.env._("welcome")
        words = {
            "channel": self.env._("How we write to you: %s", channel),
            "hour": self.env._("Not before: %s", hour),
            "calls": self.env._("Calls: %s", calls),
            "lang": self.env._("Language: %s", languages.get(contact.lang, "–")),
            "contact": self.env._("Our messages go to: %s", self.contact_id.name or "–"),
        }
        return {name: words[name] for name in words if names is None or name in names}

    def _close_channel(self, contact, code):
        """Close a channel for this customer, never the debt. Return its label.

        :raises PageInputError: when no way would be left by which we can write
        """
        labels = dict(self._get_page_closable())
        if code not in labels:
            said = self.env._("Please choose what we should stop: one of the ways in the list.")
            raise PageInputError(said, "channel")
        closed = self.optout_ids.mapped("channel")
        left = [other for other in PREFERABLE if other != code and other not in closed]
        if code in PREFERABLE and not any(self._reaches(other) for other in left):
            raise PageInputError(
                self.env._(
                    "We have to be able to write to you about your invoices, and this is the only way left. "
                    "Tell us another one first, or whom to write to instead."
                )
            )
        ours = self._for_staff()
        ours.env["credit.collection.optout"].create(
            {
                "debtor_id": self.id,
                "channel": code,
                "date": self._get_today(),
                "reason": ours.env._("Asked on the page by %s", contact.name or self.partner_id.name),
            }
        )
        return labels[code]

    def _open_channel(self, contact, code):
        """Use a channel again that the customer had closed. Return its label.

        :raises PageInputError: when it is not closed
        """
        labels = dict(self._get_page_closed())
        if code not in labels:
            raise PageInputError(self.env._("We use this already: there is nothing to change."))
        self.optout_ids.filtered(lambda optout: optout.channel == code).sudo().unlink()
        ours = self._for_staff()
        label = dict(ours._get_page_closable())[code]
        ours._note_from_page(contact, ours.env._("Wants this way again: %s", label))
        self._ask_again_now()
        return labels[code]
