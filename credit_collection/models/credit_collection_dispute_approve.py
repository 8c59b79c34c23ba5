from odoo import models
from odoo.tools import plaintext2html

from .credit_collection_approval import MANAGER
from .credit_collection_dispute import CREDITING

ACCOUNTANT = "account.group_account_manager"


class CreditCollectionDispute(models.Model):
    """Who has to agree with an outcome: what is credited, against the limits of collectors and managers."""

    _inherit = "credit.collection.dispute"

    # === APPROVAL === #

    def _get_approval_reasons(self):
        """What is credited, in company currency, against the limit of the user; earlier credits count, too."""
        self.ensure_one()
        if self.outcome_kind == "due_date":
            return self._get_date_reasons()
        amount, limit = self._get_credit_to_approve(), self._get_credit_limit(self.env.user)
        currency = self.company_id.sudo().currency_id
        if limit is None or currency.compare_amounts(amount, limit) <= 0:
            return []
        return [
            self.env._(
                "%(outcome)s of %(amount)s for %(debtor)s: more than the %(limit)s that %(user)s may credit.",
                outcome=dict(self._fields["outcome_kind"]._description_selection(self.env))[self.outcome_kind],
                amount=currency.format(amount),
                debtor=self.debtor_id.display_name,
                limit=currency.format(limit),
                user=self.env.user.name,
            )
        ]

    def _get_date_reasons(self):
        """A new date is a plan of one instalment, within the limits of plans; nobody hears of it before."""
        company = self.company_id.sudo()
        if self.env.user.has_group(MANAGER):
            return []
        reasons = []
        days = (self.outcome_date - self._get_today()).days
        if days > company.collection_plan_days or not company.collection_plan_installments:
            reasons.append(
                self.env._(
                    "It takes %(days)s days; collectors agree on up to %(limit)s.",
                    days=days,
                    limit=company.collection_plan_days,
                )
            )
        amount = sum(self.sudo().line_ids._get_open_items().mapped("amount_residual"))
        if company.currency_id.compare_amounts(amount, company.collection_plan_amount) > 0:
            reasons.append(
                self.env._(
                    "It is about %(amount)s; collectors agree on up to %(limit)s.",
                    amount=company.currency_id.format(amount),
                    limit=company.currency_id.format(company.collection_plan_amount),
                )
            )
        return reasons

    def _get_credit_to_approve(self):
        """Return what the outcome credits in company currency, with what was credited on these invoices before."""
        dispute = self.sudo()
        return dispute._weigh(
            dispute.outcome_kind, sum(line._get_settled_company_amount() for line in dispute.line_ids)
        )

    def _weigh(self, kind, amount):
        """Return what the limits are compared with, where ``kind`` credits ``amount``; in company currency."""
        if kind == "corrected":
            amount = sum(abs(move.amount_total_signed) for move in self.line_ids.move_id)
        elif kind not in CREDITING:
            return 0
        return amount + self._get_credited_before()

    def _get_credited_before(self):
        """Return what disputes about these invoices have credited on them, in company currency: no limit by slices."""
        moves = self.line_ids.move_id
        notes = self.search([("line_ids.move_id", "in", moves.ids)]).booked_move_ids.filtered(
            lambda note: note.state == "posted" and note.move_type == "out_refund" and note.reversed_entry_id in moves
        )
        return sum(abs(note.amount_total_signed) for note in notes)

    def _get_credit_limit(self, user):
        """Return what ``user`` may credit by dispute, in company currency; None: any amount."""
        company = self.company_id.sudo()
        if user.has_group(ACCOUNTANT):
            return None
        return company[f"collection_credit_limit_{'manager' if user.has_group(MANAGER) else 'user'}"]

    def _may_approve(self):
        if self.env.su:
            return True
        if self.outcome_kind == "due_date":
            return self.env.user.has_group(MANAGER)
        if not self.env.user.has_group(ACCOUNTANT) and not self.env.user.has_group(MANAGER):
            return False
        limit = self._get_credit_limit(self.env.user)
        amount = self._get_credit_to_approve()
        return limit is None or self.company_id.sudo().currency_id.compare_amounts(amount, limit) <= 0

    def _get_approver(self):
        """Ask the manager; above a manager's limit, somebody who may: the accountant, else any of them here."""
        company = self.company_id.sudo()
        amount = self._get_credit_to_approve()
        if company.currency_id.compare_amounts(amount, company.collection_credit_limit_manager) <= 0:
            return super()._get_approver()
        people = company._get_accountant() + company.collection_manager_id
        people += self.env.ref(ACCOUNTANT).sudo().all_user_ids.filtered(lambda user: company in user.company_ids)
        free = people.filtered(lambda user: user.active and not user.share and user.has_group(ACCOUNTANT))
        return free[:1] or super()._get_approver()

    def _after_approval(self):
        self.sudo().lock_for_update()
        self._carry_out()

    def _after_refusal(self):
        """The outcome is dropped; whoever looks into it finds another."""
        self._drop_outcome()
        self.sudo()._set_investigating()
        asker = self._get_asker() or self.sudo().user_id or self.debtor_id._get_responsible()
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Not approved: settle it another way"),
            note=plaintext2html(self.refusal or ""),
            user_id=asker.id,
        )

    def action_take_back(self):
        """Whoever may settle it takes back what waits for a manager: it is open, without an outcome."""
        for dispute in self:
            dispute._check_may_settle()
            dispute._take_back_question()
            dispute._drop_outcome()
