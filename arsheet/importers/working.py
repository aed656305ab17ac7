"""The rows of one file while an import is planned: columns that steps fill in, and which rows are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

    ``mapped`` are the keys that the file has a column for, ``refused`` the rows that will not be appended, ``taken``
    those that become records of another table, ``opening`` those that bring a balance forward, ``credits`` those that
    stand on the credit side. ``directions_of_balance``: the direction column speaks of the balance, not the amount.
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
    taken: set[int] = field(default_factory=set)
    opening: set[int] = field(default_factory=set)
    credits: set[int] = field(default_factory=set)
    directions_of_balance: bool = False

    def __len__(self) -> int:
        return len(self.place.rows)

    def column(self, key: str) -> list[Any]:
        """A column, all None where there is none."""
        return self.columns[key] if key in self.columns else [None] * len(self)

    def standing(self) -> list[int]:
        """The rows neither refused nor taken elsewhere."""
        return [row for row in range(len(self)) if row not in self.refused and row not in self.taken]

    def say(self, code: str, row: int | None = None, column: str = "", **facts: Any) -> None:
        """A problem of this file."""
        self.problems.append(Problem(code, self.spec.key, row, column, facts))

    def refuse(self, row: int, code: str, column: str, **facts: Any) -> None:
        """Leaves a row out and says why, once per row and never twice about a cell."""
        if row not in self.refused and (row, column) not in self.complained:
            self.say(code, row, column, **facts)
        self.refused.add(row)

    def stand_for(self, source: str, key: str) -> None:
        """``key`` is read from the column of ``source``."""
        keys = list(self.columns)
        columns = list(self.place.columns)
        columns[keys.index(key)] = columns[keys.index(source)]
        self.place = Place(self.place.sheet, self.place.rows, columns)
        self.mapped.add(key)

    def drop(self, rows: Iterable[int]) -> None:
        """Takes out rows that are no records, before anything else is known of rows by number."""
        gone = set(rows)
        if not gone:
            return
        kept = [row for row in range(len(self)) if row not in gone]
        now = {row: at for at, row in enumerate(kept)}
        for key, column in self.columns.items():
            self.columns[key] = [column[row] for row in kept]
        self.place = Place(self.place.sheet, [self.place.rows[row] for row in kept], self.place.columns)
        self.problems = [
            each if each.row is None else replace(each, row=now[each.row])
            for each in self.problems if each.row is None or each.row in now
        ]  # fmt: skip
        self.complained = {(now[row], key) for row, key in self.complained if row in now}
        self.refused, self.opening, self.credits = (
            {now[row] for row in each if row in now} for each in (self.refused, self.opening, self.credits)
        )

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
