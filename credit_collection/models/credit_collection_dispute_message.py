from odoo import api, fields, models

# Messages about a dispute that have not left yet.
PENDING = ("planned", "to_approve", "todo", "retry")


class CreditCollectionDispute(models.Model):
    """What the customer is told: that we look into it, and what came of it."""

    _inherit = "credit.collection.dispute"

    acknowledge = fields.Boolean(
        "Acknowledge to the customer",
        compute="_compute_acknowledge",
        store=True,
        readonly=False,
        precompute=True,
        help="An e-mail says that it was received, and by when we answer.",
    )
    action_ids = fields.One2many("credit.collection.action", "dispute_id", string="Messages to the customer")

    # === COMPUTE METHODS === #

    @api.depends("debtor_id", "origin")
    def _compute_acknowledge(self):
        """As the company says; neither what sales raised, unknown to the customer perhaps, nor what was taken over."""
        for dispute in self:
            company = (dispute.debtor_id.company_id or self.env.company).sudo()
            silent = dispute.origin == "sales" or dispute.collection_import_id
            dispute.acknowledge = company.collection_dispute_acknowledge and not silent

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes.filtered("acknowledge"):
            dispute._send_message("dispute_received")
        return disputes

    # === BUSINESS METHODS === #

    def _send_message(self, purpose):
        """Put a message about the dispute on its way, in the customer's language; the owner signs."""
        self.ensure_one()
        actions, dispute = self.env["credit.collection.action"], self.sudo()
        return actions._create_beside(
            purpose,
            dispute.debtor_id,
            contact=dispute.contact_id if dispute._is_of_customer(dispute.contact_id) else None,
            user=dispute.user_id,
            currency=dispute.line_ids[:1].currency_id,
            lines=actions._prepare_lines_of(
                dispute.line_ids._get_items(), {line.move_line_id.id: line.amount for line in dispute.line_ids}
            ),
            dispute_id=dispute.id,
        )

    def _is_of_customer(self, contact):
        """Whether ``contact`` is a person of the customer, or of who pays: nobody else reads what we write to them."""
        debtor = self.debtor_id
        people = debtor.partner_id | debtor.payer_id.commercial_partner_id
        return contact.commercial_partner_id in people or contact == debtor.contact_id

    def _after_state(self, target):
        """Tell the outcome; take back what has not left and is not true any more."""
        result = super()._after_state(target)
        pending = self.sudo().action_ids.filtered(lambda action: action.state in PENDING)
        if target == "cancelled":
            pending._set_cancelled(self.env._("The dispute was a mistake"))
        elif target == "new":
            outcomes = pending.filtered(lambda action: action.purpose == "dispute_outcome")
            outcomes._set_cancelled(self.env._("The dispute was opened again"))
        elif self.date_closed:
            received = pending.filtered(lambda action: action.purpose == "dispute_received")
            received._set_cancelled(self.env._("The dispute has been settled since"))
            if self.outcome_kind and self.outcome_notify:
                self._send_message("dispute_outcome")
        return result
