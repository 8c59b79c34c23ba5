from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .credit_collection_remark import ACCOUNTANTS, CUSTOMERS_OWN, JUDGE

DECISIONS = [
    ("dispute", "A dispute"),
    ("promised", "A promise"),
    ("paid", "Paid already"),
    ("wrong_contact", "Wrong contact"),
    ("opt_out", "E-mail closed"),
    ("resend", "Invoices sent again"),
    ("approval", "Is being checked there"),
    ("call_back", "To call back"),
    ("refused", "Refuses"),
    ("aside", "Put aside"),
]
BECOMES = [
    "credit.collection.dispute",
    "credit.collection.promise",
    "credit.collection.optout",
    "credit.collection.plan",
]


class CreditCollectionRemark(models.Model):
    """What a person makes of a remark: one click each, the first to decide decides."""

    _inherit = "credit.collection.remark"

    decision = fields.Selection(DECISIONS, "Became", readonly=True, copy=False, tracking=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False, ondelete="set null")
    decided_on = fields.Date(readonly=True, copy=False)
    became = fields.Reference(
        selection=lambda self: [(name, self.env[name]._description) for name in BECOMES],
        string="Became this",
        readonly=True,
        copy=False,
        groups=ACCOUNTANTS,
    )
    outcome = fields.Char("What became of it", compute="_compute_outcome", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("state", "decision", "became", "date_until")
    def _compute_outcome(self):
        """Say it in words, also to who may not read the document that it became."""
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for remark in self:
            document = remark.became.exists() if remark.became else None
            if remark.state == "open":
                remark.outcome = remark._say_waiting()
            elif document and document._name == "credit.collection.dispute":
                states = dict(document._fields["state"]._description_selection(self.env))
                remark.outcome = self.env._(
                    "Dispute %(name)s: %(state)s", name=document.name, state=states[document.state]
                )
            elif document and document._name == "credit.collection.plan":
                states = dict(document._fields["state"]._description_selection(self.env))
                remark.outcome = self.env._(
                    "Payment plan %(name)s: %(state)s", name=document.name, state=states[document.state]
                )
            else:
                remark.outcome = labels.get(remark.decision) or self.env._("Put aside")

    def _say_waiting(self):
        """Say whether it waits for somebody: what the customer says does so, also where it holds nothing."""
        if not self.expired:
            return self.env._("to judge")
        if self.kind in CUSTOMERS_OWN:
            return self.env._("holds nothing, waits for a decision")
        return self.env._("expired, nobody decided")

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {"decision", "decided_by_id", "decided_on", "became"}

    # === ACTION METHODS === #

    def action_dispute(self):
        """Open the form of a dispute with what is known; the remark is judged once that is saved."""
        self._check_open()
        Dispute = self.env["credit.collection.dispute"]
        action = Dispute._get_action_new(self.debtor_id, self._get_named_items())
        context = {
            **action["context"],
            "default_remark_id": self.id,
            "default_description": self.text,
            "default_reason_id": self.suggested_reason_id.id,
        }
        if "origin" in Dispute._fields:
            context |= {"default_origin": self._get_origin(), "default_contact_id": self._get_contact().id}
        return {**action, "context": context}

    def action_promise(self):
        """Note the promise that it announces; without a day there is none."""
        self._check_open()
        if not self.promise_date:
            raise UserError(self.env._("On which day will they pay? Fill in “Pays on”, then press again."))
        promise = self.env["credit.collection.promise"]._make(
            self.debtor_id,
            self._get_promised_items(),
            self.promise_amount or None,
            self.promise_date,
            how={"reply": "email", "page": "portal"}.get(self.kind, "phone"),
            contact=self._get_contact(),
            note=self.text,
        )
        self._become("promised", promise)
        return promise._get_records_action()

    def action_paid(self):
        """Look for the payment, and hold the debtor meanwhile, as after a call."""
        self._check_open()
        self._become("paid")
        self.debtor_id._look_for_payment(self.paid_date, self.text)

    def action_wrong_contact(self):
        """Ask the collector for the right contact, and open the one who says that it is not them."""
        self._check_open()
        self._become("wrong_contact")
        self.debtor_id._ask_somebody(self.env._("Find the right contact"), self.text)
        contact = self.author_id or self.debtor_id.contact_id or self.partner_id
        return contact._get_records_action()

    def action_opt_out(self):
        """Close e-mail for this customer. It closes the channel, never the debt."""
        self._check_open()
        Optout = self.env["credit.collection.optout"]
        closed = self.debtor_id.optout_ids.filtered(lambda optout: optout.channel == "email")
        if not closed:
            reason = " ".join((self.suggestion_sentence or self.text).split())[:200]
            closed = Optout.create({"debtor_id": self.debtor_id.id, "channel": "email", "reason": reason})
        self._become("opt_out", closed)

    def action_aside(self):
        """Nothing comes of it: its hold ends now."""
        for remark in self:
            remark._check_open()
            remark._become("aside", state="dismissed")

    def action_extend(self):
        """Hold as many working days again, from today or from its last day, once."""
        for remark in self:
            remark._check_open()
            if remark.extended:
                raise UserError(self.env._("It was extended before: decide, or put the debtor on hold with a reason."))
            company = remark.company_id
            days = company.collection_possible_days if remark.line_ids else company.collection_reply_days
            since = max(remark.date_until, remark.debtor_id._get_today())
            until = company._get_day_after_workdays(since, days) - timedelta(days=1)
            remark.sudo().write({"date_until": until, "extended": True})
            if not remark.activity_search([JUDGE]):
                remark.sudo()._ask_to_judge()
            remark.sudo().activity_reschedule([JUDGE], date_deadline=until)
            remark.debtor_id._ask_again_now()

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    # === BUSINESS METHODS === #

    def _check_open(self):
        """Whoever comes second is told what the first one decided."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_user"):
            raise AccessError(self.env._("A collector judges this."))
        self.check_access("write")
        if self.state != "open":
            raise UserError(
                self.env._(
                    "%(user)s has judged this already: %(outcome)s.",
                    user=self.decided_by_id.name or self.env._("Somebody"),
                    outcome=self.outcome,
                )
            )

    def _become(self, decision, document=None, state="done"):
        """The one gate: whoever is first decides, the second is refused."""
        if not self.sudo().try_lock_for_update():
            raise UserError(self.env._("Somebody is deciding about this right now: look again in a moment."))
        self._check_open()
        self.sudo().write(
            {
                "state": state,
                "decision": decision,
                "decided_by_id": self.env.uid,
                "decided_on": self.debtor_id._get_today(),
                "became": f"{document._name},{document.id}" if document else False,
            }
        )
        self.sudo().activity_feedback([JUDGE], feedback=self.outcome)
        self._tell()

    def _tell(self):
        """Tell who said it what became of it, and leave a note on the file."""
        user = self.user_id if self.user_id != self.env.user else self.env["res.users"]
        self.message_post(
            body=self.env._("What became of it: %s", self.outcome),
            partner_ids=user.partner_id.ids,
            subtype_xmlid="mail.mt_comment" if user else "mail.mt_note",
        )
        labels = dict(self._fields["kind"]._description_selection(self.env))
        self.debtor_id.message_post(
            body=self.env._("%(kind)s: %(outcome)s", kind=labels[self.kind], outcome=self.outcome)
        )

    def _get_promised_items(self):
        """Return what the promise is about: the items named, else all that is overdue, else all that is open."""
        items = self._get_named_items()
        items = self.debtor_id._get_open_receivables() if items is None else items
        items = items.filtered(lambda item: item.currency_id == self.currency_id)
        overdue = items.filtered(lambda item: (item.date_maturity or item.date) < self.debtor_id._get_today())
        return overdue or items

    def _get_contact(self):
        """Return whom we answer: nobody in particular, when who wrote it does not belong to this customer."""
        return self.env["res.partner"] if self.stranger else self.author_id

    def _get_origin(self):
        """Return by which way a dispute about it came."""
        if self.kind in ("reply", "page"):
            return "mail" if self.kind == "reply" else "portal"
        collector = self.user_id.has_group("credit_collection.group_credit_collection_user")
        return "collector" if collector else "sales"
