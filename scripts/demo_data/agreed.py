"""What was said and agreed: disputes, promises, payment plans, answers, words of colleagues, difficulty."""

from contextlib import contextmanager
from email.message import EmailMessage

from .stories import ONE_DAY

# Open disputes: customer, company, opened on, due day of the invoice (days from today), reason, what they say, the part
# that is contested, how far it is.
DISPUTES = (
    ("Menuiserie Alba", "fr", -9, -15, "delivery_part", "The second delivery never arrived.", 1, "waiting"),
    ("Galerie Nord", "fr", -3, -12, "price_discount", "The agreed discount of 15 % is missing.", 0.15, "new"),
    ("Werkhof Ostkreuz eG", "fr", -16, -21, "quality_damage", "Two of the cabinets arrived scratched.", 1,
     "investigating"),
    ("Ateliers Verhaegen SRL", "fr", -6, -29, "price_agreed", "The fitting was offered free of charge.", 0.3, "new"),
    ("Albion Grand Bath", "uk", -8, -24, "missing_order", "Head office pays nothing without an order number.", 1,
     "investigating"),
)  # fmt: skip
# Disputes that are over: customer, company, opened on (days from today), days until their end, reason, share of the
# invoice, result, what the customer was told.
SETTLED = (
    ("Werkhof Ostkreuz eG", "fr", -560, 9, "delivery_late", 1, "explained", "The delay was agreed with your yard."),
    ("Ateliers Verhaegen SRL", "fr", -455, 16, "price_agreed", 0.2, "rejected", "The price is the one you signed."),
    ("Albion Grand Hotels plc", "uk", -402, 31, "missing_order", 1, "explained", "The number is on the invoice now."),
    ("Ébénisterie Castanier", "fr", -340, 12, "quality_defect", 0.4, "rejected", "The warping came from damp storage."),
    ("Albion Grand Hotels plc", "fr", -318, 22, "missing_order", 1, "explained", "The order number was sent on."),
    ("Werkhof Ostkreuz eG", "fr", -290, 8, "quality_damage", 0.3, "replacement", "Two new doors left on Monday."),
    ("Jardins d'Armelle", "fr", -262, 6, "delivery_none", 1, "explained", "It stood in your other shop."),
    (
        "Hudson & Pike Furnishings Inc.",
        "fr",
        -235,
        19,
        "quality_damage",
        0.25,
        "replacement",
        "A new top is on its way.",
    ),
    ("Chaudronnerie Weiss", "fr", -204, 11, "delivery_part", 0.5, "replacement", "The other six chairs were sent."),
    ("Clinique Sainte-Anne", "fr", -183, 27, "delivery_late", 1, "explained", "Both sides had agreed on the new date."),
    ("Stadtgemeinde Hallbrunn", "fr", -150, 14, "missing_order", 1, "explained", "The order number was handed in."),
    ("St Brannoc's College", "uk", -141, 9, "missing_order", 1, "explained", "The order number was handed in."),
    ("Boucherie Aït-Saïd", "fr", -118, 7, "quality_damage", 0.3, "replacement", "A new counter top was fitted."),
    ("Ateliers Verhaegen SRL", "fr", -96, 21, "price_discount", 0.1, "rejected", "The discount ended in spring."),
    ("Werkhof Ostkreuz eG", "fr", -84, 13, "quality_damage", 0.2, "replacement", "A new drawer was sent."),
    ("Ferme des Alpes", "fr", -90, 5, "delivery_place", 1, "explained", "It was brought to the right barn."),
    # Over since two days: its invoice is dunned again after the days of grace.
    (
        "Lycée Camille-Claret",
        "fr",
        -20,
        18,
        "delivery_late",
        1,
        "explained",
        "The school agreed to the delay in writing.",
    ),
)
# Promises: customer, company, made on, pays on (days from today), amount (None: all that is asked for), how, in whose
# limits, what they said.
PROMISES = (
    ("Ébénisterie Castanier", "fr", -50, -43, None, "phone", "manager", "As soon as the hotel in Sète has paid."),
    ("Ébénisterie Castanier", "fr", -36, -29, None, "phone", "manager", "Half is there, the rest follows."),
    ("Ébénisterie Castanier", "fr", -21, -14, None, "phone", "manager", "This time for sure."),
    ("Ébénisterie Castanier", "fr", -1, 20, None, "phone", "collector", "Sells a machine next month."),
    ("Chaudronnerie Weiss", "fr", -22, -15, None, "phone", "collector", "Goes out with the next payment run."),
    ("Chaudronnerie Weiss", "fr", -3, 4, None, "email", "collector", "The run was forgotten; now it is set up."),
    ("Brasserie du Quai", "fr", -8, -3, 900, "phone", "collector", "900 now, the rest after the weekend."),
    ("Kaffeehaus Steindl", "fr", -9, -6, None, "phone", "collector", "Pays with the takings of the week."),
    ("Eleanor Whitcombe", "uk", -4, 3, None, "phone", "collector.uk", "With the pension."),
)
# Payments that came because of them: customer, company, day, amount.
PAYMENTS = (
    ("Kaffeehaus Steindl", "fr", -6, 400),
    ("Hôtellerie Ravel", "fr", -28, 1800),
    ("Harbour Lane Cafés Ltd", "uk", -39, 232.3),
)
# Payment plans: customer, company, proposed on, accepted on (None: not yet), the days of the instalments, who agrees.
PLANS = (
    ("Harbour Lane Cafés Ltd", "uk", -46, -45, (-40, -14, 11), "collector.uk"),
    ("Hôtellerie Ravel", "fr", -37, -35, (-29, 2, 33), "manager"),
    ("Tischlerei Vogt", "fr", -2, None, (8, 33, 58), "collector"),
)
# More time for what is overdue: customer, day, until (days from today), why.
EXTENSIONS = (
    ("Boulangerie Perrin", -2, 12, "The oven broke; insured, the money comes in two weeks."),
    ("Mairie de Valfleury", -1, 34, "The council votes the budget on the first of the month."),
)
# Answers to our reminders, as they come in: customer, company, from whom, what they wrote.
ANSWERS = (
    (
        "Cuisines Martel",
        "fr",
        "Bonjour,\n\nNous réglerons la facture {invoice} le {day}, dès le retour de notre comptable.\n\n"
        "Bien cordialement,\nPaul Martel",
    ),
    (
        "Albion Grand Paris",
        "fr",
        "Bonjour,\n\nCette facture a déjà été réglée par le siège à Londres.\n\nLe service comptable",
    ),
)
# What colleagues say: customer, company, words.
REPORTS = (("Tramway Sud", "fr", "On the site they told me that the counter is 8 cm too high: they want it changed."),)
DIFFICULTY = (("Boucherie Aït-Saïd", "fr", -12, 48, "The river was in the shop; the insurer pays in January."),)
# What is done against the causes: cause, what, owner, until (days from today), what came of it.
CORRECTIVE = (
    ("missing_order", "Ask public bodies and hotels for the order number before invoicing", "sales", -60,
     "A field that must be filled in on the order. One case since, four before."),
    ("quality_damage", "Corner guards on all doors and tops; photograph each piece when it is loaded", "manager", 21,
     False),
    ("delivery_late", "Confirm the day of delivery two days before", "sales", -4, False),
)  # fmt: skip


