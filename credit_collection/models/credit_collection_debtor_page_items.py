from datetime import date

from odoo import fields, models
from odoo.tools.misc import format_amount


class CreditCollectionDebtor(models.Model):
    """What the customer's page shows of the ledger, and what of it can be paid there."""

    _inherit = "credit.collection.debtor"

    def _get_page_items(self):
        """Return the debtor's open items as the customer may see them, oldest first, as dicts.

        ``item``, ``move``, ``currency``: records. ``residual``, ``disputed``, ``covered``, ``free``: in that currency;
        credits have a negative residual. ``due``: date; ``overdue``: whether it is past. ``closed_because``: why the
        item cannot be paid on the page, in words; empty: it can, up to ``payable``. See also ``_count_waiting``.
        """
        self.ensure_one()
        debtor = self.sudo()
        today = debtor._get_today()
        rows = self.env["credit.collection.planner"].sudo()._get_standings(debtor.company_id, debtors=debtor)
        rows = [row for row in rows if row["standing"] != "non_trade"]
        items = self.env["account.move.line"].sudo().browse(row["id"] for row in rows)
        items.move_id.fetch(["name", "ref", "invoice_date", "move_type", "preferred_payment_method_line_id"])
        rows = [
            {
                "item": item,
                "move": item.move_id,
                "currency": item.currency_id,
                "residual": float(row["residual"]),
                "disputed": float(row["disputed"] or 0),
                "covered": float(row["covered"] or 0),
                "free": float(row["free"] or 0),
                "due": row["date_due"],
                "overdue": row["residual"] > 0 and row["date_due"] < today,
                "is_credit": row["residual"] <= 0,
                "closed_because": debtor._why_closed(item) if row["residual"] > 0 else False,
            }
            for row, item in zip(rows, items, strict=True)
        ]
        debtor._count_waiting(rows, items)
        return rows

    def _count_waiting(self, rows, items):
        """Add to each row what payments bring that the ledger does not know yet, all in the item's currency.

        ``under_way``: what waits for its provider; ``paying``: the latest such payment. ``arrived``: what is being
        booked. ``payable``: what can be paid, the residual less both. ``asked``: what is asked for, ``free`` less both.
        ``waits``: what is to be said of it where something is left to pay, in words.
        """
        waiting = self.env["payment.transaction"].sudo()._find_waiting(items)
        arrived = waiting.filtered(lambda tx: tx.state == "done")
        brought, booking = (waiting - arrived)._get_brought(items), arrived._get_brought(items)
        known = arrived.filtered("payment_id")._get_brought(items)
        for row in rows:
            item, currency = row["item"], row["currency"]
            row["under_way"], row["arrived"] = brought.get(item, 0), booking.get(item, 0)
            row["paying"] = (waiting - arrived)._find_latest(item)
            taken = row["under_way"] + row["arrived"]
            row["payable"] = currency.round(max(row["residual"] - taken, 0))
            # A payment without an entry is credit for the planner already.
            row["asked"] = currency.round(max(row["free"] - taken + known.get(item, 0), 0))
            row["waits"] = self._say_waits(row) if taken and not row["is_credit"] else False
            if row["waits"] and currency.is_zero(row["payable"]):
                row["closed_because"] = row["closed_because"] or row["waits"]
                row["waits"] = False

    def _say_waits(self, row):
        """Return what of a row is under way or being booked, and what is left to pay."""
        currency = row["currency"]
        if currency.is_zero(row["payable"]):
            if not row["under_way"]:
                return self.env._("Your payment has arrived: it is being booked.")
            zone = self.with_context(tz=self.company_id._get_collection_tz())
            day = fields.Datetime.context_timestamp(zone, row["paying"].last_state_change).date()
            return self.env._("A payment of %s is under way: there is nothing more to do.", self._format_page_day(day))
        left = format_amount(self.env, row["payable"], currency)
        amount = format_amount(self.env, row["under_way"] or row["arrived"], currency)
        if row["under_way"] and row["arrived"]:
            amount = format_amount(self.env, row["under_way"] + row["arrived"], currency)
        if row["under_way"]:
            return self.env._("%(amount)s under way, %(open)s still open", amount=amount, open=left)
        return self.env._("%(amount)s arrived and is being booked, %(open)s still open", amount=amount, open=left)

    def _is_page_asked(self, row):
        """Whether the page asks for an item now, with ``asked`` of it.

        :param row: of ``_mark_page_rows``
        """
        return bool(row["overdue"] and row["asked"] > 0 and not self._is_page_settled(row))

    def _is_page_settled(self, row):
        """Whether nothing is to be done about an item, because of what was agreed, told or begun, and still holds."""
        promised = row["promise"] and (row["promise"].date_release or date.max) > self._get_today()
        looked_for = row["told_paid"] and not row["told_paid"].expired
        return bool(promised or row["plan"] or looked_for or row["closed_because"])

    def _get_page_standing(self, row):
        """Return the total to which what is left of a row counts, as ``_get_page_totals`` names it."""
        if self._is_page_settled(row):
            return "waiting"
        return "overdue" if row["overdue"] else "not_due"

    def _why_closed(self, item):
        """Return why an item cannot be paid on the page, in words for the customer; False: it can."""
        move = item.move_id
        if self._freezes(item):
            return self.env._(
                "Because of the proceedings opened on %s this invoice cannot be paid here: the administrator decides.",
                self._format_page_day(self.insolvency_date),
            )
        if move.collection_exempt == "factored":
            return self.env._("This invoice was assigned: please pay it to the bank account printed on it.")
        if self._is_collected_by_us(move):
            return self.env._("We collect this invoice by direct debit: there is nothing to do.")
        return False

    def _is_collected_by_us(self, move):
        """Whether a direct debit or a card on file is to pay the invoice, and has not come back."""
        method = move.preferred_payment_method_line_id
        if not method.collection_by_us:
            return False
        returned = self.env["credit.collection.reject"].sudo()
        return not returned.search_count([("move_id", "=", move.id), ("reason", "!=", "mistake")], limit=1)

    def _get_page_totals(self, rows):
        """Return what the rows of ``_mark_page_rows`` come to, for each currency.

        ``owed`` = ``overdue`` + ``not_due`` + ``disputed`` + ``waiting``. Only what is asked for is overdue;
        ``waiting`` is not asked for now: promised, in instalments, told as paid, on its way, or not to be paid here.
        ``balance`` is what is owed less the ``credits``.
        """
        totals = {}
        for row in rows:
            names = ("owed", "overdue", "not_due", "disputed", "waiting", "credits")
            total = totals.setdefault(row["currency"], dict.fromkeys(names, 0.0))
            if row["is_credit"]:
                total["credits"] -= row["residual"]
                continue
            total["owed"] += row["residual"]
            waiting = min(row["under_way"] + row["arrived"], row["residual"] - row["disputed"])
            total["disputed"] += row["disputed"]
            total["waiting"] += waiting
            total[self._get_page_standing(row)] += row["residual"] - row["disputed"] - waiting
        for currency, total in totals.items():
            total.update({name: currency.round(amount) for name, amount in total.items()})
            total["balance"] = currency.round(total["owed"] - total["credits"])
        own = self.company_id.currency_id
        return dict(sorted(totals.items(), key=lambda pair: (pair[0] != own, pair[0].name)))

    def _get_page_rows(self, item_ids):
        """Return the rows of ``_get_page_items`` that a request names, once each, in their order.

        Whatever else was named, somebody else's or closed, is not there, and nothing tells which of both.
        """
        wanted = {int(number) for number in item_ids if str(number).isdecimal() and len(str(number)) < 10}
        return [row for row in self._get_page_items() if row["item"].id in wanted]
