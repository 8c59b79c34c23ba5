from datetime import timedelta

from odoo import Command, api, fields, models

DOCUMENTS = ("sale.order", "stock.picking")
FACTS = ("evidence_customer_ids", "evidence_own_ids", "evidence_sent_ids")


class CreditCollectionDispute(models.Model):
    """Where a dispute comes from, what it is about, what proves it, by when it is to be answered."""

    _inherit = "credit.collection.dispute"

    origin = fields.Selection(
        [
            ("collector", "Collector"),
            ("phone", "Telephone"),
            ("mail", "Reply by e-mail"),
            ("portal", "Portal"),
            ("sales", "Sales team"),
        ],
        "Came by",
        required=True,
        default="collector",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Raised by",
        index="btree_not_null",
        ondelete="set null",
        help="Whom we answer; without anybody, the contact for payables.",
    )
    date_deadline = fields.Date(
        "Answer by",
        compute="_compute_date_deadline",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        copy=False,
    )
    date_waiting_until = fields.Date(
        "Customer's answer by", copy=False, help="While we wait for the customer, it is overdue after this day only."
    )
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    check_ids = fields.One2many("credit.collection.dispute.check", "dispute_id", string="Checklist")
    check_progress = fields.Char("Checked", compute="_compute_check_progress")
    evidence_customer_ids = fields.Many2many(
        "ir.attachment",
        "credit_collection_dispute_evidence_customer_rel",
        "dispute_id",
        "attachment_id",
        string="Evidence of the customer",
        copy=False,
    )
    evidence_own_ids = fields.Many2many(
        "ir.attachment",
        "credit_collection_dispute_evidence_own_rel",
        "dispute_id",
        "attachment_id",
        string="Our evidence",
        copy=False,
        help="Order, proof of delivery, price list, …",
    )
    evidence_sent_ids = fields.Many2many(
        "ir.attachment",
        "credit_collection_dispute_evidence_sent_rel",
        "dispute_id",
        "attachment_id",
        string="Evidence for the customer",
        copy=False,
        help="Goes with the e-mail that tells the outcome.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        help="What it is about; filled in where only one product was invoiced.",
    )
    salesperson_id = fields.Many2one(
        "res.users", compute="_compute_salesperson_id", store=True, readonly=False, precompute=True, index=True
    )
    document_key = fields.Char(copy=False)
    document_ref = fields.Reference(
        selection="_get_document_models",
        string="Order or delivery",
        compute="_compute_document_ref",
        inverse="_inverse_document_ref",
    )
    date_investigating = fields.Date("Looked into since", readonly=True, copy=False)
    date_waiting = fields.Date("Waits since", readonly=True, copy=False)
    date_acknowledged = fields.Date("Acknowledged", compute="_compute_date_acknowledged")

    # === COMPUTE METHODS === #

    @api.depends("reason_id")
    def _compute_date_deadline(self):
        """The days of the reason, from the day it was opened; a day chosen by hand is kept until the reason changes."""
        for dispute in self:
            opened = dispute.date_opened or self.env.company._get_collection_today()
            dispute.date_deadline = opened + timedelta(days=dispute.reason_id.deadline_days or 10)

    @api.depends("date_deadline", "date_waiting_until", "state")
    def _compute_is_overdue(self):
        for dispute in self:
            last = dispute.date_waiting_until if dispute.state == "waiting" else dispute.date_deadline
            today = (dispute.company_id or self.env.company)._get_collection_today()
            dispute.is_overdue = bool(not dispute.date_closed and last and last < today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_collection_today()
        return self._get_overdue_domain(today) if True in value else ["!", *self._get_overdue_domain(today)]

    @api.model
    def _get_overdue_domain(self, today):
        """Return the domain of the disputes whose day has passed; waiting ones count by their own day only."""
        return [
            "&", ("date_closed", "=", False),
            "|", "&", ("state", "!=", "waiting"), ("date_deadline", "<", today),
            "&", ("state", "=", "waiting"), ("date_waiting_until", "<", today),
        ]  # fmt: skip

    @api.depends("check_ids.done")
    def _compute_check_progress(self):
        for dispute in self:
            done = len(dispute.check_ids.filtered("done"))
            dispute.check_progress = f"{done}/{len(dispute.check_ids)}" if dispute.check_ids else False

    @api.depends("line_ids.move_line_id")
    def _compute_salesperson_id(self):
        for dispute in self:
            moves = dispute.line_ids.move_line_id.move_id
            dispute.salesperson_id = dispute.salesperson_id or moves.invoice_user_id[:1]

    @api.depends("line_ids.move_line_id")
    def _compute_product_id(self):
        for dispute in self:
            products = dispute.line_ids.move_line_id.sudo().move_id.invoice_line_ids.product_id
            dispute.product_id = dispute.product_id or (products if len(products) == 1 else False)

    @api.depends("document_key")
    def _compute_document_ref(self):
        """What was referred to; nothing while its application is not installed, or once it was deleted."""
        for dispute in self:
            model, __, id_ = (dispute.document_key or "").partition(",")
            record = self.env[model].browse(int(id_)) if model in DOCUMENTS and model in self.env else None
            dispute.document_ref = record if record and record.exists() else False

    def _inverse_document_ref(self):
        for dispute in self:
            record = dispute.document_ref
            dispute.document_key = f"{record._name},{record.id}" if record else False

    @api.model
    def _get_document_models(self):
        """Return the models that are installed, of those that a dispute may refer to."""
        return [(name, self.env[name]._description) for name in DOCUMENTS if name in self.env]

    def _compute_date_acknowledged(self):
        sent = self.env["credit.collection.action"]._read_group(
            [("dispute_id", "in", self.ids), ("purpose", "=", "dispute_received"), ("state", "=", "sent")],
            ["dispute_id"],
            ["date_sent:min"],
        )
        days = dict(sent)
        for dispute in self:
            dispute.date_acknowledged = days.get(dispute)

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"date_investigating", "date_waiting"}

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes:
            dispute._copy_checklist()
        disputes._own_evidence()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if "reason_id" in vals:
            for dispute in self.filtered(lambda dispute: not any(dispute.check_ids.mapped("done"))):
                dispute.check_ids.unlink()
                dispute._copy_checklist()
        if set(FACTS) & set(vals):
            self._own_evidence()
        return result

    # === BUSINESS METHODS === #

    def _copy_checklist(self):
        """Take over the points of the reason; points that somebody worked on already are not taken away."""
        self.ensure_one()
        if self.check_ids:
            return
        self.check_ids = [
            Command.create({"name": check.name, "sequence": check.sequence}) for check in self.reason_id._get_checks()
        ]

    def _own_evidence(self):
        """Files that were just uploaded belong to nobody: bind them to the dispute, so that its readers read them."""
        for dispute in self:
            files = (dispute.evidence_customer_ids | dispute.evidence_own_ids | dispute.evidence_sent_ids).sudo()
            loose = files.filtered(lambda file: not file.res_id and file.create_uid == self.env.user)
            loose.write({"res_model": self._name, "res_id": dispute.id})
