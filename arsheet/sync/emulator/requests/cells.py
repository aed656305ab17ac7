"""Cells: updateCells, appendCells, repeatCell, validation, sorting, find and replace, merging."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from arsheet.sync.emulator import guards, masks
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import BLANK, Cell, Value, with_formula, with_value
from arsheet.sync.emulator.model.grid import Box, GridRange, grid_range
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import value_at
from arsheet.sync.emulator.requests.tabs import NO_FIELDS

MAX_TEXT = 50_000


class Fields:
    """The fields of CellData that a request writes; made once for a request, asked for each of its cells."""

    __slots__ = ("made", "note", "rule", "style", "value")

    def __init__(self, tree: masks.Tree) -> None:
        star = "*" in tree
        self.value = star or "userEnteredValue" in tree
        self.style: masks.Tree | None = {} if star else tree.get("userEnteredFormat")
        self.note = star or "note" in tree
        self.rule = star or "dataValidation" in tree
        self.made: dict[tuple[int, int], tuple[Any, Any, dict[str, Any] | None]] = {}

    def changed(self, old: Cell | None, data: dict[str, Any]) -> Cell:
        """A cell after the fields are taken from `data`; a field that the data lack is cleared."""
        cell = old or BLANK
        value, formula = _valued(cell, data) if self.value else (cell.value, cell.formula)
        style = cell.format if self.style is None else self._styled(cell.format, data.get("userEnteredFormat"))
        note = data.get("note", "") if self.note else cell.note
        rule = (data.get("dataValidation") or None) if self.rule else cell.rule
        return Cell(value, formula, style, note, rule)

    def _styled(self, old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any] | None:
        """The format after the update; cells that share their formats share the outcome too."""
        if not old and not new:
            return None
        key = (id(old), id(new))
        known = self.made.get(key)
        if known is None:
            updated = masks.updated(old or {}, new or {}, self.style) if self.style else dict(new or {})
            known = self.made[key] = (old, new, updated or None)  # the keys are kept, so that no id is used twice
        return known[2]


def _valued(cell: Cell, data: dict[str, Any]) -> tuple[Value, str]:
    """(value, formula) that `userEnteredValue` leaves; without one the cell is emptied."""
    held = data.get("userEnteredValue")
    if not held:
        return None, ""
    if len(held) > 1:
        raise invalid("Only one of the values of userEnteredValue may be set.")
    ((word, value),) = held.items()
    if word == "formulaValue":
        if not value.startswith("="):
            raise invalid(f"Invalid formulaValue: {value}: a formula must begin with '='.")
        return None, value
    if word == "errorValue":
        raise invalid("errorValue cannot be written.")
    if word == "stringValue" and len(value) > MAX_TEXT:
        raise invalid(f"Your input contains more than the maximum of {MAX_TEXT} characters in a single cell.")
    return (None if value == "" else value), ""


def _fields(body: dict[str, Any]) -> Fields:
    tree = masks.parse(body.get("fields", ""))
    if not tree:
        raise invalid(NO_FIELDS)
    return Fields(tree)


def update_cells(book: Book, body: dict[str, Any], who: str) -> None:
    """With `start` only the given cells are written; with `range` the cells that are not given are cleared."""
    fields, rows = _fields(body), body.get("rows", [])
    lines = [row.get("values", []) for row in rows]
    if "start" in body:
        start = body["start"]
        tab = book.tab(start.get("sheetId", 0))
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        box = Box(top, top + len(lines), left, left + max((len(line) for line in lines), default=0))
        _inside(tab, box)
    else:
        tab, box = book.box(body.get("range", {}))
        _inside(tab, Box(box.top, box.top + len(lines), box.left, box.left + max(map(len, lines), default=0)), box)
    guards.check(book, tab, box, who)
    for index in range(box.height):
        line = lines[index] if index < len(lines) else []
        width = len(line) if "start" in body else box.width
        for offset in range(width):
            row, column = box.top + index, box.left + offset
            data = line[offset] if offset < len(line) else {}
            tab.put(row, column, fields.changed(tab.get(row, column), data))


def _inside(tab: Tab, box: Box, bound: Box | None = None) -> None:
    """Refuse data that reach beyond the grid, or beyond the range they were sent for."""
    limit = bound or tab.whole
    if box.bottom > limit.bottom:
        raise invalid(f"Attempting to write row: {limit.bottom}, beyond the last requested row of: {limit.bottom - 1}")
    if box.right > limit.right:
        raise invalid(
            f"Attempting to write column: {limit.right}, beyond the last requested column of: {limit.right - 1}"
        )


def append_cells(book: Book, body: dict[str, Any], who: str) -> None:
    """Rows after the last row that holds data, from the first column; the grid grows when it must."""
    tab, fields = book.tab(body.get("sheetId", 0)), _fields(body)
    lines = [row.get("values", []) for row in body.get("rows", [])]
    at = tab.last_row() + 1
    box = Box(at, at + len(lines), 0, max((len(line) for line in lines), default=0))
    if box.bottom > tab.row_count or box.right > tab.column_count:
        book.resize(tab, max(tab.row_count, box.bottom), max(tab.column_count, box.right))
    guards.check(book, tab, box, who)
    for index, line in enumerate(lines):
        for column, data in enumerate(line):
            tab.put(at + index, column, fields.changed(tab.get(at + index, column), data))


def repeat_cell(book: Book, body: dict[str, Any], who: str) -> None:
    """repeatCell: the same cell data into every cell of a range."""
    tab, box = book.box(body.get("range", {}))
    fields = _fields(body)
    guards.check(book, tab, box, who)
    data = body.get("cell", {})
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            tab.put(row, column, fields.changed(tab.get(row, column), data))


def set_data_validation(book: Book, body: dict[str, Any], who: str) -> None:
    """setDataValidation: a rule for every cell of a range, or none."""
    tab, box = book.box(body.get("range", {}))
    guards.check(book, tab, box, who)
    rule = body.get("rule")
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            tab.put(row, column, replace(tab.get(row, column) or BLANK, rule=rule))


def sort_key(value: Value) -> tuple[int, Any]:
    """Google's order: numbers, then texts without regard to capitals, then FALSE and TRUE; blanks always last."""
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, (int, float)):
        return (0, value)
    return (1, str(value).lower())


