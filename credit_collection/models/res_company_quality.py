from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_payables_items = fields.Integer(
        "Contact for payables from (items)",
        default=5,
        help="A business with more open items than this should have a contact for payables.",
    )

    _collection_payables_items_positive = models.Constraint(
        "CHECK (COALESCE(collection_payables_items, 0) >= 0)", "The number of items must not be negative."
    )
