"""Measure planning on a large ledger: time, queries, memory; and whether they grow as they should.

Run by `bench/run plan`. Open items are inserted by SQL, half of them with two steps of history.
"""

import datetime
import resource
import time

TODAY = datetime.date(2026, 6, 30)


def main(env):
    company, scenario = set_up(env)
    results = []
    for items in (25_000, 100_000):
        fill(env, company, scenario, items)
        results.append(measure(env, company, items))
        results[-1]["again"] = measure_again(env, company)
        env.cr.rollback()
    small, large = results
    print(f"\n{'open items':>12} {'actions':>9} {'lines':>9} {'seconds':>9} {'queries':>9} {'memory, MiB':>12}")
    for row in results:
        print("{items:>12,} {actions:>9,} {lines:>9,} {seconds:>9.2f} {queries:>9} {memory:>12.1f}".format(**row))
    print(f"\nasked again before sending, milliseconds each: {small['again']:.0f} and {large['again']:.0f}")
    print(
        f"\n4 times the items: {large['seconds'] / small['seconds']:.1f} times the time,"
        f" {large['queries'] - small['queries']:+} queries, {large['memory'] - small['memory']:+.1f} MiB"
    )


def set_up(env):
    """A company with books and a ladder; committed with nothing else, so that a rollback empties the ledger."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    company.write({"collection_brake_messages": 0, "collection_brake_firm": 0})
    company.write({"collection_require_sent": False, "collection_bank_fresh": False})
    scenario = env.ref("credit_collection.credit_collection_scenario_business")
    if company not in scenario.on_company_ids:
        scenario._turn_on()
    company.collection_scenario_id = scenario
    env["credit.collection.profile"].search([]).active = False
    env.cr.commit()
    return company, scenario


def fill(env, company, scenario, items):
    """One debtor per ten items; due dates spread over 300 days; two steps sent on every other item."""
    account = env["account.account"].search([("account_type", "=", "asset_receivable")], limit=1)
    journal = env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", company.id)], limit=1)
    steps = scenario.step_ids.sorted("level")
    values = {
        "items": items,
        "debtors": items // 10,
        "company": company.id,
        "currency": company.currency_id.id,
        "journal": journal.id,
        "account": account.id,
        "today": TODAY,
        "scenario": scenario.id,
        "step_2": steps[1].id,
        "step_3": steps[2].id,
    }
    for statement in STATEMENTS:
        env.cr.execute(statement, values)
    env.cr.execute("ANALYZE")
    env.invalidate_all()


STATEMENTS = (
    """INSERT INTO res_partner (name, complete_name, email, email_normalized, active, is_company, type, company_id,
                                collection_kind, autopost_bills)
       SELECT 'Bench ' || n, 'Bench ' || n, 'pay' || n || '@bench.example', 'pay' || n || '@bench.example', TRUE, TRUE,
              'contact', %(company)s, 'business', 'ask'
         FROM generate_series(1, %(debtors)s) AS n""",
    "UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench %%'",
    """INSERT INTO account_move (name, state, move_type, date, invoice_date, invoice_date_due, journal_id, company_id,
                                 currency_id, partner_id, commercial_partner_id, payment_state, auto_post,
                                 sequence_prefix, sequence_number)
       SELECT 'BENCH/' || n, 'posted', 'out_invoice', due - 30, due - 30, due, %(journal)s, %(company)s, %(currency)s,
              partner.id, partner.id, 'not_paid', 'no', 'BENCH/', n
         FROM generate_series(1, %(items)s) AS n
         JOIN res_partner partner ON partner.name = 'Bench ' || (1 + n %% %(debtors)s)
   CROSS JOIN LATERAL (SELECT %(today)s::date + 60 - (n * 7919 %% 300)::int AS due) AS dates""",
    """INSERT INTO account_move_line (move_id, move_name, parent_state, account_id, partner_id, company_id, currency_id,
                                      company_currency_id, journal_id, date, date_maturity, balance, debit, credit,
                                      amount_currency, amount_residual, amount_residual_currency, reconciled,
                                      display_type, no_followup)
       SELECT id, name, state, %(account)s, partner_id, company_id, currency_id, currency_id, journal_id, date,
              invoice_date_due, 50 + id %% 500, 50 + id %% 500, 0, 50 + id %% 500, 50 + id %% 500, 50 + id %% 500,
              FALSE, 'payment_term', FALSE
         FROM account_move WHERE name LIKE 'BENCH/%%'""",
    """INSERT INTO credit_collection_debtor (partner_id, company_id)
       SELECT id, %(company)s FROM res_partner WHERE name LIKE 'Bench %%'""",
    """INSERT INTO credit_collection_action (purpose, company_id, debtor_id, contact_id, step_id, scenario_id, level,
                                             channel, tone, planned_state, state, date, date_sent, currency_id, amount)
       SELECT 'reminder', %(company)s, debtor.id, debtor.partner_id, step.id, %(scenario)s, step.level, 'email',
              step.tone, 'planned', 'sent', %(today)s::date - days, %(today)s::date - days, %(currency)s, 100
         FROM credit_collection_debtor debtor
         JOIN (VALUES (%(step_2)s, 40), (%(step_3)s, 30)) AS past (step_id, days) ON TRUE
         JOIN credit_collection_scenario_step step ON step.id = past.step_id""",
    """INSERT INTO credit_collection_action_line (action_id, move_line_id, move_id, step_id, level, tone,
                                                  live, date_due, amount)
       SELECT action.id, line.id, line.move_id, action.step_id, action.level, action.tone, TRUE,
              line.date_maturity, line.amount_residual_currency
         FROM credit_collection_action action
         JOIN credit_collection_debtor debtor ON debtor.id = action.debtor_id
         JOIN account_move_line line ON line.partner_id = debtor.partner_id AND line.move_name LIKE 'BENCH/%%'
        WHERE line.id %% 2 = 0""",
)


def measure(env, company, items):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, started = env.cr.sql_log_count, time.monotonic()
    run = env["credit.collection.run"]._plan(company, TODAY)
    env.flush_all()
    seconds = time.monotonic() - started
    queries = env.cr.sql_log_count - queries
    env.cr.execute(
        """SELECT COUNT(DISTINCT action.id), COUNT(line.id) FROM credit_collection_action action
             JOIN credit_collection_action_line line ON line.action_id = action.id WHERE action.run_id = %s""",
        [run.id],
    )
    actions, lines = env.cr.fetchone()
    env.cr.execute("SELECT SUM(item_count) FROM credit_collection_run_standing WHERE run_id = %s", [run.id])
    assert env.cr.fetchone()[0] >= items, "every open item has a standing"
    return {
        "items": items,
        "actions": actions,
        "lines": lines,
        "seconds": seconds,
        "queries": queries,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024,
    }


def measure_again(env, company, number=20):
    """Milliseconds to ask the rules again for one action about to leave."""
    planner = env["credit.collection.planner"]
    actions = env["credit.collection.action"].search([("state", "=", "planned")], limit=number)
    started = time.monotonic()
    for action in actions:
        planner._get_standings(company, TODAY, debtors=action.debtor_id, action=action)
    return (time.monotonic() - started) * 1000 / len(actions)
