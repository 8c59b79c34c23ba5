"""The last weeks, lived through day by day: money comes in, runs are planned, messages leave, calls are made."""

import datetime
from contextlib import contextmanager

from .stories import ONE_DAY, to_weekday

# Accounts that nobody has followed up so far: they begin at the first step, however old the debt.
LATECOMERS = ("Fonderie Pascal", "Textile Horizon", "Verrerie Noël")
# What came of the calls of the past, by the reason of lateness: outcome, note.
CALLS = {
    "approval": ("approval", "Waits for the signature of the director, back on Thursday."),
    "forgotten": ("promised", "Slipped through; goes into the next payment run."),
    "not_received": ("resend", "Never received the invoice; sent again while on the line."),
    "cash": ("noted", "Their own customers pay late; asks for a few more weeks."),
    "reference": ("approval", "The purchase order number was missing on the invoice."),
}
# Why some are late; the others in turn.
REASONS = {
    "Imprimerie Vasseur": "reference",
    "Clinique Sainte-Anne": "approval",
    "Domaine Roche": "forgotten",
    "Tramway Sud": "approval",
    "Brasserie du Quai": "not_received",
    "Ferme des Alpes": "approval",
    "Chaudronnerie Weiss": "reference",
    "Gasthof Huber": "approval",
    "Hôtellerie Ravel": "not_received",
    "Tischlerei Vogt": "cash",
    "Ébénisterie Castanier": "cash",
    "Harbour Lane Cafés Ltd": "cash",
}
# Whose message of today still waits when the demo is opened, so that both can be seen.
STILL_WAITING = ("Maison Duval", "Hugo Petit", "Lycée Camille-Claret", "Praxis Dr. Aylin Demir", "Hôtel Mirabeau")


