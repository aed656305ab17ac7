"""The workbook as formulas see it: its sheets, tables and names, and the values of the cells that they read."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Any, NamedTuple

from arsheet.hosts.arcells.formula import (
    Argument,
    Constant,
    Corner,
    DateOf,
    NameReference,
    Negative,
    NotOurs,
    Reference,
    TableReference,
    parse_argument,
)
from arsheet.hosts.patching import Patcher
from arsheet.hosts.reading import Area, TableInfo
from arsheet.hosts.scanning import MAX_COLUMN, MAX_ROW
from arsheet.table import CellError, Grid

MAX_CELLS = 5_000_000
"""A range with more cells ends where the sheet's used cells end."""
_DEPTH = 8
"""So many names may stand for names."""
Values = MutableMapping[tuple[int, int], Any]


class At(NamedTuple):
    """Where a formula stands, and how far from the cell whose references it shares."""

    sheet: str
    row: int
    column: int
    down: int = 0
    right: int = 0


class Cells(NamedTuple):
    """The cells that an argument means; ``single`` is one cell, whose value is no range."""

    sheet: str
    area: Area
    single: bool = False


Located = Constant | Cells | Negative | DateOf


class FormulaBook:
    """Locates arguments and reads values. ``grid`` gives the cells of a sheet as they stand after the edits so far."""

    def __init__(self, patcher: Patcher, grid: Callable[[str], Grid], later: Collection[str] = ()) -> None:
        package = patcher.package
        self._grid, self._later = grid, later
        self.sheets = {s.name.casefold(): s.name for s in package.sheets if s.kind == "worksheet"}
        self._tables = patcher.tables
        workbook = patcher.part(package.workbook_part)
        self._names = _names(workbook.decode("utf-8", "replace"), [sheet.name for sheet in package.sheets])
        self.overlay: dict[str, Values] = {}
        """Per sheet, the results worked out so far: they stand over the stored values."""
        self._blocks: dict[tuple[str, Area], list[list[Any]]] = {}

    def forget_blocks(self) -> None:
        """The ranges read so far may have changed."""
        self._blocks.clear()

    def locate(self, argument: Argument, at: At, depth: int = 0) -> Argument | Cells:
        """The argument with its references as places; raises NotOurs for what is not there."""
        if isinstance(argument, Reference):
            return self._cells(argument, at)
        if isinstance(argument, TableReference):
            return self._in_table(argument, at)
        if isinstance(argument, NameReference):
            return self._named(argument, at, depth)
        return argument

    def reads(self, argument: Argument, at: At) -> list[Cells]:
        """Every place that an argument reads."""
        if isinstance(argument, Negative):
            return self.reads(argument.of, at)
        if isinstance(argument, DateOf):
            return [cells for part in argument.parts for cells in self.reads(part, at)]
        found = self.locate(argument, at)
        if isinstance(found, Cells):
            if found.sheet in self._later:
                raise NotOurs(
                    f"读取的“{found.sheet}”在公式之后写入", f"it reads {found.sheet}, which is written after it"
                )
            return [found]
        return [] if isinstance(found, Constant) else self.reads(found, at)

    def value(self, argument: Argument, at: At, number: Callable[[Any], Any]) -> Any:
        """The value of an argument: a scalar, or rows of a range. ``number`` makes a date of year, month and day."""
        if isinstance(argument, Negative):
            return _negative(self.value(argument.of, at, number))
        if isinstance(argument, DateOf):
            return number([self.value(part, at, number) for part in argument.parts])
        found = self.locate(argument, at)
        if isinstance(found, Cells):
            return self.one(found) if found.single else self.block(found)
        if isinstance(found, Constant):
            return [list(row) for row in found.value] if isinstance(found.value, tuple) else found.value
        return self.value(found, at, number)

    def one(self, cells: Cells) -> Any:
        """The value of a single cell."""
        row, column = cells.area.first_row, cells.area.first_column
        over = self.overlay.get(cells.sheet)
        if over is not None and (row, column) in over:
            return over[row, column]
        grid = self._grid(cells.sheet)
        row, column = row - grid.first_row, column - grid.first_column
        if 0 <= row < len(grid.cells) and 0 <= column < len(grid.cells[row]):
            return grid.cells[row][column]
        return None

    def block(self, cells: Cells) -> list[list[Any]]:
        """The values of a range; the same list for the same range, so that it need be looked at once only."""
        key = (cells.sheet, cells.area)
        if key not in self._blocks:
            self._blocks[key] = self._read(cells.sheet, self._cut(cells))
        return self._blocks[key]

    def _cut(self, cells: Cells) -> Area:
        """Whole columns and rows end where the used cells end."""
        area = cells.area
        grid = self._grid(cells.sheet)
        over = self.overlay.get(cells.sheet, {})
        last_row = max([grid.first_row + len(grid.cells) - 1, *(row for row, _ in over)])
        width = max((len(row) for row in grid.cells), default=0)
        last_column = max([grid.first_column + width - 1, *(column for _, column in over)])
        rows, columns = area.last_row, area.last_column
        large = (rows - area.first_row + 1) * (columns - area.first_column + 1) > MAX_CELLS
        if rows >= MAX_ROW or large:
            rows = max(min(rows, last_row), area.first_row)
        if columns >= MAX_COLUMN - 1 or large:
            columns = max(min(columns, last_column), area.first_column)
        return Area(area.first_row, area.first_column, rows, columns)

    def _read(self, sheet: str, area: Area) -> list[list[Any]]:
        grid = self._grid(sheet)
        width = area.last_column - area.first_column + 1
        left = area.first_column - grid.first_column
        rows = []
        for number in range(area.first_row - grid.first_row, area.last_row - grid.first_row + 1):
            line = grid.cells[number] if 0 <= number < len(grid.cells) else ()
            if left >= 0:
                row = list(line[left : left + width])
            else:
                row = [None] * min(-left, width) + list(line[: max(left + width, 0)])
            rows.append(row + [None] * (width - len(row)))
        for (row_no, column), value in self.overlay.get(sheet, {}).items():
            if area.first_row <= row_no <= area.last_row and area.first_column <= column <= area.last_column:
                rows[row_no - area.first_row][column - area.first_column] = value
        return rows

    def _sheet(self, name: str) -> str:
        found = self.sheets.get(name.casefold())
        if found is None:
            raise NotOurs(f"没有工作表“{name}”", f"there is no sheet {name!r}")
        return found

    def _cells(self, reference: Reference, at: At) -> Cells:
        sheet = self._sheet(reference.sheet) if reference.sheet else at.sheet
        first = _moved(reference.first, at)
        last = _moved(reference.last, at) if reference.last else first
        top, bottom = sorted((first.row or 1, last.row or MAX_ROW))
        left, right = sorted((first.column or 0, MAX_COLUMN - 1 if last.column is None else last.column))
        return Cells(sheet, Area(top, left, bottom, right), reference.last is None)

    def _named(self, reference: NameReference, at: At, depth: int) -> Argument | Cells:
        scope = self._sheet(reference.sheet) if reference.sheet else at.sheet
        key = reference.name.casefold()
        text = self._names.get((scope.casefold(), key), self._names.get(("", key)))
        if text is None:
            if key in self._tables and not reference.sheet:
                return self._in_table(TableReference(reference.name), at)
            raise NotOurs(f"没有名称“{reference.name}”", f"there is no name {reference.name!r}")
        if depth >= _DEPTH:
            raise NotOurs(f"名称“{reference.name}”循环", f"the name {reference.name!r} stands for itself")
        inside = parse_argument(text)  # its relative references are counted from A1
        return self.locate(inside, At(at.sheet, at.row, at.column, at.row - 1, at.column), depth + 1)

    def _in_table(self, reference: TableReference, at: At) -> Argument | Cells:
        table = self._table(reference.table, at)
        left, right = _columns(table, reference.columns)
        header, first, last = table.area.first_row, table.first_data_row, table.last_data_row
        items = set(reference.items) or {"#data"}
        if items == {"#this row"}:
            if at.sheet != table.sheet or not first <= at.row <= last:
                return Constant(CellError("#VALUE!"))
            top = bottom = at.row
        elif "#this row" in items or items == {"#headers", "#totals"}:
            raise NotOurs("表引用写法不支持", "this table reference is not supported")
        elif ("#headers" in items and not table.header) or ("#totals" in items and not table.totals_rows):
            raise NotOurs(f"表“{table.name}”没有这一行", f"table {table.name!r} has no such row")
        elif "#all" in items:
            top, bottom = header, table.area.last_row
        else:
            top = header if "#headers" in items else first if "#data" in items else last + 1
            bottom = table.area.last_row if "#totals" in items else last if "#data" in items else header
        single = top == bottom and left == right
        return Cells(table.sheet, Area(top, left, bottom, right), single)

    def _table(self, name: str, at: At) -> TableInfo:
        if name:
            found = self._tables.get(name.casefold())
        else:
            here = Area(at.row, at.column, at.row, at.column)
            found = next((t for t in self._tables.values() if t.sheet == at.sheet and t.area.contains(here)), None)
        if found is None:
            raise NotOurs(f"没有表“{name}”", f"there is no table {name!r}")
        return found


