"""What crosses every boundary of the house: Table, Grid, Problem and Finding, and the values inside them.

A *day* is an int: days since 1970-01-01 (numpy's datetime64[D]). Money is int minor units (分) beside a currency.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

NO_DAY = -(2**31)
"""The missing day in an int32 column."""
FAR_DAY = 2**31 - 1
"""Later than any date: "never" in an int32 column."""

EPOCH = dt.date(1970, 1, 1).toordinal()
"""The ordinal of day 0."""


def to_day(value: dt.date) -> int:
    """Days since 1970-01-01."""
    return value.toordinal() - EPOCH


def from_day(day: int) -> dt.date:
    """The date of a day number."""
    return dt.date.fromordinal(int(day) + EPOCH)


def iso(day: int) -> str:
    """A day as YYYY-MM-DD."""
    return from_day(day).isoformat()


def column_letter(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell, such as #N/A or #REF!."""

    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the records of a table stand: its sheet, the 1-based row of each record, 0-based columns."""

    sheet: str
    rows: Sequence[int]
    columns: Sequence[int]

    def cell(self, record: int, column: int) -> str:
        """The address of one value, such as L2."""
        return f"{column_letter(self.columns[column])}{self.rows[record]}"


@dataclass(frozen=True, slots=True)
class Table:
    """A header and one column per field; ``kinds`` names what each column holds.

    Kinds: text, id, int, days, day (int or None), money (int minor units or None, the row's currency in the column
    ``currency`` or in ``facts["currency"]``), rate and percent (Decimal or None), flag, any (raw cell values).
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[Any, ...]
    kinds: tuple[str, ...] = ()
    place: Place | None = None
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if len(self.header) != len(self.columns):
            raise ValueError(f"{self.name}: {len(self.header)} headers, {len(self.columns)} columns")
        if self.kinds and len(self.kinds) != len(self.header):
            raise ValueError(f"{self.name}: {len(self.header)} headers, {len(self.kinds)} kinds")
        if len({len(column) for column in self.columns}) > 1:
            raise ValueError(f"{self.name}: columns of different lengths")

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __contains__(self, key: str) -> bool:
        return key in self.header

    def column(self, key: str) -> Sequence[Any]:
        """The values under one header; KeyError names what there is."""
        try:
            found: Sequence[Any] = self.columns[self.header.index(key)]
            return found
        except ValueError:
            raise KeyError(f"{self.name} has no column {key!r}; it has {', '.join(self.header)}") from None

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The records, one tuple each; numbers of arrays as Python's own."""
        columns = [column.tolist() if hasattr(column, "tolist") else column for column in self.columns]
        return zip(*columns, strict=True)

    def records(self) -> list[dict[str, Any]]:
        """The records as dictionaries."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows()]


@dataclass(frozen=True, slots=True)
class Grid:
    """Typed cells as they stand on a sheet: None, bool, int, float, str, date, datetime, time, timedelta or CellError.

    ``cells[0][0]`` is the cell at (``first_row``, ``first_column``): 1-based row, 0-based column. ``merged`` ranges are
    (first row, first column, last row, last column) of the sheet, counted alike; their value is in their first cell.
    """

    sheet: str
    cells: Sequence[Sequence[Any]]
    first_row: int = 1
    first_column: int = 0
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def address(self, row: int, column: int) -> str:
        """The address of ``cells[row][column]``."""
        return f"{column_letter(self.first_column + column)}{self.first_row + row}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check of the ledger found, in facts only: ``row`` is the record's position in ``table``."""

    code: str
    table: str = ""
    row: int | None = None
    column: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in words, with the cell to jump to. Severity: error, warning or note."""

    code: str
    severity: str
    sheet: str
    cell: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, language: str) -> str:
        """The message in one language."""
        return self.zh if language == "zh" else self.en

    def hint(self, language: str) -> str:
        """What to do, in one language."""
        return self.hint_zh if language == "zh" else self.hint_en


class ArsheetError(Exception):
    """A refused file or argument: a code, the words in both languages, what to do, and the exit code of the CLI."""

    def __init__(self, code: str, zh: str, en: str, *, exit_code: int = 3, facts: Mapping[str, Any] | None = None):
        super().__init__(f"{en} / {zh}")
        self.code, self.zh, self.en, self.exit_code = code, zh, en, exit_code
        self.facts = dict(facts or {})


class WorkbookError(ArsheetError):
    """A file or workbook that cannot be read or written as asked."""
