"""The `values` operations: update, append and clear, as the API does them."""

from __future__ import annotations

from typing import Any

from arsheet.sync.emulator import a1, guards
from arsheet.sync.emulator.entering import entered_cell
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import Value, with_value
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import read_box, rendered

Rows = list[list[Any]]


def _laid_out(body: dict[str, Any]) -> Rows:
    """The values by row, None where a cell is to be left alone."""
    given: Rows = body.get("values", [])
    if body.get("majorDimension") != "COLUMNS":
        return given
    height = max((len(column) for column in given), default=0)
    return [[column[row] if row < len(column) else None for column in given] for row in range(height)]


def _checked(value: Any, row: int, column: int) -> Value:
    if isinstance(value, (dict, list)):
        kind = "struct_value" if isinstance(value, dict) else "list_value"
        shown = " {\n}\n" if not value else " {\n  ...\n}\n"
        raise invalid(f"Invalid values[{row}][{column}]: {kind}{shown}")
    read: Value = value
    return read


def store(book: Book, tab: Tab, top: int, left: int, rows: Rows, *, option: str, who: str) -> dict[str, Any]:
    """Write rows at a corner (the grid grows when it must) and say what was written."""
    width = max((len(row) for row in rows), default=0)
    box = Box(top, top + len(rows), left, left + width)
    if box.bottom > tab.row_count or box.right > tab.column_count:
        book.resize(tab, max(tab.row_count, box.bottom), max(tab.column_count, box.right))
    guards.check(book, tab, box, who)
    touched_rows, touched_columns, count = set(), set(), 0
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is None:
                continue
            read = _checked(value, i, j)
            old = tab.get(top + i, left + j)
            typed = option == "USER_ENTERED"
            tab.put(top + i, left + j, entered_cell(old, read, locale=book.locale) if typed else with_value(old, read))
            touched_rows.add(i)
            touched_columns.add(j)
            count += 1
    written = Box(top, top + max(len(rows), 1), left, left + max(width, 1))
    answer: dict[str, Any] = {"spreadsheetId": book.id, "updatedRange": book.name(tab, written)}
    if count:
        answer.update(updatedRows=len(touched_rows), updatedColumns=len(touched_columns), updatedCells=count)
    return answer


def _option(option: str | None) -> str:
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    return option


def update(book: Book, text: str, body: dict[str, Any], *, option: str | None, who: str) -> dict[str, Any]:
    """`values.update`: a range of one cell is a corner; a larger one is a bound that the values must keep."""
    chosen = _option(option)
    tab, box = book.find(text, clamp=False)
    rows = _laid_out(body)
    width = max((len(row) for row in rows), default=0)
    if not a1.is_cell(a1.split(text)[1] or ""):
        within = f"Requested writing within range [{book.name(tab, box)}], but tried writing to"
        if len(rows) > box.height:
            raise invalid(f"{within} row [{box.bottom + 1}]")
        if width > box.width:
            raise invalid(f"{within} column [{a1.column_letters(box.right)}]")
    return store(book, tab, box.top, box.left, rows, option=chosen, who=who)


def _filled(book: Book, tab: Tab, box: Box) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row, column, cell in tab.cells(box)
        if not cell.blank and rendered(book, tab, row, column, cell) not in (None, "")
    }


def table_around(book: Book, tab: Tab, box: Box) -> Box | None:
    """The table that an append finds: the block of touching cells around the last filled cell of the range."""
    inside = _filled(book, tab, box)
    if not inside:
        return None
    filled = _filled(book, tab, tab.whole)
    row, column = max(inside)
    found = Box(row, row + 1, column, column + 1)
    by_row: dict[int, list[int]] = {}
    for r, c in filled:
        by_row.setdefault(r, []).append(c)
    spans = {r: sorted(columns) for r, columns in by_row.items()}
    while True:
        near = [
            (r, c)
            for r in range(found.top - 1, found.bottom + 1)
            for c in spans.get(r, ())
            if found.left - 1 <= c <= found.right
        ]
        top, bottom = min([found.top, *(r for r, _ in near)]), max([found.bottom, *(r + 1 for r, _ in near)])
        left, right = min([found.left, *(c for _, c in near)]), max([found.right, *(c + 1 for _, c in near)])
        grown = Box(top, bottom, left, right)
        if grown == found:
            return found
        found = grown


def append(
    book: Book, text: str, body: dict[str, Any], *, option: str | None, insert: bool, who: str
) -> dict[str, Any]:
    """`values.append`: below the table that the range touches, from its first column (which is how rows drift)."""
    chosen = _option(option)
    tab, box = book.find(text)
    table = table_around(book, tab, box)
    top, left = (table.bottom, table.left) if table else (box.top, box.left)
    rows = _laid_out(body)
    if insert and rows:
        book.check_room(len(rows) * tab.column_count)
        tab.insert(rows=True, at=min(top, tab.row_count), count=len(rows))
    answer: dict[str, Any] = {"spreadsheetId": book.id}
    if table:
        answer["tableRange"] = book.name(tab, table)
    answer["updates"] = store(book, tab, top, left, rows, option=chosen, who=who)
    return answer


def clear(book: Book, text: str, *, who: str) -> str:
    """`values.clear`: values and formulas go, formats and notes stay; the range as Google names it."""
    tab, box = book.find(text)
    guards.check(book, tab, box, who)
    for row, column, cell in list(tab.cells(box)):
        if not cell.blank:
            tab.put(row, column, with_value(cell, None))
    return book.name(tab, box)


def written_back(book: Book, answer: dict[str, Any], *, how: str, dates: str) -> dict[str, Any]:
    """`updatedData` for a caller that asked for the values it wrote."""
    tab, box = book.find(answer["updatedRange"])
    data: dict[str, Any] = {"range": answer["updatedRange"], "majorDimension": "ROWS"}
    values = read_box(book, tab, box, how=how, dates=dates)
    if values:
        data["values"] = values
    return data
