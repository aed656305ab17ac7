"""Rows and columns: insert, delete, move, append, size, hide, group; and cells shifted by a range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arsheet.sync.emulator import guards, masks
from arsheet.sync.emulator.describing import group_shown
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import Cell
from arsheet.sync.emulator.model.grid import Box, GridRange, deleted, inserted
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import rendered

Dimension = dict[str, Any]


def _line(book: Book, ranged: Dimension) -> tuple[Tab, bool, int, int]:
    """(tab, rows?, start, end) of a DimensionRange; an open end reaches the edge."""
    tab = book.tab(ranged.get("sheetId", 0))
    rows = ranged.get("dimension") == "ROWS"
    if ranged.get("dimension") not in ("ROWS", "COLUMNS"):
        raise invalid("No dimension specified.")
    size = tab.row_count if rows else tab.column_count
    start, end = ranged.get("startIndex", 0), ranged.get("endIndex", size)
    if start < 0 or end <= start:
        raise invalid(f"startIndex[{start}] must be less than endIndex[{end}] and not negative.")
    return tab, rows, start, end


def _stripe(tab: Tab, rows: bool, start: int, end: int) -> Box:
    return Box(start, end, 0, tab.column_count) if rows else Box(0, tab.row_count, start, end)


def _move_names(book: Book, tab: Tab, change: Callable[[GridRange], GridRange | None]) -> None:
    kept = []
    for item in book.named:
        if item["range"].get("sheetId", 0) != tab.id:
            kept.append(item)
        elif (new := change(item["range"])) is not None:
            kept.append({**item, "range": new})
    book.named = kept


def insert(book: Book, tab: Tab, *, rows: bool, at: int, count: int, inherit: int | None = None) -> None:
    """Insert empty rows or columns; `inherit` is the line whose formats the new ones take (None: none)."""
    book.check_room(count * (tab.column_count if rows else tab.row_count))
    styled: list[tuple[int, dict[str, Any]]] = []
    if inherit is not None and 0 <= inherit < (tab.row_count if rows else tab.column_count):
        box = _stripe(tab, rows, inherit, inherit + 1)
        styled = [(column if rows else row, cell.format) for row, column, cell in tab.cells(box) if cell.format]
    tab.insert(rows=rows, at=at, count=count)
    _move_names(book, tab, lambda old: inserted(old, rows=rows, at=at, count=count))
    for line in range(at, at + count):
        for other, style in styled:
            row, column = (line, other) if rows else (other, line)
            tab.put(row, column, Cell(format=style))


def insert_dimension(book: Book, body: dict[str, Any], who: str) -> None:
    """insertDimension: empty lines with the format of the line before or after."""
    tab, rows, start, end = _line(book, body.get("range", {}))
    size = tab.row_count if rows else tab.column_count
    before = body.get("inheritFromBefore", False)
    if start > size or (start == size and not before):
        raise invalid(
            f"range.startIndex[{start}] must be less than the grid size ({size}) if inheritFromBefore is false."
        )
    if before and start == 0:
        raise invalid("inheritFromBefore cannot be true when startIndex is 0.")
    insert(book, tab, rows=rows, at=start, count=end - start, inherit=start - 1 if before else start)


def delete(book: Book, tab: Tab, *, rows: bool, start: int, end: int) -> None:
    """Delete the rows or columns [start, end) with all that lies in them."""
    tab.delete(rows=rows, at=start, end=end)
    _move_names(book, tab, lambda old: deleted(old, rows=rows, at=start, end=end))


def delete_dimension(book: Book, body: dict[str, Any], who: str) -> None:
    """deleteDimension: lines and all that is on them, never all of them."""
    tab, rows, start, end = _line(book, body.get("range", {}))
    size, what = (tab.row_count, "row") if rows else (tab.column_count, "column")
    if end > size:
        raise invalid(
            f"Cannot delete a {what} that doesn't exist. Tried to delete {what} index {end - 1} but there are only "
            f"{size} {what}s."
        )
    if start == 0 and end >= size:
        raise invalid(f"You can't delete all the {what}s on the sheet.")
    guards.check(book, tab, _stripe(tab, rows, start, end), who)
    delete(book, tab, rows=rows, start=start, end=end)


def move_dimension(book: Book, body: dict[str, Any], who: str) -> None:
    """moveDimension: lines to before another."""
    tab, rows, start, end = _line(book, body.get("source", {}))
    to = body.get("destinationIndex", 0)
    size = tab.row_count if rows else tab.column_count
    if end > size or to > size:
        raise invalid("The moved range or its destination is beyond the grid.")
    guards.check(book, tab, _stripe(tab, rows, start, end), who)
    if not start <= to <= end:
        tab.move(rows=rows, start=start, end=end, to=to)


def append_dimension(book: Book, body: dict[str, Any], who: str) -> None:
    """appendDimension: lines at the end."""
    tab, count = book.tab(body.get("sheetId", 0)), body.get("length", 0)
    if body.get("dimension") == "ROWS":
        book.resize(tab, tab.row_count + count, tab.column_count)
    else:
        book.resize(tab, tab.row_count, tab.column_count + count)


def update_dimension_properties(book: Book, body: dict[str, Any], who: str) -> None:
    """updateDimensionProperties: size and hiding of lines."""
    tab, rows, start, end = _line(book, body.get("range", {}))
    size = tab.row_count if rows else tab.column_count
    if end > size:
        raise invalid(f"range.endIndex[{end}] is beyond the grid size ({size}).")
    tree = masks.parse(body.get("fields", ""))
    lines = tab.lines["ROWS" if rows else "COLUMNS"]
    for index in range(start, end):
        held = masks.updated(lines.get(index, {}), body.get("properties", {}), tree)
        lines[index] = {key: value for key, value in held.items() if value not in (False, None)}


# Advance widths of Arial, in 1/1000 em, for the characters from blank to tilde; what is not there is taken as a full em
# (Chinese) or as a small letter.
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
).split()
_PIXELS, _PADDING = 13, 20  # 10 pt as a browser draws it, and some room: an estimate


def text_width(text: str) -> int:
    """The width in pixels of a column that just holds a text in the default font."""
    units = 0
    for letter in text:
        at = ord(letter) - 32
        units += int(_WIDTHS[at]) if 0 <= at < len(_WIDTHS) else 1000 if at > 0x2E60 else 556
    return round(units * _PIXELS / 1000) + _PADDING


def auto_resize_dimensions(book: Book, body: dict[str, Any], who: str) -> None:
    """autoResizeDimensions: columns as wide as their longest text, rows at their default height."""
    tab, rows, start, end = _line(book, body.get("dimensions", {}))
    if rows:
        for index in range(start, end):
            tab.lines["ROWS"].pop(index, None)
        return
    widest: dict[int, int] = {}
    for row, column, cell in tab.cells(Box(0, tab.row_count, start, end)):
        text = str(rendered(book, tab, row, column, cell) or "")
        if text:
            widest[column] = max(widest.get(column, 0), text_width(text))
    for column, width in widest.items():
        held = tab.lines["COLUMNS"].get(column, {})
        tab.lines["COLUMNS"][column] = {**held, "pixelSize": max(21, width)}


def _group_range(tab: Tab, ranged: Dimension, start: int, end: int) -> Dimension:
    return {"sheetId": tab.id, "dimension": ranged["dimension"], "startIndex": start, "endIndex": end}


def _span(group: dict[str, Any]) -> tuple[int, int]:
    return group["range"].get("startIndex", 0), group["range"]["endIndex"]


def _depths(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups in order, each with the number of groups around it plus one."""
    ordered = sorted(groups, key=lambda group: (_span(group)[0], -_span(group)[1]))
    out = []
    for index, group in enumerate(ordered):
        start, end = _span(group)
        around = sum(1 for other in ordered[:index] if _span(other)[0] <= start and end <= _span(other)[1])
        out.append({**group, "depth": around + 1})
    return out


