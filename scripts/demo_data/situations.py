"""What is not ours to ask for: protected customers, marks on invoices, the sister company, what we owe ourselves."""

from .stories import ONE_DAY, Invoice

# Customer's reference of the invoice, the mark on it, days until its last day (False: no end), note.
EXEMPT = (
    ("SH-201", "platform_error", False, "Refused by the public invoicing platform: the order number is missing."),
    ("WO-201", "retention", 300, "5 % held back for the guarantee on the workshop doors."),
    ("GB-201", "factored", False, "Assigned to our factor on the day it was made."),
)
PROTECTED = {"Thanh-Hà Lefort": "Works with us: her instalments come off her salary."}
# Vendor bills that we have not paid: supplier, amount, days to the due date, number, text, whether reminders wait.
BILLS = (
    ("Transports Oyono", 2100, 12, "NOR-417", "Deliveries to Normandy", True),
    ("Kontor Altona GmbH", 640, 20, "R-88114", "Storage of samples in Hamburg", False),
)
# What the sister company owes us: amount, days to the due date, reference, text.
BETWEEN_US = ((4300, -25, "BH-11", "Chairs for the showroom in Bristol"), (1850, 5, "BH-12", "Samples of fabric"))


class Situations:
    def set_up_situations(self):
        self._mark_invoices()
        self._protect_customers()
        self._enter_bills()
        self._invoice_sister()
        for company in self.companies.values():
            company.collection_accountant_id = self.people["accountant"]

    def _mark_invoices(self):
        for reference, mark, days, note in EXEMPT:
            move = self.env["account.move"].search([("ref", "=", reference), ("move_type", "=", "out_invoice")])
            move.write(
                {
                    "collection_exempt": mark,
                    "collection_exempt_until": self.today + days * ONE_DAY if days else False,
                    "collection_exempt_note": note,
                }
            )

    def _protect_customers(self):
        for name, reason in PROTECTED.items():
            self._debtor(name).write({"protected": True, "protected_reason": reason})

    def _enter_bills(self):
        for name, amount, days, number, text, wait in BILLS:
            due = self.today + days * ONE_DAY
            bill = self._moves("fr").create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.customers[name].id,
                    "invoice_date": due - 30 * ONE_DAY,
                    "date": due - 30 * ONE_DAY,
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "ref": number,
                    "invoice_line_ids": [(0, 0, {"name": text, "price_unit": amount, "tax_ids": [(5,)]})],
                }
            )
            bill.action_post()
            self._debtor(name).hold_for_bills = wait

    def _invoice_sister(self):
        sister = self.companies["uk"].partner_id
        sister.collection_kind = "business"
        self.customers[sister.name] = sister
        for amount, days, reference, text in BETWEEN_US:
            due = self.today + days * ONE_DAY
            self._create_batch([Invoice(sister.name, "fr", "EUR", due - 30 * ONE_DAY, due, amount, reference, text)])
