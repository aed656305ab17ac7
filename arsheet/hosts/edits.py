"""What a patch may be asked to do to a workbook, and what it reports afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arsheet.hosts.protocol import Restored


@dataclass(frozen=True, slots=True)
class ReplaceRows:
    """Give an Excel table new data rows, and new columns if ``header`` says so.

    The table's columns that ``header`` does not name go away, except those in ``keep``: these are the user's own and
    move with the row whose ``key`` columns are equal. ``styles`` names a cell ("D5" or "Sheet!D5") whose look a
    column takes; by default a column looks as its first data row did. ``restored`` is what waited; ``waits``: the
    caller keeps what the report says is waiting, so that comments of rows that are gone may wait too.
    """

    table: str
    rows: Sequence[Sequence[Any]]
    header: Sequence[str] = ()
    key: Sequence[str] = ()
    keep: Sequence[str] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    restored: Restored = field(default_factory=dict)
    waits: bool = False


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Add rows to an Excel table under the headers given: into the blank rows at its end first, then below it."""

    table: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    styles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetCells:
    """Set single cells of a sheet; each keeps its style unless ``styles`` names another cell to look like."""

    sheet: str
    values: Mapping[str, Any]
    styles: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PatchReport:
    """What a patch changed, and what the caller should tell the user.

    ``dropped_links``: the cells ("Sheet!A5") whose hyperlink went because their row is gone. ``beside``: ranges right
    of a report and apart from it, which stay where they are while its rows move.
    """

    changed_parts: tuple[str, ...] = ()
    removed_parts: tuple[str, ...] = ()
    tables: dict[str, str] = field(default_factory=dict)
    dropped_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waiting: dict[str, dict[tuple[str, ...], dict[str, Any]]] = field(default_factory=dict)
    cleared_filters: tuple[str, ...] = ()
    dropped_links: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    dependents: tuple[str, ...] = ()
    recalculates: bool = False
