"""Small workbooks with formulas, and what an update makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula

from arsheet.functions.invoke import invoke
from arsheet.hosts.arcells.update import ArCells
from arsheet.hosts.keeping import value_at
from arsheet.hosts.protocol import SaveReport
from arsheet.hosts.reading import parse_area, read_file
from arsheet.hosts.xlsx import XlsxHost
from arsheet.table import CellError
from tests.hosts.arcells.book import part_of, rewrite


class Spill(NamedTuple):
    """A dynamic array as it was stored: its formula and what it covered, with these values beside the anchor."""

    formula: str
    ref: str


class Fixed(NamedTuple):
    """An array formula of a fixed size."""

    formula: str
    ref: str


def make(path: Path, cells: Mapping[str, Any], *, others: Mapping[str, Mapping[str, Any]] | None = None) -> Path:
    """A book whose sheet S holds these cells; ``others`` are further sheets."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "S"
    spills = _fill(sheet, cells)
    for name, content in (others or {}).items():
        _fill(made.create_sheet(name), content)
    made.calculation.fullCalcOnLoad = False
    made.save(path)

    def dynamic(xml: str) -> str:
        for ref in spills:
            xml = xml.replace(f'<c r="{ref}"', f'<c r="{ref}" cm="1"', 1)
        return xml

    rewrite(path, {part_of(path, "S"): dynamic}, metadata=bool(spills))
    return path


def _fill(sheet: Any, cells: Mapping[str, Any]) -> list[str]:
    spills = []
    for ref, value in cells.items():
        if isinstance(value, (Spill, Fixed)):
            sheet[ref] = ArrayFormula(value.ref, value.formula)
            spills += [ref] if isinstance(value, Spill) else []
        else:
            sheet[ref] = value
    return spills


def update(path: Path) -> tuple[ArCells, SaveReport]:
    """The AR_ cells brought up to date and saved."""
    host = XlsxHost(path)
    done = host.update_formulas(lambda name, args: invoke(name, args))
    return done, host.save()


def type_in(path: Path, ref: str, value: Any) -> None:
    """A person types a value into a cell of S."""
    host = XlsxHost(path)
    host.set_cells("S", {ref: value})
    host.save()


def values(path: Path, area: str, sheet: str = "S") -> list[list[Any]]:
    """What a range shows; errors as their text."""
    found = parse_area(area)
    assert found is not None
    grid = read_file(path).grid(sheet)
    rows = [
        [value_at(grid, row, column) for column in range(found.first_column, found.last_column + 1)]
        for row in range(found.first_row, found.last_row + 1)
    ]
    return [[cell.text if isinstance(cell, CellError) else cell for cell in row] for row in rows]


def reasons(done: ArCells) -> dict[str, str]:
    """Cell -> why it was left."""
    return {str(p.facts["cell"]): str(p.facts["reason_en"]) for p in done.problems if p.code == "ar_cell_not_updated"}
