"""Reasons that were shipped before learn by when a dispute of theirs is to be answered; the field is new."""

# Days by which the shipped reasons differ from the default.
DEADLINES = {"quality": 15, "missing_order": 5, "not_ours": 5, "paid": 5, "payment_terms": 5}


def migrate(cr, version):
    for reason, days in DEADLINES.items():
        cr.execute(
            """
            UPDATE credit_collection_dispute_reason reason
               SET deadline_days = %s
              FROM ir_model_data data
             WHERE data.module = 'credit_collection' AND data.name = %s AND data.res_id = reason.id
               AND data.model = 'credit.collection.dispute.reason' AND reason.deadline_days = 10
            """,
            (days, f"credit_collection_dispute_reason_{reason}"),
        )
