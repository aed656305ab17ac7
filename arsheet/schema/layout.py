"""Where things stand in the workbook: header rows, the order of the sheets, the fixed places of the dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from arsheet.schema.model import TableSpec
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import column_letter

SOURCE_HEADER_ROW = 1
"""Sources and parameters: the header is the first row, so that a list can be pasted as it is."""
TITLE_ROW = 1
STAMP_ROW = 2
CHECK_ROW = 3
HEADER_ROW = 5
"""Views: title, stamp, one or two lines of checks, then the header; data from the row below it."""
TITLE_CELL, STAMP_CELL = "A1", "A2"
CHECK_CELLS = ("A3", "A4")
"""A line per kind of check; a report has at most two."""

FORMULAS_CUSTOMER = "B4"
"""On the sheet 公式示例: the customer that its examples ask for; Refresh fills a blank one."""
PAGES = ("start", "dashboard", "formulas")
"""Views that are pages with fixed places, without a table."""
ORDER = (
    *("start", "dashboard", "customers", "invoices", "receipts", "applications"),
    *("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification", "credit", "reminder_list"),
    *("checks", "settings", "formulas"),
)
"""The visible sheets, left to right."""
ONLINE_GROUP = "online"
"""Sheets of this group exist only in an online spreadsheet."""


def header_row(spec: TableSpec) -> int:
    """The row of a table's header."""
    return HEADER_ROW if spec.role == "view" else SOURCE_HEADER_ROW


def data_row(spec: TableSpec) -> int:
    """The first row of a table's data."""
    return header_row(spec) + 1


def sheets() -> tuple[TableSpec, ...]:
    """The sheets of a workbook in their order: the visible ones, then the hidden ones by role and group."""
    rest = [spec for spec in TABLES.values() if spec.key not in ORDER and spec.group != ONLINE_GROUP]
    return (*(TABLES[key] for key in ORDER), *rest)


def stamp_line(language: str, *, as_of: str, refreshed_at: str, source: str) -> str:
    """The words of the stamp cell: as-of date, time of the refresh, rows and total of the source."""
    parts = (("as_of", as_of), ("refreshed_at", refreshed_at), ("source_rows", source))
    colon = "：" if language == "zh" else ": "
    return "    ".join(f"{label(key, language)}{colon}{value}" for key, value in parts)


def source_words(rows: Mapping[str, int], totals: Mapping[str, Mapping[str, Decimal | float]], language: str) -> str:
    """What the figures rest on, rows counted and their totals: 应收单 7 行 320,000.00 CNY 10,000.00 USD; 收款 …"""
    parts = []
    for table in ("invoices", "receipts"):
        if rows.get(table):
            sums = [f"{total:,.2f} {currency}" for currency, total in sorted(totals.get(table, {}).items())]
            parts.append(" ".join([TABLES[table].sheet(language), str(rows[table]), label("rows", language), *sums]))
    return "; ".join(parts)


def outdated_line(language: str, table_name: str) -> str:
    """What the stamp cell of a report says, before its old stamp, once the report's Excel table is gone."""
    return label("outdated", language).format(table=table_name)


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of the dashboard: 1-based first row of its values, 0-based first column, one key per column.

    The header stands in the row above the first; ``column_of`` and ``cell`` place a value.
    """

    key: str
    zh: str
    en: str
    row: int
    column: int
    keys: tuple[str, ...]
    rows: int

    def column_of(self, key: str) -> int:
        """The 0-based column of a key."""
        return self.column + self.keys.index(key)

    def cell(self, record: int, key: str) -> str:
        """The address of one value; IndexError beyond the block."""
        if not 0 <= record < self.rows:
            raise IndexError(f"{self.key} has {self.rows} rows")
        return f"{column_letter(self.column_of(key))}{self.row + record}"

    def title(self, language: str) -> str:
        """The heading two rows above the values."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The fixed places that a refresh writes and that the charts point to."""

    title: str
    stamp: str
    check: str
    currency: str
    blocks: tuple[Block, ...]

    def __getitem__(self, key: str) -> Block:
        for block in self.blocks:
            if block.key == key:
                return block
        raise KeyError(key)


DASHBOARD = Dashboard(
    title="B1",
    stamp="B2",
    check="B3",
    currency="G3",
    blocks=(
        Block("totals", "总览", "Totals", 6, 1, ("gross", "not_due", "overdue", "overdue_rate", "unapplied", "net"), 1),
        Block("top_overdue", "逾期最多的客户", "Most overdue customers", 28, 1, ("name", "overdue", "oldest_days"), 10),
        Block("buckets", "逾期账龄", "Overdue aging", 42, 1, ("bucket", "amount", "percent"), 6),
        Block("collections", "近12个月回款", "Collections of 12 months", 42, 4, ("month", "collected", "receipts"), 12),
        Block("checks", "检查", "Checks", 51, 1, ("severity", "count"), 3),
    ),
)
"""More buckets than the block has rows: the refresh adds the last ones up in the last row."""
CHARTS = {"buckets": ("B8", "buckets"), "collections": ("E8", "collections"), "top_overdue": ("E26", "top_overdue")}
"""Chart -> the cell at its upper left corner, and the block it draws."""
