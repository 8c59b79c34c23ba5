from odoo import fields, models


class ResPartner(models.Model):
    """Whoever works here may say that something is wrong with what a customer is asked for."""

    _inherit = "res.partner"

    collection_remark_count = fields.Integer("What I reported", compute="_compute_collection_remark_count")

    def _compute_collection_remark_count(self):
        debtors = self._get_collection_debtors()
        counts = dict(
            self.env["credit.collection.remark"]._read_group(
                [("debtor_id", "in", debtors.ids), ("user_id", "=", self.env.uid)], ["debtor_id"], ["__count"]
            )
        )
        for partner in self:
            mine = debtors.filtered(lambda debtor, partner=partner: debtor.partner_id == partner.commercial_partner_id)
            partner.collection_remark_count = sum(counts.get(debtor.with_env(self.env), 0) for debtor in mine)

    def action_report_collection_remark(self):
        """Ask for the sentence that says what is wrong."""
        self.ensure_one()
        return self.env["credit.collection.remark.report"]._get_action(self, self.env.company)

    def action_view_collection_remarks(self):
        """Show what the user reported about this customer, and what became of it."""
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_remark_action_mine")
        debtors = self._get_collection_debtors()
        return {**action, "domain": [("debtor_id", "in", debtors.ids), ("user_id", "=", self.env.uid)]}

    def _get_collection_debtors(self):
        """Return, as root, the files of these customers in the companies that the user works in."""
        return (
            self.env["credit.collection.debtor"]
            .sudo()
            .search(
                [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "in", self.env.companies.ids)]
            )
        )
