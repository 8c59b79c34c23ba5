from odoo import fields, models


class CreditCollectionPaymentItem(models.Model):
    """What an online payment is for: an open item, and how much of it."""

    _name = "credit.collection.payment.item"
    _description = "Item of an Online Payment"
    _inherit = ["credit.collection.item.link"]
    _order = "transaction_id desc, date_due, id"

    transaction_id = fields.Many2one(
        "payment.transaction", "Online Payment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="transaction_id.company_id", store=True, index=True)
    amount = fields.Monetary("Paid", required=True, readonly=True)
    discount = fields.Monetary(readonly=True, help="What was taken off for paying the whole invoice early.")
    state = fields.Selection(related="transaction_id.state")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "What is paid of an item must be greater than zero.")

    # === BUSINESS METHODS === #

    def _get_shares(self, money):
        """Return ``{item: amount}``: how ``money`` settles what these lines name, as the ledger stands now.

        An item takes what was chosen for it, at most what is open of it, while there is money. Nothing is moved to
        other items: what is left over is the customer's to decide about.
        """
        shares = {}
        for line in self:
            wanted = min(line.amount, money)
            for item in line._get_open_items():
                currency = item.currency_id
                part = currency.round(min(wanted, item.amount_residual_currency - shares.get(item, 0)))
                if currency.compare_amounts(part, 0) > 0:
                    shares[item] = currency.round(shares.get(item, 0) + part)
                    wanted, money = currency.round(wanted - part), currency.round(money - part)
        return shares

    def _get_discounts(self, shares):
        """Return ``{item: discount}`` of what was taken off the items, where that pays the rest of a whole invoice.

        The day is not asked for again: what was promised when the payment began holds when its answer comes late.

        :param shares: what ``_get_shares`` returned
        """
        discounts = {}
        for line in self.filtered("discount"):
            for item in line._get_open_items().filtered("discount_date"):
                currency = item.currency_id
                offered = currency.round(item.amount_currency - item.discount_amount_currency)
                untouched = currency.compare_amounts(item.amount_residual_currency, item.amount_currency) == 0
                whole = currency.compare_amounts(shares.get(item, 0) + line.discount, item.amount_currency) == 0
                if untouched and whole and currency.compare_amounts(offered, line.discount) == 0:
                    discounts[item] = line.discount
        return discounts

    def _get_open_items(self):
        """Return what is open of the item named: all of its invoice, earliest first, where it was replaced."""
        currency = self.transaction_id.currency_id
        items = self._get_items().filtered(
            lambda item: (
                item.parent_state == "posted"
                and item.currency_id == currency
                and currency.compare_amounts(item.amount_residual_currency, 0) > 0
            )
        )
        return items.sorted(lambda item: (item.date_maturity or item.date, item.id))
