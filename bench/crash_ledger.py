"""What bench/crash does inside Odoo: make actions that are ready, send them, count what became of them."""

import datetime
import json

COUNT = 200


def prepare(env):
    """Two hundred customers with one overdue invoice each, planned and ready to leave."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    company.write({"collection_brake_messages": 0, "email": "books@crash.example"})
    company.write({"collection_require_sent": False, "collection_bank_fresh": False})
    company.collection_scenario_id = scenario = env.ref("credit_collection.credit_collection_scenario_business")
    scenario._turn_on()
    # Printing 200 invoices would take most of the time and is not what is measured.
    scenario.step_ids.attach_invoices = False
    env["credit.collection.profile"].search([]).active = False
    env = env(context={**env.context, "tracking_disable": True})
    # Around the clock: it is about crashes, not about hours.
    company.write(
        {"collection_opens": 0, "collection_sends_at": 0, "collection_closes": 24, "collection_send_days": "7"}
    )
    company.collection_firm_weekend = True
    env["credit.collection.holiday"].search([]).active = False
    today = company._get_collection_today()
    partners = env["res.partner"].create(
        [{"name": f"Crash {n}", "email": f"pay{n:03}@crash.example"} for n in range(COUNT)]
    )
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": today - datetime.timedelta(days=40),
                "invoice_date_due": today - datetime.timedelta(days=20),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 100, "tax_ids": [(5,)]})],
            }
            for partner in partners
        ]
    )
    moves._post(soft=False)
    env["credit.collection.run"]._plan(company)
    env.cr.commit()


def send(env):
    """What the scheduled action does."""
    env["credit.collection.action"]._cron_send()
    env.cr.commit()


def report(env):
    actions = env["credit.collection.action"].search([])
    email = env["credit.collection.channel.email"]
    # The key of an action that was cut off before it was recorded can be told beforehand: that is its point.
    keys = [[action.state, action.message_key or email._prepare_message_key(action)] for action in actions]
    print("ACTIONS " + json.dumps(keys))
    print("QUEUE " + str(env["mail.mail"].search_count([("state", "=", "outgoing")])))
