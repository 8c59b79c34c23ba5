from odoo import api, fields, models
from odoo.fields import Domain


class CreditCollectionThanks(models.AbstractModel):
    """Explains to people whether a customer is thanked, and why not."""

    _inherit = "credit.collection.thanks"

    @api.model
    def _explain(self, partials, date=None):
        """Say in words whether the customer is thanked for what ``partials`` settled, and why not."""
        partials = partials.sudo()
        items = partials.debit_move_id
        company = items.company_id[:1]
        date = date or company._get_collection_today()
        domain = Domain("move_line_id", "in", items.ids) & Domain("action_id.purpose", "=", "thanks")
        lines = self.env["credit.collection.action.line"].sudo().search(domain, order="action_id desc")
        action = lines.action_id[:1]
        if action and (lines.filtered("settled") or action.state == "skipped"):
            state = dict(action._fields["state"]._description_selection(self.env))[action.state]
            return self.env._("Thanks: %s", action.reason if action.state == "skipped" else state)
        return self._get_labels()[self._find_verdict(partials, company, date)]

    @api.model
    def _find_verdict(self, partials, company, date):
        zone = company._get_collection_tz()
        days = [
            fields.Datetime.context_timestamp(self.with_context(tz=zone), partial.create_date).date()
            for partial in partials
        ]
        partners = partials.debit_move_id.partner_id.commercial_partner_id
        domain = [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        debtors = self.env["credit.collection.debtor"].sudo().search(domain)
        rows = self._get_verdicts(company, date, (min(days), max(days)), debtors=debtors)
        if not rows:
            return "nothing"
        verdict, window = rows[0]["verdict"], company._get_collection_thanks_window(date)
        if verdict != "due":
            return verdict
        if max(days) >= date or not window:
            return "waiting"
        return "due" if max(days) >= window[0] else "too_late"
