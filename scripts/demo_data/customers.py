"""The customers of the portfolio: addresses, contacts, head offices and branches, bank accounts, who pays for whom."""

import csv
import unicodedata
from pathlib import Path

from .stories import PAYMENT_RUN

FOLDER = Path(__file__).parent
# Shops without books of their own: invoices go to them, the chain owes them.
BRANCHES = {
    "Jardins d'Armelle": (
        ("Jardins d'Armelle, Nantes", "44000", "Nantes", "6 quai des Serres"),
        ("Jardins d'Armelle, Vannes", "56000", "Vannes", "18 rue du Port"),
    ),
}


def read_table(name):
    with open(FOLDER / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Customers:
    def create_customers(self):
        self.rows = read_table("portfolio.csv")
        self.customers, self.branches = {}, {}
        for row in self.rows:
            self.customers[row["name"]] = self._customer(row)
        for chain, branches in BRANCHES.items():
            self._create_branches(self.customers[chain], branches)

    def _customer(self, row):
        domain = self._get_domain(row["name"])
        partner = self.env["res.partner"].create(
            {
                "name": row["name"],
                "is_company": row["kind"] != "consumer",
                "parent_id": self.customers[row["parent"]].id if row["parent"] else False,
                "collection_kind": row["kind"],
                "collection_tz": row["tz"],
                "lang": row["lang"],
                "email": False if row["email"] == "no" else f"accounts@{domain}",
                "phone": row["phone"],
                "category_id": [(6, 0, self._get_tags(row))],
                **self._prepare_address(row),
            }
        )
        if row["contact"]:
            self._create_contact(partner, row, domain)
        if row["story"] == "direct debit":
            partner.property_inbound_payment_method_line_id = self.direct_debit
        if row["iban"]:
            self.env["res.partner.bank"].create({"acc_number": row["iban"], "partner_id": partner.id})
        return partner

    def _get_domain(self, name):
        letters = unicodedata.normalize("NFKD", name.lower())
        return "".join(letter for letter in letters if letter.isascii() and letter.isalnum()) + ".example"

    def _get_tags(self, row):
        return [self.env.ref(f"credit_collection.res_partner_category_{row['tag']}").id] if row["tag"] else []

    def _prepare_address(self, row):
        country = self.env["res.country"].search([("code", "=", row["country"].upper())])
        return {"street": row["street"], "zip": row["zip"], "city": row["city"], "country_id": country.id}

    def _create_contact(self, partner, row, domain):
        self.env["res.partner"].create(
            {
                "name": row["contact"],
                "parent_id": partner.id,
                "type": "invoice",
                "collection_role": "payables",
                "lang": partner.lang,
                "email": f"payables@{domain}",
                "phone": row["contact_phone"],
            }
        )

    def _create_branches(self, chain, branches):
        """Addresses for invoices: the chain owes what they order, and its own contact is written to."""
        for name, zip_code, city, street in branches:
            branch = self.env["res.partner"].create(
                {
                    "name": name,
                    "parent_id": chain.id,
                    "type": "invoice",
                    "lang": chain.lang,
                    "street": street,
                    "zip": zip_code,
                    "city": city,
                    "country_id": chain.country_id.id,
                }
            )
            self.branches.setdefault(chain.name, []).append(branch)

    def name_payers(self):
        """The head office pays for its houses, in whichever company they buy; some pay on two days of the month."""
        for row in self.rows:
            if row["payer"]:
                for key in filter(row.get, self.companies):
                    self._debtor(row["name"], key).payer_id = self.customers[row["payer"]]
            if row["story"] == "payment run":
                self._debtor(row["name"]).payment_days = ",".join(map(str, PAYMENT_RUN))

    def _debtor(self, name, key="fr"):
        return self.env["credit.collection.debtor"]._get_or_create(self.customers[name], self.companies[key])
