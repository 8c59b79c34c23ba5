"""Two companies with books of their own, currencies with rates over two years, languages, terms, the gateway."""

import math
import os
from datetime import timedelta

from .logo import draw_logo
from .stories import INSTALMENTS

# Units of the currency for one euro or pound: the middle, how far it swings, and in how many months it comes round.
RATES = {"fr": {"USD": (1.1, 0.04, 14), "GBP": (0.86, 0.02, 17)}, "uk": {"EUR": (1.16, 0.03, 17)}}
MONTHS = 26


class Books:
    def set_up_languages(self):
        """The customers read French, German and English: each language brings the words of all modules, Odoo's too."""
        codes = ["fr_FR", "de_DE"]
        for code in codes:
            self.env["res.lang"]._activate_lang(code)
        self.env["ir.module.module"].search([("state", "=", "installed")])._update_translations(codes)

    def set_up_companies(self):
        for code in ("EUR", "GBP", "USD"):
            self.env.ref(f"base.{code}").active = True
        self.companies = {"fr": self._set_up_first(), "uk": self._set_up_sister()}
        self.banks, self.ibans = {}, {}
        for key, iban in (("fr", "FR76 3000 4000 0312 3456 7890 143"), ("uk", "GB65 TEST 0000 0090 0000 01")):
            self._set_up_bank(key, iban)
            self._set_up_rates(key)
        provider = self.env.ref("payment.payment_provider_demo")
        provider.write({"state": "test", "is_published": True, "company_id": self.company.id})
        provider.copy({"company_id": self.companies["uk"].id, "state": "test", "is_published": True})
        self.env.ref("payment_demo.payment_method_demo").active = True
        self._set_up_terms()

    def _set_up_first(self):
        self.company.write(
            {
                "name": "Atelier Beaumont",
                "logo": draw_logo("Atelier Beaumont", "#7a4a21"),
                "street": "12 rue des Tanneurs",
                "zip": "69002",
                "city": "Lyon",
                "country_id": self.env.ref("base.fr").id,
                "phone": "+33 4 65 71 09 22",
                "email": "accounts@beaumont.example",
                "website": "https://beaumont.example",
                "collection_tz": "Europe/Paris",
            }
        )
        return self._set_up_chart(self.company, "base.EUR")

    def _set_up_sister(self):
        """Odoo would install the country's chart and ask an outside service about the domain; neither is wanted."""
        company = self.env["res.company"].with_context(install_mode=True).create({"name": "Beaumont & Hale Ltd"})
        company.write(
            {
                "logo": draw_logo("Beaumont & Hale", "#1f4e5f"),
                "street": "5 Cooperage Lane",
                "zip": "BS2 0ZZ",
                "city": "Bristol",
                "country_id": self.env.ref("base.uk").id,
                "phone": "+44 117 496 0900",
                "email": "accounts@beaumonthale.example",
                "website": "https://beaumonthale.example",
                "collection_tz": "Europe/London",
            }
        )
        return self._set_up_chart(company.with_env(self.env), "base.GBP")

    def _set_up_chart(self, company, currency):
        """The chart brings its own currency; ours is put back."""
        company.currency_id = self.env.ref(currency)
        company.partner_id.lang = "en_US"
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.currency_id = self.env.ref(currency)
        self._set_up_small_sums(company)
        return company

    def _set_up_small_sums(self, company):
        """Where write-offs are booked: the chart's miscellaneous journal, and its account for bank charges."""
        domain = self.env["account.journal"]._check_company_domain(company)
        journal = self.env["account.journal"].search(
            [*domain, ("type", "=", "general"), ("code", "=", "MISC")], limit=1
        )
        domain = self.env["account.account"]._check_company_domain(company)
        account = self.env["account.account"].search([*domain, ("account_type", "=", "expense")], limit=1)
        names = ("bank_charge", "discount", "rounding", "not_worth")
        accounts = {f"collection_writeoff_{name}_account_id": account.id for name in names}
        company.write({"collection_writeoff_journal_id": journal.id, **accounts})

    def _set_up_bank(self, key, iban):
        company = self.companies[key]
        bank = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        outstanding = self.env["account.account"].search(
            [("name", "=", "Outstanding Receipts"), ("company_ids", "in", company.id)], limit=1
        )
        bank.inbound_payment_method_line_ids.payment_account_id = outstanding
        account = {"acc_number": iban, "partner_id": company.partner_id.id, "allow_out_payment": True}
        if key == "fr":
            manual = bank.inbound_payment_method_line_ids[:1]
            self.direct_debit = manual.copy({"name": "SEPA direct debit", "collection_by_us": True})
        self.ibans[key] = bank.bank_account_id = self.env["res.partner.bank"].create(account)
        self.banks[key] = bank

    def _set_up_rates(self, key):
        """One rate a month, on its first day, and one before them all."""
        month = self.today.replace(day=1)
        days = [month]
        for __ in range(MONTHS):
            days.append((days[-1] - timedelta(days=1)).replace(day=1))
        days.append(days[-1].replace(year=2020))
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": self.env.ref(f"base.{code}").id,
                    "company_id": self.companies[key].id,
                    "name": day,
                    "rate": round(middle + swing * math.sin(2 * math.pi * (day.year * 12 + day.month) / period), 4),
                }
                for code, (middle, swing, period) in RATES[key].items()
                for day in days
            ]
        )

    def _set_up_terms(self):
        self.terms = {}
        for name, instalments in INSTALMENTS.items():
            lines = [{"value": "percent", "value_amount": 100 * share, "nb_days": days} for days, share in instalments]
            self.terms[name] = self.env["account.payment.term"].create(
                {"name": "40 % after 30 days, 30 % each after 60 and 90", "line_ids": [(0, 0, line) for line in lines]}
            )

    def set_up_gateway(self):
        """Text messages and WhatsApp leave through the local messaging service that the demo starts."""
        port = os.environ["CREDIT_COLLECTION_GATEWAY_PORT"]
        self.env["credit.collection.gateway"].create(
            [
                {
                    "name": f"Local {medium}",
                    "medium": medium,
                    "url": f"http://127.0.0.1:{port}/{medium}",
                    "company_id": company.id,
                }
                for company in self.companies.values()
                for medium in ("sms", "whatsapp")
            ]
        )
