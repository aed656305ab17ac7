"""Tables and sheets of an open workbook as tables of typed values, read in one call each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import compress
from typing import Any

from arsheet.hosts.excel.native import raw_rows
from arsheet.hosts.excel.pen import cells, size, used_area
from arsheet.hosts.excel.values import typed
from arsheet.hosts.reading import Area, TableInfo
from arsheet.table import Grid, Place, Table


def columns_of(sheet: Any, area: Area, *, date1904: bool) -> list[list[Any]]:
    """The typed values of an area by column."""
    rows, plain = raw_rows(cells(sheet, area), *size(area))

    def formats(column: int, start: int, end: int) -> str | None:
        part = Area(area.first_row + start, column, area.first_row + end, column)
        text: str | None = cells(sheet, part).number_format
        return text

    return [
        typed(values, partial(formats, column), date1904=date1904, plain=plain)
        for column, values in enumerate(zip(*rows, strict=True), area.first_column)
    ]


def read_area(sheet: Any, info: TableInfo, *, date1904: bool) -> Table:
    """The data rows of a table; blank ones are left out."""
    area = info.area
    body = Area(info.first_data_row, area.first_column, info.last_data_row, area.last_column)
    columns = columns_of(sheet, body, date1904=date1904)
    return _table(info.name, info.sheet, info.columns, columns, body, {"range": area.ref})


def read_sheet(sheet: Any, name: str, header: Sequence[str], *, date1904: bool) -> Table:
    """A sheet without a table, from the row that looks most like ``header``."""
    from arsheet.hosts.xlsx import header_row

    used = used_area(sheet)
    if used is None:
        return Table(name, (), ())
    columns = columns_of(sheet, used, date1904=date1904)
    grid = Grid(sheet.name, [list(row) for row in zip(*columns, strict=True)])
    at = header_row(grid, header)
    if at is None:
        return Table(name, (), ())
    labels = ["" if value is None else str(value).strip() for value in grid.cells[at]]
    first = next(i for i, text in enumerate(labels) if text)
    last = max(i for i, text in enumerate(labels) if text)
    first = min(first, _first_filled(columns))
    below = [column[at + 1 :] for column in columns[first : last + 1]]
    area = Area(at + 2, first, used.last_row, last)
    return _table(name, sheet.name, labels[first : last + 1], below, area, {"header_row": at + 1})


def _first_filled(columns: Sequence[Sequence[Any]]) -> int:
    """The first column in use: a sheet is read from there, as from a file."""
    return next((i for i, column in enumerate(columns) if any(value is not None for value in column)), 0)


def _table(
    name: str, sheet: str, header: Sequence[str], columns: list[list[Any]], area: Area, facts: dict[str, Any]
) -> Table:
    rows: Sequence[int] = range(area.first_row, area.first_row + len(columns[0]))
    if all(None in column for column in columns):  # only then can a whole row be blank
        filled = [any(value is not None for value in values) for values in zip(*columns, strict=True)]
        rows = list(compress(rows, filled))
        columns = [list(compress(column, filled)) for column in columns]
    place = Place(sheet, rows, list(range(area.first_column, area.last_column + 1)))
    return Table(name, tuple(header), tuple(columns), ("any",) * len(header), place, facts)
