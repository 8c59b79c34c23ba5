"""Requests from outside are counted in one row for each key now; what was counted, a day's worth, is forgotten."""


def migrate(cr, version):
    cr.execute("SELECT to_regclass('credit_collection_hit')")
    # Requests were not counted before 19.0.1.5.0.
    if cr.fetchone()[0]:
        cr.execute("DELETE FROM credit_collection_hit")
