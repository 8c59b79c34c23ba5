import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_logger = logging.getLogger(__name__)


class CreditCollectionRun(models.Model):
    """One planning pass of one company for one date. A *proposal* sends nothing until a person confirms it."""

    _name = "credit.collection.run"
    _description = "Collection Run"
    _inherit = ["credit.collection.trail", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(readonly=True, default="/")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sending_stopped = fields.Boolean(related="company_id.collection_stopped", string="Sending is stopped")
    date = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("proposal", "Proposal"), ("live", "Live"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="proposal",
        tracking=True,
    )
    scenario_id = fields.Many2one(
        "credit.collection.scenario", string="Preview of", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    scenario_on = fields.Boolean("Scenario is on", compute="_compute_scenario_on")
    brake_reason = fields.Char("Held back because", readonly=True)
    action_ids = fields.One2many("credit.collection.action", "run_id", string="Actions")
    message_count = fields.Integer("Messages to send", readonly=True)
    task_count = fields.Integer("Tasks", readonly=True)
    firm_count = fields.Integer("Firm messages", readonly=True)
    amount = fields.Monetary("Asked for", readonly=True)
    sent_count = fields.Integer(compute="_compute_progress")
    waiting_count = fields.Integer("Still to send", compute="_compute_progress")
    trouble_count = fields.Integer("To look at", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    standing_ids = fields.One2many("credit.collection.run.standing", "run_id", string="Where the items stood")

    # === COMPUTE METHODS === #

    @api.depends("scenario_id.on_company_ids", "company_id")
    def _compute_scenario_on(self):
        for run in self:
            run.scenario_on = run.company_id in run.scenario_id.sudo().on_company_ids

    @api.depends("action_ids.state")
    def _compute_progress(self):
        groups = self.env["credit.collection.action"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = {(run.id, state): count for run, state, count in groups}
        for run in self:
            run.sent_count = counts.get((run.id, "sent"), 0)
            run.waiting_count = sum(counts.get((run.id, state), 0) for state in ("planned", "sending", "retry"))
            run.trouble_count = sum(counts.get((run.id, state), 0) for state in ("unknown", "failed"))
            total = run.sent_count + run.waiting_count
            run.progress = 100 * run.sent_count / total if total else 0

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return {
            "name", "company_id", "date", "state", "scenario_id", "brake_reason", "action_ids", "message_count",
            "task_count", "firm_count", "amount", "standing_ids",
        }  # fmt: skip

    # === ACTION METHODS === #

    def action_confirm(self):
        """Turn the proposal live: what is still due goes, the rest is left out with its reason."""
        for run in self:
            run._confirm()
        self.env.ref("credit_collection.ir_cron_credit_collection_send").sudo()._trigger()
        return True

    def action_turn_on(self):
        """The deliberate act: the scenario seen in this preview starts to send."""
        self.ensure_one()
        self.scenario_id.with_company(self.company_id)._turn_on()
        return True

    def action_cancel(self):
        for run in self:
            run._set_cancelled(self.env._("Cancelled by %s", self.env.user.name))

    def action_view_actions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_action_action")
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    def action_plan_today(self):
        """Plan today's run of the current company by hand; called from the list, on no record."""
        return self._plan(self.env.company)._get_action_form()

    def _get_action_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # === STATE === #

    def _update_state(self, allowed, target, **values):
        moving = self.filtered(lambda run: run.state != target)
        for run in moving:
            if run.state not in allowed:
                raise UserError(self.env._("Run %s cannot do that any more.", run.name))
        moving.check_access("write")
        moving.sudo().write({"state": target, **values})
        return moving

    def _set_live(self):
        return self._update_state(("proposal",), "live")

    def _set_cancelled(self, reason):
        for run in self._update_state(("proposal",), "cancelled"):
            run.action_ids.filtered(lambda action: action.state == "proposal")._set_cancelled(reason)
            run.activity_unlink(["mail.mail_activity_data_todo"])

    # === BUSINESS METHODS === #

    @api.model
    def _cron_plan(self):
        """Plan each company in which a scenario is on, each in a transaction of its own that begins with the lock.

        Companies planned today already are left out, so that a pass that runs out of time goes on where it stopped; one
        that fails keeps no other from its run.
        """
        companies = self.env["credit.collection.scenario"].search([("on_company_ids", "!=", False)]).on_company_ids
        companies = companies.filtered(lambda company: not self._find_todays_run(company))
        self.env["credit.collection.daily"]._for_each_company(
            companies, self._plan_unless_under_way, "The collection run of %s failed"
        )
        self.env.ref("credit_collection.ir_cron_credit_collection_send")._trigger()

    @api.model
    def _find_todays_run(self, company):
        today = company._get_collection_today()
        return self.search(
            [("company_id", "=", company.id), ("date", "=", today), ("scenario_id", "=", False)], limit=1
        )

    @api.model
    def _plan_unless_under_way(self, company):
        if self._try_lock(company):
            self.with_company(company)._plan(company, locked=True)
        else:
            _logger.info("Another collection run of %s is under way", company.display_name)

    @api.model
    def _try_lock(self, company):
        """Take the company's planning lock until the end of the transaction; do not wait for it.

        Who waited would go on with an old snapshot and plan again what the other has planned.
        """
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(hashtext('credit.collection.run'), %s)", [company.id])
        return self.env.cr.fetchone()[0]

    @api.model
    def _create_preview(self, scenario):
        return self._plan(self.env.company, proposal=True, preview=scenario)

    @api.model
    def _plan(self, company, date=None, *, proposal=False, preview=None, locked=False):
        """Plan ``company`` for ``date`` and return the run. A run out of proportion comes back as a proposal."""
        self._check_may_plan(preview)
        self = self.sudo()
        if not locked and not self._try_lock(company):
            raise UserError(self.env._("Another run of %s is under way. Try again in a minute.", company.display_name))
        self.env["credit.collection.debtor"]._create_missing(company)
        self.env["credit.collection.profile"]._assign(company)
        self._supersede(company, preview)
        run = self.create(
            {
                "name": self.env["ir.sequence"].with_company(company).next_by_code(self._name) or "/",
                "company_id": company.id,
                "date": date or company._get_collection_today(),
                "scenario_id": preview.id if preview else False,
            }
        )
        run._insert(preview)
        if run.date == company._get_collection_today():
            run.action_ids.search([("run_id", "=", run.id), ("planned_state", "!=", "todo")])._schedule()
        brake = False if proposal else run._get_brake_reason()
        if proposal or brake:
            run._hold_back(brake)
        else:
            run._set_live()
        return run

    @api.model
    def _check_may_plan(self, preview):
        """Collectors plan by hand; a preview is the first half of switching a scenario on, a manager's act."""
        group = "manager" if preview else "user"
        if not self.env.su and not self.env.user.has_group(f"credit_collection.group_credit_collection_{group}"):
            raise AccessError(self.env._("Only collectors plan a run, and only managers preview a scenario."))

    @api.model
    def _supersede(self, company, preview):
        """A proposal nobody confirmed gives way to the new run; a preview only to another preview."""
        older = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "proposal"),
                ("scenario_id", "!=" if preview else "=", False),
            ]
        )
        older._set_cancelled(self.env._("Replaced by a newer run."))

    def _count(self):
        """Count what the run holds: messages that leave, tasks, firm messages, amount in company currency."""
        self.ensure_one()
        rows = self.env["credit.collection.action"]._read_group(
            [("run_id", "=", self.id), ("state", "not in", ("skipped", "cancelled"))],
            ["planned_state", "tone"],
            ["__count", "amount_company:sum"],
        )
        messages = [row for row in rows if row[0] != "todo"]
        self.write(
            {
                "message_count": sum(row[2] for row in messages),
                "task_count": sum(row[2] for row in rows if row[0] == "todo"),
                "firm_count": sum(row[2] for row in messages if row[1] in ("firm", "formal")),
                "amount": sum(row[3] for row in rows),
            }
        )

    def _confirm(self):
        """Make live what the rules still ask for today; leave out the rest with its reason."""
        self.ensure_one()
        self.check_access("write")
        if self.scenario_id and not self.scenario_on:
            raise UserError(
                self.env._("Switch %s on first: this run only shows what it would send.", self.scenario_id.name)
            )
        if self.state != "proposal":
            raise UserError(self.env._("Run %s cannot do that any more.", self.name))
        run = self.sudo()
        if not run._try_lock(run.company_id):
            raise UserError(
                self.env._("Another run of %s is under way. Try again in a minute.", run.company_id.display_name)
            )
        run._set_live()
        run._revive(
            max(run.date, run.company_id._get_collection_today())
            if not self.env.context.get("collection_date")
            else run.date
        )
        run.activity_unlink(["mail.mail_activity_data_todo"])
