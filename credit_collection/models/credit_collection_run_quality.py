from odoo import fields, models


class CreditCollectionRun(models.Model):
    """What is wrong with the data that a run rests on is one click away from it."""

    _inherit = "credit.collection.run"

    finding_count = fields.Integer("Findings", compute="_compute_finding_count")

    def _compute_finding_count(self):
        for run in self:
            report = self.env["credit.collection.report.quality"].with_context(
                collection_company_ids=run.company_id.ids or [0]
            )
            run.finding_count = report.search_count([("company_id", "=", run.company_id.id)])

    def action_view_findings(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_report_quality_action"
        )
        return {**action, "domain": [("company_id", "in", self.company_id.ids)]}
