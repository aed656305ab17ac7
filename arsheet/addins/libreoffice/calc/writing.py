"""What the service says is to be written, put into a Calc document: all of it or nothing, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import uno

from .cells import address
from .declared import both, declared
from .link import ServiceError
from .sheets import FORMULAS, area_of, array_of, database_ranges, table_area

CONTENTS = 1 | 2 | 4 | 16
"""com.sun.star.sheet.CellFlags: values, dates, texts, formulas."""
DATE_FORMAT = 2
"""com.sun.star.util.NumberFormat.DATE."""
State = Any


def apply(document: Any, writes: Sequence[dict[str, Any]], states: list[State]) -> None:
    """Carries writes out; ``states`` gets what stood there, so that a caller can go back after a failure, too."""
    for write in writes:
        sheet = _sheet(document, write)
        if sheet is not None and sheet.isProtected():
            raise refused("sheet_protected", sheet=sheet.Name)
    for write in writes:
        if write["table"]:
            states.append(_table(document, write))
        if write["cells"] and document.Sheets.hasByName(write["sheet"]):
            states.append(_cells(document, write["sheet"], write["cells"]))
    for state in states:
        state["after"] = _now(document, state)


def restore(document: Any, states: Sequence[State]) -> None:
    """Puts back what stood there, the last write first."""
    for state in reversed(states):
        sheet = document.Sheets.getByName(state["sheet"])
        if state["kind"] == "table":
            _table_back(document, sheet, state)
        else:
            _cells_back(sheet, state)


def same(document: Any, states: Sequence[State]) -> bool:
    """Whether what was written still stands as it was written."""
    try:
        return all(_now(document, state) == state["after"] for state in states)
    except Exception:  # a sheet or a table is gone
        return False


def values_at(document: Any, sheet: str, addresses: Sequence[str]) -> dict[str, Any]:
    """What single cells hold, for the wire."""
    from .cells import up

    if not document.Sheets.hasByName(sheet):
        return {}
    found = document.Sheets.getByName(sheet)
    return {at: up(found.getCellRangeByName(at).getDataArray()[0][0]) for at in addresses}


def refused(code: str, **facts: object) -> ServiceError:
    """A refusal of this side."""
    return ServiceError(code, both(code, **facts), 422)


def _sheet(document: Any, write: dict[str, Any]) -> Any:
    if write["table"]:
        found = _range(document, write["table"])
        return document.Sheets.getByIndex(found.DataArea.Sheet)
    return document.Sheets.getByName(write["sheet"]) if document.Sheets.hasByName(write["sheet"]) else None


def _range(document: Any, table: str) -> Any:
    for name, found in database_ranges(document):
        if name == table:
            return found
    raise refused("table_missing", table=table)


def _now(document: Any, state: State) -> Any:
    sheet = document.Sheets.getByName(state["sheet"])
    if state["kind"] == "cells":
        return [sheet.getCellRangeByName(at).getDataArray() for at in state["cells"]]
    return area_of(sheet, _range(document, state["table"]).DataArea).getDataArray()


# ---- tables ---------------------------------------------------------------------------------------------------------


def _table(document: Any, write: dict[str, Any]) -> State:
    found = _range(document, write["table"])
    area = table_area(document, write["table"], found)
    sheet = document.Sheets.getByIndex(area.Sheet)
    if address(area.StartColumn, area.StartRow) != write["first"]:
        raise refused("table_moved", table=sheet.Name)
    state = {"kind": "table", "table": write["table"], "sheet": sheet.Name, **_kept(sheet, area)}
    header, rows = write["header"], write["rows"]
    width, total, before = len(header), max(1, len(rows)), area.EndRow - area.StartRow
    _make_wider(sheet, area, width)
    state["inserted"] = _make_longer(sheet, area, width, total - before)
    formulas = _own_formulas(sheet, area, write)
    if before and total > before:
        _formats_down(sheet, area, before, total)
    top = area.StartRow + 1
    columns = (area.StartColumn, area.StartColumn + width - 1)
    sheet.getCellRangeByPosition(columns[0], area.StartRow, columns[1], area.StartRow).setDataArray((tuple(header),))
    body = sheet.getCellRangeByPosition(columns[0], top, columns[1], top + total - 1)
    body.setDataArray(_data(rows, width) or (("",) * width,))
    if total < before:
        sheet.getCellRangeByPosition(columns[0], top + total, area.EndColumn, area.EndRow).clearContents(CONTENTS)
    _dates(document, body, rows)
    _put_formulas(body, formulas)
    area.EndRow, area.EndColumn = top + total - 1, columns[1]
    found.DataArea = area
    return state


def _kept(sheet: Any, area: Any) -> State:
    cells = area_of(sheet, area)
    return {
        "area": (area.StartColumn, area.StartRow, area.EndColumn, area.EndRow),
        "data": cells.getDataArray(),
        "formulas": _formulas_in(sheet, cells),
    }


def _formulas_in(sheet: Any, cells: Any) -> dict[tuple[int, int], str]:
    """Column and row on the sheet -> formula."""
    found = {}
    for part in cells.queryFormulaCells(FORMULAS).RangeAddresses:
        for down, row in enumerate(area_of(sheet, part).getFormulaArray()):
            for right, text in enumerate(row):
                found[part.StartColumn + right, part.StartRow + down] = text
    return found


def _make_wider(sheet: Any, area: Any, width: int) -> None:
    last = area.StartColumn + width - 1
    if last > area.EndColumn:
        beside = sheet.getCellRangeByPosition(area.EndColumn + 1, area.StartRow, last, area.EndRow)
        _check_blank(sheet, beside)


def _make_longer(sheet: Any, area: Any, width: int, rows: int) -> int:
    """Makes room below a table: what stands there moves down, in the columns of the table alone, as Excel does it."""
    if rows <= 0:
        return 0
    right = max(area.EndColumn, area.StartColumn + width - 1)
    below = sheet.getCellRangeByPosition(area.StartColumn, area.EndRow + 1, right, area.EndRow + rows)
    if _is_blank(below):
        return 0
    sheet.insertCells(below.RangeAddress, uno.Enum("com.sun.star.sheet.CellInsertMode", "DOWN"))
    below = sheet.getCellRangeByPosition(area.StartColumn, area.EndRow + 1, right, area.EndRow + rows)
    _check_blank(sheet, below)  # cells merged across the edge, or half of an array formula, do not move
    return rows


def _is_blank(cells: Any) -> bool:
    return not any(text != "" for row in cells.getFormulaArray() for text in row)


def _check_blank(sheet: Any, cells: Any) -> None:
    for down, row in enumerate(cells.getFormulaArray()):
        for right, text in enumerate(row):
            if text != "":
                at = cells.RangeAddress
                raise refused("in_the_way", sheet=sheet.Name, cell=address(at.StartColumn + right, at.StartRow + down))


def _formats_down(sheet: Any, area: Any, before: int, total: int) -> None:
    """New rows look like the last old one; each copy is twice as long as the one before."""
    done, left, right = 1, area.StartColumn, area.EndColumn
    first = area.StartRow + before
    wanted = total - before + 1
    while done < wanted:
        step = min(done, wanted - done)
        source = sheet.getCellRangeByPosition(left, first, right, first + step - 1)
        sheet.copyRange(sheet.getCellByPosition(left, first + done).CellAddress, source.RangeAddress)
        done += step


def _data(rows: Sequence[Sequence[Any]], width: int) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(_written(cell) for cell in (*row, *("",) * (width - len(row)))) for row in rows)


def _written(cell: Any) -> Any:
    """A cell of the wire as setDataArray takes it: text stays text, also "=1+1"; an error is its name as text."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return float(cell["d"]) if "d" in cell else str(cell.get("e"))
    return float(cell) if isinstance(cell, (bool, int)) else cell


