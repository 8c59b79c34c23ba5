from . import documents, gateway, ledger, link
