from . import (
    documents,
    gateway,
    ledger,
    page,
    page_answers,
    page_dispute,
    page_door,
    page_overview,
    page_paid,
    page_plan,
    page_promise,
)
