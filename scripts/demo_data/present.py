"""What happened in the last days: disputes, holds, credits, payments under way, addresses that fail."""

from .days import LATECOMERS
from .stories import ONE_DAY, Invoice

# Credit notes that nobody has allocated yet: customer, company, amount, day, reference.
CREDITS = (
    ("Papeterie Colbert", "fr", 640, -1, "Return of chairs"),
    ("Werkhof Ostkreuz eG", "fr", 180, -20, "Bonus for last year"),
    ("Thornbury & Vale Ltd", "uk", 95, -14, "Return of a shelf"),
)
# Money on account: customer, company, amount, day.
ON_ACCOUNT = (("Transports Oyono", "fr", 1000, -6), ("Harbour Lane Cafés Ltd", "uk", 150, -9))
# Payments that the bank took back after they had settled an invoice: customer, company, reason (False: nobody has asked
# yet), note.
REJECTED = (
    ("Praxis Dr. Aylin Demir", "fr", "funds", "Returned by her bank; to be presented again after the 1st."),
    ("Eleanor Whitcombe", "uk", False, False),
)
NOTES = {
    "Ferme des Alpes": "<p>Call Mme Faure before noon, she runs the farm alone.</p>",
    "Hôtel Bellerive Annecy": "<p>Paid by the head office in Lyon, on the 10th and the 25th of the month.</p>",
    "Albion Grand Paris": "<p>London pays. Send what is missing to Accounts Payable there, not to the hotel.</p>",
    "Théâtre des Deux Rives": "<p>Waits for its grants each spring; keeps to instalments once they are agreed.</p>",
    "Ébénisterie Castanier": "<p>Promised three times and kept none. No new orders without payment in advance.</p>",
}


class Present:
    def create_present(self):
        for name in LATECOMERS:
            self._debtor(name).action_release_hold()
        self._create_credits()
        self._keep_files()
        with self._noted_in_time():
            self._pay("Brasserie du Quai", self.today - 3 * ONE_DAY, 900)
            # Reminded, paid, and thanked for it in the next hours.
            self._pay("Hôtel Mirabeau", self._get_day_of_thanked_payment(self.companies["fr"]))
        self._transaction("Cabinet Moreau")
        for rejected in REJECTED:
            self._reject_payment(*rejected)
        self.hear_people()

    def _keep_files(self):
        """What the collectors have written on the files."""
        self._debtor("Verrerie Noël").write(
            {
                "preferred_channel": "phone",
                "note": "<p>Julien Noël likes to be called, mornings. No e-mails, please.</p>",
            }
        )
        self._debtor("Studio Lumen").write(
            {"hold_until": self.today + 6 * ONE_DAY, "hold_reason": "Their accountant is back on Monday"}
        )
        self._debtor("Okafor Interiors Ltd", "uk").write(
            {
                "hold_until": self.today + 9 * ONE_DAY,
                "hold_reason": "Pays once their own site is handed over",
            }
        )
        for name in ("Tramway Sud", "Clinique Sainte-Anne", "Domaine Roche", "Ébénisterie Castanier"):
            self._debtor(name).user_id = self.people["manager"]
        for name in ("Galerie Nord", "Imprimerie Vasseur", "Fonderie Pascal", "Ferme des Alpes"):
            self._debtor(name).user_id = self.people["collector"]
        debtor = self._debtor("Hugo Petit")
        debtor.optout_ids.create({"debtor_id": debtor.id, "channel": "sms", "reason": "Wants e-mail only"})
        for name, note in NOTES.items():
            self._debtor(name).note = note

    def _open_invoice(self, name, key="fr", days=None):
        """The oldest open invoice of a customer, or the one due that many days from today."""
        domain = [
            ("commercial_partner_id", "=", self.customers[name].id),
            ("company_id", "=", self.companies[key].id),
            ("move_type", "=", "out_invoice"),
            ("payment_state", "in", ("not_paid", "partial")),
        ]
        if days is not None:
            domain.append(("invoice_date_due", "=", self.today + days * ONE_DAY))
        move = self.env["account.move"].search(domain, order="invoice_date_due, id", limit=1)
        if not move:
            raise ValueError(f"{name} has no open invoice ({key}, due {days})")
        return move

    def _create_credits(self):
        for name, key, amount, days, reference in CREDITS:
            day = self.today + days * ONE_DAY
            currency = self.companies[key].currency_id.name
            note = Invoice(name, key, currency, day, day, amount, reference, reference)
            self._moves(key).create(self._prepare_invoice(note, "out_refund")).action_post()
        for name, key, amount, days in ON_ACCOUNT:
            payment = (
                self.env["account.payment"]
                .with_company(self.companies[key])
                .create(
                    {
                        "partner_id": self.customers[name].id,
                        "partner_type": "customer",
                        "payment_type": "inbound",
                        "amount": amount,
                        "date": self.today + days * ONE_DAY,
                        "journal_id": self.banks[key].id,
                        "memo": "On account",
                    }
                )
            )
            payment.action_post()

    def _pay(self, name, day, amount=None):
        move = self._open_invoice(name)
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"payment_date": day, **({"amount": amount} if amount else {})}
        wizard.create(values)._create_payments()

    def _transaction(self, name):
        move = self._open_invoice(name)
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

    def _reject_payment(self, name, key, reason, note):
        """The newest payment that settled one invoice for good comes back: its invoice is open again."""
        payments = self.env["account.payment"].search(
            [("partner_id", "=", self.customers[name].id), ("company_id", "=", self.companies[key].id)],
            order="date desc, id desc",
        )
        payment = payments.filtered(lambda payment: len(payment.reconciled_invoice_ids) == 1)[:1]
        invoice = payment.reconciled_invoice_ids
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()
        payment.action_cancel()
        reject = self.env["credit.collection.reject"].search([("move_id", "=", invoice.id)], limit=1)
        if reason:
            reject.write({"reason": reason, "note": note})
