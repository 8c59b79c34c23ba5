from . import (
    credit_collection_report_language,
    credit_collection_report_money,
    credit_collection_report_open_item,
    credit_collection_report_open_item_words,
)
