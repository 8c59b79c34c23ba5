from odoo import api, fields, models
from odoo.tools import SQL

# Each kind of finding has its number for good: the id of a row is made of it and of the record it is about.
NUMBERS = {
    "no_partner": 1,
    "no_email": 2,
    "no_mobile": 3,
    "no_phone": 4,
    "no_postal": 5,
    "bad_email": 6,
    "bounced_email": 7,
    "bad_phone": 8,
    "bounced_phone": 9,
    "no_kind": 10,
    "no_language": 11,
    "no_text": 12,
    "no_payables": 13,
    "no_due_date": 14,
    "never_sent": 15,
    "same_vat": 16,
    "same_name": 17,
    "same_email": 18,
    "undone": 19,
}
SPACE = 32


class CreditCollectionReportQuality(models.Model):
    """What is wrong with the data a run would rest on: one row per finding. Nothing is stored.

    Asked of debtors with open trade items. *Blocks*: something cannot be sent or asked for; *warns*: it is done in
    another way than it might be.
    """

    _name = "credit.collection.report.quality"
    _description = "Data Quality"
    _auto = False
    _order = "severity, amount desc, id"
    _rec_name = "kind"

    kind = fields.Selection(selection="_get_kinds", string="Finding", readonly=True)
    severity = fields.Selection([("blocks", "Blocks"), ("warns", "Warns")], readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("credit.collection.debtor", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True, help="Whom the finding is about.")
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    item_count = fields.Integer("Open items", readonly=True)
    amount = fields.Monetary("Open", readonly=True, help="Open debit items of the debtor, in company currency.")
    detail = fields.Char(readonly=True)
    twins = fields.Char(readonly=True, help="Customers that look like the same one.")
    what = fields.Char("What is wrong", compute="_compute_what")

    @property
    def _table_query(self):
        company_ids = self.env.context.get("collection_company_ids") or self.env.companies.ids
        self.env["credit.collection.planner"]._flush()
        return SQL(" UNION ALL ").join(
            self._sql_company(company) for company in self.env["res.company"].sudo().browse(company_ids)
        )

    @api.model
    def _sql_company(self, company):
        parts = self._get_parts(company)
        named = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in parts)
        return SQL(
            """
            SELECT * FROM (
                WITH %(named)s,
                finding (kind, severity, record_id, debtor_id, partner_id, move_id, detail, twins) AS (%(findings)s)
                SELECT finding.record_id::bigint * %(space)s + number.number AS id, finding.kind, finding.severity,
                       %(company)s::int AS company_id, finding.debtor_id, debtor.user_id, finding.partner_id,
                       finding.move_id, opened.items AS item_count, opened.amount, finding.detail, finding.twins
                  FROM finding
                  JOIN (VALUES %(numbers)s) AS number (kind, number) ON number.kind = finding.kind
             LEFT JOIN credit_collection_debtor debtor ON debtor.id = finding.debtor_id
             LEFT JOIN opened ON opened.debtor_id = finding.debtor_id) AS company_findings
            """,
            named=named,
            findings=SQL(" UNION ALL ").join(self._get_findings(company)),
            space=SPACE,
            company=company.id,
            numbers=SQL(", ").join(SQL("(%s, %s)", kind, number) for kind, number in NUMBERS.items()),
        )

    # === COMPUTE METHODS === #

    @api.depends("kind", "detail")
    @api.depends_context("lang")
    def _compute_what(self):
        words = self._get_words()
        languages = dict(self.env["res.lang"].get_installed())
        for finding in self:
            detail = finding.detail or ""
            finding.what = words[finding.kind] % {"detail": languages.get(detail, detail)}

    @api.model
    def _get_kinds(self):
        return [
            ("no_partner", self.env._("Entry without customer")),
            ("no_email", self.env._("No usable e-mail address")),
            ("no_mobile", self.env._("No usable mobile number")),
            ("no_phone", self.env._("No usable telephone")),
            ("no_postal", self.env._("No complete postal address")),
            ("bad_email", self.env._("Malformed e-mail address")),
            ("bounced_email", self.env._("E-mail came back")),
            ("bad_phone", self.env._("Invalid telephone number")),
            ("bounced_phone", self.env._("Number could not be reached")),
            ("no_kind", self.env._("Kind of customer unknown")),
            ("no_language", self.env._("No language")),
            ("no_text", self.env._("Text missing in the language")),
            ("no_payables", self.env._("No contact for payables")),
            ("no_due_date", self.env._("No due date")),
            ("never_sent", self.env._("Invoice never sent")),
            ("undone", self.env._("Paid by a draft")),
            ("same_vat", self.env._("Duplicate: same VAT number")),
            ("same_name", self.env._("Duplicate: same name and place")),
            ("same_email", self.env._("Same e-mail address")),
        ]

    @api.model
    def _get_words(self):
        """Return what each finding means in words; the detail stands for what it is about."""
        return {
            "no_partner": self.env._("The entry names no customer: nobody can be asked."),
            "no_email": self.env._("Steps go out by e-mail, and no contact has an address that works."),
            "no_mobile": self.env._("Steps go out to mobile phones, and no contact has a mobile number that works."),
            "no_phone": self.env._("Steps are calls, and no contact has a valid number."),
            "no_postal": self.env._("Steps go out by letter, and no contact has street, city and country."),
            "bad_email": self.env._("“%(detail)s” is no e-mail address."),
            "bounced_email": self.env._("E-mail to %(detail)s came back."),
            "bad_phone": self.env._("“%(detail)s” is no telephone number of the customer's country."),
            "bounced_phone": self.env._("%(detail)s could not be reached."),
            "no_kind": self.env._("Nobody said whether this is a business: it is treated as a consumer."),
            "no_language": self.env._("The contact has no language: the company's is used."),
            "no_text": self.env._("Not all texts are there in %(detail)s: another language is used."),
            "no_payables": self.env._("%(detail)s open items, and no contact with the role Payables."),
            "no_due_date": self.env._("%(detail)s has no due date: the date of the entry counts."),
            "never_sent": self.env._("%(detail)s was never sent to the customer."),
            "undone": self.env._(
                "%(detail)s shows as paid, but the payment is a draft: post it again, or break the reconciliation."
            ),
            "same_vat": self.env._("The same VAT number: %(detail)s"),
            "same_name": self.env._("The same name and place: %(detail)s"),
            "same_email": self.env._("The same e-mail address: %(detail)s"),
        }

    # === ACTION METHODS === #

    def action_mend(self):
        """Open the record to mend: contact, debtor file, entry, texts by language, or the merging of duplicates."""
        self.ensure_one()
        if self.twins:
            return self._get_action_merge()
        if self.kind == "no_text":
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "credit_collection.credit_collection_report_language_action"
            )
            return {**action, "domain": [("lang", "=", self.detail)]}
        record = self.move_id or (self.debtor_id if self.kind == "no_payables" else self.partner_id)
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    def _get_action_merge(self):
        """Core's wizard asks which of them is to stay; merging joins their debtor files, too."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": "base.partner.merge.automatic.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": "res.partner", "active_ids": [int(id_) for id_ in self.twins.split(",")]},
        }

    def action_view_debtor(self):
        self.ensure_one()
        return self.debtor_id._get_action_form()
