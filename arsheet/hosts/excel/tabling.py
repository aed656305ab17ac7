"""Give a table of an open workbook new or further rows; what stands below, beside and in own columns stays whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from arsheet.hosts.edits import AppendRows, ReplaceRows
from arsheet.hosts.excel.looks import look_at
from arsheet.hosts.excel.own import Own, comments, refuse_comments
from arsheet.hosts.excel.pen import Pen, cells, table_area
from arsheet.hosts.excel.refusals import refusal
from arsheet.hosts.excel.rooms import Room
from arsheet.hosts.following import layout
from arsheet.hosts.keeping import translate
from arsheet.hosts.protocol import SaveReport, column_not_found
from arsheet.hosts.reading import Area, TableInfo

LAST_ROW, LAST_COLUMN = 1_048_576, 16_383


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table of the open workbook: what it is now, and the sheet it stands on."""

    info: TableInfo
    sheet: Any

    @property
    def body(self) -> Area:
        """The data rows."""
        area = self.info.area
        return Area(self.info.first_data_row, area.first_column, self.info.last_data_row, area.last_column)


def replace_rows(
    pen: Pen, table: LiveTable, edit: ReplaceRows, report: SaveReport, others: Sequence[TableInfo]
) -> None:
    """Give a table new data rows and, if asked, new columns."""
    header = tuple(edit.header) or table.info.columns
    _check_header(table.info, header, edit)
    columns = layout(table.info.columns, header, edit.keep)
    if columns != list(table.info.columns):
        kept = {name.casefold() for name in columns}
        gone = tuple(name for name in table.info.columns if name.casefold() not in kept)
        report.dropped_columns[table.info.name] = gone
        table = _change_columns(pen, table, columns, others)
    own = Own(pen, table.sheet, table.info, edit, header)
    own.lift()
    table = _change_rows(pen, table, max(len(edit.rows), 1), others)
    _column_looks(pen, table, edit.styles)
    _put_rows(pen, table, header, edit.rows or [(None,) * len(header)])
    own.place(table.info)
    if edit.keep or edit.waits:
        report.waiting[table.info.name] = own.waiting()
    report.tables[table.info.name] = table.info.area.ref


def append_rows(pen: Pen, table: LiveTable, edit: AppendRows, report: SaveReport, others: Sequence[TableInfo]) -> None:
    """Add rows to a table under the headers given: into the blank rows at its end first, then below it."""
    info = table.info
    place = {name.casefold(): info.area.first_column + i for i, name in enumerate(info.columns)}
    unknown = [name for name in edit.header if name.casefold() not in place]
    if unknown:
        raise column_not_found(info.name, unknown, info.columns)
    if not edit.rows:
        return
    body, old_last = pen.read(table.sheet, table.body), info.last_data_row
    first = _first_blank(info, body.values, body.formulas)
    count = max(old_last, first + len(edit.rows) - 1) - info.first_data_row + 1
    model = list(body.formulas[-1])
    table = _change_rows(pen, table, count, others)
    given = {place[name.casefold()]: [row[i] for row in edit.rows] for i, name in enumerate(edit.header)}
    for i in range(len(info.columns)):
        column = info.area.first_column + i
        formulas = [row[i] for row in body.formulas[first - info.first_data_row :]]
        _append_column(pen, table.sheet, first, column, given.get(column, [None] * len(edit.rows)), formulas, model[i])
    report.tables[info.name] = table.info.area.ref


def _append_column(
    pen: Pen, sheet: Any, first: int, column: int, values: Sequence[Any], formulas: Sequence[Any], model: str | None
) -> None:
    """A value that is given is written; where none is, a formula stands, or is filled down from the last row."""
    last = first + len(formulas) - 1
    line = last if formulas else first - 1
    filled: list[Any] = []
    for at, value in enumerate(values):
        if value is None and at < len(formulas):
            filled.append(formulas[at])
        elif value is None and model is not None:
            filled.append("=" + translate(model[1:], first + at - line, {}))
        else:
            filled.append(None)
    if any(value is not None for value in values):
        pen.put(sheet, Area(first, column, first + len(values) - 1, column), [[value] for value in values])
    for at, text in enumerate(filled):
        if text is not None:
            pen.put_formula(sheet, first + at, column, [text])


def _first_blank(info: TableInfo, values: Sequence[Sequence[Any]], formulas: Sequence[Sequence[Any]]) -> int:
    for at in range(len(values) - 1, -1, -1):
        pairs = zip(values[at], formulas[at], strict=True)
        if any(value not in (None, "") and text is None for value, text in pairs):
            return info.first_data_row + at + 1
    return info.first_data_row


def _check_header(info: TableInfo, header: Sequence[str], edit: ReplaceRows) -> None:
    folded = [name.casefold() for name in header]
    known = {name.casefold() for name in info.columns}
    wrong = not all(name.strip() for name in header) or len(set(folded)) != len(folded)
    wrong = wrong or any(k.casefold() not in known or k.casefold() in folded for k in edit.keep)
    wrong = wrong or any(k.casefold() not in folded for k in edit.key) or bool(edit.keep and not edit.key)
    if wrong:
        raise ValueError(f"{info.name}: header, key and keep do not fit: {header}, {edit.key}, {edit.keep}")
    if any(len(row) != len(header) for row in edit.rows):
        raise ValueError(f"{info.name}: {len(header)} headers, but a row of another length")


