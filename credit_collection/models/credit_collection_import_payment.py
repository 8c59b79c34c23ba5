from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CreditCollectionImport(models.Model):
    """Payments, credit notes against their invoices, and what was settled without a payment in the file."""

    _inherit = "credit.collection.import"

    # === PAYMENTS === #

    def _apply_payments(self):
        """Post the new payments, each reconciled with the items it names for the amounts it names."""
        condition = SQL("row.record = 'payment' AND row.status = 'new' AND row.move_id IS NULL")
        for batch in self._iter_batches("payments", "payment_ref", condition):
            items = self._get_items({row["number"] for rows in batch.values() for row in rows if row["number"]})
            accounts = self._get_receivable_accounts(batch)
            pieces = {ref: self._allocate_payment(rows, items) for ref, rows in batch.items()}
            payments = (
                self.env["account.payment"]
                .with_context(collection_import_id=self.id)
                .create([self._prepare_payment(ref, rows, pieces[ref], accounts) for ref, rows in batch.items()])
            )
            payments.action_post()
            self._reconcile(
                [
                    (self._get_receivable_lines(payment.move_id), pieces[ref], payment.currency_id)
                    for ref, payment in zip(batch, payments, strict=True)
                ]
            )
            self._link_payments(batch)

    def _allocate_payment(self, rows, items):
        """Return what each item gets of one payment."""
        currency = self._get_currency(rows[0])
        left, pieces = sum(row["amount"] for row in rows), []
        for row in rows:
            if not row["number"]:
                continue
            taken, rest = self._allocate(row["amount"], left, items.get(row["number"], []), currency)
            if not currency.is_zero(rest):
                raise UserError(
                    self.env._(
                        "Line %(line)s: %(amount)s of payment %(payment)s finds nothing left to settle on %(invoice)s.",
                        line=row["line"],
                        amount=currency.format(rest),
                        payment=row["payment_ref"],
                        invoice=row["number"],
                    )
                )
            pieces += taken
            left = currency.round(left - row["amount"])
        return pieces

    def _prepare_payment(self, ref, rows, pieces, accounts):
        first = rows[0]
        currency, date = self._get_currency(first), fields.Date.to_date(first["data"]["payment_date"])
        amount = currency.round(sum(row["amount"] for row in rows))
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": first["partner_id"],
            "amount": amount,
            "currency_id": currency.id,
            "date": date,
            "journal_id": self.payment_journal_id.id,
            "payment_method_line_id": self.payment_journal_id.inbound_payment_method_line_ids[:1].id,
            "outstanding_account_id": self.account_id.id,
            "destination_account_id": pieces[0][0]["account_id"] if pieces else accounts[first["partner_id"]],
            "memo": next((row["data"]["memo"] for row in rows if row["data"].get("memo")), False),
            "collection_external_ref": ref,
        }
        if currency != self.company_id.currency_id:
            # At the rate of what it pays: exchange differences were booked where the ledger comes from.
            rest = amount - sum(piece for __, piece, __ in pieces)
            balance = sum(piece * item["rate"] for item, piece, __ in pieces)
            balance += currency._convert(rest, self.company_id.currency_id, self.company_id, date)
            values["force_balance"] = self.company_id.currency_id.round(balance)
        return values

    def _link_payments(self, batch):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row AS row SET move_id = payment.move_id
                  FROM account_payment payment
                 WHERE row.import_id = %(import_id)s AND row.payment_ref IN %(refs)s AND row.record = 'payment'
                   AND row.status = 'new' AND payment.company_id = %(company)s
                   AND payment.collection_external_ref = row.payment_ref
                """,
                import_id=self.id,
                refs=tuple(batch),
                company=self.company_id.id,
            )
        )

    # === CREDIT NOTES === #

    def _apply_reversals(self):
        """Link new credit notes to what they reverse, and settle both by what the file says."""
        condition = SQL("row.record = 'credit_note' AND row.status = 'new' AND row.data->>'reverses' IS NOT NULL")
        for batch in self._iter_batches("settlements", "number", condition):
            reversed_by = {number: rows[0]["data"]["reverses"] for number, rows in batch.items()}
            items = self._get_items({*reversed_by, *reversed_by.values()})
            sources = []
            for number, target in reversed_by.items():
                credits, targets = items[number], items.get(target, [])
                self._link_reversal(credits, targets)
                currency = self.env["res.currency"].browse(credits[0]["currency_id"])
                for credit in credits:
                    pieces, __ = self._allocate(credit["room"], credit["open"], targets, currency)
                    sources.append((self.env["account.move.line"].browse(credit["id"]), pieces, currency))
            self._reconcile(sources)

    def _link_reversal(self, credits, targets):
        lines = self.env["account.move.line"]
        if targets:
            lines.browse(credits[0]["id"]).move_id.reversed_entry_id = lines.browse(targets[0]["id"]).move_id

    # === SETTLEMENTS === #

    def _apply_settlements(self):
        """Settle, on the counterpart, what the file says is no longer open and neither payment nor note explains.

        Day by day, so that there are few entries.
        """
        last, done, number = ("", 0), 0, 0
        while rows := self._fetch_settled(*last, self._get_batch_size(number)):
            items = self._get_items({row["number"] for row in rows})
            wanted, by_day = {row["id"] for row in rows}, {}
            for item in (item for found in items.values() for item in found if item["row_id"] in wanted):
                currency = self.env["res.currency"].browse(item["currency_id"])
                if currency.compare_amounts(item["room"], 0) > 0:
                    by_day.setdefault((self._get_settled_date(item), currency), []).append(item)
            if by_day:
                self._settle(by_day, rows[0]["id"])
            self.env.flush_all()
            self.env.invalidate_all()
            last, done, number = (rows[-1]["day"], rows[-1]["id"]), done + len(rows), number + 1
            self._refresh_statistics(number)
            self._report("settlements", done, 0)

    def _fetch_settled(self, day, id_, limit):
        self.env.cr.execute(
            SQL(
                """
                SELECT row.id, row.number, COALESCE(row.data->>'settled_date', '') AS day
                  FROM credit_collection_import_row row
                 WHERE row.import_id = %s AND row.record IN ('invoice', 'credit_note') AND row.status = 'new'
                   AND (row.data->>'residual' IS NOT NULL OR row.data->>'settled_date' IS NOT NULL)
                   AND (COALESCE(row.data->>'settled_date', ''), row.id) > (%s, %s)
              ORDER BY COALESCE(row.data->>'settled_date', ''), row.id LIMIT %s
                """,
                self.id,
                day,
                id_,
                limit,
            )
        )
        return self.env.cr.dictfetchall()

    def _get_settled_date(self, item):
        """The day the file names; when it names none, the day on which we learn of it."""
        return fields.Date.to_date(item["settled_date"]) or self.company_id._get_collection_today()

    def _settle(self, by_day, batch):
        """Post an entry per day and currency, a line per item, and reconcile each line with its item.

        Each item is settled at the rate it was booked at: there is no exchange difference.
        """
        moves = self.env["account.move"].create(
            [
                self._prepare_settlement(date, currency, items, f"{batch}/{place}")
                for place, ((date, currency), items) in enumerate(by_day.items(), 1)
            ]
        )
        moves._post(soft=False)
        sources = []
        for move, ((__, currency), items) in zip(moves, by_day.items(), strict=True):
            lines = self._get_receivable_lines(move).sorted("id")
            sources += [(line, [(item, item["room"], True)], currency) for line, item in zip(lines, items, strict=True)]
        self._reconcile(sources)

    def _prepare_settlement(self, date, currency, items, place):
        own, lines = self.company_id.currency_id, []
        for item in items:
            amount = -item["sign"] * item["room"]
            lines.append(
                {
                    "name": self.env._("Settled before the import: %s", item["number"]),
                    "account_id": item["account_id"],
                    "analytic_distribution": False,
                    "partner_id": item["partner_id"],
                    "currency_id": currency.id,
                    "amount_currency": amount,
                    "balance": own.round(amount * item["rate"]),
                }
            )
        lines.append(
            {
                "name": self.env._("Settled before the import"),
                "account_id": self.account_id.id,
                "analytic_distribution": False,
                "currency_id": currency.id,
                "amount_currency": -currency.round(sum(line["amount_currency"] for line in lines)),
                "balance": -own.round(sum(line["balance"] for line in lines)),
            }
        )
        return {
            "move_type": "entry",
            # A name of its own: the next number of the journal would be one that a payment brings along.
            "name": f"{self.payment_journal_id.code}/{self.id}/{place}",
            "collection_import_id": self.id,
            "journal_id": self.payment_journal_id.id,
            "company_id": self.company_id.id,
            "currency_id": currency.id,
            "date": date,
            "ref": self.env._("Settled before the import"),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _get_receivable_lines(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