def add_dimension_group(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """addDimensionGroup: all groups of the dimension come back."""
    ranged = body.get("range", {})
    tab, rows, start, end = _line(book, ranged)
    size = tab.row_count if rows else tab.column_count
    if end > size:
        raise invalid(f"range.endIndex[{end}] is beyond the grid size ({size}).")
    key = "ROWS" if rows else "COLUMNS"
    tab.groups[key] = _depths([*tab.groups[key], {"range": _group_range(tab, ranged, start, end), "depth": 1}])
    tab.grid["rowGroupControlAfter" if rows else "columnGroupControlAfter"] = True
    return {"addDimensionGroup": {"dimensionGroups": [group_shown(group) for group in tab.groups[key]]}}


def delete_dimension_group(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """The deepest group that covers the range loses it; the control setting stays, as Google leaves it."""
    ranged = body.get("range", {})
    tab, rows, start, end = _line(book, ranged)
    key = "ROWS" if rows else "COLUMNS"
    covering = [g for g in tab.groups[key] if _span(g)[0] <= start and end <= _span(g)[1]]
    if not covering:
        raise invalid("The specified range does not contain any group.")
    deepest = max(covering, key=lambda group: group["depth"])
    first, last = _span(deepest)
    kept = [group for group in tab.groups[key] if group is not deepest]
    for left, right in ((first, start), (end, last)):
        if left < right:
            kept.append({"range": _group_range(tab, ranged, left, right), "depth": 1})
    tab.groups[key] = _depths(kept)
    groups = [group_shown(group) for group in tab.groups[key]]
    return {"deleteDimensionGroup": {"dimensionGroups": groups} if groups else {}}


def update_dimension_group(book: Book, body: dict[str, Any], who: str) -> None:
    """updateDimensionGroup: collapse or expand."""
    asked = body.get("dimensionGroup", {})
    tab, rows, start, end = _line(book, asked.get("range", {}))
    key = "ROWS" if rows else "COLUMNS"
    for index, group in enumerate(tab.groups[key]):
        if _span(group) == (start, end) and group["depth"] == asked.get("depth", 1):
            collapsed = {"collapsed": True} if asked.get("collapsed") else {}
            tab.groups[key][index] = {**{k: v for k, v in group.items() if k != "collapsed"}, **collapsed}
            return
    raise invalid("No dimension group exists at the given range and depth.")


def _shifted(tab: Tab, box: Box, *, down: bool, by: int) -> None:
    """Move the cells behind a box along one dimension, by a number of lines that may be negative."""
    behind = Box(box.top, tab.row_count, box.left, box.right) if down else Box(box.top, box.bottom, box.left, 10**9)
    moved = list(tab.cells(behind))
    for row, column, _ in moved:
        tab.put(row, column, None)
    first = box.top if down else box.left
    for row, column, cell in moved:
        place = (row + by, column) if down else (row, column + by)
        if (row if down else column) + by >= first:
            tab.put(*place, cell)


def insert_range(book: Book, body: dict[str, Any], who: str) -> None:
    """insertRange: empty cells, those behind move on."""
    tab, box = book.box(body.get("range", {}))
    down = body.get("shiftDimension") == "ROWS"
    guards.check(book, tab, box, who)
    last_row, last_column = tab.last_row(), max((max(line) for line in tab.rows.values()), default=-1)
    rows = max(tab.row_count, last_row + 1 + box.height) if down else tab.row_count
    columns = tab.column_count if down else max(tab.column_count, last_column + 1 + box.width)
    book.resize(tab, rows, columns)
    _shifted(tab, box, down=down, by=box.height if down else box.width)


def delete_range(book: Book, body: dict[str, Any], who: str) -> None:
    """deleteRange: cells go, those behind move up."""
    tab, box = book.box(body.get("range", {}))
    down = body.get("shiftDimension") == "ROWS"
    guards.check(book, tab, box, who)
    _shifted(tab, box, down=down, by=-(box.height if down else box.width))


HANDLERS = {
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "appendDimension": append_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
    "updateDimensionGroup": update_dimension_group,
    "insertRange": insert_range,
    "deleteRange": delete_range,
}
