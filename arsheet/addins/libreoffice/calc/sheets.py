"""A Calc document as the house sees it: its tables, its AR_ cells, and its own way to count days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .cells import address, error_name, up
from .declared import declared

FORMULAS = 1 | 2 | 4
"""com.sun.star.sheet.FormulaResult: values, texts and errors."""
_CALL = re.compile(r"(?i)(?:\bAR_\w+|CALCFUNCTIONS\.(AR\w+))\s*\(")
_QUOTED = re.compile(r'"[^"]*"')


def area_of(sheet: Any, place: Any) -> Any:
    """The cells of a CellRangeAddress."""
    return sheet.getCellRangeByPosition(place.StartColumn, place.StartRow, place.EndColumn, place.EndRow)


def last_used_row(sheet: Any) -> int:
    """The 0-based row of the last cell in use."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return int(cursor.RangeAddress.EndRow)


def database_ranges(document: Any) -> Iterator[tuple[str, Any]]:
    """The tables of the house that a document has, by their English names; a table of Excel is a database range."""
    known = {name.casefold(): name for name in declared()["tables"]}
    ranges = document.DatabaseRanges
    for name in ranges.ElementNames:
        ours = known.get(name.casefold())
        if ours is not None:
            yield ours, ranges.getByName(name)


def table_area(document: Any, name: str, found: Any) -> Any:
    """The address of a table, header included. A source table goes on over rows typed right below it, a report over
    columns typed right beside it: Calc, unlike Excel, does not make the table larger by itself."""
    area = found.DataArea
    sheet = document.Sheets.getByIndex(area.Sheet)
    if name not in declared()["sources"]:
        others = [
            each.DataArea for each in map(document.DatabaseRanges.getByName, document.DatabaseRanges.ElementNames)
        ]
        taken = [each for each in others if each.Sheet == area.Sheet and each.StartColumn > area.EndColumn]
        while _typed_beside(sheet, area, taken):
            area.EndColumn += 1
        return area
    end = last_used_row(sheet)
    if end <= area.EndRow:
        return area
    below = sheet.getCellRangeByPosition(area.StartColumn, area.EndRow + 1, area.EndColumn, end).getDataArray()
    added = 0
    while added < len(below) and any(cell != "" for cell in below[added]):
        added += 1
    area.EndRow += added
    return area


def _typed_beside(sheet: Any, area: Any, taken: list[Any]) -> bool:
    """Whether the column right of an area holds anything in its rows, and is no other table's."""
    at = area.EndColumn + 1
    if any(each.StartColumn <= at <= each.EndColumn and each.EndRow >= area.StartRow for each in taken):
        return False
    cells = sheet.getCellRangeByPosition(at, area.StartRow, at, area.EndRow).getDataArray()
    return any(cell != "" for (cell,) in cells[1:])


def own_names(header: list[str]) -> list[str]:
    """The headers with a name for each column that has none: 备注, or Remark in an English book."""
    usual = "备注" if any("\u4e00" <= letter <= "\u9fff" for text in header for letter in text) else "Remark"
    names: list[str] = []
    for text in header:
        name, number = text or usual, 2
        while not text and name in (*header, *names):
            name, number = f"{usual}{number}", number + 1
        names.append(name)
    return names


def read_range(cells: Any) -> list[list[Any]]:
    """Rows of a range for the wire; an error cell tells which error it is."""
    rows = [[up(cell) for cell in row] for row in cells.getDataArray()]
    for down, row in enumerate(cells.getDataArray()):
        for right, cell in enumerate(row):
            if cell is None:
                rows[down][right] = {"e": error_name(cells.getCellByPosition(right, down).getError())}
    return rows


def read_tables(document: Any) -> dict[str, Any]:
    """Every table of the house as the service takes them: {name: {sheet, header, rows, row, column}}."""
    out = {}
    for name, found in database_ranges(document):
        area = table_area(document, name, found)
        sheet = document.Sheets.getByIndex(area.Sheet)
        rows = read_range(area_of(sheet, area))
        while len(rows) > 1 and all(cell is None for cell in rows[-1]):
            rows.pop()
        header = ["" if text is None or isinstance(text, dict) else str(text) for text in rows[0]]
        if area.EndColumn > found.DataArea.EndColumn:
            header = own_names(header)
        out[name] = {
            "sheet": sheet.Name, "header": header, "rows": rows[1:],
            "row": area.StartRow + 2, "column": area.StartColumn + 1,
        }  # fmt: skip
    return out