def _dates(document: Any, body: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Columns with days in them look like days."""
    dated = {at for row in rows for at, cell in enumerate(row) if isinstance(cell, dict) and "d" in cell}
    for at in dated:
        column = body.getCellRangeByPosition(at, 0, at, body.Rows.Count - 1)
        if not _is_date(document, column.getCellByPosition(0, 0)):
            column.NumberFormat = _date_key(document)


def _is_date(document: Any, cell: Any) -> bool:
    return bool(document.NumberFormats.getByKey(cell.NumberFormat).Type & DATE_FORMAT)


def _date_key(document: Any) -> int:
    locale = uno.createUnoStruct("com.sun.star.lang.Locale")
    formats = document.NumberFormats
    found = formats.queryKey("YYYY-MM-DD", locale, False)
    return int(found if found >= 0 else formats.addNew("YYYY-MM-DD", locale))


# ---- formulas that a person keeps beside a report -------------------------------------------------------------------


def _own_formulas(sheet: Any, area: Any, write: dict[str, Any]) -> dict[int, list[str] | str]:
    """Columns that a person added and filled with formulas: one formula for all rows, or one for each row."""
    before = area.EndRow - area.StartRow
    if not before:
        return {}
    body = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow + 1, area.EndColumn, area.EndRow)
    if not body.queryFormulaCells(FORMULAS).RangeAddresses:
        return {}
    known = set(declared()["tables"][write["table"]]["headers"])
    found: dict[int, list[str] | str] = {}
    for at, text in enumerate(write["header"][: area.EndColumn - area.StartColumn + 1]):
        column = [row[0] for row in body.getCellRangeByPosition(at, 0, at, before - 1).getFormulaArray()]
        if text.strip().casefold() in known or not all(each.startswith("=") for each in column):
            continue
        if _alike(body, at, before):
            found[at] = column[0]
        elif len(write["rows"]) == before:
            found[at] = column
    return found


def _alike(body: Any, column: int, count: int) -> bool:
    """Whether a column is one formula filled down: its tokens hold references relative to their cell."""
    first = repr(body.getCellByPosition(column, 0).getTokens())
    rows = sorted({*range(min(count, 50)), count - 1})
    return all(repr(body.getCellByPosition(column, row).getTokens()) == first for row in rows)


def _put_formulas(body: Any, formulas: dict[int, list[str] | str]) -> None:
    count = body.Rows.Count
    for at, text in formulas.items():
        column = body.getCellRangeByPosition(at, 0, at, count - 1)
        if isinstance(text, list):
            column.setFormulaArray(tuple((each,) for each in text))
            continue
        body.getCellByPosition(at, 0).setFormula(text)
        if count > 1:
            column.fillAuto(uno.Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM"), 1)


# ---- single cells ---------------------------------------------------------------------------------------------------


def _cells(document: Any, name: str, cells: dict[str, Any]) -> State:
    sheet = document.Sheets.getByName(name)
    state: State = {"kind": "cells", "sheet": name, "cells": {}, "blocks": {}}
    for at in cells:
        cell = sheet.getCellRangeByName(at)
        formula = cell.getCellByPosition(0, 0).getFormula()
        if formula.startswith("{"):
            block = array_of(sheet, cell)
            state["blocks"][block.AbsoluteName] = formula[1:-1]
        state["cells"][at] = (cell.getDataArray()[0][0], formula if _is_formula(cell) else None)
    for block in state["blocks"]:
        sheet.getCellRangeByName(block).clearContents(CONTENTS)
    for at, value in cells.items():
        _put(document, sheet.getCellRangeByName(at), value)
    return state


def _is_formula(cell: Any) -> bool:
    return bool(cell.getCellByPosition(0, 0).Type.value == "FORMULA")


def _put(document: Any, cell: Any, value: Any) -> None:
    if value is None:
        cell.clearContents(CONTENTS)
        return
    cell.setDataArray(((_written(value),),))
    if isinstance(value, dict) and "d" in value and not _is_date(document, cell):
        cell.NumberFormat = _date_key(document)


# ---- going back -----------------------------------------------------------------------------------------------------


def _table_back(document: Any, sheet: Any, state: State) -> None:
    found = _range(document, state["table"])
    left, top, right, bottom = state["area"]
    now = found.DataArea
    sheet.getCellRangeByPosition(left, top, max(right, now.EndColumn), max(bottom, now.EndRow)).clearContents(CONTENTS)
    if state["inserted"]:
        added = sheet.getCellRangeByPosition(left, bottom + 1, max(right, now.EndColumn), bottom + state["inserted"])
        sheet.removeRange(added.RangeAddress, uno.Enum("com.sun.star.sheet.CellDeleteMode", "UP"))
    area = found.DataArea
    area.StartColumn, area.StartRow, area.EndColumn, area.EndRow = left, top, right, bottom
    found.DataArea = area
    data = tuple(tuple("" if cell is None else cell for cell in row) for row in state["data"])
    sheet.getCellRangeByPosition(left, top, right, bottom).setDataArray(data)
    for (column, row), text in state["formulas"].items():
        sheet.getCellByPosition(column, row).setFormula(text)


def _cells_back(sheet: Any, state: State) -> None:
    for at, (value, formula) in state["cells"].items():
        cell = sheet.getCellRangeByName(at)
        if formula is None:
            cell.setDataArray((("" if value is None else value,),))
        elif not formula.startswith("{"):
            cell.setFormula(formula)
        else:
            cell.clearContents(CONTENTS)
    for block, formula in state["blocks"].items():
        sheet.getCellRangeByName(block).setArrayFormula(formula)
