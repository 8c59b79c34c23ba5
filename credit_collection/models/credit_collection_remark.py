from odoo import api, fields, models


class CreditCollectionRemark(models.Model):
    """Something that a customer or a colleague said and that nobody has judged yet.

    Until its last day it holds the items that it names, or the whole debtor when it names none. A person makes it a
    dispute, a promise, … or puts it aside; left alone, it ends by itself.
    """

    _name = "credit.collection.remark"
    _description = "Remark to Judge"
    _inherit = ["credit.collection.trail", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    kind = fields.Selection(
        [("reply", "Reply of the customer"), ("possible", "Possible dispute"), ("note", "Note of a colleague")],
        required=True,
        default="possible",
    )
    text = fields.Text("What was said", required=True)
    user_id = fields.Many2one("res.users", "Said by", default=lambda self: self.env.user, index="btree_not_null")
    author_id = fields.Many2one("res.partner", "Written by", index="btree_not_null", ondelete="set null")
    message_ref_id = fields.Many2one("mail.message", "Message", index="btree_not_null", ondelete="set null")
    date = fields.Date(required=True, readonly=True, default=lambda self: self.env.company._get_collection_today())
    date_until = fields.Date("Holds until", required=True, help="Last day on which nothing leaves because of it.")
    line_ids = fields.One2many("credit.collection.remark.line", "remark_id", string="Items")
    state = fields.Selection(
        [("open", "To judge"), ("done", "Judged"), ("dismissed", "Put aside")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    _debtor_idx = models.Index("(debtor_id, date_until) WHERE state = 'open'")

    @api.model
    def _get_trail_fields(self):
        return {"state", "date", "date_until"}


class CreditCollectionRemarkLine(models.Model):
    _name = "credit.collection.remark.line"
    _description = "Item of a Remark"
    _inherit = ["credit.collection.item.link"]

    remark_id = fields.Many2one("credit.collection.remark", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="remark_id.company_id", store=True, index=True, precompute=True)
    user_id = fields.Many2one(related="remark_id.user_id", store=True, precompute=True)

    _once_per_person = models.UniqueIndex(
        "(move_line_id, user_id)", "You have reported one of these items before: the collector decides now."
    )
