from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..tools import installments


class CreditCollectionPlan(models.Model):
    """What has come in for a plan, counted from the ledger each time it is read; nothing of it is stored."""

    _inherit = "credit.collection.plan"

    paid = fields.Monetary(compute="_compute_paid")
    left = fields.Monetary("To pay", compute="_compute_paid")
    progress = fields.Float("Paid (%)", compute="_compute_paid", help="Paid or credited, of the total.")
    next_date = fields.Date("Next Instalment", compute="_compute_next")
    next_amount = fields.Monetary("Amount of the Next Instalment", compute="_compute_next")
    is_late = fields.Boolean("Late", compute="_compute_next", search="_search_is_late")
    date_last = fields.Date("Ends on", compute="_compute_schedule")
    installment_count = fields.Integer("Number of Instalments", compute="_compute_schedule")
    difference = fields.Monetary(compute="_compute_schedule", help="Instalments minus items.")
    mismatch = fields.Char(compute="_compute_schedule", help="By how much the instalments miss the total.")
    warning = fields.Char(compute="_compute_schedule")

    # === COMPUTE METHODS === #

    @api.depends("amount", "state", "line_ids.move_line_id.amount_residual_currency")
    def _compute_paid(self):
        settled = self._get_settled()
        for plan in self:
            plan.paid, plan.left = settled.get(plan._origin.id, (0, plan.amount))
            plan.progress = 100 * (plan.amount - plan.left) / plan.amount if plan.amount else 0

    @api.depends("installment_ids.state", "installment_ids.left", "state")
    @api.depends_context("collection_date")
    def _compute_next(self):
        for plan in self:
            open_ones = plan.installment_ids.filtered(lambda installment: installment.state != "paid").sorted("date")
            ended = plan.state in ("done", "cancelled")
            plan.next_date = False if ended else open_ones[:1].date
            plan.next_amount = 0 if ended else open_ones[:1].left
            plan.is_late = plan.state == "running" and "late" in open_ones.mapped("state")

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self.search([("state", "=", "running"), ("installment_ids.state", "in", ("late",))])
        return Domain.OR([Domain("id", "in" if flag else "not in", late.ids) for flag in value])

    @api.depends("installment_ids.date", "installment_ids.amount", "amount", "date_accepted", "company_id")
    @api.depends_context("lang", "collection_date")
    def _compute_schedule(self):
        for plan in self:
            schedule = plan.installment_ids
            plan.installment_count = len(schedule)
            plan.date_last = max(schedule.filtered("date").mapped("date"), default=False)
            total = sum(schedule.mapped("amount"))
            plan.difference = plan.currency_id.round(total - plan.amount) if plan.currency_id else 0
            plan.mismatch = plan._get_mismatch()
            plan.warning = plan._get_warning()

    def _get_mismatch(self):
        if not self.difference:
            return False
        amount = self.currency_id.format(abs(self.difference))
        if self.difference > 0:
            return self.env._("The instalments come to %s too much.", amount)
        return self.env._("The instalments come to %s too little.", amount)

    def _get_warning(self):
        """Return in words that it ends later than a court would take; that is for a person to weigh."""
        longest = self.company_id.sudo().collection_plan_longest
        begin = self.date_accepted or self._get_today()
        if not (longest and self.date_last) or (self.date_last - begin).days <= longest:
            return False
        return self.env._(
            "It ends on %(day)s, %(days)s days from now; a court takes about %(longest)s. Is a shorter plan possible?",
            day=format_date(self.env, self.date_last),
            days=(self.date_last - begin).days,
            longest=longest,
        )

    # === COUNTING === #

    @api.model
    def _get_date(self, company):
        """Return today where ``company`` is; the flow itself may go by another day, that of its context."""
        asked = fields.Date.to_date(self.env.context.get("collection_date")) if self.env.su else None
        return asked or company._get_collection_today()

    def _get_today(self):
        return self._get_date(self.company_id or self.env.company)

    def _count_payments(self, paid, left):
        """Count ``paid`` to the instalments in order, after credits took the last ones off.

        :param paid: what was paid for the items since the plan was accepted
        :param left: what is left to pay of them; what is neither paid nor left was credited or written off
        :return: ``{instalment: (paid, credited)}``
        """
        self.ensure_one()
        schedule = self.installment_ids.sorted(lambda one: (one.date or fields.Date.today(), one._origin.id))
        amounts = schedule.mapped("amount")
        credit = self.currency_id.round(self.amount - paid - left) if self.currency_id else 0
        lowered = installments.lower(amounts, max(credit, 0))
        parts = installments.allocate(paid, lowered)
        return {
            one: (part, self.currency_id.round(one.amount - rest))
            for one, part, rest in zip(schedule, parts, lowered, strict=True)
        }

    def _get_settled(self):
        """Return ``{plan id: (paid, left)}`` of the plans of ``self`` that were accepted."""
        settled = {}
        for unit in self._get_units():
            paid, left = settled.get(unit["plan_id"], (0, 0))
            settled[unit["plan_id"]] = (paid + unit["paid"], left + unit["left"])
        currencies = {plan._origin.id: plan.currency_id for plan in self}
        return {
            plan_id: (currencies[plan_id].round(float(paid)), currencies[plan_id].round(float(left)))
            for plan_id, (paid, left) in settled.items()
        }

    def _get_units(self):
        """Return what became of each invoice in the plans of ``self``, as dicts; one query for all.

        A *unit* is the items of one invoice that are in the plan; all items of it, once one of them was replaced or
        made smaller when the invoice was posted anew. ``amount``: in the plan. ``paid``: payments matched with them, of
        entries made after the plan was accepted, ``amount`` at most. ``left``: what is open of the rest; in an invoice
        that is a draft just now, all of it.
        """
        ids = tuple(self._origin.ids)
        if not ids:
            return []
        for name in ("credit.collection.plan", "credit.collection.plan.line", "account.move", "account.move.line",
                     "account.partial.reconcile"):  # fmt: skip
            self.env[name].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH unit AS (%(unit)s), member AS (%(member)s), payment AS (%(payment)s),
                     counted AS (
                     SELECT unit.plan_id, unit.amount, ARRAY_AGG(member.id) AS item_ids,
                            LEAST(unit.amount, COALESCE(SUM(payment.amount), 0)) AS paid,
                            BOOL_OR(member.state = 'draft') AS draft,
                            COALESCE(SUM(member.residual) FILTER (WHERE member.state = 'posted'), 0) AS residual
                       FROM unit
                  LEFT JOIN member ON member.plan_id = unit.plan_id AND member.move_id = unit.move_id
                  LEFT JOIN payment ON payment.plan_id = member.plan_id AND payment.id = member.id
                   GROUP BY unit.plan_id, unit.move_id, unit.amount)
              SELECT plan_id, amount, item_ids, paid,
                     LEAST(amount - paid, CASE WHEN draft THEN amount ELSE GREATEST(residual, 0) END) AS left
                FROM counted
                """,
                unit=self._sql_unit(ids),
                member=self._sql_member(),
                payment=self._sql_payment(),
            )
        )

    @api.model
    def _sql_unit(self, plan_ids):
        return SQL(
            """
            SELECT line.plan_id, line.move_id, SUM(line.amount) AS amount, ARRAY_AGG(line.move_line_id) AS named,
                   BOOL_OR(item.id IS NULL OR item.amount_currency < line.amount) AS whole
              FROM credit_collection_plan_line line
              JOIN credit_collection_plan plan ON plan.id = line.plan_id AND plan.company_id = line.company_id
         LEFT JOIN account_move_line item ON item.id = line.move_line_id
             WHERE plan.id IN %s AND plan.date_accepted IS NOT NULL
          GROUP BY line.plan_id, line.move_id
            """,
            plan_ids,
        )

    @api.model
    def _sql_member(self):
        return SQL(
            """
            SELECT unit.plan_id, unit.move_id, item.id, item.amount_residual_currency AS residual,
                   item.parent_state AS state
              FROM unit
              JOIN account_move_line item ON item.move_id = unit.move_id
              JOIN account_account account ON account.id = item.account_id
             WHERE account.account_type = 'asset_receivable' AND (unit.whole OR item.id = ANY(unit.named))
            """
        )

    @api.model
    def _sql_payment(self):
        """Payments matched with each item. Those in the books when the plan was accepted were taken off then."""
        return SQL(
            """
            SELECT member.plan_id, member.id, SUM(partial.debit_amount_currency) AS amount
              FROM member
              JOIN credit_collection_plan plan ON plan.id = member.plan_id
              JOIN account_partial_reconcile partial ON partial.debit_move_id = member.id
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
              JOIN account_move move ON move.id = counterpart.move_id
              JOIN account_journal journal ON journal.id = move.journal_id
             WHERE move.id > plan.entry_mark AND (%s) = 'paid'
          GROUP BY member.plan_id, member.id
            """,
            self.env["credit.collection.episode"]._sql_way(),
        )
