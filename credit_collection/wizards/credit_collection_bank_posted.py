from odoo import api, fields, models


class CreditCollectionBankPosted(models.TransientModel):
    """Shows how far the books know the bank, and takes an accountant's word for it."""

    _name = "credit.collection.bank.posted"
    _description = "Bank Posted Until"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    bank_date = fields.Date("Books reach the bank until", compute="_compute_bank")
    needed_date = fields.Date("Needed for today", compute="_compute_bank", help="The previous banking day.")
    late = fields.Boolean(compute="_compute_bank")
    waiting_count = fields.Integer("Items that wait for it", compute="_compute_bank")
    posted_until = fields.Date(
        "Bank posted until", required=True, default=lambda self: self._get_previous_day(), help="Up to and including."
    )

    @api.model
    def _get_previous_day(self):
        company = self.env.company
        return company._get_previous_banking_day(company._get_collection_today())

    @api.depends("company_id")
    def _compute_bank(self):
        for wizard in self:
            company = wizard.company_id
            today = company._get_collection_today()
            wizard.bank_date = company._get_bank_date(today)
            wizard.needed_date = company._get_previous_banking_day(today)
            wizard.late = company._is_bank_late(today)
            items = self.env["credit.collection.report.open.item"].with_context(collection_company_ids=company.ids)
            wizard.waiting_count = items.search_count([("standing", "=", "bank_late")])

    def action_confirm(self):
        self.ensure_one()
        self.company_id._set_bank_posted(self.posted_until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_waiting(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.credit_collection_report_open_item_action"
        )
        return {**action, "domain": [("standing", "=", "bank_late")], "context": {}}
