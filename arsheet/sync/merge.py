"""The three-way merge of one tab by key and column owner: what the book says, what the sheet holds, what was agreed.

Pure. Whole columns are compared first; only cells that differ are looked at one by one. A cell counts as changed by the
side whose value is not the one last agreed; the rules are those of ``sync.model.Owner`` and ``Policy.winner``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arsheet.sync.cells import different, plain, plain_column, same, shown, typed, written
from arsheet.sync.locating import Located, locate
from arsheet.sync.model import (
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
    shown_key,
)
from arsheet.sync.placing import place
from arsheet.sync.remote import Cell, Formula, TabRead
from arsheet.sync.told import finding
from arsheet.table import CellError

BOOK_SIDE = "@book"
"""Ends the name of the book's side of a column in the base."""
EMPTY = ""
"""In the base of a formula: its cell was blank when it was last written."""


def merge(view: TabView, base: TabBase, book: TabData, sheet: TabRead | None, *, policy: Policy) -> TabPlan:
    """The plan of one tab; ``sheet`` None: the spreadsheet has no such tab. See TabPlan for what comes out."""
    side = Side(view, base, book, policy)
    if sheet is None:
        if base.rows and view.key not in policy.recreate:
            side.plan.problems.append(finding("sheet_tab_missing", side.plan.title))
            return side.plan
        return _fresh(side)
    found = locate(view, base, sheet, policy=policy)
    if found.problems:
        side.plan.problems.extend(found.problems)
        return side.plan
    side.found = found
    side.plan.at, side.plan.new_columns, side.plan.grid = found.at, found.new, found.grid
    if view.people or view.append_only_rows:
        side.compare(list(book.keys), found.row_of)
        side.absent([key for key in book.keys if key not in found.row_of])
        side.left_over()
        side.wipe()
    else:
        place(side)
    return side.finish()


def _fresh(side: Side) -> TabPlan:
    """A tab that has to be made: the header and every row of the book."""
    side.plan.add = True
    side.plan.at = {column.key: at for at, column in enumerate(side.view.published)}
    for key in side.book.keys:
        side.append(key, side.base.get(key))
    return side.finish()


