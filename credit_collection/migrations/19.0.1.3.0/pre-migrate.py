"""An open dispute is new, investigated, or waits for the customer."""


def migrate(cr, version):
    cr.execute("UPDATE credit_collection_dispute SET state = 'new' WHERE state = 'open'")
    cr.execute(
        "UPDATE credit_collection_dispute SET date_closed = COALESCE(date_closed, write_date::date, date_opened)"
        " WHERE state IN ('resolved', 'cancelled')"
    )
