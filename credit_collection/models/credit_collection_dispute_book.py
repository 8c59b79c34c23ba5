from odoo import Command, models
from odoo.exceptions import UserError

# Steps by which a credit note is brought near its amount; what is left then are cents.
TRIES = 5


class CreditCollectionDispute(models.Model):
    """What an outcome books, by core's own documents only. Who may was checked before: booking needs no rights."""

    _inherit = "credit.collection.dispute"

    def _for_customer(self):
        """What stands on a credit note is read by the customer, in the customer's language."""
        return self.with_context(lang=self.partner_id.lang or self.env.lang)

    def _book_credit(self):
        self._book_credit_notes(self._for_customer().env._("Dispute %s", self.name))

    def _book_gesture(self):
        env = self._for_customer().env
        label = env._("Commercial gesture")
        self._book_credit_notes(env._("%(label)s, dispute %(name)s", label=label, name=self.name), label)

    def _book_corrected(self):
        """Reverse the invoice as a whole, and leave a draft with its lines for the accountant to correct."""
        for move in self.line_ids.move_id:
            items = move.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
            credit = self._reverse(move, self._for_customer().env._("Corrected, dispute %s", self.name))
            self._reconcile_credit(credit, items)
            draft = move.with_context(include_business_fields=True).copy({"invoice_date": self._get_today()})
            self.booked_move_ids = [Command.link(draft.id)]
            draft.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Correct and post: dispute %s", self.name),
                note=self.outcome,
                user_id=self.company_id._get_accountant().id,
            )

    def _agree_on_date(self):
        """Make a plan of one instalment on all that is to be asked for on the items; the dispute holds them no more."""
        rows = self.env["credit.collection.planner"]._get_standings(
            self.company_id, self._get_today(), debtors=self.debtor_id
        )
        free = {row["id"]: float(row["free"]) for row in rows}
        items = self.line_ids._get_open_items().filtered(lambda item: free.get(item.id, 0) > 0)
        if not items:
            raise UserError(self.env._("Credits cover these invoices: nothing is left to be paid at another date."))
        plans = self.env["credit.collection.plan"].sudo(False)
        for currency, members in items.grouped("currency_id").items():
            amounts = {item: currency.round(free[item.id]) for item in members}
            plan = plans.create(
                {
                    "debtor_id": self.debtor_id.id,
                    "currency_id": currency.id,
                    "contact_id": self.contact_id.id,
                    "note": self.env._("New due date, dispute %s", self.name),
                    "line_ids": [
                        Command.create({"move_line_id": item.id, "amount": amount}) for item, amount in amounts.items()
                    ],
                    "installment_ids": [Command.create({"date": self.outcome_date, "amount": sum(amounts.values())})],
                }
            )
            self.plan_ids = [Command.link(plan.id)]
            plan._accept()

    # === CREDIT NOTES === #

    def _book_credit_notes(self, reason, label=False):
        """Credit what was settled: one note by invoice where it closes its items, else one by item.

        :param label: stands before the text of each line
        """
        lines = self.line_ids.filtered("amount_settled")
        for move, members in lines.grouped("move_id").items():
            for batch in [members] if all(line._is_settled_whole() for line in members) else members:
                credit = self._reverse(move, reason)
                for line in credit.invoice_line_ids.filtered(lambda line: label and line.display_type == "product"):
                    line.name = f"{label}: {line.name}"
                self._fit(credit, sum(batch.mapped("amount_settled")))
                self._reconcile_credit(credit, batch._get_open_items())

    def _reverse(self, move, label):
        """Return a draft credit note of the whole of ``move``, made by core's wizard."""
        wizard = self._for_customer().env["account.move.reversal"]
        wizard = wizard.with_context(active_model="account.move", active_ids=move.ids)
        wizard = wizard.create({"reason": label, "date": self._get_today(), "journal_id": move.journal_id.id})
        wizard.refund_moves()
        credit = wizard.new_move_ids.with_env(self.env)
        credit.invoice_cash_rounding_id = False
        self.booked_move_ids = self.outcome_move_ids = [Command.link(credit.id)]
        return credit

    def _fit(self, credit, amount):
        """Scale the lines of ``credit`` so that it comes to ``amount``, taxes included, exactly.

        Prices are scaled until only cents are left; these go to the tax, as core lets an accountant do by hand, or to
        the largest line where there is no tax. Fees by piece stay where they are: a part of the price gives none back.
        """
        currency = credit.currency_id
        if not currency.compare_amounts(credit.amount_total, amount):
            return
        lines = credit.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        for line in lines:
            taxes = line.tax_ids.flatten_taxes_hierarchy()
            if "fixed" in taxes.mapped("amount_type"):
                line.tax_ids = taxes.filtered(lambda tax: tax.amount_type != "fixed")
        whole, prices, ratio = credit.amount_total, {line: line.price_unit for line in lines}, 1.0
        for __ in range(TRIES):
            missing = amount - credit.amount_total
            if currency.is_zero(whole) or abs(missing) <= currency.rounding * (len(lines) + 2):
                break
            ratio += missing / whole
            commands = [Command.update(line.id, {"price_unit": price * ratio}) for line, price in prices.items()]
            credit.write({"invoice_line_ids": commands})
        self._add_cents(credit, currency.round(amount - credit.amount_total))
        if currency.compare_amounts(credit.amount_total, amount):
            raise UserError(
                self.env._(
                    "%(invoice)s cannot be credited by exactly %(amount)s: an accountant writes this credit note.",
                    invoice=credit.reversed_entry_id.name,
                    amount=currency.format(amount),
                )
            )

    def _add_cents(self, credit, cents):
        if credit.currency_id.is_zero(cents):
            return
        tax = credit.line_ids.filtered("tax_line_id").sorted(lambda line: -abs(line.amount_currency))[:1]
        if tax:
            credit.write({"line_ids": [Command.update(tax.id, {"amount_currency": tax.amount_currency + cents})]})
            return
        lines = credit.invoice_line_ids.filtered(lambda line: line.display_type == "product" and line.price_subtotal)
        line = lines.sorted(lambda line: -abs(line.price_subtotal))[:1]
        if line:
            price = line.price_unit * (line.price_subtotal + cents) / line.price_subtotal
            credit.write({"invoice_line_ids": [Command.update(line.id, {"price_unit": price})]})

    def _reconcile_credit(self, credit, items):
        """Post ``credit`` and set it against ``items``; what it settles of them is what it comes to."""
        self._get_term_line(credit).account_id = items.account_id[:1]
        before = sum(items.mapped("amount_residual_currency"))
        expected = min(credit.amount_total, before)
        credit.action_post()
        term = self._get_term_line(credit)
        if term.matched_debit_ids.debit_move_id - items:
            # Core sets it against the oldest instalments of the invoice, contested or not.
            term.remove_move_reconcile()
        if not term.reconciled and (left := items.filtered(lambda item: not item.reconciled)):
            (term | left).reconcile()
        settled = before - sum(items.mapped("amount_residual_currency"))
        if credit.state != "posted" or credit.currency_id.compare_amounts(settled, expected):
            raise UserError(
                self.env._(
                    "%(credit)s could not be set against %(invoice)s: an accountant has to look.",
                    credit=credit.display_name,
                    invoice=items.move_id[:1].display_name,
                )
            )

    def _get_term_line(self, credit):
        return credit.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
