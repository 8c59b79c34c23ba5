from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
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

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"approval_state", "approval_reason", "approver_id"}

    # === ACTION METHODS === #

    def action_approve(self):
        for document in self:
            document._decide("approved")
            document._after_approval()

    def action_refuse(self):
        for document in self:
            document._decide("refused")
            document._after_refusal()

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
        """What follows once a manager refused."""

    # === BUSINESS METHODS === #

    def _ask_approval(self):
        """Ask a manager where the limits demand it. Return the documents that may go on at once."""
        free = self.browse()
        for document in self:
            reasons = document._get_approval_reasons()
            if not reasons:
                document.sudo().write({"approval_state": "none", "approval_reason": False, "approver_id": False})
                free |= document
                continue
            document.sudo().write({"approval_state": "asked", "approval_reason": "\n".join(reasons)})
            document.sudo().activity_schedule(
                APPROVAL,
                summary=self.env._("Approve: %s", document.display_name),
                note=plaintext2html("\n".join(reasons)),
                user_id=document._get_approver().id,
            )
        return free

    def _decide(self, decision):
        self.ensure_one()
        if not self._may_approve():
            raise AccessError(self.env._("%s: a manager of the collection decides this.", self.display_name))
        if self.approval_state != "asked":
            raise UserError(self.env._("%s does not wait for an approval.", self.display_name))
        self.check_access("write")
        self.sudo().write({"approval_state": decision, "approver_id": self.env.uid})
        labels = dict(self._fields["approval_state"]._description_selection(self.env))
        self.sudo().activity_feedback([APPROVAL], feedback=labels[decision])
