from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_date

from .credit_collection_debtor_call import SEARCH_TIME

JUDGE = "credit_collection.mail_activity_type_judge"
# What the customer says waits for a person, however long.
CUSTOMERS_OWN = ("reply", "page")
# For so many days what the customer repeats on the page is read, but does not hold for longer.
PAGE_PAUSE = 14
ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class CreditCollectionRemark(models.Model):
    """Something that a customer or a colleague said and that nobody has judged yet.

    Until its last day it holds the items that it names, or the whole debtor when it names none. A person makes it a
    dispute, a promise, … or puts it aside; left alone, it ends by itself.
    """

    _name = "credit.collection.remark"
    _description = "Remark to Judge"
    _inherit = ["credit.collection.trail", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    # Who reported it may answer the collector's question.
    _mail_post_access = "read"

    debtor_id = fields.Many2one("credit.collection.debtor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    kind = fields.Selection(
        [
            ("reply", "Reply of the customer"),
            ("page", "Said on the customer's page"),
            ("possible", "Possible dispute"),
            ("note", "Note of a colleague"),
        ],
        required=True,
        default="possible",
    )
    text = fields.Text("What was said", required=True)
    user_id = fields.Many2one("res.users", "Said by", default=lambda self: self.env.user, index="btree_not_null")
    author_id = fields.Many2one("res.partner", "Written by", index="btree_not_null", ondelete="set null")
    email_from = fields.Char("Written from")
    stranger = fields.Boolean("Unknown address", compute="_compute_stranger", groups=ACCOUNTANTS)
    message_ref_id = fields.Many2one(
        "mail.message", "Message", index="btree_not_null", ondelete="set null", groups=ACCOUNTANTS
    )
    date = fields.Date("Said on", required=True, default=lambda self: self.env.company._get_collection_today())
    date_until = fields.Date("Holds until", required=True, help="Last day on which nothing leaves because of it.")
    extended = fields.Boolean(help="The hold was extended; once is enough.")
    expired = fields.Boolean(compute="_compute_expired", help="It holds no longer, and nobody has judged it.")
    line_ids = fields.One2many("credit.collection.remark.line", "remark_id", string="Items", groups=ACCOUNTANTS)
    amount_overdue = fields.Monetary(related="debtor_id.amount_overdue", groups=ACCOUNTANTS)
    overdue_currency_id = fields.Many2one(related="debtor_id.currency_id", string="Company Currency")
    responsible_id = fields.Many2one("res.users", "Judged by", index="btree_not_null")
    state = fields.Selection(
        [("open", "To judge"), ("done", "Judged"), ("dismissed", "Put aside")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    _debtor_idx = models.Index("(debtor_id, date_until) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("text", "partner_id")
    def _compute_display_name(self):
        for remark in self:
            words = " ".join((remark.text or "").split())
            remark.display_name = f"{remark.partner_id.display_name or ''}: {words[:60]}{'…' if words[60:] else ''}"

    @api.depends("author_id", "kind")
    def _compute_stranger(self):
        for remark in self:
            known = remark.debtor_id.partner_id | remark.debtor_id.payer_id.commercial_partner_id
            remark.stranger = remark.kind == "reply" and remark.author_id.commercial_partner_id not in known

    @api.depends("date_until", "state")
    def _compute_expired(self):
        for remark in self:
            today = remark.company_id.sudo()._get_collection_today() if remark.company_id else fields.Date.today()
            remark.expired = remark.state == "open" and bool(remark.date_until) and remark.date_until < today

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        """Where it came from and how long it holds is written by the flow; what a person corrects is not in here."""
        return {
            *("debtor_id", "kind", "text", "user_id", "author_id", "email_from", "message_ref_id"),
            *("date", "date_until", "extended", "state", "line_ids"),
        }

    # === BUSINESS METHODS === #

    @api.model
    def _report(self, debtor, text, items=None, kind="possible", user=None, author=None, message=None, **told):
        """Keep what was said, hold what it is about, and ask the collector to judge it.

        Works as root: the caller has made sure that the user may read the customer, and each of the invoices.

        :param items: open items that it names; none: it is about the whole debtor
        :param user: the colleague who says it; nobody, when it is the customer's own word
        :param told: fields that were told in a form of its own, such as ``topic``
        :raises UserError: without a word, or when the user has reported one of the items before
        """
        debtor, items = debtor.sudo(), items.sudo() if items else self.env["account.move.line"]
        if not (text or "").strip():
            raise UserError(self.env._("Say in a sentence what it is about."))
        self._check_not_reported(items, user)
        remark = self.sudo().create(
            {
                **self._prepare_remark(debtor, text.strip(), items, kind, author, message, told.get("topic")),
                **told,
                "user_id": user.id if user else False,
                "line_ids": [Command.create({"move_line_id": item.id}) for item in items],
            }
        )
        remark._ask_to_judge()
        if user:
            remark.message_subscribe(user.partner_id.ids)
        debtor._ask_again_now()
        return remark.with_env(self.env)

    @api.model
    def _report_unread(self, debtor, message):
        """Keep an answer that cannot be read or judged by rules: it holds, and a person looks.

        What waits is left alone, for somebody may just work on it: it is asked again before it leaves.
        """
        text = self.env._("It could not be read: see the message.")
        values = self._prepare_remark(debtor, text, None, "reply", message.author_id, message)
        unread = dict.fromkeys(self._get_suggested_fields(), False)
        self.sudo().create({**values, **unread, "user_id": False})._ask_to_judge()

    @api.model
    def _prepare_remark(self, debtor, text, items, kind, author, message, topic=None):
        return {
            "debtor_id": debtor.id,
            "kind": kind,
            "text": text,
            "author_id": author.id if author else False,
            "email_from": message.email_from if message else False,
            "message_ref_id": message.id if message else False,
            "date": debtor._get_today(),
            "date_until": self._get_last_day(debtor, items, kind, topic),
            "responsible_id": debtor._get_responsible().id,
        }

    @api.model
    def _get_last_day(self, debtor, items, kind, topic=None):
        """Return the last day of the hold: the day before, when it holds nothing.

        What is said about the whole debtor holds once a week for each kind, however often it is said; what is said of
        an item on the page, once in ``PAGE_PAUSE`` days for each topic, unless we had asked (context
        ``collection_asked``). What is to be found holds as long as finding it may take.
        """
        company, today = debtor.company_id, debtor._get_today()
        asked = self.env.context.get("collection_asked")
        if kind == "page" and items and not asked and self._has_held(debtor, items, topic):
            return today - timedelta(days=1)
        if topic == "paid":
            return debtor._get_last_day(today, SEARCH_TIME)
        days = company.collection_possible_days if items else company.collection_reply_days
        if not items and kind != "possible":
            recent = [("debtor_id", "=", debtor.id), ("kind", "=", kind), ("date", ">", today - timedelta(days=7))]
            if any(remark.date_until >= remark.date for remark in self.sudo().search(recent)):
                days = 0
        return company._get_day_after_workdays(today, days) - timedelta(days=1)

    @api.model
    def _has_held(self, debtor, items, topic):
        """Return whether one of ``items`` was held lately because the customer said the like of it on the page."""
        recent = [
            ("debtor_id", "=", debtor.id),
            ("kind", "=", "page"),
            ("topic", "=", topic or False),
            ("date", ">", debtor._get_today() - timedelta(days=PAGE_PAUSE)),
            ("line_ids.move_line_id", "in", items.ids),
        ]
        return any(remark.date_until >= remark.date for remark in self.sudo().search(recent))

    @api.model
    def _find_reported(self, items, user):
        """Return the lines in which ``user`` reported one of ``items``; each item is reported once per person."""
        domain = [("move_line_id", "in", items.ids), ("user_id", "=", user.id if user else 0)]
        return self.env["credit.collection.remark.line"].sudo().search(domain)

    @api.model
    def _check_not_reported(self, items, user):
        before = self._find_reported(items, user)
        if before:
            remark = before[0].remark_id
            raise UserError(
                self.env._(
                    "You reported %(invoices)s on %(day)s already (%(state)s). One report per invoice: write to "
                    "%(collector)s, who decides about it.",
                    invoices=", ".join(before.move_id.mapped("name")),
                    day=format_date(self.env, remark.date),
                    state=remark.outcome,
                    collector=remark.debtor_id._get_responsible().name,
                )
            )

    def _ask_to_judge(self):
        for remark in self:
            remark.activity_schedule(
                JUDGE,
                date_deadline=max(remark.date_until, remark.debtor_id._get_today()),
                summary=remark._get_task_summary(),
                note=plaintext2html(remark.text[:1000]),
                user_id=remark.debtor_id._get_responsible().id,
            )

    def _get_named_items(self):
        """Return the items that it names and that are still open; None: it is about the whole debtor."""
        if not self.line_ids:
            return None
        return self.line_ids._get_items().filtered(lambda item: not item.reconciled and item.amount_residual > 0)

    @api.model
    def _cron_expire(self):
        """Close the tasks of what has expired by itself. An answer of the customer waits for a person all the same."""
        asked = [("activity_ids.activity_type_id", "=", self.env.ref(JUDGE).id)]
        domain = [("state", "=", "open"), ("kind", "not in", CUSTOMERS_OWN), *asked]
        self.env["credit.collection.daily"]._for_each_company(
            self.search(domain).company_id,
            lambda company: self._expire(company, domain),
            "The remarks of %s that have expired could not be closed",
        )

    @api.model
    def _expire(self, company, domain):
        daily = self.env["credit.collection.daily"]
        for remark in self.search([*domain, ("company_id", "=", company.id)]).filtered("expired"):
            daily._try(remark, lambda remark: remark._close_expired(), "Remark %s could not be closed")

    def _close_expired(self):
        self.activity_feedback([JUDGE], feedback=self.env._("Nobody judged it: it holds no longer."))
        self._tell()


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
