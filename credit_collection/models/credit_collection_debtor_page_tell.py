import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import models
from odoo.tools import email_normalize

from .credit_collection_debtor_page_input import PageInputError

# Names and the like are one line, whatever was pasted; nothing that is read at all is longer than the second.
ONE_LINE, ENOUGH = 200, 10**5
MOST_WORDS = 3000
# How far ahead a call can be agreed.
MOST_DAYS = 30
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{5,28}")


class CreditCollectionDebtor(models.Model):
    """What customers tell us on their page: words, numbers, and when they want to be called."""

    _inherit = "credit.collection.debtor"

    # === WHAT WAS TYPED === #

    def _read_page_words(self, text, most=MOST_WORDS, field=None):
        """Return what was typed, without what no keyboard types; not longer than ``most``. Short ones are one line.

        :raises PageInputError: when it is longer
        """
        words = self._read_page_text(text, most=ENOUGH, field=field)
        if most <= ONE_LINE:
            words = " ".join(words.split())
        if len(words) > most:
            raise PageInputError(self.env._("That is too long: please say it in at most %s letters.", most), field)
        return words

    def _read_page_email(self, text):
        """Return the address, or nothing where none was typed.

        :raises PageInputError: when it is no address
        """
        words = self._read_page_words(text, 200, "email")
        if words and not email_normalize(words):
            raise PageInputError(self.env._("This e-mail address is not complete: please look at it again."), "email")
        return email_normalize(words) or ""

    def _read_page_phone(self, text, field="phone"):
        """Return the number as typed, or nothing where none was typed.

        :raises PageInputError: when it is no number
        """
        words = self._read_page_words(text, 60, field)
        if words and not PHONE.fullmatch(words):
            raise PageInputError(
                self.env._("This telephone number is not complete: please type it with digits only."), field
            )
        return words

    # === FOR OURSELVES === #

    def _for_staff(self):
        """Return the debtor in the language of whoever is in charge: what we note is read by them."""
        self.ensure_one()
        return self.with_context(lang=self.sudo()._get_responsible().lang or self.env.lang)

    def _note_from_page(self, contact, body):
        """Note on the file what a contact said, in their name. ``body`` is plain text."""
        self.ensure_one()
        author = contact or self.partner_id
        return self.sudo().message_post(body=body, author_id=author.id)

    def _answer_told(self, contact, text):
        """Answer by mail what a contact told us on the page. ``text``: sentences in their language."""
        self.ensure_one()
        return self.env["credit.collection.action"]._create_beside("answer", self.sudo(), contact=contact, noted=text)

    # === CALLS === #

    def _get_call_hours(self):
        """Return the hours at which we call, as ``(number, label)``: those of the company."""
        company = self.company_id.sudo()
        first = int(company.collection_opens + 0.99)
        return [(hour, f"{hour:02d}:00") for hour in range(first, int(company.collection_closes))]

    def _get_call_days(self):
        """Return the first and the last day for which a call can be asked."""
        today = self._get_today()
        return today, today + timedelta(days=MOST_DAYS)

    def _read_call_time(self, day, hour):
        """Return the day, the label of the hour, and the instant (UTC, naive).

        :raises PageInputError: when nobody is here then
        """
        date = self._read_page_day(day)
        first, last = self._get_call_days()
        if not first <= date <= last:
            said = self.env._("Please choose a day from today on, within the next %s days.", MOST_DAYS)
            raise PageInputError(said, "day")
        company = self.company_id.sudo()
        closed = company._get_collection_holidays(first, last)
        if date.weekday() not in company._get_collection_weekdays() or date in closed:
            said = self.env._("Nobody is here on %s: please choose another day.", self._format_page_day(date))
            raise PageInputError(said, "day")
        label = dict((str(number), label) for number, label in self._get_call_hours()).get(str(hour))
        if not label:
            raise PageInputError(self.env._("Please choose one of the hours."), "hour")
        zone = ZoneInfo(company._get_collection_tz())
        moment = datetime(date.year, date.month, date.day, int(hour), tzinfo=zone).astimezone(timezone.utc)
        if moment < datetime.now(timezone.utc):
            raise PageInputError(self.env._("That hour is over already: please choose a later one."), "hour")
        return date, label, moment.replace(tzinfo=None)
