from odoo import api, fields, models
from odoo.tools import SQL

from .measure import Measure


class CreditCollectionReportDispute(models.Model):
    """Where disputes come from, what they hold, how long they take: one row for each that was no mistake."""

    _name = "credit.collection.report.dispute"
    _description = "Analysis of Disputes"
    _auto = False
    _order = "date_opened desc, id desc"
    _rec_name = "dispute_id"

    dispute_id = fields.Many2one("credit.collection.dispute", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("credit.collection.debtor", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    reason_id = fields.Many2one("credit.collection.dispute.reason", readonly=True)
    main_reason_id = fields.Many2one("credit.collection.dispute.reason", "Main reason", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    origin = fields.Selection(selection="_get_origins", string="Came by", readonly=True)
    state = fields.Selection(selection="_get_states", readonly=True)
    outcome_kind = fields.Selection(selection="_get_outcomes", string="Result", readonly=True)
    justified = fields.Selection([("yes", "Yes"), ("no", "No")], readonly=True)
    date_opened = fields.Date("Opened", readonly=True)
    date_closed = fields.Date("Ended", readonly=True)
    is_overdue = fields.Boolean("Overdue", readonly=True, help="Answered late, or not answered in time yet.")
    amount = fields.Monetary("Disputed", readonly=True, help="In company currency, at the rate of the items.")
    credited = fields.Monetary(readonly=True, help="What outcomes took off, in company currency.")
    days_to_resolve = Measure(
        readonly=True, aggregator="avg", digits=(16, 1), help="From opening to end; empty while it is open."
    )
    justified_share = Measure(
        "Justified (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="100: the customer was right, 0: was not; empty where nothing was decided.",
    )

    @property
    def _table_query(self):
        company_ids = self.env.context.get("collection_company_ids") or self.env.companies.ids
        self.env["credit.collection.planner"]._flush()
        return SQL(" UNION ALL ").join(
            self._sql_company(company) for company in self.env["res.company"].sudo().browse(company_ids)
        )

    @api.model
    def _sql_company(self, company):
        """Return one row for each dispute of ``company`` that was not cancelled."""
        return SQL(
            """
            SELECT dispute.id, dispute.id AS dispute_id, dispute.company_id, dispute.debtor_id, debtor.partner_id,
                   dispute.reason_id, SPLIT_PART(reason.parent_path, '/', 1)::int AS main_reason_id,
                   dispute.product_id, dispute.salesperson_id, dispute.user_id, dispute.origin, dispute.state,
                   decided.outcome_kind, decided.justified, dispute.date_opened, dispute.date_closed,
                   COALESCE(dispute.date_closed, %(today)s)
                       > CASE WHEN dispute.state = 'waiting' THEN COALESCE(dispute.date_waiting_until, 'infinity')
                              ELSE dispute.date_deadline END AS is_overdue,
                   COALESCE(line.amount, 0) AS amount, COALESCE(line.credited, 0) AS credited,
                   (dispute.date_closed - dispute.date_opened)::float AS days_to_resolve,
                   CASE decided.justified WHEN 'yes' THEN 100.0 WHEN 'no' THEN 0.0 END AS justified_share
              FROM credit_collection_dispute dispute
              JOIN credit_collection_debtor debtor ON debtor.id = dispute.debtor_id
              JOIN credit_collection_dispute_reason reason ON reason.id = dispute.reason_id
         -- An outcome that waits for an approval is not decided yet.
         LEFT JOIN credit_collection_dispute decided ON decided.id = dispute.id AND decided.date_closed IS NOT NULL
         LEFT JOIN LATERAL (
                   SELECT SUM(ROUND((named.amount * rate.rate)::numeric, %(digits)s)) AS amount,
                          SUM(ROUND((named.amount_settled * rate.rate)::numeric, %(digits)s))
                              FILTER (WHERE dispute.date_closed IS NOT NULL) AS credited
                     FROM credit_collection_dispute_line named
                LEFT JOIN account_move_line item ON item.id = named.move_line_id
                LEFT JOIN account_move move ON move.id = named.move_id
               CROSS JOIN LATERAL (
                          SELECT COALESCE(item.balance / NULLIF(item.amount_currency, 0),
                                          1 / NULLIF(move.invoice_currency_rate, 0)::numeric, 1) AS rate) AS rate
                    WHERE named.dispute_id = dispute.id) AS line ON TRUE
             WHERE dispute.company_id = %(company)s AND dispute.state <> 'cancelled'
            """,
            company=company.id,
            today=company._get_collection_today(),
            digits=company.currency_id.decimal_places,
        )

    # === SELECTIONS === #

    @api.model
    def _get_origins(self):
        return self.env["credit.collection.dispute"]._fields["origin"]._description_selection(self.env)

    @api.model
    def _get_states(self):
        return self.env["credit.collection.dispute"]._fields["state"]._description_selection(self.env)

    @api.model
    def _get_outcomes(self):
        return self.env["credit.collection.dispute"]._fields["outcome_kind"]._description_selection(self.env)

    # === ACTION METHODS === #

    def action_view_dispute(self):
        self.ensure_one()
        return self.dispute_id._get_records_action()
