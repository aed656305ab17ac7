"""The small ledger behind the examples of the functions; every figure can be checked by hand.

C001 is the example of the definitions of aging: as of 2025-06-30 it owes 250,000 in four invoices, less 25,000 that is
not applied; its credit limit is 300,000. C002 owes 10,000 USD; C003 has paid 5,000 more than it owes; C004 is known
and has nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from arsheet.functions.registry import Version
from arsheet.functions.values import Word, cell_words
from arsheet.ledger.assembly import assemble
from arsheet.table import Finding, Table, to_day

AS_OF = dt.date(2025, 6, 30)
_CUSTOMERS = (
    ("C001", "示例一", "华东", "王芳", "张会计"),
    ("C002", "Example Two", "海外", "Li", None),
    ("C003", "示例三", "华东", "李强", None),
    ("C004", "示例四", "华南", "李强", None),
)
_INVOICES = (
    ("INV1", "invoice", "C001", "2025-02-28", "2025-03-30", 100000, "CNY", None),
    ("INV2", "invoice", "C001", "2025-04-20", "2025-05-31", 80000, "CNY", None),
    ("INV3", "invoice", "C001", "2025-05-05", "2025-06-30", 60000, "CNY", None),
    ("INV4", "invoice", "C001", "2025-06-10", "2025-07-31", 50000, "CNY", None),
    ("CN1", "credit_note", "C001", "2025-06-05", None, 10000, "CNY", "INV2"),
    ("US1", "invoice", "C002", "2025-05-20", "2025-06-19", 10000, "USD", None),
    ("INV5", "invoice", "C003", "2025-03-10", "2025-04-09", 20000, "CNY", None),
)
_RECEIPTS = (
    ("R1", "2025-04-15", "C001", 30000),
    ("R2", "2025-06-20", "C001", 25000),
    ("R3", "2025-07-05", "C001", 40000),
    ("R4", "2025-04-08", "C003", 25000),
)
_APPLICATIONS = (
    ("A1", "R1", "INV1", 30000),
    ("A2", "R3", "INV2", 40000),
    ("A3", "R4", "INV5", 20000),
)
_LIMITS = (("C001", "base", 300000, "2025-01-01"), ("C003", "base", 50000, None))
_STATEMENTS = (("S1", "C001", "2025-04-30", 150000, 150000, "2025-05-05", "2025-05-12"),)
_FINDINGS = (
    Finding(
        "due_date_before_document_date",
        "warning",
        "应收单",
        "L7",
        "到期日2025-01-05早于单据日期2025-02-28",
        "The due date 2025-01-05 is before the document date 2025-02-28",
        "核对到期日",
        "Check the due date",
        {"read": dt.date(2025, 1, 5)},
    ),
)


def _table(name: str, header: str, rows: Sequence[Sequence[Any]]) -> Table:
    keys = tuple(header.split())
    return Table(name, keys, tuple([_typed(key, value) for value in column] for key, column in _columns(keys, rows)))


def _columns(keys: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    return zip(keys, zip(*rows, strict=True), strict=True)


def _typed(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key.endswith("date") or key in ("from", "to", "sent", "confirmed_on"):
        return to_day(dt.date.fromisoformat(value))
    return Decimal(value) if key in ("amount", "our_balance", "their_balance") else value


@cache
def example_version() -> Version:
    """The version that the examples are computed from."""
    header = "document_no kind customer_id document_date due_date amount currency original_document"
    statement = "statement_id customer_id to our_balance their_balance sent confirmed_on"
    settings = {"base_currency": "CNY", "as_of": AS_OF.isoformat()}
    made = assemble(
        {
            "customers": _table("customers", "customer_id name region salesperson contact", _CUSTOMERS),
            "invoices": _table("invoices", header, _INVOICES),
            "receipts": _table("receipts", "receipt_no date customer_id amount", _RECEIPTS),
            "limits": _table("limits", "customer_id kind amount from", _LIMITS),
            "statements": _table("statements", statement, _STATEMENTS),
            "applications": _table("applications", "application_id source_no document_no amount", _APPLICATIONS),
        },
        settings,
    )
    totals: dict[str, dict[str, Decimal]] = {}
    for control in made.controls:
        totals.setdefault(control.table, {})[control.currency] = control.used
    stamp = {
        "as_of": to_day(AS_OF),
        "refreshed_at": "2025-07-01 09:00:00",
        "stale": False,
        "rows": {"invoices": len(_INVOICES), "receipts": len(_RECEIPTS)},
        "totals": totals,
    }
    return Version(made.ledger, settings, stamp, "examples", _FINDINGS)


def in_words(value: Any, language: str) -> Any:
    """An example's result as a reader of the language sees it: its Words in words, tuples all the way down."""
    if isinstance(value, Word):
        return cell_words(value, language)
    if isinstance(value, (tuple, list)):
        return tuple(in_words(part, language) for part in value)
    return value
