from . import (
    credit_collection_report_language,
    credit_collection_report_open_item,
    credit_collection_report_open_item_owner,
    credit_collection_report_quality,
    credit_collection_report_quality_findings,
)
