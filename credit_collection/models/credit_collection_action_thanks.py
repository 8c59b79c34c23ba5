from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Days after which thanks that could not leave come too late.
TOO_LATE = 7


class CreditCollectionAction(models.Model):
    """Thanks for a payment: planned set-based, asked again right before they leave. No step, so no level rises."""

    _inherit = "credit.collection.action"

    # === PLANNING === #

    @api.model
    def _cron_thank(self):
        """Plan the thanks of each company in which a scenario is on; one that fails keeps no other from its own."""
        scenarios = self.env["credit.collection.scenario"].search([("on_company_ids", "!=", False)])
        companies = scenarios.on_company_ids.filtered("collection_thanks")
        self.env["credit.collection.daily"]._for_each_company(
            companies,
            lambda company: self.with_company(company)._plan_thanks(company),
            "The thanks of %s could not be planned",
        )
        self.env.ref("credit_collection.ir_cron_credit_collection_send")._trigger()

    @api.model
    def _plan_thanks(self, company, date=None):
        """Plan what the rules allow on ``date`` and return it. Repeated on the same day it plans nothing twice."""
        self = self.sudo()
        date = date or company._get_collection_today()
        window = company._get_collection_thanks_window(date)
        thanks = self.env["credit.collection.thanks"]
        template = thanks._get_template(company)
        debtors = window and template and thanks._find_candidates(company, date, window, None, None)
        if not debtors:
            return self.browse()
        query = thanks._sql_verdict(company, date, window, debtors, None)
        rows = self.env.execute_query(self._sql_insert_thanks(query, company, date, template))
        self.env.invalidate_all()
        planned = self.browse(id_ for (id_,) in rows)
        planned._schedule()
        return planned

    @api.model
    def _sql_insert_thanks(self, query, company, date, template):
        """Insert actions and lines in one statement. Lines *settled* are what the thanks are for: paid and reminded."""
        return SQL(
            """
            WITH %(query)s, action AS (
                INSERT INTO credit_collection_action
                            (purpose, company_id, debtor_id, contact_id, user_id, scenario_id, channel, tone,
                             template_id, planned_state, state, date, currency_id, amount, amount_company, tries,
                             create_uid, create_date, write_uid, write_date)
                SELECT 'thanks', %(company)s, verdict.debtor_id, verdict.contact_id,
                       COALESCE(file.user_id, %(collector)s::int), verdict.scenario_id, verdict.channel, %(tone)s,
                       %(template)s, 'planned', 'planned', %(date)s, verdict.currency_id, verdict.amount,
                       verdict.amount_company, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM verdict
                  JOIN credit_collection_debtor file ON file.id = verdict.debtor_id
                 WHERE verdict.verdict = 'due'
             RETURNING id, debtor_id, currency_id),
            line AS (
                INSERT INTO credit_collection_action_line
                            (action_id, move_line_id, move_id, live, settled, reference, customer_reference,
                             date_invoice, date_due, residual, disputed, covered, amount)
                SELECT action.id, paid.item_id, paid.move_id, FALSE,
                       paid.item_id IN (SELECT heard.item_id FROM heard WHERE heard.reminded), move.name, move.ref,
                       COALESCE(move.invoice_date, move.date), paid.date_due, 0, 0, 0, paid.amount
                  FROM action
                  JOIN paid ON paid.debtor_id = action.debtor_id AND paid.currency_id = action.currency_id
                  JOIN account_move move ON move.id = paid.move_id
             RETURNING action_id)
            SELECT DISTINCT action_id FROM line ORDER BY action_id
            """,
            query=query,
            company=company.id,
            collector=(company.collection_user_id or company.collection_manager_id).id or None,
            tone=template.tone,
            template=template.id,
            date=date,
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    # === ASKED AGAIN === #

    def _get_settled_lines(self):
        """Return the lines of what the thanks are for; the others are what the payment was for besides."""
        return self.line_ids.filtered("settled")

    def _recheck_thanks(self, date):
        """Ask the rules again. Thanks for a payment that came back are taken back: the next one is thanked for.

        :return: whether they may still leave
        """
        self.ensure_one()
        code = self._get_thanks_verdict(date)
        if code == "returned":
            self._get_settled_lines().write({"settled": False})
        # Where to is asked of the channel that was chosen, like for every message beside the ladder.
        if code in ("due", "no_address", "opted_out"):
            return True
        self._set_skipped(self.env["credit.collection.thanks"]._get_labels()[code])
        return False

    def _get_thanks_verdict(self, date):
        self.ensure_one()
        if self.date + timedelta(days=TOO_LATE) < date:
            return "too_late"
        if not all(line.move_line_id.reconciled for line in self._get_settled_lines()):
            return "returned"
        thanks = self.env["credit.collection.thanks"]
        rows = thanks._get_verdicts(self.company_id, date, debtors=self.debtor_id, action=self)
        return rows[0]["verdict"] if rows else "returned"


class CreditCollectionActionLine(models.Model):
    _inherit = "credit.collection.action.line"

    settled = fields.Boolean(
        readonly=True, help="A payment settled this item, which had been reminded: the message thanks for it."
    )

    _thanked_once = models.UniqueIndex(
        "(move_line_id) WHERE settled", "The customer was thanked for this item already."
    )
