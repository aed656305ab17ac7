"""What may stand in a cell of a function's table beside plain values, and the words for headers and words in cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from arsheet.functions.registry import FunctionError
from arsheet.schema.tables import TABLES
from arsheet.schema.tables.control import SEVERITIES
from arsheet.schema.tables.declare import CHANNELS
from arsheet.schema.tables.documents import INVOICE_KINDS
from arsheet.schema.tables.recovery import STATEMENT_STATES
from arsheet.schema.tables.views import ITEM_STATUS, REMINDER_ACTIONS, SKIP_REASONS
from arsheet.schema.words import label
from arsheet.table import CellError, Table


class Word(str):
    """A key in a cell, such as invoice or 1-30, that its reader sees in the words of a language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ErrorCell(CellError):
    """An error in one row of a table, with its reason; the other rows stand."""

    code: str = ""
    zh: str = ""
    en: str = ""

    @classmethod
    def of(cls, error: FunctionError) -> ErrorCell:
        """The error as a cell shows it."""
        return cls(error.error, error.code, error.zh, error.en)


HEADERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "source_no": ("来源单号", "Source no"),
        "days_held": ("挂账天数", "Days held"),
        "age_days": ("账龄天数", "Age in days"),
    }
)
"""Headers of function tables that no sheet of the book has."""
_OWN = {
    "opening_balance": ("期初余额", "Opening balance"),
    "closing_balance": ("期末余额", "Closing balance"),
    "discount": ("折扣与尾差", "Discount and difference"),
    "discount_reversed": ("撤销折扣与尾差", "Discount and difference reversed"),
    "applied_across_customers": ("跨客户核销", "Applied across customers"),
    "applied_across_customers_reversed": ("撤销跨客户核销", "Application across customers reversed"),
}
CELLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **{choice.key: (choice.zh, choice.en) for choice in (*REMINDER_ACTIONS, *SKIP_REASONS, *CHANNELS)},
        **{f"recon_{choice.key}": (choice.zh, choice.en) for choice in STATEMENT_STATES},
        **{choice.key: (choice.zh, choice.en) for choice in STATEMENT_STATES},
        **{choice.key: (choice.zh, choice.en) for choice in (*ITEM_STATUS, *SEVERITIES, *INVOICE_KINDS)},
        **_OWN,
    }
)
"""Words in cells whose key is also a header with other words, or that only functions use."""


def cell_words(key: str, language: str) -> str:
    """A Word in a language."""
    pair = CELLS.get(key)
    return label(key, language) if pair is None else pair[0 if language == "zh" else 1]


def header_words(table: Table, language: str) -> tuple[str, ...]:
    """The header in a language: as on the sheet that ``facts["view"]`` names, else by the words of reports."""
    return tuple(_header(table, key, language) for key in table.header)


def _header(table: Table, key: str, language: str) -> str:
    by = table.facts.get("by", "customer")
    if key == "key":
        key = "customer_id" if by == "customer" else by
    elif key == "name" and by == "customer":
        key = "customer_name"
    elif key == "days" and table.facts.get("basis", "due") != "due":
        key = "age_days"
    spec = TABLES.get(table.facts.get("view", ""))
    for column in spec.columns if spec is not None else ():
        if column.key == key:
            return column.header(language)
    pair = HEADERS.get(key)
    return label(key, language) if pair is None else pair[0 if language == "zh" else 1]
