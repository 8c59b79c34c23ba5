from . import (
    documents,
    gateway,
    ledger,
    page,
    page_call,
    page_contact,
    page_door,
    page_overview,
    page_preferences,
    page_received,
    page_why,
)
