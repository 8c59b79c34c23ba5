from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .credit_collection_promise import LIVE_STATES
from .credit_collection_remark import PAGE_PAUSE

# Working days for which a promise holds that waits for a manager.
APPROVAL_DAYS = 3
# A promise that ended like this counts for the next one on the same debt.
COUNTED_STATES = ("partly", "broken", "withdrawn")


class CreditCollectionPromise(models.Model):
    """How promises are made: one way in for everybody."""

    _inherit = "credit.collection.promise"

    # === ACTION METHODS === #

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    def action_view_moves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice")
        return {**action, "domain": [("id", "in", self.move_ids.ids)], "context": {}}

    # === MAKING === #

    @api.model
    def _make(self, debtor, items=None, amount=None, date=None, *, how="phone", contact=None, user=None, note=False,
              currency=None, replace=False):  # fmt: skip
        """Note a promise, the one way in for people, calls, the portal and imports.

        :param items: default all that the debtor has overdue in ``currency``
        :param amount: in the currency of the items; default what is free of them (docs/rules.md, section 2)
        :param date: the day on which the customer pays; only an import may name one that is past
        :param user: who notes it, default the present user
        :param currency: default the company's; only asked for when no items are given
        :param replace: withdraw the promises that these items have already
        :return: the promise; it waits for a manager when it goes beyond the limits of the present user
        :raises UserError: in words, when it cannot be
        """
        debtor.ensure_one()
        debtor._check_collector()
        if items is None:
            items = self._find_default_items(debtor, currency)
        self._check_items(debtor, items)
        self._check_date(debtor, date, how)
        amount = self._get_free(debtor, items) if amount is None else items.currency_id.round(amount)
        self._check_amount(items, amount)
        self._clear_way(items, replace)
        values = self._prepare_promise(debtor, items.sudo(), amount, fields.Date.to_date(date))
        promise = self.sudo().create(
            {
                **values,
                "how": how,
                "contact_id": contact.id if contact else False,
                "user_id": (user or self.env.user).id,
                "note": note,
            }
        )
        promise = promise.with_env(self.env)
        promise._begin()
        return promise

    @api.model
    def _prepare_promise(self, debtor, items, amount, date):
        made = debtor._get_today()
        residual = sum(items.mapped("amount_residual_currency"))
        rate = sum(items.mapped("amount_residual")) / residual
        before = self._find_paid_since(items, min(made, date))
        return {
            "debtor_id": debtor.id,
            "currency_id": items.currency_id.id,
            "amount": amount,
            "amount_company": debtor.company_id.currency_id.round(amount * rate),
            "date": date,
            "date_made": min(made, date),
            "date_release": self._get_release(debtor.company_id, date),
            "number": 1 + self._count_before(items),
            "line_ids": [
                Command.create(
                    {
                        "move_line_id": item.id,
                        "amount": item.amount_residual_currency,
                        "paid_before_ids": [Command.set(before.get(item.id, []))],
                    }
                )
                for item in items
            ],
        }

    def _begin(self):
        """Ask a manager where the limits demand it, tell the file, and stop what waits for these items."""
        self.ensure_one()
        if self.how != "import" and not self._ask_approval():
            until = self.company_id._get_day_after_workdays(self._get_waiting_since(), APPROVAL_DAYS)
            self.sudo().write({"state": "to_approve", "date_release": min(until, self.date_release)})
        if self.how != "import":
            labels = dict(self._fields["state"]._description_selection(self.env))
            self.debtor_id.message_post(
                body=self.env._(
                    "Promise: %(name)s (%(state)s)", name=self.display_name, state=labels[self.state].lower()
                )
            )
        self.debtor_id._ask_again_now()

    def _get_waiting_since(self):
        """Return the day from which waiting holds: on the page, once in ``PAGE_PAUSE`` days, from the first request."""
        if self.how != "portal":
            return self.date_made
        since = fields.Date.subtract(self.date_made, days=PAGE_PAUSE)
        held = (self._find_of(self.line_ids._get_items()) - self).filtered(
            lambda one: (
                one.approval_reason
                and one.approval_state != "approved"
                and one.date_made > since
                and one.date_release > one.date_made
            )
        )
        return min([self.date_made, *held.mapped("date_made")])

    @api.model
    def _get_release(self, company, date):
        """Return the first day after the tolerance; never the promised day itself."""
        after = company._get_day_after_workdays(date, company.sudo().collection_promise_tolerance)
        return max(after, fields.Date.add(date, days=1))

    @api.model
    def _count_before(self, items):
        """Return how many promises on any of these items ended without being kept."""
        return len(self._find_of(items).filtered(lambda promise: promise.state in COUNTED_STATES))

    @api.model
    def _find_of(self, items):
        """Return all promises that were ever made for any of ``items``."""
        return self.env["credit.collection.promise.line"].sudo()._find_lines(items.sudo()).promise_id

    # === WHAT IT IS ABOUT === #

    @api.model
    def _find_default_items(self, debtor, currency=None):
        """Return what the debtor has overdue in the currency and has not promised yet; else all that is overdue."""
        today = debtor._get_today()
        rows = [
            row
            for row in self.env["credit.collection.planner"]._get_standings(debtor.company_id, debtors=debtor)
            if row["residual"] > 0 and row["date_due"] < today and row["standing"] != "non_trade"
        ]
        wanted = currency or debtor.company_id.currency_id
        mine = [row for row in rows if row["currency_id"] == wanted.id]
        if not mine and not currency and len({row["currency_id"] for row in rows}) == 1:
            mine = rows
        free = [row for row in mine if row["standing"] not in ("promised", "in_plan", "covered", "disputed")]
        return self.env["account.move.line"].browse(row["id"] for row in free or mine)

    @api.model
    def _get_free(self, debtor, items):
        """Return what is to be asked for of ``items``: without what is disputed or covered by money that is there."""
        rows = self.env["credit.collection.planner"]._get_standings(debtor.company_id, debtors=debtor)
        return items.currency_id.round(sum(float(row["free"]) for row in rows if row["id"] in items.ids))

    @api.model
    def _find_live(self, items):
        """Return the promises that hold any of ``items`` already."""
        return self._find_of(items).filtered(lambda promise: promise.state in LIVE_STATES)

    # === CHECKS === #

    @api.model
    def _check_items(self, debtor, items):
        if not items:
            raise UserError(
                self.env._("%s has nothing overdue: name the invoices that are promised.", debtor.display_name)
            )
        items = items.sudo()
        strange = items.filtered(
            lambda item: (
                item.company_id != debtor.company_id
                or item.partner_id.commercial_partner_id != debtor.partner_id
                or item.account_type != "asset_receivable"
            )
        )
        closed = items.filtered(
            lambda item: item.parent_state != "posted" or item.reconciled or item.amount_residual_currency <= 0
        )
        names = ", ".join((strange or closed).move_id.mapped("display_name"))
        if strange:
            raise UserError(
                self.env._("%(invoices)s: no receivable of %(debtor)s.", invoices=names, debtor=debtor.display_name)
            )
        if closed:
            raise UserError(self.env._("%s: nothing is open that could be promised.", names))
        if len(items.currency_id) > 1:
            raise UserError(
                self.env._(
                    "The invoices are in %s: note one promise for each currency.",
                    ", ".join(items.currency_id.mapped("name")),
                )
            )

    @api.model
    def _check_date(self, debtor, date, how):
        if not date:
            raise UserError(self.env._("On which day will they pay?"))
        if how != "import" and fields.Date.to_date(date) < debtor._get_today():
            raise UserError(
                self.env._("%s is past: a promise names today or a day to come.", debtor._format_page_day(date))
            )

    @api.model
    def _check_amount(self, items, amount):
        currency, residual = items.currency_id, sum(items.sudo().mapped("amount_residual_currency"))
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("How much will they pay? The amount must be greater than zero."))
        if currency.compare_amounts(amount, residual) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s is more than these invoices have open, %(residual)s: add the others that are promised.",
                    amount=currency.format(amount),
                    residual=currency.format(residual),
                )
            )

    @api.model
    def _clear_way(self, items, replace):
        """One open promise per item: withdraw what is there, if that is wanted, or name it. None beside a plan."""
        planned = self.env["credit.collection.plan.line"].sudo()._find_lines(items.sudo()).filtered("live")
        if planned:
            raise UserError(
                self.env._(
                    "%(invoices)s: paid by instalments, plan %(plan)s. Change or end the plan first.",
                    invoices=", ".join(planned.move_id.mapped("display_name")),
                    plan=", ".join(planned.plan_id.mapped("name")),
                )
            )
        for promise in self._find_live(items):
            if not replace:
                raise UserError(self._describe_conflict(promise))
            promise._set_withdrawn(self.env._("Replaced by another promise."))
        self.env.flush_all()

    @api.model
    def _describe_conflict(self, promise):
        return self.env._(
            "%(invoices)s: promised already, %(promise)s (noted by %(user)s). Withdraw that promise, or replace it.",
            invoices=", ".join(promise.move_ids.mapped("display_name")),
            promise=promise.display_name,
            user=promise.user_id.name,
        )
