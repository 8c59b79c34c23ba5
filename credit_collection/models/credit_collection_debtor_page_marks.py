from odoo import models
from odoo.tools.misc import format_amount

INVOICES, REFUNDS = ("out_invoice", "out_receipt"), ("out_refund",)


class CreditCollectionDebtor(models.Model):
    """What stands beside an item on the customer's page: in question, promised, in a plan, payment under way."""

    _inherit = "credit.collection.debtor"

    def _mark_page_rows(self, rows):
        """Add to each of the rows of ``_get_page_items`` what was agreed about it, however many there are.

        ``promise``, ``plan``: records, may be empty; ``told_paid``: the remark that waits in which the customer says
        that it was paid, may be empty; ``marks``: ``(kind, words)`` to show; ``label``: what the item is
        called; ``late``: whether it is asked for now; ``part``: of an invoice that is due in parts;
        ``their_reference``: the customer's own, of an invoice;
        ``why``: the reason of a credit note.
        """
        items = self.env["account.move.line"].sudo().union(*(row["item"] for row in rows))
        agreed, told_paid = self._find_page_agreements(items), self._find_told_paid(items)
        for row in rows:
            found = agreed.get(row["item"].id, {})
            row["promise"] = found.get("promise", self.env["credit.collection.promise"].sudo())
            row["plan"] = found.get("plan", self.env["credit.collection.plan"].sudo())
            row["told_paid"] = told_paid.get(row["item"].id, self.env["credit.collection.remark"].sudo())
            row["marks"] = self._get_page_marks(row)
            row["label"] = self._get_page_label(row["item"])
            row["part"] = self._get_page_part(row["item"])
            row["their_reference"] = row["move"].ref if row["move"].move_type in INVOICES else False
            row["late"] = self._is_page_asked(row)
            row["why"] = row["move"].ref if row["move"].move_type in REFUNDS else False
        return rows

    def _find_page_agreements(self, items):
        """Return ``{item id: {"promise": record, "plan": record}}`` of the promises and plans that hold items now."""
        found = {}
        for name in ("promise", "plan"):
            lines = self.env[f"credit.collection.{name}.line"].sudo()._find_lines(items).filtered("live")
            for line in lines:
                for item in line._get_items() & items:
                    found.setdefault(item.id, {})[name] = line[f"{name}_id"]
        return found

    def _find_told_paid(self, items):
        """Return ``{item id: remark}`` of what the customer says was paid, and nobody has found or missed yet."""
        found = {}
        lines = self.env["credit.collection.remark.line"].sudo()._find_lines(items)
        for line in lines.filtered(lambda line: line.remark_id.state == "open" and line.remark_id.topic == "paid"):
            found.update(dict.fromkeys((line._get_items() & items).ids, line.remark_id))
        return found

    def _get_page_marks(self, row):
        marks, currency = [], row["currency"]
        if row["is_credit"]:
            return marks
        if row["disputed"]:
            amount = format_amount(self.env, row["disputed"], currency)
            marks.append(("question", self.env._("%s in question", amount)))
        if row["promise"]:
            day = self._format_page_day(row["promise"].date)
            waits = row["promise"].state == "to_approve"
            text = self.env._("offered for %s", day) if waits else self.env._("promised for %s", day)
            marks.append(("promise", text))
        if row["plan"]:
            marks.append(("plan", self.env._("in your instalments")))
        if row["told_paid"]:
            marks.append(("told_paid", self.env._("you told us that you paid: we are looking for it")))
        if row["paying"] and row["closed_because"]:
            marks.append(("paying", self.env._("payment under way")))
        elif row["paying"]:
            amount = format_amount(self.env, row["under_way"], currency)
            marks.append(("paying", self.env._("%s under way", amount)))
        if row["covered"]:
            amount = format_amount(self.env, row["covered"], currency)
            marks.append(("covered", self.env._("%s covered by your credit", amount)))
        return marks

    def _get_page_label(self, item):
        """Return what an item is called: an invoice by its number, a payment by its day."""
        move = item.move_id
        if move.is_invoice(include_receipts=True):
            return move.name
        if self._is_page_payment(move):
            return self.env._("Payment of %s", self._format_page_day(item.date))
        return self.env._("Booking %s", move.name)

    def _get_page_part(self, item):
        parts = self._get_page_parts(item)
        if not parts:
            return False
        return self.env._("part %(number)s of %(count)s", number=parts.ids.index(item.id) + 1, count=len(parts))

    def _get_page_parts(self, item):
        """Return the parts of an invoice that is due in several, in order; nothing when it is due at once."""
        if not item.move_id.is_invoice(include_receipts=True):
            return item.browse()
        parts = item.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.account_id == item.account_id
        )
        if len(parts) < 2:
            return item.browse()
        return parts.sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _is_page_payment(self, move):
        return bool(move.origin_payment_id or move.statement_line_id) or move.journal_id.type in (
            "bank",
            "cash",
            "credit",
        )

    def _format_page_day(self, day):
        """Write a day as the visitor's language does, the month in words."""
        return self.env["res.lang"]._format_day(day)
