from . import documents, gateway, ledger, page, page_door, page_overview, page_pay
