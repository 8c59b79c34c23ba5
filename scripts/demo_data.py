"""The demo's data, run once by `scripts/demo` in Odoo's shell: customers in every situation, relative to today.

The past is lived through day by day: the cycles that would have run have run, and their mails lie in the sink.
"""

import datetime
import json
import os

ONE_DAY = datetime.timedelta(days=1)
HISTORY = 55


def main(env):
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    demo = Demo(env)
    demo.set_up_languages()
    demo.set_up_company()
    demo.set_up_gateway()
    demo.set_up_people()
    demo.create_customers()
    demo.live_through_the_past()
    demo.create_present()
    demo.live_through_today()
    demo.write_info()
    env.cr.commit()


class Demo:
    def __init__(self, env):
        self.env = env
        self.company = env.company
        self.company.collection_tz = "Europe/Paris"
        self.today = env.company._get_collection_today()
        self.customers = {}

    # === SET-UP === #

    def set_up_languages(self):
        """The customers read French, German and English; each language brings the module's own words."""
        codes = ["fr_FR", "de_DE"]
        for code in codes:
            self.env["res.lang"]._activate_lang(code)
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], codes)

    def set_up_gateway(self):
        """Text messages and WhatsApp leave through the local messaging service that the demo starts."""
        port = os.environ["CREDIT_COLLECTION_GATEWAY_PORT"]
        for medium in ("sms", "whatsapp"):
            self.env["credit.collection.gateway"].create(
                {"name": f"Local {medium}", "medium": medium, "url": f"http://127.0.0.1:{port}/{medium}"}
            )

    def set_up_company(self):
        company = self.company
        company.write(
            {
                "name": "Atelier Beaumont",
                "street": "12 rue des Tanneurs",
                "zip": "69002",
                "city": "Lyon",
                "country_id": self.env.ref("base.fr").id,
                "phone": "+33 4 72 00 11 22",
                "email": "accounts@beaumont.example",
                "website": "https://beaumont.example",
            }
        )
        euro = self.env.ref("base.EUR")
        (euro + self.env.ref("base.USD")).active = True
        company.currency_id = euro
        company.partner_id.lang = "en_US"
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.currency_id = euro
        self.env["res.currency.rate"].create(
            {"currency_id": self.env.ref("base.USD").id, "rate": 1.1, "name": "2020-01-01", "company_id": company.id}
        )
        self.bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        outstanding = self.env["account.account"].search([("name", "=", "Outstanding Receipts")], limit=1)
        self.bank.inbound_payment_method_line_ids.payment_account_id = outstanding
        account = {"acc_number": "FR76 3000 4000 0312 3456 7890 143", "partner_id": company.partner_id.id}
        self.iban = self.env["res.partner.bank"].create({**account, "allow_out_payment": True})
        self.bank.bank_account_id = self.iban
        provider = self.env.ref("payment.payment_provider_demo")
        provider.write({"state": "test", "is_published": True, "company_id": company.id})
        self.env.ref("payment_demo.payment_method_demo").active = True

    def set_up_people(self):
        self.people = {
            "collector": self._user("Camille Rousseau", "collector", "credit_collection.group_credit_collection_user"),
            "manager": self._user("Marc Delvaux", "manager", "credit_collection.group_credit_collection_manager"),
            "accountant": self._user("Anne Keller", "accountant", "account.group_account_manager"),
            "sales": self._user("Paul Nguyen", "sales", "base.group_user"),
        }
        self.people["manager"].group_ids += self.env.ref("account.group_account_invoice")
        self.company.write(
            {"collection_user_id": self.people["collector"].id, "collection_manager_id": self.people["manager"].id}
        )

    def _user(self, name, login, group):
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{login}@beaumont.example",
                    "group_ids": [(6, 0, [self.env.ref("base.group_user").id, self.env.ref(group).id])],
                    "tz": "Europe/Paris",
                    "notification_type": "inbox",
                }
            )
        )
        user.partner_id.phone = "+33 4 72 00 11 3" + str(len(login) % 10)
        return user

    # === CUSTOMERS === #

    def create_customers(self):
        """Each with invoices as (amount, days from today to the due date, the customer's reference)."""
        for name, values, invoices in CUSTOMERS:
            self.customers[name] = self._customer(name, **values)
            for amount, days, reference in invoices:
                self._invoice(name, amount, days, reference)

    def _customer(self, name, kind="business", city="Lyon", country="fr", email=True, tags=(), contact=None, **more):
        slug = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": kind != "consumer",
                "collection_kind": kind,
                "street": f"{3 + len(name)} rue de la République",
                "city": city,
                "zip": more.pop("zip", "69000"),
                "lang": LANGUAGES.get(country, "en_US"),
                "country_id": self.env.ref(f"base.{country}").id,
                "email": f"accounts@{slug}.example" if email else False,
                "phone": f"+33 {'6' if kind == 'consumer' else '4'} 78 55 {len(self.customers):02} 10",
                "category_id": [(6, 0, [self.env.ref(f"credit_collection.{tag}").id for tag in tags])],
                **more,
            }
        )
        if contact:
            self.env["res.partner"].create(
                {
                    "name": contact,
                    "parent_id": partner.id,
                    "type": "invoice",
                    "collection_role": "payables",
                    "lang": partner.lang,
                    "email": f"payables@{slug}.example",
                    "phone": f"+33 6 20 11 {len(self.customers):02} 45",
                }
            )
        return partner

    def _invoice(self, name, amount, days, reference="", move_type="out_invoice", **values):
        due = self.today + days * ONE_DAY
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customers[name].id,
                "invoice_date": due - 30 * ONE_DAY,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "ref": reference,
                "invoice_user_id": self.people["sales"].id,
                "partner_bank_id": self.iban.id,
                "invoice_line_ids": [(0, 0, {"name": "Furniture to order", "price_unit": amount, "tax_ids": [(5,)]})],
                **values,
            }
        )
        move.action_post()
        return move

    def _invoices_of(self, name):
        return self.env["account.move"].search(
            [("partner_id", "=", self.customers[name].id), ("move_type", "=", "out_invoice")],
            order="invoice_date_due, id",
        )

    def _debtor(self, name):
        return self.env["credit.collection.debtor"]._get_or_create(self.customers[name], self.company)

    def _pay(self, move, days, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"payment_date": self.today + days * ONE_DAY, **({"amount": amount} if amount else {})}
        wizard.create(values)._create_payments()

    # === TIME === #

    def live_through_the_past(self):
        """The manager switches the ladders on; then every day of the last weeks runs as it would have."""
        for scenario in self.env["credit.collection.scenario"].search([("company_id", "=", False)]):
            scenario.with_user(self.people["manager"])._turn_on()
        self._prepare_past()
        for shift in range(-HISTORY, 0):
            self._live_through(self.today + shift * ONE_DAY)

    def _prepare_past(self):
        """Who must not be written to in the past, whatever the ledger of today says."""
        for name in LATECOMERS:
            self._debtor(name).write({"hold_until": self.today - ONE_DAY, "hold_reason": "Account taken over today"})
        self.customers["Verger Bio"].write({"collection_bounced_email": "accounts@vergerbio.example"})

    def _live_through(self, day):
        run = self.env["credit.collection.run"].with_user(self.people["manager"])._plan(self.company, day)
        if run.state == "proposal":
            run.with_context(collection_date=day)._confirm()
        actions = self.env["credit.collection.action"]
        actions.search([("state", "=", "to_approve")]).with_user(self.people["manager"])._set_planned()
        self._send(day)
        for letter in actions.search([("state", "=", "issued")]):
            number = f"1A {letter.id:03} 445 9120 {letter.id % 10}" if letter.registered else False
            letter.write({"printed_at": self._at(day)})
            letter._set_posted(day, number)
        for task in actions.search([("state", "=", "todo"), ("tone", "!=", "formal")]):
            self._do_task(task, day)
        self.env.cr.commit()

    def _at(self, day, hour=10):
        return datetime.datetime.combine(day, datetime.time(hour))

    def _do_task(self, task, day):
        """The collector made the call that day, and noted what came of it."""
        if task._is_call():
            outcome, reason, note = CALLS[task.id % len(CALLS)]
            reason = reason and self.env.ref(f"credit_collection.credit_collection_late_reason_{reason}")
            self.env["credit.collection.call"].create(
                {
                    "debtor_id": task.debtor_id.id,
                    "action_id": task.id,
                    "contact_id": task.contact_id.id,
                    "currency_id": task.currency_id.id,
                    "user_id": self.people["collector"].id,
                    "called_at": self._at(day),
                    "outcome": outcome,
                    "late_reason_id": reason.id if reason else False,
                    "avoidable": reason and ("yes" if reason.avoidable else "no"),
                    "promise_date": day + 9 * ONE_DAY if outcome == "promised" else False,
                    "promise_amount": task.amount if outcome == "promised" else 0,
                    "note": note,
                }
            )
            task.debtor_id.write({"late_reason_id": reason.id if reason else False, "late_reason_date": day})
        task._set_sent(day, reason="Done by Camille Rousseau")

    def _send(self, day):
        """What was planned leaves that day, whatever the hour: the demo looks alike on every day of the week."""
        self._carry_out(self.env["credit.collection.action"].search([("state", "=", "planned")], order="id"), day)

    def _carry_out(self, actions, day):
        for action in actions.with_context(collection_date=day):
            action._set_sending()
            action._prepare_key()
            action._prepare_links()
            self.env.cr.commit()
            action._carry_out(day)
            self.env.cr.commit()

    # === THE PRESENT === #

    def create_present(self):
        """What happened in the last days: disputes, holds, credits, payments under way, addresses that fail."""
        today = self.today
        for name in LATECOMERS:
            self._debtor(name).action_release_hold()
        reason = self.env["credit.collection.dispute.reason"].search([], order="sequence")
        self._dispute("Menuiserie Alba", reason[2], "The second delivery never arrived.")
        self._dispute("Galerie Nord", reason[1], "The agreed discount of 15 % is missing.", share=0.15)
        self._debtor("Verrerie Noël").write(
            {
                "preferred_channel": "phone",
                "note": "<p>Julien Noël likes to be called, mornings. No e-mails, please.</p>",
            }
        )
        self._debtor("Studio Lumen").write(
            {"hold_until": today + 6 * ONE_DAY, "hold_reason": "Their accountant is back on Monday"}
        )
        for name in ("Tramway Sud", "Clinique Sainte-Anne", "Domaine Roche"):
            self._debtor(name).user_id = self.people["manager"]
        for name in ("Galerie Nord", "Imprimerie Vasseur", "Fonderie Pascal", "Ferme des Alpes"):
            self._debtor(name).user_id = self.people["collector"]
        debtor = self._debtor("Hugo Petit")
        debtor.optout_ids.create({"debtor_id": debtor.id, "channel": "sms", "reason": "Wants e-mail only"})
        self._invoice("Papeterie Colbert", 640, -1, "Return of chairs", move_type="out_refund")
        self._pay(self._invoices_of("Brasserie du Quai")[0], -3, 900)
        self._pay(self._invoices_of("Hôtel Mirabeau"), -2)
        self._transaction("Cabinet Moreau")
        self._debtor("Ferme des Alpes").write({"note": "<p>Call Mme Faure before noon, she runs the farm alone.</p>"})

    def _dispute(self, name, reason, description, share=1.0):
        move = self._invoices_of(name)[0]
        item = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.env["credit.collection.dispute"].with_user(self.people["collector"]).create(
            {
                "debtor_id": self._debtor(name).id,
                "reason_id": reason.id,
                "description": description,
                "line_ids": [(0, 0, {"move_line_id": item.id, "amount": round(item.amount_residual * share, 2)})],
            }
        )

    def _transaction(self, name):
        move = self._invoices_of(name)[0]
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.env.ref("payment.payment_provider_demo").id,
                "payment_method_id": self.env.ref("payment_demo.payment_method_demo").id,
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "reference": f"{move.name}-demo",
                "invoice_ids": [(6, 0, move.ids)],
                "operation": "online_direct",
            }
        )
        transaction._set_pending()

    def live_through_today(self):
        """Today's run is planned; the first half has left, the rest still waits, so that both can be seen."""
        run = self.env["credit.collection.run"].with_user(self.people["manager"])._plan(self.company, self.today)
        self.env.cr.commit()
        ready = run.sudo().action_ids.filtered(lambda action: action.state == "planned")
        letters = ready.filtered(lambda action: action.channel == "letter")
        # Whose night it is waits and says so.
        far = ready.filtered(lambda action: action.debtor_id.partner_id.collection_tz)
        half = (ready - letters - far)[: (len(ready) + 1) // 2] | letters
        self._carry_out(half, self.today)
        # The scheduled sender would finish the rest within minutes; a demo wants to show it. Buttons wake it.
        later = datetime.datetime.now() + datetime.timedelta(hours=12)
        self.env.ref("credit_collection.ir_cron_credit_collection_send").nextcall = later.replace(microsecond=0)

    # === TELLING === #

    def write_info(self):
        portal = self.customers["Hôtel Mirabeau"].child_ids or self.customers["Librairie Sagesse"]
        wizard = self.env["res.users"].with_context(no_reset_password=True)
        wizard.create(
            {
                "name": portal.name,
                "login": "customer",
                "password": "customer",
                "partner_id": portal.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        who = {
            "accountant": "accountant",
            "collector": "collector",
            "manager": "manager",
            "customer": "portal customer",
        }
        logins = [{"who": label, "login": login, "password": login} for login, label in who.items()]
        with open(os.environ["CREDIT_COLLECTION_DEMO_INFO"], "w") as file:
            json.dump({"logins": [*logins, {"who": "administrator", "login": "admin", "password": "admin"}]}, file)


LANGUAGES = {"fr": "fr_FR", "de": "de_DE", "at": "de_DE"}
# What came of the calls of the past: outcome, reason of lateness, note.
CALLS = (
    ("approval", "approval", "Waits for the signature of the director, back on Thursday."),
    ("promised", "forgotten", "Slipped through; goes into the next payment run."),
    ("resend", "not_received", "Never received the invoice; sent again while on the line."),
    ("noted", "cash", "Their own customers pay late; asks for a few more weeks."),
    ("approval", "reference", "The purchase order number was missing on the invoice."),
)
LATE = ("res_partner_category_late",)
VALUED = ("res_partner_category_valued",)
# Accounts that nobody has followed up so far: they begin at the first step, however old the debt.
LATECOMERS = ("Fonderie Pascal", "Textile Horizon", "Verrerie Noël")
CUSTOMERS = (
    ("Maison Duval", {"contact": "Claire Duval"}, [(2400, 7, "PO-4711")]),
    ("Librairie Sagesse", {}, [(310, 0, "B-2201"), (185.5, 12, "B-2240")]),
    ("Boulangerie Perrin", {}, [(420, -4, "BP/88")]),
    (
        "Garage Central",
        {"contact": "Service comptabilité"},
        [(780, -4, "GC-19"), (260, -2, "GC-20"), (990, 15, "GC-23")],
    ),
    ("Cuisines Martel", {}, [(1250, -11, "CM-310")]),
    ("Fonderie Pascal", {"city": "Grenoble"}, [(3600, -64, "FP-7"), (2800, -33, "FP-9")]),
    ("Textile Horizon", {"city": "Lille"}, [(1480, -120, "TH-1020")]),
    ("Imprimerie Vasseur", {"contact": "Luc Vasseur"}, [(2950, -26, "IV-5520")]),
    ("Clinique Sainte-Anne", {}, [(18400, -26, "CSA-77")]),
    ("Domaine Roche", {"city": "Beaune"}, [(4100, -46, "DR-15")]),
    ("Tramway Sud", {"city": "Marseille"}, [(31000, -5, "TS-2"), (4200, 20, "TS-3")]),
    ("Menuiserie Alba", {}, [(2300, -15, "MA-61")]),
    ("Galerie Nord", {"city": "Lille"}, [(5200, -12, "GN-8")]),
    ("Studio Lumen", {}, [(860, -18, "SL-12")]),
    ("Atelier Kraft", {"email": False, "city": "Strasbourg"}, [(540, -9, "AK-3")]),
    ("Verger Bio", {"city": "Annecy"}, [(715, -8, "VB-44")]),
    ("Papeterie Colbert", {}, [(1900, -13, "PC-90"), (640, -6, "PC-92")]),
    ("Brasserie du Quai", {}, [(2200, -19, "BQ-5")]),
    ("Hôtel Mirabeau", {"tags": VALUED, "contact": "Sophie Arnaud"}, [(3300, -10, "HM-61")]),
    ("Cabinet Moreau", {}, [(1120, -5, "CM-2")]),
    ("Ferme des Alpes", {"tags": LATE, "city": "Chambéry"}, [(1340, -16, "FA-1"), (890, -3, "FA-2")]),
    ("Hugo Petit", {"kind": "consumer"}, [(245, -14, "Web 1009")]),
    ("Nadia Benali", {"kind": "consumer"}, [(129, -6, "Web 1042")]),
    ("Mairie de Valfleury", {"kind": "public", "city": "Valfleury"}, [(6400, -6, "Marché 2026-12")]),
    ("Épicerie Rosa", {}, [(12.5, -20, "ER-2")]),
    (
        "Möbelhaus Brandt GmbH",
        {"country": "de", "city": "München", "zip": "80331", "contact": "Jutta Brandt"},
        [(1890, -4, "B-7781"), (640, 9, "B-7790")],
    ),
    ("Verrerie Noël", {"city": "Nancy", "contact": "Julien Noël"}, [(1450, -18, "VN-204")]),
    ("Chaudronnerie Weiss", {"city": "Mulhouse", "zip": "68100"}, [(2650, -36, "CW-9")]),
    ("Gasthof Huber", {"country": "at", "city": "Salzburg", "zip": "5020"}, [(1980, -36, "GH-31")]),
    ("Hôtellerie Ravel", {"city": "Dijon", "zip": "21000"}, [(5400, -60, "HR-3")]),
    ("Tischlerei Vogt", {"country": "de", "city": "Köln", "zip": "50667"}, [(2140, -26, "TV-118")]),
    (
        "Kauri Furniture Ltd",
        {"country": "nz", "city": "Auckland", "zip": "1010", "collection_tz": "Pacific/Auckland"},
        [(1730, -4, "KF-55")],
    ),
    (
        "Sofia Lindner",
        {"kind": "consumer", "country": "de", "city": "Berlin", "zip": "10115"},
        [(310, -14, "Web 1077")],
    ),
    ("Nordic Interiors", {"country": "se", "city": "Malmö", "contact": "Elin Berg"}, [(2750, 5, "NI-330")]),
)


main(env)  # noqa: F821 - Odoo's shell provides it
