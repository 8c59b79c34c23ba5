from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_installment_notice = fields.Integer(
        "Announce instalments (days before)", default=3, help="0: instalments are not announced."
    )

    _collection_installment_notice_positive = models.Constraint(
        "CHECK (collection_installment_notice >= 0)", "Instalments are announced some days before, not after."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_installment_notice = fields.Integer(related="company_id.collection_installment_notice", readonly=False)
