from datetime import timedelta

from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .credit_collection_action_again import WAITING_STATES


class CreditCollectionPlan(models.Model):
    """Messages beside the ladder about a plan: what a person sends, and what confirms more time."""

    _inherit = "credit.collection.plan"

    action_ids = fields.One2many("credit.collection.action", "plan_id", string="Messages Sent")

    def action_send_proposal(self):
        """Write to the customer what is proposed, with the agreement to sign; beyond the limits a manager is asked."""
        for plan in self:
            plan.debtor_id._check_collector()
            plan._check_editable()
            plan._check_schedule()
            if plan.approval_state == "asked":
                raise UserError(self.env._("Plan %s waits for a manager: it is sent once it is approved.", plan.name))
            if plan._ask_once():
                plan._write_proposal()

    def _write_proposal(self):
        """Put the mail on its way; nobody is reminded until the day by which it asks for an answer."""
        self.ensure_one()
        if self.approval_state == "none" and (excesses := self._get_excesses()):
            # A manager sends it: decided, so that nobody is asked once the customer agrees.
            self.sudo().write(
                {"approval_state": "approved", "approval_reason": "\n".join(excesses), "approver_id": self.env.uid}
            )
        action = self._create_message("plan_proposal")
        if action:
            self._wait_for_answer(action, self._get_today())

    def _wait_for_answer(self, action, date):
        """Hold the debtor up to and including the day by which ``action``, leaving on ``date``, asks for an answer."""
        debtor, until = self.debtor_id.sudo(), action._get_reply_date(date)
        if debtor.hold_until and debtor.hold_until >= until:
            return
        debtor._hold_at_least(until, self.env._("Plan %s is proposed: its answer is waited for", self.name))
        debtor.message_post(
            body=self.env._(
                "Plan %(name)s is proposed: until %(day)s, by when an answer is asked for, nothing is reminded.",
                name=self.name,
                day=format_date(self.env, until, date_format="long"),
            )
        )

    def _stop_waiting(self):
        """Release the hold of this proposal: it was answered, or none is out."""
        debtor = self.debtor_id.sudo()
        if self.name in (debtor.hold_reason or ""):
            debtor.action_release_hold()

    def _take_back_messages(self, reason):
        """Cancel what waits to leave about the plan; what may have arrived stays as it is."""
        messages = self.sudo().action_ids
        waiting = messages.filtered(lambda action: action.state in WAITING_STATES and not action.uncertain)
        if not waiting:
            return
        waiting._set_cancelled(reason)
        if self.state == "proposal" and not (messages - waiting).filtered("date_sent"):
            self._stop_waiting()

    def _confirm_extension(self):
        """Tell the customer, once, until when it has time, and for which invoices."""
        self._create_message("extension", self.line_ids._get_items(), installment_id=self.installment_ids[:1].id)

    def _create_message(self, purpose, items=None, **values):
        self.ensure_one()
        actions = self.env["credit.collection.action"]
        return actions._create_beside(
            purpose,
            self.debtor_id,
            contact=self.contact_id,
            user=self._get_person(),
            currency=self.currency_id,
            lines=actions._prepare_lines_of(items) if items else (),
            plan_id=self.id,
            date=self._get_today(),
            **values,
        )


class CreditCollectionPlanInstallment(models.Model):
    """The short ladder of an instalment: announced, reminded of on the day after, and told that the plan is broken."""

    _inherit = "credit.collection.plan.installment"

    def _announce(self, date):
        """Say ahead that an instalment is near; not when it was agreed on within these days itself."""
        for installment in self.filtered(lambda one: not one.reminded and date < one.date):
            plan = installment.plan_id
            days = plan.company_id.sudo().collection_installment_notice
            first = installment.date - timedelta(days=days)
            if days and plan.date_accepted < first <= date:
                installment.reminded = date
                plan._create_message("installment", installment_id=installment.id)

    def _remind_late(self, date):
        """Say, once and within the tolerance, that an instalment is missing."""
        for installment in self.filtered(lambda one: not one.reminded_late):
            installment.reminded_late = date
            installment.plan_id._create_message("installment_late", installment_id=installment.id)

    def _tell_broken(self):
        """Say, once, that all falls due; the invoices are listed with what is open of them."""
        domain = [("installment_id", "in", self.ids), ("purpose", "=", "plan_broken"), ("state", "!=", "skipped")]
        told = self.env["credit.collection.action"].sudo().search(domain).installment_id
        for installment in self - told:
            plan = installment.plan_id
            items = plan.line_ids._get_items().filtered(lambda item: item.amount_residual_currency > 0)
            plan._create_message("plan_broken", items, installment_id=installment.id)


