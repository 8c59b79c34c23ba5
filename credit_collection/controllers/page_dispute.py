from odoo import http
from odoo.http import content_disposition, request

from ..models.credit_collection_debtor_page_input import PageInputError
from ..tools import uploads
from .page import page_route
from .page_choice import find_own, get_lost_files, get_money, is_answer, read_chosen, read_files, show_form
from .page_shown import format_day, go_on, render


class CollectionDispute(http.Controller):
    """Something is wrong with an invoice: tell it, follow it, add to it."""

    # === TELL IT === #

    @page_route("/dispute", methods=("GET", "POST"), form="_show_dispute_form")
    def collection_dispute_tell(self, visit, item=None, reason="", text=""):
        if not is_answer():
            return self._show_dispute_form(visit, item=item)
        debtor = visit.debtor
        numbers = set(request.httprequest.form.getlist("items")) - {""}
        visit.env["credit.collection.dispute"]._check_not_told(debtor, numbers, debtor._read_page_text(text))
        amounts = self._read_amounts(visit, read_chosen(visit, "dispute"))
        reasons = visit.env["credit.collection.dispute.reason"]._get_page_reasons()
        chosen = reasons.filtered(lambda one: str(one.id) == reason)
        if not chosen:
            raise PageInputError(visit.env._("Please choose what is wrong."), "reason")
        text = debtor._read_page_text(text, asked=visit.env._("Please tell us in a sentence what is wrong."))
        dispute = debtor._answer_dispute(visit.contact, amounts, chosen, text, read_files(visit))
        said = visit.env._(
            "Thank you. We have received it under number %(number)s and answer by %(day)s. We do not ask for this "
            "amount meanwhile.",
            number=dispute.name,
            day=format_day(visit.env, dispute.date_deadline),
        )
        return go_on(visit, said, f"/dispute/{dispute.id}")

    def _show_dispute_form(self, visit, error=None, item=None, reason="", text=""):
        reasons = visit.env["credit.collection.dispute.reason"]._get_page_reasons()
        return show_form(
            "credit_collection.page_dispute_form",
            visit,
            "dispute",
            error,
            item,
            by_default=lambda row: False,
            groups=reasons.grouped("parent_id"),
            reason=reason,
            text=text,
        )

    def _read_amounts(self, visit, rows):
        """Return ``{item: amount}`` of what was chosen; by default all that is left of it."""
        amounts = {}
        for row in rows:
            currency = row["currency"]
            field = f"amount_{row['item'].id}"
            typed = request.httprequest.form.get(field) or ""
            amount = visit.debtor._read_page_amount(typed, currency, field) if typed.strip() else row["left"]
            if currency.compare_amounts(amount, row["left"]) > 0:
                said = visit.env._(
                    "%(invoice)s has only %(left)s open: no more can be wrong with it.",
                    invoice=row["move"].name,
                    left=get_money(visit)(row["left"], currency),
                )
                raise PageInputError(said, field)
            amounts[row["item"]] = amount
        return amounts

    # === FOLLOW IT === #

    @page_route("/dispute/<int:dispute_id>")
    def collection_dispute_follow(self, visit, dispute_id=0):
        return self._show_dispute(visit, dispute_id=dispute_id)

    def _show_dispute(self, visit, error=None, dispute_id=0, text=""):
        dispute = self._find_dispute(visit, dispute_id)
        return render(
            "credit_collection.page_dispute",
            visit,
            dispute=dispute,
            words=dispute._get_page_words(),
            outcome=dispute._get_page_outcome(),
            proofs=dispute._get_page_proofs(),
            error=error,
            text=text,
            place_now="/answers",
            money=get_money(visit),
            endings=",".join(uploads.ENDINGS),
            most_files=uploads.MOST_FILES,
            lost_files=get_lost_files(),
            megabytes=uploads.MOST_BYTES // 1024 // 1024,
        )

    @page_route("/dispute/<int:dispute_id>/word", methods=("POST",), form="_show_dispute")
    def collection_dispute_add(self, visit, dispute_id=0, text=""):
        dispute = self._find_dispute(visit, dispute_id)
        text = visit.debtor._read_page_text(text)
        files = read_files(visit)
        if not text and not files:
            raise PageInputError(visit.env._("Please write something, or choose a file."), "text")
        names = ", ".join(name for name, __ in files)
        told = "\n".join(filter(None, [text, names and visit.env._("Files: %s", names)]))
        dispute._add_page_word(visit.contact, told, files)
        return go_on(visit, visit.env._("Thank you. We have added it."), f"/dispute/{dispute_id}")

    @page_route("/dispute/<int:dispute_id>/withdraw", methods=("POST",), form="_show_dispute")
    def collection_dispute_withdraw(self, visit, dispute_id=0):
        dispute = self._find_dispute(visit, dispute_id)
        dispute._withdraw_on_page(visit.contact)
        return go_on(visit, dispute._say_withdrawn(), f"/dispute/{dispute_id}")

    @page_route("/dispute/<int:dispute_id>/file/<int:file_id>")
    def collection_dispute_file(self, visit, dispute_id=0, file_id=0):
        """Give back what the customer uploaded, or got from us; to keep, never to open within our pages."""
        file = find_own(visit, self._find_dispute(visit, dispute_id)._get_page_files(), file_id)
        content = file.raw or b""
        headers = [
            ("Content-Type", uploads.get_media_type(content)),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(file.name)),
            ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ]
        return request.make_response(content, headers)

    def _find_dispute(self, visit, number):
        return find_own(visit, visit.debtor.dispute_ids.filtered(lambda one: one._is_on_page()), number)