class Side:
    """One tab under way: the book's columns made plain, the base laid out by ``names``, the plan being filled."""

    def __init__(self, view: TabView, base: TabBase, book: TabData, policy: Policy) -> None:
        self.view, self.book, self.policy = view, book, policy
        self.said = {key: plain_column(values) for key, values in book.columns.items()}
        self.place_of = dict(zip(book.keys, range(len(book.keys)), strict=True))
        self.held = tuple(column for column in view.published if column.key not in view.key_columns)
        both = [c.key + BOOK_SIDE for c in self.held if c.owner in ("user", "seeded") and c.key in self.said]
        self.names = (*(column.key for column in self.held), *both)
        self.slot = {name: at for at, name in enumerate(self.names, 1)}
        self.plan = TabPlan(view, view.title(policy.language), self.names)
        self.base = _laid_out(self, base)
        self.found: Located = Located(view, self.plan.title, 0, 0)
        self.writes: dict[tuple[int, int], CellWrite] = {}
        self._now: list[tuple[str, int, Any]] = []
        self._then: list[tuple[str, int, Any]] = []

    # cells that differ ------------------------------------------------------------------------------------------

    def compare(self, keys: list[str], row_of: Mapping[str, int]) -> None:
        """The cells of all keys that stand on both sides."""
        rows = list(map(row_of.get, keys))
        if None in rows:
            keys = [key for key, row in zip(keys, rows, strict=True) if row is not None]
            rows = [row for row in rows if row is not None]
        at = [row for row in rows if row is not None]
        agreed = list(map(self.base.get, keys))
        blank = [0, *[None] * len(self.names)]
        if None in agreed:
            for key, row, known in zip(keys, at, agreed, strict=True):
                if known is None:
                    self._first_met(key, row)
        before = [known or blank for known in agreed]
        for column in self.held:
            seen = _picked(self.found.columns[column.key], at)
            said = self._said(column.key, keys)
            if column.owner == "machine":
                if said is not None:
                    self._machine(column, keys, at, before, seen, said)
            else:
                self._people(column, keys, at, before, seen, said)
        self._override()

    def _said(self, column: str, keys: list[str]) -> Sequence[Any] | None:
        values = self.said.get(column)
        if values is None or len(keys) == len(values):
            return values
        return [values[self.place_of[key]] for key in keys]

    def _first_met(self, key: str, row: int) -> None:
        """A key that stands on both sides and was never agreed: of machine columns, what is there is the base."""
        self.plan.now[key] = [0, *[None] * len(self.names)]
        for column in self.held:
            if column.owner == "machine":
                self._now.append((key, self.slot[column.key], self.found.columns[column.key][row]))

    def _machine(
        self, column: ColumnView, keys: list[str], rows: list[int], before: list[list[Any]], seen: Sequence[Any],
        said: Sequence[Any],
    ) -> None:  # fmt: skip
        slot = self.slot[column.key]
        for at in different(seen, said):
            key, row, there = keys[at], rows[at], seen[at]
            agreed = before[at][slot]
            if column.formula:
                self._formula(column, key, row, there, agreed)
                continue
            if not same(there, agreed) and not self._slip(column, key, row, there, agreed):
                self._conflict(column, key, agreed, said[at], there, "machine_owns", "book")
            self.write(column, key, row, there, self.book.columns[column.key][self.place_of[key]])
        if column.formula:
            for at in different(seen, [row[slot] for row in before]):
                if same(seen[at], said[at]):
                    self._now.append((keys[at], slot, seen[at]))

    def _formula(self, column: ColumnView, key: str, row: int, there: Any, agreed: Any) -> None:
        """A formula that shows something else than the book: written again once; what it then shows is left."""
        tried = EMPTY if there is None else there
        if same(tried, agreed):
            return
        if agreed not in (None, EMPTY) and there is not None and not self._slip(column, key, row, there, agreed):
            self._conflict(column, key, agreed, None, there, "machine_owns", "book")
        self._now.append((key, self.slot[column.key], tried))
        self._put(column, key, row, there, self.formula(column, key))

    def _people(
        self, column: ColumnView, keys: list[str], rows: list[int], before: list[list[Any]], seen: Sequence[Any],
        said: Sequence[Any] | None,
    ) -> None:  # fmt: skip
        slot, twin = self.slot[column.key], self.slot.get(column.key + BOOK_SIDE)
        agreed = [row[slot] for row in before]
        changed = set(different(seen, agreed))
        heard: set[int] = set()
        if said is not None and twin is not None:
            heard = set(different(said, [row[twin] for row in before]))
            if column.owner == "seeded":
                heard = {at for at in heard if seen[at] is None and before[at][twin] is None}
        for at in sorted(changed | heard):
            key, row, there = keys[at], rows[at], seen[at]
            if at in changed and self._slip(column, key, row, there, agreed[at]):
                self._put(column, key, row, there, written(agreed[at], column.kind))
                continue
            book = said[at] if said is not None else None
            if twin is not None and same(there, book):
                self._now += [(key, slot, there), (key, twin, book)]
            elif at in changed:
                self._typed(column, key, row, agreed[at], there, book if at in heard else None, at in heard)
            elif there is None or column.owner == "user":
                self.write(column, key, row, there, self.book.columns[column.key][self.place_of[key]])

    def _typed(self, column: ColumnView, key: str, row: int, agreed: Any, there: Any, book: Any, both: bool) -> None:
        """A cell that people changed, and perhaps the book too."""
        slot, twin = self.slot[column.key], self.slot.get(column.key + BOOK_SIDE)
        if self._refused(column, key, row, there):
            return
        if both:
            winner, rule = self.policy.winner(column)
            self._conflict(column, key, agreed, book, there, rule, winner)
            if winner == "book":
                self.write(column, key, row, there, self.book.columns[column.key][self.place_of[key]])
                return
        self._now.append((key, slot, there))
        if twin is not None and both:
            self._now.append((key, twin, book))
        if there is None and column.owner == "append":
            return  # what was said before stays said
        self._pull(column, key, agreed, there)

    def _pull(self, column: ColumnView, key: str, agreed: Any, there: Any) -> None:
        policy = self.policy
        self.plan.pulls.append(
            Entry(
                policy.spreadsheet, self.view.key, key, column.key, typed(agreed, column.kind),
                typed(there, column.kind), policy.read_at, policy.run_id, column.landing,
            )
        )  # fmt: skip

    def _refused(self, column: ColumnView, key: str, row: int, there: Any) -> bool:
        """Whether a typed value cannot be taken over; it is told and left alone."""
        cell = self.found.cell(row, column.key)
        if isinstance(there, CellError):
            told = finding("sheet_entry_is_error", self.plan.title, cell=cell, value=there.text)
            why: tuple[str, str] | None = (told.zh, told.en)
            self.plan.problems.append(told)
        else:
            why = self.policy.check(column, typed(there, column.kind)) if self.policy.check else None
        if why is not None:
            self.plan.invalid.append(Invalid(self.view.key, key, column.key, there, cell, *why))
        return why is not None

    def _slip(self, column: ColumnView, key: str, row: int, there: Any, agreed: Any) -> bool:
        """Whether a difference is our own write that met a moved row: on the wrong row, or missing from its own."""
        ours, tab = self.policy.written, self.view.key
        if ours is None:
            return False
        put = ours.cells.get((tab, row, self.found.at[column.key]))
        if put is not None and put[0] != key and same(put[1], there):
            return True
        spot = (tab, key, column.key)
        if spot in ours.before and same(ours.before[spot], there) and not same(there, agreed):
            return True
        return any(
            other != key and same(value, there) and not self._arrived(other, column.key, value)
            for other, value in ours.values.get((tab, column.key), ())
        )

    def _arrived(self, key: str, column: str, value: Any) -> bool:
        """Whether a row shows what was written for it."""
        row = self.found.row_of.get(key)
        return row is not None and same(self.found.columns[column][row], value)

    def _override(self) -> None:
        """Cells that the job sets whoever owns them; what was typed there has been pulled above."""
        for key, cells in self.book.overrides.items():
            row = self.found.row_of.get(key)
            if row is None:
                continue
            for name, value in cells.items():
                column, there = self.view.column(name), self.found.columns[name][row]
                if not same(there, plain(value)):
                    self._put(column, key, row, there, value)
                    self._then.append((key, self.slot[name], plain(value)))
                    twin = self.slot.get(name + BOOK_SIDE)
                    if twin is not None and key in self.place_of:
                        self._then.append((key, twin, self.said[name][self.place_of[key]]))

    # rows on one side only --------------------------------------------------------------------------------------

    def absent(self, keys: list[str]) -> None:
        """Rows of the book that the sheet lacks: appended; one that people removed is put back once."""
        for key in keys:
            agreed = self.base.get(key)
            if agreed is not None and self.view.people and agreed[0]:
                self.plan.conflicts.append(
                    Conflict(self.view.key, key, "", None, shown_key(key), None, "row_removed_again", "sheet")
                )
                self.plan.problems.append(finding("sheet_row_removed_again", self.plan.title, key=shown_key(key)))
                continue
            self.append(key, agreed)

    def append(self, key: str, agreed: list[Any] | None) -> None:
        """A row to be appended; people's cells get back what was last agreed."""
        values, kept = self.row(key, agreed)
        self.plan.appends.append((key, values))
        kept[0] = 1 if agreed is not None and self.view.people else 0
        self.plan.then[key] = kept

    def row(self, key: str, agreed: list[Any] | None) -> tuple[list[Cell], list[Any]]:
        """The cells of a whole row by position, and the base that they make."""
        at = self.place_of[key]
        cells: list[Cell] = [None] * (max(self.plan.at.values()) + 1)
        kept: list[Any] = [0, *[None] * len(self.names)]
        for name, part in zip(self.view.key_columns, key.split("\x1f"), strict=True):
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

    def left_over(self) -> None:
        """Rows of the sheet that the book does not have, and rows that neither has any more."""
        for key in sorted(self.found.row_of.keys() - self.place_of.keys(), key=self.found.row_of.__getitem__):
            row, agreed = self.found.row_of[key], self.base.get(key)
            if agreed is None:
                self.unmatched(key, row)
            elif self.view.people:
                self._left_book(key, row, agreed)
        for key in self.base.keys() - self.place_of.keys() - self.found.row_of.keys():
            self.plan.now[key] = None

    def _left_book(self, key: str, row: int, agreed: list[Any]) -> None:
        """A row that is no longer published: what people type there is still kept, and told."""
        for column in self.held:
            there, was = self.found.columns[column.key][row], agreed[self.slot[column.key]]
            if column.owner == "machine" or same(there, was) or self._slip(column, key, row, there, was):
                continue
            if self._refused(column, key, row, there):
                continue
            self._now.append((key, self.slot[column.key], there))
            if there is not None or column.owner != "append":
                self._pull(column, key, was, there)
            if key not in self.book.overrides:
                self._conflict(column, key, was, None, there, "row_left_book", "sheet")
                told = finding("sheet_row_left_book", self.plan.title, key=shown_key(key))
                self.plan.problems.append(told)

    def wipe(self) -> None:
        """What our own write put into a blank row, because rows moved under it."""
        for row, name in self.found.slips:
            self._put(self.view.column(name), "", row, self.found.columns[name][row], None)

    def unmatched(self, key: str, row: int) -> None:
        """A row whose key the book does not know: listed with all that was typed, never dropped."""
        cells = [self.found.columns[column.key][row] for column in self.held]
        typed_there = "；".join(
            f"{column.header(self.policy.language)}：{shown(value)}"
            for column, value in zip(self.held, cells, strict=True)
            if value is not None
        )
        conflict = Conflict(self.view.key, key, "", None, None, typed_there or None, "key_not_in_book", "sheet")
        self.plan.unmatched.append(conflict)
        cell = self.found.cell(row, self.view.key_columns[0])
        facts = {"key": shown_key(key), "rows": str(self.found.number(row))}
        self.plan.problems.append(finding("sheet_key_unknown", self.plan.title, cell=cell, **facts))

    # what comes out ---------------------------------------------------------------------------------------------

    def formula(self, column: ColumnView, key: str) -> Formula:
        """The formula of a row."""
        return Formula(column.formula.replace("{key}", '"' + key.replace('"', '""') + '"'))

    def write(self, column: ColumnView, key: str, row: int, there: Any, value: Cell) -> None:
        """The book's value to be written; it is agreed once it has landed."""
        self._put(column, key, row, there, written(value, column.kind))
        self._then.append((key, self.slot[column.key], plain(value)))
        twin = self.slot.get(column.key + BOOK_SIDE)
        if twin is not None:
            self._then.append((key, twin, plain(value)))

    def _put(self, column: ColumnView, key: str, row: int, there: Any, value: Cell) -> None:
        position = self.found.at[column.key]
        self.writes[row, position] = CellWrite(row, position, key, column.key, there, value, column.owner)

    def _conflict(
        self, column: ColumnView, key: str, agreed: Any, book: Any, there: Any, rule: str, winner: Any
    ) -> None:
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
        self._edit(plan.now, self._now, {})
        self._edit(plan.then, self._then, plan.now)
        return plan

    def _edit(self, into: dict[str, Any], edits: list[tuple[str, int, Any]], first: Mapping[str, Any]) -> None:
        for key, slot, value in edits:
            row = into.get(key)
            if row is None:
                row = into[key] = list(first.get(key) or self.base.get(key) or [0, *[None] * len(self.names)])
            row[slot] = value


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


def _picked(values: Sequence[Any], rows: list[int]) -> Sequence[Any]:
    """The values of some rows, in their order."""
    if len(rows) == len(values) and all(map(int.__eq__, rows, range(len(rows)))):
        return values if isinstance(values, list) else list(values)
    return list(map(values.__getitem__, rows))
