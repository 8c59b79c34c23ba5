"""The demo's data: customers in every situation and two years of invoices, relative to today, run once in Odoo's shell.

`portfolio.csv` says who the customers are and how they pay (`stories.py`), `open_items.csv` what each of the first ones
owes on the day of the demo, `present.py` what else has happened. The last weeks are lived through day by day: the
cycles that would have run have run, and their mails lie in the sink.
"""