class Agreed:
    def plan_agreements(self):
        """Everything of the past in the order in which it happened: pairs of the day and what is done on it."""
        events = [(row[2], self._settled_dispute, row) for row in SETTLED]
        events += [(row[2], self._promise, row) for row in PROMISES]
        events += [(row[2], self._pay_agreed, row) for row in PAYMENTS]
        events += [(row[2], self._propose, row) for row in PLANS]
        events += [(row[3], self._accept, row) for row in PLANS if row[3] is not None]
        events += [(row[1], self._give_more_time, row) for row in EXTENSIONS]
        events += [(row[2], self._difficulty, row) for row in DIFFICULTY]
        events += [(row[2], self._dispute, row) for row in DISPUTES]
        self.plans = {}
        self.events = sorted(events, key=lambda event: event[0])

    def agree_until(self, day):
        """Let happen what has happened up to ``day``, each on its own day."""
        while self.events and self.today + self.events[0][0] * ONE_DAY <= day:
            shift, happen, row = self.events.pop(0)
            date = self.today + shift * ONE_DAY
            self._settle(date)
            with self.living_on(date):
                happen(row)

    @contextmanager
    def living_on(self, day):
        """Whatever asks for today's date is told ``day``."""
        companies = type(self.env["res.company"])
        self.env.cr.flush()
        before = companies._get_collection_today
        companies._get_collection_today = lambda company: day
        try:
            yield
            self.env.cr.flush()
        finally:
            companies._get_collection_today = before

    def _dispute(self, row):
        name, key, __, due, reason, description, share, state = row
        dispute = self._open_dispute(self._open_invoice(name, key, due), reason, share, description=description)
        if state != "new":
            getattr(dispute, f"_set_{state}")()

    def _open_dispute(self, move, reason, share, **values):
        key = next(key for key, company in self.companies.items() if company == move.company_id)
        item = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled)[:1]
        return (
            self.env["credit.collection.dispute"]
            .with_user(self.collectors[key])
            .create(
                {
                    "debtor_id": self._debtor(move.commercial_partner_id.name, key).id,
                    "reason_id": self.env.ref(f"credit_collection.credit_collection_dispute_reason_{reason}").id,
                    "line_ids": [
                        (0, 0, {"move_line_id": item.id, "amount": round(item.amount_residual_currency * share, 2)})
                    ],
                    **values,
                }
            )
        )

    def _settled_dispute(self, row):
        name, key, opened, days, reason, share, result, text = row
        day = self.today + opened * ONE_DAY
        dispute = self._open_dispute(self._find_invoice(name, key, day), reason, share, acknowledge=False)
        with self.living_on(day + days * ONE_DAY):
            dispute.with_user(self.people["manager"])._settle(
                result,
                text,
                reference=f"REP-{dispute.id}" if result == "replacement" else False,
                justified="yes" if result == "replacement" or reason == "missing_order" else "no",
                notify=False,
            )
            # A rejection is always told.
            told = dispute.sudo().action_ids.filtered(lambda action: action.state == "planned")
            self._carry_out(told, day + days * ONE_DAY)

    def _find_invoice(self, name, key, day):
        """The oldest invoice of the customer that was open on ``day``."""
        domain = [
            ("commercial_partner_id", "=", self.customers[name].id),
            ("company_id", "=", self.companies[key].id),
            ("move_type", "=", "out_invoice"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date", "<=", day),
        ]
        move = self.env["account.move"].search(domain, order="invoice_date_due, id", limit=1)
        if not move:
            raise ValueError(f"{name} has no open invoice on {day} ({key})")
        return move

    def _promise(self, row):
        name, key, __, date, amount, how, who, note = row
        debtor = self._debtor(name, key).with_user(self.people[who])
        contact = self.customers[name].child_ids[:1] or self.customers[name]
        debtor.env["credit.collection.promise"]._make(
            debtor,
            amount=amount,
            date=self.today + date * ONE_DAY,
            how=how,
            contact=contact,
            note=note,
        )

    def _pay_agreed(self, row):
        name, key, day, amount = row
        day = self.today + day * ONE_DAY
        move = self._find_invoice(name, key, day)
        wizard = self.env["account.payment.register"].with_company(self.companies[key])
        wizard = wizard.with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"payment_date": day, "amount": amount})._create_payments()

    def _propose(self, row):
        name, key, __, accepted, days, who = row
        debtor = self._debtor(name, key).with_user(self.people[who])
        items = self._find_invoice(name, key, self.today).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        plan = debtor.env["credit.collection.plan"]._propose(debtor, items, count=len(days), first=self.today)
        plan._distribute_over([self.today + day * ONE_DAY for day in days])
        self.plans[name] = plan
        if accepted is None:
            plan.action_send_proposal()

    def _accept(self, row):
        self.plans[row[0]]._accept()

    def _give_more_time(self, row):
        name, __, until, reason = row
        debtor = self._debtor(name).with_user(self.people["collector"])
        items = self._open_invoice(name).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        debtor.env["credit.collection.plan"]._give_more_time(debtor, items, self.today + until * ONE_DAY, reason)

    def _difficulty(self, row):
        name, key, begin, end, reason = row
        self._debtor(name, key).with_user(self.collectors[key]).write(
            {
                "difficulty_from": self.today + begin * ONE_DAY,
                "difficulty_until": self.today + end * ONE_DAY,
                "difficulty_reason": reason,
            }
        )

    # === THE LAST DAYS === #

    def hear_people(self):
        """What customers answered and colleagues said in the last days, and what is done against causes."""
        for answer in ANSWERS:
            self._answer(*answer)
        for name, key, words in REPORTS:
            reports = self.env["credit.collection.remark.report"].with_user(self.people["sales"])
            reports = reports.with_company(self.companies[key])
            reports.create(
                {"partner_id": self.customers[name].id, "company_id": self.companies[key].id, "text": words}
            ).action_report()
        for cause, name, owner, until, result in CORRECTIVE:
            corrective = self.env["credit.collection.corrective"].create(
                {
                    "name": name,
                    "reason_id": self.env.ref(f"credit_collection.credit_collection_dispute_reason_{cause}").id,
                    "user_id": self.people[owner].id,
                    "date": self.today + until * ONE_DAY,
                    "result": result,
                }
            )
            if result:
                corrective.action_done()

    def _answer(self, name, key, text):
        """A real mail, answering the last reminder that the customer got, comes in."""
        sent = self.env["credit.collection.action"].search(
            [("debtor_id", "=", self._debtor(name, key).id), ("channel", "=", "email"), ("state", "=", "sent")],
            order="date_sent desc, id desc",
            limit=1,
        )
        mail = EmailMessage()
        mail["From"] = sent.contact_id.email
        mail["To"] = self.companies[key].email
        mail["Subject"] = f"Re: {sent.subject}"
        mail["Message-Id"] = f"<answer-{sent.id}@{sent.contact_id.email.split('@')[1]}>"
        mail["In-Reply-To"] = mail["References"] = sent.message_key
        invoice = sent.line_ids[:1].move_id.name
        day = self.today + 5 * ONE_DAY
        mail.set_content(text.format(invoice=invoice, day=f"{day:%d/%m/%Y}"))
        self.env["mail.thread"].message_process(False, mail.as_bytes())
