from . import controllers, models, reports, tools, wizards


def open_debtor_files(env):
    """Open a file for every customer who owes something on the day of the installation; nothing is sent by that."""
    for company in env["res.company"].search([("id", "!=", False)]):
        env["credit.collection.debtor"]._create_missing(company)
        env["credit.collection.profile"]._assign(company)
