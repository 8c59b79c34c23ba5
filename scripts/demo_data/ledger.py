"""The two companies' receivables: invoices made in batches, and what settles them when its day has come."""

from datetime import timedelta

from .customers import read_table
from .stories import GOODS, RETURNS, Invoice, plan_history

ONE_DAY = timedelta(days=1)
BATCH = 100
# Made, and then left lying: the customer has not seen them.
NEVER_SENT = ("LP-202", "SBC-201")
TEXTS = {"fr_FR": "Meubles sur mesure", "de_DE": "Möbel nach Maß", "en_US": "Furniture to order"}


class Ledger:
    def create_invoices(self):
        """Everything that was ever invoiced, oldest first, so that the numbers follow the dates."""
        self._create_products()
        quiet_from = self.today - (self.history + 5) * ONE_DAY
        plans = [self._plan_open_item(row) for row in read_table("open_items.csv")]
        for order, row in enumerate(self.rows):
            for key in self.companies:
                plans += plan_history(row, key, order, self.today, quiet_from)
        plans.sort(key=lambda plan: (plan.date, plan.customer, plan.reference))
        for key in self.companies:
            own = [plan for plan in plans if plan.company == key]
            for start in range(0, len(own), BATCH):
                self._create_batch(own[start : start + BATCH])
        self.waiting = [(settlement, plan) for plan in plans for settlement in plan.settlements]
        self.env.cr.commit()

    def _create_products(self):
        """What is sold, by each of its names: disputes are counted by product."""
        languages = list(TEXTS)
        names = zip(*([*GOODS[language], TEXTS[language]] for language in languages), strict=True)
        self.products = {}
        for texts in names:
            named = dict(zip(languages, texts, strict=True))
            product = self.env["product.product"].create({"name": named["en_US"]})
            product.update_field_translations("name", named)
            self.products.update(dict.fromkeys(texts, product))

    def _plan_open_item(self, row):
        due = self.today + int(row["due"]) * ONE_DAY
        customer = next(line for line in self.rows if line["name"] == row["customer"])
        return Invoice(
            customer=row["customer"],
            company=row["company"],
            currency=customer[row["company"]].split()[1] if customer[row["company"]] else "EUR",
            date=due - 30 * ONE_DAY,
            due=due,
            amount=float(row["amount"]),
            reference=row["reference"],
            text=TEXTS[customer["lang"]],
        )

    def _create_batch(self, plans):
        moves = self._moves(plans[0].company).create([self._prepare_invoice(plan) for plan in plans])
        moves.action_post()
        for plan, move in zip(plans, moves, strict=True):
            plan.move = move

    def _moves(self, key):
        return self.env["account.move"].with_company(self.companies[key])

    def _prepare_invoice(self, plan, move_type="out_invoice", **more):
        terms = self.terms.get(plan.due)
        return {
            "move_type": move_type,
            "partner_id": self._get_address(plan).id,
            "currency_id": self.env.ref(f"base.{plan.currency}").id,
            "invoice_date": plan.date,
            "date": plan.date,
            "invoice_payment_term_id": terms.id if terms else False,
            **({} if terms else {"invoice_date_due": plan.due}),
            "ref": plan.reference,
            "is_move_sent": plan.reference not in NEVER_SENT,
            "invoice_user_id": self.people["sales"].id,
            "partner_bank_id": self.ibans[plan.company].id,
            "invoice_line_ids": [(0, 0, self._prepare_product_line(plan))],
            **more,
        }

    def _prepare_product_line(self, plan):
        product = self.products.get(plan.text, self.env["product.product"])
        return {"product_id": product.id, "name": plan.text, "price_unit": plan.amount, "tax_ids": [(5,)]}

    def _get_address(self, plan):
        """A chain's invoices go to its branches in turn."""
        branches = self.branches.get(plan.customer)
        number = int("".join(filter(str.isdigit, plan.reference)) or 0)
        return branches[number % len(branches)] if branches else self.customers[plan.customer]

    # === WHAT SETTLES THEM === #

    def settle_until(self, day):
        """Make the credit notes and payments whose day has come, and reconcile them with their invoices.

        In rounds, so that the second part of an invoice meets what the first has left.
        """
        due = sorted(
            ((settlement, plan) for settlement, plan in self.waiting if settlement.date <= day),
            key=lambda pair: (pair[0].date, pair[1].customer, pair[1].reference),
        )
        self.waiting = [pair for pair in self.waiting if pair[0].date > day]
        rounds = {}
        for settlement, plan in due:
            rounds.setdefault(plan.settlements.index(settlement), []).append((settlement, plan))
        for __, pairs in sorted(rounds.items()):
            for key in self.companies:
                own = [pair for pair in pairs if pair[1].company == key]
                self._credit([pair for pair in own if pair[0].credit])
                self._pay_in_batches([pair for pair in own if not pair[0].credit])

    def _credit(self, pairs):
        """Allocated credit notes."""
        if not pairs:
            return
        values = []
        for settlement, plan in pairs:
            text = RETURNS.get(self.customers[plan.customer].lang, "Return of a damaged piece")
            note = Invoice(**{**vars(plan), "date": settlement.date, "due": settlement.date, "text": text})
            note.amount = settlement.amount
            values.append(self._prepare_invoice(note, "out_refund", reversed_entry_id=plan.move.id))
        notes = self._moves(pairs[0][1].company).create(values)
        notes.action_post()
        self._reconcile([note | plan.move for note, (__, plan) in zip(notes, pairs, strict=True)])

    def _pay_in_batches(self, pairs):
        """Invoices that a customer settles for good on one day are paid in one sum; parts on their own."""
        sums = {}
        for number, (settlement, plan) in enumerate(pairs):
            key = (settlement.date, plan.customer, plan.currency, settlement.last or number)
            sums.setdefault(key, []).append((settlement, plan))
        groups = list(sums.values())
        for start in range(0, len(groups), BATCH):
            self._pay_groups(groups[start : start + BATCH])

    def _pay_groups(self, groups):
        key = groups[0][0][1].company
        payments = (
            self.env["account.payment"]
            .with_company(self.companies[key])
            .create([self._prepare_payment(key, group) for group in groups])
        )
        payments.action_post()
        self._reconcile(
            [
                payment.move_id.union(*(plan.move for __, plan in group))
                for payment, group in zip(payments, groups, strict=True)
            ]
        )

    def _prepare_payment(self, key, group):
        plan = group[0][1]
        return {
            "partner_id": self.customers[plan.customer].id,
            "partner_type": "customer",
            "payment_type": "inbound",
            "currency_id": self.env.ref(f"base.{plan.currency}").id,
            "amount": round(sum(settlement.amount for settlement, __ in group), 2),
            "date": group[0][0].date,
            "journal_id": self.banks[key].id,
            "memo": ", ".join(plan.move.name for __, plan in group),
        }

    def _reconcile(self, groups):
        items = self.env["account.move"].union(*groups).line_ids
        items = items.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled)
        by_move = items.grouped("move_id")
        nothing = items.browse()
        self.env["account.move.line"]._reconcile_plan(
            [nothing.union(*(by_move.get(move, nothing) for move in group)) for group in groups]
        )
