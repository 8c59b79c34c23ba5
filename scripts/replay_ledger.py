"""What `scripts/replay` does inside Odoo: import what was known on a day, run the cycle, tell what happened."""

import csv
import datetime
import json
import os
import time
from collections import Counter
from pathlib import Path

MODULE = "credit_collection_replay"
BATCH = 200


def main(env):
    order = json.loads(os.environ["CREDIT_COLLECTION_REPLAY"])
    first = datetime.date.fromisoformat(order["date"])
    replay = Replay(env, read_ledger(order["ledger"]), Path(order["mails"]), order["do_tasks"])
    replay.set_up()
    for shift in range(order["days"] + 1):
        day = first + datetime.timedelta(days=shift)
        replay.live_through(day, verbose=shift == 0)
    if order["days"]:
        replay.tell_period(first, order["days"])
    replay.check()


def read_ledger(path):
    """Return the rows of the file with real dates and amounts."""

    def day(text):
        return datetime.datetime.strptime(text, "%m/%d/%Y").date()

    with open(path, newline="") as file:
        return [
            {
                "customer": row["customerID"],
                "number": row["invoiceNumber"],
                "date": day(row["InvoiceDate"]),
                "due": day(row["DueDate"]),
                "settled": day(row["SettledDate"]) if row["SettledDate"] else None,
                "amount": float(row["InvoiceAmount"]),
                "disputed": row["Disputed"] == "Yes",
            }
            for row in csv.DictReader(file)
        ]


