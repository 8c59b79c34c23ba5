from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

NOT_ALL = (
    "Credits and what is not dunned are left out: non-trade receivables, sister companies, protected customers, "
    "invoices sold to a factor or collected by us. Ageing, DSO and the printed report count these, too."
)
COVERAGES = ("planned", "held", "flagged", "forgotten")
OFF = ("no_scenario", "scenario_off")


class CreditCollectionCoverage(models.Model):
    """The daily check that nobody is forgotten: of one company's overdue items, how many are looked after, and how.

    Amounts are residuals in company currency. Planned + held + flagged + forgotten are all overdue debit items.
    """

    _name = "credit.collection.coverage"
    _description = "Collection Coverage"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, company_id, id desc"
    _mail_post_access = "read"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    run_id = fields.Many2one("credit.collection.run", string="Run of the day", readonly=True, ondelete="set null")
    run_missing = fields.Boolean("No run", readonly=True, help="A scenario is on, but there was no run that day.")
    off_count = fields.Integer("In no scenario that is on", readonly=True)
    item_count = fields.Integer("Overdue items, to be dunned", readonly=True, help=NOT_ALL)
    planned_count = fields.Integer("Planned", readonly=True)
    held_count = fields.Integer("Held with a reason", readonly=True)
    still_count = fields.Integer(
        "Standing still",
        readonly=True,
        help="Of those held with a reason: held without an end, and nothing has happened for more than 14 days.",
    )
    flagged_count = fields.Integer("A person is asked", readonly=True)
    look_count = fields.Integer(
        "To look at",
        compute="_compute_look_count",
        help="A person is asked, forgotten, or standing still: what Nobody Forgotten listed when it was counted, and "
        "what the tasks of the owners add up to.",
    )
    forgotten_count = fields.Integer("Forgotten", readonly=True, help="Expected: none.")
    amount = fields.Monetary("Overdue, to be dunned", readonly=True, help=NOT_ALL)
    amount_planned = fields.Monetary(readonly=True)
    amount_held = fields.Monetary(readonly=True)
    amount_flagged = fields.Monetary("Amount with a person", readonly=True)
    amount_forgotten = fields.Monetary(readonly=True)
    coverage = fields.Float(
        "Coverage (%)", readonly=True, aggregator="avg", help="Share of the overdue items that are not forgotten."
    )
    alarm = fields.Char(compute="_compute_alarm")

    _one_a_day = models.UniqueIndex("(company_id, date)", "The coverage of this day is there already.")

    # === COMPUTE METHODS === #

    @api.depends("company_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._(
                "Nobody forgotten: %(company)s, %(date)s",
                company=record.company_id.display_name,
                date=format_date(self.env, record.date),
            )

    @api.depends("flagged_count", "forgotten_count", "still_count")
    def _compute_look_count(self):
        for record in self:
            record.look_count = record.flagged_count + record.forgotten_count + record.still_count

    @api.depends("run_missing", "off_count", "forgotten_count")
    @api.depends_context("lang")
    def _compute_alarm(self):
        for record in self:
            alarms = []
            if record.run_missing:
                alarms.append(self.env._("No run took place although a scenario is on: nothing was planned."))
            if record.forgotten_count:
                alarms.append(self.env._("%s overdue items are forgotten.", record.forgotten_count))
            if record.off_count:
                alarms.append(self.env._("%s overdue items are in no scenario that is on.", record.off_count))
            record.alarm = " ".join(alarms)

    # === ACTION METHODS === #

    def action_view_items(self):
        """Open the overdue items of the company that need a person, as they stand now."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_report_open_item_action_forgotten"
        )
        domain = [("needs_look", "=", True), ("company_id", "in", self.company_id.ids)]
        return {**action, "domain": domain, "context": {"search_default_group_by_owner": 1}}

    def action_check_again(self):
        """Count anew what stands where today."""
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_user"):
            raise AccessError(self.env._("Only collectors check again whether somebody is forgotten."))
        company = self.company_id[:1] or self.env.company
        record = self._check(company).with_env(self.env)
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": self._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _cron_check(self):
        """Check each company that has debtors, each in a transaction of its own; one that fails stops no other."""
        ((companies,),) = self.env["credit.collection.debtor"]._read_group([], aggregates=["company_id:recordset"])
        self.env["credit.collection.daily"]._for_each_company(
            companies, self._check, "Who is forgotten in %s could not be found out"
        )

    @api.model
    def _check(self, company, date=None):
        """Record where the overdue items of ``company`` stand on ``date``, and ask their owners to look at some."""
        self, date = self.sudo(), date or company._get_collection_today()
        rows = self._count_items(company, date)
        values = self._prepare_values(company, date, rows)
        record = self.search([("company_id", "=", company.id), ("date", "=", date)])
        if record:
            record.write(values)
        else:
            record = self.create({"company_id": company.id, "date": date, **values})
        record._ask_owners(rows)
        return record

    @api.model
    def _count_items(self, company, date):
        """Return ``(owner, coverage, needs a look, standing, number, amount)`` of the overdue items."""
        self.env["credit.collection.debtor"]._create_missing(company)
        report = self.env["credit.collection.report.open.item"].with_context(
            collection_company_ids=company.ids, collection_date=date
        )
        return report._read_group(
            [("coverage", "!=", False)],
            ["owner_id", "coverage", "needs_look", "standing"],
            ["__count", "amount_residual:sum"],
        )

    @api.model
    def _prepare_values(self, company, date, rows):
        run = self.env["credit.collection.run"].search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("scenario_id", "=", False),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )
        values = {"item_count": sum(row[4] for row in rows), "amount": sum(row[5] for row in rows)}
        for code in COVERAGES:
            values[f"{code}_count"] = sum(row[4] for row in rows if row[1] == code)
            values[f"amount_{code}"] = sum(row[5] for row in rows if row[1] == code)
        covered = values["item_count"] - values["forgotten_count"]
        return {
            **values,
            "coverage": 100 * covered / values["item_count"] if values["item_count"] else 100,
            "still_count": sum(row[4] for row in rows if row[1] == "held" and row[2]),
            "off_count": sum(row[4] for row in rows if row[3] in OFF),
            "run_id": run.id,
            "run_missing": self._expects_run(company) and not run,
        }

    @api.model
    def _expects_run(self, company):
        scenarios = self.env["credit.collection.scenario"]
        return bool(scenarios.search_count([("on_company_ids", "in", company.ids)], limit=1))

    def _ask_owners(self, rows):
        """One task for each owner, instead of the one of an earlier check; none where nothing was ever collected."""
        self.ensure_one()
        tasks = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("automated", "=", True), ("res_id", "in", self._get_all_days().ids)]
        )
        tasks.unlink()
        company = self.company_id
        runs = self.env["credit.collection.run"]
        if not self._expects_run(company) and not runs.search_count([("company_id", "=", company.id)], limit=1):
            return
        admin = self.env.ref("base.user_admin")
        counts = {}
        for owner, __, needs_look, __, count, __ in rows:
            if needs_look:
                user = owner or admin
                counts[user] = counts.get(user, 0) + count
        manager = (company.collection_manager_id + company.collection_user_id).filtered("active")[:1] or admin
        if self.alarm:
            counts.setdefault(manager, 0)
        for user, count in counts.items():
            self.with_context(lang=user.lang)._ask(user, count, alarm=user == manager)

    def _ask(self, user, count, alarm):
        summary = self.env._("Nobody forgotten: %s overdue items need you", count)
        if alarm and self.run_missing:
            summary = self.env._("No collection run today; %s overdue items need you", count)
        # No mail about it each morning: the task is there.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date,
            summary=summary,
            note=self.alarm if alarm else False,
            user_id=user.id,
        )

    def _get_all_days(self):
        return self.search([("company_id", "in", self.company_id.ids)])
