from datetime import timedelta

from odoo import http
from odoo.http import request

from ..models.credit_collection_debtor_page_input import PageInputError
from .page import page_route
from .page_choice import check_one_currency, get_money, is_answer, read_chosen, read_files, show_form
from .page_shown import format_day, go_on

# Days before the invoice on which it can have been paid.
LONGEST_BEFORE = 366


class CollectionPaid(http.Controller):
    """The customer has paid already: somebody looks for it."""

    @page_route("/paid", methods=("GET", "POST"), form="_show_paid_form")
    def collection_paid_tell(self, visit, item=None, amount="", day="", how="", reference="", text=""):
        if not is_answer():
            return self._show_paid_form(visit, item=item)
        debtor = visit.debtor
        rows = self._read_rows(visit)
        date = self._read_day(visit, rows, day)
        ways = self._get_ways(visit)
        if how not in ways:
            raise PageInputError(visit.env._("Please choose how you paid."), "how")
        amount = self._read_amount(visit, rows, amount)
        said = [
            visit.env._("I have paid: %s", ", ".join(row["move"].name for row in rows)),
            visit.env._("%(how)s, on %(day)s", how=ways[how], day=format_day(visit.env, date)),
            *self._read_details(visit, rows, amount, reference, text),
        ]
        files = read_files(visit)
        if files:
            said.append(visit.env._("Files: %s", ", ".join(name for name, __ in files)))
        items = rows[0]["item"].union(*(row["item"] for row in rows))
        self._check_not_told(visit, items, date, amount, files)
        remark = debtor._answer_paid(visit.contact, items, date, "\n".join(said), files, amount)
        return go_on(visit, self._say_thanks(visit, remark), "/answers")

    def _read_day(self, visit, rows, typed):
        debtor = visit.debtor
        date = debtor._read_page_day(typed)
        if date > debtor._get_today():
            said = visit.env._(
                "This day is still to come. To name a day on which you will pay, use “I need some time”."
            )
            raise PageInputError(said, "day")
        if date < min(row["item"].date for row in rows) - timedelta(days=LONGEST_BEFORE):
            raise PageInputError(visit.env._("That day is too long ago: please look at the year again."), "day")
        return date

    def _check_not_told(self, visit, items, date, amount, files):
        """The same payment is told once a day; a proof that was missing, or another amount, is news.

        :raises PageInputError: when it was told today
        """
        told = visit.debtor.remark_ids.filtered(
            lambda remark: remark.topic == "paid" and remark.paid_date == date
            and remark.date == visit.debtor._get_today() and items <= remark.line_ids.move_line_id
        )  # fmt: skip
        for remark in told:
            if (remark.proof_ids or not files) and amount in (0, remark.told_amount):
                names = ", ".join(items.move_id.mapped("name"))
                said = visit.env._("You have told us today about %s: we are looking for it.", names)
                raise PageInputError(said, path="/answers")

    def _say_thanks(self, visit, remark):
        if remark.expired:
            return visit.env._("Thank you. We look for your payment.")
        return visit.env._(
            "Thank you. We look for your payment, and do not remind you of these invoices before %s.",
            format_day(visit.env, remark.date_until + timedelta(days=1)),
        )

    def _read_amount(self, visit, rows, typed):
        """Return the amount that was paid; 0 where none was told."""
        if not typed.strip():
            return 0
        return visit.debtor._read_page_amount(typed, check_one_currency(visit, rows))

    def _read_details(self, visit, rows, amount, reference, text):
        """Return in words what else was told of the payment."""
        debtor = visit.debtor
        if amount:
            yield visit.env._("Amount: %s", get_money(visit)(amount, rows[0]["currency"]))
        if reference := " ".join(debtor._read_page_text(reference, most=100, field="reference").split()):
            yield visit.env._("Reference: %s", reference)
        if text := debtor._read_page_text(text):
            yield text

    def _read_rows(self, visit):
        """Return the rows chosen; all that is overdue when none was."""
        if any(request.httprequest.form.getlist("items")):
            return read_chosen(visit, "paid")
        rows = [row for row in visit.debtor._get_page_choices("paid") if row["overdue"]]
        if not rows:
            raise PageInputError(visit.env._("Please choose what you have paid."), "items")
        return rows

    def _get_ways(self, visit):
        return {
            "transfer": visit.env._("Bank transfer"),
            "card": visit.env._("Card"),
            "cheque": visit.env._("Cheque"),
            "other": visit.env._("Another way"),
        }

    def _show_paid_form(self, visit, error=None, item=None, amount="", day="", how="", reference="", text=""):
        return show_form(
            "credit_collection.page_paid_form",
            visit,
            "paid",
            error,
            item,
            by_default=lambda row: False,
            ways=self._get_ways(visit),
            today=visit.debtor._get_today(),
            typed={"amount": amount, "day": day, "how": how, "reference": reference, "text": text},
        )