def _change_columns(pen: Pen, table: LiveTable, columns: Sequence[str], others: Sequence[TableInfo]) -> LiveTable:
    """Insert the new columns and delete those that go, so that formulas follow the columns that stay.

    Overwriting headers would rename columns, and every formula that names them with it. What stands to the right of
    the table keeps its place.
    """
    info, sheet = table.info, table.sheet
    wide = _with_gone(info.columns, columns)
    gone = [i for i, name in enumerate(wide) if name.casefold() not in {c.casefold() for c in columns}]
    area, more = info.area, len(columns) - len(info.columns)
    room = Room(pen, sheet, info, others)
    room.check_right(more)
    noted = [at for at, _, _ in comments(sheet, area) if at[1] - area.first_column in _places(info.columns, columns)]
    if noted:
        raise refuse_comments("comment_of_absent_row", info.sheet, noted)
    old = {name.casefold() for name in info.columns}
    width = len(info.columns)
    for i, name in enumerate(wide):
        if name.casefold() in old:
            continue
        column = area.first_column + i
        pen.insert(sheet, Area(area.first_row, column, area.last_row, column), "right")
        width += 1
        whole = Area(area.first_row, area.first_column, area.last_row, area.first_column + width - 1)
        if table_area(sheet.tables[info.name]) != whole:
            pen.resize(sheet, info.name, whole)
        pen.put(sheet, Area(area.first_row, column, area.first_row, column), [[name]])
    for i in reversed(gone):
        column = area.first_column + i
        pen.delete(sheet, Area(area.first_row, column, area.last_row, column), "left")
    right = area.first_column + len(columns)
    if more > 0:
        pen.delete(sheet, Area(area.first_row, right, area.last_row, right + more - 1), "left")
    elif more < 0:
        pen.insert(sheet, Area(area.first_row, right, area.last_row, right - more - 1), "right")
    return LiveTable(replace(info, area=table_area(sheet.tables[info.name]), columns=tuple(columns)), sheet)


def _places(old: Sequence[str], columns: Sequence[str]) -> set[int]:
    """Where the columns stand that go."""
    kept = {name.casefold() for name in columns}
    return {i for i, name in enumerate(old) if name.casefold() not in kept}


def _with_gone(old: Sequence[str], columns: Sequence[str]) -> list[str]:
    """All columns, those that go included, in the order of the sheet."""
    have = {name.casefold() for name in columns}
    wide = list(columns)
    previous: str | None = None
    for name in old:
        if name.casefold() not in have:
            at = next((i + 1 for i, other in enumerate(wide) if previous and other.casefold() == previous), 0)
            wide.insert(at, name)
        previous = name.casefold()
    return wide


def _change_rows(pen: Pen, table: LiveTable, count: int, others: Sequence[TableInfo]) -> LiveTable:
    """Grow or shrink the data rows: over blank cells where there are, else by inserting; surplus rows are emptied."""
    info, sheet = table.info, table.sheet
    last, area = info.first_data_row + count - 1, info.area
    new = Area(area.first_row, area.first_column, last + info.totals_rows, area.last_column)
    if new.last_row > LAST_ROW or new.last_column > LAST_COLUMN:
        raise refusal("sheet_full", sheet=sheet.name)
    Room(pen, sheet, info, others).check_merges(Area(info.first_data_row, area.first_column, last, area.last_column))
    delta = last - info.last_data_row
    if delta > 0:
        _grow(pen, table, new, delta, others)
    elif delta < 0:
        surplus = Area(last + 1, area.first_column, info.last_data_row, area.last_column)
        if info.totals_rows:
            Room(pen, sheet, info, others).check_shift()
            pen.delete(sheet, surplus, "up")
        else:
            pen.clear(sheet, surplus)  # not deleted: a formula elsewhere may name these cells
    if table_area(sheet.tables[info.name]) != new:
        pen.resize(sheet, info.name, new)
    return LiveTable(replace(info, area=new), sheet)


def _grow(pen: Pen, table: LiveTable, new: Area, delta: int, others: Sequence[TableInfo]) -> None:
    info, sheet, area = table.info, table.sheet, table.info.area
    room = Room(pen, sheet, info, others)
    if not info.totals_rows and room.is_free(new.last_row):
        old = Area(info.last_data_row, area.first_column, info.last_data_row, area.last_column)
        pen.fill_looks(sheet, old, new.last_row)
        return
    room.check_shift()
    last = info.last_data_row
    while delta:
        # inside the table, so that formulas, charts, validations and conditional formats that span it grow with it
        step = min(delta, max(last - info.first_data_row, 1))
        pen.insert(sheet, Area(last - step + 1, area.first_column, last, area.last_column), "down")
        last += step
        delta -= step


def _column_looks(pen: Pen, table: LiveTable, styles: Mapping[str, str]) -> None:
    """Columns that are to look like a cell that is named ("D5" or "Sheet!D5")."""
    at = {name.casefold(): table.info.area.first_column + i for i, name in enumerate(table.info.columns)}
    for name, ref in styles.items():
        column = at.get(name.casefold())
        if column is None:
            continue
        page, _, cell = ref.rpartition("!")
        sheet = table.sheet.book.sheets[page.strip("'")] if page else table.sheet
        look = look_at(sheet.range(cell))
        area = Area(table.body.first_row, column, table.body.last_row, column)
        if look is not None and look_at(cells(table.sheet, area)) != look:
            pen.put_look(table.sheet, area, look)


def _put_rows(pen: Pen, table: LiveTable, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The written columns, a stretch of neighbours at a time."""
    place = {name.casefold(): table.info.area.first_column + i for i, name in enumerate(table.info.columns)}
    order = sorted((place[name.casefold()], i) for i, name in enumerate(header))
    start = 0
    for end in range(1, len(order) + 1):
        if end < len(order) and order[end][0] == order[end - 1][0] + 1:
            continue
        part = order[start:end]
        area = Area(table.body.first_row, part[0][0], table.body.last_row, part[-1][0])
        pen.put(table.sheet, area, [[row[i] for _, i in part] for row in rows])
        start = end
