from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import plaintext2html

MANAGER = "credit_collection.group_credit_collection_manager"
APPROVAL = "credit_collection.mail_activity_type_approval"


class CreditCollectionApproval(models.AbstractModel):
    """What goes beyond a collector's limits asks a manager first.

    A document that inherits this says in :meth:`_get_approval_reasons` what goes beyond, and in :meth:`_after_approval`
    and :meth:`_after_refusal` what follows. It needs ``company_id`` and activities.
    """

    _name = "credit.collection.approval"
    _description = "Approval by a Manager"
    _inherit = ["credit.collection.trail"]

    approval_state = fields.Selection(
        [("none", "Not needed"), ("asked", "To approve"), ("approved", "Approved"), ("refused", "Refused")],
        string="Approval",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    approval_reason = fields.Text("Why approval is needed", readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    asked_by_id = fields.Many2one("res.users", "Asked by", readonly=True, copy=False)
    refusal = fields.Text("Why it was refused", readonly=True, copy=False)
    may_decide = fields.Boolean(
        compute="_compute_may_decide", help="Whether the present user may approve or refuse it."
    )

    # === COMPUTE METHODS === #

    @api.depends("approval_state")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for document in self:
            document.may_decide = document.approval_state == "asked" and document._may_approve()

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {
            "approval_state", "approval_reason", "approver_id", "asked_by_id", "refusal",
        }  # fmt: skip

    # === ACTION METHODS === #

    def action_approve(self):
        for document in self:
            document._decide("approved")
            document._after_approval()

    def action_refuse(self):
        """Ask why: whoever asked has to know what to do differently."""
        self.ensure_one()
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "credit.collection.approval.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_document_ref": f"{self._name},{self.id}"},
        }

    # === HOOKS === #

    def _get_approval_reasons(self):
        """Return, in words, what goes beyond the limits of the user who asks; nothing: no approval is needed."""
        return []

    def _may_approve(self):
        """Whether the present user may decide about this document."""
        return self.env.su or self.env.user.has_group(MANAGER)

    def _get_approver(self):
        """Return the user who is asked."""
        return self.company_id.sudo().collection_manager_id.filtered("active") or self.env.ref("base.user_admin")

    def _after_approval(self):
        """What follows once a manager agreed."""

    def _after_refusal(self):
        """What follows once a manager refused; ``refusal`` says why."""

    # === BUSINESS METHODS === #

    def _ask_approval(self):
        """Ask a manager where the limits demand it. Return the documents that may go on at once."""
        free = self.browse()
        for document in self:
            reasons = document._get_approval_reasons()
            if not reasons:
                document._forget_question()
                free |= document
                continue
            document._forget_question()
            document.sudo().write(
                {"approval_state": "asked", "approval_reason": "\n".join(reasons), "asked_by_id": self.env.uid}
            )
            document.sudo().activity_schedule(
                APPROVAL,
                summary=self.env._("Approve: %s", document._get_approval_name()),
                note=plaintext2html("\n".join(reasons)),
                user_id=document._get_approver().id,
            )
        return free

    def _get_approval_name(self):
        """Return what is to be approved, with the customer where the name does not say whose it is."""
        name = self.display_name
        customer = self.partner_id.display_name if "partner_id" in self._fields else ""
        return name if not customer or customer in name else f"{name} · {customer}"

    def _refuse(self, reason):
        """Refuse, for a reason: it is noted here, and whoever asked is told."""
        self.ensure_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is refused: whoever asked has to find another way."))
        self._decide("refused")
        self.sudo().refusal = reason
        self._after_refusal()
        self.message_post(
            body=self.env._("Refused by %(user)s: %(reason)s", user=self.env.user.name, reason=reason),
            partner_ids=self._get_asker().partner_id.ids,
        )

    def _get_asker(self):
        """Return, as root, the colleague who asked; nobody, when it was a customer or has left."""
        return self.sudo().asked_by_id.filtered(lambda user: user.active and user._is_internal())

    def _take_back_question(self):
        """Nobody is asked any more; the document goes on as if nobody had been."""
        self.ensure_one()
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is deciding about %s: look again in a moment.", self.display_name)
            ) from error
        self.invalidate_recordset(["approval_state"])
        self.check_access("write")
        if self.approval_state != "asked":
            raise UserError(self.env._("%s does not wait for an approval.", self.display_name))
        self._forget_question()
        self.sudo().activity_unlink([APPROVAL])
        self.message_post(body=self.env._("%s took the request for approval back.", self.env.user.name))

    def _forget_question(self):
        fields_of_question = ("approval_reason", "approver_id", "asked_by_id", "refusal")
        self.sudo().write({"approval_state": "none", **dict.fromkeys(fields_of_question, False)})

    def _check_may_decide(self):
        if not self._may_approve():
            approver = self.sudo()._get_approver().name
            raise AccessError(
                self.env._("%(document)s: %(user)s decides this.", document=self.display_name, user=approver)
            )
        if self.approval_state != "asked":
            raise UserError(self.env._("%s does not wait for an approval.", self.display_name))

    def _decide(self, decision):
        self.ensure_one()
        self._check_may_decide()
        self.check_access("write")
        self.sudo().write({"approval_state": decision, "approver_id": self.env.uid})
        labels = dict(self._fields["approval_state"]._description_selection(self.env))
        self.sudo().activity_feedback([APPROVAL], feedback=labels[decision])
