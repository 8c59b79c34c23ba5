import io

from odoo import api, models
from odoo.tools.misc import format_date

from ..models.credit_collection_letter import ADDRESS_ROWS, COLOR, PLAIN_COLOR
from ..tools import pdf


class ReportCreditCollectionPlanAgreement(models.AbstractModel):
    """The agreement of a plan on paper, to be signed: drawn as letters are, see there."""

    _name = "report.credit_collection.plan_agreement"
    _description = "Agreement of a Payment Plan"

    @api.model
    def _draw(self, plan, lang=None):
        """Return the agreement as a PDF, in the customer's language or in ``lang``."""
        plan.ensure_one()
        self._check_sums(plan)
        contact = plan.contact_id or plan.partner_id
        lang = lang or contact.lang or plan.company_id.collection_lang or plan.company_id.partner_id.lang
        self = self.with_context(lang=lang).sudo()
        letter = self.env["credit.collection.letter"]
        document = letter._draw_pages(self._get_values(plan.with_env(self.env), contact.with_env(self.env)))
        return pdf.stamp_pages(document, plan.name)

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template prints, for core's preview."""
        plan = self.env["credit.collection.plan"].browse(docids)[:1]
        self._check_sums(plan)
        values = self._get_values(plan, plan.contact_id or plan.partner_id)
        return {**values, "zoom": 1, "tight": False, "one_page": True, "breaks": (), "measuring": False, "mark": ""}

    @api.model
    def _check_sums(self, plan):
        """Nobody gets to sign a proposal that does not add up."""
        if plan.state == "proposal":
            plan._check_total()

    @api.model
    def _get_values(self, plan, contact):
        """Return what the template prints: the parties, the items, the schedule, and how it goes on."""
        letter, company = self.env["credit.collection.letter"], plan.company_id
        recipient = letter._get_recipient(contact, company)
        schedule = plan.installment_ids.sorted(lambda one: (one.date, one.id))
        return {
            "template": "credit_collection.plan_agreement",
            "plan": plan,
            "company": company,
            "lang": (self.env.lang or "en_US").split("_")[0],
            "accent": company.primary_color if COLOR.fullmatch(company.primary_color or "") else PLAIN_COLOR,
            "paper": letter._get_paper(company),
            "window": letter._get_window(company),
            "logo": letter._get_logo(company),
            "return_address": " · ".join([company.name, *letter._get_address_rows(company.partner_id, contact)]),
            "company_rows": letter._get_address_rows(company.partner_id),
            "recipient": recipient,
            "small": len(recipient) > ADDRESS_ROWS,
            "place_and_date": self._get_place_and_date(plan),
            "references": self._get_references(plan),
            "parties": self._get_parties(plan),
            "legal": letter._get_legal_rows(company.partner_id),
            "lines": [*plan.line_ids.sorted(lambda line: (line.date_due, line.id)), *schedule],
            "item_count": len(plan.line_ids),
            "single": len(schedule) == 1,
            "tolerance": company.collection_installment_tolerance,
            "accounts": [letter._format_account(bank.acc_number) for bank in plan.line_ids.move_id.partner_bank_id],
            "format_date": lambda day: format_date(self.env, day, date_format="long"),
            "format_amount": plan.currency_id.with_env(self.env).format,
        }

    @api.model
    def _get_place_and_date(self, plan):
        day = format_date(self.env, plan.date_proposed, date_format="long")
        if not plan.company_id.city:
            return day
        return self.env._("%(place)s, %(date)s", place=plan.company_id.city, date=day)

    @api.model
    def _get_references(self, plan):
        rows = [
            (self.env._("Our reference"), plan.name),
            (self.env._("Customer"), plan.partner_id.name),
            (self.env._("Customer number"), plan.partner_id.ref),
            (self.env._("Your contact"), plan.user_id.name),
            (self.env._("Telephone"), plan.user_id.partner_id.phone or plan.company_id.phone),
        ]
        return [(label, value) for label, value in rows if value]

    @api.model
    def _get_parties(self, plan):
        letter = self.env["credit.collection.letter"]
        creditor, debtor = plan.company_id.partner_id, plan.partner_id
        return [
            (label, [party.name, *letter._get_address_rows(party, other), *letter._get_legal_rows(party)])
            for label, party, other in (
                (self.env._("Creditor"), creditor, debtor),
                (self.env._("Debtor"), debtor, creditor),
            )
        ]


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Draw agreements true to scale, whatever the build of wkhtmltopdf."""
        name = self._get_report(report_ref).report_name
        if name != "credit_collection.plan_agreement":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        plans = self.env["credit.collection.plan"].browse(res_ids)
        plans.check_access("read")
        return {
            plan.id: {"stream": io.BytesIO(self.env[f"report.{name}"]._draw(plan)), "attachment": None}
            for plan in plans
        }


class CreditCollectionChannelEmail(models.AbstractModel):
    """The proposal of a plan takes its agreement along."""

    _inherit = "credit.collection.channel.email"

    @api.model
    def _attach(self, action):
        result = super()._attach(action)
        if action.purpose == "plan_proposal" and action.plan_id:
            template = action._get_template()
            lang = template._get_language(action.contact_id.lang, action.company_id, self._part)
            self.env["ir.attachment"].create(
                {
                    "name": f"{action.plan_id.name.replace('/', '-')}.pdf",
                    "raw": self.env["report.credit_collection.plan_agreement"]._draw(action.plan_id, lang),
                    "mimetype": "application/pdf",
                    "res_model": action._name,
                    "res_id": action.id,
                }
            )
        return result
