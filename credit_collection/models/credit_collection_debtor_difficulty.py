from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_date

# Calendar days before its end on which the collector is asked how to go on.
TOLD_BEFORE = 5
TASK = "mail.mail_activity_data_todo"


class CreditCollectionDebtor(models.Model):
    """A customer in difficulty for a while: soft tone, a plan on offer, no fees."""

    _inherit = "credit.collection.debtor"

    difficulty_from = fields.Date("In difficulty from", tracking=True)
    difficulty_until = fields.Date(
        "In difficulty until", tracking=True, help="Nothing firm or formal leaves up to and including this day."
    )
    difficulty_reason = fields.Char("What happened", tracking=True)
    in_difficulty = fields.Boolean(compute="_compute_in_difficulty", search="_search_in_difficulty")
    difficulty_begun = fields.Date(
        copy=False, readonly=True, help="The first day of the difficulty for which the collector got a task."
    )
    difficulty_end_told = fields.Date(
        copy=False, readonly=True, help="The last day of the difficulty whose end the collector was told of."
    )

    # === COMPUTE METHODS === #

    @api.depends("difficulty_from", "difficulty_until")
    @api.depends_context("collection_date")
    def _compute_in_difficulty(self):
        asked = fields.Date.to_date(self.env.context.get("collection_date"))
        for debtor in self:
            debtor.in_difficulty = debtor._is_in_difficulty(asked)

    def _search_in_difficulty(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.to_date(self.env.context.get("collection_date")) or fields.Date.context_today(self)
        return [("difficulty_from", "<=", today), ("difficulty_until", ">=", today)]

    # === CONSTRAINT METHODS === #

    @api.constrains("difficulty_from", "difficulty_until", "difficulty_reason")
    def _check_difficulty(self):
        for debtor in self.filtered(lambda debtor: debtor.difficulty_from or debtor.difficulty_until):
            if not (debtor.difficulty_from and debtor.difficulty_until and (debtor.difficulty_reason or "").strip()):
                raise ValidationError(
                    self.env._("%s in difficulty: say from when, until when, and why.", debtor.display_name)
                )
            if debtor.difficulty_until < debtor.difficulty_from:
                raise ValidationError(self.env._("%s: the difficulty ends before it begins.", debtor.display_name))

    # === CRUD METHODS === #

    def write(self, vals):
        if {"difficulty_begun", "difficulty_end_told"} & set(vals) and not self.env.su:
            raise AccessError(self.env._("What the collector was told is noted by the collection itself."))
        result = super().write(vals)
        if {"difficulty_from", "difficulty_until"} & set(vals):
            for debtor in self:
                debtor._follow_difficulty(debtor._get_today())
            self._ask_again_now()
        return result

    # === ACTION METHODS === #

    def action_difficulty(self):
        """Say from when, until when and why; the same dialog changes it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("In Difficulty"),
            "res_model": "credit.collection.debtor.difficulty",
            "view_mode": "form",
            "target": "new",
            "context": {"default_debtor_id": self.id},
        }

    def action_end_difficulty(self):
        """It is over: from now on everything goes its usual way."""
        for debtor in self:
            debtor._check_collector()
            debtor.message_post(
                body=self.env._(
                    "In difficulty no longer (was: until %(until)s, %(reason)s).",
                    until=format_date(self.env, debtor.difficulty_until),
                    reason=debtor.difficulty_reason,
                )
            )
        self.write({"difficulty_from": False, "difficulty_until": False, "difficulty_reason": False})

    # === BUSINESS METHODS === #

    def _is_in_difficulty(self, date=None):
        """Whether the customer is in difficulty on ``date`` (default today): soft tone, no fees."""
        self.ensure_one()
        if not (self.difficulty_from and self.difficulty_until):
            return False
        return self.difficulty_from <= (date or self._get_today()) <= self.difficulty_until

    @api.model
    def _cron_difficulty(self):
        """Begin what was noted ahead, and tell of what is about to end; each debtor by its company's day."""
        self.env["credit.collection.daily"]._for_each_company(
            self.sudo().search([("difficulty_until", "!=", False)]).company_id,
            self._follow_difficulties,
            "The customers in difficulty of %s could not be followed",
        )

    @api.model
    def _follow_difficulties(self, company, date=None):
        """Do what ``date`` asks for, for each debtor of ``company``."""
        date = date or company._get_collection_today()
        debtors = self.sudo().search([("company_id", "=", company.id), ("difficulty_until", ">=", date)])
        for debtor in debtors:
            self.env["credit.collection.daily"]._try(
                debtor, lambda debtor: debtor._follow_difficulty(date), "The difficulty of %s could not be followed"
            )

    def _follow_difficulty(self, date):
        """Do what the dates ask for on ``date``, once for each beginning and once for each end."""
        self.ensure_one()
        if not self._is_in_difficulty(date):
            return
        if self.difficulty_begun != self.difficulty_from:
            self._begin_difficulty()
        elif self.difficulty_end_told != self.difficulty_until and date >= fields.Date.subtract(
            self.difficulty_until, days=TOLD_BEFORE
        ):
            self._tell_end_of_difficulty()

    def _begin_difficulty(self):
        """Write with a plan on offer, ask the collector for one, and stop what is firm and waits."""
        cash = self.env.ref("credit_collection.credit_collection_late_reason_cash", raise_if_not_found=False)
        self.sudo().difficulty_begun = self.difficulty_from
        if cash:
            self.write({"late_reason_id": cash.id, "late_reason_date": self._get_today()})
        self.sudo().activity_schedule(
            TASK,
            summary=self.env._("In difficulty: offer a plan"),
            note=plaintext2html(self.difficulty_reason),
            user_id=self._get_responsible().id,
        )
        self._ask_again_now()

    def _tell_end_of_difficulty(self):
        self.sudo().difficulty_end_told = self.difficulty_until
        self.sudo().activity_schedule(
            TASK,
            summary=self.env._(
                "In difficulty until %s: how does it go on?", format_date(self.env, self.difficulty_until)
            ),
            date_deadline=self.difficulty_until,
            user_id=self._get_responsible().id,
        )

    def _absorb_difficulty(self, other):
        """Of two files in difficulty both count, from the first day to the last; both reasons are kept.

        A difficulty that is over counts for nothing.
        """
        lasting = (self + other).filtered(lambda one: one.difficulty_until and one.difficulty_until >= one._get_today())
        if other in lasting:
            first = min(lasting.mapped("difficulty_from"))
            begun = any(one.difficulty_begun == one.difficulty_from for one in lasting)
            self.write(
                {
                    "difficulty_from": first,
                    "difficulty_until": max(lasting.mapped("difficulty_until")),
                    "difficulty_reason": " · ".join(dict.fromkeys(lasting.mapped("difficulty_reason"))),
                    "difficulty_begun": begun and first,
                }
            )
