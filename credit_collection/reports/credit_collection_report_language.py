from odoo import api, fields, models
from odoo.tools import SQL


class CreditCollectionReportLanguage(models.Model):
    """Which texts exist in which languages, and how many debtors need them."""

    _name = "credit.collection.report.language"
    _description = "Texts by Language"
    _auto = False
    _order = "debtor_count desc, template_id, lang"
    _rec_name = "template_id"

    template_id = fields.Many2one("credit.collection.template", string="Text", readonly=True)
    tone = fields.Selection(related="template_id.tone")
    lang = fields.Selection(lambda self: self.env["res.lang"].get_installed(), string="Language", readonly=True)
    debtor_count = fields.Integer("Debtors who need it", readonly=True)
    complete = fields.Boolean("There is one", compute="_compute_complete", search="_search_complete")
    instead = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(), string="Written in", compute="_compute_complete"
    )

    @property
    def _table_query(self):
        """Every text × every installed language, with the debtors whose scenario leads to it."""
        companies = tuple(self.env.companies.ids)
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY template.id, lang.code) AS id, template.id AS template_id,
                   lang.code AS lang, COUNT(DISTINCT file.id) AS debtor_count
              FROM credit_collection_template template
        CROSS JOIN res_lang lang
         LEFT JOIN credit_collection_scenario_step step
                ON step.template_id = COALESCE(template.variant_of_id, template.id)
         LEFT JOIN (
                  SELECT debtor.id, contact.lang, COALESCE(debtor.scenario_id, profile.scenario_id,
                         company.collection_scenario_id) AS scenario_id
                    FROM credit_collection_debtor debtor
                    JOIN res_company company ON company.id = debtor.company_id
               LEFT JOIN credit_collection_profile profile ON profile.id = debtor.profile_id AND profile.active
                    JOIN res_partner contact
                      ON contact.id = COALESCE(debtor.contact_id, debtor.payer_id, debtor.partner_id)
                   WHERE debtor.company_id IN %(companies)s) AS file
                ON file.lang = lang.code AND (file.scenario_id = step.scenario_id OR template.purpose <> 'reminder')
             WHERE lang.active AND template.active AND COALESCE(template.company_id, 0) IN %(shared)s
          GROUP BY template.id, lang.code
            """,
            companies=companies,
            shared=(0, *companies),
        )

    @api.depends("template_id", "lang")
    def _compute_complete(self):
        for row in self:
            template = row.template_id
            part = "body" if template.body else "short_text" if template.short_text else "script"
            row.complete = template._speaks(row.lang, part)
            row.instead = row.lang if row.complete else template._get_language(row.lang, self.env.company, part)

    def _search_complete(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows = self.search([("template_id", "!=", False)])
        wanted = rows.filtered(lambda row: row.complete in value)
        return [("id", "in", wanted.ids)]
