from odoo import models


class CreditCollectionImport(models.Model):
    """What the command line needs to know while an import is under way."""

    _inherit = "credit.collection.import"

    def _report(self, phase, done, total):
        """Tell whoever waits in this process, too: the context's ``collection_report`` is called with the same."""
        result = super()._report(phase, done, total)
        tell = self.env.context.get("collection_report")
        if tell:
            tell(self._get_phases().get(phase, phase), done, total)
        return result
