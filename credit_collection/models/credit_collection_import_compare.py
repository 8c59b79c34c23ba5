import re

from odoo import models
from odoo.tools import SQL
from psycopg2.extras import Json

from .credit_collection_import_customer import CONTACT, PARTNER

DEBTOR = ("preferred_channel", "opt_outs", "hold_until", "hold_reason", "collector")
AMOUNTS = ("amount", "residual")
TAKEABLE = {*PARTNER, "country", "language", *DEBTOR, *CONTACT, "order_ref", "due_date"}


class CreditCollectionImport(models.Model):
    """What the file says of records that are in Odoo already, beside what Odoo says. Unsaid is not contradicted."""

    _inherit = "credit.collection.import"

    def _compare(self):
        """Give each row about something known its status: the same, or a conflict with its differences."""
        rows = self._iter_batches(
            "compare", "customer_ref", SQL("row.status <> 'wrong' AND row.partner_id IS NOT NULL")
        )
        for batch in rows:
            found = [row for rows in batch.values() for row in rows]
            differences = {row["id"]: [] for row in found}
            known = self._compare_customers(found, differences)
            known |= self._compare_contacts(found, differences)
            known |= self._compare_documents(found, differences)
            known |= self._compare_payments(found, differences)
            self._write_comparison(found, differences, known)

    def _write_comparison(self, rows, differences, known):
        values = []
        for row in rows:
            found = differences[row["id"]]
            if row["id"] in known or found:
                status = ("conflict" if found else "same") if row["id"] in known else "new"
                takeable = [column for column, __, __, may_take in found if may_take]
                values.append((row["id"], status, self._get_text_differences(row, found), Json(takeable or None)))
        if values:
            self.env.cr.execute_values(
                """UPDATE credit_collection_import_row AS row
                      SET status = found.status, message = found.message, takeable = found.takeable
                     FROM (VALUES %s) AS found (id, status, message, takeable) WHERE row.id = found.id""",
                values,
                template="(%s, %s, %s::text, %s::jsonb)",
            )

    def _get_text_differences(self, row, differences):
        """Each difference in words, and why what cannot be taken over cannot."""
        labels = self._get_column_labels()
        nothing = self.env._("nothing")
        ours = next((odoo for column, odoo, __, __ in differences if column == "currency"), row["currency"])
        lines = [
            self.env._(
                "%(column)s: %(odoo)s in Odoo, %(file)s in the file.",
                column=labels[column],
                odoo=self._format_fact(column, odoo, ours) or nothing,
                file=self._format_fact(column, file, row["currency"]),
            )
            for column, odoo, file, __ in differences
        ]
        if any(not may_take for __, __, __, may_take in differences):
            lines.append(
                self.env._(
                    "What is posted stays: make a credit note, or register the payment, where the file is right."
                )
            )
        return "\n".join(lines) or None

    def _format_fact(self, column, text, code):
        """Return an amount with its currency, anything else as it is."""
        if column not in AMOUNTS or not text:
            return text
        currencies = self.env["res.currency"].with_context(active_test=False)
        currency = currencies.search([("name", "=", code)], limit=1) or self.company_id.currency_id
        return currency.format(float(text))

    def _note(self, differences, row, column, odoo, may_take=None):
        """Note the difference when the file says something of ``column`` and Odoo something else."""
        file = row["data"].get(column)
        if file and _plain(column, file) != _plain(column, odoo or ""):
            differences[row["id"]].append((column, odoo, file, column in TAKEABLE if may_take is None else may_take))

    # === CUSTOMERS === #

    def _compare_customers(self, rows, differences):
        """Compare by the first good row of each customer; return the rows that are about a known file only."""
        partners = self.env["res.partner"].browse({row["partner_id"] for row in rows})
        debtors = self.env["credit.collection.debtor"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", self.company_id.id)]
        )
        by_partner = {debtor.partner_id.id: debtor for debtor in debtors}
        firsts = set(self._get_firsts(rows))
        for row in (row for row in rows if row["id"] in firsts):
            partner = partners.browse(row["partner_id"])
            debtor = by_partner.get(partner.id, debtors.browse())
            for column, odoo in self._get_customer_facts(partner, debtor, row["data"]).items():
                self._note(differences, row, column, odoo)
        return {row["id"] for row in rows if row["record"] == "customer" and row["partner_id"] in by_partner}

    def _get_firsts(self, rows):
        query = "SELECT id FROM credit_collection_import_row WHERE names_customer AND id IN %s"
        return [id_ for (id_,) in self.env.execute_query(SQL(query, tuple(row["id"] for row in rows)))]

    def _get_customer_facts(self, partner, debtor, data):
        facts = {column: partner[field] for column, field in PARTNER.items()}
        country = data.get("country") and self._get_country(data["country"])
        facts["country"] = data.get("country") if country == partner.country_id else partner.country_id.code
        language = data.get("language") and self._get_language(data["language"])
        facts["language"] = data.get("language") if language == partner.lang else partner.lang
        if not debtor:
            # Its file is about to be opened, with all that the row says of it.
            return facts
        facts |= {
            "preferred_channel": debtor.preferred_channel,
            "opt_outs": ";".join(sorted(debtor.optout_ids.mapped("channel"))),
            "hold_until": debtor.hold_until and debtor.hold_until.isoformat(),
            "hold_reason": debtor.hold_reason,
            "collector": debtor.user_id.login,
        }
        return facts

    def _compare_contacts(self, rows, differences):
        rows = [row for row in rows if row["record"] == "contact"]
        by_key = self._find_contacts(rows)
        known = set()
        for row in rows:
            contact = by_key.get((row["partner_id"], row["contact_ref"]))
            if contact:
                known.add(row["id"])
                for column, field in CONTACT.items():
                    self._note(differences, row, column, contact[field])
        return known

    def _find_contacts(self, rows):
        """Return ``{(customer's id, reference): contact}``; without a reference ours is P and the id."""
        domain = [("commercial_partner_id", "in", [row["partner_id"] for row in rows]), ("parent_id", "!=", False)]
        return {
            (contact.commercial_partner_id.id, contact.collection_external_ref or f"P{contact.id}"): contact
            for contact in self.env["res.partner"].search(domain)
        }

    # === DOCUMENTS === #

    def _compare_documents(self, rows, differences):
        rows = [row for row in rows if row["record"] in ("invoice", "credit_note") and row["move_id"]]
        if not rows:
            return set()
        items, paid_now = self._get_known_items(rows), self._get_numbers_paid_now(rows)
        rows_of = {}
        for row in rows:
            rows_of.setdefault(row["move_id"], []).append(row)
        for move_id, own in rows_of.items():
            instalments = {item["due_date"]: item for item in items.get(move_id, [])}
            for row in own:
                single = len(own) == len(instalments) == 1
                item = next(iter(instalments.values())) if single else instalments.get(row["due_date"])
                self._compare_document(row, item, single, differences, row["number"] in paid_now)
        return {row["id"] for row in rows}

    def _compare_document(self, row, item, single, differences, paid_now):
        if not item:
            differences[row["id"]].append(("due_date", None, row["due_date"].isoformat(), False))
            return
        if row["partner_id"] != item["partner_id"]:
            name = self.env["res.partner"].browse(item["partner_id"]).display_name
            differences[row["id"]].append(("customer_ref", name, row["customer_ref"], False))
        for column in ("record", "invoice_date", "amount", "currency"):
            self._note(differences, row, column, item[column])
        self._note(differences, row, "due_date", item["due_date"].isoformat(), may_take=single)
        self._note(differences, row, "order_ref", item["order_ref"])
        if not paid_now:
            self._note(differences, row, "residual", item["residual"])

    def _get_known_items(self, rows):
        self.env.cr.execute(
            SQL(
                """
                SELECT move.id AS move_id, line.date_maturity AS due_date, move.commercial_partner_id AS partner_id,
                       CASE WHEN move.move_type = 'out_refund' THEN 'credit_note' ELSE 'invoice' END AS record,
                       move.invoice_date::text, move.ref AS order_ref, currency.name AS currency,
                       ABS(SUM(line.amount_currency))::text AS amount,
                       ABS(SUM(line.amount_residual_currency))::text AS residual
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id
                  JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                  JOIN res_currency currency ON currency.id = move.currency_id
                 WHERE move.company_id = %s AND move.id IN %s
              GROUP BY move.id, line.date_maturity, currency.name ORDER BY move.id, line.date_maturity
                """,
                self.company_id.id,
                tuple({row["move_id"] for row in rows}),
            )
        )
        items = {}
        for item in self.env.cr.dictfetchall():
            items.setdefault(item["move_id"], []).append(item)
        return items

    def _get_numbers_paid_now(self, rows):
        """The documents that a new row of this file pays or reverses: what is open of them is about to change."""
        query = SQL(
            """SELECT COALESCE(number, data->>'reverses') FROM credit_collection_import_row
                WHERE import_id = %(import_id)s AND move_id IS NULL AND status <> 'wrong'
                  AND ((record = 'payment' AND number IN %(numbers)s)
                       OR (record = 'credit_note' AND data->>'reverses' IN %(numbers)s))""",
            import_id=self.id,
            numbers=tuple({row["number"] for row in rows}),
        )
        return {number for (number,) in self.env.execute_query(query)}

    # === PAYMENTS === #

    def _compare_payments(self, rows, differences):
        rows = [row for row in rows if row["record"] == "payment" and row["move_id"]]
        facts = self._get_known_payments(rows) if rows else {}
        for row in rows:
            payment = facts[row["move_id"]]
            if row["partner_id"] != payment["partner_id"]:
                name = self.env["res.partner"].browse(payment["partner_id"]).display_name
                differences[row["id"]].append(("customer_ref", name, row["customer_ref"], False))
            amount = payment["pieces"].get(row["number"], 0) if row["number"] else payment["rest"]
            self._note(differences, row, "amount", str(amount))
            for column in ("payment_date", "currency"):
                self._note(differences, row, column, payment[column])
        return {row["id"] for row in rows}

    def _get_known_payments(self, rows):
        """Return ``{move id: its facts}``, with what each document got of the payment, and what is left."""
        self.env.cr.execute(
            SQL(
                """
                SELECT payment.move_id, partner.commercial_partner_id AS partner_id, currency.name AS currency,
                       payment.date::text AS payment_date, payment.amount AS rest, counter.name AS number,
                       partial.credit_amount_currency AS piece
                  FROM account_payment payment
                  JOIN res_partner partner ON partner.id = payment.partner_id
                  JOIN res_currency currency ON currency.id = payment.currency_id
             LEFT JOIN account_move_line line ON line.move_id = payment.move_id
                       AND line.account_id = payment.destination_account_id
             LEFT JOIN account_partial_reconcile partial ON partial.credit_move_id = line.id
             LEFT JOIN account_move_line item ON item.id = partial.debit_move_id
             LEFT JOIN account_move counter ON counter.id = item.move_id
                 WHERE payment.company_id = %s AND payment.move_id IN %s
                """,
                self.company_id.id,
                tuple({row["move_id"] for row in rows}),
            )
        )
        facts = {}
        for row in self.env.cr.dictfetchall():
            payment = facts.setdefault(row["move_id"], {**row, "pieces": {}})
            if row["number"]:
                payment["pieces"][row["number"]] = payment["pieces"].get(row["number"], 0) + row["piece"]
                payment["rest"] -= row["piece"]
        return facts


def _plain(column, text):
    """Return the text without what makes no difference."""
    text = str(text)
    if column in AMOUNTS:
        return float(text)
    if column in ("vat", "phone"):
        return re.sub(r"[\s.()/-]", "", text).upper()
    if column == "opt_outs":
        return sorted(part.strip() for part in text.split(";") if part.strip())
    return " ".join(text.split())
