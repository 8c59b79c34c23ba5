"""Measure the import of a ledger: reading and checking, booking, memory; and whether they grow as they should.

Run by `bench/run ledger_import`. A synthetic ledger: five of seven rows are invoices, two in five of these are paid
by the other two rows, one in five is settled without a payment, the rest is open.
`BENCH_ROWS=2500,100000` chooses the sizes.
"""

import csv
import datetime
import io
import os
import resource
import time

HEADERS = (
    "record", "customer_ref", "customer_name", "email", "country", "number", "invoice_date", "due_date", "amount",
    "residual", "settled_date", "payment_ref", "payment_date",
)  # fmt: skip
START = datetime.date(2024, 1, 1)


def write_ledger(rows):
    """Return a CSV of about ``rows`` rows as a stream of bytes."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, HEADERS)
    writer.writeheader()
    for number in range(rows * 5 // 7):
        for row in invoice_rows(number, rows // 20):
            writer.writerow(row)
    return io.BytesIO(target.getvalue().encode())


def invoice_rows(number, customers):
    customer, day = number * 7919 % customers, START + datetime.timedelta(days=number % 600)
    due = day + datetime.timedelta(days=30)
    invoice = {
        "record": "invoice",
        "customer_ref": f"C{customer:05}",
        "customer_name": f"Customer {customer}",
        "email": f"c{customer}@example.com",
        "country": "FR",
        "number": f"B-{number:07}",
        "invoice_date": day,
        "due_date": due,
        "amount": f"{100 + number % 2000}.{number % 100:02}",
    }
    if number % 5 == 4:
        return [{**invoice, "residual": "0.00", "settled_date": due + datetime.timedelta(days=number % 20)}]
    if number % 5 > 1:
        return [invoice]
    names = ("customer_ref", "customer_name", "number", "amount")
    payment = {"payment_ref": f"P-{number:07}", "payment_date": due + datetime.timedelta(days=number % 9 - 2)}
    return [invoice, {"record": "payment", **{name: invoice[name] for name in names}, **payment}]


def main(env):
    sizes = [int(size) for size in os.environ.get("BENCH_ROWS", "2500,10000").split(",")]
    results = [measure(env, size) for size in sizes]
    print(f"\n{'rows':>9} {'check, s':>9} {'booking, s':>11} {'rows a second':>14} {'memory, MiB':>12}")
    for row in results:
        print("{rows:>9,} {check:>9.1f} {booking:>11.1f} {rate:>14.0f} {memory:>12.1f}".format(**row))


def measure(env, rows):
    stream, memory = write_ledger(rows), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ledger = env["credit.collection.import"].create({"company_id": env.company.id, "filename": "bench.csv"})
    started = time.monotonic()
    ledger._guess(stream)
    count = ledger._load(stream, "bench.csv")
    ledger._check()
    checked = time.monotonic()
    ledger._apply()
    booking = time.monotonic() - checked
    env.cr.rollback()
    env.invalidate_all()
    return {
        "rows": count,
        "check": checked - started,
        "booking": booking,
        "rate": count / booking,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024,
    }
