"""Profiles that were shipped before learn how the customer's page speaks to them; the field is new."""

MANNERS = {"public": "formal", "valued": "thankful", "late": "helpful"}


def migrate(cr, version):
    for profile, manner in MANNERS.items():
        cr.execute(
            """
            UPDATE credit_collection_profile profile
               SET page_manner = %s
              FROM ir_model_data data
             WHERE data.module = 'credit_collection' AND data.name = %s AND data.res_id = profile.id
               AND data.model = 'credit.collection.profile' AND profile.page_manner = 'plain'
            """,
            (manner, f"credit_collection_profile_{profile}"),
        )
