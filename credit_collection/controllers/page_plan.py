from datetime import timedelta

from odoo import http
from odoo.http import content_disposition, request

from ..models.credit_collection_debtor_page_input import PageInputError
from .page import check_printing, page_route
from .page_choice import check_one_currency, find_own, get_money, is_answer, read_chosen, show_form
from .page_shown import format_day, go_on, render

MOST_INSTALLMENTS = 60
LATEST = 366
# Plans that stand, or that can be asked about, where a new one is asked for.
SHOWN_STATES = ("proposal", "late", "accepted", "running")


class CollectionPlan(http.Controller):
    """Pay in instalments: ask for a plan, look at the one that is proposed, accept or decline it."""

    # === ASK FOR ONE === #

    @page_route("/plan", methods=("GET", "POST"), form="_show_plan_form")
    def collection_plan_ask(self, visit, item=None, count="", amount="", day="", text=""):
        if not is_answer():
            return self._show_plan_form(visit, item=item)
        debtor = visit.debtor
        rows = read_chosen(visit, "plan")
        currency = check_one_currency(visit, rows)
        wish, told = self._read_wish(visit, currency, count, amount)
        date = debtor._read_page_day(day)
        if not debtor._get_today() <= date <= debtor._get_today() + timedelta(days=LATEST):
            raise PageInputError(visit.env._("Please choose a first day within a year from today."), "day")
        text = debtor._read_page_text(text, asked=visit.env._("Please tell us in a sentence why you need instalments."))
        wish = "\n".join([wish, visit.env._("The first on %s", format_day(visit.env, date)), text])
        items = rows[0]["item"].union(*(row["item"] for row in rows))
        remark = debtor._answer_plan_wish(visit.contact, items, wish, told_day=date, **told)
        return go_on(visit, self._say_thanks(visit, remark), "/answers")

    def _say_thanks(self, visit, remark):
        if remark.date_until < remark.date:
            return visit.env._("Thank you. We look at it and send you a proposal.")
        return visit.env._(
            "Thank you. We look at it and send you a proposal. We do not remind you of these invoices before %s.",
            format_day(visit.env, remark.date_until + timedelta(days=1)),
        )

    def _read_wish(self, visit, currency, count, amount):
        """Return in words how many instalments are wished for, or how much a month, and the same as a value."""
        count, amount = count.strip(), amount.strip()
        if bool(count) == bool(amount):
            said = visit.env._("Please enter either how many instalments you need, or how much you can pay a month.")
            raise PageInputError(said, "amount" if count else "count")
        if amount:
            monthly = visit.debtor._read_page_amount(amount, currency)
            return visit.env._("%s a month", get_money(visit)(monthly, currency)), {"told_amount": monthly}
        if not count.isdecimal() or len(count) > 9 or not 2 <= int(count) <= MOST_INSTALLMENTS:
            said = visit.env._("Please enter how many instalments: a number from 2 to %s.", MOST_INSTALLMENTS)
            raise PageInputError(said, "count")
        return visit.env._("%s instalments", int(count)), {"told_count": int(count)}

    def _show_plan_form(self, visit, error=None, item=None, count="", amount="", day="", text=""):
        plans = self._get_plans(visit).filtered(lambda plan: plan._get_page_state() in SHOWN_STATES)
        own = visit.debtor.company_id.currency_id
        return show_form(
            "credit_collection.page_plan_form",
            visit,
            "plan",
            error,
            item,
            by_default=lambda row: row["overdue"] and row["currency"] == own,
            plans=plans,
            today=visit.debtor._get_today(),
            most=MOST_INSTALLMENTS,
            typed={"count": count, "amount": amount, "day": day, "text": text},
        )

    # === THE PLAN === #

    @page_route("/plan/<int:plan_id>")
    def collection_plan_look(self, visit, plan_id=0):
        return self._show_plan(visit, plan_id=plan_id)

    def _show_plan(self, visit, error=None, plan_id=0, mark="", reason=""):
        plan = self._find_plan(visit, plan_id)
        return render(
            "credit_collection.page_plan",
            visit,
            plan=plan,
            state=plan._get_page_state(),
            schedule=plan.installment_ids.sorted(lambda one: (one.date, one.id)),
            states=self._get_states(visit),
            error=error,
            reason=reason,
            person=visit.debtor._get_page_person(),
            place_now="/answers",
            money=get_money(visit),
        )

    def _get_states(self, visit):
        return {
            "to_come": visit.env._("To come"),
            "due": visit.env._("Due today"),
            "partly": visit.env._("Partly paid"),
            "paid": visit.env._("Paid"),
            "late": visit.env._("Not paid yet"),
        }

    @page_route("/plan/<int:plan_id>/agreement")
    def collection_plan_agreement(self, visit, plan_id=0):
        """Give the agreement as a PDF."""
        plan = self._find_plan(visit, plan_id)
        if plan._get_page_state() == "returned":
            # Colleagues may be changing it by now.
            raise request.not_found()
        check_printing(visit)
        document = visit.env["report.credit_collection.plan_agreement"]._draw(plan, visit.env.lang)
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(document)),
            ("Content-Disposition", content_disposition(f"{plan.name.replace('/', '-')}.pdf")),
        ]
        return request.make_response(document, headers)

    @page_route("/plan/<int:plan_id>/accept", methods=("POST",), form="_show_plan")
    def collection_plan_accept(self, visit, plan_id=0, mark=""):
        plan = self._find_plan(visit, plan_id)
        if plan._accept_on_page(visit.contact, mark):
            return go_on(visit, visit.env._("Thank you. %s", plan._say_page_state()), f"/plan/{plan_id}")
        said = visit.env._(
            "This proposal cannot be accepted any more, because a day in it has passed or what is open has changed. "
            "We know that you wanted to accept it, and send you a new one."
        )
        return go_on(visit, said, f"/plan/{plan_id}")

    @page_route("/plan/<int:plan_id>/decline", methods=("POST",), form="_show_plan")
    def collection_plan_decline(self, visit, plan_id=0, reason=""):
        plan = self._find_plan(visit, plan_id)
        asked = visit.env._("Please tell us in a sentence what would suit you better.")
        reason = visit.debtor._read_page_text(reason, asked=asked, most=500, field="reason")
        plan._decline_on_page(visit.contact, reason)
        return go_on(
            visit, visit.env._("Thank you for telling us. Somebody reads it and comes back to you."), "/answers"
        )

    def _get_plans(self, visit):
        return visit.debtor.plan_ids.filtered(lambda plan: plan._is_on_page())

    def _find_plan(self, visit, number):
        return find_own(visit, self._get_plans(visit), number)
