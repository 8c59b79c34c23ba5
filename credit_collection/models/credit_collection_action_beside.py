from odoo import Command, api, fields, models

# Messages beside the ladder that ask for money: contacts like its own, for interval and cap.
ASKS_FOR_MONEY = ("promise", "installment", "installment_late", "plan_broken")
# Messages that ask for nothing: neither table of invoices nor button to pay.
ASKS_NOTHING = {"thanks", "dispute_received", "dispute_outcome", "noted", "answer", "link"}


class CreditCollectionAction(models.Model):
    """Messages beside the ladder: about a call, a dispute, a promise, a plan. They raise no level."""

    _inherit = "credit.collection.action"

    dispute_id = fields.Many2one(
        "credit.collection.dispute", readonly=True, index="btree_not_null", ondelete="set null"
    )
    promise_id = fields.Many2one(
        "credit.collection.promise", readonly=True, index="btree_not_null", ondelete="set null"
    )
    plan_id = fields.Many2one("credit.collection.plan", readonly=True, index="btree_not_null", ondelete="set null")

    @api.model
    def _create_beside(self, purpose, debtor, *, contact=None, user=None, currency=None, lines=(), **values):
        """Put an e-mail beside the ladder on its way; where it cannot be, say so on the file and return nothing.

        :param purpose: what the text is for; the company's own text goes before the shared one
        :param contact: whom it should go to, if that person can be written to
        :param lines: values of the lines to show, see :meth:`_prepare_lines_of`
        :param values: fields of the action, such as the document that it is about, and another ``channel``
        """
        template = self.env["credit.collection.template"]._get_for(purpose, debtor.company_id)
        channel = values.pop("channel", "email")
        contact = debtor._find_beside_contact(channel, contact or debtor.contact_id or debtor.partner_id)
        if not template or not contact:
            labels = dict(self._fields["purpose"]._description_selection(self.env))
            debtor.sudo().message_post(
                body=self.env._("“%s” was not sent: no e-mail address, or no text for it.", labels[purpose])
            )
            return self.browse()
        action = self.sudo().create(
            {
                "purpose": purpose,
                "company_id": debtor.company_id.id,
                "debtor_id": debtor.id,
                "contact_id": contact.id,
                "user_id": (user or debtor._get_collector()).id,
                "channel": channel,
                "tone": template.tone,
                "template_id": template.id,
                "planned_state": "planned",
                "state": "planned",
                "date": debtor._get_today(),
                "currency_id": (currency or debtor.currency_id).id,
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        action._schedule()
        self.env.ref("credit_collection.ir_cron_credit_collection_send").sudo()._trigger()
        return action

    @api.model
    def _prepare_lines_of(self, items, amounts=None):
        """Return values for lines that show ``items``, without asking for them by a step.

        :param amounts: ``{item id: amount}`` to print instead of what is open
        """
        return [
            {
                "move_line_id": item.id,
                "move_id": item.move_id.id,
                "reference": item.move_id.name,
                "customer_reference": item.move_id.ref,
                "date_invoice": item.move_id.invoice_date or item.date,
                "date_due": item.date_maturity or item.date,
                "residual": item.amount_residual_currency,
                "disputed": 0,
                "covered": 0,
                "amount": (amounts or {}).get(item.id, item.amount_residual_currency),
                "live": False,
            }
            for item in items.sudo().sorted(lambda item: (item.date_maturity or item.date, item.id))
        ]

    def _get_document_values(self):
        """Return the values of the placeholders that speak of a dispute, a promise or a plan; None: there is none."""
        return {}

    def _get_text_values(self, channel=None):
        return {**super()._get_text_values(channel), **self._get_document_values()}
