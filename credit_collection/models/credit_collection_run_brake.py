from statistics import median

from odoo import models
from odoo.tools import SQL


class CreditCollectionRun(models.Model):
    """When a run is out of proportion, and what becomes of it then."""

    _inherit = "credit.collection.run"

    def _get_brake_reason(self):
        """Return why this run is out of proportion, or False. The thresholds stand on the company."""
        self.ensure_one()
        company = self.company_id
        if company.collection_brake_firm and self.firm_count > company.collection_brake_firm:
            return self.env._(
                "%(count)s firm messages, more than %(limit)s",
                count=self.firm_count,
                limit=company.collection_brake_firm,
            )
        if not company.collection_brake_messages or self.message_count <= company.collection_brake_messages:
            return False
        earlier = self.search(
            [("company_id", "=", company.id), ("state", "=", "live"), ("id", "!=", self.id)], limit=20
        )
        usual = median(earlier.mapped("message_count")) if earlier else 0
        if earlier and self.message_count > usual * company.collection_brake_ratio:
            return self.env._("%(count)s messages; usually %(usual)s", count=self.message_count, usual=round(usual))
        debtors = self.env["credit.collection.debtor"].search_count([("company_id", "=", company.id)])
        share = company.collection_brake_share
        if share and self.message_count * 100 > debtors * share:
            return self.env._("%(count)s messages to %(debtors)s debtors", count=self.message_count, debtors=debtors)
        return False

    def _hold_back(self, brake):
        """Make the run a proposal: nothing leaves, nothing counts for "once", and somebody is asked."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute("UPDATE credit_collection_action SET state = 'proposal' WHERE run_id = %s", [self.id])
        self.env.cr.execute(
            SQL(
                """UPDATE credit_collection_action_line line SET live = FALSE
                     FROM credit_collection_action action
                    WHERE action.id = line.action_id AND action.run_id = %s""",
                self.id,
            )
        )
        self.env.invalidate_all()
        if not brake:
            return
        self.brake_reason = brake
        manager = self.company_id.collection_manager_id or self.company_id.collection_user_id
        if manager:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Look at this run before it leaves"),
                note=brake,
                user_id=manager.id,
            )
