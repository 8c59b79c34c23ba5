from . import (
    credit_collection_receivables_page,
    credit_collection_report_ageing,
    credit_collection_report_bucket,
    credit_collection_report_dso,
    credit_collection_report_dso_month,
    credit_collection_report_language,
    credit_collection_report_money,
    credit_collection_report_open_item,
    credit_collection_report_open_item_words,
    credit_collection_report_open_item_writeoff,
)
