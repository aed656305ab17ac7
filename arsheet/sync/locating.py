"""Where the columns and rows of a tab stand, and what makes it unsafe to write: header, keys, merged cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from arsheet.sync.cells import plain, plain_column, same, shown
from arsheet.sync.model import SEPARATOR, Policy, TabBase, TabView, Written, shown_key
from arsheet.sync.remote import TabRead
from arsheet.sync.told import finding, listed
from arsheet.table import Finding, column_letter

_MERGED = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+):\$?([A-Za-z]{1,3})\$?(\d+)")
_MOST_DUPLICATES = 20
"""So many keys that occur twice are told one by one."""


class Seen:
    """One column of a tab as read, by row, made plain when it is asked for: few rows ever are."""

    __slots__ = ("raw",)

    def __init__(self, raw: list[Any]) -> None:
        self.raw = raw
        """All rows, as they were read."""

    def __getitem__(self, row: int) -> Any:
        return plain(self.raw[row])

    def of(self, rows: Sequence[int]) -> Sequence[Any]:
        """Some rows, in their order."""
        return plain_column([self.raw[row] for row in rows])

    def first(self, count: int) -> Sequence[Any]:
        """The first rows."""
        return plain_column(self.raw[:count])


@dataclass(slots=True)
class Located:
    """A tab read and understood: positions of columns, the row of each key; ``spare`` rows hold no record.

    ``slips``: (row, column) that our own write put into a blank row, because rows moved under it.
    ``columns``: column key -> its values by row. ``new``: columns that the tab does not have yet.
    """

    view: TabView
    title: str
    header_row: int
    rows: int
    grid: tuple[int, int] = (0, 0)
    at: dict[str, int] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    columns: dict[str, Seen] = field(default_factory=dict)
    keys: Sequence[str | None] = ()
    regular: bool = True
    """Whether every row has a key of its own."""
    known: dict[str, int] | None = None
    spare: list[int] = field(default_factory=list)
    slips: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    @property
    def row_of(self) -> dict[str, int]:
        """The row of each key, made when it is first asked for."""
        if self.known is None:
            self.known = dict(zip(self.keys, range(self.rows), strict=True))  # type: ignore[arg-type]
        return self.known

    def number(self, row: int) -> int:
        """The number of a row as people see it."""
        return self.header_row + 2 + row

    def cell(self, row: int, column: str) -> str:
        """The address of a cell as people see it."""
        return f"{column_letter(self.at[column])}{self.number(row)}"


def locate(view: TabView, base: TabBase, read: TabRead, *, policy: Policy) -> Located:
    """Finds columns by their header in either language and rows by their key.

    ``problems`` with severity error mean: write nothing to this tab. Under the policy's ``heal``, rows
    without a key or with one that occurred above count as spare (on a tab of ours alone, after a write of ours that was
    interrupted).
    """
    found = Located(view, read.title, read.header_row, read.height, (read.rows, read.columns))
    _columns(found, base, read, policy.language)
    _merged(found, read)
    if found.problems:
        return found
    found.columns = {key: Seen(read.column(position)) for key, position in found.at.items()}
    _keys(found, policy)
    return found


def _columns(found: Located, base: TabBase, read: TabRead, language: str) -> None:
    header = [str(text or "").strip() for text in read.header]
    missing, twice = [], []
    known = {name.partition("@")[0] for name in base.names}
    for column in found.view.published:
        places = [at for at, text in enumerate(header) if text and text in (column.zh, column.en)]
        if len(places) > 1:
            twice.append(column)
        elif places:
            found.at[column.key] = places[0]
        else:
            missing.append(column)
    bare = not any(header) and all(column.count(None) == len(column) for column in read.cells)
    row_no = read.header_row + 1
    if twice:
        names = "、".join(column.header(language) for column in twice)
        found.problems.append(finding("sheet_header_twice", read.title, names=names, row_no=row_no))
    if not missing:
        return
    if bare and not known:
        _add_columns(found, [column.key for column in missing], 0)
    elif not known and not found.at:
        found.problems.append(finding("sheet_tab_not_ours", read.title))
    elif known and not any(column.key in known or column.key in found.view.key_columns for column in missing):
        _add_columns(found, [column.key for column in missing], len(header))
    else:
        names = "、".join(column.header(language) for column in missing)
        found.problems.append(finding("sheet_header_missing", read.title, names=names, row_no=row_no))


def _add_columns(found: Located, keys: list[str], first: int) -> None:
    found.new = tuple(keys)
    found.at.update((key, first + at) for at, key in enumerate(keys))


def _merged(found: Located, read: TabRead) -> None:
    """Merged cells count where they touch our columns at or below the header; elsewhere they are the people's own."""
    ours = set(found.at.values())
    touching = []
    for text in read.merged_ranges:
        parts = _MERGED.search(text)
        if parts is None:
            touching.append(text)
            continue
        left, _, right, bottom = _number(parts[1]), parts[2], _number(parts[3]), int(parts[4])
        if bottom > read.header_row and ours & set(range(left, right + 1)):
            touching.append(text)
    if touching:
        found.problems.append(finding("sheet_cells_merged", read.title, names=", ".join(touching[:10])))


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _keys(found: Located, policy: Policy) -> None:
    parts = [found.columns[key].raw for key in found.view.key_columns]
    if len(parts) == 1 and set(map(type, parts[0])) == {str}:
        found.keys = parts[0]
    elif len(parts) == 1:
        found.keys = [shown(value).strip() or None for value in parts[0]]
    else:
        found.keys = [
            SEPARATOR.join(shown(part).strip() for part in row) if any(part is not None for part in row) else None
            for row in zip(*parts, strict=True)
        ]
    keys = set(found.keys)
    found.regular = len(keys) == found.rows and None not in keys and "" not in keys
    if not found.regular:
        _irregular(found, policy)


