from odoo import http

from ..models.credit_collection_promise import LIVE_STATES
from .page import page_route, render


class CollectionAnswers(http.Controller):
    """What customers can tell us, and what became of what they told before."""

    @page_route("/answers")
    def collection_answers(self, visit):
        return render(
            "credit_collection.page_answers",
            visit,
            place_now="/answers",
            ways=self._get_ways(visit),
            told=self._get_told(visit),
        )

    def _get_ways(self, visit):
        """Return ``(path, label, explanation)`` of what can be told."""
        return [
            (
                "/paid",
                visit.env._("I have paid already"),
                visit.env._("We look for your payment."),
            ),
            (
                "/dispute",
                visit.env._("Something is wrong"),
                visit.env._("With an invoice or a delivery. Photos and papers help."),
            ),
            ("/promise", visit.env._("I need time"), visit.env._("Name the day on which you pay.")),
            ("/plan", visit.env._("Pay in instalments"), visit.env._("Tell us what you can pay each month.")),
            ("/why", visit.env._("Why it is late"), visit.env._("So that we understand.")),
            ("/contact", visit.env._("You write to the wrong person"), visit.env._("Tell us who takes care of it.")),
            ("/call", visit.env._("Call me"), visit.env._("Somebody calls you when it suits you.")),
        ]

    def _get_told(self, visit):
        """Return what was told before, the latest first: day, what, text, state, path."""
        debtor = visit.debtor
        disputes = debtor.dispute_ids.filtered(lambda dispute: dispute._is_on_page())
        plans = debtor.plan_ids.filtered(lambda plan: plan._is_on_page())
        wrong, pays = visit.env._("Something is wrong: %s"), visit.env._("You pay %s")
        planned, told_us = visit.env._("Payment plan %s"), visit.env._("You told us")
        told = [(one.date_opened, wrong % one.name, one.description, one, f"/dispute/{one.id}") for one in disputes]
        told += [
            (one.date_made, pays % one._say_page_name(), False, one, one.state in LIVE_STATES and "/promise")
            for one in debtor.promise_ids
        ]
        told += [(one.date_proposed, planned % one.name, False, one, f"/plan/{one.id}") for one in plans]
        remarks = debtor.remark_ids.filtered(lambda remark: remark.kind == "page")
        told += [(one.date, told_us, one.text, one, self._get_path(one)) for one in remarks]
        told.sort(key=lambda row: (row[0], row[3].id), reverse=True)
        return [
            {"day": day, "what": what, "text": text, "state": record._say_page_state(), "path": path}
            for day, what, text, record, path in told
        ]

    def _get_path(self, remark):
        """Return where to follow what a remark became."""
        document = remark.became.exists() if remark.became else None
        if document and document._name == "credit.collection.dispute" and document.debtor_id == remark.debtor_id:
            return f"/dispute/{document.id}"
        if document and document._name == "credit.collection.plan" and document.debtor_id == remark.debtor_id:
            return document._is_on_page() and f"/plan/{document.id}"
        return False