class Days:
    history = 55
    years = 2

    def live_through_the_past(self):
        """The manager switches the ladders on; then every day of the last weeks runs as it would have."""
        first = self.today - self.history * ONE_DAY
        self.plan_agreements()
        for weeks in range(self.years * 52, 0, -2):
            self.agree_until(first - weeks * 7 * ONE_DAY)
            self._settle(first - weeks * 7 * ONE_DAY)
        self._settle(first - ONE_DAY)
        for company in self.companies.values():
            for scenario in self.env["credit.collection.scenario"].search([("company_id", "=", False)]):
                scenario.with_user(self.people["manager"]).with_company(company)._turn_on()
        self._prepare_past()
        for shift in range(self.history):
            self._live_through(first + shift * ONE_DAY)
        self._settle(self.today)
        self.agree_until(self.today)
        for company in self.companies.values():
            company._set_bank_posted(self.today - ONE_DAY)

    def _prepare_past(self):
        """Who must not be written to in the past, whatever the ledger of today says."""
        self.name_payers()
        for name in LATECOMERS:
            self._debtor(name).write({"hold_until": self.today - ONE_DAY, "hold_reason": "Account taken over today"})
        self.customers["Verger Bio"].write({"collection_bounced_email": "accounts@vergerbio.example"})

    def _settle(self, day):
        """Money comes in until that day, and the collection files open and close as they did then."""
        with self.living_on(day), self._noted_in_time():
            self.settle_until(day)
        # Odoo would look at the files before the commit, with the eyes of today.
        self.env.cr.precommit.data.pop("credit.collection.episode", None)
        for company in self.companies.values():
            self.env["credit.collection.episode"]._sync(company, day)

    @contextmanager
    def _noted_in_time(self):
        """What is matched meanwhile was matched on the day of the payment: thanks ask when it was noted."""
        self.env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM account_partial_reconcile")
        (last,) = self.env.cr.fetchone()
        yield
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = max_date + TIME '09:00' WHERE id > %s", [last]
        )
        self.env.invalidate_all()

    def _get_thanks_day(self, company):
        """The last day, today included, on which somebody works: what was planned then still waits at a weekend."""
        day = self.today
        while not company._get_collection_thanks_window(day):
            day -= ONE_DAY
        return day

    def _get_day_of_thanked_payment(self, company):
        """A day on which money may have come in that is thanked for on the last day of work."""
        __, last = company._get_collection_thanks_window(self._get_thanks_day(company))
        return to_weekday(last)

    def _live_through(self, day):
        self._settle(day)
        self.agree_until(day)
        with self.living_on(day):
            self._do_day(day)

    def _do_day(self, day):
        for key in self.companies:
            # The accountant posts the bank each morning.
            self.companies[key]._set_bank_posted(day - ONE_DAY)
            run = self._plan_run(key, day)
            if run.state == "proposal":
                run.with_context(collection_date=day)._confirm()
        actions = self.env["credit.collection.action"]
        for company in self.companies.values():
            actions.with_company(company)._plan_thanks(company, day)
            self._follow_agreements(company, day)
        actions.search([("state", "=", "to_approve")]).with_user(self.people["manager"])._set_planned()
        self._carry_out(actions.search([("state", "=", "planned")], order="id"), day)
        for letter in actions.search([("state", "=", "issued")]):
            number = f"1A {letter.id:03} 445 9120 {letter.id % 10}" if letter.registered else False
            letter.write({"printed_at": self._at(day)})
            letter._set_posted(day, number)
        for task in actions.search([("state", "=", "todo"), ("tone", "!=", "formal")]):
            self._do_task(task, day)
        self.env.cr.commit()

    def _follow_agreements(self, company, day):
        """Promises are judged, plans followed, disputes that nobody answers escalated."""
        self.env["credit.collection.promise"].with_company(company)._do_day(company, day)
        self.env["credit.collection.plan"].with_company(company)._follow(company, day)
        self.env["credit.collection.dispute"].with_company(company)._escalate(company, day)

    def _plan_run(self, key, day):
        company = self.companies[key]
        runs = self.env["credit.collection.run"].with_user(self.people["manager"]).with_company(company)
        return runs._plan(company, day)

    def _at(self, day, hour=10):
        return datetime.datetime.combine(day, datetime.time(hour))

    def _do_task(self, task, day):
        """The collector made the call that day, and noted what came of it."""
        collector = task.company_id.collection_user_id
        # First: a promise takes back what still waits for its items.
        task._set_sent(day, reason=f"Done by {collector.name}")
        if task._is_call():
            code = REASONS.get(task.debtor_id.display_name) or list(CALLS)[task.id % len(CALLS)]
            outcome, note = CALLS[code]
            reason = self.env.ref(f"credit_collection.credit_collection_late_reason_{code}")
            self.env["credit.collection.call"].create(
                {
                    "promise_id": self._promise_on_the_phone(task, day, note).id if outcome == "promised" else False,
                    "debtor_id": task.debtor_id.id,
                    "action_id": task.id,
                    "contact_id": task.contact_id.id,
                    "currency_id": task.currency_id.id,
                    "user_id": collector.id,
                    "called_at": self._at(day),
                    "outcome": outcome,
                    "late_reason_id": reason.id,
                    "avoidable": "yes" if reason.avoidable else "no",
                    "promise_date": day + 9 * ONE_DAY if outcome == "promised" else False,
                    "promise_amount": task.amount if outcome == "promised" else 0,
                    "note": note,
                }
            )
            task.debtor_id.write({"late_reason_id": reason.id, "late_reason_date": day})

    def _promise_on_the_phone(self, task, day, note):
        debtor = task.debtor_id.with_user(task.company_id.collection_user_id)
        items = task._get_due_lines().move_line_id.filtered(lambda item: not item.reconciled)
        promises = debtor.env["credit.collection.promise"]
        if promises._find_live(items):
            return promises
        return promises._make(debtor, items, date=day + 9 * ONE_DAY, contact=task.contact_id, note=note)

    def _carry_out(self, actions, day):
        """What was planned leaves that day, whatever the hour: the demo looks alike on every day of the week."""
        for action in actions.with_context(collection_date=day):
            action._set_sending()
            action._prepare_key()
            self.env.cr.commit()
            action._carry_out(day)
            self.env.cr.commit()

    def live_through_today(self):
        """Today's runs are planned; most has left, the rest still waits, so that both can be seen."""
        ready = self.env["credit.collection.action"]
        for key in self.companies:
            ready += self._plan_run(key, self.today).sudo().action_ids.filtered(lambda a: a.state == "planned")
        for company in self.companies.values():
            ready += ready.with_company(company)._plan_thanks(company, self._get_thanks_day(company))
            self._follow_agreements(company, self.today)
            self.env["credit.collection.writeoff"]._propose(company, self.today)
        self.env.cr.commit()
        # Whose night it is waits and says so.
        waiting = ready.filtered(
            lambda action: (
                action.channel != "letter"
                and (action.debtor_id.partner_id.collection_tz or action.debtor_id.display_name in STILL_WAITING)
            )
        )
        self._carry_out(ready - waiting, self.today)
        for company in self.companies.values():
            self.env["credit.collection.coverage"]._check(company, self.today)
        # The scheduled sender would finish the rest within minutes; a demo wants to show it. Buttons wake it.
        later = datetime.datetime.now() + datetime.timedelta(hours=12)
        self.env.ref("credit_collection.ir_cron_credit_collection_send").nextcall = later.replace(microsecond=0)
