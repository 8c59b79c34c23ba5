"""What a customer sees on the front page: words, sums, items, and nothing of what we think."""

from odoo import Command, fields

from .page_common import PageCommon


class SeenCommon(PageCommon):
    """Days count from today: the page always shows the ledger of the moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._get_collection_today()
        cls.dollar = cls.company.currency_id
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.move.button_draft()
        cls.move.with_context(force_delete=True).unlink()
        cls.move = cls._bill(-20, ref="PO-77")

    @classmethod
    def _day(cls, offset):
        return fields.Date.add(cls.today, days=offset)

    @classmethod
    def _bill(cls, offset, amount=1000.0, **values):
        """Post an invoice that is due ``offset`` days from today."""
        return cls._new_invoice(fields.Date.to_string(cls._day(offset)), amount, **values)

    def _settle(self, move, amount=None, offset=-10):
        return self._pay(move, amount, fields.Date.to_string(self._day(offset)))

    def _credit(self, move, amount, reason="Box 3 came broken", reconcile=True):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"reason": reason, "date": self._day(-5), "journal_id": move.journal_id.id}
        note = self.env["account.move"].browse(wizard.create(values).reverse_moves()["res_id"])
        note.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []}),
        ]
        note.action_post()
        if reconcile:
            (self._item(note) + self._item(move)).reconcile()
        return note

    def _promise(self, move, offset=5, amount=None, **values):
        promises = self.env["credit.collection.promise"].with_user(self.collector)
        return promises._make(
            self.debtor.with_user(self.collector), self._item(move), amount, self._day(offset), **values
        )

    def _dispute(self, move, amount):
        reason = self.env.ref("credit_collection.credit_collection_dispute_reason_price")
        disputes = self.env["credit.collection.dispute"]
        return disputes._open_for(self.debtor, {self._item(move): amount}, reason, "The price was 9")

    def _plan_for(self, moves, accept=True):
        plans = self.env["credit.collection.plan"].with_user(self.manager)
        items = self.env["account.move.line"].union(*(self._item(move) for move in moves))
        plan = plans._propose(
            self.debtor.with_user(self.manager), items, count=3, first=self._day(4), contact=self.contact
        )
        if accept:
            plan._accept()
        return plan

    def _message(self, move, **values):
        """A reminder about an invoice as it is kept once it has left."""
        step = self.scenario.step_ids[1]
        return self.env["credit.collection.action"].sudo().create(
            {
                "company_id": self.company.id, "debtor_id": self.debtor.id, "contact_id": self.contact.id,
                "step_id": step.id, "scenario_id": self.scenario.id, "channel": "email", "tone": "friendly",
                "planned_state": "planned", "state": "sent", "date": self._day(-3), "date_sent": self._day(-3),
                "currency_id": self.dollar.id, "subject": "1,000.00 is due", "body": "<p>Dear Claire</p>",
                "line_ids": [Command.create(line) for line in self.env["credit.collection.action"]._prepare_lines_of(
                    self._item(move))],
                **values,
            }
        )  # fmt: skip

    def _see(self, path="", debtor=None):
        """Enter and return the words of a page."""
        debtor = debtor or self.debtor
        self._enter(debtor, self.contact if debtor == self.debtor else self.stranger)
        response = self._get(path, debtor)
        self.assertEqual(response.status_code, 200)
        return self._words(response)
