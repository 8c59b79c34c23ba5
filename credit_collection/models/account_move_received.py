from odoo import fields, models
from odoo.exceptions import UserError

from .account_move import ACCOUNTANTS


class AccountMove(models.Model):
    """The customer's word, before the due date, that an invoice came and is in order."""

    _inherit = "account.move"

    collection_received_on = fields.Date("Confirmed by the customer", readonly=True, copy=False, groups=ACCOUNTANTS)
    collection_received_by = fields.Many2one(
        "res.partner", "Confirmed by", readonly=True, copy=False, groups=ACCOUNTANTS, ondelete="set null",
        index="btree_not_null",
    )  # fmt: skip

    def _note_collection_received(self, debtor, contact):
        """Keep that ``contact`` has the invoice and finds it in order, on the invoice and on the file.

        :raises UserError: when somebody said so before
        """
        self.ensure_one()
        move = self.sudo()
        if move.collection_received_on:
            raise UserError(
                self.env._(
                    "%(invoice)s was confirmed before, by %(who)s: there is nothing more to do.",
                    invoice=move.name,
                    who=move.collection_received_by.name or move.partner_id.name,
                )
            )
        contact = contact or debtor.partner_id
        move.write({"collection_received_on": debtor._get_today(), "collection_received_by": contact.id})
        ours = debtor._for_staff()
        ours._note_from_page(contact, ours.env._("%s: received and in order.", move.name))
