"""Rules that were shipped before learn the reason of the dispute; "avoir" is for notes of calls only."""

# Numbers of the shipped rules that suggest a dispute, by language and reason.
REASONS = {
    "quality": {"de": (1, 2, 3, 9), "en": (1, 2), "fr": (1, 2, 3)},
    "delivery": {"de": (4, 6), "en": (4, 5, 6), "fr": (4, 5)},
    "price": {"de": (5,), "en": (3,), "fr": (7,)},
    "not_as_ordered": {"en": (7,), "fr": (6,)},
}


def migrate(cr, version):
    for reason, languages in REASONS.items():
        names = [
            f"credit_collection_keyword_{code}_dispute_{number}"
            for code, numbers in languages.items()
            for number in numbers
        ]
        cr.execute(
            """
            UPDATE credit_collection_keyword keyword
               SET dispute_reason_id = reason.res_id
              FROM ir_model_data rule, ir_model_data reason
             WHERE rule.module = 'credit_collection' AND rule.model = 'credit.collection.keyword'
               AND rule.name = ANY(%s) AND rule.res_id = keyword.id
               AND keyword.outcome = 'dispute' AND keyword.dispute_reason_id IS NULL
               AND reason.module = 'credit_collection' AND reason.name = %s
            """,
            (names, f"credit_collection_dispute_reason_{reason}"),
        )
    cr.execute(
        """
        UPDATE credit_collection_keyword keyword
           SET usage = 'call'
          FROM ir_model_data rule
         WHERE rule.module = 'credit_collection' AND rule.name = 'credit_collection_keyword_fr_dispute_8'
           AND rule.res_id = keyword.id AND keyword.name = 'avoir' AND keyword.usage IS NULL
        """
    )
