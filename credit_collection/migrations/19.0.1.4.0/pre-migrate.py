"""No dispute ends before it was opened."""


def migrate(cr, version):
    cr.execute("UPDATE credit_collection_dispute SET date_closed = date_opened WHERE date_closed < date_opened")
