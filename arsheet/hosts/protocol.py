"""What every host of a workbook can do: read tables, queue writes, and save them together."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from arsheet.table import Table, WorkbookError


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a host can do beside the protocol.

    ``live``: a person may be looking at the cells. ``whole_save``: a save happens entirely or not at all.
    ``keeps_looks``: styles, formulas and charts of the user survive a write. ``formulas``: cells can compute.
    """

    kind: str
    live: bool = False
    whole_save: bool = True
    keeps_looks: bool = True
    formulas: bool = True


@dataclass(slots=True)
class SaveReport:
    """What a save did: ranges of the changed tables, what a person should know, and the backup made before it.

    ``dropped_links``: the cells ("Sheet!A5") whose hyperlink went because their row is gone. ``beside``: ranges right
    of a report and apart from it, which stay where they are while its rows move.
    """

    tables: dict[str, str] = field(default_factory=dict)
    dropped_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waiting: dict[str, dict[tuple[str, ...], dict[str, Any]]] = field(default_factory=dict)
    dependents: tuple[str, ...] = ()
    recalculates: bool = False
    cleared_filters: tuple[str, ...] = ()
    changed_parts: tuple[str, ...] = ()
    backup: str = ""
    dropped_links: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


Restored = Mapping[tuple[str, ...], Mapping[str, Any]]
"""Values by the key of their row (as ``key_text`` writes it) and the header of their column."""


class Host(Protocol):
    """A workbook wherever it lives.

    Values read: blank -> None, date -> date (datetime when it has a time), text -> str, number -> int or float,
    truth -> bool, error -> CellError. Values written: None, bool, int, float, Decimal, str, date, datetime.
    Writes are queued; ``read`` shows the saved state, ``save`` carries the queue out as one.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this host can do."""
        ...

    def tables(self) -> tuple[str, ...]:
        """The names of the tables."""
        ...

    def read(self, table: str, *, sheet: str = "", header: Sequence[str] = ()) -> Table:
        """A table's raw cell values with their place; raises WorkbookError ``table_not_found``.

        Where there is no table of that name, the sheet (``sheet``, else the table's name) is read from the row that
        looks most like ``header``.
        """
        ...

    def read_cells(self, sheet: str, addresses: Sequence[str]) -> dict[str, Any]:
        """Single cells by address."""
        ...

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
        """Queue new contents of a view; ``cells`` are single cells of its sheet (title, stamp, check).

        ``keep`` names columns of the user's own, which stay with the row whose ``key`` columns are equal. ``restored``
        are values of such columns that wait for their row: they go in where the row is there and the cell is blank;
        the others are again among the ``waiting`` of the report.
        """
        ...

    def append(self, table: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()) -> int:
        """Queue new rows as {header: value}; a row whose ``keys`` stand in the table already is left out.

        Returns how many rows were queued; raises WorkbookError ``column_not_found``.
        """
        ...

    def set_cells(self, sheet: str, values: Mapping[str, Any]) -> None:
        """Queue values of single cells."""
        ...

    def save(self) -> SaveReport:
        """Carry out what is queued, all of it or nothing."""
        ...


def key_text(value: Any) -> str:
    """A value as a key: 7, 7.0 and "7" are the same, blanks round a text do not count."""
    if isinstance(value, (float, Decimal)) and math.isfinite(value) and value == int(value):
        return str(int(value))
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return "" if value is None else str(value).strip()


def table_not_found(book: str, table: str, tables: Sequence[str]) -> WorkbookError:
    """The refusal of a table that is not there."""
    return WorkbookError(
        "table_not_found",
        f"{book} 中没有名为“{table}”的表；现有：{'、'.join(tables)}",
        f"{book} has no table {table!r}; it has {', '.join(tables)}",
        facts={"table": table, "tables": list(tables)},
    )


def column_not_found(table: str, missing: Sequence[str], columns: Sequence[str]) -> WorkbookError:
    """The refusal of a header that the table does not have."""
    return WorkbookError(
        "column_not_found",
        f"表“{table}”没有列：{'、'.join(missing)}",
        f"Table {table!r} has no column {', '.join(missing)}",
        facts={"table": table, "columns": list(columns), "missing": list(missing)},
    )


def fresh_rows(
    rows: Sequence[Mapping[str, Any]], keys: Sequence[str], seen: set[tuple[str, ...]]
) -> list[Mapping[str, Any]]:
    """The rows whose keys have not been seen; their keys count as seen from now on."""
    fresh = []
    for row in rows:
        key = tuple(key_text(row.get(name)) for name in keys)
        if key not in seen or not any(key):
            seen.add(key)
            fresh.append(row)
    return fresh