class CreditCollectionAction(models.Model):
    """Messages about plans: what they say, and whether they may still leave."""

    _inherit = "credit.collection.action"

    installment_id = fields.Many2one(
        "credit.collection.plan.installment", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _told_once = models.UniqueIndex(
        "(installment_id, purpose) WHERE installment_id IS NOT NULL AND state <> 'skipped'",
        "The customer was told this about the instalment already.",
    )

    # === ASKED AGAIN === #

    def _recheck_beside(self, standings, date):
        """What was paid or agreed meanwhile is not asked for; should it be open again, it is told then."""
        reason = self.plan_id and self.with_context(collection_date=date)._get_plan_obstacle(date)
        if reason:
            self._set_skipped(reason)
            mark = {"installment": "reminded", "installment_late": "reminded_late"}.get(self.purpose)
            if mark:
                self.installment_id[mark] = False
            return False
        ready = super()._recheck_beside(standings, date)
        if ready and self.purpose == "plan_proposal":
            self.plan_id._wait_for_answer(self, date)
        return ready

    def _get_plan_obstacle(self, date):
        """Return in words why the message about a plan may not leave any more."""
        plan = self.plan_id
        plan.invalidate_recordset()
        plan.installment_ids.invalidate_recordset()
        states = {"plan_proposal": "proposal", "plan_broken": "broken"}
        if plan.state != states.get(self.purpose, "running"):
            labels = dict(plan._fields["state"]._description_selection(self.env))
            return self.env._("The plan is “%s” by now.", labels[plan.state])
        if self.purpose == "plan_broken":
            return False if plan.left else self.env._("Paid or cancelled meanwhile")
        if self.purpose == "plan_proposal" and plan.approval_state != "approved" and plan._get_excesses():
            return self.env._("A manager has not approved the plan.")
        if self.purpose == "plan_proposal" or not self.installment_id:
            return False
        if self.installment_id not in plan._get_open_installments(plan._get_held(date)[plan.id]):
            return self.env._("The instalment was paid meanwhile, or the payment is on its way.")
        if self.purpose == "installment" and self.installment_id.date < date:
            return self.env._("The day of the instalment has passed.")
        return self.env._("Nobody is reminded just now.") if self._is_told_later(date) else False

    def _is_told_later(self, date):
        return self.purpose == "installment_late" and self.plan_id._waits(date)

    # === WHAT THE TEXTS SAY ABOUT PLANS === #

    def _get_reply_date(self, today):
        """A proposal is answered by the day of its first instalment: afterwards it cannot be kept any more."""
        day = super()._get_reply_date(today)
        if self.purpose != "plan_proposal":
            return day
        return max(today, min([day, *self.plan_id.sudo().installment_ids.mapped("date")]))

    def _get_document_values(self):
        """Amounts are what is to be asked for: without what is disputed, or covered by money that is there."""
        plan, installment = self.plan_id.sudo(), self.installment_id.sudo()
        asked = plan._get_asked(plan._get_held(self._get_text_date())[plan.id]) if plan else {}
        values = {
            "plan_number": plan.name,
            "plan_total": self._format_amount(plan.amount),
            "plan_left": self._format_amount(sum(asked.values())),
            "plan_count": str(plan.installment_count),
            "plan_table": self._get_plan_table(asked),
            "installment_amount": self._format_amount(asked.get(installment, 0)) if installment else None,
            "installment_date": self._format_day(installment.date) if installment else None,
        }
        return {**super()._get_document_values(), **(values if plan else dict.fromkeys(values))}

    def _get_plan_table(self, asked):
        """Return the schedule as a table: day, amount, and what is paid of it once something is.

        :param asked: ``{instalment: what is to be asked for of it}``, in order
        """
        with_paid = any(one.amount != rest for one, rest in asked.items())
        cell = Markup('<td style="padding:6px 12px 6px 0;vertical-align:top;{}">{}</td>').format
        rows = Markup()
        for number, (one, rest) in enumerate(asked.items(), 1):
            amount = Markup('<div style="white-space:nowrap;">%s</div>') % self._format_amount(one.amount)
            if with_paid:
                amount += Markup('<div style="color:#66707b;">%s</div>') % self._get_rest_text(one.left, rest)
            cells = cell("white-space:nowrap;", number) + cell("", format_date(self.env, one.date, date_format="long"))
            rows += Markup('<tr style="border-bottom:1px solid #eef0f2;">%s</tr>') % (
                cells + cell("text-align:right;", amount)
            )
        return Markup('<table style="border-collapse:collapse;font-size:14px;">%s</table>') % rows

    def _get_rest_text(self, left, rest):
        if rest:
            return self.env._("%s to pay", self._format_amount(rest))
        return self.env._("not asked for now") if left else self.env._("paid")
