"""A host on plain dictionaries, for tests and trials: the same protocol, nothing on disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.hosts.protocol import (
    Capabilities,
    Restored,
    SaveReport,
    column_not_found,
    fresh_rows,
    key_text,
    table_not_found,
)
from arsheet.table import Place, Table


@dataclass
class MemoryTable:
    """One table: its header and its rows, each as long as the header."""

    header: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    sheet: str = ""
    row: int = 1
    """The 1-based row of the header."""
    column: int = 0
    """The 0-based column of the first header."""


class MemoryHost:
    """Tables by name and single cells by sheet and address.

    A table stands at A1 of a sheet of its name, or where ``places`` says: sheet, row of the header, first column.
    """

    def __init__(
        self,
        tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]] | None = None,
        cells: Mapping[str, Mapping[str, Any]] | None = None,
        places: Mapping[str, tuple[str, int, int]] | None = None,
    ) -> None:
        self._tables = {n: MemoryTable(list(h), [list(r) for r in rows], n) for n, (h, rows) in (tables or {}).items()}
        for name, (sheet, row, column) in (places or {}).items():
            table = self._tables[name]
            table.sheet, table.row, table.column = sheet, row, column
        self._cells = {sheet: dict(values) for sheet, values in (cells or {}).items()}
        self._queue: list[tuple[Any, ...]] = []

    @property
    def capabilities(self) -> Capabilities:
        """Values only."""
        return Capabilities("memory", keeps_looks=False, formulas=False)

    def tables(self) -> tuple[str, ...]:
        """The names of the tables."""
        return tuple(self._tables)

    def _table(self, name: str) -> MemoryTable:
        found = next((t for n, t in self._tables.items() if n.casefold() == name.casefold()), None)
        if found is None:
            raise table_not_found("memory", name, self.tables())
        return found

    def read(self, table: str, *, sheet: str = "", header: Sequence[str] = ()) -> Table:
        """A table's values as a sheet would give them back."""
        found = self._table(table if table in self._tables or not sheet else sheet)
        rows = [[_as_read(value) for value in row] for row in found.rows]
        kept = [i for i, row in enumerate(rows) if any(value is not None for value in row)]
        columns = tuple([rows[i][c] for i in kept] for c in range(len(found.header)))
        width = range(found.column, found.column + len(found.header))
        place = Place(found.sheet, [found.row + 1 + i for i in kept], list(width))
        return Table(table, tuple(found.header), columns, ("any",) * len(found.header), place)

    def anchor(self, table: str) -> tuple[int, int]:
        """The 1-based row and 0-based column of a table's first header."""
        found = self._table(table)
        return found.row, found.column

    def read_cells(self, sheet: str, addresses: Sequence[str]) -> dict[str, Any]:
        """Single cells by address."""
        values = self._cells.get(sheet, {})
        return {address: _as_read(values.get(address.upper())) for address in addresses}

    def write(
        self,
        view: str,
        header: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        cells: Mapping[str, Any] | None = None,
        key: Sequence[str] = (),
        keep: Sequence[str] = (),
        styles: Mapping[str, str] | None = None,
        restored: Restored | None = None,
    ) -> None:
        """Queue new contents of a view."""
        table = self._table(view)
        new = [list(row) for row in rows]
        self._queue.append(("write", table, list(header), new, tuple(key), tuple(keep), dict(restored or {})))
        if cells:
            self.set_cells(table.sheet, cells)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()) -> int:
        """Queue new rows under their headers, leaving out those whose keys are there already."""
        found = self._table(table)
        missing = [n for row in rows for n in (*row, *keys) if n not in found.header]
        if missing:
            raise column_not_found(table, list(dict.fromkeys(missing)), found.header)
        queued = [row for entry in self._queue if entry[0] == "append" and entry[1] is found for row in entry[2]]
        held = [dict(zip(found.header, row, strict=True)) for row in found.rows] + queued
        seen = {tuple(key_text(row.get(k)) for k in keys) for row in held}
        fresh = fresh_rows(rows, keys, seen) if keys else list(rows)
        self._queue.append(("append", found, fresh))
        return len(fresh)

    def set_cells(self, sheet: str, values: Mapping[str, Any]) -> None:
        """Queue values of single cells."""
        self._queue.append(("cells", sheet, {address.upper(): value for address, value in values.items()}))

    def save(self) -> SaveReport:
        """Carry out what is queued."""
        report = SaveReport()
        for kind, target, *rest in self._queue:
            if kind == "cells":
                self._cells.setdefault(target, {}).update(rest[0])
            elif kind == "append":
                while target.rows and all(_as_read(value) is None for value in target.rows[-1]):
                    target.rows.pop()
                target.rows += [[row.get(name) for name in target.header] for row in rest[0]]
            else:
                self._replace(report, target, *rest)
        self._queue = []
        return report

    def _replace(
        self,
        report: SaveReport,
        table: MemoryTable,
        header: list[str],
        rows: list[list[Any]],
        key: tuple[str, ...],
        keep: tuple[str, ...],
        restored: Restored,
    ) -> None:
        own: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in table.rows:
            record = dict(zip(table.header, row, strict=True))
            own[tuple(key_text(record.get(k)) for k in key)] = {k: record[k] for k in keep if record[k] is not None}
        for waited, values in restored.items():
            own[waited] = {**values, **own.get(waited, {})}
        name = table.sheet
        report.dropped_columns[name] = tuple(c for c in table.header if c not in header and c not in keep)
        result = []
        for row in rows:
            record = dict(zip(header, row, strict=True))
            mine = own.get(tuple(key_text(record.get(k)) for k in key), {}) if keep else {}
            record |= {k: mine.pop(k) for k in keep if k in mine}
            result.append([record.get(column) for column in (*header, *keep)])
        table.header, table.rows = [*header, *keep], result
        if keep:
            report.waiting[name] = {k: values for k, values in own.items() if values}


def _as_read(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time.min:
        return value.date()
    return value
