"""Writes the ledger of a reference test into the database, by SQL and with ids that are known beforehand.

Everything of a ledger has the id that it has there plus ``BASE``, so that "ties by id" is the same in both. A ledger
brings its neighbours along: entries that are none of the planner's business, in whatever it must not read.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.tools import SQL

from .reference_ledger import Action, ActionLine, Item, Ledger, Step
from .reference_loader_agreed import AgreedLoader
from .reference_loader_bank import NEIGHBOUR, BankLoader
from .reference_loader_customers import NAME, CustomerLoader, db_id

ZONES = ("UTC", "America/Los_Angeles", "Pacific/Auckland")


class LedgerLoader(CustomerLoader, BankLoader, AgreedLoader):
    """Make the company once, then ``with loader.loaded(ledger, today):`` for each ledger."""

    def __init__(self, env):
        self.env = env
        self.currencies = {code: env.ref(f"base.{code}").id for code in ("EUR", "USD", "JPY")}
        self.company, self.stranger = (self._create_company(name) for name in ("Ledgers", "Neighbours"))
        self.calendars = {days: self._create_calendar(days) for days in (5, 6, 7)}
        self._find_places()
        self.provider_id = env["payment.provider"].search([], limit=1).id
        self.method_id = env["payment.method"].with_context(active_test=False).search([], limit=1).id
        self.accounts = {
            company: {kind: self._create_account(company, *kind) for kind in self._account_kinds()}
            for company in (self.company, self.stranger)
        }
        self.journals = {
            company: env["account.journal"]
            .create({"name": "Random", "code": "RND", "type": "general", "company_id": company.id})
            .id
            for company in (self.company, self.stranger)
        }
        self._find_bank()
        self._find_agreed()
        env.flush_all()

    @contextmanager
    def loaded(self, ledger: Ledger, today: date, seed: int = 0) -> Iterator[None]:
        """Have the ledger in the database inside the block; afterwards everything is as before it."""
        with suppress(_Enough), self.env.cr.savepoint():
            self._load(ledger, today, Random(seed))
            self.env.invalidate_all()
            self.env.registry.clear_cache()  # of public holidays
            yield
            raise _Enough

    # === COMPANY === #

    def _create_company(self, name):
        return self.env["res.company"].create(
            {
                "name": name,
                "currency_id": self.currencies["EUR"],
                "collection_brake_messages": 0,
                "collection_brake_firm": 0,
            }
        )

    def _create_calendar(self, days):
        hours = {"name": "Day", "hour_from": 8, "hour_to": 16, "day_period": "morning"}
        attendances = [Command.create({**hours, "dayofweek": str(day)}) for day in range(days)]
        calendar = {"name": f"{days} days", "company_id": False, "attendance_ids": [Command.clear(), *attendances]}
        return self.env["resource.calendar"].create(calendar).id

    @staticmethod
    def _account_kinds():
        return ("asset_receivable", False), ("asset_receivable", True), ("liability_payable", False)

    def _create_account(self, company, account_type, non_trade):
        return (
            self.env["account.account"]
            .with_company(company)
            .create(
                {
                    "name": "Random",
                    "code": f"RND{account_type[:1]}{non_trade:d}",
                    "account_type": account_type,
                    "non_trade": non_trade,
                    "reconcile": True,
                    "company_ids": [Command.set(company.ids)],
                }
            )
            .id
        )

    # === LOADING === #

    def _load(self, ledger: Ledger, today: date, rng: Random) -> None:
        self.ledger, self.today, self.rng = ledger, today, rng
        self.zone = ZoneInfo(rng.choice(ZONES))
        self.steps: dict[int, Step] = {step.id: step for step in ledger.steps}
        self.moves: dict[int, Item] = {item.move_id: item for item in ledger.items}
        self._load_scenarios()
        self._load_company()
        self._load_customers()
        self._load_moves()
        self._load_bank()
        self._load_transactions()
        self._load_agreed()
        self._load_actions()
        self._load_neighbours()

    def _insert(self, table: str, rows: list[dict]) -> None:
        if not rows:
            return
        columns = list(rows[0])
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(column) for column in columns),
            SQL(", ").join(tuple(row[column] for column in columns) for row in rows),
        )
        self.env.cr.execute(query)

    def _utc(self, day: date, moment: time) -> datetime:
        """The moment on that day where the company is, as it is stored."""
        local = datetime.combine(day, moment, self.zone)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    # === SETTINGS === #

    def _load_scenarios(self):
        columns = ("jump", "grace_days", "interval_days", "max_contacts", "window_days", "grouping", "person_position")
        rows = [
            {
                "id": db_id(scenario.id),
                "name": NAME,
                "active": True,
                **{name: getattr(scenario, name) for name in columns},
            }
            for scenario in self.ledger.scenarios
        ]
        self._insert("credit_collection_scenario", rows)
        on = [
            {"scenario_id": db_id(scenario.id), "company_id": company.id}
            for scenario in self.ledger.scenarios
            for company in ((self.company, self.stranger) if scenario.on else (self.stranger,))
        ]
        self._insert("credit_collection_scenario_on_rel", on)
        self._insert("credit_collection_template", [self._template(template) for template in self.ledger.templates])
        self._insert("credit_collection_scenario_step", [self._step(step) for step in self.ledger.steps])

    @staticmethod
    def _step(step: Step) -> dict:
        columns = (
            "level",
            "channel",
            "tone",
            "mode",
            "min_amount",
            "min_percentage",
            "person_amount",
            "approval_amount",
            "role",
        )
        return {
            "id": db_id(step.id),
            "scenario_id": db_id(step.scenario_id),
            "name": NAME,
            "template_id": db_id(step.template_id),
            "offset_days": step.offset,
            "sender": "company",
            "copy_to": "none",
            **{name: getattr(step, name) for name in columns},
        }

    def _load_company(self):
        calendar = self.calendars[len(self.ledger.workdays)]
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET collection_scenario_id = %s, resource_calendar_id = %s, collection_tz = %s,"
                " collection_require_sent = %s WHERE id = %s",
                db_id(self.ledger.company_scenario_id),
                calendar,
                self.zone.key,
                self.ledger.require_sent or self._off(),
                self.company.id,
            )
        )
        rows = [self._leave(day, day, self.company, calendar) for day in self.ledger.holidays]
        around = self.today - timedelta(days=9), self.today + timedelta(days=9)
        rows.append(self._leave(*around, self.stranger, None))
        rows.append(self._leave(*around, self.company, self.calendars[5 if calendar != self.calendars[5] else 6]))
        self._insert("resource_calendar_leaves", rows)

    def _leave(self, first: date, last: date, company, calendar_id: int | None) -> dict:
        return {
            "name": "Closed",
            "date_from": self._utc(first, time.min),
            "date_to": self._utc(last, time(23, 59, 59)),
            "company_id": company.id,
            "calendar_id": calendar_id,
        }

    # === ENTRIES === #

    def _load_moves(self):
        closed_items = self.ledger.closed_items
        moves = {**self.moves, **{item.move_id: item for item in closed_items}}
        self._insert("account_move", [self._move(item) for item in moves.values()])
        self._insert("account_move_line", [self._item(item) for item in self.ledger.items])
        self._insert("account_move_line", [{**self._item(item), "reconciled": True} for item in closed_items])
        self._insert("credit_collection_reject", [row for item in moves.values() for row in self._rejects(item)])

    def _move(self, item: Item, company=None, state: str = "posted") -> dict:
        company = company or self.company
        return {
            "id": db_id(item.move_id),
            "name": item.number or f"INV/{item.move_id}",
            "payment_reference": item.payment_reference,
            "ref": item.reference or self.rng.choice((None, "", "Order 7")),
            "reversed_entry_id": db_id(item.reverses_id),
            "move_type": item.kind if item.residual > 0 else "entry",
            "state": state,
            "payment_state": "blocked" if item.blocked else "not_paid",
            "collection_scenario_id": db_id(item.scenario_id),
            "date": item.date,
            "invoice_date": item.date,
            "auto_post": "no",
            "currency_id": self.currencies[item.currency],
            "partner_id": db_id(item.partner_id),
            "commercial_partner_id": db_id(item.debtor_id),
            "journal_id": self.journals[company],
            "company_id": company.id,
            **self._marks(item),
        }

    def _marks(self, item: Item) -> dict:
        ours, others = self.method_lines
        return {
            "is_move_sent": item.sent or self._off(),
            "collection_exempt": item.exempt,
            "collection_exempt_until": item.exempt_until,
            "preferred_payment_method_line_id": ours if item.collected_by_us else self.rng.choice((None, others)),
            "collection_opening_level": item.opening_level or self.rng.choice((None, 0)),
            "collection_opening_date": item.opening_date,
        }

    def _rejects(self, item: Item) -> Iterator[dict]:
        for reject in item.rejects:
            yield {
                "company_id": self.company.id,
                "move_id": db_id(item.move_id),
                "partner_id": db_id(item.debtor_id),
                "currency_id": self.currencies[item.currency],
                "amount": abs(item.residual),
                "date": self.today - timedelta(days=5),
                "reason": reject.reason,
                "hold_until": reject.hold_until,
            }

    def _item(self, item: Item, company=None, account=None, state: str = "posted") -> dict:
        company = company or self.company
        return {
            "id": db_id(item.id),
            "move_id": db_id(item.move_id),
            "journal_id": self.journals[company],
            "company_id": company.id,
            "company_currency_id": self.currencies["EUR"],
            "account_id": self.accounts[company][account or ("asset_receivable", item.account_non_trade)],
            "parent_state": state,
            "reconciled": self.rng.choice((False, None)),
            "partner_id": db_id(item.partner_id),
            "currency_id": self.currencies[item.currency],
            "date": item.date,
            "date_maturity": item.date_due if item.date != item.date_due or self.rng.random() < 0.5 else None,
            "debit": max(item.residual_company, 0),
            "credit": max(-item.residual_company, 0),
            "balance": item.residual_company,
            "amount_currency": item.residual,
            "amount_residual": item.residual_company,
            "amount_residual_currency": item.residual,
            "no_followup": item.no_followup or self.rng.choice((False, None)),
            "display_type": "payment_term",
        }

    # === TRANSACTIONS === #

    def _load_transactions(self):
        rows, links = [], []
        for move_id, item in self.moves.items():
            for state, day in item.transactions:
                number = db_id(len(rows) + 1)
                rows.append(self._transaction(number, item, state, day))
                links.append({"transaction_id": number, "invoice_id": db_id(move_id)})
        self._insert("payment_transaction", rows)
        self._insert("account_invoice_transaction_rel", links)

    def _transaction(self, number: int, item: Item, state: str, day: date) -> dict:
        return {
            "id": number,
            "reference": f"TX-{number}",
            "provider_id": self.provider_id,
            "payment_method_id": self.method_id,
            "partner_id": db_id(item.partner_id or self.ledger.debtors[0].id),
            "currency_id": self.currencies[item.currency],
            "amount": abs(item.residual),
            "state": state,
            "last_state_change": self._utc(day, self.rng.choice((time(0, 30), time(12), time(23, 30)))),
            "company_id": self.company.id,
        }

    # === HISTORY === #

    def _load_actions(self):
        ledger = self.ledger
        for company, actions in ((self.company, ledger.actions), (self.stranger, ledger.actions_elsewhere)):
            runs = sorted({action.run_id for action in actions if action.run_id})
            rows = [{"id": db_id(run), "company_id": company.id, "date": self.today, "state": "live"} for run in runs]
            self._insert("credit_collection_run", rows)
            self._insert("credit_collection_action", [self._action(action, company) for action in actions])
        lines = [self._action_line(action, line) for action in ledger.actions for line in action.lines]
        self._insert("credit_collection_action_line", lines)

    def _action(self, action: Action, company) -> dict:
        step = self.steps.get(action.step_id)
        currency = self.moves[action.lines[0].move_id].currency if action.lines else "EUR"
        return {
            "id": db_id(action.id),
            "run_id": db_id(action.run_id),
            "company_id": company.id,
            "debtor_id": db_id(action.debtor_id),
            "purpose": action.purpose,
            "step_id": step and db_id(step.id),
            "scenario_id": step and db_id(step.scenario_id),
            "level": step and step.level,
            "channel": action.channel,
            "tone": action.tone,
            "planned_state": "planned",
            "state": action.state,
            "date": action.date,
            "date_sent": action.date_sent,
            "currency_id": self.currencies[currency],
        }

    def _action_line(self, action: Action, line: ActionLine) -> dict:
        return {
            "action_id": db_id(action.id),
            "move_line_id": db_id(line.item_id),
            "move_id": db_id(line.move_id),
            "step_id": db_id(line.step_id),
            "level": line.level,
            "tone": line.tone,
            "live": line.live,
            "date_due": line.date_due,
        }

    # === NEIGHBOURS === #

    def _load_neighbours(self):
        """Entries and payments that must not change a thing."""
        model = next(item for item in self.ledger.items if item.residual > 0)
        partner = model.partner_id or self.ledger.debtors[0].id
        debtor = model.debtor_id or self.ledger.debtors[0].id
        model = replace(model, partner_id=partner, debtor_id=debtor, account_non_trade=False, no_followup=False)
        alike = (
            {"company": self.stranger},
            {"company": self.stranger, "negative": True},
            {"state": "draft"},
            {"account": ("liability_payable", False)},
            {"account": ("liability_payable", False), "negative": True},  # takes the one before off again
            {"account": ("liability_payable", False), "negative": True, "state": "draft"},
            {"account": ("liability_payable", False), "negative": True, "company": self.stranger},
        )
        for number, how in enumerate(alike, NEIGHBOUR * 2):
            apart = how in ({"company": self.stranger}, {"state": "draft"})  # may have the same number
            name = model.number if apart else f"NB/{number}"
            self._load_neighbour(replace(model, id=number, move_id=number, number=name), **how)
        self._load_neighbour_money(debtor, model)

    def _load_neighbour(self, item: Item, company=None, account=None, state: str = "posted", negative: bool = False):
        if negative:
            item = replace(item, residual=-item.residual, residual_company=-item.residual_company)
        self._insert("account_move", [self._move(item, company, state)])
        self._insert("account_move_line", [self._item(item, company, account, state)])


class _Enough(Exception):
    """Leads out of the savepoint and takes it back."""
