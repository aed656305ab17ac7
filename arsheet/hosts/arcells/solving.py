"""Results of formulas in the order in which they read each other, and the cells that each result takes."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.functions.catalogue import find
from arsheet.functions.registry import Declaration, FunctionError
from arsheet.functions.results import Result
from arsheet.hosts.arcells.book import Cells, FormulaBook
from arsheet.hosts.arcells.formula import Call, NotOurs, parse
from arsheet.hosts.arcells.formulacells import FormulaCell
from arsheet.hosts.cells import EPOCH_1904
from arsheet.hosts.reading import Area
from arsheet.hosts.scanning import MAX_COLUMN, MAX_ROW
from arsheet.table import CellError, column_letter

Answer = Callable[[str, Sequence[Any]], Result]
"""A function by name with raw arguments."""
Note = Callable[[str, Result], None]
"""Takes notice of what a cell (Sheet!A1) was answered."""
Rows = tuple[tuple[Any, ...], ...]
MAX_ROUNDS = 6
"""Results that change their size may move what others read; so often it is looked at again."""
BAD_VALUE = CellError("#VALUE!")
NOT_THERE = CellError("#N/A")


@dataclass(slots=True)
class Solved:
    """A cell with what became of it: the rows of its result and its area, or why it is left alone."""

    cell: FormulaCell
    area: Area
    call: Call | None = None
    reads: tuple[Cells, ...] = ()
    rows: Rows = ()
    why: NotOurs | None = None
    blocked_by: str = ""


@dataclass(slots=True)
class Solver:
    """Works out the cells of a book.

    ``obstacle(sheet, old area, new area)`` is the address of what stands in a spill's way beside other results, or "".
    """

    book: FormulaBook
    answer: Answer
    obstacle: Callable[[str, Area, Area], str]
    epoch: int
    note: Note | None = None
    solved: list[Solved] = field(default_factory=list)
    _owners: dict[str, dict[tuple[int, int], int]] = field(default_factory=dict)
    _results: dict[Any, Result] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)
    _declared: dict[str, Declaration] = field(default_factory=dict)

    def solve(self, cells: Sequence[FormulaCell]) -> list[Solved]:
        """Every cell, in the order given."""
        self.solved = [self._understood(cell) for cell in cells]
        for _ in range(MAX_ROUNDS):
            before = [each.area for each in self.solved]
            blocked = [each.blocked_by for each in self.solved]
            self._round()
            if before == [each.area for each in self.solved] and blocked == [each.blocked_by for each in self.solved]:
                break
        return self.solved

    def _understood(self, cell: FormulaCell) -> Solved:
        found = Solved(cell, cell.area)
        try:
            call = parse(cell.text)
            self._declaration(call.name)
            found.reads = tuple(each for argument in call.arguments for each in self.book.reads(argument, cell.at))
            found.call = call
        except NotOurs as reason:
            found.why = reason
        return found

    def _declaration(self, name: str) -> Declaration:
        if name not in self._declared:
            try:
                self._declared[name] = find(name)
            except FunctionError as error:
                raise NotOurs(error.zh, error.en) from None
        return self._declared[name]

    def _round(self) -> None:
        self.book.forget_blocks()
        self.book.overlay.clear()
        self._owners.clear()
        for at, each in enumerate(self.solved):
            if each.call is not None:
                each.why = None
            self._claim(at, each.area)
            if each.why is None:
                over = self.book.overlay.setdefault(each.cell.at.sheet, {})
                over.update((place, None) for place in _places(each.cell.area))
        needs = self._needs()
        order = _order(needs)
        for at in order:
            self._one(at, needs[at])
        for at in set(range(len(self.solved))) - set(order):
            if self.solved[at].why is None:
                self._leave(at, NotOurs("公式之间循环引用", "the formulas refer to each other in a circle"))

    def _needs(self) -> list[set[int]]:
        """Per cell, the cells of ours that it reads."""
        known: dict[Cells, set[int]] = {}
        found = []
        for each in self.solved:
            mine: set[int] = set()
            for cells in each.reads if each.why is None else ():
                if cells not in known:
                    known[cells] = self._owned(cells)
                mine |= known[cells]
            found.append(mine)
        return found

    def _owned(self, cells: Cells) -> set[int]:
        owners = self._owners.get(cells.sheet)
        if not owners:
            return set()
        area = cells.area
        if _size(area) < len(owners):
            return {owners[place] for place in _places(area) if place in owners}
        return {at for place, at in owners.items() if _holds(area, place)}

    def _one(self, at: int, needs: Collection[int]) -> None:
        each = self.solved[at]
        if each.call is None or each.why is not None:
            return
        stale = next((self.solved[other] for other in sorted(needs) if self.solved[other].why is not None), None)
        if stale is not None:
            place = stale.cell.place
            self._leave(at, NotOurs(f"读取的 {place} 没有更新", f"it reads {place}, which was not updated"))
            return
        try:
            rows = _guarded(each.call, self._result(each.call, each.cell))
        except NotOurs as reason:
            self._leave(at, reason)
            return
        self._put(at, rows)

    def _leave(self, at: int, reason: NotOurs) -> None:
        """Its stored result stays, so that is what others would read."""
        each = self.solved[at]
        each.why = reason
        over = self.book.overlay.get(each.cell.at.sheet, {})
        for place in _places(each.cell.area):
            over.pop(place, None)

    def _result(self, call: Call, cell: FormulaCell) -> Rows:
        kinds = [param.kind for param in self._declared[call.name].params]
        values = []
        for place, argument in enumerate(call.arguments):
            value = self.book.value(argument, cell.at, _date)
            if self.epoch == EPOCH_1904 and place < len(kinds) and kinds[place] == "date":
                value = _since_1904(value)
            values.append(value)
        key = (call.name, *map(_key, values))
        if key not in self._results:
            self._kept.append(values)  # while they live, no other list has their identity
            self._results[key] = self.answer(call.name, values)
        result = self._results[key]
        if self.note is not None:
            self.note(cell.place, result)
        return result.cells()

    def _put(self, at: int, rows: Rows) -> None:
        """The result into its cells: one, a fixed block, or as many as it needs where they are free."""
        each = self.solved[at]
        cell, top, left = each.cell, each.cell.at.row, each.cell.at.column
        height, width = len(rows), max(map(len, rows), default=0)
        each.blocked_by = ""
        if not height or not width:
            rows = ((NOT_THERE,),)
        elif cell.form == "block":
            rows = _filled(rows, cell.area)
        elif cell.form == "plain":
            rows = ((rows[0][0],),)
        else:
            each.blocked_by = self._blocked(at, Area(top, left, top + height - 1, left + width - 1))
            rows = (
                ((BAD_VALUE,),) if each.blocked_by else tuple((*row, *[NOT_THERE] * (width - len(row))) for row in rows)
            )
        each.rows = rows
        self._unclaim(at, each.area)
        each.area = Area(top, left, top + len(rows) - 1, left + len(rows[0]) - 1)
        self._claim(at, each.area)
        over = self.book.overlay.setdefault(cell.at.sheet, {})
        over.update(((top + y, left + x), _as_read(value)) for y, row in enumerate(rows) for x, value in enumerate(row))

    def _blocked(self, at: int, area: Area) -> str:
        """The address of what stands in the way of a spill, "" where it is free."""
        if area.first_row == area.last_row and area.first_column == area.last_column:
            return ""
        if area.last_row > MAX_ROW or area.last_column >= MAX_COLUMN:
            return f"{column_letter(MAX_COLUMN - 1)}{MAX_ROW}"
        cell = self.solved[at].cell
        owners = self._owners.get(cell.at.sheet, {})
        taken = next((place for place in _places(area) if owners.get(place, at) != at), None)
        if taken is not None:
            return f"{column_letter(taken[1])}{taken[0]}"
        return self.obstacle(cell.at.sheet, cell.area, area)

    def _claim(self, at: int, area: Area) -> None:
        owners = self._owners.setdefault(self.solved[at].cell.at.sheet, {})
        for place in _places(area):
            owners.setdefault(place, at)

    def _unclaim(self, at: int, area: Area) -> None:
        owners = self._owners[self.solved[at].cell.at.sheet]
        for place in _places(area):
            if owners.get(place) == at:
                del owners[place]


def _order(needs: Sequence[Collection[int]]) -> list[int]:
    """Every one after those that it needs; those in a circle, and what needs them, are not in it."""
    waiting = [len(mine) for mine in needs]
    needed_by: dict[int, list[int]] = {}
    for at, mine in enumerate(needs):
        for other in mine:
            needed_by.setdefault(other, []).append(at)
    ready = deque(at for at, count in enumerate(waiting) if not count)
    order = []
    while ready:
        at = ready.popleft()
        order.append(at)
        for other in needed_by.get(at, ()):
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return order


def _key(value: Any) -> Any:
    """What tells one argument from another: a long range by the list that holds it, all else by what it is."""
    if isinstance(value, list):
        return repr(value) if sum(map(len, value)) <= 64 else id(value)
    return type(value), value


def _guarded(call: Call, rows: Rows) -> Rows:
    if not call.guard:
        return rows
    return tuple(tuple(call.otherwise if _caught(call.guard, cell) else cell for cell in row) for row in rows)


def _caught(guard: str, cell: Any) -> bool:
    return isinstance(cell, CellError) and (guard == "IFERROR" or cell.text == "#N/A")


def _filled(rows: Rows, area: Area) -> Rows:
    """A fixed block: one row or one column is repeated, what a larger result leaves over is #N/A."""
    height, width = len(rows), max(map(len, rows))

    def value(y: int, x: int) -> Any:
        y, x = (0 if height == 1 else y), (0 if width == 1 else x)
        return rows[y][x] if y < height and x < len(rows[y]) else NOT_THERE

    return tuple(
        tuple(value(y, x) for x in range(area.last_column - area.first_column + 1))
        for y in range(area.last_row - area.first_row + 1)
    )


