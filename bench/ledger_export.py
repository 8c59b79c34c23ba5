"""Measure the export of a large ledger, CSV and XLSX: time, rows and memory; and whether they grow as they should.

Run by `bench/run ledger_export`. The ledger is that of bench/plan.py; a tenth of the invoices is paid, a
twentieth has a credit note.
"""

import resource
import tempfile
import time

import plan

PAYMENTS = """
    WITH paid AS (
        SELECT line.* FROM account_move_line line JOIN account_move move ON move.id = line.move_id
         WHERE move.name LIKE 'BENCH/%%' AND move.sequence_number %% 10 = 0
    ), entry AS (
        INSERT INTO account_move (name, state, move_type, date, journal_id, company_id, currency_id, partner_id,
                                  commercial_partner_id, auto_post, ref)
        SELECT 'PAY/' || id, 'posted', 'entry', date_maturity, journal_id, company_id, currency_id, partner_id,
               partner_id, 'no', id::text
          FROM paid RETURNING id, ref::int AS paid_id
    ), payment AS (
        INSERT INTO account_payment (name, state, move_id, date, company_id, journal_id, partner_id, currency_id,
                                     amount, payment_type, partner_type)
        SELECT 'PAY/' || paid.id, 'paid', entry.id, paid.date_maturity, paid.company_id, paid.journal_id,
               paid.partner_id, paid.currency_id, paid.balance, 'inbound', 'customer'
          FROM entry JOIN paid ON paid.id = entry.paid_id RETURNING id, move_id
    ), line AS (
        INSERT INTO account_move_line (move_id, move_name, parent_state, account_id, partner_id, company_id,
                                       currency_id, company_currency_id, journal_id, date, date_maturity, balance,
                                       debit, credit, amount_currency, amount_residual, amount_residual_currency,
                                       reconciled, display_type, no_followup, payment_id, ref)
        SELECT entry.id, 'PAY/' || paid.id, 'posted', paid.account_id, paid.partner_id, paid.company_id,
               paid.currency_id, paid.currency_id, paid.journal_id, paid.date_maturity, paid.date_maturity,
               -paid.balance, 0, paid.balance, -paid.balance, 0, 0, TRUE, 'payment_term', FALSE, payment.id,
               paid.id::text
          FROM entry JOIN paid ON paid.id = entry.paid_id JOIN payment ON payment.move_id = entry.id
     RETURNING id, ref::int AS paid_id, credit, date
    ), partial AS (
        INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount, debit_amount_currency,
                                               credit_amount_currency, company_id, max_date)
        SELECT paid_id, id, credit, credit, credit, %(company)s, date FROM line
    )
    UPDATE account_move_line SET reconciled = TRUE, amount_residual = 0, amount_residual_currency = 0
     WHERE id IN (SELECT id FROM paid)
"""

NOTES = """
    WITH note AS (
        INSERT INTO account_move (name, state, move_type, date, invoice_date, journal_id, company_id, currency_id,
                                  partner_id, commercial_partner_id, auto_post, reversed_entry_id)
        SELECT 'NOTE/' || id, 'posted', 'out_refund', date, date, journal_id, company_id, currency_id, partner_id,
               commercial_partner_id, 'no', id
          FROM account_move WHERE name LIKE 'BENCH/%%' AND sequence_number %% 20 = 1 RETURNING *
    )
    INSERT INTO account_move_line (move_id, move_name, parent_state, account_id, partner_id, company_id, currency_id,
                                   company_currency_id, journal_id, date, date_maturity, balance, debit, credit,
                                   amount_currency, amount_residual, amount_residual_currency, reconciled,
                                   display_type, no_followup)
    SELECT note.id, note.name, 'posted', line.account_id, note.partner_id, note.company_id, note.currency_id,
           note.currency_id, note.journal_id, note.date, note.date, -10, 0, 10, -10, -10, -10, FALSE, 'payment_term',
           FALSE
      FROM note JOIN account_move_line line ON line.move_id = note.reversed_entry_id
"""


def main(env):
    company, scenario = plan.set_up(env)
    results = []
    for items in (25_000, 100_000):
        plan.fill(env, company, scenario, items)
        env.cr.execute(PAYMENTS, {"company": company.id})
        env.cr.execute(NOTES, {})
        env.cr.execute("ANALYZE")
        for kind in ("csv", "xlsx"):
            results.append(measure(env, company, items, kind))
        env.cr.rollback()
    print(f"\n{'invoices':>10} {'file':>5} {'rows':>9} {'MB':>6} {'seconds':>9} {'memory, MiB':>12}")
    for row in results:
        print("{items:>10,} {kind:>5} {rows:>9,} {size:>6.1f} {seconds:>9.1f} {memory:>12.1f}".format(**row))


def measure(env, company, items, kind):
    memory, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with tempfile.TemporaryFile() as target:
        rows = env["credit.collection.ledger"]._write(target, company, history=True, kind=kind)
        size = target.seek(0, 2) / 1e6
    return {
        "items": items,
        "kind": kind,
        "rows": rows,
        "size": size,
        "seconds": time.monotonic() - started,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024,
    }
