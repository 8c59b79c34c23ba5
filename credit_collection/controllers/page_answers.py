from odoo import fields, http

from .page import page_route
from .page_shown import format_day, render


class CollectionAnswers(http.Controller):
    """What customers can tell us, and what became of what they told before."""

    @page_route("/answers")
    def collection_answers(self, visit):
        return render(
            "credit_collection.page_answers",
            visit,
            place_now="/answers",
            coming=self._get_coming(visit),
            ways=self._get_ways(visit),
            told=self._get_told(visit),
        )

    def _get_ways(self, visit):
        """Return ``(path, label, explanation)`` of what can be told; the overview calls it the same."""
        return [
            ("/paid", visit.env._("I have paid already"), visit.env._("Tell us when, and we look for it.")),
            (
                "/dispute",
                visit.env._("Something is wrong"),
                visit.env._("With an invoice or a delivery. Photos and papers help."),
            ),
            ("/promise", visit.env._("I need some time"), visit.env._("Tell us the day on which you pay.")),
            ("/plan", visit.env._("I want to pay in parts"), visit.env._("Instalments that suit you.")),
            ("/why", visit.env._("Why it takes longer"), visit.env._("Tell us the reason: we learn from it.")),
            ("/contact", visit.env._("You write to the wrong person"), visit.env._("Tell us who takes care of it.")),
            ("/call", visit.env._("Call me"), visit.env._("A person calls you, when it suits you.")),
        ]

    def _get_coming(self, visit):
        """Return ``(what, when)`` of the call and the meeting that are agreed."""
        call, meeting = visit.debtor._get_page_call(), visit.debtor._get_meeting()
        coming = [(visit.env._("We call you: %s", call[0]), call)] if call else []
        coming += [(visit.env._("We meet by video"), meeting)] if meeting else []
        return [(what, f"{format_day(visit.env, when[1])}, {when[2]}") for what, when in coming]

    def _get_told(self, visit):
        """Return what was told before, the latest first: when, what, text, state, path."""
        debtor, env = visit.debtor, visit.env
        disputes = debtor.dispute_ids.filtered(lambda dispute: dispute._is_on_page())
        plans = debtor.plan_ids.filtered(lambda plan: plan._is_on_page())
        remarks = debtor.remark_ids.filtered(lambda remark: remark.kind == "page")
        mine = debtor.feedback_ids.filtered(lambda feedback: feedback.contact_id == visit.contact)
        wrong, planned = env._("Something is wrong: %s"), env._("Payment plan %s")
        told = [(one.date_opened, wrong % one.name, one.description, one, f"/dispute/{one.id}") for one in disputes]
        told += [(one.date_made, one._say_page_title(), False, one, one._get_told_path()) for one in debtor.promise_ids]
        told += [(one.date_proposed, planned % one.name, False, one, f"/plan/{one.id}") for one in plans]
        told += [(one.date, *one._say_page_words(), one, self._get_path(one)) for one in remarks]
        told += [(one.date, *one._say_page_words(), one, "/why") for one in mine]
        told += [(one.date, env._("You would like to pay on: %s", one._describe_day()), False, one, "/preferences")
                 for one in debtor.payday_ids]  # fmt: skip
        told.sort(key=lambda row: (row[0], row[3].create_date, row[3].id), reverse=True)
        return [
            {"when": self._say_when(visit, day, record), "what": what, "text": text, "path": path,
             "state": record._say_page_state()}
            for day, what, text, record, path in told
        ]  # fmt: skip

    def _say_when(self, visit, day, record):
        """Return day and hour, by the company's clock; of what was noted on another day, the day alone."""
        zone = visit.env["res.lang"].with_context(tz=visit.debtor.company_id._get_collection_tz())
        moment = fields.Datetime.context_timestamp(zone, record.create_date)
        said = format_day(visit.env, day)
        return f"{said}, {moment:%H:%M}" if moment.date() == day else said

    def _get_path(self, remark):
        """Return where to follow what a remark became."""
        document = remark.became.exists() if remark.became else None
        if document and document._name == "credit.collection.dispute" and document.debtor_id == remark.debtor_id:
            return f"/dispute/{document.id}"
        if document and document._name == "credit.collection.plan" and document.debtor_id == remark.debtor_id:
            return document._is_on_page() and f"/plan/{document.id}"
        return False
