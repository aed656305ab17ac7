"""One tab of a merge under way: the three sides made plain, and the plan being filled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from arsheet.sync.cells import clipped, plain, plain_of_kind, same, typed, written
from arsheet.sync.locating import Located
from arsheet.sync.model import (
    SEPARATOR,
    CellWrite,
    ColumnView,
    Conflict,
    Entry,
    Invalid,
    Policy,
    TabBase,
    TabData,
    TabPlan,
    TabView,
)
from arsheet.sync.remote import Cell, Formula
from arsheet.sync.told import finding
from arsheet.table import CellError

LONGEST_ENTRY = 2_000
"""Characters of a text that is taken over. The key of an answer holds all six texts of a row, in one cell of 50,000."""
BOOK_SIDE = "@book"
"""Ends the name of the book's side of a column in the base."""
_NONE: Mapping[str, Any] = MappingProxyType({})


class Side:
    """The book's columns made plain, the base laid out by ``names``, the sheet as located, the plan being filled."""

    def __init__(self, view: TabView, base: TabBase, book: TabData, policy: Policy) -> None:
        self.view, self.book, self.policy = view, book, policy
        self.said = {
            column.key: plain_of_kind(book.columns[column.key], column.kind)
            for column in view.published
            if column.key in book.columns and column.key not in view.key_columns
        }
        self.near: dict[str, int] = {}
        self.held = tuple(column for column in view.published if column.key not in view.key_columns)
        both = [c.key + BOOK_SIDE for c in self.held if c.owner in ("user", "seeded") and c.key in self.said]
        self.names = (*(column.key for column in self.held), *both)
        self.slot = {name: at for at, name in enumerate(self.names, 1)}
        self.plan = TabPlan(view, view.title(policy.language), self.names, problems=list(book.problems))
        self.base = _laid_out(self, base)
        self.found: Located = Located(view, self.plan.title, 0, 0)
        self.writes: dict[tuple[int, int], CellWrite] = {}
        self.now: list[tuple[str, int, Any]] = []
        self.then: list[tuple[str, int, Any]] = []

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Where each key stands in the book."""
        return dict(zip(self.book.keys, range(len(self.book.keys)), strict=True))

    def at(self, key: str) -> int:
        """Where a key of the book stands in it; few are asked for, and ``near`` has most of those."""
        found = self.near.get(key)
        return self.place_of[key] if found is None else found

    def formula(self, column: ColumnView, key: str) -> Formula:
        """The formula of a row."""
        return Formula(column.formula.replace("{key}", '"' + key.replace('"', '""') + '"'))

    def write(self, column: ColumnView, key: str, row: int, there: Any, value: Cell) -> None:
        """The book's value to be written; it is agreed once it has landed."""
        self.put(column, key, row, there, written(value, column.kind))
        self.then.append((key, self.slot[column.key], plain(value)))
        twin = self.slot.get(column.key + BOOK_SIDE)
        if twin is not None:
            self.then.append((key, twin, plain(value)))

    def put(self, column: ColumnView, key: str, row: int, there: Any, value: Cell) -> None:
        """A cell to be written; a later word on the same cell counts."""
        position = self.found.at[column.key]
        self.writes[row, position] = CellWrite(row, position, key, column.key, there, value, column.owner)

    def put_by_job(self, column: ColumnView, key: str, row: int, there: Any, value: Cell) -> None:
        """A cell of people that the job writes; the book's side of it is what the book says now."""
        self.put(column, key, row, there, value)
        self.then.append((key, self.slot[column.key], plain(value)))
        twin = self.slot.get(column.key + BOOK_SIDE)
        if twin is not None and key in self.place_of:
            self.then.append((key, twin, self.said[column.key][self.at(key)]))

    def give_back(self) -> None:
        """Rows that were taken from this spreadsheet and are its own again: what was typed last about them, anywhere.

        What people have typed there meanwhile stays.
        """
        left = sorted(self.book.taken.items(), key=lambda each: each[1] is None)
        marks = [(self.slot[name], plain(value)) for name, value in left]
        base = self.base if marks else _NONE
        lost = [key for key, agreed in base.items() if all(same(agreed[slot], value) for slot, value in marks)]
        known = self.book.back() if lost else _NONE
        for key in lost:
            row, agreed, last = self.found.row_of.get(key), self.base[key], known.get(key, _NONE)
            if row is None or key not in self.place_of:
                continue
            for name, _ in left:
                there, value = self.found.columns[name][row], last.get(name)
                if same(there, agreed[self.slot[name]]) and not same(there, plain(value)):
                    self.put_by_job(self.view.column(name), key, row, there, value)

    def conflict(
        self, column: ColumnView, key: str, agreed: Any, book: Any, there: Any, rule: str, winner: Any
    ) -> None:
        """A cell on which the sides differ."""
        kind = column.kind
        self.plan.conflicts.append(
            Conflict(
                self.view.key, key, column.key, typed(agreed, kind), typed(book, kind), typed(there, kind), rule, winner
            )
        )  # fmt: skip

    def finish(self) -> TabPlan:
        """The plan, with the base as it will be in both steps."""
        plan = self.plan
        plan.writes = [self.writes[spot] for spot in sorted(self.writes)]
        self._edit(plan.now, self.now, {})
        self._edit(plan.then, self.then, plan.now)
        return plan

    def _edit(self, into: dict[str, Any], edits: list[tuple[str, int, Any]], first: Mapping[str, Any]) -> None:
        for key, slot, value in edits:
            row = into.get(key)
            if row is None:
                row = into[key] = list(first.get(key) or self.base.get(key) or [0, *[None] * len(self.names)])
            row[slot] = value

    def slip(self, column: ColumnView, key: str, row: int, there: Any, agreed: Any) -> bool:
        """Whether a difference is our own write that met a moved row: on the wrong row, or missing from its own."""
        ours, tab = self.policy.written, self.view.key
        if ours is None:
            return False
        put = ours.cells.get((tab, row, self.found.at[column.key]), ())
        if any(other != key and same(value, there) for other, value in put):
            return True
        if any(same(value, there) for value in ours.before.get((tab, key, column.key), ())):
            return not same(there, agreed)
        return any(
            other != key and same(value, there) and not self._arrived(other, column.key, value)
            for other, value in ours.values.get((tab, column.key), ())
        )

    def _arrived(self, key: str, column: str, value: Any) -> bool:
        """Whether a row shows what was written for it."""
        row = self.found.row_of.get(key)
        return row is not None and same(self.found.columns[column][row], value)

    def refused(self, column: ColumnView, key: str, row: int, there: Any) -> bool:
        """Whether a typed value cannot be taken over; it is told and left alone."""
        cell = self.found.cell(row, column.key)
        told, value = None, there
        if isinstance(there, CellError):
            told = finding("sheet_entry_is_error", self.plan.title, cell=cell, value=there.text)
        elif isinstance(there, str) and len(there) > LONGEST_ENTRY:
            facts = {"length": f"{len(there):,}", "most": f"{LONGEST_ENTRY:,}"}
            told, value = finding("sheet_entry_too_long", self.plan.title, cell=cell, **facts), clipped(there, 60)
        why: tuple[str, str] | None = None
        if told is not None:
            why = (told.zh, told.en)
            self.plan.problems.append(told)
        elif self.policy.check is not None:
            why = self.policy.check(column, typed(there, column.kind))
        if why is not None:
            self.plan.invalid.append(Invalid(self.view.key, key, column.key, value, cell, *why))
        return why is not None

    def pull(self, column: ColumnView, key: str, agreed: Any, there: Any) -> None:
        """An entry: what was agreed and what stands there now."""
        policy = self.policy
        self.plan.pulls.append(
            Entry(
                policy.spreadsheet, self.view.key, key, column.key, typed(agreed, column.kind),
                typed(there, column.kind), policy.read_at, policy.run_id, column.landing,
            )
        )  # fmt: skip

    def append(self, key: str, agreed: list[Any] | None) -> None:
        """A row to be appended; people's cells get back what was last agreed."""
        values, kept = self.row(key, agreed)
        self.plan.appends.append((key, values))
        again = agreed is not None and self.view.people
        kept[0] = 1 if again and self.policy.former is None else agreed[0] if again and agreed else 0
        self.plan.then[key] = kept

    def row(self, key: str, agreed: list[Any] | None) -> tuple[list[Cell], list[Any]]:
        """The cells of a whole row by position, and the base that they make."""
        at = self.at(key)
        cells: list[Cell] = [None] * (max(self.plan.at.values()) + 1)
        kept: list[Any] = [0, *[None] * len(self.names)]
        for name, part in zip(self.view.key_columns, key.split(SEPARATOR), strict=True):
            said = self.book.columns.get(name)
            cells[self.plan.at[name]] = said[at] if said is not None else part
        for column in self.held:
            slot, twin = self.slot[column.key], self.slot.get(column.key + BOOK_SIDE)
            said = self.said.get(column.key)
            if column.formula:
                cells[self.plan.at[column.key]] = self.formula(column, key)
                continue
            mine = column.owner == "machine" or agreed is None
            if not mine and agreed is not None and twin is not None and column.owner == "user" and said is not None:
                mine = not same(said[at], agreed[twin])
            value = said[at] if mine and said is not None else None
            if mine and said is not None:
                cells[self.plan.at[column.key]] = written(self.book.columns[column.key][at], column.kind)
            elif agreed is not None:
                value = agreed[slot]
                cells[self.plan.at[column.key]] = written(value, column.kind)
            kept[slot] = value
            if twin is not None and said is not None:
                kept[twin] = said[at]
        return cells, kept


def _laid_out(side: Side, base: TabBase) -> Mapping[str, list[Any]]:
    """The rows of a base in the order of the side's names; a book's side that is new begins as the book has it now."""
    if base.names == side.names:
        return base.rows
    known = {name: at for at, name in enumerate(base.names, 1)}
    laid = {
        key: [row[0], *(row[known[n]] if n in known else None for n in side.names)] for key, row in base.rows.items()
    }
    for name in side.names:
        if name not in known and name.endswith(BOOK_SIDE):
            said, slot = side.said[name.removesuffix(BOOK_SIDE)], side.slot[name]
            for key, row in laid.items():
                if key in side.place_of:
                    row[slot] = said[side.place_of[key]]
    side.plan.now.update(laid)
    return laid
