from odoo import api, fields, models
from odoo.exceptions import AccessError

TAKEN_OVER = {"collection_opening_level", "collection_opening_date"}


class AccountMove(models.Model):
    """What an invoice taken over from other software has behind it."""

    _inherit = "account.move"

    collection_opening_level = fields.Integer(
        "Level taken over",
        copy=False,
        readonly=True,
        help="Last reminder level in the software this invoice came from. It counts for what was overdue by then.",
    )
    collection_opening_date = fields.Date("Last reminder taken over", copy=False, readonly=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Only who may import a file may say what it would say."""
        said = {name for vals in vals_list for name in vals}
        said |= {name for name in TAKEN_OVER if f"default_{name}" in self.env.context}
        if TAKEN_OVER & said and not self.env.su:
            self.env["credit.collection.import"]._check_may_import()
        return super().create(vals_list)

    def write(self, vals):
        """Where dunning goes on is read from these: nobody makes an invoice skip steps, or begin again."""
        if TAKEN_OVER & set(vals) and not self.env.su:
            raise AccessError(self.env._("The level taken over is noted by the import itself."))
        return super().write(vals)
