"""Reasons of disputes that were shipped before learn what customers call them: the page offers those alone."""

NAMES = {
    "invoice_error": "The invoice",
    "invoice_error_double": "We were invoiced twice",
    "invoice_error_quantity": "The quantity on the invoice is wrong",
    "invoice_error_tax": "The tax is wrong",
    "invoice_error_address": "Our name or address is wrong",
    "price": "The price",
    "price_discount": "A discount is missing",
    "price_agreed": "We had agreed on another price",
    "price_charges": "Freight or charges are wrong",
    "delivery": "The delivery",
    "delivery_none": "Nothing has arrived",
    "delivery_part": "Something is missing",
    "delivery_late": "It came too late",
    "delivery_place": "It went to the wrong place",
    "quality": "The goods or the work",
    "quality_damage": "It arrived damaged",
    "quality_defect": "It does not work as it should",
    "quality_service": "The work was not done as agreed",
    "not_as_ordered": "The order",
    "not_as_ordered_article": "It is the wrong article",
    "not_as_ordered_quantity": "It is more or less than we ordered",
    "not_as_ordered_not": "We did not order it",
    "missing_order": "Our order number is missing",
    "payment_terms": "The payment",
    "payment_terms_date": "The due date is wrong",
    "other": "Something else",
}


def migrate(cr, version):
    for reason, name in NAMES.items():
        cr.execute(
            """
            UPDATE credit_collection_dispute_reason reason
               SET page_name = jsonb_build_object('en_US', %s::text)
              FROM ir_model_data data
             WHERE data.module = 'credit_collection' AND data.name = %s AND data.res_id = reason.id
               AND data.model = 'credit.collection.dispute.reason' AND reason.page_name IS NULL
            """,
            (name, f"credit_collection_dispute_reason_{reason}"),
        )
    # Of the company's own the page has shown the names so far.
    cr.execute(
        """
        UPDATE credit_collection_dispute_reason reason
           SET page_name = reason.name
         WHERE reason.page_name IS NULL
           AND NOT EXISTS (
               SELECT FROM ir_model_data data
                WHERE data.module = 'credit_collection' AND data.res_id = reason.id
                  AND data.model = 'credit.collection.dispute.reason')
           AND NOT EXISTS (SELECT FROM credit_collection_dispute_reason child WHERE child.parent_id = reason.id)
        """
    )
