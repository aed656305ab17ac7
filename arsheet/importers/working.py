"""The rows of one file while an import is planned: columns that steps fill in, and which rows are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.ledger.assembly.rows import currency_code, minor
from arsheet.ledger.money import exponent, to_decimal
from arsheet.schema.model import Column, TableSpec
from arsheet.table import Place, Problem, Table

KINDS = {"date": "day", "choice": "text"}
"""What a typed table calls the kinds of the declarations that have another name there."""
DATES = {
    "invoices": "document_date",
    "receipts": "date",
    "applications": "date",
    "instalments": "due_date",
    "limits": "from",
    "orders": "signed",
}
"""The date by which the rows of a table are shown: earliest and latest."""


@dataclass(slots=True)
class Draft:
    """Decoded columns by key, changed in place by the steps of an import.

    ``mapped`` are the keys that the file has a column for, ``refused`` the rows that will not be appended.
    """

    spec: TableSpec
    columns: dict[str, list[Any]]
    place: Place
    kinds: dict[str, str]
    mapped: set[str]
    base: str
    problems: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    complained: set[tuple[int, str]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.place.rows)

    def column(self, key: str) -> list[Any]:
        """A column, all None where there is none."""
        return self.columns[key] if key in self.columns else [None] * len(self)

    def standing(self) -> list[int]:
        """The rows not refused."""
        return [row for row in range(len(self)) if row not in self.refused]

    def say(self, code: str, row: int | None = None, column: str = "", **facts: Any) -> None:
        """A problem of this file."""
        self.problems.append(Problem(code, self.spec.key, row, column, facts))

    def refuse(self, row: int, code: str, column: str, **facts: Any) -> None:
        """Leaves a row out and says why, once per row and never twice about a cell."""
        if row not in self.refused and (row, column) not in self.complained:
            self.say(code, row, column, **facts)
        self.refused.add(row)

    def cell(self, row: int, key: str) -> str:
        """The address in the file, "" where the column has none."""
        at = list(self.columns).index(key)
        return self.place.cell(row, at) if self.place.columns[at] >= 0 else ""

    def currency(self, row: int) -> str:
        """The currency of a row as a code."""
        return currency_code(self.column("currency")[row], self.base) or ""

    def table(self) -> Table:
        """All rows of the file as read, for finding the cells of problems."""
        header = tuple(self.columns)
        return Table(
            self.spec.key, header, tuple(self.columns[key] for key in header),
            tuple(self.kinds[key] for key in header), self.place,
        )  # fmt: skip

    def picked(self, rows: Sequence[int]) -> Table:
        """Some rows as a table to append: the columns of the declaration only."""
        keys = list(self.columns)
        at = {key: self.place.columns[keys.index(key)] for key in keys}
        columns = {key: [self.column(key)[row] for row in rows] for key in self.columns}
        return typed(self.spec, columns, self.place.sheet, [self.place.rows[row] for row in rows], at)


def typed(
    spec: TableSpec, columns: Mapping[str, list[Any]], sheet: str, rows: Sequence[int], at: Mapping[str, int]
) -> Table:
    """A table of all the declaration's columns, None where ``columns`` has none; ``at`` says their sheet columns."""
    return Table(
        spec.key,
        tuple(column.key for column in spec.columns),
        tuple(columns.get(column.key) or [None] * len(rows) for column in spec.columns),
        tuple(KINDS.get(column.kind, column.kind) for column in spec.columns),
        Place(sheet, list(rows), [at.get(column.key, -1) for column in spec.columns]),
    )


def kinds_of(columns: Iterable[Column]) -> dict[str, str]:
    """Key -> kind as typed tables name it."""
    return {column.key: KINDS.get(column.kind, column.kind) for column in columns}


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount as the ledger will hold it: half up to the minor unit."""
    return to_decimal(minor(amount, currency)[0], exponent(currency))
