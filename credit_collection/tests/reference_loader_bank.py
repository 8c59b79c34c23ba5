"""The part of the ledger loader that writes what came in and what we owe: payments, bank lines, accounts, bills."""

from dataclasses import replace
from datetime import date, timedelta

from odoo.tools import SQL

from .reference_ledger import BankAccount, BankLine, Item, Lift, Payable, Payment
from .reference_loader_customers import db_id

NEIGHBOUR = 1_000_000
"""What does not belong to the ledger has ids from here on."""
BANK_MOVE, PAYMENT_MOVE, BILL, ONLINE = 2_000, 3_000, 4_000, 5_000
"""Where the ids begin of entries that stand behind bank lines, payments and bills, and of transactions of payments."""
LONG_AGO = 13
"""Days before today: recent for a payment, but no news of the bank."""


class BankLoader:
    """Expects of the loader: `env`, `rng`, `ledger`, `today`, `company`, `stranger`, `currencies`, `accounts`."""

    def _find_bank(self):
        """Make once: journals by company and currency, an outstanding account, payment methods, companies."""
        self.sister = self._create_company("Sisters")
        ours = (self.company, self.stranger)
        self.cash = {company: self._create_clearing(company, "RNDOUT", True) for company in ours}
        self.suspense = {company: self._create_clearing(company, "RNDSUS", False) for company in ours}
        self.banks = {
            (company, code): self._create_bank(company, code)
            for company, codes in ((self.company, self.currencies), (self.stranger, ("EUR",)))
            for code in codes
        }
        lines = self.env["account.payment.method.line"].create(
            [
                {
                    "name": "Random",
                    "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                    "journal_id": self.banks[self.company, "EUR"],
                    "collection_by_us": by_us,
                }
                for by_us in (True, False)
            ]
        )
        self.method_lines = lines.ids
        self.home, self.abroad = self.env.ref("base.is"), self.env.ref("base.fo")
        self.province = self.env["res.country.state"].create(
            {"name": "Random", "code": "RND", "country_id": self.home.id}
        )
        self.company.partner_id.write({"country_id": self.home.id, "state_id": False})
        shipped = [("country_id", "in", (self.home + self.abroad).ids)]
        assert not self.env["credit.collection.holiday"].search(shipped), "choose a country without holidays"

    def _create_clearing(self, company, code, reconcile):
        accounts = self.env["account.account"].with_company(company)
        values = {"account_type": "asset_current", "reconcile": reconcile, "company_ids": [(6, 0, company.ids)]}
        return accounts.create({"name": "Clearing", "code": code, **values}).id

    def _create_bank(self, company, code):
        account = self.env["account.account"].with_company(company)
        values = {"account_type": "asset_cash", "company_ids": [(6, 0, company.ids)]}
        account = account.create({"name": f"Bank {code}", "code": f"RNDB{code}", **values})
        values = {"type": "bank", "company_id": company.id, "default_account_id": account.id}
        values["suspense_account_id"] = self.suspense[company]
        currency = {"currency_id": self.currencies[code]} if code != "EUR" else {}
        return self.env["account.journal"].create({"name": f"Bank {code}", "code": f"B{code}", **values, **currency}).id

    # === LOADING === #

    def _load_bank(self):
        ledger = self.ledger
        online = [payment for payment in ledger.payments if payment.online]
        self._insert("payment_transaction", [self._online(payment) for payment in online])
        self._insert("account_payment", [self._payment(payment) for payment in ledger.payments])
        self._load_payment_entries([payment for payment in ledger.payments if payment.entry])
        links = [(payment, move_id) for payment in ledger.payments for move_id in payment.names_move_ids]
        settled = [link for link in links if link[0].entry and self.rng.random() < 0.5]
        self._insert("account_partial_reconcile", [self._settled(*link) for link in settled])
        links = [link for link in links if link not in settled]
        links = [{"payment_id": db_id(payment.id), "invoice_id": db_id(move_id)} for payment, move_id in links]
        self._insert("account_move__account_payment", links)
        self._insert("res_partner_bank", [self._account(account) for account in ledger.bank_accounts])
        for line in ledger.bank_lines:
            self._load_line(line)
        self._insert("credit_collection_lift", [self._lift(lift) for lift in ledger.lifts])
        self._load_bills()
        self._load_bank_settings()
        self._load_public_holidays()

    def _load_bank_settings(self):
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET collection_bank_fresh = %s, collection_bank_posted_until = %s,"
                " collection_cover_days = %s WHERE id = %s",
                self.ledger.bank_fresh or self._off(),
                self.ledger.bank_posted_until,
                self.ledger.cover_days or self.rng.choice((None, 0)),
                self.company.id,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE res_company SET collection_bank_posted_until = %s WHERE id = %s", self.today, self.stranger.id)
        )
        for partner_id in self.ledger.company_partner_ids:
            self.env.cr.execute(
                SQL("UPDATE res_company SET partner_id = %s WHERE id = %s", db_id(partner_id), self.sister.id)
            )

    # === PAYMENTS === #

    def _payment(self, payment: Payment) -> dict:
        family = [partner.id for partner in self.ledger.partners if partner.commercial_id == payment.debtor_id]
        others = (("outbound", "supplier"), ("outbound", "customer"), ("inbound", "supplier"))
        kind = ("inbound", "customer") if payment.from_customer else self.rng.choice(others)
        return {
            "id": db_id(payment.id),
            "company_id": self.company.id,
            "journal_id": self.banks[self.company, "EUR"],
            "partner_id": db_id(self.rng.choice(family)),
            "currency_id": self.currencies[payment.currency],
            "amount": payment.amount,
            "state": payment.state,
            "date": payment.date,
            "payment_type": kind[0],
            "partner_type": kind[1],
            "move_id": None,
            "outstanding_account_id": self.cash[self.company] if payment.entry else None,
            "payment_transaction_id": db_id(ONLINE + payment.id) if payment.online else None,
            "is_matched": payment.matched if payment.entry else payment.state == "paid",  # as core computes it
        }

    def _online(self, payment: Payment) -> dict:
        return self._transaction(db_id(ONLINE + payment.id), self._model(payment, payment.amount), "done", payment.date)

    @staticmethod
    def _model(payment: Payment, left) -> Item:
        """The line of the payment's entry, of which ``left`` is open."""
        number = PAYMENT_MOVE + payment.id
        return Item(
            **{"id": number, "move_id": number, "currency": payment.currency, "residual": left},
            **{"residual_company": left, "date": payment.date, "date_due": payment.date},
            **{"partner_id": payment.debtor_id, "debtor_id": payment.debtor_id},
        )

    def _load_payment_entries(self, payments: list[Payment]) -> None:
        """The entries, with the line that the bank's money is matched with; the other one is an item, or settled."""
        for payment in payments:
            number = PAYMENT_MOVE + payment.id
            posted = "posted" if payment.state in ("in_process", "paid") else "draft"
            move = self._bank_move(number, payment.date, self.company, posted)
            self._insert("account_move", [{**move, "name": f"PAY/{number}", "origin_payment_id": db_id(payment.id)}])
            model = self._model(payment, 0 if payment.matched else payment.amount)
            own = {"account_id": self.cash[self.company], "reconciled": payment.matched, "date_maturity": None}
            self._insert("account_move_line", [{**self._item(model, state=posted), **own, "display_type": "product"}])
            self.env.cr.execute(
                SQL("UPDATE account_payment SET move_id = %s WHERE id = %s", db_id(number), db_id(payment.id))
            )

    def _settled(self, payment: Payment, move_id: int) -> dict:
        """That a payment settled some of an invoice: told by the lines, which say themselves what is open."""
        entries = (*self.ledger.items, *self.ledger.closed_items)
        item = next(item for item in entries if item.move_id == move_id)
        return {
            "debit_move_id": db_id(item.id),
            "credit_move_id": db_id(PAYMENT_MOVE + payment.id),
            "company_id": self.company.id,
            "amount": 1,
            "debit_amount_currency": 1,
            "credit_amount_currency": 1,
            "max_date": payment.date,
        }

    # === BANK LINES === #

    def _bank_move(self, number: int, day: date, company, state: str) -> dict:
        return {
            "id": db_id(number),
            "name": f"BNK/{number}",
            "move_type": "entry",
            "state": state,
            "date": day,
            "auto_post": "no",
            "currency_id": self.currencies["EUR"],
            "journal_id": self.banks[company, "EUR"],
            "company_id": company.id,
        }

    def _load_line(self, line: BankLine, company=None) -> None:
        company = company or self.company
        number = BANK_MOVE + line.id
        at, foreign = self._currency_of(line, company)
        journal = {"journal_id": self.banks[company, at]}
        state = "posted" if line.posted else self.rng.choice(("draft", "cancel"))
        self._insert("account_move", [{**self._bank_move(number, line.date, company, state), **journal}])
        whole = line.amount * self.rng.choice((1, 1, 2))  # a part of it is reconciled
        row = {
            "id": db_id(line.id),
            "move_id": db_id(number),
            "company_id": company.id,
            **journal,
            "sequence": self.rng.randint(1, 3),
            "partner_id": db_id(line.partner_id),
            "account_number": line.account_number,
            "payment_ref": line.label,
            "currency_id": self.currencies[at],
            "foreign_currency_id": self.currencies[line.currency] if foreign else None,
            "amount": whole * 3 if foreign else whole,
            "amount_currency": whole if foreign else 0,
            "amount_residual": -line.amount if not line.reconciled or self.rng.random() < 0.5 else 0,
            "is_reconciled": line.reconciled or self._off(),
        }
        self._insert("account_bank_statement_line", [row])
        self._insert("account_move_line", [self._open_part(line, number, company, state)])
        self.env.cr.execute(
            SQL("UPDATE account_move SET statement_line_id = %s WHERE id = %s", db_id(line.id), db_id(number))
        )

    def _open_part(self, line: BankLine, number: int, company, state: str) -> dict:
        """What of the line nobody has allocated, in company currency."""
        worth = -(line.amount if line.worth is None else line.worth)
        model = Item(number, number, line.currency, -line.amount, worth, line.date, line.date, None, None)
        own = {"account_id": self.suspense[company], "display_type": "product"}
        return {**self._item(model, company, state=state), **own}

    def _currency_of(self, line: BankLine, company) -> tuple[str, bool]:
        """The journal's currency, and whether the line's is a foreign one there."""
        journals = [code for owner, code in self.banks if owner == company]
        code = self.rng.choice([code for code in journals if code in (line.currency, "EUR", "USD")])
        return code, code != line.currency

    def _account(self, account: BankAccount) -> dict:
        companies = {"ours": self.company.id, "other": self.stranger.id, "all": None}
        return {
            "acc_number": account.number,
            "sanitized_acc_number": "".join(filter(str.isalnum, account.number)).upper(),
            "partner_id": db_id(account.partner_id),
            "company_id": companies[account.company],
            "active": account.active,
        }

    def _lift(self, lift: Lift) -> dict:
        sources = {"item": "move_line_id", "payment": "payment_id", "bank_line": "statement_line_id"}
        return {
            "company_id": self.company.id,
            **{name: db_id(lift.credit_id) if lift.of == of else None for of, name in sources.items()},
            "move_id": db_id(lift.move_id),
            "reason": "Random",
        }

    # === BILLS, HOLIDAYS === #

    def _load_bills(self):
        moves, lines = [], []
        for number, bill in enumerate(self.ledger.payables, BILL):
            item = self._bill(number, bill)
            move = {**self._bank_move(number, self.today, self.company, "posted"), "name": f"BILL/{number}"}
            moves.append({**move, "move_type": "in_invoice" if bill.residual_company > 0 else "in_refund"})
            lines.append(self._item(item, account=("liability_payable", False)))
        self._insert("account_move", moves)
        self._insert("account_move_line", lines)

    def _bill(self, number: int, bill: Payable) -> Item:
        debtor_id = next(partner.commercial_id for partner in self.ledger.partners if partner.id == bill.partner_id)
        amount, day = -bill.residual_company, self.today - timedelta(days=7)
        return Item(number, number, "EUR", amount, amount, day, day, bill.partner_id, debtor_id)

    def _load_public_holidays(self):
        """Those of the company's country; and such as are none where the company is."""
        places = [(day, self.home, True) for day in self.ledger.public_holidays]
        days = [self.today - timedelta(days=back) for back in range(1, 8)]
        places += [(day, self.abroad, True) for day in days] + [(day, self.home, False) for day in days]
        rows = [self._holiday(*place) for place in places]
        self._insert("credit_collection_holiday", rows)
        number = db_id(NEIGHBOUR)
        self._insert("credit_collection_holiday", [{"id": number, **self._holiday(days[0], self.home, True)}])
        field = self.env["credit.collection.holiday"]._fields["state_ids"]
        self._insert(field.relation, [{field.column1: number, field.column2: self.province.id}])

    @staticmethod
    def _holiday(day: date, country, active: bool) -> dict:
        return {
            "name": '{"en_US": "Random"}',
            "active": active,
            "country_id": country.id,
            "rule": "fixed",
            "month": f"{day.month:02}",
            "day": day.day,
            "observed": "no",
            "shift": 0,
            "year_from": day.year,
            "year_to": day.year,
        }

    # === NEIGHBOURS === #

    def _load_neighbour_money(self, debtor: int, model: Item) -> None:
        """Payments and bank lines that must not change a thing."""
        day = self.today - timedelta(days=LONG_AGO)
        payment = Payment(NEIGHBOUR, debtor, model.currency, model.residual, "in_process", day)
        others = (
            {"company_id": self.stranger.id, "date": self.today},
            {"payment_type": "outbound"},
            {"partner_type": "supplier"},
            {"move_id": db_id(NEIGHBOUR * 2 + 4), "state": "paid", "is_matched": True},
        )
        rows = [{**self._payment(payment), "id": db_id(NEIGHBOUR + n), **how} for n, how in enumerate(others)]
        self._insert("account_payment", rows)
        line = BankLine(NEIGHBOUR, self.today, model.currency, model.residual, model.number, model.partner_id)
        self._load_line(line, self.stranger)
        self._load_line(replace(line, id=NEIGHBOUR + 1, partner_id=None), self.stranger)
