from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html
from odoo.tools.misc import format_date

from .credit_collection_approval import APPROVAL, MANAGER
from .credit_collection_plan import LIVE_STATES
from .credit_collection_promise_make import APPROVAL_DAYS


class CreditCollectionPlan(models.Model):
    """The customer accepts; what goes beyond a collector's limits is approved; a person may end it."""

    _inherit = "credit.collection.plan"

    # === ACCEPTING === #

    def action_accept(self):
        """The customer agreed."""
        self._accept()

    def _accept(self, contact=None):
        """The customer says yes: from now on the plan holds its items. Beyond the limits a manager is asked first."""
        for plan in self.filtered(lambda plan: plan.state not in LIVE_STATES):
            plan._update_state(
                ("proposal",),
                "accepted",
                date_accepted=plan._get_today(),
                entry_mark=plan._get_last_entry(),
                answered_id=plan._get_page_offer().id,
            )
            plan._check_schedule()
            plan._check_free()
            if contact:
                plan.contact_id = contact
            plan._ask_once()._set_running()

    def _check_free(self):
        """What is open may have changed since it was proposed."""
        rows = self.env["credit.collection.planner"]._get_standings(
            self.company_id, self._get_today(), debtors=self.debtor_id
        )
        rows = {row["id"]: row for row in rows}
        for line in self.line_ids:
            row = rows.get(line.move_line_id.id)
            free = float(row["free"]) if row else 0
            if self.currency_id.compare_amounts(line.amount, free) > 0:
                raise UserError(
                    self.env._(
                        "Of %(invoice)s only %(free)s is still to be asked for, the plan says %(amount)s. "
                        "Take over what is open, and distribute it again.",
                        invoice=line.move_id.display_name,
                        free=self.currency_id.format(free),
                        amount=self.currency_id.format(line.amount),
                    )
                )

    def action_refresh(self):
        """Take over what is open of the items now, and distribute it over the same dates."""
        for plan in self:
            plan._check_editable()
            rows = self.env["credit.collection.planner"]._get_standings(
                plan.company_id, plan._get_today(), debtors=plan.debtor_id
            )
            free = {row["id"]: row["free"] for row in rows if row["free"] > 0}
            items = plan.line_ids.sudo()._get_items().filtered(lambda item: item.id in free)  # noqa: B023
            if not items:
                raise UserError(self.env._("Nothing of plan %s is open any more: cancel it.", plan.name))
            lines = [Command.create({"move_line_id": item.id, "amount": free[item.id]}) for item in items]
            plan.line_ids = [Command.clear(), *lines]
            plan._distribute_over(plan.installment_ids.mapped("date"))

    @api.model
    def _get_last_entry(self):
        self.env["account.move"].flush_model()
        ((last,),) = self.env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM account_move"))
        return last

    def _set_running(self):
        for plan in self:
            plan._update_state(("accepted",), "running")
            plan._supersede_promises()
            if plan.is_extension:
                plan._confirm_extension()

    def _supersede_promises(self):
        """What was promised for these items is part of the plan now."""
        promises = self.env["credit.collection.promise"]._find_live(self.line_ids.sudo()._get_items())
        promises._set_withdrawn(self.env._("Plan %s takes its place.", self.name))

    # === APPROVAL === #

    def _ask_once(self):
        """Ask a manager where the limits demand it, but not about what was decided, or asked, already.

        :return: the plan, if it may go on at once
        """
        self.ensure_one()
        if self.approval_state == "approved":
            return self
        if self.approval_state != "asked":
            return self._ask_approval()
        if not self.env.user.has_group(MANAGER):
            return self.browse()
        self._decide("approved")
        return self

    def _get_approval_reasons(self):
        """Managers decide by themselves; what a customer accepts on the portal was not decided by one."""
        self.ensure_one()
        return [] if self.env.user.has_group(MANAGER) else self._get_excesses()

    def _get_excesses(self):
        """Return, in words, what of the plan goes beyond the limits of collectors."""
        company = self.company_id.sudo()
        reasons = []
        if self.installment_count > company.collection_plan_installments:
            reasons.append(
                self.env._(
                    "%(count)s instalments; collectors agree on up to %(limit)s.",
                    count=self.installment_count,
                    limit=company.collection_plan_installments,
                )
            )
        days = (self.date_last - (self.date_accepted or self._get_today())).days
        if days > company.collection_plan_days:
            reasons.append(
                self.env._(
                    "It takes %(days)s days; collectors agree on up to %(limit)s.",
                    days=days,
                    limit=company.collection_plan_days,
                )
            )
        amount = sum(line._get_company_amount() for line in self.line_ids)
        if company.currency_id.compare_amounts(amount, company.collection_plan_amount) > 0:
            reasons.append(
                self.env._(
                    "It is about %(amount)s; collectors agree on up to %(limit)s.",
                    amount=company.currency_id.format(amount),
                    limit=company.currency_id.format(company.collection_plan_amount),
                )
            )
        return reasons

    def _after_approval(self):
        for plan in self:
            if plan.state == "proposal":
                plan._check_schedule()
                plan._write_proposal()
                continue
            if plan._find_breaking(plan._get_today()):
                raise UserError(
                    self.env._("Plan %s waited too long: refuse it, so that later dates are agreed.", plan.name)
                )
            plan._set_running()
            plan._tell_decision()

    def _after_refusal(self):
        for plan in self:
            plan._tell_decision()
            plan._set_proposal_again(self.env._("Not approved: propose another plan, or decline"), plan._get_asker())
            plan._take_back_messages(self.env._("A manager did not approve the plan."))

    def action_take_back(self):
        """Whoever may agree on plans takes back what waits for a manager: it is a proposal, and its items are free."""
        self.debtor_id._check_collector()
        for plan in self:
            plan._take_back_question()
            plan._update_state(("accepted",), "proposal", date_accepted=False, entry_mark=0)

    def _give_up(self, date):
        """A hold has an end: what no manager has decided about in time is a proposal again."""
        until = self.company_id._get_day_after_workdays(self.date_accepted, APPROVAL_DAYS)
        if until <= date:
            self._tell_decision()
            self._set_proposal_again(self.env._("Nobody approved it in time: ask again, or decline"))
            self._forget_approval()

    def _set_proposal_again(self, summary, user=None):
        """Its items are free, and whoever asked or is in charge is told."""
        self._update_state(("accepted",), "proposal", date_accepted=False, entry_mark=0)
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(self.refusal or self.approval_reason or ""),
            user_id=(user or self._get_person()).id,
        )

    def _forget_approval(self):
        """Nothing is asked or decided any more."""
        if self.approval_state == "asked":
            self.sudo().activity_unlink([APPROVAL])
        if self.approval_state != "none":
            self._forget_question()

    # === ENDING AND GOING ON BY HAND === #

    def _cancel(self, reason, by=None):
        """A person ends the plan: its items are asked for again.

        :param by: the name of who does, when it is not the present user
        """
        self.debtor_id._check_collector()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the plan is cancelled: who reads it later has to know."))
        for plan in self:
            plan._update_state(
                ("proposal", "accepted", "running", "broken"),
                "cancelled",
                date_ended=plan._get_today(),
                state_reason=self.env._("%(reason)s (%(user)s)", reason=reason.strip(), user=by or self.env.user.name),
            )
            if plan.approval_state == "asked":
                plan._forget_approval()
            labels = dict(plan._fields["state"]._description_selection(self.env))
            plan._take_back_messages(self.env._("The plan is “%s” by now.", labels[plan.state]))
        return True

    def action_resume(self):
        """Let a broken plan go on, when nothing is missing any more: a payment was booked late, or came after all."""
        self.debtor_id._check_collector()
        for plan in self:
            today = plan._get_today()
            missing = plan._find_breaking(today, plan._get_held(today)[plan.id])
            if missing:
                raise UserError(
                    self.env._(
                        "%(left)s of the instalment of %(day)s is missing: the plan goes on once it is there.",
                        left=plan.currency_id.format(missing.left),
                        day=format_date(self.env, missing.date),
                    )
                )
            taken = plan._get_arranged(plan.line_ids.sudo()._get_items().ids)
            if taken:
                names = {document.sudo().display_name for document in taken.values()}
                raise UserError(self.env._("Something else was agreed on since: %s.", ", ".join(sorted(names))))
            plan._update_state(("broken",), "running", date_ended=False, state_reason=False)