def read_argument(cells: Any) -> list[list[Any]]:
    """The rows of a range that a function was given, cut at the last row in use: whole columns have a million."""
    area = cells.RangeAddress
    area.EndRow = min(area.EndRow, max(area.StartRow, last_used_row(cells.Spreadsheet)))
    return read_range(area_of(cells.Spreadsheet, area))


def cell_at(document: Any, said: str) -> Any:
    """The cell of an address such as 应收单!B2 or $应收单.B2; None where there is none."""
    sheet, mark, at = said.replace("$", "").replace("'", "").rpartition("!" if "!" in said else ".")
    if not mark or not document.Sheets.hasByName(sheet):
        return None
    try:
        return document.Sheets.getByName(sheet).getCellRangeByName(at).getCellByPosition(0, 0)
    except Exception:  # UNO raises its own kinds for what is no address
        return None


def place_of(cells: Any) -> str:
    """The place of a cell as messages name it: 应收单!B2."""
    at = cells.RangeAddress
    return f"{cells.Spreadsheet.Name}!{address(at.StartColumn, at.StartRow)}"


def language_of(document: Any, otherwise: str) -> str:
    """zh or en: that of the book's headers, else of the application."""
    for name, found in database_ranges(document):
        if name == "Invoices":
            area = found.DataArea
            area.EndRow = area.StartRow
            header = area_of(document.Sheets.getByIndex(area.Sheet), area).getDataArray()[0]
            return "zh" if any("\u4e00" <= letter <= "\u9fff" for text in header for letter in str(text)) else "en"
    return otherwise


def day_zero(document: Any) -> tuple[int, int, int]:
    """Year, month and day that the document counts as day 0."""
    null = document.getPropertyValue("NullDate")
    return null.Year, null.Month, null.Day


# ---- AR_ cells ------------------------------------------------------------------------------------------------------


def calls_ours(formula: str, method: str = "") -> bool:
    """Whether a formula calls a function of ours; with ``method``, that one."""
    found = _CALL.findall(_QUOTED.sub('""', formula))
    return any(name.upper() == method for name in found) if method else bool(found)


def recalculate(document: Any, method: str = "") -> int:
    """Works out again exactly the cells that call our functions, and what depends on them; gives how many they are.

    Calc has no way to mark a cell as out of date but to enter it again; the rest of the document is not touched.
    """
    count = 0
    with undisturbed(document):
        for sheet in document.Sheets:
            for area in sheet.queryFormulaCells(FORMULAS).RangeAddresses:
                count += _reentered(sheet, area_of(sheet, area), lambda text: calls_ours(text, method))
    return count


def _reentered(sheet: Any, cells: Any, ours: Callable[[str], bool]) -> int:
    formulas = cells.getFormulaArray()
    wanted = [[ours(text) for text in row] for row in formulas]
    if not any(map(any, wanted)):
        return 0
    plain = not any(text.startswith("{") for row in formulas for text in row)
    if plain and all(map(all, wanted)):
        cells.setFormulaArray(formulas)
        return sum(map(len, wanted))
    count, seen = 0, set()  # type: tuple[int, set[str]]
    for down, row in enumerate(formulas):
        for right, text in enumerate(row):
            if wanted[down][right]:
                count += enter(sheet, cells.getCellByPosition(right, down), text, seen)
    return count


def enter(sheet: Any, cell: Any, formula: str, seen: set[str]) -> bool:
    """Enters a formula into its cell, or into the whole block of its array formula; False if that was ``seen``."""
    if not formula.startswith("{"):
        cell.setFormula(formula)
        return True
    block = array_of(sheet, cell)
    if block.AbsoluteName in seen:
        return False
    seen.add(block.AbsoluteName)
    block.setArrayFormula(formula[1:-1])
    return True


def array_of(sheet: Any, cell: Any) -> Any:
    """The block of the array formula that a cell is part of."""
    cursor = sheet.createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    return cursor


@contextmanager
def undisturbed(document: Any) -> Iterator[None]:
    """Nothing is drawn, worked out in between, or put on the list of what Ctrl+Z takes back."""
    undo, automatic = document.getUndoManager(), document.isAutomaticCalculationEnabled()
    modified = document.isModified()
    document.lockControllers()
    document.addActionLock()
    undo.lock()
    document.enableAutomaticCalculation(False)
    try:
        yield
    finally:
        document.enableAutomaticCalculation(automatic)
        undo.unlock()
        document.removeActionLock()
        document.unlockControllers()
        if not modified:
            document.setModified(False)  # the same cells hold the same formulas
