from odoo import http

from ..models.credit_collection_debtor_page_input import PageInputError
from .page import page_route
from .page_shown import format_day, go_on, render

PLACE = "/contact"


class CollectionContact(http.Controller):
    """ "You write to the wrong person", and "do not write to me this way"."""

    @page_route(PLACE)
    def collection_contact(self, visit):
        return self._show_contact(visit)

    @page_route(PLACE, methods=("POST",), form="_show_contact")
    def collection_contact_tell(self, visit, name="", email="", phone="", function="", since="", note=""):
        """Keep who the right person is. Nothing changes before somebody here has looked at it."""
        env, debtor = visit.env, visit.debtor
        told = {
            "name": debtor._read_page_words(name, 100, "name"),
            "email": debtor._read_page_email(email),
            "phone": debtor._read_page_phone(phone),
            "function": debtor._read_page_words(function, 100, "function"),
        }
        if not told["name"] or not (told["email"] or told["phone"]):
            said = env._("Please tell us the name, and an e-mail address or a telephone number.")
            raise PageInputError(said, "email" if told["name"] else "name")
        day = debtor._read_page_day(since, "since") if since else None
        note = debtor._read_page_words(note, 1000, "note")
        words = self._describe(debtor._for_staff(), visit.contact, told, day, note)
        ours = debtor._for_staff()
        ours.env["credit.collection.remark"]._report_contact(ours, visit.contact, words, **told)
        ours._note_from_page(visit.contact, words)
        noted = env._(
            "The right person is %(name)s. %(who)s checks it and writes there from then on.",
            name=told["name"],
            who=debtor._get_responsible().name,
        )
        debtor._confirm_answer(visit.contact, noted)
        return go_on(visit, env._("Thank you. %s", noted), "/answers")

    def _describe(self, ours, contact, told, day, note):
        """Return what was told as sentences for whoever is in charge."""
        env = ours.env
        parts = [
            (env._("Wrong contact. The right person: %s"), told["name"]),
            (env._("E-mail: %s"), told["email"]),
            (env._("Telephone: %s"), told["phone"]),
            (env._("Role: %s"), told["function"]),
            (env._("Since: %s"), day and format_day(env, day)),
            (env._("Note: %s"), note),
            (env._("Told by: %s"), contact.name),
        ]
        return "\n".join(label % value for label, value in parts if value)

    @page_route(f"{PLACE}/stop", methods=("POST",), form="_show_stop")
    def collection_contact_stop(self, visit, channel=""):
        """Close a channel. It closes the channel, never the debt."""
        env, debtor = visit.env, visit.debtor
        label = debtor._close_channel(visit.contact, channel)
        said = env._("We do not use this any more for you: %s. What is open stays open. You can undo it below.", label)
        if channel != "email":
            debtor._confirm_answer(visit.contact, said)
        return go_on(visit, said, "/preferences")

    def _show_stop(self, visit, error=None, channel=""):
        return self._show_contact(visit, stop_error=error)

    def _show_contact(self, visit, error=None, stop_error=None, **typed):
        return render(
            "credit_collection.page_contact",
            visit,
            error=error,
            stop_error=stop_error,
            typed=typed,
            channels=visit.debtor._get_page_closable(),
            place_now="/answers",
        )
