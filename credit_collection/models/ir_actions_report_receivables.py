import io

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Draw the receivables report true to scale, whatever the build of wkhtmltopdf."""
        name = self._get_report(report_ref).report_name
        if name != "credit_collection.receivables_page":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        return {
            asked.id: {
                "stream": io.BytesIO(self.env[f"report.{name}"]._draw(asked.company_id, asked.date)),
                "attachment": None,
            }
            for asked in self.env["credit.collection.as.of"].browse(res_ids)
        }
