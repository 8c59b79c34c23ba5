from datetime import timedelta

from odoo import fields, models

from .credit_collection_debtor_page_input import PageInputError

CALL = "mail.mail_activity_data_call"
# How long after its hour a call, or a meeting, is still shown.
SHOWN_FOR = {"call": timedelta(hours=2), "meeting": timedelta(hours=12)}


class CreditCollectionDebtor(models.Model):
    """A call and a meeting by video that the customer asked for on the page: one of each at a time."""

    _inherit = "credit.collection.debtor"

    meeting_link = fields.Char("Video meeting", readonly=True, copy=False)
    meeting_at = fields.Datetime("Meeting at", readonly=True, copy=False, help="As the customer asked on the page.")
    meeting_activity_id = fields.Many2one("mail.activity", readonly=True, copy=False, ondelete="set null")
    call_number = fields.Char("Call at number", readonly=True, copy=False)
    call_at = fields.Datetime(readonly=True, copy=False, help="As the customer asked on the page.")
    call_activity_id = fields.Many2one("mail.activity", readonly=True, copy=False, ondelete="set null")

    # === WHAT IS COMING === #

    def _get_page_call(self):
        """Return ``(number, day, hour)`` of a call that is still to come, or was just now; else nothing."""
        return self._get_coming("call", self.call_number)

    def _get_meeting(self):
        """Return ``(link, day, hour)`` of a meeting that is still to come, or was just now; else nothing."""
        return self._get_coming("meeting", self.meeting_link)

    def _get_coming(self, kind, where):
        at = self[f"{kind}_at"]
        if not where or at < fields.Datetime.now() - SHOWN_FOR[kind] or not self._is_task_open(kind):
            return None
        zone = self.with_context(tz=self.company_id.sudo()._get_collection_tz())
        moment = fields.Datetime.context_timestamp(zone, at)
        return where, moment.date(), f"{moment:%H:%M}"

    def _is_task_open(self, kind):
        """Whether nobody has called, or ended the meeting, before its hour. Without a task, nobody has said so."""
        task = self.sudo()[f"{kind}_activity_id"]
        return not task or task.active

    def _check_free(self, kind, moment):
        """One call and one meeting at a time, and not both at the same hour.

        :raises PageInputError: saying what is agreed already
        """
        call, meeting = self._get_page_call(), self._get_meeting()
        agreed = call if kind == "call" else meeting
        if agreed:
            words = {"day": self._format_page_day(agreed[1]), "hour": agreed[2]}
            raise PageInputError(
                self.env._("We call you on %(day)s at %(hour)s already. Please cancel that first.", **words)
                if kind == "call"
                else self.env._("We meet by video on %(day)s at %(hour)s already. Please cancel that first.", **words)
            )
        other = meeting and self.meeting_at if kind == "call" else call and self.call_at
        if other == moment:
            raise PageInputError(self.env._("We have agreed on something at that hour already."), "hour")

    # === ASKED FOR === #

    def _ask_for_call(self, contact, when, number, topic):
        """Give the collector the call, at that day and hour.

        :param when: what ``_read_call_time`` returned
        :raises PageInputError: when one is agreed already
        """
        self._check_free("call", when[2])
        ours, (day, hour, moment) = self._for_staff(), when
        who = contact.name or self.partner_id.name
        note = [
            ours.env._("%(who)s asked on the page to be called at %(hour)s.", who=who, hour=hour),
            ours.env._("Number: %s", number),
            topic,
        ]
        summary = ours.env._("Call back at %(hour)s: %(number)s", hour=hour, number=number)
        task = ours._ask_somebody(summary, "\n".join(filter(None, note)), kind=CALL, deadline=day)
        self.write({"call_number": number, "call_at": moment, "call_activity_id": task.id})
        ours._note_from_page(
            contact,
            ours.env._(
                "Asks to be called on %(day)s at %(hour)s, %(number)s. %(topic)s",
                day=ours._format_page_day(day),
                hour=hour,
                number=number,
                topic=topic,
            ),
        )

    def _ask_for_meeting(self, contact, when, topic):
        """Open a video meeting for the collector at that day and hour. Return its address.

        :raises PageInputError: when one is agreed already
        """
        self._check_free("meeting", when[2])
        ours, (day, hour, moment) = self._for_staff(), when
        user = self._get_responsible()
        link = ours._create_video_meeting(user, author=contact)
        who = contact.name or self.partner_id.name
        note = ours.env._("%(who)s asked on the page for a video meeting at %(hour)s.", who=who, hour=hour)
        summary = ours.env._("Video meeting at %s", hour)
        note = "\n".join(filter(None, (note, link, topic)))
        task = ours._ask_somebody(summary, note, user=user, kind=CALL, deadline=day)
        self.write({"meeting_link": link, "meeting_at": moment, "meeting_activity_id": task.id})
        ours._note_from_page(
            contact,
            ours.env._(
                "Asks for a video meeting on %(day)s at %(hour)s. %(topic)s",
                day=ours._format_page_day(day),
                hour=hour,
                topic=topic,
            ),
        )
        return link

    # === CANCELLED === #

    def _cancel_coming(self, contact, kind):
        """Cancel the call, or the meeting: its task goes, and whoever had it is told. Return what is said of it.

        :raises PageInputError: when there is none
        """
        coming = self._get_page_call() if kind == "call" else self._get_meeting()
        if not coming:
            raise PageInputError(self.env._("There is nothing to cancel any more."))
        ours = self._for_staff()
        task = self.sudo()[f"{kind}_activity_id"]
        user = task.user_id
        task.unlink()
        self.write({f"{kind}_at": False, "call_number" if kind == "call" else "meeting_link": False})
        line = ours._say_cancelled(kind, coming)
        ours._note_from_page(contact, line)
        ours._ask_somebody(line, False, user=user)
        return self._say_cancelled(kind, coming)

    def _say_cancelled(self, kind, coming):
        words = {"day": self._format_page_day(coming[1]), "hour": coming[2]}
        if kind == "call":
            return self.env._("Cancelled: the call on %(day)s at %(hour)s.", **words)
        return self.env._("Cancelled: the meeting by video on %(day)s at %(hour)s.", **words)
