from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

TASK = "mail.mail_activity_data_todo"
# An answer that the same person gives again within so many days takes the place of the first.
ONCE_IN_DAYS = 7
# Working days in which a comment is to be answered.
ANSWER_TIME = 2


class CreditCollectionFeedback(models.Model):
    """What a customer said on the page about why it is late. A comment has an owner and gets an answer."""

    _name = "credit.collection.feedback"
    _description = "Why It Is Late, in the Customer's Words"
    _inherit = ["credit.collection.trail", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    contact_id = fields.Many2one("res.partner", "Said by", index="btree_not_null", ondelete="set null")
    date = fields.Date("Said on", required=True)
    late_reason_id = fields.Many2one(
        "credit.collection.late.reason", "Why late", required=True, index=True, ondelete="restrict"
    )
    reported_before = fields.Selection(
        [("yes", "Yes"), ("no", "No")], "Reported before", help="Whether they had told us of the reason before."
    )
    trust = fields.Selection([("yes", "Yes"), ("partly", "Partly"), ("no", "No")], "Still trusts us")
    comment = fields.Text()
    user_id = fields.Many2one(
        "res.users", "Owner", index="btree_not_null", domain="[('share', '=', False)]", help="Answers the comment."
    )
    state = fields.Selection(
        [("open", "To answer"), ("answered", "Answered"), ("none", "No answer needed")],
        required=True,
        readonly=True,
        default="none",
        tracking=True,
    )
    answer = fields.Text(help="Goes to the customer by e-mail, as it stands here.")
    date_answered = fields.Date("Answered on", readonly=True)
    answered_by_id = fields.Many2one("res.users", "Answered by", readonly=True, ondelete="set null")

    _debtor_idx = models.Index("(debtor_id, contact_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "late_reason_id")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = f"{feedback.partner_id.display_name or ''}: {feedback.late_reason_id.name or ''}"

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return {
            *("debtor_id", "company_id", "contact_id", "date", "late_reason_id", "reported_before", "trust", "comment"),
            *("state", "date_answered", "answered_by_id"),
        }

    def write(self, vals):
        if "answer" in vals and not self.env.su and any(feedback.state != "open" for feedback in self):
            raise UserError(self.env._("Only a comment that waits for its answer gets one."))
        result = super().write(vals)
        if vals.get("user_id"):
            self.sudo().activity_reschedule([TASK], new_user_id=vals["user_id"])
        return result

    # === ACTION METHODS === #

    def action_answer(self):
        """Send the answer to who commented."""
        self._check_open()
        action = self.env["credit.collection.action"]._create_beside(
            "answer", self.debtor_id, contact=self.contact_id, user=self.env.user, noted=self.answer
        )
        if not action:
            raise UserError(
                self.env._("There is no e-mail address to send it to. Call them, then press “Answered by phone”.")
            )
        self._set_answered()

    def action_answer_by_phone(self):
        """It was answered in another way; what was said stays here."""
        self._check_open()
        self._set_answered()

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, debtor, contact, reason, *, reported=False, trust=False, comment=""):
        """Keep what ``contact`` said about why it is late; a comment waits for its owner's answer.

        One answer for each person and week: said again while nobody has answered it, it takes the place of the first.
        """
        ours, today = debtor._for_staff(), debtor._get_today()
        owner = debtor._get_responsible()
        values = {
            "debtor_id": debtor.id,
            "contact_id": contact.id,
            "date": today,
            "late_reason_id": reason.id,
            "reported_before": reported,
            "trust": trust,
            "comment": comment,
            "user_id": owner.id if comment else False,
            "state": "open" if comment else "none",
        }
        feedback = self._find_recent(debtor, contact).with_env(ours.env).sudo()
        if feedback:
            feedback.activity_unlink([TASK])
            feedback.write(values)
        else:
            feedback = ours.env[self._name].sudo().create(values)
        debtor.write({"late_reason_id": reason.id, "late_reason_date": today})
        if comment:
            feedback._ask_for_answer(owner)
        return feedback

    @api.model
    def _find_recent(self, debtor, contact):
        """Return what the contact said within the week and nobody has answered, as root."""
        since = debtor._get_today() - timedelta(days=ONCE_IN_DAYS)
        domain = [
            ("debtor_id", "=", debtor.id),
            ("contact_id", "=", contact.id),
            ("date", ">", since),
            ("state", "!=", "answered"),
        ]
        return self.sudo().search(domain, limit=1)

    def _ask_for_answer(self, owner):
        self.activity_schedule(
            TASK,
            date_deadline=self.debtor_id._get_last_day(self.date, ANSWER_TIME),
            summary=self.env._("Answer what %s wrote", self.contact_id.name or self.partner_id.name),
            note=plaintext2html(self.comment),
            user_id=owner.id,
        )

    def _check_open(self):
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_user"):
            raise AccessError(self.env._("A collector answers this."))
        self.check_access("write")
        if not self.sudo().try_lock_for_update():
            raise UserError(self.env._("Somebody is answering this right now: look again in a moment."))
        if self.state != "open":
            raise UserError(self.env._("This waits for no answer, or somebody has answered it already."))
        if not (self.answer or "").strip():
            raise UserError(self.env._("Write the answer first: the customer reads it as it stands."))

    def _set_answered(self):
        self.sudo().write(
            {
                "state": "answered",
                "date_answered": self.debtor_id._get_today(),
                "answered_by_id": self.env.uid,
                "user_id": self.user_id.id or self.env.uid,
            }
        )
        self.sudo().activity_feedback([TASK], feedback=self.answer)
        self.debtor_id.message_post(
            body=self.env._("Answered what %(who)s wrote on the page: %(answer)s",
                            who=self.contact_id.name or self.partner_id.name, answer=self.answer)
        )  # fmt: skip
