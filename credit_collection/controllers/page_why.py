from odoo import http

from ..models.credit_collection_debtor_page_input import PageInputError
from .page import page_route
from .page_shown import format_day, go_on, render


class CollectionWhy(http.Controller):
    """Why is it late? A short question; a comment gets an answer."""

    @page_route("/why")
    def collection_why(self, visit):
        """Show the question, with what the contact said within the week."""
        last = visit.env["credit.collection.feedback"]._find_recent(visit.debtor, visit.contact)
        return self._show_why(
            visit,
            reason=str(last.late_reason_id.id or ""),
            reported=last.reported_before or "",
            trust=last.trust or "",
            comment=last.comment or "",
        )

    @page_route("/why", methods=("POST",), form="_show_why")
    def collection_why_tell(self, visit, reason="", reported="", trust="", comment=""):
        """Keep what was said; a comment goes to whoever is in charge."""
        env = visit.env
        chosen = {str(record.id): record for record in self._get_reasons(env)}.get(reason)
        if not chosen:
            raise PageInputError(env._("Please choose the reason that comes closest."), "reason")
        words = visit.debtor._read_page_words(comment, field="comment")
        before = env["credit.collection.feedback"]._find_last(visit.debtor, visit.contact).date
        env["credit.collection.feedback"]._note(
            visit.debtor,
            visit.contact,
            chosen,
            reported=reported if reported in ("yes", "no") else False,
            trust=trust if trust in ("yes", "partly", "no") else False,
            comment=words,
        )
        noted = [env._("The reason: %s", chosen.page_name or chosen.name)]
        noted += [env._("You wrote: %s", " ".join(words.split())), self._promise_answer(visit)] if words else []
        visit.debtor._confirm_answer(visit.contact, "\n".join(noted))
        said = env._("Thank you for telling us: it helps us to do better.")
        if before:
            said += " " + env._("It takes the place of what you told us on %s.", format_day(env, before))
        return go_on(visit, f"{said} {self._promise_answer(visit)}" if words else said, "/answers")

    def _promise_answer(self, visit):
        name = visit.debtor._get_responsible().name
        return visit.env._("%s reads what you wrote and answers by e-mail.", name)

    def _show_why(self, visit, error=None, **typed):
        return render(
            "credit_collection.page_why",
            visit,
            error=error,
            typed=typed,
            last=visit.env["credit.collection.feedback"]._find_last(visit.debtor, visit.contact),
            reasons=self._get_reasons(visit.env),
            place_now="/answers",
        )

    def _get_reasons(self, env):
        return env["credit.collection.late.reason"].search([])
