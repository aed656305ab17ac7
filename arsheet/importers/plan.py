"""What an import would do, before it does anything: rows to append, what was found, and the figures to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from arsheet.table import Problem, Table, iso

Sums = Mapping[str, Decimal]
"""Amounts by currency code; never added to each other."""


@dataclass(frozen=True, slots=True)
class Counts:
    """One table of the preview. read = new + known + different + repeated + refused (rows).

    known: in the workbook already, alike in all that the file says; different: there with another amount or other
    values, left as it is; repeated: alike an earlier row of the file; of the refused ones ``rows_unreadable`` have an
    amount that nobody knows. ``sum_read`` is of the cells as read, ``sum_new``
    of the rows to append as the ledger will hold them (rounded half up to the minor unit), ``sum_unrepeated`` as the
    ledger would hold all rows without the repeated ones. ``earliest`` and ``latest`` are days of all rows read.
    """

    rows_read: int = 0
    rows_new: int = 0
    rows_known: int = 0
    rows_different: int = 0
    rows_repeated: int = 0
    rows_refused: int = 0
    rows_unreadable: int = 0
    sum_read: Sums = field(default_factory=lambda: MappingProxyType({}))
    sum_new: Sums = field(default_factory=lambda: MappingProxyType({}))
    sum_known: Sums = field(default_factory=lambda: MappingProxyType({}))
    sum_different: Sums = field(default_factory=lambda: MappingProxyType({}))
    sum_unrepeated: Sums = field(default_factory=lambda: MappingProxyType({}))
    sum_refused: Sums = field(default_factory=lambda: MappingProxyType({}))
    earliest: int | None = None
    latest: int | None = None

    def as_facts(self) -> dict[str, Any]:
        """Plain values: amounts as text, days as ISO dates."""
        return {
            "rows": {key: getattr(self, f"rows_{key}") for key in _ROWS},
            "sum": {key: {name: str(total) for name, total in getattr(self, f"sum_{key}").items()} for key in _SUMS},
            "earliest": None if self.earliest is None else iso(self.earliest),
            "latest": None if self.latest is None else iso(self.latest),
        }


_ROWS = ("read", "new", "known", "different", "repeated", "refused", "unreadable")
_SUMS = ("read", "new", "known", "different", "unrepeated", "refused")


@dataclass(frozen=True, slots=True)
class Preview:
    """The figures a person confirms. ``tables`` by table key; what is derived (customers, receipts) has rows too."""

    tables: Mapping[str, Counts]
    headers: Mapping[str, str]
    """Header as the file writes it -> key of the column it was taken for."""
    unknown_headers: tuple[str, ...] = ()
    new_customers: tuple[str, ...] = ()
    settlements: Mapping[str, tuple[int, Decimal]] = field(default_factory=lambda: MappingProxyType({}))
    """Receipts derived from a settlement column, with their applications: currency -> (count, sum), new ones only."""
    numbers_made: int = 0
    """Rows without a number of their own that were given one."""
    header_row: int = 0
    total_rows: tuple[int, ...] = ()
    footer_rows: tuple[int, ...] = ()
    swapped: tuple[str, ...] = ()
    """Date columns whose day and month were swapped because the caller asked for it."""
    sheets: tuple[str, ...] = ()
    """The sheets that were read."""
    sheets_left: tuple[str, ...] = ()
    """Sheets that could be read as this table too, but have other headers or are hidden: left out."""

    def as_facts(self) -> dict[str, Any]:
        """Plain values, for JSON and for words."""
        return {
            "tables": {key: counts.as_facts() for key, counts in self.tables.items()},
            "headers": dict(self.headers),
            "unknown_headers": list(self.unknown_headers),
            "new_customers": list(self.new_customers),
            "settlements": {key: [count, str(total)] for key, (count, total) in self.settlements.items()},
            "numbers_made": self.numbers_made,
            "header_row": self.header_row,
            "total_rows": list(self.total_rows),
            "footer_rows": list(self.footer_rows),
            "swapped": list(self.swapped),
            "sheets": list(self.sheets),
            "sheets_left": list(self.sheets_left),
        }


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Nothing is written yet.

    ``appended``: typed rows to append, one table per target (customers before the rest), with all the declaration's
    columns and the ``place`` of the file's cells they come from. ``problems`` index the rows of ``source``, the file's
    own table as read (every row, refused and known ones too), whose ``place`` gives the cells.
    """

    kind: str
    source_name: str
    source: Table
    appended: tuple[Table, ...]
    problems: tuple[Problem, ...]
    preview: Preview

    @property
    def sources(self) -> Mapping[str, Table]:
        """What schema.findings needs to place the problems."""
        return {self.source.name: self.source}

    @property
    def changes_nothing(self) -> bool:
        """Whether every row is there already, or none can stand."""
        return not self.appended


def merged(existing: Mapping[str, Table], plan: ImportPlan) -> dict[str, Table]:
    """The tables as they will be once the plan is carried out (a table that grows loses its ``place``)."""
    tables = dict(existing)
    for added in plan.appended:
        tables[added.name] = _joined(tables[added.name], added) if added.name in tables else added
    return tables


def _joined(old: Table, added: Table) -> Table:
    blank = [None] * len(added)
    old_blank = [None] * len(old)
    header = (*old.header, *(key for key in added.header if key not in old))
    kinds = dict(zip(added.header, added.kinds, strict=True)) | dict(zip(old.header, old.kinds, strict=False))
    columns = tuple(
        [
            *(old.column(key) if key in old else old_blank),
            *(added.column(key) if key in added else blank),
        ]
        for key in header
    )
    return Table(old.name, header, columns, tuple(kinds.get(key, "any") for key in header))
