from odoo import http

from ..models.credit_collection_debtor_page_input import PageInputError
from .page import page_route
from .page_shown import format_day, go_on, render

PLACE = "/call"


class CollectionCall(http.Controller):
    """For those who want a person: a call back, or a meeting by video, at a time that suits."""

    @page_route(PLACE)
    def collection_call(self, visit):
        return self._show_call(visit)

    @page_route(PLACE, methods=("POST",), form="_show_call")
    def collection_call_ask(self, visit, day="", hour="", number="", topic=""):
        """Give the collector a call to make, at the day and hour wished for."""
        env, debtor = visit.env, visit.debtor
        when = debtor._read_call_time(day, hour)
        number = debtor._read_page_phone(number, "number")
        if not number:
            raise PageInputError(env._("Please type the number at which we reach you."), "number")
        debtor._ask_for_call(visit.contact, when, number, debtor._read_page_words(topic, 1000, "topic"))
        said = env._(
            "%(who)s calls you on %(day)s at %(hour)s: %(number)s.",
            who=debtor._get_responsible().name,
            day=format_day(env, when[0]),
            hour=when[1],
            number=number,
        )
        debtor._confirm_answer(visit.contact, said)
        return go_on(visit, said, PLACE)

    @page_route(f"{PLACE}/video", methods=("POST",), form="_show_video", limit="meeting")
    def collection_call_video(self, visit, day="", hour="", topic=""):
        """Open a meeting; its address is shown, and comes by e-mail."""
        env, debtor = visit.env, visit.debtor
        when = debtor._read_call_time(day, hour)
        link = debtor._ask_for_meeting(visit.contact, when, debtor._read_page_words(topic, 1000, "topic"))
        said = env._(
            "%(who)s joins you by video on %(day)s at %(hour)s.",
            who=debtor._get_responsible().name,
            day=format_day(env, when[0]),
            hour=when[1],
        )
        debtor._confirm_answer(visit.contact, "\n".join([said, env._("The address of the meeting: %s", link)]))
        return go_on(visit, env._("%s The address is below, and in an e-mail to you.", said), PLACE)

    @page_route(f"{PLACE}/cancel", methods=("POST",), form="_show_page")
    def collection_call_cancel(self, visit):
        return self._cancel(visit, "call")

    @page_route(f"{PLACE}/video/cancel", methods=("POST",), form="_show_page")
    def collection_call_video_cancel(self, visit):
        return self._cancel(visit, "meeting")

    def _cancel(self, visit, kind):
        said = visit.debtor._cancel_coming(visit.contact, kind)
        visit.debtor._confirm_answer(visit.contact, said)
        return go_on(visit, said, PLACE)

    def _show_call(self, visit, error=None, **typed):
        return self._show_page(visit, call_error=error, call_typed=typed)

    def _show_video(self, visit, error=None, **typed):
        return self._show_page(visit, video_error=error, video_typed=typed)

    def _show_page(self, visit, error=None, call_error=None, call_typed=None, video_error=None, video_typed=None):
        """Show both forms; what was typed, and what is wrong with it, stands in the one that was sent."""
        debtor = visit.debtor
        first, last = debtor._get_call_days()
        return render(
            "credit_collection.page_call",
            visit,
            error=error,
            call_error=call_error,
            call_typed={"number": visit.contact.phone or "", **(call_typed or {})},
            video_error=video_error,
            video_typed=video_typed or {},
            first=first,
            last=last,
            hours=debtor._get_call_hours(),
            zone=debtor.company_id._get_collection_tz(),
            person=debtor._get_responsible().name,
            call=debtor._get_page_call(),
            meeting=debtor._get_meeting(),
            place_now="/answers",
        )
