from odoo import http

from ..models.credit_collection_debtor_page_input import PageInputError
from .page import page_route
from .page_shown import go_on, render

PLACE = "/preferences"


class CollectionPreferences(http.Controller):
    """How the customer wants to be written to. What touches no money is so at once; the rest is asked of a person."""

    @page_route(PLACE)
    def collection_preferences(self, visit):
        return self._show_preferences(visit)

    @page_route(PLACE, methods=("POST",), form="_show_preferences")
    def collection_preferences_set(self, visit, channel="", hour="", no_calls="", lang="", contact_id=""):
        """Take over channel, hour, language and contact at once."""
        env, debtor = visit.env, visit.debtor
        chosen = debtor._set_preferences(visit.contact, channel, hour, no_calls, lang, contact_id)
        if not chosen:
            return go_on(visit, env._("All is as it was: there was nothing to change."), PLACE)
        ours = debtor._for_staff()
        words = "; ".join(ours._describe_preferences(visit.contact, chosen).values())
        ours._note_from_page(visit.contact, ours.env._("Changed on the page: %s", words))
        debtor._confirm_answer(visit.contact, "\n".join(debtor._describe_preferences(visit.contact, chosen).values()))
        return go_on(visit, env._("Saved. It is so from now on, and we have sent you an e-mail about it."), PLACE)

    @page_route(f"{PLACE}/address", methods=("POST",), form="_show_address")
    def collection_preferences_address(self, visit, email="", phone=""):
        """Hand a new address or number to a person: who got a forwarded link could have our messages sent elsewhere."""
        env, debtor, contact = visit.env, visit.debtor, visit.contact
        email, phone = debtor._read_page_email(email), debtor._read_page_phone(phone)
        if not email and not phone:
            said = env._("Please type the new e-mail address or the new telephone number.")
            raise PageInputError(said, "email")
        ours = debtor._for_staff()
        words = [ours.env._("%s asks us to use another address or number.", contact.name)]
        words += [ours.env._("E-mail: %(new)s (now %(old)s)", new=email, old=contact.email or "–")] if email else []
        words += [ours.env._("Telephone: %(new)s (now %(old)s)", new=phone, old=contact.phone or "–")] if phone else []
        ours.env["credit.collection.remark"]._report_contact(
            ours, contact, "\n".join(words), about=contact, email=email, phone=phone
        )
        ours._note_from_page(contact, "\n".join(words))
        name = debtor._get_responsible().name
        noted = env._("You asked us to use %(new)s. %(name)s checks it with you before anything changes.",
                      new=", ".join(filter(None, (email, phone))), name=name)  # fmt: skip
        debtor._confirm_answer(visit.contact, noted)
        return go_on(visit, noted, PLACE)

    @page_route(f"{PLACE}/payday", methods=("POST",), form="_show_payday")
    def collection_preferences_payday(self, visit, day="", note=""):
        """Ask a manager for a day of the month that suits better: terms are money."""
        env, debtor = visit.env, visit.debtor
        paydays = env["credit.collection.payday"]
        note = debtor._read_page_words(note, 500, "note")
        request = paydays._request(debtor, visit.contact, paydays._read_day(day), note)
        noted = env._(
            "You asked to pay on this day: %s. Somebody decides about it and writes to you. Until then, and for the "
            "invoices that you have already, nothing changes.",
            request.with_env(env)._describe_day(),
        )
        debtor._confirm_answer(visit.contact, noted)
        return go_on(visit, noted, PLACE)

    @page_route(f"{PLACE}/open", methods=("POST",), form="_show_preferences")
    def collection_preferences_open(self, visit, channel=""):
        """Use a way again that the customer had closed."""
        label = visit.debtor._open_channel(visit.contact, channel)
        said = visit.env._("We may use this for you again: %s.", label)
        visit.debtor._confirm_answer(visit.contact, said)
        return go_on(visit, said, PLACE)

    def _show_address(self, visit, error=None, **typed):
        return self._show_preferences(visit, address_error=error, **typed)

    def _show_payday(self, visit, error=None, **typed):
        return self._show_preferences(visit, payday_error=error, **typed)

    def _show_preferences(self, visit, error=None, address_error=None, payday_error=None, **typed):
        debtor, env = visit.debtor, visit.env
        asked = debtor.payday_ids.filtered(lambda request: request.approval_state == "asked")
        now = {
            "channel": debtor.preferred_channel or "",
            "hour": debtor._format_page_hour(debtor.opens),
            "no_calls": debtor.self_service,
            "lang": visit.contact.lang or "",
            "contact_id": str(debtor.contact_id.id or ""),
        }
        # A box that is not ticked is not sent.
        typed = {**now, "no_calls": "", **typed} if "lang" in typed else {**now, **typed, "channel": now["channel"]}
        return render(
            "credit_collection.page_preferences",
            visit,
            error=error,
            address_error=address_error,
            payday_error=payday_error,
            typed=typed,
            channels=debtor._get_page_channels(),
            hours=debtor._get_page_hours(),
            languages=env["res.lang"]._get_page_languages(dict(env["res.lang"].get_installed())),
            contacts=debtor._get_page_contacts() | debtor.contact_id,
            asked=asked,
            agreed=debtor._get_agreed_payday(),
            closed=debtor._get_page_closed(),
            place_now=PLACE,
        )
