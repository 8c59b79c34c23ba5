from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Do not wait for scripts in a document that has none: core allows a second for them, per letter."""
        arguments = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("collection_no_scripts"):
            arguments[arguments.index("--javascript-delay") + 1] = "0"
            arguments.append("--disable-javascript")
        return arguments
