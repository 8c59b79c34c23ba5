from . import (
    documents,
    gateway,
    ledger,
    page,
    page_door,
    page_item,
    page_messages,
    page_overview,
    page_pay,
    page_statement,
)
