from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Messages stopped while the pause is saved; the rest is asked again before it leaves, and by the next run.
AT_ONCE = 200


class CreditCollectionPause(models.Model):
    """Nothing leaves to customers of some countries or sectors until a date: a flood, a strike, a collapse."""

    _name = "credit.collection.pause"
    _description = "Pause by Country or Sector"
    _inherit = ["mail.thread"]
    _order = "date_until desc, id desc"

    name = fields.Char("Why", required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company, help="Empty: in all companies."
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", ondelete="restrict", help="Empty: in every country."
    )
    industry_ids = fields.Many2many(
        "res.partner.industry", string="Sectors", ondelete="restrict", help="Empty: in every sector."
    )
    date_until = fields.Date(
        "Until", required=True, tracking=True, help="No reminder leaves up to and including this day."
    )
    debtor_count = fields.Integer("Debtors", compute="_compute_debtor_count")

    # === COMPUTE METHODS === #

    @api.depends("country_ids", "industry_ids", "company_id")
    def _compute_debtor_count(self):
        for pause in self:
            pause.debtor_count = self.env["credit.collection.debtor"].search_count(pause._get_debtor_domain())

    # === CONSTRAINT METHODS === #

    @api.constrains("country_ids", "industry_ids")
    def _check_scope(self):
        for pause in self:
            if not pause.country_ids and not pause.industry_ids:
                raise ValidationError(self.env._("%s: name the countries or sectors that it is about.", pause.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pauses = super().create(vals_list)
        pauses._ask_again_now()
        return pauses

    def write(self, vals):
        result = super().write(vals)
        if {"date_until", "country_ids", "industry_ids", "active", "company_id"} & set(vals):
            self._ask_again_now()
        return result

    # === ACTION METHODS === #

    def action_end(self):
        """Let the messages go on from today."""
        self.write({"active": False})

    # === BUSINESS METHODS === #

    def _get_debtor_domain(self):
        self.ensure_one()
        parts = {
            "company_id": self.company_id,
            "partner_id.country_id": self.country_ids,
            "partner_id.industry_id": self.industry_ids,
        }
        return [(name, "in", records.ids) for name, records in parts.items() if records]

    def _ask_again_now(self):
        """Stop at once what waits for customers of these countries and sectors."""
        for pause in self.filtered("active"):
            debtors = self.env["credit.collection.debtor"].sudo().search(pause._get_debtor_domain())
            debtors._ask_again_now(limit=AT_ONCE)

    @api.model
    def _sql_paused(self, company, date):
        """Return a query of ``(partner_id, date_until)``: customers under a pause on ``date``, to its last day."""
        return SQL(
            """
            SELECT partner.id AS partner_id, MAX(pause.date_until) AS date_until
              FROM credit_collection_pause pause
         LEFT JOIN credit_collection_pause_res_country_rel country
                ON country.credit_collection_pause_id = pause.id
         LEFT JOIN credit_collection_pause_res_partner_industry_rel sector
                ON sector.credit_collection_pause_id = pause.id
              JOIN res_partner partner
                ON (country.res_country_id IS NULL OR partner.country_id = country.res_country_id)
               AND (sector.res_partner_industry_id IS NULL OR partner.industry_id = sector.res_partner_industry_id)
             WHERE pause.active AND pause.date_until >= %s AND COALESCE(pause.company_id, %s) = %s
          GROUP BY partner.id
            """,
            date,
            company.id,
            company.id,
        )