def _as_read(value: Any) -> Any:
    """A result as another formula reads it: the reader knows no Decimal."""
    return float(value) if isinstance(value, Decimal) else value


def _date(parts: Sequence[Any]) -> Any:
    """DATE(year, month, day) as Excel has it: months and days run over, years below 1900 are counted from there."""
    for part in parts:
        if isinstance(part, CellError):
            return part
    if not all(part is None or isinstance(part, (int, float)) for part in parts):
        return BAD_VALUE
    year, month, day = (int(part or 0) for part in parts)
    months = (year + 1900 if 0 <= year < 1900 else year) * 12 + month - 1
    try:
        return dt.date(months // 12, months % 12 + 1, 1) + dt.timedelta(days=day - 1)
    except (ValueError, OverflowError):
        return CellError("#NUM!")


def _since_1904(value: Any) -> Any:
    """A number as a day of a book that counts from 1904."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 2_957_003:
        return dt.date.fromordinal(EPOCH_1904 + int(value))
    return value


def _places(area: Area) -> Iterator[tuple[int, int]]:
    for row in range(area.first_row, area.last_row + 1):
        for column in range(area.first_column, area.last_column + 1):
            yield row, column


def _holds(area: Area, place: tuple[int, int]) -> bool:
    return (area.first_row <= place[0] <= area.last_row) and (area.first_column <= place[1] <= area.last_column)


def _size(area: Area) -> int:
    return (area.last_row - area.first_row + 1) * (area.last_column - area.first_column + 1)
