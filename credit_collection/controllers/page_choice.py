"""The invoices that an answer is about: shown to choose from, read again from the ledger before anything is noted."""

from odoo.http import request
from odoo.tools.misc import format_amount, formatLang

from ..models.credit_collection_debtor_page_input import PageInputError
from ..tools.uploads import ENDINGS, MOST_BYTES, MOST_FILES
from .page_shown import render

MEGABYTE = 1024 * 1024


def is_answer():
    return request.httprequest.method == "POST"


def show_form(template, visit, about, error=None, item=None, by_default=lambda row: row["overdue"], **values):
    """Show a form with the invoices that it may be about.

    :param item: id of the one chosen beforehand, as an address names it
    :param by_default: which ones are chosen when none is named
    """
    choices = visit.debtor._get_page_choices(about)
    if is_answer():
        chosen = set(request.httprequest.form.getlist("items"))
    else:
        chosen = {str(item)} & {str(row["item"].id) for row in choices}
        able = [row for row in choices if not row["why_not"]]
        chosen = chosen or {str(row["item"].id) for row in able if len(able) == 1 or by_default(row)}
    for row in choices:
        number = str(row["item"].id)
        row["checked"] = number in chosen and not row["why_not"]
        typed = request.httprequest.form.get(f"amount_{number}") if is_answer() else None
        places = row["currency"].decimal_places
        row["typed"] = typed or formatLang(visit.env, row["left"], digits=places, grouping=False)
    able = [row for row in choices if not row["why_not"]]
    return render(
        template,
        visit,
        choices=choices,
        choosable=able,
        person=None if able else visit.debtor._get_page_person(),
        lost_files=get_lost_files(),
        error=error,
        place_now="/answers",
        money=get_money(visit),
        get_day=lambda day: day.isoformat() if day else "",
        endings=",".join(ENDINGS),
        most_files=MOST_FILES,
        megabytes=MOST_BYTES // MEGABYTE,
        **values,
    )


def read_chosen(visit, about):
    """Return the rows that were chosen, as the ledger has them now.

    :raises UserError: when none was chosen, or one cannot be any more; nothing tells whether it ever existed
    """
    wanted = {typed for typed in request.httprequest.form.getlist("items") if typed}
    rows = {str(row["item"].id): row for row in visit.debtor._get_page_choices(about)}
    chosen = [row for number, row in rows.items() if number in wanted]
    if not wanted:
        raise PageInputError(visit.env._("Please choose at least one invoice."), "items")
    if len(chosen) < len(wanted):
        raise PageInputError(
            visit.env._(
                "An invoice that you chose is not open any more: it was paid or changed meanwhile. "
                "Please look at the list again."
            ),
            "items",
        )
    for row in chosen:
        if row["why_not"]:
            said = visit.env._("%(invoice)s: %(why)s", invoice=row["move"].name, why=row["why_not"])
            raise PageInputError(said, "items")
    return chosen


def check_one_currency(visit, rows):
    """Return the currency of all rows.

    :raises UserError: when there are several
    """
    currencies = {row["currency"] for row in rows}
    if len(currencies) > 1:
        said = visit.env._("Please choose invoices of one currency only, and come back for the others.")
        raise PageInputError(said, "items")
    return currencies.pop()


def read_total(visit, rows, typed):
    """Return ``(currency, amount)`` for all rows together; by default what is left of them."""
    currency = check_one_currency(visit, rows)
    left = currency.round(sum(row["left"] for row in rows))
    if not (typed or "").strip():
        return currency, left
    amount = visit.debtor._read_page_amount(typed, currency)
    open_amount = currency.round(sum(row["residual"] for row in rows))
    if currency.compare_amounts(amount, open_amount) > 0:
        said = visit.env._(
            "%(amount)s is more than these invoices have open, %(open)s.",
            amount=format_amount(visit.env, amount, currency),
            open=format_amount(visit.env, open_amount, currency),
        )
        raise PageInputError(said, "amount")
    return currency, amount


def read_files(visit):
    return visit.debtor._read_page_files(request.httprequest.files.getlist("files"))


def get_lost_files():
    """Return the names of files that came with an answer that could not be taken: no browser keeps them."""
    return [file.filename for file in request.httprequest.files.getlist("files") if file.filename]


def get_money(visit):
    """Return what writes an amount as the visitor's language does."""
    return lambda amount, currency: format_amount(visit.env, amount, currency)


def find_own(visit, records, number):
    """Return the one of ``records`` with that id, or raise as for one that does not exist."""
    found = records.filtered(lambda record: record.id == number)
    if not found:
        raise request.not_found()
    return found
