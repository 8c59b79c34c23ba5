"""Requests from outside are counted in one row for each key now; what was counted, a day's worth, is forgotten."""


def migrate(cr, version):
    cr.execute("DELETE FROM credit_collection_hit")
