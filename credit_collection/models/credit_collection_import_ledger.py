from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CreditCollectionImport(models.Model):
    """What booking needs to ask of the ledger, and the proofs that it came out as the file says."""

    _inherit = "credit.collection.import"

    # === HELPERS === #

    def _get_currency(self, row):
        return self.env["res.currency"].browse(row["currency_id"]) or self.company_id.currency_id

    def _get_balances(self, amounts, currency, date):
        """Return the amounts in company currency; they add up to what the whole comes to."""
        own = self.company_id.currency_id
        if currency == own:
            return amounts
        rest = currency._convert(sum(amounts), own, self.company_id, date)
        balances = []
        for amount in amounts[:-1]:
            balances.append(currency._convert(amount, own, self.company_id, date))
            rest -= balances[-1]
        return [*balances, own.round(rest)]

    def _get_receivable_accounts(self, batch):
        """Return ``{partner id: id of its receivable account in this company}``."""
        partners = self.env["res.partner"].browse({rows[0]["partner_id"] for rows in batch.values()})
        return {partner.id: partner.property_account_receivable_id.id for partner in partners}

    def _link_rows(self, batch):
        """Let the rows know the documents that were made of them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE credit_collection_import_row AS row SET move_id = move.id
                  FROM account_move move
                 WHERE row.import_id = %(import_id)s AND row.number IN %(numbers)s
                   AND row.record IN ('invoice', 'credit_note') AND row.status = 'new'
                   AND move.collection_import_id = %(import_id)s AND move.name = row.number
                   AND move.company_id = %(company)s
                """,
                import_id=self.id,
                numbers=tuple(batch),
                company=self.company_id.id,
            )
        )

    def _get_items(self, numbers):
        """Return ``{number: [item, …]}``: the receivable lines of these documents, earliest due date first.

        Each item has ``open`` (what it has open now, never negative), ``room`` (what of it is to be settled: all that
        is open, less what the file says stays open), ``sign`` and ``rate`` (company currency per unit).
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, move.name AS number, line.date_maturity AS due_date, line.partner_id,
                       line.account_id, line.currency_id, SIGN(line.balance) AS sign,
                       ABS(line.amount_residual_currency)::float8 AS open, ABS(line.amount_residual)::float8 AS balance,
                       (row.data->>'residual')::float8 AS residual, row.data->>'settled_date' AS settled_date,
                       row.id AS row_id
                  FROM (SELECT DISTINCT ON (name) id, name FROM account_move
                         WHERE company_id = %(company)s AND state = 'posted' AND name IN %(numbers)s
                           AND move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                      ORDER BY name, collection_import_id NULLS LAST, id) AS move
                  JOIN account_move_line line ON line.move_id = move.id
                  JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
             LEFT JOIN credit_collection_import_row row ON row.import_id = %(import_id)s AND row.move_id = move.id
                       AND row.status = 'new' AND row.record IN ('invoice', 'credit_note')
                       AND row.due_date = line.date_maturity
              ORDER BY move.name, line.date_maturity, line.id
                """,
                company=self.company_id.id,
                numbers=tuple(numbers) or (None,),
                import_id=self.id,
            )
        )
        items = {}
        for item in self.env.cr.dictfetchall():
            item["room"] = item["open"] - self._get_target(item)
            item["rate"] = item["balance"] / item["open"] if item["open"] else 1
            items.setdefault(item["number"], []).append(item)
        return items

    def _get_target(self, item):
        """What is to stay open of an item: what the file says; nothing when it only says when it was settled."""
        if item["residual"] is not None:
            return item["residual"]
        return 0

    def _allocate(self, amount, left, items, currency):
        """Take ``amount`` out of ``items``, earliest due first, each by no more than its room.

        :param left: what the payment or credit note has left before
        :return: ``([(item, piece, exact)], what found no room)``; a piece is *exact* when it is all that either side
            has, which is what reconciling the two lines books by itself
        """
        pieces = []
        for item in items:
            piece = currency.round(min(amount, item["room"]))
            if currency.compare_amounts(piece, 0) <= 0:
                continue
            exact = currency.compare_amounts(piece, min(left, item["open"])) == 0
            pieces.append((item, piece, exact))
            for name in ("room", "open"):
                item[name] = currency.round(item[name] - piece)
            amount, left = currency.round(amount - piece), currency.round(left - piece)
        return pieces, amount

    def _reconcile(self, sources):
        """Reconcile ``[(source line, [(item, piece, exact)], currency)]`` for exactly the pieces.

        Reconciling two lines always takes all that one of them has. A piece that is less is written as the partial
        that core would write, and leaves both sides open.
        """
        ids = [source.id for source, __, __ in sources]
        ids += [item["id"] for __, pieces, __ in sources for item, __, __ in pieces]
        lines = self.env["account.move.line"].browse(ids)
        # Read together here; a pair would be read by itself.
        lines.mapped("date_maturity")
        by_id = dict(zip(ids, lines, strict=True))
        plan, partials = [], []
        for source, pieces, currency in sources:
            for item, piece, exact in pieces:
                source, line = by_id[source.id], by_id[item["id"]]
                if exact:
                    plan.append(source | line)
                else:
                    partials.append(self._prepare_partial(source, line, item, piece, currency))
        written = self.env["account.partial.reconcile"].create(partials)
        if self.company_id.sudo().tax_exigibility:
            # A document of the books may owe its tax only now, as core sees to where it reconciles by itself.
            written._create_tax_cash_basis_moves()
            written._set_draft_caba_move_vals()
        lines._reconcile_plan(plan)

    def _prepare_partial(self, source, line, item, piece, currency):
        debit, credit = (line, source) if item["sign"] > 0 else (source, line)
        return {
            "debit_move_id": debit.id,
            "credit_move_id": credit.id,
            "amount": self.company_id.currency_id.round(piece * item["rate"]),
            "debit_amount_currency": piece,
            "credit_amount_currency": piece,
        }

    # === PROOFS === #

    def _check_documents(self, moves):
        """Refuse unless number, dates and instalments in the books are those of the file."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT COALESCE(file.number, books.number)
                  FROM (SELECT number, due_date, data->>'invoice_date' AS date, SUM(amount) AS amount
                          FROM credit_collection_import_row
                         WHERE import_id = %(import_id)s AND move_id IN %(moves)s
                      GROUP BY number, due_date, data->>'invoice_date') AS file
             FULL JOIN (SELECT move.name AS number, line.date_maturity AS due_date, move.invoice_date::text AS date,
                               ABS(SUM(line.amount_currency)) AS amount
                          FROM account_move move
                          JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'payment_term'
                         WHERE move.id IN %(moves)s AND move.state = 'posted' AND move.date = move.invoice_date
                      GROUP BY move.id, line.date_maturity) AS books USING (number, due_date, date)
                 WHERE file.amount IS DISTINCT FROM books.amount
              ORDER BY 1 LIMIT 5
                """,
                import_id=self.id,
                moves=tuple(moves.ids),
            )
        )
        self._refuse_unlike(self.env.cr.fetchall())

    def _check_residuals(self):
        """Refuse unless what is open of each new document is what the file says."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT row.number
                  FROM credit_collection_import_row row
                  JOIN (SELECT line.move_id, line.date_maturity, ABS(SUM(line.amount_residual_currency)) AS residual
                          FROM account_move_line line
                          JOIN account_move move ON move.id = line.move_id AND move.collection_import_id = %(import_id)s
                          JOIN account_account account ON account.id = line.account_id
                               AND account.account_type = 'asset_receivable'
                      GROUP BY line.move_id, line.date_maturity) AS item
                    ON item.move_id = row.move_id AND item.date_maturity = row.due_date
                 WHERE row.import_id = %(import_id)s AND row.status = 'new'
                   AND row.record IN ('invoice', 'credit_note')
                   AND item.residual <> COALESCE(
                       (row.data->>'residual')::numeric,
                       CASE WHEN row.data->>'settled_date' IS NULL THEN item.residual ELSE 0 END)
              ORDER BY 1 LIMIT 5
                """,
                import_id=self.id,
            )
        )
        self._refuse_unlike(self.env.cr.fetchall())

    def _refuse_unlike(self, found):
        if found:
            raise UserError(
                self.env._(
                    "Odoo would book %s otherwise than the file says, in dates, amounts or what is open. Nothing was"
                    " imported.",
                    ", ".join(number for (number,) in found),
                )
            )
