from ast import literal_eval

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, mute_logger


class CreditCollectionProfile(models.Model):
    _name = "credit.collection.profile"
    _description = "Payer Profile"
    _inherit = ["credit.collection.manners"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=lambda self: self._get_last_sequence(),
        help="Rules are tried in this order; the first that fits a customer wins.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Leave empty to use the profile in all companies.")
    description = fields.Text(translate=True)
    domain = fields.Char(
        "Customers", required=True, default="[]", help="Which customers belong here. Empty: everybody who is left."
    )
    scenario_id = fields.Many2one("credit.collection.scenario", ondelete="restrict", index="btree_not_null")
    fallback_ids = fields.One2many(
        "credit.collection.fallback", "profile_id", string="Fallback order", help="Empty: the company's order."
    )
    person_when_disputed = fields.Boolean(
        "A person when disputed",
        help="Valued customers: while they dispute something overdue, the rest goes to a person.",
    )
    debtor_count = fields.Integer(compute="_compute_debtor_count")

    # === COMPUTE METHODS === #

    @api.model
    def _get_last_sequence(self):
        """A new rule goes last: it takes nobody from those that are there."""
        last = self.with_context(active_test=False).search([], order="sequence desc", limit=1)
        return last.sequence + 10

    def _compute_debtor_count(self):
        counts = dict(
            self.env["credit.collection.debtor"]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.debtor_count = counts.get(profile, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("domain")
    def _check_domain(self):
        for profile in self:
            try:
                # Not only read but asked: the database has the last word on what can be compared.
                with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    query = profile._search_partners()
                    query.limit = 1
                    self.env.execute_query(query.select())
            except (ValueError, SyntaxError, KeyError, TypeError, psycopg2.Error) as error:
                raise ValidationError(
                    self.env._("%(name)s: this rule cannot be read: %(error)s", name=profile.name, error=error)
                ) from error

    # === ACTION METHODS === #

    def action_view_debtors(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_debtor_action")
        return {**action, "domain": [("profile_id", "in", self.ids)], "context": {}}

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if {"opens", "closes", "sends_at", "send_days"} & set(vals):
            self.env["credit.collection.debtor"].sudo().search([("profile_id", "in", self.ids)])._reschedule()
        return result

    # === BUSINESS METHODS === #

    def _search_partners(self):
        self.ensure_one()
        return self.env["res.partner"].with_context(active_test=False)._search(literal_eval(self.domain or "[]"))

    @api.model
    def _assign(self, company, debtors=None):
        """Give each debtor of ``company`` that is not pinned the first profile that fits, and keep why.

        One statement, whatever the number of debtors; only rows that change are written.
        """
        profiles = self.sudo().search([("company_id", "in", (False, company.id))])
        scope = SQL("AND debtor.id IN %s", tuple(debtors.ids)) if debtors else SQL()
        matches = SQL(" UNION ALL ").join(
            [
                SQL(
                    "SELECT partner.id AS partner_id, %s::int AS rank, %s::int AS profile_id, %s::varchar AS rule"
                    " FROM res_partner partner WHERE partner.id IN %s %s",
                    rank,
                    profile.id,
                    profile.domain,
                    profile._search_partners().subselect(),
                    SQL("AND partner.id IN %s", tuple(debtors.partner_id.ids)) if debtors else SQL(),
                )
                for rank, profile in enumerate(profiles, 1)
            ]
            or [SQL("SELECT 0 AS partner_id, 0 AS rank, 0 AS profile_id, '' AS rule WHERE FALSE")]
        )
        self.env["credit.collection.planner"]._flush()
        self.env.cr.execute(
            SQL(
                """
                WITH best AS (
                    SELECT DISTINCT ON (partner_id) partner_id, rank, profile_id, rule
                      FROM (%(matches)s) AS matched
                  ORDER BY partner_id, rank
                )
                UPDATE credit_collection_debtor debtor
                   SET profile_id = best.profile_id, profile_rank = best.rank, profile_rule = best.rule
                  FROM credit_collection_debtor own
             LEFT JOIN best ON best.partner_id = own.partner_id
                 WHERE own.id = debtor.id AND debtor.company_id = %(company)s AND debtor.profile_pinned IS NOT TRUE
                   AND (debtor.profile_id, debtor.profile_rank, debtor.profile_rule)
                       IS DISTINCT FROM (best.profile_id, best.rank, best.rule)
                   %(scope)s
                """,
                matches=matches,
                company=company.id,
                scope=scope,
            )
        )
        self.env["credit.collection.debtor"].invalidate_model(
            ["profile_id", "profile_rank", "profile_rule", "profile_reason"]
        )
