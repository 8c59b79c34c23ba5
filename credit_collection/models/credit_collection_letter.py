import base64
import logging
import re
from math import ceil

from markupsafe import Markup, escape
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.image import image_data_uri, image_process

from ..tools import pdf

_logger = logging.getLogger(__name__)

ADDRESS_ROWS, ROW_LETTERS = 6, 36
"""What the window takes in type of normal size."""
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
COLOR, PLAIN_COLOR = re.compile(r"#[0-9a-fA-F]{6}"), "#26303b"


class CreditCollectionLetter(models.AbstractModel):
    """A letter on paper: one PDF per action, ready for an envelope with a window."""

    _name = "credit.collection.letter"
    _description = "Letter"

    # === BUSINESS METHODS === #

    @api.model
    def _print(self, action, subject, text, values):
        """Return the letter of ``action`` as a PDF, in the language of the action's context.

        :param str subject: plain text
        :param markupsafe.Markup text: rendered HTML
        :param dict values: the action's ``_get_text_values``, of the letter channel: no link can be followed on paper
        :raises UserError: when an address lacks what the post needs, or the PDF cannot be made
        """
        self = self.with_env(action.env)
        layout = self._prepare_values(action, subject, text, values)
        return pdf.stamp_pages(self._draw_pages(layout), layout["reference"])

    @api.model
    def _get_window(self, company):
        """Return where the envelopes of ``company`` have their window, ``left`` or ``right``."""
        return company.collection_window or ("right" if company.country_id.code == "FR" else "left")

    @api.model
    def _get_paper(self, company):
        """Return the paper format: Letter where the company's other documents are printed on it, else A4."""
        name = "letter" if company.paperformat_id.format == "Letter" else "a4"
        return self.env.ref(f"credit_collection.paperformat_letter_{name}").sudo()

    # === VALUES === #

    @api.model
    def _prepare_values(self, action, subject, text, values):
        """Return what the template ``credit_collection.letter`` prints."""
        company, contact = action.company_id, action.contact_id
        self._check_address(company.partner_id)
        self._check_address(contact)
        recipient = self._get_recipient(contact, company)
        reference, lines = self._get_reference(action), action._get_printed_lines()
        return {
            "company": company,
            "lang": (self.env.lang or "en_US").split("_")[0],
            "accent": company.primary_color if COLOR.fullmatch(company.primary_color or "") else PLAIN_COLOR,
            "paper": self._get_paper(company),
            "window": self._get_window(company),
            "logo": self._get_logo(company),
            "return_address": " · ".join([company.name, *self._get_address_rows(company.partner_id, contact)]),
            "company_rows": self._get_address_rows(company.partner_id),
            "recipient": recipient,
            "small": sum(ceil(len(row) / ROW_LETTERS) for row in recipient) > ADDRESS_ROWS,
            "place_and_date": self._get_place_and_date(action),
            "reference": reference,
            "references": self._prepare_references(action, reference, values),
            "formal": action.tone == "formal",
            "registered": action.registered,
            "parties": self._prepare_parties(action),
            "subject": subject,
            "text": text,
            "lines": lines,
            "with_orders": any(lines.mapped("customer_reference")),
            "totals": self._prepare_totals(values),
            "payment": self._prepare_payment(action, values),
            "values": values,
            "legal": self._get_legal_rows(company.partner_id),
            "format_date": self.env["res.lang"]._format_day,
            "format_amount": action._format_amount,
            "today": action._get_text_date(),
        }

    @api.model
    def _get_reference(self, action):
        """Return what tells this letter from any other: the number of the notice, or date and number of the action."""
        if action.tone == "formal":
            return action._get_notice_text()
        return action.notice_number or f"{action._get_text_date():%Y%m%d}-{action.id}"

    @api.model
    def _get_place_and_date(self, action):
        day, place = action._format_day(action._get_text_date()), action.company_id.city
        return self.env._("%(place)s, %(date)s", place=place, date=day)

    @api.model
    def _prepare_references(self, action, reference, values):
        """Return labels and values for the block beside the window. It may show there: not a word about debts."""
        customer = action.debtor_id.partner_id
        orders = set(action._get_due_lines().mapped("customer_reference")) - {False}
        rows = [
            (self.env._("Our reference"), reference),
            (self.env._("Your reference"), orders.pop() if len(orders) == 1 else False),
            (self.env._("Customer"), customer.name),
            (self.env._("Customer number"), customer.ref),
            (self.env._("Your contact"), values["sender"]),
            (self.env._("Telephone"), values["direct_line"] if "@" not in values["direct_line"] else False),
            (self.env._("E-mail"), escape(values["sender_email"]).replace("@", Markup("<wbr/>@"))),
        ]
        return [(label, value) for label, value in rows if value]

    @api.model
    def _prepare_parties(self, action):
        """Return creditor and debtor as a formal notice names them: by their legal names and addresses."""
        creditor, debtor = action.company_id.partner_id, action.debtor_id.partner_id
        return [
            (label, [party.name, *self._get_address_rows(party, other), *self._get_legal_rows(party)])
            for label, party, other in (
                (self.env._("Creditor"), creditor, debtor),
                (self.env._("Debtor"), debtor, creditor),
            )
        ]

    @api.model
    def _prepare_totals(self, values):
        if values["amount"] == values["total"]:
            return [(self.env._("Total"), values["total"])]
        return [
            (self.env._("Total of all open invoices"), values["total"]),
            (self.env._("Asked for with this letter"), values["amount"]),
        ]

    # === PAYMENT === #

    @api.model
    def _prepare_payment(self, action, values):
        """Return how to pay: only accounts that are printed on the invoices, each with its invoices."""
        moves = action._get_due_lines().move_id
        banks = moves.partner_bank_id
        return {
            "amount": values["amount"],
            "deadline": action._format_day(action.deadline) if action.deadline else values["reply_date"],
            "beneficiary": banks[:1].acc_holder_name or action.company_id.name,
            "accounts": [self._prepare_account(bank, moves, several=len(banks) > 1) for bank in banks],
            "reference": self._get_payment_reference(moves) if len(moves) == 1 else False,
            "code": self._get_payment_code(action, moves),
        }

    @api.model
    def _prepare_account(self, bank, moves, several):
        paid_there = moves.filtered(lambda move: move.partner_bank_id == bank) if several else moves.browse()
        return {
            "number": self._format_account(bank.acc_number),
            "bank": " · ".join(filter(None, [bank.bank_id.name, bank.bank_bic])),
            "invoices": ", ".join(paid_there.mapped("name")),
        }

    @api.model
    def _format_account(self, number):
        """Write an IBAN in groups of four."""
        compact = re.sub(r"\s", "", number or "")
        return re.sub(r"(.{4})(?=.)", r"\1 ", compact) if IBAN.fullmatch(compact) else number

    @api.model
    def _get_payment_reference(self, move):
        return move.payment_reference or move.name

    @api.model
    def _get_payment_code(self, action, move):
        """Return the image of a code to pay by, when one invoice is asked for and core can make one; else False."""
        if len(move) != 1 or len(move.partner_bank_id) != 1:
            return False
        amount = sum(action._get_due_lines().mapped("amount"))
        reference, currency = self._get_payment_reference(move), action.currency_id
        try:
            return move.partner_bank_id.build_qr_code_base64(
                currency.round(amount), reference, move.payment_reference, currency, action.debtor_id.partner_id
            )
        except Exception:  # noqa: BLE001 - a code is a convenience: without one the letter is complete
            _logger.warning("No payment code for collection action %s", action.id, exc_info=True)
            return False

    # === ADDRESSES === #

    @api.model
    def _check_address(self, partner):
        """The post needs a name, a street and a town, of the sender too: letters come back."""
        labels = partner.fields_get(["name", "street", "city"], ["string"])
        found = {"name": self._get_legal_name(partner), "street": partner.street, "city": partner.city}
        missing = [labels[name]["string"] for name, value in found.items() if not (value or "").strip()]
        if missing:
            raise UserError(
                self.env._(
                    "A letter needs a complete address. Please add to %(partner)s: %(missing)s.",
                    partner=partner.display_name or self.env._("the contact written to"),
                    missing=", ".join(missing),
                )
            )

    @api.model
    def _get_legal_name(self, partner):
        return partner.commercial_company_name or partner.commercial_partner_id.name

    @api.model
    def _get_recipient(self, contact, company):
        """Return the rows of the address in the window: the company first, the person in it second."""
        first = self._get_legal_name(contact)
        person = [self.env._("Attn. %s", contact.name)] if contact.name and contact.name != first else []
        return [first, *person, *self._get_address_rows(contact, company.partner_id)]

    @api.model
    def _get_address_rows(self, partner, other=None):
        """Return street, town and so on as the partner's country writes them.

        The country comes last, in capitals, when that of ``other`` is another one. It is named in the language of
        ``other``: a letter's own post office sorts by it.
        """
        form, parts = partner._prepare_display_address(without_company=True)
        parts["country_name"] = ""
        rows = [" ".join(row.split()).strip(" ,") for row in (form % parts).splitlines()]
        if other and partner.country_id != other.country_id:
            rows.append((partner.country_id.with_context(lang=other.lang).name or "").upper())
        return [row for row in rows if row]

    @api.model
    def _get_legal_rows(self, partner):
        """Return the numbers under which a company is registered, each with its country's name for it."""
        numbers = [(partner.company_registry_label, partner.company_registry), (partner.vat_label, partner.vat)]
        rows = [self.env._("%(label)s: %(number)s", label=label, number=number) for label, number in numbers if number]
        return [row.replace(" ", "\N{NO-BREAK SPACE}") for row in rows]

    @api.model
    def _get_logo(self, company):
        """Return the logo as an address that holds it, in a format that old engines know; False without one."""
        if company.uses_default_logo or not company.logo:
            return False
        image = base64.b64decode(company.logo)
        if not image.lstrip().startswith(b"<"):
            image = image_process(image, size=(900, 300), output_format="PNG")
        return image_data_uri(base64.b64encode(image))
