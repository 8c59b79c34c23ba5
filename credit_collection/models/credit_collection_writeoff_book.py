from odoo import Command, api, models
from odoo.exceptions import UserError


class CreditCollectionWriteoff(models.Model):
    """How a small sum is booked and taken back: a posted entry, reconciled with the items, by core's own means.

    The entry takes off what is open, taxes included; relief for the tax on bad debts is not claimed.
    """

    _inherit = "credit.collection.writeoff"

    def _book(self):
        """Post the entry and reconcile it with the items. The check has been made who may: booking needs no rights."""
        self.ensure_one()
        writeoff = self.sudo().with_company(self.company_id)
        writeoff.lock_for_update()
        writeoff._check_state(("proposed",), "done")
        writeoff._check_items(writeoff.line_ids.move_line_id)
        writeoff._check_frozen()
        journal, account = writeoff._find_books()
        move = self.env["account.move"].sudo().with_company(self.company_id).create(
            writeoff._prepare_entry(journal, account)
        )  # fmt: skip
        move.action_post()
        credits = move.line_ids.filtered(lambda line: line.account_id != account).sorted("id")
        for line, credit in zip(writeoff.line_ids, credits, strict=True):
            (line.move_line_id | credit).reconcile()
        self._check_closed()
        self._set_done(move)
        self._tell(self.env._("Written off: %(reason)s, %(entry)s", reason=self._get_reason(), entry=move.name))
        self.debtor_id._ask_again_now()

    def _take_back(self):
        """Reverse the entry; one that an accountant took back already is only noted."""
        self.ensure_one()
        self.sudo().lock_for_update()
        self._check_state(("done",), "cancelled")
        note = self.env._("Taken back by %s", self.env.user.name)
        if not self.entry_undone:
            today = self.company_id._get_collection_today()
            values = {"date": today, "ref": self.env._("Taken back: %s", self.move_id.sudo().ref)}
            self.move_id.sudo().with_company(self.company_id)._reverse_moves([values], cancel=True)
        self._set_cancelled(note)
        self._tell(note)

    def _get_reason(self):
        return dict(self._fields["reason"]._description_selection(self.env))[self.reason]

    def _tell(self, text):
        """Log it on the debtor and on each invoice, in the name of who decided."""
        self.ensure_one()
        for line in self.line_ids:
            amount = line.currency_id.format(line.amount)
            line.move_id.sudo().message_post(
                body=self.env._("Small sum of %(amount)s. %(text)s", amount=amount, text=text)
            )
        amount = self.currency_id.format(self.amount)
        body = self.env._(
            "Small sum of %(amount)s (%(invoices)s). %(text)s", amount=amount, invoices=self.references, text=text
        )
        self.debtor_id.message_post(body=body)

    # === CHECKS === #

    @api.model
    def _get_free_standings(self):
        """Return the standings under which nothing about an item holds it."""
        planner = self.env["credit.collection.planner"]
        return (*planner._get_open_standings(), "in_progress", "no_scenario", "scenario_off")

    @api.model
    def _check_items(self, items):
        """Nothing that is closed, disputed, covered, held or under a formal notice is written off as a small sum."""
        free, labels = self._get_free_standings(), self.env["credit.collection.report.open.item"]._get_standing_labels()
        for company, members in items.grouped("company_id").items():
            debtors = self.env["credit.collection.debtor"].sudo()
            partners = members.partner_id.commercial_partner_id
            debtors = debtors.search([("partner_id", "in", partners.ids), ("company_id", "=", company.id)])
            rows = self.env["credit.collection.planner"]._get_standings(company, debtors=debtors)
            standings = {row["id"]: row for row in rows}
            for item in members:
                row = standings.get(item.id)
                if not row or row["standing"] not in free or row["disputed"] or row["covered"]:
                    reason = row and row["standing"]
                    if row and reason in free:
                        reason = "disputed" if row["disputed"] else "covered"
                    self._refuse_item(item, labels.get(reason or "closed", reason))
        self._check_no_notice(items)

    @api.model
    def _refuse_item(self, item, reason):
        raise UserError(
            self.env._(
                "%(invoice)s is no small sum to write off: %(reason)s.", invoice=item.move_id.name, reason=reason
            )
        )

    @api.model
    def _check_no_notice(self, items):
        domain = [("move_line_id", "in", items.ids), ("live", "=", True), ("tone", "=", "formal")]
        line = self.env["credit.collection.action.line"].sudo().search(domain, limit=1)
        if line:
            self._refuse_item(line.move_line_id, self.env._("a formal notice is under way or was sent"))

    def _check_frozen(self):
        """What is booked is what was proposed, to the cent, in both currencies."""
        for line in self.line_ids:
            item = line.move_line_id
            if (
                not item
                or line.currency_id.compare_amounts(item.amount_residual_currency, line.amount)
                or line.company_currency_id.compare_amounts(item.amount_residual, line.amount_company)
            ):
                raise UserError(
                    self.env._(
                        "%s has changed since it was proposed: refuse this small sum, and propose anew what is left.",
                        line.reference,
                    )
                )

    def _check_closed(self):
        """Nothing may be left in either currency."""
        for item in self.sudo().line_ids.move_line_id:
            if not item.reconciled or item.amount_residual or item.amount_residual_currency:
                raise UserError(self.env._("%s could not be closed: an accountant has to look.", item.move_id.name))

    # === ENTRY === #

    def _find_books(self):
        """Return journal and account, or say what is missing in the settings."""
        company = self.company_id.sudo()
        journal, account = (
            company.collection_writeoff_journal_id,
            company._get_collection_writeoff_account(self.reason),
        )
        if not journal:
            raise UserError(
                self.env._("%s has no journal for small sums: choose one in the settings of collection.", company.name)
            )
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no account for “%(reason)s”: choose one in the settings of collection.",
                    company=company.name,
                    reason=self._get_reason(),
                )
            )
        return journal, account

    def _prepare_entry(self, journal, account):
        """Return an entry that takes off each item exactly what is open of it, the credit lines first."""
        reason = self._get_reason()
        credits, debits = [], []
        for line in self.line_ids:
            item = line.move_line_id
            shared = {
                "name": self.env._("%(reason)s: %(invoice)s", reason=reason, invoice=line.reference),
                "partner_id": item.partner_id.id,
                "currency_id": line.currency_id.id,
            }
            credits.append(
                {
                    **shared,
                    "account_id": item.account_id.id,
                    "amount_currency": -line.amount,
                    "balance": -line.amount_company,
                }
            )
            debits.append(
                {
                    **shared,
                    "account_id": account.id,
                    "amount_currency": line.amount,
                    "balance": line.amount_company,
                }
            )
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "date": self.company_id._get_collection_today(),
            "ref": self.env._("Small sum: %s", self.references),
            "line_ids": [Command.create(values) for values in credits + debits],
        }
