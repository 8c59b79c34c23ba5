"""The part of the ledger loader that writes what customers said and what was agreed with them."""

from collections.abc import Iterable
from datetime import timedelta

from odoo.tools import SQL

from .reference_days import day_after_grace
from .reference_ledger import DisputeLine, NamedItem, Plan, Promise, Remark
from .reference_loader_bank import NEIGHBOUR
from .reference_loader_customers import db_id

LIVE_PROMISES, LIVE_PLANS = ("open", "to_approve"), ("accepted", "running")


class AgreedLoader:
    """Expects of the loader: `env`, `rng`, `ledger`, `today`, `company`, `stranger`, `currencies`, `_insert`."""

    def _find_agreed(self):
        self.reason_id = self.env["credit.collection.dispute.reason"].create({"name": "Random"}).id
        self.user_id = self.env.uid

    def _load_agreed(self):
        ledger = self.ledger
        self._load_disputes()
        for kind, table, documents in (
            (self._remark, "remark", ledger.remarks),
            (self._promise, "promise", ledger.promises),
            (self._plan, "plan", ledger.plans),
        ):
            numbered = dict(enumerate(documents, 1))
            self._insert(f"credit_collection_{table}", [kind(*entry) for entry in numbered.items()])
            lines = [
                {f"{table}_id": db_id(number), **self._named(document, line)}
                for number, document in numbered.items()
                for line in document.lines
            ]
            self._insert(f"credit_collection_{table}_line", lines)
        self._load_remarks_elsewhere()
        self._load_share()

    def _load_share(self):
        share = self.ledger.disputed_share or self.rng.choice((None, 0))
        for company, value in ((self.company, share), (self.stranger, 1)):
            self.env.cr.execute(
                SQL("UPDATE res_company SET collection_disputed_share = %s WHERE id = %s", value, company.id)
            )

    def _named(self, document: Remark | Promise | Plan, line: NamedItem) -> dict:
        """The line; of promises and plans with what was open, and with whether the document holds."""
        values = {
            "company_id": self.company.id,
            "move_line_id": db_id(line.item_id),
            "move_id": db_id(line.move_id),
            "date_due": self.today,
        }
        if isinstance(document, Remark):
            return values
        live = document.state in (LIVE_PROMISES if isinstance(document, Promise) else LIVE_PLANS)
        return {**values, "amount": line.amount or 1, "live": live or self._off()}

    def _currency_of_lines(self, lines: Iterable[NamedItem]) -> int:
        moves = {**self.moves, **{item.move_id: item for item in self.ledger.closed_items}}
        return self.currencies[next((moves[line.move_id].currency for line in lines), "EUR")]

    # === DISPUTES === #

    def _load_disputes(self):
        disputes = dict(enumerate(self.ledger.disputes, 1))
        self._insert("credit_collection_dispute", [self._dispute(*entry) for entry in disputes.items()])
        self._insert("credit_collection_dispute_line", [self._dispute_line(*entry) for entry in disputes.items()])

    def _dispute(self, number: int, line: DisputeLine) -> dict:
        held = line.state in ("resolved", "rejected")
        return {
            "id": db_id(number),
            "company_id": self.company.id,
            "debtor_id": db_id(self.moves[line.move_id].debtor_id or self.ledger.debtors[0].id),
            "reason_id": self.reason_id,
            "origin": "collector",
            "approval_state": "none",
            "state": line.state,
            "date_opened": self.today - timedelta(days=30),
            "date_closed": line.ended_on,
            "date_release": day_after_grace(self.ledger, line.ended_on, line.grace_days) if held else None,
        }

    def _dispute_line(self, number: int, line: DisputeLine) -> dict:
        return {
            "id": db_id(number),
            "dispute_id": db_id(number),
            "company_id": self.company.id,
            "move_line_id": db_id(line.item_id),
            "move_id": db_id(line.move_id),
            "amount": line.amount,
        }

    # === REMARKS, PROMISES, PLANS === #

    def _remark(self, number: int, remark: Remark) -> dict:
        return {
            "id": db_id(number),
            "company_id": self.company.id,
            "debtor_id": db_id(remark.debtor_id),
            "kind": self.rng.choice(("reply", "page", "possible", "note")),
            "text": "Random",
            "date": self.today - timedelta(days=3),
            "date_until": remark.until,
            "state": remark.state,
            "topic": remark.topic,
        }

    def _load_remarks_elsewhere(self):
        """What the same customers said to the other company is nothing to us."""
        remarks = [Remark(debtor.id, "open", self.today) for debtor in self.ledger.debtors_elsewhere]
        rows = [self._remark(NEIGHBOUR + number, remark) for number, remark in enumerate(remarks)]
        self._insert("credit_collection_remark", [{**row, "company_id": self.stranger.id} for row in rows])

    def _promise(self, number: int, promise: Promise) -> dict:
        return {
            "id": db_id(number),
            "company_id": self.company.id,
            "debtor_id": db_id(promise.debtor_id),
            "currency_id": self._currency_of_lines(promise.lines),
            "amount": 1,
            "date": promise.date,
            "date_made": self.today - timedelta(days=9),
            "date_release": day_after_grace(self.ledger, promise.date, promise.tolerance_days),
            "how": "phone",
            "approval_state": "asked" if promise.state == "to_approve" else "none",
            "user_id": self.user_id,
            "state": promise.state,
        }

    def _plan(self, number: int, plan: Plan) -> dict:
        return {
            "id": db_id(number),
            "company_id": self.company.id,
            "debtor_id": db_id(plan.debtor_id),
            "currency_id": self._currency_of_lines(plan.lines),
            "user_id": self.user_id,
            "state": plan.state,
            "approval_state": "none",
            "date_proposed": self.today - timedelta(days=9),
            "date_accepted": self.today - timedelta(days=9),
        }
