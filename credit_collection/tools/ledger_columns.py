"""The columns of a ledger file, and what can be wrong with one.

>>> COLUMNS["due_date"].required, COLUMNS["delivered"].choices
(('invoice', 'credit_note'), {'paper': 'On paper', 'electronic': 'Electronically'})
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import ledger_words

RECORDS = ("customer", "contact", "invoice", "credit_note", "payment")
DOCUMENTS = ("invoice", "credit_note")

# What `ShapeError` says, by its code; the parameters are the texts of the file.
MESSAGES = {
    "not_a_date": "“%(text)s” is not a date (expected: %(expected)s).",
    "no_such_day": "There is no such day as “%(text)s” (read as %(expected)s).",
    "not_an_amount": "“%(text)s” is not an amount with “%(decimal)s” before the decimals.",
    "not_a_number": "“%(text)s” is not a whole number.",
    "not_yes_or_no": "“%(text)s” is neither yes nor no.",
    "not_a_country": "“%(text)s” is neither a country code nor a country.",
    "unknown_choice": "“%(text)s” is none of: %(choices)s.",
    "too_many_cells": "The row has more cells than there are headers: %(text)s.",
    "file_kind": "%(filename)s is neither CSV nor XLSX: save it as one of these.",
    "file_empty": "%(filename)s is empty: its first row must name the columns.",
    "file_encoding": "%(filename)s is neither in UTF-8, UTF-16 nor Windows-1252: save it as UTF-8.",
    "file_broken": "%(filename)s cannot be read: %(text)s.",
    "file_too_large": "%(filename)s would unpack to more than %(limit)s MB.",
    "cell_too_long": "A cell of a spreadsheet holds %(limit)s characters, but %(text)s… has more: export as CSV.",
}


class ShapeError(ValueError):
    """What is wrong with a text or a file, as a code and the parameters of its message.

    >>> str(ShapeError("not_a_number", text="two"))
    '“two” is not a whole number.'
    """

    def __init__(self, code: str, **params: object):
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return MESSAGES[self.code] % self.params


@dataclass(frozen=True)
class Column:
    """A column of the ledger. ``required`` are the records that cannot do without it."""

    name: str
    label: str
    type: str = "text"
    records: tuple[str, ...] = RECORDS
    required: tuple[str, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)


def _choice(name: str, label: str, *labels: str, **kwargs) -> Column:
    codes = ledger_words.CHOICES[name]
    return Column(name, label, "choice", choices=dict(zip(codes, labels, strict=True)), **kwargs)


def _columns() -> Iterable[Column]:
    yield _choice("record", "Record", "Customer", "Contact", "Invoice", "Credit note", "Payment", required=RECORDS)
    yield Column("customer_ref", "Customer reference", required=RECORDS)
    yield Column("customer_name", "Customer name")
    yield Column("vat", "VAT number")
    yield _choice("kind", "Kind of customer", "Business", "Sole trader", "Consumer", "Public body")
    for name, label in {
        "street": "Street", "street2": "Street (2)", "zip": "ZIP", "city": "City", "country": "Country",
        "email": "E-mail", "phone": "Phone", "language": "Language", "preferred_channel": "Preferred channel",
        "opt_outs": "Closed channels",
    }.items():  # fmt: skip
        yield Column(name, label)
    yield Column("hold_until", "On hold until", "date")
    yield Column("hold_reason", "Reason of the hold")
    yield Column("collector", "Collector (login)")
    contact = {"records": ("contact",)}
    yield Column("contact_ref", "Contact reference", required=("contact",), **contact)
    yield Column("contact_name", "Contact name", **contact)
    yield Column("contact_email", "Contact's e-mail", **contact)
    yield Column("contact_phone", "Contact's phone", **contact)
    yield _choice("contact_role", "Contact's role", "Payables", "Buyer", "Management", **contact)
    documents, booked = {"records": DOCUMENTS}, {"records": (*DOCUMENTS, "payment")}
    yield Column("number", "Number of the document", required=DOCUMENTS, **booked)
    yield Column("invoice_date", "Date of the document", "date", required=DOCUMENTS, **documents)
    yield Column("due_date", "Due date", "date", required=DOCUMENTS, **documents)
    yield Column("amount", "Amount", "money", required=(*DOCUMENTS, "payment"), **booked)
    yield Column("currency", "Currency", **booked)
    yield Column("residual", "Open amount", "money", **documents)
    yield Column("settled_date", "Settled on", "date", **documents)
    yield Column("order_ref", "Customer's own reference", **documents)
    yield _choice("delivered", "How it was sent", "On paper", "Electronically", **documents)
    yield Column("reverses", "Invoice that it reverses", records=("credit_note",))
    invoice = {"records": ("invoice",)}
    yield Column("level", "Last reminder level", "integer", **invoice)
    yield Column("level_date", "Last reminder on", "date", **invoice)
    yield Column("disputed", "Disputed amount", "money", **invoice)
    yield Column("dispute_reason", "Reason of the dispute", **invoice)
    yield Column("promise_amount", "Promised amount", "money", **invoice)
    yield Column("promise_date", "Promised for", "date", **invoice)
    payment = {"records": ("payment",)}
    yield Column("payment_ref", "Payment reference", required=("payment",), **payment)
    yield Column("payment_date", "Payment date", "date", required=("payment",), **payment)
    yield Column("memo", "Memo", **payment)


COLUMNS = {column.name: column for column in _columns()}
