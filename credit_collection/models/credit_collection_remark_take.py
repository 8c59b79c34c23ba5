from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCollectionRemark(models.Model):
    """Somebody else to write to, or another address, as told on the page. A person takes it over, never the page:
    whoever got a forwarded link could have our messages sent elsewhere."""

    _inherit = "credit.collection.remark"

    told_partner_id = fields.Many2one(
        "res.partner", "About the contact", readonly=True, ondelete="set null", help="Empty: about somebody new."
    )
    told_name = fields.Char("Told: name", readonly=True)
    told_email = fields.Char("Told: e-mail", readonly=True)
    told_phone = fields.Char("Told: telephone", readonly=True)
    told_function = fields.Char("Told: role", readonly=True)
    decision = fields.Selection(selection_add=[("contact", "Contact taken over")])

    # === CRUD METHODS === #

    @api.model
    def _get_trail_fields(self):
        return super()._get_trail_fields() | {
            "told_partner_id", "told_name", "told_email", "told_phone", "told_function",
        }  # fmt: skip

    # === ACTION METHODS === #

    def action_take_contact(self):
        """Correct the contact, or create the new one and write to it from now on; open it."""
        self._check_open()
        values = {
            name: value
            for name, value in (
                ("name", self.told_name),
                ("email", self.told_email),
                ("phone", self.told_phone),
                ("function", self.told_function),
            )
            if value
        }
        if not values or not (self.told_partner_id or self.told_name):
            raise UserError(self.env._("It names nobody: look at what was said, and add the contact by hand."))
        self._become("contact")
        debtor = self.debtor_id
        contact = self.told_partner_id
        if contact:
            contact.sudo().write(values)
        else:
            lang = self.author_id.lang or debtor.partner_id.lang
            payer = debtor._get_payer()
            contact = self.env["res.partner"].sudo().create({**values, "parent_id": payer.id, "lang": lang})
            debtor.contact_id = contact
        return contact.sudo(False)._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _report_contact(self, debtor, author, text, about=None, **told):
        """Keep whom, or where, we should write to, for a person to take over.

        :param about: the contact whose address it is; none: somebody new
        :param told: ``name``, ``email``, ``phone``, ``function``
        """
        values = {f"told_{name}": value for name, value in told.items() if value}
        about_id = about.id if about else False
        return self._report(
            debtor, text, kind="page", author=author, topic="contact", told_partner_id=about_id, **values
        )
