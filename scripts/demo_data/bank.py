"""Lines of the bank statements that nobody has looked at yet: the bank names no partner of ours."""

from .stories import ONE_DAY, to_weekday

# Company, day, what the bank wrote (with the numbers of the invoices, if any), who sent it, the invoices it is about
# (customer and due day), what is missing from their sum, and whether the sender's account is given.
LINES = (
    # Names the number of an invoice.
    (
        "fr",
        -1,
        "SEPA-GUTSCHRIFT {numbers}",
        "KONTOR ALTONA GMBH",
        (("Kontor Altona GmbH", -2),),
        0,
        False,
    ),
    # Names two invoices of a chain in one sum.
    (
        "fr",
        -1,
        "VIR SEPA {numbers} MERCI",
        "JARDINS ARMELLE SARL",
        (("Jardins d'Armelle", -8), ("Jardins d'Armelle", -3)),
        0,
        False,
    ),
    # Says nothing, but comes from an account that is known.
    ("fr", -2, "ZAHLUNG BAUSTELLE SEEFELD", "", (("Zürisee Architekten AG", -6),), 0, True),
    # Says nothing; only the amount fits, to the cent.
    ("fr", -1, "VIREMENT RECU REF 0004417", "", (("Théâtre des Deux Rives", -9),), 0, False),
    # Names the invoice, less the charges that a bank on the way has kept.
    ("fr", -3, "INTL {numbers} LESS CHARGES", "HUDSON PIKE", (("Hudson & Pike Furnishings Inc.", -33),), 25, False),
    # Only the name of the sender, and an amount that is nobody's.
    ("fr", -1, "VIREMENT CLIENT", "VERHAEGEN ATEL", (("Ateliers Verhaegen SRL", -29),), 45.8, False),
    ("uk", -1, "BACS {numbers}", "THORNBURY VALE", (("Thornbury & Vale Ltd", -1),), 0, False),
)
# Lines that say nothing at all: company, day, text, amount.
UNKNOWN = (
    ("fr", -1, "VERSEMENT ESPECES", 250.0),
    ("fr", -4, "VIREMENT DIVERS 8841", 1312.47),
    ("uk", -2, "FASTER PAYMENT 40117", 310.0),
)
# Money out and fees, as on any statement: company, day, text, amount.
OTHERS = (("fr", -1, "FRAIS DE TENUE DE COMPTE", -14.9), ("uk", -1, "MONTHLY FEE", -9.5))


class Bank:
    def create_bank_lines(self):
        values = []
        for key, days, text, sender, about, missing, with_account in LINES:
            moves = [self._open_invoice(name, key, due) for name, due in about]
            line = self._prepare_line(key, days, text.format(numbers=" ".join(move.name for move in moves)))
            line.update(self._prepare_amount(key, sum(move.amount_residual for move in moves) - missing, moves))
            account = moves[0].commercial_partner_id.bank_ids[:1].acc_number if with_account else False
            values.append({**line, "partner_name": sender, "account_number": account})
        for key, days, text, amount in UNKNOWN + OTHERS:
            values.append({**self._prepare_line(key, days, text), "amount": amount})
        values.append(self._prepare_known())
        for key, company in self.companies.items():
            own = [line for line in values if line["journal_id"] == self.banks[key].id]
            self.env["account.bank.statement.line"].with_company(company).create(own)

    def _prepare_line(self, key, days, text):
        return {
            "journal_id": self.banks[key].id,
            "date": to_weekday(self.today + days * ONE_DAY),
            "payment_ref": text,
            "partner_id": False,
        }

    def _prepare_amount(self, key, amount, moves):
        """In the account's currency; the foreign one beside it."""
        currency, own = moves[0].currency_id, self.companies[key].currency_id
        if currency == own:
            return {"amount": amount}
        converted = currency._convert(amount, own, self.companies[key], self.today)
        return {"amount": converted, "foreign_currency_id": currency.id, "amount_currency": amount}

    def _prepare_known(self):
        """A customer that somebody has recognised, and left at that."""
        name = "Kaffeehaus Steindl"
        move = self._open_invoice(name, "fr", -12)
        line = self._prepare_line("fr", -1, "ZAHLUNG RECHNUNG SEPTEMBER")
        return {**line, "amount": move.amount_residual, "partner_id": self.customers[name].id}
