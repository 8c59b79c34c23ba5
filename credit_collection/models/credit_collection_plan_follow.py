import psycopg2
from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..tools import installments

# Days during which a plan that is done is looked at again: a direct debit may be returned for eight weeks.
LOOKED_AT_AGAIN = 100


class CreditCollectionPlan(models.Model):
    """Following a plan day by day: announced, reminded, done, broken; and at once when a payment comes or goes."""

    _inherit = "credit.collection.plan"

    # === EVERY DAY === #

    @api.model
    def _cron_follow(self):
        """Follow the plans of each company; one that fails keeps no other from being followed."""
        self.env["credit.collection.daily"]._for_each_company(
            self.search([("state", "in", ("accepted", "running", "done"))]).company_id,
            lambda company: self.with_company(company)._follow(company),
            "The plans of %s could not be followed",
        )

    @api.model
    def _follow(self, company, date=None):
        """Do for each plan of ``company`` what ``date`` asks for. Repeated on the same day it does nothing twice."""
        date = date or self._get_date(company)
        self = self.sudo().with_context(collection_date=date)
        since = fields.Date.subtract(date, days=LOOKED_AT_AGAIN)
        plans = self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("state", "in", ("accepted", "running")),
                "&",
                ("state", "=", "done"),
                ("date_ended", ">=", since),
            ]
        )
        for plan in plans.filtered(lambda plan: plan.approval_state == "asked" and plan.state == "accepted"):
            plan._try("_give_up", date)
        plans._settle_each()
        running = plans.filtered(lambda plan: plan.state == "running" and not plan._is_left_alone())
        held = running._get_held(date) if running else {}
        writes = self.env["credit.collection.promise"]._is_running(company)
        for plan in running:
            plan._try("_follow_one", date, held.get(plan.id, 0), writes)

    def _is_left_alone(self):
        """Whether nobody is reminded of it: a protected customer, or what an insolvency freezes."""
        return self.debtor_id.protected or bool(self.debtor_id._freezes(self.line_ids._get_items()))

    def _settle_each(self):
        """Close what is paid, open again what is not any more; the ledger is asked once for all."""
        settled = self._get_settled()
        for plan in self:
            __, left = settled.get(plan.id, (0, plan.amount))
            if plan.state == "running" and not left:
                plan._try("_set_done")
            elif plan.state == "done" and left:
                plan._try("_set_running_again", left)

    def _try(self, method, *args):
        """Call ``method`` in a savepoint; what goes wrong is told in the log, and the next plan has its turn."""
        self.ensure_one()
        self.env["credit.collection.daily"]._try(
            self,
            lambda plan: getattr(plan, method)(*args),
            "Plan %s could not be followed",
            passed_on=psycopg2.errors.SerializationFailure,
        )

    def _follow_one(self, date, held, writes):
        """Announce the next instalment, remind of a late one, or break the plan.

        :param held: what is not to be asked for now: money that is not allocated yet, or disputed; counted as if paid
        :param writes: whether messages leave by themselves: not before a scenario was turned on
        """
        late = self._get_open_installments(held).filtered(lambda one: one.date < date)
        if late and not self._waits(date):
            breaking = self._find_breaking(date, held)
            if breaking:
                self._set_broken(breaking, self._get_asked(held)[breaking])
                if writes:
                    breaking._tell_broken()
                return
            if writes:
                late[:1]._remind_late(date)
        if writes:
            self._get_open_installments(held)._announce(date)

    # === WHAT IS OPEN === #

    def _get_asked(self, held=0):
        """Return ``{instalment: what is to be asked for of it}``, the earliest first; ``held`` counts as if paid."""
        self.ensure_one()
        schedule = self.installment_ids.sorted(lambda one: (one.date, one.id))
        parts = installments.allocate(held, schedule.mapped("left"))
        return {one: self.currency_id.round(one.left - part) for one, part in zip(schedule, parts, strict=True)}

    def _get_open_installments(self, held=0):
        """Return the instalments that are not paid, the earliest first."""
        return self.installment_ids.browse(one.id for one, asked in self._get_asked(held).items() if asked > 0)

    def _find_breaking(self, date, held=0):
        """Return the first instalment that is unpaid after its days of tolerance."""
        company = self.company_id.sudo()
        return self._get_open_installments(held).filtered(
            lambda one: (
                company._get_day_after_workdays(one.date, company.collection_installment_tolerance) <= date
                and one.date < date
            )
        )[:1]

    def _get_held(self, date):
        """Return for each plan id what is left to pay but not to be asked for now, by the planner's rules."""
        company = self.company_id
        rows = self.env["credit.collection.planner"]._get_standings(company, date, debtors=self.debtor_id)
        free = {row["id"]: row["free"] for row in rows}
        held = {}
        for unit in self._get_units():
            asked = min(unit["left"], sum(free.get(item_id, 0) for item_id in unit["item_ids"] if item_id))
            held[unit["plan_id"]] = held.get(unit["plan_id"], 0) + unit["left"] - asked
        return {plan.id: plan.currency_id.round(held.get(plan.id, 0)) for plan in self}

    def _waits(self, date):
        """Whether nobody is to be reminded now: the bank is not posted, the customer answered, or is on hold."""
        debtor = self.debtor_id
        if self.company_id._is_bank_late(date) or (debtor.hold_until and debtor.hold_until >= date):
            return True
        remarks = self.env["credit.collection.remark"].sudo()
        return bool(
            remarks.search_count(
                [("debtor_id", "=", debtor.id), ("state", "=", "open"), ("date_until", ">=", date)], limit=1
            )
        )

    # === STATE === #

    def _set_done(self):
        """All is paid or credited."""
        return self._update_state(("running",), "done", date_ended=self._get_today(), state_reason=False)

    def _set_running_again(self, left):
        """A payment was taken off again. With an item in another plan, or promised, a person decides."""
        if self._get_arranged(self.line_ids._get_items().ids):
            self._tell_collector(
                self.env._(
                    "%(amount)s of plan %(name)s is open again", amount=self.currency_id.format(left), name=self.name
                )
            )
            return
        self._update_state(("done",), "running", date_ended=False)

    def _set_broken(self, installment, missing):
        """All falls due: the ladder goes on where it stood. The collector is told."""
        reason = self.env._(
            "%(left)s of the instalment of %(day)s is missing.",
            left=self.currency_id.format(missing),
            day=format_date(self.env, installment.date),
        )
        self._update_state(("running",), "broken", date_ended=self._get_today(), state_reason=reason)
        self._tell_collector(self.env._("Plan %s is broken: see how to go on", self.name), reason)

    def _tell_collector(self, summary, note=False):
        """Put a task on the plan, once as long as it is open."""
        self = self.sudo()
        if summary in self.activity_ids.mapped("summary"):
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=self._get_person().id,
        )

    # === AT ONCE === #

    @api.model
    def _note(self, items):
        """Remember that ``items`` were (un)reconciled: their plans are looked at once, before the commit."""
        moves = items.filtered(lambda item: item.account_type == "asset_receivable").move_id
        if not moves:
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.get(self._name)
        if waiting is None:
            waiting = precommit.data[self._name] = set()
            precommit.add(self.sudo()._settle_noted)
        waiting.update(moves.ids)

    @api.model
    def _settle_noted(self):
        """Only open and close: reminders are the daily look's. One that somebody works on just now waits for that."""
        move_ids = self.env.cr.precommit.data.pop(self._name, ())
        lines = self.env["credit.collection.plan.line"].search(
            [("move_id", "in", list(move_ids)), ("plan_id.state", "in", ("running", "done"))]
        )
        if lines:
            plans = lines.plan_id.try_lock_for_update(allow_referencing=True)
            for company, members in plans.grouped("company_id").items():
                members.with_company(company)._settle_each()
