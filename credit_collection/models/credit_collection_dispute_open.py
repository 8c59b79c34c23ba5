from odoo import Command, api, models
from odoo.exceptions import UserError

# How much of a customer's own words is kept.
LONGEST_TEXT = 20000


class CreditCollectionDispute(models.Model):
    """Opening a dispute for somebody who has no rights here: a customer, a reply that came in."""

    _inherit = "credit.collection.dispute"

    @api.model
    def _open_for(self, debtor, items_amounts, reason, text="", origin="portal", attachments=(), **values):
        """Open a dispute in the name of the customer, and return it (as superuser).

        The caller has made sure that the person speaks for ``debtor``; everything else is checked here: the items are
        open, and this customer's, and no more is disputed than is open.

        :param items_amounts: ``{account.move.line: amount in the item's currency}``
        :param reason: a ``credit.collection.dispute.reason``; empty: the last of the tree ("other")
        :param text: what the customer says
        :param attachments: ``(name, bytes)`` of each file that the customer gives
        :param values: further fields, such as ``contact_id``
        :raises UserError: saying what is wrong with items or amounts; nothing is kept then
        """
        debtor = debtor.sudo()
        if not items_amounts:
            raise UserError(self.env._("Name at least one invoice that is disputed."))
        disputes = self.sudo().with_company(debtor.company_id)
        disputes._check_disputable(items_amounts)
        reason = reason or self.env["credit.collection.dispute.reason"].sudo().search(
            [("parent_id", "=", False)], order="sequence desc, id desc", limit=1
        )
        if not reason:
            raise UserError(self.env._("There is no reason for disputes: a manager adds one under Configuration."))
        dispute = disputes.create(
            {
                "debtor_id": debtor.id,
                "reason_id": reason.id,
                "description": (text or "").strip()[:LONGEST_TEXT],
                "origin": origin,
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount": amount})
                    for item, amount in items_amounts.items()
                ],
                **values,
            }
        )
        dispute._add_evidence(attachments)
        return dispute

    @api.model
    def _check_disputable(self, items_amounts):
        for item, amount in items_amounts.items():
            item = item.sudo()
            if item.account_type != "asset_receivable" or item.parent_state != "posted" or item.reconciled:
                raise UserError(self.env._("%s is not open any more.", item.move_id.display_name))
            if item.currency_id.compare_amounts(amount, 0) <= 0:
                raise UserError(self.env._("Say how much of %s is disputed.", item.move_id.display_name))

    def _add_evidence(self, attachments):
        """Keep files that the customer gave."""
        self.ensure_one()
        files = self.env["ir.attachment"].create(
            [
                {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
                for name, content in attachments
            ]
        )
        self.evidence_customer_ids = [Command.link(file.id) for file in files]
