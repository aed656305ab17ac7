"""One tab: its cells by row, its size, and the ranges that belong to it; forked cheaply for each write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from arsheet.sync.emulator.model.cells import Cell
from arsheet.sync.emulator.model.grid import Box, GridRange, deleted, edges, inserted

Row = dict[int, Cell]


class Tab:
    """A tab. Rows are shared between a tab and its forks and copied when first written."""

    def __init__(self, tab_id: int, title: str, rows: int = 1000, columns: int = 26) -> None:
        self.id, self.title, self.row_count, self.column_count = tab_id, title, rows, columns
        self.rows: dict[int, Row] = {}
        self.own: set[int] = set()
        self.grid: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
        self.merges: list[GridRange] = []
        self.protected: list[dict[str, Any]] = []
        self.conditional: list[dict[str, Any]] = []
        self.banded: list[dict[str, Any]] = []
        self.groups: dict[str, list[dict[str, Any]]] = {"ROWS": [], "COLUMNS": []}
        self.lines: dict[str, dict[int, dict[str, Any]]] = {"ROWS": {}, "COLUMNS": {}}
        self.filter: dict[str, Any] | None = None

    def fork(self) -> Tab:
        """A tab that starts equal and may be written without touching this one: O(rows), no cell copied."""
        new = Tab(self.id, self.title, self.row_count, self.column_count)
        new.rows = dict(self.rows)
        self.own = set()  # from here on both sides must copy a row before writing it
        new.grid, new.extra = dict(self.grid), dict(self.extra)
        new.merges, new.protected = list(self.merges), list(self.protected)
        new.conditional, new.banded = list(self.conditional), list(self.banded)
        new.groups = {key: list(value) for key, value in self.groups.items()}
        new.lines = {key: dict(value) for key, value in self.lines.items()}
        new.filter = self.filter
        return new

    @property
    def size(self) -> int:
        """Cells of the grid, empty ones too: what Google counts against its limit."""
        return self.row_count * self.column_count

    @property
    def whole(self) -> Box:
        """The whole grid."""
        return Box(0, self.row_count, 0, self.column_count)

    def get(self, row: int, column: int) -> Cell | None:
        """The stored cell, or None."""
        line = self.rows.get(row)
        return line.get(column) if line else None

    def put(self, row: int, column: int, cell: Cell | None) -> None:
        """Store a cell; an empty one is forgotten."""
        line = self.rows.get(row)
        if row not in self.own:
            line = dict(line) if line else {}
            self.rows[row] = line
            self.own.add(row)
        elif line is None:
            line = self.rows[row] = {}
        if cell is None or cell.empty:
            line.pop(column, None)
            if not line:
                del self.rows[row]
                self.own.discard(row)
        else:
            line[column] = cell

    def cells(self, box: Box | None = None) -> Iterator[tuple[int, int, Cell]]:
        """The stored cells of a box in reading order."""
        inside = box or self.whole
        narrow = inside.height < len(self.rows)
        chosen = range(inside.top, inside.bottom) if narrow else sorted(self.rows)
        for row in chosen:
            line = self.rows.get(row)
            if line is None or not inside.top <= row < inside.bottom:
                continue
            for column in sorted(line):
                if inside.left <= column < inside.right:
                    yield row, column, line[column]

    def box(self, ranged: GridRange) -> Box:
        """A GridRange as a rectangle: open ends reach the edge, ends beyond the grid are cut."""
        return Box(
            ranged.get("startRowIndex", 0),
            min(ranged.get("endRowIndex", self.row_count), self.row_count),
            ranged.get("startColumnIndex", 0),
            min(ranged.get("endColumnIndex", self.column_count), self.column_count),
        )

    def last_row(self) -> int:
        """The last row with a value or formula, -1 when there is none."""
        return max((r for r, line in self.rows.items() if any(not c.blank for c in line.values())), default=-1)

    def insert(self, *, rows: bool, at: int, count: int) -> None:
        """Insert `count` empty rows or columns before `at`; ranges move along."""
        self._shift(rows, lambda index: index + count if index >= at else index)
        self._ranges(lambda old: inserted(old, rows=rows, at=at, count=count))
        if rows:
            self.row_count += count
        else:
            self.column_count += count

    def delete(self, *, rows: bool, at: int, end: int) -> None:
        """Delete the rows or columns [at, end); ranges shrink or vanish with them."""
        self._shift(rows, lambda index: index if index < at else None if index < end else index - (end - at))
        self._ranges(lambda old: deleted(old, rows=rows, at=at, end=end))
        if rows:
            self.row_count -= end - at
        else:
            self.column_count -= end - at

    def move(self, *, rows: bool, start: int, end: int, to: int) -> None:
        """Move the rows or columns [start, end) before `to` (an index of the grid before the move)."""
        count = end - start
        first = to if to <= start else to - count

        def place(index: int) -> int:
            if start <= index < end:
                return first + index - start
            without = index - count if index >= end else index
            return without + count if without >= first else without

        self._shift(rows, place)

    def _shift(self, rows: bool, place: Callable[[int], int | None]) -> None:
        if rows:
            moved = ((place(row), row) for row in self.rows)
            self.rows = {new: self.rows[old] for new, old in moved if new is not None}
            self.own = set()
        else:
            for row, line in list(self.rows.items()):
                at = ((place(column), cell) for column, cell in line.items())
                self.rows[row] = {new: cell for new, cell in at if new is not None}
                self.own.add(row)
            self.rows = {row: line for row, line in self.rows.items() if line}
            self.own &= set(self.rows)
        lines = self.lines["ROWS" if rows else "COLUMNS"]
        placed = ((place(index), held) for index, held in lines.items())
        self.lines["ROWS" if rows else "COLUMNS"] = {new: held for new, held in placed if new is not None}

    def _ranges(self, change: Callable[[GridRange], GridRange | None]) -> None:
        self.merges = [new for old in self.merges if (new := change(old)) is not None and _many_cells(new)]
        kept = []
        for item in self.protected:
            new = change(item["range"]) if "range" in item else {}
            if new is not None:
                kept.append({**item, "range": new} if "range" in item else item)
        self.protected = kept
        self.banded = [{**b, "range": new} for b in self.banded if (new := change(b["range"])) is not None]
        rules = [
            (rule, [n for g in rule.get("ranges", []) if (n := change(g)) is not None]) for rule in self.conditional
        ]
        self.conditional = [{**rule, "ranges": ranges} for rule, ranges in rules if ranges]
        if self.filter:
            new_filter = change(self.filter["range"])
            self.filter = {**self.filter, "range": new_filter} if new_filter is not None else None

    def resize(self, rows: int, columns: int) -> None:
        """A new grid size; what lies outside is dropped without a word, as Google does."""
        if rows < self.row_count:
            self.rows = {row: line for row, line in self.rows.items() if row < rows}
        if columns < self.column_count:
            for row in [r for r, line in self.rows.items() if any(c >= columns for c in line)]:
                for column in [c for c in self.rows[row] if c >= columns]:
                    self.put(row, column, None)
        self.own &= set(self.rows)
        self.row_count, self.column_count = rows, columns


def _many_cells(ranged: GridRange) -> bool:
    """A merge that has shrunk to one cell is no merge any more."""
    height, width = (
        int(ranged.get(last, 0)) - int(ranged.get(first, 0)) for first, last in (edges(True), edges(False))
    )
    return height * width > 1
