from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

OUTCOMES = [
    ("open", "Still open"),
    ("paid", "Paid"),
    ("credited", "Credited"),
    ("written_off", "Written off"),
    ("mixed", "Several of these"),
    ("other", "Otherwise"),
]


class CreditCollectionEpisode(models.Model):
    """A time during which a customer was overdue: it opens with the first overdue item and closes with the last.

    An *overdue item* is a debit item (docs/rules.md, section 1) with a customer, on a trade account, due before today.
    Episodes are derived from the ledger by :meth:`_sync`. It asks the same of all debtors at night and, when something
    was reconciled or unreconciled, of those concerned at the end of that transaction.
    """

    _name = "credit.collection.episode"
    _description = "Collection Episode"
    _order = "date_open desc, id desc"

    debtor_id = fields.Many2one(
        "credit.collection.debtor", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="debtor_id.user_id", string="Collector")
    date_open = fields.Date("Opened on", required=True, readonly=True, help="Day after the earliest due date.")
    date_close = fields.Date("Closed on", readonly=True, help="Day on which the last overdue item was gone.")
    state = fields.Selection(
        [("open", "Opened"), ("closed", "Closed")],
        "Collection file",
        compute="_compute_state",
        search="_search_state",
    )
    days = fields.Integer(compute="_compute_days", help="From the day it opened to the day it closed, or today.")
    amount = fields.Monetary("Overdue at opening", readonly=True)
    item_count = fields.Integer(
        "Items", readonly=True, help="Overdue when it opened; once it is closed, the items settled in it if more."
    )
    level = fields.Integer("Highest level", compute="_compute_level", help="Of what was sent while it was open.")
    outcome = fields.Selection(
        OUTCOMES, "How it closed", readonly=True, help="By what the items were settled that were overdue in it."
    )
    reopened = fields.Integer(
        "Times reopened", readonly=True, help="Times that an item of this episode became open again."
    )

    _one_open = models.UniqueIndex("(debtor_id) WHERE date_close IS NULL", "This collection file is open already.")

    def init(self):
        """Episodes that opened before there was a word for it."""
        self.env.cr.execute(
            "UPDATE credit_collection_episode SET outcome = 'open' WHERE date_close IS NULL AND outcome IS NULL"
        )

    # === COMPUTE METHODS === #

    @api.depends("debtor_id", "date_open")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for episode in self:
            episode.display_name = self.env._(
                "%(debtor)s, since %(date)s",
                debtor=episode.debtor_id.display_name,
                date=format_date(self.env, episode.date_open),
            )

    @api.depends("date_close")
    def _compute_state(self):
        for episode in self:
            episode.state = "closed" if episode.date_close else "open"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        closed = {"open": [("date_close", "=", False)], "closed": [("date_close", "!=", False)]}
        return Domain.OR(closed[state] for state in value if state in closed)

    @api.depends("date_open", "date_close")
    @api.depends_context("collection_date")
    def _compute_days(self):
        asked = fields.Date.to_date(self.env.context.get("collection_date"))
        for episode in self:
            last = episode.date_close or asked or episode.company_id._get_collection_today()
            episode.days = (last - episode.date_open).days

    def _compute_level(self):
        self.env["credit.collection.action"].flush_model(["debtor_id", "state", "level", "date_sent"])
        levels = {}
        if self.ids:
            levels = dict(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT episode.id, MAX(action.level)
                          FROM credit_collection_episode episode
                          JOIN credit_collection_action action ON action.debtor_id = episode.debtor_id
                         WHERE episode.id IN %s AND action.state = 'sent' AND action.step_id IS NOT NULL
                           AND action.date_sent >= episode.date_open
                           AND action.date_sent <= COALESCE(episode.date_close, action.date_sent)
                      GROUP BY episode.id
                        """,
                        tuple(self.ids),
                    )
                )
            )
        for episode in self:
            episode.level = levels.get(episode.id) or 0

    # === ACTION METHODS === #

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()

    # === BUSINESS METHODS === #

    @api.model
    def _cron_sync(self):
        """Open and close the files of each company, each in a transaction of its own; one that fails stops no other."""

        def work(company):
            self.env["credit.collection.debtor"]._create_missing(company)
            self._sync(company)

        self.env["credit.collection.daily"]._for_each_company(
            self.env["res.company"].search([("id", "!=", False)]),
            work,
            "The collection files of %s could not be opened or closed",
        )

    @api.model
    def _note(self, items):
        """Remember that ``items`` were (un)reconciled: their customers' files are looked at once, before the commit.

        However many reconciliations a transaction makes, that is one look for each company.
        """
        if not items:
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.get(self._name)
        if waiting is None:
            waiting = precommit.data[self._name] = {}
            precommit.add(self.sudo()._sync_noted)
        for item in items:
            if item.account_type == "asset_receivable" and item.partner_id:
                waiting.setdefault(item.company_id.id, set()).add(item.partner_id.commercial_partner_id.id)

    @api.model
    def _sync_noted(self):
        waiting = self.env.cr.precommit.data.pop(self._name, {})
        date = fields.Date.to_date(self.env.context.get("collection_date"))
        for company_id, partner_ids in waiting.items():
            domain = [("company_id", "=", company_id), ("partner_id", "in", list(partner_ids))]
            debtors = self.env["credit.collection.debtor"].search(domain)
            if debtors:
                self._sync(self.env["res.company"].browse(company_id), date, debtors)

    @api.model
    def _sync(self, company, date=None, debtors=None):
        """Reopen, open and close the files of ``company`` (those of ``debtors``) by what is overdue on ``date``.

        An item that was due before the last episode closed belongs to that one, which then reopens: so it does when a
        payment comes back, and when the file would open again on the day on which it was closed.
        """
        date = date or company._get_collection_today()
        self.env["credit.collection.planner"]._flush()
        self.env.cr.execute(
            SQL(
                """
                WITH overdue AS MATERIALIZED (%(overdue)s), reopened AS (%(reopen)s), opened AS (%(open)s),
                     ending AS (%(ending)s)
                %(close)s
                """,
                overdue=self._sql_overdue(company, date, debtors),
                reopen=self._sql_reopen(),
                open=self._sql_open(company),
                ending=self._sql_ending(company, debtors),
                close=self._sql_close(company, date),
            )
        )
        self.invalidate_model()
        self.env["credit.collection.debtor"].invalidate_model(["episode_ids", "episode_count", "file_state"])