class Replay:
    def __init__(self, env, rows, mails, do_tasks):
        self.env = env(context={**env.context, "tracking_disable": True, "mail_activity_quick_update": True})
        self.bank = None
        self.rows = rows
        self.mails = mails
        self.do_tasks = do_tasks
        self.company = env.company
        self.by_number = {row["number"]: row for row in rows}
        self.known = dict(self._read_references())

    # === SET-UP === #

    def set_up(self):
        """A company with books, people, and the standard ladder switched on."""
        company = self.company
        if not company.chart_template:
            self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.write({"name": "Replay Inc.", "email": "receivables@replay.example"})
        self.bank = bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        outstanding = self.env["account.account"].search([("name", "=", "Outstanding Receipts")], limit=1)
        for method in bank.inbound_payment_method_line_ids.filtered(lambda line: not line.payment_account_id):
            method.payment_account_id = outstanding or bank.default_account_id
        admin = self.env.ref("base.user_admin")
        admin.partner_id.email = "collector@replay.example"
        company.write({"collection_user_id": admin.id, "collection_manager_id": admin.id})
        company.write({"collection_require_sent": False, "collection_bank_fresh": False})
        scenario = self.env.ref("credit_collection.credit_collection_scenario_business")
        if company not in scenario.on_company_ids:
            scenario._turn_on()
        company.collection_scenario_id = scenario
        self.env.cr.commit()

    # === IMPORT === #

    def _read_references(self):
        data = self.env["ir.model.data"].search_fetch([("module", "=", MODULE)], ["name", "res_id"])
        return ((item.name, item.res_id) for item in data)

    def _remember(self, model, ids):
        """Keep the external reference of new records: what has one is never imported again."""
        self.env["ir.model.data"].create(
            [{"module": MODULE, "name": name, "model": model, "res_id": id_, "noupdate": True} for name, id_ in ids]
        )
        self.known.update(ids)

    def import_until(self, day):
        """Import what was known on ``day``; return how much of it was new."""
        new = {
            "customers": self._import_customers(day),
            "invoices": self._import_invoices(day),
            "payments": self._import_payments(day),
            "disputes": self._import_disputes(day),
        }
        self.env.cr.commit()
        return new

    def _import_customers(self, day):
        names = dict.fromkeys(row["customer"] for row in self.rows if row["date"] <= day)
        new = [name for name in names if f"customer_{name}" not in self.known]
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {name}",
                    "is_company": True,
                    "email": f"payables@{name.lower()}.example",
                    "phone": "+1 202-555-0143",
                    "street": "1 Main Street",
                    "city": "Springfield",
                    "country_id": self.env.ref("base.us").id,
                    "collection_kind": "business",
                }
                for name in new
            ]
        )
        self._remember(
            "res.partner", [(f"customer_{name}", partner.id) for name, partner in zip(new, partners, strict=True)]
        )
        return len(new)

    def _import_invoices(self, day):
        new = [row for row in self.rows if row["date"] <= day and f"invoice_{row['number']}" not in self.known]
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            moves = self.env["account.move"].create([self._prepare_invoice(row) for row in batch])
            moves._post(soft=False)
            self._remember(
                "account.move", [(f"invoice_{row['number']}", move.id) for row, move in zip(batch, moves, strict=True)]
            )
            self.env.cr.commit()
        return len(new)

    def _prepare_invoice(self, row):
        return {
            "move_type": "out_invoice",
            "name": f"INV{row['number']}",
            "partner_id": self.known[f"customer_{row['customer']}"],
            "invoice_date": row["date"],
            "date": row["date"],
            "invoice_date_due": row["due"],
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (0, 0, {"name": "Goods and services", "price_unit": row["amount"], "tax_ids": [(5,)]})
            ],
        }

    def _import_payments(self, day):
        new = [
            row
            for row in self.rows
            if row["settled"]
            and row["settled"] <= day
            and f"invoice_{row['number']}" in self.known
            and f"payment_{row['number']}" not in self.known
        ]
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            payments = self.env["account.payment"].create([self._prepare_payment(row) for row in batch])
            payments.action_post()
            lines = (payments.move_id | self._moves(batch)).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            )
            by_move = lines.grouped("move_id")
            self.env["account.move.line"]._reconcile_plan(
                [
                    by_move[payment.move_id] | by_move[move]
                    for payment, move in zip(payments, self._moves(batch), strict=True)
                ]
            )
            names = [f"payment_{row['number']}" for row in batch]
            self._remember("account.payment", list(zip(names, payments.ids, strict=True)))
            self.env.cr.commit()
        return len(new)

    def _moves(self, rows):
        return self.env["account.move"].browse(self.known[f"invoice_{row['number']}"] for row in rows)

    def _prepare_payment(self, row):
        return {
            "partner_id": self.known[f"customer_{row['customer']}"],
            "partner_type": "customer",
            "payment_type": "inbound",
            "amount": row["amount"],
            "date": row["settled"],
            "journal_id": self.bank.id,
        }

    def _import_disputes(self, day):
        """The file does not say when a dispute began: it is opened on the day after the due date, while unpaid."""
        new = [
            row
            for row in self.rows
            if row["disputed"]
            and row["due"] < day
            and (not row["settled"] or row["settled"] > day)
            and f"invoice_{row['number']}" in self.known
            and f"dispute_{row['number']}" not in self.known
        ]
        reason = self.env["credit.collection.dispute.reason"].search([], limit=1)
        for row in new:
            move = self.env["account.move"].browse(self.known[f"invoice_{row['number']}"])
            item = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            dispute = self.env["credit.collection.dispute"].create(
                {
                    "debtor_id": self.env["credit.collection.debtor"]._get_or_create(move.partner_id, self.company).id,
                    "reason_id": reason.id,
                    "line_ids": [(0, 0, {"move_line_id": item.id, "amount": row["amount"]})],
                }
            )
            self._remember("credit.collection.dispute", [(f"dispute_{row['number']}", dispute.id)])
        return len(new)

    # === ONE DAY === #

    def live_through(self, day, verbose=False):
        started = time.monotonic()
        new = self.import_until(day)
        imported = time.monotonic() - started
        before = self._count_mails()
        run = self.env["credit.collection.run"]._plan(self.company, day)
        held_back = run.brake_reason
        if run.state == "proposal":
            run.with_context(collection_date=day)._confirm()
        self.env.cr.commit()
        self._send(day)
        self._do_tasks(day)
        self.env["ir.config_parameter"].set_param("credit_collection_replay.date", day.isoformat())
        self.env.cr.commit()
        mails = self._count_mails() - before
        if verbose:
            self._tell_day(day, run, new, imported, held_back, mails)
        else:
            states = Counter(run.action_ids.mapped("state"))
            print(
                f"{day}  new invoices {new['invoices']:3}  payments {new['payments']:3}  mails {mails:3}  "
                f"tasks {run.task_count:2}  {dict(states) or ''}{'  held back, confirmed' if held_back else ''}"
            )

    def _send(self, day):
        actions = self.env["credit.collection.action"].with_context(collection_date=day)
        noon = datetime.datetime.combine(day, datetime.time(10), datetime.timezone.utc)
        waiting = [("state", "in", ("planned", "retry"))]
        while action := actions._claim_next(waiting, noon):
            action.with_context(collection_date=day)._carry_out(day)
            self.env.cr.commit()

    def _do_tasks(self, day):
        if not self.do_tasks:
            return
        for action in self.env["credit.collection.action"].search([("state", "in", ("todo", "issued"))]):
            action._set_sent(day, reason="Done by hand in the replay")

    def _count_mails(self):
        """Mails to customers; those to our own people (a task assigned) are none of them."""
        return sum(1 for __ in self.mails.glob("*-payables@*.eml"))

    # === TELLING === #

    def _tell_day(self, day, run, new, imported, held_back, mails):
        print(f"\n{day}: imported {', '.join(f'{count} {what}' for what, count in new.items())} in {imported:.1f} s")
        if held_back:
            print(f"The run was held back ({held_back}) and confirmed by a person.")
        print("\nActions by step")
        steps = Counter(
            (action.level, action.step_id.display_name, action.channel, action.state) for action in run.action_ids
        )
        for (__, step, channel, state), count in sorted(steps.items()):
            amount = sum(
                run.action_ids.filtered(
                    lambda action, key=(step, state): (action.step_id.display_name, action.state) == key
                ).mapped("amount")
            )
            print(f"  {step:44} {channel:7} {state:10} {count:5} {amount:14,.2f}")
        print("\nWhere the open items stood")
        labels = self.env["credit.collection.report.open.item"]._get_standing_labels()
        for row in run.standing_ids.sorted("amount", reverse=True):
            print(f"  {labels[row.standing]:60} {row.item_count:6} {row.amount:14,.2f}")
        items, total = sum(run.standing_ids.mapped("item_count")), sum(run.standing_ids.mapped("amount"))
        count, ledger = self._read_ledger_total()
        print(f"  {'Total':60} {items:6} {total:14,.2f}")
        equal = (items, round(total, 2)) == (count, float(ledger))
        print(f"  {'Ledger':60} {count:6} {ledger:14,.2f}   {'equal' if equal else 'DIFFERENT'}")
        sent = len(run.action_ids.filtered(lambda action: action.state == "sent" and action.channel == "email"))
        print(f"\nMails received {mails}, e-mail actions sent {sent}: {'equal' if mails == sent else 'DIFFERENT'}\n")

    def _read_ledger_total(self):
        self.env.cr.execute(
            """SELECT COUNT(*), ROUND(COALESCE(SUM(line.amount_residual), 0), 2)
                 FROM account_move_line line JOIN account_account account ON account.id = line.account_id
                WHERE account.account_type = 'asset_receivable' AND NOT line.reconciled
                  AND line.parent_state = 'posted' AND line.company_id = %s""",
            [self.company.id],
        )
        return self.env.cr.fetchone()

    def tell_period(self, first, days):
        print(f"\n{days + 1} days from {first}")
        actions = self.env["credit.collection.action"].search([("date_sent", ">=", first)])
        for (__, step), count in sorted(Counter((a.level, a.step_id.display_name) for a in actions).items()):
            print(f"  {step:44} {count:5}")

    def check(self):
        """What must hold: no step of any item twice, nothing to who had paid, mails equal actions, no item lost."""
        self.env.cr.execute(
            """SELECT COUNT(*) FROM (
                   SELECT FROM credit_collection_action_line line
                     JOIN credit_collection_action action ON action.id = line.action_id
                    WHERE action.state = 'sent' AND line.live
                 GROUP BY line.move_id, line.step_id HAVING COUNT(*) > 1) AS twice"""
        )
        twice = self.env.cr.fetchone()[0]
        self.env.cr.execute(
            """SELECT move.name, action.date_sent FROM credit_collection_action_line line
                 JOIN credit_collection_action action ON action.id = line.action_id
                 JOIN account_move move ON move.id = line.move_id
                WHERE action.state = 'sent' AND line.dropped IS NULL"""
        )
        paid = [
            number
            for number, sent in self.env.cr.fetchall()
            if (settled := self.by_number[number.removeprefix("INV")]["settled"]) and settled <= sent
        ]
        sent = self.env["credit.collection.action"].search_count([("state", "=", "sent"), ("channel", "=", "email")])
        mails = self._count_mails()
        print(
            f"Steps sent twice: {twice}. Invoices asked for although paid by then: {len(paid)}. "
            f"Mails in the sink {mails}, e-mail actions sent {sent}."
        )
        if twice or paid or mails != sent:
            raise SystemExit("The replay does not hold.")