def _irregular(found: Located, policy: Policy) -> None:
    """Blank and repeated keys: a row without anything in our columns is spare, anything else stops the tab."""
    first: dict[str, int] = {}
    again: dict[str, list[int]] = {}
    blank = []
    heal = policy.heal and not found.view.people
    held = [(column.key, found.columns[column.key]) for column in found.view.published if not column.formula]
    for row, key in enumerate(found.keys):
        if not key:
            filled = [name for name, values in held if values[row] is not None]
            slips = [(row, name) for name in filled if _ours(found, row, name, policy.written)]
            if heal or len(slips) == len(filled):
                found.spare.append(row)
                found.slips += slips
            else:
                blank.append(row)
        elif key not in first:
            first[key] = row
        elif heal:
            found.spare.append(row)
        else:
            again.setdefault(key, [first[key]]).append(row)
    found.known = first
    for key, rows in list(again.items())[:_MOST_DUPLICATES]:
        said = listed([found.number(row) for row in rows])
        cell = found.cell(rows[1], found.view.key_columns[0])
        found.problems.append(finding("sheet_key_twice", found.title, cell=cell, key=shown_key(key), rows=said))
    if blank:
        column = found.view.column(found.view.key_columns[0]).header(policy.language)
        said = listed([found.number(row) for row in blank])
        cell = found.cell(blank[0], found.view.key_columns[0])
        found.problems.append(finding("sheet_key_blank", found.title, cell=cell, column=column, rows=said))


def _ours(found: Located, row: int, column: str, written: Written | None) -> bool:
    """Whether a value in a row without a key is what our last write put there.

    Rows may have moved again since, so of a column of ours alone any value of that write counts.
    """
    if written is None:
        return False
    there = found.columns[column][row]
    if any(same(value, there) for _, value in written.cells.get((found.view.key, row, found.at[column]), ())):
        return True
    values = written.values.get((found.view.key, column), ())
    return found.view.column(column).owner == "machine" and any(same(value, there) for _, value in values)
