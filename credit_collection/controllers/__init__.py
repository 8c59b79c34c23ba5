from . import documents, gateway, link