def sort_rows(book: Book, tab: Tab, box: Box, specs: list[tuple[int, bool]]) -> None:
    """Sort the rows of a box by (column, descending) pairs, the first one leading; stable."""
    order = list(range(box.top, box.bottom))
    for column, descending in reversed(specs):
        values = {row: value_at(book, tab, row, column) for row in order}
        filled = [row for row in order if values[row] is not None]
        filled.sort(key=lambda row: sort_key(values[row]), reverse=descending)
        order = filled + [row for row in order if values[row] is None]
    lines = [[tab.get(row, column) for column in range(box.left, box.right)] for row in order]
    for row, line in zip(range(box.top, box.bottom), lines, strict=True):
        for column, cell in zip(range(box.left, box.right), line, strict=True):
            tab.put(row, column, cell)


def sort_range(book: Book, body: dict[str, Any], who: str) -> None:
    """sortRange: the rows of a range by its sort specs."""
    tab, box = book.box(body.get("range", {}))
    guards.check(book, tab, box, who)
    specs = [
        (spec.get("dimensionIndex", 0), spec.get("sortOrder") == "DESCENDING") for spec in body.get("sortSpecs", [])
    ]
    sort_rows(book, tab, box, specs)


def find_replace(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """findReplace: in a range, a tab or all tabs; the counts of what changed."""
    wanted = body.get("find", "")
    pattern = wanted if body.get("searchByRegex") else re.escape(wanted)
    if body.get("matchEntireCell"):
        pattern = f"^(?:{pattern})$"
    finder = re.compile(pattern, 0 if body.get("matchCase") else re.I)
    count = {"occurrencesChanged": 0, "valuesChanged": 0, "formulasChanged": 0, "rowsChanged": 0, "sheetsChanged": 0}
    for tab, box in _searched(book, body):
        touched = set()
        for row, column, cell in list(tab.cells(box)):
            text = cell.formula if cell.formula and body.get("includeFormulas") else cell.value
            if not isinstance(text, str) or not text:
                continue
            new, hits = finder.subn(lambda _: body.get("replacement", ""), text)
            if not hits:
                continue
            guards.check(book, tab, Box(row, row + 1, column, column + 1), who)
            tab.put(row, column, with_formula(cell, new) if cell.formula else with_value(cell, new))
            count["occurrencesChanged"] += hits
            count["formulasChanged" if cell.formula else "valuesChanged"] += 1
            touched.add(row)
        count["rowsChanged"] += len(touched)
        count["sheetsChanged"] += bool(touched)
    return {"findReplace": {key: number for key, number in count.items() if number}}


def _searched(book: Book, body: dict[str, Any]) -> list[tuple[Tab, Box]]:
    if "range" in body:
        return [book.box(body["range"])]
    if "sheetId" in body:
        tab = book.tab(body["sheetId"])
        return [(tab, tab.whole)]
    return [(tab, tab.whole) for tab in book.tabs]


def _merge_boxes(box: Box, how: str) -> list[Box]:
    if how == "MERGE_ROWS":
        return [Box(row, row + 1, box.left, box.right) for row in range(box.top, box.bottom)]
    if how == "MERGE_COLUMNS":
        return [Box(box.top, box.bottom, column, column + 1) for column in range(box.left, box.right)]
    return [box]


def merge_cells(book: Book, body: dict[str, Any], who: str) -> None:
    """Merges that touch the range give way to it; of each new one only the top-left value stays."""
    tab, box = book.box(body.get("range", {}))
    guards.check(book, tab, box, who)
    made = [part for part in _merge_boxes(box, body.get("mergeType", "MERGE_ALL")) if part.height * part.width > 1]
    tab.merges = [merge for merge in tab.merges if not tab.box(merge).meets(box)]
    tab.merges += [grid_range(tab.id, part) for part in made]
    for part in made:
        for row, column, cell in list(tab.cells(part)):
            if (row, column) != (part.top, part.left) and not cell.blank:
                tab.put(row, column, with_value(cell, None))


def unmerge_cells(book: Book, body: dict[str, Any], who: str) -> None:
    """unmergeCells: every merge that touches the range."""
    tab, box = book.box(body.get("range", {}))
    guards.check(book, tab, box, who)
    tab.merges = [merge for merge in tab.merges if not tab.box(merge).meets(box)]


def full_range(book: Book, ranged: GridRange) -> tuple[Tab, GridRange]:
    """A GridRange with all its edges written out, which is how Google keeps filters and the like."""
    tab, box = book.box(ranged)
    return tab, grid_range(tab.id, box)


HANDLERS = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
    "sortRange": sort_range,
    "findReplace": find_replace,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
}