def _columns(table: TableInfo, names: tuple[str, ...]) -> tuple[int, int]:
    known = {name.casefold(): at for at, name in enumerate(table.columns)}
    places = []
    for name in names:
        if name.casefold() not in known:
            raise NotOurs(f"表“{table.name}”没有列“{name}”", f"table {table.name!r} has no column {name!r}")
        places.append(table.area.first_column + known[name.casefold()])
    return (min(places), max(places)) if places else (table.area.first_column, table.area.last_column)


def _moved(corner: Corner, at: At) -> Corner:
    """A corner as the formula at this place means it; a sheet ends where it begins."""
    if not at.down and not at.right:
        return corner
    row, column = corner.row, corner.column
    if row is not None and not corner.row_fixed:
        row = (row - 1 + at.down) % MAX_ROW + 1
    if column is not None and not corner.column_fixed:
        column = (column + at.right) % MAX_COLUMN
    return Corner(row, column, corner.row_fixed, corner.column_fixed)


def _negative(value: Any) -> Any:
    if isinstance(value, bool):
        return -int(value)
    if isinstance(value, (int, float)):
        return -value
    if value is None:
        return 0
    if isinstance(value, CellError):
        return value
    if isinstance(value, list):
        return [[_negative(cell) for cell in row] for row in value]
    raise NotOurs("对文本或日期取负", "minus a text or a date")


def _names(workbook: str, sheets: list[str]) -> Mapping[tuple[str, str], str]:
    """(sheet or "", name) -> what it stands for."""
    found = {}
    for attributes, text in re.findall(r"<(?:\w+:)?definedName\b([^>]*)>([^<]*)<", workbook):
        said = {key: html.unescape(value) for key, _, value in re.findall(r"""([\w:]+)=(["'])(.*?)\2""", attributes)}
        scope = said.get("localSheetId", "")
        if not scope or int(scope) < len(sheets):
            sheet = sheets[int(scope)].casefold() if scope else ""
            found[sheet, said.get("name", "").casefold()] = html.unescape(text)
    return found
