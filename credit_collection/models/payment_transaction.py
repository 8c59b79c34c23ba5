import logging
import math
from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_amount

from .credit_collection_planner_ledger import PENDING_DAYS

_logger = logging.getLogger(__name__)

# So long a payment that was begun keeps others of the same items waiting.
BEGUN_MINUTES = 10
# So long it is asked about, before the same items are paid again: it may still be finished at the provider's.
DOUBT_HOURS = 24
READERS = "account.group_account_readonly,account.group_account_invoice,credit_collection.group_credit_collection_user"


class PaymentTransaction(models.Model):
    """A payment from the customer's page settles exactly the items that were chosen, with exactly those amounts."""

    _inherit = "payment.transaction"

    collection_item_ids = fields.One2many(
        "credit.collection.payment.item", "transaction_id", "Items Paid", readonly=True, copy=False, groups=READERS
    )

    # === WHAT WAITS === #

    @api.model
    def _find_begun(self, items):
        """Return the payments of these items that were begun so lately that the customer may still be at it."""
        since = fields.Datetime.now() - timedelta(minutes=BEGUN_MINUTES)
        return self._find_of_items(items, [("state", "=", "draft"), ("last_state_change", ">", since)])

    @api.model
    def _find_in_doubt(self, items):
        """Return the payments of these items, oldest first, that were begun earlier and of which nothing was heard.

        What has reached its provider (pending, authorized) is no matter of doubt: it is taken off what can be paid.
        """
        now = fields.Datetime.now()
        doubtful = Domain("state", "=", "draft")
        doubtful &= Domain("last_state_change", ">", now - timedelta(hours=DOUBT_HOURS))
        doubtful &= Domain("last_state_change", "<=", now - timedelta(minutes=BEGUN_MINUTES))
        return self._find_of_items(items, doubtful).sorted("last_state_change")

    @api.model
    def _find_waiting(self, items):
        """Return the payments of these items that the ledger does not know yet.

        They are made and not booked, or they wait for their provider, as long as the planner waits for them, too.
        """
        since = fields.Datetime.now() - timedelta(days=PENDING_DAYS)
        waits = Domain("state", "in", ("authorized", "done"))
        waits |= Domain("state", "=", "pending") & Domain("last_state_change", ">", since)
        return self._find_of_items(items, waits).filtered(lambda tx: tx.state != "done" or not tx._is_booked())

    @api.model
    def _find_of_items(self, items, domain):
        found = self.search(
            Domain(domain) & Domain("invoice_ids", "in", items.move_id.ids) & Domain("operation", "!=", "refund")
        )
        return found.filtered(lambda tx: not tx.collection_item_ids or tx.collection_item_ids._get_items() & items)

    def _get_brought(self, items):
        """Return ``{item: amount}``: what these payments bring to the items, at most what is open of each.

        One of core's own pages names invoices only: it goes to their items, earliest first, as core will book it.
        """
        brought = defaultdict(float)
        for tx in self:
            for named, amount in tx._get_named():
                rest = amount
                for item in named.sorted(lambda item: (item.date_maturity or item.date, item.id)):
                    left = max(item.amount_residual_currency - brought[item], 0)
                    part = min(rest, left) if item.currency_id == tx.currency_id else left
                    brought[item] = item.currency_id.round(brought[item] + part)
                    rest -= part
        return {item: amount for item, amount in brought.items() if item in items and amount}

    def _get_named(self):
        """Return ``[(items, amount)]``: what a payment is for, and how much that settles."""
        self.ensure_one()
        if self.collection_item_ids:
            return [(line._get_items(), line.amount + line.discount) for line in self.collection_item_ids]
        items = self.invoice_ids.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        reduced = items.discount_amount_currency if len(items) == 1 and items.discount_date else 0
        if (
            reduced
            and self.currency_id == items.currency_id
            and self.currency_id.compare_amounts(self.amount, reduced) == 0
        ):
            # Core gives the discount for early payment when it books this.
            return [(items, abs(items.amount_currency))]
        return [(items, self.amount)]

    def _find_latest(self, item):
        """Return the latest of these payments that is for that item."""
        own = self.filtered(lambda tx: any(item in named for named, __ in tx._get_named()))
        return own.sorted("last_state_change")[-1:]

    def _say_begun(self):
        """Return, for the customer, until when a payment that was begun keeps another from starting."""
        until = max(self.mapped("last_state_change")) + timedelta(minutes=BEGUN_MINUTES)
        minutes = max(1, math.ceil((until - fields.Datetime.now()).total_seconds() / 60))
        return self.env._(
            "You began to pay this a moment ago. If that is still open in another window, please finish it there. If"
            " you left without paying, you can try again in %s minutes.",
            minutes,
        )

    def _is_booked(self):
        """Whether the ledger knows of this payment, or never will: without an entry, it is waited for at the bank."""
        self.ensure_one()
        payments = self.payment_id | self.child_transaction_ids.payment_id
        if not payments:
            return self.is_post_processed
        return all(payment.move_id or payment.state != "in_process" for payment in payments)

    # === WHAT IS PAID === #

    def _create_payment(self, **extra_create_values):
        """Set the payment against the items that were chosen, and nothing else.

        Core would set it against all that is open of the invoices, in its own order: it sees none of them. Discounts
        for early payment are those that the page took off, in core's own lines.
        """
        self.ensure_one()
        source = self.source_transaction_id
        holder = source if source and source.operation == self.operation else self
        lines = holder.sudo().collection_item_ids
        if not lines or self.amount <= 0:
            return super()._create_payment(**extra_create_values)
        invoices = holder.invoice_ids
        shares = lines._get_shares(self.amount)
        discounts = lines._get_discounts(shares)
        shares.update({item: self.currency_id.round(shares[item] + discounts[item]) for item in discounts})
        money = self.currency_id.round(self.amount + sum(discounts.values()))
        apart = self._get_shares_apart(shares, money)
        customer = lines.move_id.commercial_partner_id[:1]
        values = {
            "partner_id": (customer or self.partner_id.commercial_partner_id).id,
            "invoice_ids": [Command.set(invoices.ids)],
            "write_off_line_vals": [
                *(self._prepare_share_line(item, amount) for item, amount in apart.items()),
                *(line for item, amount in discounts.items() for line in self._prepare_discount_lines(item, amount)),
            ],
        }
        if shares:
            values["destination_account_id"] = next(iter(shares)).account_id.id
        holder.invoice_ids = False
        payment = super()._create_payment(**{**values, **extra_create_values})
        holder.invoice_ids = invoices
        if payment.move_id:
            self._settle_shares(payment, shares, apart, money)
        return payment

    def _get_shares_apart(self, shares, money):
        """Return the shares for which the payment's entry needs lines of their own: parts, and other accounts.

        A line of the entry is set against an item as far as both go. Items that are paid in full share the entry's
        main line; so can one part, when nothing is left over.
        """
        account = next(iter(shares)).account_id if shares else None
        apart = {
            item: amount
            for item, amount in shares.items()
            if item.account_id != account or not self._is_whole_share(item, amount)
        }
        if shares and self.currency_id.is_zero(money - sum(shares.values())):
            parts = [item for item in apart if item.account_id == account]
            apart.pop(parts[-1] if parts else None, None)
        return apart

    @api.model
    def _is_whole_share(self, item, amount):
        return item.currency_id.compare_amounts(amount, item.amount_residual_currency) == 0

    def _prepare_share_line(self, item, amount):
        company, today = self.company_id, fields.Date.context_today(self)
        return {
            "name": f"{self.reference} {item.move_id.name}",
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": -amount,
            "balance": -self.currency_id._convert(amount, company.currency_id, company, today),
            "date_maturity": today,
        }

    def _prepare_discount_lines(self, item, discount):
        """Return what core books for a discount: the loss, less tax where the terms say so, exchange differences."""
        company = self.company_id
        balance = self.currency_id._convert(discount, company.currency_id, company, fields.Date.context_today(self))
        paid = {"aml": item, "amount_currency": -item.amount_residual_currency, "balance": -item.amount_residual}
        found = item.move_id._get_invoice_counterpart_amls_for_early_payment_discount([paid], balance)
        return [line for lines in found.values() for line in lines]

    def _settle_shares(self, payment, shares, apart, money):
        """Reconcile. What cannot be is the customer's credit, and a task of the accountant: money is never refused."""
        try:
            with self.env.cr.savepoint():
                self._reconcile_shares(payment, shares, apart)
        except UserError:
            _logger.exception("Online payment %s cannot be set against its items", self.reference)
            shares, money = {}, payment.amount
        accountant = self.company_id._get_accountant()
        tx = self.sudo().with_context(lang=accountant.lang)
        debtor = tx.env["credit.collection.debtor"]._get_or_create(payment.partner_id, payment.company_id)
        tx._tell_of_payment(debtor, shares)
        rest = self.currency_id.round(money - sum(shares.values()))
        if self.currency_id.compare_amounts(rest, 0) > 0:
            tx._tell_of_rest(debtor, rest, accountant)
        debtor._ask_again_now()

    def _reconcile_shares(self, payment, shares, apart):
        lines = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        pairs = []
        for item, amount in apart.items():
            line = next(line for line in lines if self._is_line_of_share(line, item, amount))
            pairs.append(line + item)
            lines -= line
        together = [item for item in shares if item not in apart]
        whole = [item for item in together if self._is_whole_share(item, shares[item])]
        part = [item for item in together if item not in whole]
        for items in (whole, part):
            if items:
                lines.union(*items).reconcile()
        for pair in pairs:
            pair.reconcile()

    @api.model
    def _is_line_of_share(self, line, item, amount):
        return (
            line.account_id == item.account_id and line.currency_id.compare_amounts(line.amount_currency, -amount) == 0
        )

    # === WHO IS TOLD === #

    def _tell_of_payment(self, debtor, shares):
        text = self.env._(
            "%(amount)s paid online (%(reference)s): %(invoices)s",
            amount=format_amount(self.env, self.amount, self.currency_id),
            reference=self.reference,
            invoices=", ".join(dict.fromkeys(item.move_id.name for item in shares)) or "–",
        )
        debtor.message_post(body=text, author_id=self.partner_id.id)

    def _tell_of_rest(self, debtor, rest, accountant):
        amount = format_amount(self.env, rest, self.currency_id)
        names = (self | self.source_transaction_id).invoice_ids.mapped("name")
        note = self.env._(
            "The online payment %(reference)s was for %(invoices)s. Less was open of that when the money came. The rest"
            " is the customer's credit: set it against something else, or pay it back.",
            reference=self.reference,
            invoices=", ".join(names) or "–",
        )
        debtor._ask_somebody(self.env._("%s was paid online beyond what was open", amount), note, accountant)
