from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools import installments as schedules
from .credit_collection_action_text import REPLY_DAYS

# What nobody puts into a plan by default: it is not ours to ask for, or another arrangement stands.
NOT_BY_DEFAULT = ("credit", "non_trade", "factored", "collected_by_us", "in_plan", "promised", "disputed")


class CreditCollectionPlan(models.Model):
    """How a plan is proposed: from open items and a schedule that comes to what is free of them, exactly."""

    _inherit = "credit.collection.plan"

    # === PROPOSING === #

    @api.model
    def _propose(
        self,
        debtor,
        items=None,
        installments=None,
        *,
        count=1,
        frequency="monthly",
        first=None,
        contact=None,
        user=None,
        note=None,
    ):
        """Propose a plan for what is free of ``items`` and return it.

        :param items: open items; by default what the debtor has overdue and free, in one currency
        :param installments: ``(date, amount)`` pairs; else ``count`` of them from ``first`` on, by ``frequency``
        :raises UserError: when nothing is open, an item is held by another arrangement, or the schedule does not fit
        """
        debtor.ensure_one()
        debtor._check_collector()
        rows = self._get_plannable(debtor, items)
        currency = self.env["res.currency"].browse(rows[0]["currency_id"])
        plan = self.create(
            {
                "debtor_id": debtor.id,
                "currency_id": currency.id,
                "contact_id": (contact or debtor.contact_id).id,
                "user_id": (user or self.env.user).id,
                "note": note,
                "line_ids": [Command.create({"move_line_id": row["id"], "amount": row["free"]}) for row in rows],
            }
        )
        if installments is None:
            plan._distribute(count, frequency, first or plan._get_first_day(debtor))
        else:
            plan._set_schedule(installments)
        plan._check_schedule()
        return plan

    @api.model
    def _get_plannable(self, debtor, items=None):
        """Return what the planner knows of the items to put into a plan; an item that cannot go in is named."""
        date = self._get_date(debtor.company_id)
        rows = self.env["credit.collection.planner"]._get_standings(debtor.company_id, date, debtors=debtor)
        if items is None:
            return self._choose_rows(debtor, rows, date)
        found = {row["id"]: row for row in rows if row["residual"] > 0}
        chosen = []
        for item in items.sudo():
            row = found.get(item.id)
            if not row:
                raise UserError(
                    self.env._(
                        "%(invoice)s is no open item of %(debtor)s.",
                        invoice=item.move_id.display_name,
                        debtor=debtor.display_name,
                    )
                )
            self._check_row(row)
            chosen.append(row)
        if len({row["currency_id"] for row in chosen}) > 1:
            raise UserError(self.env._("These items are in several currencies: make a plan for each."))
        if not chosen:
            raise UserError(
                self.env._("Choose the open items of %s that are to be paid by instalments.", debtor.display_name)
            )
        return chosen

    @api.model
    def _find_plannable(self, debtor):
        """Return the items that a dialog proposes; none where a person has to choose them."""
        try:
            rows = self._get_plannable(debtor) if debtor else ()
        except UserError:
            rows = ()
        return self.env["account.move.line"].browse(row["id"] for row in rows)

    @api.model
    def _choose_rows(self, debtor, rows, date):
        """Return what is overdue and free, in the company's currency if there is any, else in that of the oldest."""
        taken = self._get_arranged([row["id"] for row in rows])
        overdue = [row for row in rows if row["residual"] > 0 and row["date_due"] < date]
        rows = [
            row
            for row in overdue
            if row["free"] > 0 and row["standing"] not in NOT_BY_DEFAULT and row["id"] not in taken
        ]
        if not rows:
            for row in overdue:
                if row["id"] in taken:
                    self._check_row(row)
            raise UserError(
                self.env._(
                    "%s has nothing overdue that could be paid by instalments: choose the open items.",
                    debtor.display_name,
                )
            )
        currencies = {row["currency_id"] for row in rows}
        own = debtor.company_id.currency_id.id
        currency = own if own in currencies else rows[0]["currency_id"]
        return [row for row in rows if row["currency_id"] == currency]

    @api.model
    def _check_row(self, row):
        """An item in a plan is free, and no other arrangement stands for it."""
        name = self.env["account.move"].sudo().browse(row["move_id"]).display_name
        arranged = self._get_arranged([row["id"]]).get(row["id"])
        if arranged:
            raise UserError(
                self.env._("%(invoice)s: %(what)s. End that first.", invoice=name, what=arranged.sudo().display_name)
                if arranged._name == self._name
                else self.env._(
                    "%(invoice)s is promised (%(what)s): withdraw the promise first.",
                    invoice=name,
                    what=arranged.sudo().display_name,
                )
            )
        if row["free"] > 0:
            return
        if row["disputed"] >= row["residual"]:
            raise UserError(self.env._("%s is disputed: settle the dispute first.", name))
        raise UserError(self.env._("Nothing of %s is to be asked for: a credit or a payment covers it.", name))

    @api.model
    def _get_arranged(self, item_ids):
        """Return ``{item id: plan or promise}`` for the items that an arrangement holds already."""
        arranged = {}
        items = self.env["account.move.line"].sudo().browse(item_ids)
        for name, field in (("promise", "promise_id"), ("plan", "plan_id")):
            lines = self.env[f"credit.collection.{name}.line"].sudo()._find_lines(items)
            for line in lines.filtered("live"):
                arranged.update(dict.fromkeys(line._get_items().ids, line[field]))
        return arranged

    # === THE SCHEDULE === #

    def _distribute(self, count, frequency, first):
        """Give the plan ``count`` equal instalments, from ``first`` on."""
        self.ensure_one()
        self._distribute_over(schedules.dates(first, max(count, 1), frequency))

    def _distribute_over(self, dates):
        """Give the plan equal instalments on ``dates``, exact to the currency's smallest unit."""
        self.ensure_one()
        dates = sorted(dates)
        try:
            amounts = schedules.split(self.amount, len(dates), self.currency_id.rounding)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(amount)s cannot be paid in %(count)s instalments: choose fewer.",
                    amount=self.currency_id.format(self.amount),
                    count=len(dates),
                )
            ) from error
        self._set_schedule(zip(dates, amounts, strict=True))

    def action_distribute_evenly(self):
        """Keep the days, whatever they are, and give each the same amount."""
        for plan in self:
            plan._distribute_over(plan.installment_ids.mapped("date"))

    def _set_schedule(self, installments):
        self._begin_change()
        self.installment_ids = [
            Command.clear(),
            *(Command.create({"date": date, "amount": amount}) for date, amount in installments),
        ]

    @api.model
    def _get_first_day(self, debtor):
        """Return the day of the first instalment by default: a working day after the answer that is asked for."""
        answer = self._get_date(debtor.company_id or self.env.company) + timedelta(days=REPLY_DAYS)
        return debtor._get_last_day(answer, 1)

    def _check_total(self):
        """Instalments come to the total exactly."""
        for plan in self:
            if not plan.installment_ids:
                raise UserError(self.env._("Plan %s has no instalments: distribute what is open.", plan.name))
            total = sum(plan.installment_ids.mapped("amount"))
            if plan.currency_id.compare_amounts(total, plan.amount):
                raise UserError(
                    self.env._(
                        "The instalments come to %(total)s, the items to %(amount)s: distribute the difference.",
                        total=plan.currency_id.format(total),
                        amount=plan.currency_id.format(plan.amount),
                    )
                )

    def _check_schedule(self):
        """Instalments come to the total exactly, on rising dates to come."""
        self._check_total()
        for plan in self:
            dates = plan.installment_ids.sorted("id").mapped("date")
            if any(later <= earlier for earlier, later in zip(dates, dates[1:], strict=False)):
                raise UserError(self.env._("Each instalment needs a later date than the one before."))
            if dates[0] < plan._get_today():
                raise UserError(
                    self.env._(
                        "The first instalment was due on %s: choose dates to come.", format_date(self.env, dates[0])
                    )
                )

    # === MORE TIME === #

    @api.model
    def _give_more_time(self, debtor, items, date, reason, contact=None):
        """Put off the date of ``items``: a plan of one instalment, agreed at once, within the same limits."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why more time is given: who reads it later has to know."))
        rows = self._get_plannable(debtor, items)
        total = self.env["res.currency"].browse(rows[0]["currency_id"]).round(sum(row["free"] for row in rows))
        plan = self._propose(debtor, items, [(date, total)], contact=contact, note=reason.strip())
        plan.sudo().is_extension = True
        plan._accept()
        return plan
