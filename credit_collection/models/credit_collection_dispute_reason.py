from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditCollectionDisputeReason(models.Model):
    """Why customers contest invoices: a tree. What a reason leaves open, the one above it says."""

    _name = "credit.collection.dispute.reason"
    _description = "Reason of a Dispute"
    _order = "sequence, id"
    _parent_store = True
    _rec_names_search = ["name", "parent_id.name"]

    name = fields.Char(required=True, translate=True)
    page_name = fields.Char(
        "Name for customers",
        translate=True,
        help="What the customer's page calls it. Without one the page does not offer it.",
    )
    parent_id = fields.Many2one(
        "credit.collection.dispute.reason", string="Part of", index=True, ondelete="restrict",
        domain="[('id', '!=', id)]",
    )  # fmt: skip
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("credit.collection.dispute.reason", "parent_id", string="In detail")
    complete_name = fields.Char("Reason", compute="_compute_complete_name", recursive=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain="[('share', '=', False)]",
        help="Who usually settles disputes of this kind. Left open: the team, else what the reason above says.",
    )
    team_ids = fields.Many2many(
        "res.users",
        "credit_collection_dispute_reason_team_rel",
        "reason_id",
        "user_id",
        domain="[('share', '=', False)]",
        help="Without an owner, the member with the fewest open disputes gets it.",
    )
    deadline_days = fields.Integer("Answer within (days)", default=10, required=True)
    check_ids = fields.One2many("credit.collection.dispute.reason.check", "reason_id", string="Checklist", copy=True)

    _deadline_positive = models.Constraint("CHECK (deadline_days > 0)", "An answer takes one day at least.")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for reason in self:
            above = reason.parent_id.complete_name
            reason.complete_name = f"{above} / {reason.name}" if above else reason.name

    @api.depends_context("lang")
    @api.depends("complete_name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = reason.complete_name

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id")
    def _check_tree(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A reason cannot be part of itself."))

    # === BUSINESS METHODS === #

    def _get_page_name(self, whole=True):
        """Return its name for customers; ``whole``: after those above it."""
        self.ensure_one()
        return self.page_name or (self.complete_name if whole else self.name)

    @api.model
    def _get_page_reasons(self):
        """Return what the customer's page offers: no groups, those with a name for customers, "other" last.

        Where a company has named none for customers, all of them.
        """
        reasons = self.search([("child_ids", "=", False)])
        reasons = reasons.filtered("page_name") or reasons
        return reasons.sorted(lambda one: (not one.parent_id, (one.parent_id or one).sequence, one.sequence, one.id))

    def _get_line(self):
        """Return the reason and those above it, nearest first."""
        self.ensure_one()
        line = self
        while line[-1].parent_id:
            line += line[-1].parent_id
        return line

    def _get_owner(self, company):
        """Return who settles disputes of this kind in ``company``; nobody, when the tree does not say."""
        for reason in self.sudo()._get_line() if self else ():
            owner = reason.user_id.filtered(lambda user: user.active and company in user.company_ids)
            if owner or (owner := reason._get_free_member(company)):
                return owner
        return self.env["res.users"]

    def _get_free_member(self, company):
        """Return the member of the team with the fewest open disputes; ties: the one who has been here longest."""
        members = self.team_ids.filtered(lambda user: user.active and company in user.company_ids)
        busy = dict(
            self.env["credit.collection.dispute"]._read_group(
                [("user_id", "in", members.ids), ("date_closed", "=", False)], ["user_id"], ["__count"]
            )
        )
        return members.sorted(lambda user: (busy.get(user, 0), user.id))[:1]

    def _get_checks(self):
        """Return the checklist: its own, else that of the nearest reason above that has one."""
        return next((reason.check_ids for reason in self._get_line() if reason.check_ids), self.check_ids)


class CreditCollectionDisputeReasonCheck(models.Model):
    _name = "credit.collection.dispute.reason.check"
    _description = "What to Check about a Dispute"
    _order = "reason_id, sequence, id"

    reason_id = fields.Many2one("credit.collection.dispute.reason", required=True, index=True, ondelete="cascade")
    name = fields.Char("To check", required=True, translate=True)
    sequence = fields.Integer(default=10)
