from datetime import timedelta

from odoo import http

from ..models.credit_collection_debtor_page_input import PageInputError
from ..models.credit_collection_promise import LIVE_STATES
from .page import page_route
from .page_choice import get_money, is_answer, read_chosen, read_total, show_form
from .page_shown import format_day, go_on

LATEST = 366


class CollectionPromise(http.Controller):
    """The customer needs time, and names a day."""

    @page_route("/promise", methods=("GET", "POST"), form="_show_promise_form")
    def collection_promise_make(self, visit, item=None, amount="", day="", text="", replace=""):
        if not is_answer():
            return self._show_promise_form(visit, item=item)
        debtor = visit.debtor
        rows = read_chosen(visit, "promise")
        currency, amount = read_total(visit, rows, amount)
        date = self._read_day(visit, day)
        text = debtor._read_page_text(text)
        items = rows[0]["item"].union(*(row["item"] for row in rows))
        self._check_replaced(visit, items, replace)
        promise = debtor._answer_promise(visit.contact, items, amount, date, text, bool(replace))
        said = visit.env._(
            "Thank you. We have noted %(amount)s for %(day)s.",
            amount=get_money(visit)(amount, currency),
            day=format_day(visit.env, date),
        )
        return go_on(visit, f"{said} {promise.with_env(visit.env)._say_page_state()}", "/answers")

    def _read_day(self, visit, typed):
        debtor = visit.debtor
        date = debtor._read_page_day(typed)
        if date < debtor._get_today():
            raise PageInputError(visit.env._("This day has passed. Please name today or a day to come."), "day")
        if date > debtor._get_today() + timedelta(days=LATEST):
            raise PageInputError(visit.env._("Please name a day within a year, or ask for instalments."), "day")
        return date

    def _check_replaced(self, visit, items, replace):
        """A second promise for the same invoices takes the place of the first only when the customer says so."""
        before = visit.env["credit.collection.promise"]._find_live(items)
        if before and not replace:
            said = visit.env._(
                "You promised already: %s. If the new promise takes its place, please tick the box below.",
                ", ".join(promise.with_env(visit.env)._say_page_name() for promise in before),
            )
            raise PageInputError(said, "replace")

    def _show_promise_form(self, visit, error=None, item=None, amount="", day="", text="", replace=""):
        debtor = visit.debtor
        live = debtor.promise_ids.filtered(lambda promise: promise.state in LIVE_STATES)
        last = debtor._get_today() + timedelta(days=debtor.company_id.collection_promise_days)
        promised = set(
            visit.env["credit.collection.promise.line"].search([("promise_id", "in", live.ids)])._get_items()
        )
        own = debtor.company_id.currency_id
        return show_form(
            "credit_collection.page_promise_form",
            visit,
            "promise",
            error,
            item,
            by_default=lambda row: row["overdue"] and row["currency"] == own and row["item"] not in promised,
            promises=live.sorted("date"),
            refused=debtor.promise_ids.filtered(lambda promise: promise._is_refused_lately()),
            last=last,
            approval=debtor._say_day_of_approval(),
            today=debtor._get_today(),
            typed={"amount": amount, "day": day, "text": text, "replace": replace},
        )
