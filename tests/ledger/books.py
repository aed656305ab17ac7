"""Small books for examples: rows as an accountant writes them, amounts in yuan, dates as ISO texts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from arsheet.ledger.assembly import Assembly, assemble
from arsheet.table import Table, to_day

DATES = frozenset(
    (
        "document_date",
        "due_date",
        "date",
        "reversed_on",
        "booked_at",
        "happened_on",
        "delivered_on",
        "base_date",
        "opened",
        "closed",
        "from",
        "to",
    )
)
MONEY = frozenset(("amount", "discount", "difference", "rate"))


def day(text: str) -> int:
    """2025-06-30 as a day number."""
    return to_day(dt.date.fromisoformat(text))


def minor(yuan: str | int) -> int:
    """1,234.56 as minor units."""
    return int(Decimal(str(yuan).replace(",", "")) * 100)


def _value(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in DATES and isinstance(value, str):
        return day(value)
    return Decimal(str(value).replace(",", "")) if key in MONEY else value


def table(name: str, rows: list[dict[str, Any]]) -> Table:
    """A typed table of these rows; what a row does not say is blank."""
    header = tuple({key: None for row in rows for key in row})
    return Table(name, header, tuple([_value(key, row.get(key)) for row in rows] for key in header))


def invoice(number: str, amount: Any, date: str, due: str | None = None, **more: Any) -> dict[str, Any]:
    """An invoice of C001."""
    row = {"document_no": number, "customer_id": "C001", "document_date": date, "due_date": due, "amount": amount}
    return row | more


def note(number: str, amount: Any, date: str, original: str | None = None, **more: Any) -> dict[str, Any]:
    """A credit note of C001."""
    return invoice(number, amount, date, kind="credit_note", original_document=original, **more)


def receipt(number: str, amount: Any, date: str, **more: Any) -> dict[str, Any]:
    """A receipt of C001."""
    return {"receipt_no": number, "customer_id": "C001", "date": date, "amount": amount} | more


def apply(source: str, document: str, amount: Any, date: str | None = None, **more: Any) -> dict[str, Any]:
    """An application."""
    return {"source_no": source, "document_no": document, "amount": amount, "date": date} | more


def book(invoices: list[dict[str, Any]], settings: dict[str, str] | None = None, **rows: Any) -> Assembly:
    """The ledger of these rows, by table."""
    rows = {"invoices": invoices} | rows
    return assemble({name: table(name, some) for name, some in rows.items() if some}, settings)


def c001() -> Assembly:
    """The worked example of the definitions, §3.1: as of 2025-06-30."""
    return book(
        [
            invoice("INV1", "100,000", "2025-02-28", "2025-03-30"),
            invoice("INV2", "80,000", "2025-04-20", "2025-05-31"),
            invoice("INV3", "60,000", "2025-05-05", "2025-06-30"),
            invoice("INV4", "50,000", "2025-06-10", "2025-07-31"),
            note("CN1", "10,000", "2025-06-05", "INV2"),
        ],
        receipts=[
            receipt("R1", "30,000", "2025-04-15"),
            receipt("R2", "25,000", "2025-06-20"),
            receipt("R3", "40,000", "2025-07-05"),
        ],
        applications=[apply("R1", "INV1", "30,000"), apply("R3", "INV2", "40,000")],
    )
