"""Copying: copyPaste and cutPaste with their paste types, and the references of a formula that move with it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from arsheet.sync.emulator import a1, guards
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import BLANK, Cell, with_value
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import value_of

_PARTS = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'!?|(?<![\w.])(\$?)([A-Za-z]{1,3})(\$?)(\d+)(?![\w(!])")


def moved_formula(formula: str, down: int, right: int) -> str:
    """A formula with its relative references moved; a reference that leaves the sheet becomes #REF!."""

    def place(match: re.Match[str]) -> str:
        if not match.group(4):
            return match.group()
        column = a1.column_number(match.group(2)) + (0 if match.group(1) else right)
        row = int(match.group(4)) - 1 + (0 if match.group(3) else down)
        if row < 0 or column < 0:
            return "#REF!"
        return f"{match.group(1)}{a1.column_letters(column)}{match.group(3)}{row + 1}"

    return _PARTS.sub(place, formula)


Held = tuple[Cell, Any, int, int]


def _grabbed(book: Book, tab: Tab, box: Box) -> dict[tuple[int, int], Held]:
    """The stored cells of a box by offset: the cell, its value, and where it stood."""
    return {
        (row - box.top, column - box.left): (cell, value_of(book, tab, row, column, cell), row, column)
        for row, column, cell in tab.cells(box)
    }


def pasted(old: Cell | None, held: Held | None, how: str, at: tuple[int, int]) -> Cell:
    """A target cell after pasting `held` (None: an empty source cell) with a paste type."""
    target = old or BLANK
    source, value, row, column = held or (BLANK, None, *at)
    formula = moved_formula(source.formula, at[0] - row, at[1] - column) if source.formula else ""
    if how == "PASTE_VALUES":
        return with_value(target, value)
    if how == "PASTE_FORMAT":
        return replace(target, format=source.format)
    if how == "PASTE_FORMULA":
        return replace(target, value=source.value, formula=formula)
    if how == "PASTE_DATA_VALIDATION":
        return replace(target, rule=source.rule)
    if how == "PASTE_CONDITIONAL_FORMATTING":
        return target
    if how == "PASTE_NO_BORDERS" and source.format and "borders" in source.format:
        bare = {key: part for key, part in source.format.items() if key != "borders"}
        return replace(source, formula=formula, format=bare or None)
    return replace(source, formula=formula)


def copy_paste(book: Book, body: dict[str, Any], who: str) -> None:
    """The source fills the destination, repeated as often as it fits whole, at least once."""
    tab, box = book.box(body.get("source", {}))
    ranged = body.get("destination", {})
    target = book.tab(ranged.get("sheetId", 0))
    asked = target.box(ranged)
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    height, width = (box.width, box.height) if turned else (box.height, box.width)
    down = max(height, asked.height // height * height)
    across = max(width, asked.width // width * width)
    filled = Box(asked.top, asked.top + down, asked.left, asked.left + across)
    if filled.bottom > target.row_count or filled.right > target.column_count:
        book.resize(target, max(target.row_count, filled.bottom), max(target.column_count, filled.right))
    guards.check(book, target, filled, who)
    held = _grabbed(book, tab, box)
    how = body.get("pasteType", "PASTE_NORMAL")
    for row in range(filled.top, filled.bottom):
        for column in range(filled.left, filled.right):
            i, j = (row - filled.top) % height, (column - filled.left) % width
            source = held.get((j, i) if turned else (i, j))
            old = target.get(row, column)
            if source is not None or old is not None:
                target.put(row, column, pasted(old, source, how, (row, column)))


def cut_paste(book: Book, body: dict[str, Any], who: str) -> None:
    """The source moves: its cells are emptied and its formulas keep their references."""
    tab, box = book.box(body.get("source", {}))
    corner = body.get("destination", {})
    target = book.tab(corner.get("sheetId", 0))
    top, left = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    filled = Box(top, top + box.height, left, left + box.width)
    if top >= target.row_count or left >= target.column_count:
        raise invalid(book.beyond(target, book.name(target, filled)))
    if filled.bottom > target.row_count or filled.right > target.column_count:
        book.resize(target, max(target.row_count, filled.bottom), max(target.column_count, filled.right))
    guards.check(book, tab, box, who)
    guards.check(book, target, filled, who)
    how = body.get("pasteType", "PASTE_NORMAL")
    held = _grabbed(book, tab, box)
    for row, column, _ in list(tab.cells(box)):
        tab.put(row, column, None)
    for i in range(box.height):
        for j in range(box.width):
            source = held.get((i, j))
            place = (top + i, left + j)
            if source is not None:
                source = (source[0], source[1], *place)
            old = target.get(*place)
            if source is not None or old is not None:
                target.put(*place, pasted(old, source, how, place))


HANDLERS = {"copyPaste": copy_paste, "cutPaste": cut_paste}
