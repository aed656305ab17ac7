"""What a cell holds and shows: calculated values, the three render options, and the ranges of `values.get`."""

from __future__ import annotations

from typing import Any

from arsheet.sync.emulator.formats import DATE_TYPES, shown
from arsheet.sync.emulator.formulas import calculate
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import Cell, CellError, Value
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab


def value_at(book: Book, tab: Tab, row: int, column: int) -> Value:
    """The value of a cell, its formula calculated (once per state of the book)."""
    cell = tab.get(row, column)
    if cell is None:
        return None
    return value_of(book, tab, row, column, cell)


def value_of(book: Book, tab: Tab, row: int, column: int, cell: Cell) -> Value:
    """The value of a cell that is at hand."""
    if not cell.formula:
        return cell.value
    known = book.calculated
    key = (tab.id, row, column)
    if key not in known:
        known[key] = CellError("#REF!")  # what a formula that meets itself reads
        known[key] = calculate(book, tab, cell.formula, (row, column))
    result: Value = known[key]
    return result


def rendered(
    book: Book, tab: Tab, row: int, column: int, cell: Cell, how: str = "FORMATTED_VALUE", dates: str = "SERIAL_NUMBER"
) -> Value:
    """A cell as `values.get` prints it; None for a cell that prints as empty."""
    if how == "FORMULA" and cell.formula:
        return cell.formula
    value = value_of(book, tab, row, column, cell)
    if value is None:
        return None
    number_format = cell.number_format
    if how == "FORMATTED_VALUE":
        return shown(value, number_format, book.locale)
    spelled = dates == "FORMATTED_STRING" and number_format and number_format.get("type") in DATE_TYPES
    if spelled and not isinstance(value, str):
        return shown(value, number_format, book.locale)
    return str(value) if isinstance(value, CellError) else value


def read_range(
    book: Book, text: str, *, major: str = "ROWS", how: str = "FORMATTED_VALUE", dates: str = "SERIAL_NUMBER"
) -> dict[str, Any]:
    """A ValueRange: trailing empty cells and rows are cut, inner ones print as empty texts."""
    tab, box = book.find(text)
    answer: dict[str, Any] = {"range": book.name(tab, box), "majorDimension": major}
    values = read_box(book, tab, box, columns=major == "COLUMNS", how=how, dates=dates)
    if values:
        answer["values"] = values
    return answer


def read_box(
    book: Book,
    tab: Tab,
    box: Box,
    *,
    columns: bool = False,
    how: str = "UNFORMATTED_VALUE",
    dates: str = "SERIAL_NUMBER",
) -> list[list[Value]]:
    """The values of a box by row (or by column), cut as `values.get` cuts them."""
    lines: dict[int, list[Value]] = {}
    for row, column, cell in tab.cells(box):
        if cell.blank:
            continue
        value = rendered(book, tab, row, column, cell, how, dates)
        if value is None or value == "":
            continue
        outer, inner = (column - box.left, row - box.top) if columns else (row - box.top, column - box.left)
        line = lines.setdefault(outer, [])
        if inner > len(line):
            line.extend([""] * (inner - len(line)))
        line.append(value)
    return [lines.get(index, []) for index in range(max(lines, default=-1) + 1)]
