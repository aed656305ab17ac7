"""Entries of one cell each, in the order they were read, become what a person did to a row in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.reading import Typed
from arsheet.table import to_day

TAB = "follow_up"


class EntryLike(Protocol):
    """One changed cell, as the journal keeps it."""

    @property
    def spreadsheet(self) -> str:
        """The spreadsheet it was typed in."""
        ...

    @property
    def tab(self) -> str:
        """The key of the tab."""
        ...

    @property
    def row_key(self) -> str:
        """The key of the row."""
        ...

    @property
    def column(self) -> str:
        """The key of the column."""
        ...

    @property
    def old(self) -> Any:
        """What stood there before."""
        ...

    @property
    def new(self) -> Any:
        """What was typed; None = emptied."""
        ...

    @property
    def read_at(self) -> str:
        """When it was read, ISO with its time zone."""
        ...

    @property
    def run_id(self) -> str:
        """The reading it was found in; two may be within one second."""
        ...

    @property
    def no(self) -> int:
        """Its number in the journal."""
        ...


@dataclass(slots=True)
class Group:
    """What one reading of the sheet found changed in one row, and what the row's cells hold after it."""

    spreadsheet: str
    key: str
    read_at: str
    cells: Mapping[str, Any]
    changed: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """Column -> number of its entry."""
    also: list[int] = field(default_factory=list)
    """Entries of the same cells that were typed over within the same reading."""

    def typed(self, by: str = "") -> Typed:
        """As it is read: with the day on which it was read, in the zone it is written in."""
        return Typed(self.key, self.cells, self.changed, to_day(dt.datetime.fromisoformat(self.read_at).date()), by)


def fold(entries: Iterable[EntryLike]) -> list[Group]:
    """The groups in the order of reading; entries of other tabs and columns are left out."""
    state: dict[tuple[str, str], dict[str, Any]] = {}
    groups: dict[tuple[str, str, str, str], Group] = {}
    for entry in entries:
        if entry.tab != TAB or entry.column not in COLUMNS:
            continue
        row = state.setdefault((entry.spreadsheet, entry.row_key), {})
        place = (entry.spreadsheet, entry.row_key, entry.read_at, entry.run_id)
        group = groups.get(place)
        if group is None:
            group = groups[place] = Group(entry.spreadsheet, entry.row_key, entry.read_at, {})
        if entry.column in group.numbers:
            group.also.append(group.numbers[entry.column])
        group.changed.setdefault(entry.column, entry.old)
        group.numbers[entry.column] = entry.no
        row[entry.column] = entry.new
        group.cells = dict(row)
    return list(groups.values())


def answer_text(cells: Mapping[str, Any]) -> str:
    """The cells of a row as the one text that an answer names; the spreadsheet makes the same of them (see T and N).

    A text stands as it is followed by 0, a number alone: what Google's T(cell)&N(cell) gives.
    """
    return "|".join(_cell_text(cells.get(column)) for column in COLUMNS)


def _cell_text(value: Any) -> str:
    if value is None or value == "":
        return "0"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dt.date):
        return str(value.toordinal() - dt.date(1899, 12, 30).toordinal())
    return f"{value}0" if isinstance(value, str) else f"{float(value):.15g}"


def last_cells(entries: Sequence[EntryLike]) -> dict[str, dict[str, Any]]:
    """Row key -> column -> what was typed last, in whatever spreadsheet; blank where it was emptied last."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.tab == TAB and entry.column in COLUMNS:
            found.setdefault(entry.row_key, {})[entry.column] = entry.new
    return found
