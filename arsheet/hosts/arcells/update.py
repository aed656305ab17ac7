"""Brings the stored results of AR_ cells up to date, after all other edits of a save: a phone or a preview then shows
right numbers without the add-in. What cannot be worked out for certain is left as it was and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from arsheet.functions.spelling import repaired
from arsheet.hosts.arcells.book import FormulaBook
from arsheet.hosts.arcells.formula import NotOurs
from arsheet.hosts.arcells.formulacells import FormulaCell, formula_cells
from arsheet.hosts.arcells.solving import Answer, Note, Solved, Solver
from arsheet.hosts.arcells.writing import write_results
from arsheet.hosts.following import merges
from arsheet.hosts.formulas import formula_parts
from arsheet.hosts.package import Package
from arsheet.hosts.patching import OwnEdit, Patcher
from arsheet.hosts.reading import Area, read_package
from arsheet.hosts.sheetxml import Cell, ShapeRefused, SheetXml
from arsheet.table import Grid, Problem

_MENTIONS = re.compile(rb"(?i)<f\b[^>]*>[^<]*(?:AR_|CALCFUNCTIONS\.)")

_REQUEST = re.compile(rb"""(<calcPr\b[^>]*?)\s+fullCalcOnLoad=["'](?:1|true)["']""")


def holds_functions(package: Package) -> bool:
    """Whether any sheet of a book has a formula with a function of ours."""
    sheets = [sheet.part for sheet in package.sheets if sheet.kind == "worksheet"]
    return any(_MENTIONS.search(package.part(part)) for part in formula_parts(package, sheets))


@dataclass(slots=True)
class ArCells:
    """What became of the AR_ cells of a book: the addresses (Sheet!A1) of those updated, and what a person is told."""

    updated: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class UpdateCells(OwnEdit):
    """The edit: ``grid`` reads a sheet as it is saved, ``answer`` calls a function; ``done`` is the outcome.

    ``later``: sheets that are written after this edit, so that nothing can be read from them.
    """

    grid: Callable[[str], Grid]
    answer: Answer
    note: Note | None = None
    later: frozenset[str] = frozenset()
    done: ArCells = field(default_factory=ArCells)

    def apply_to(self, patcher: Patcher) -> None:
        """Work out and patch every AR_ cell. Raises WorkbookError only for a file that is damaged."""
        self.done = ArCells()
        sheets = self._sheets(patcher)
        cells = {name: formula_cells(sheet) for name, sheet in sheets.items()}
        listed = [cell for mine in cells.values() for cell in mine]
        if not listed:
            return
        occupied = _Occupied(patcher, sheets, cells)
        book = FormulaBook(patcher, _Reader(patcher, self.grid).grid, self.later)
        solver = Solver(book, self.answer, occupied.obstacle, patcher.epoch, self.note)
        by_sheet: dict[str, list[Solved]] = {}
        for each in solver.solve(listed):
            by_sheet.setdefault(each.cell.at.sheet, []).append(each)
            self._tell(each)
        for name, mine in by_sheet.items():
            if write_results(patcher, sheets[name], mine):
                patcher.sheets[name] = sheets[name]
        patcher.accounted.update(cell.place for cell in listed)
        _take_request_back(patcher)

    def _sheets(self, patcher: Patcher) -> dict[str, SheetXml]:
        """The sheets with formulas of ours; those whose XML cannot be edited are told of."""
        package = patcher.package
        found = {}
        worksheets = [sheet for sheet in package.sheets if sheet.kind == "worksheet"]
        computing = formula_parts(package, [sheet.part for sheet in worksheets if sheet.name not in patcher.sheets])
        for sheet in worksheets:
            own = patcher.sheets.get(sheet.name)
            if own is not None:
                if any(b"<f" in segment and _MENTIONS.search(segment) for segment in own.rows.values()):
                    found[sheet.name] = own
            elif sheet.part in computing:
                xml = package.part(sheet.part)
                if _MENTIONS.search(xml):
                    try:
                        found[sheet.name] = SheetXml(xml, sheet.name)
                    except ShapeRefused as refused:
                        self._leave(sheet.name, "", "", NotOurs(refused.zh, refused.en))
        return found

    def _tell(self, each: Solved) -> None:
        cell = each.cell
        if each.why is not None:
            self._leave(cell.at.sheet, cell.ref, cell.text, each.why)
        else:
            self.done.updated.append(cell.place)
        if each.blocked_by and each.why is None:
            facts = {"cell": cell.ref, "read": f"={cell.text}", "blocked_by": each.blocked_by}
            self.done.problems.append(Problem("spill_blocked", cell.at.sheet, facts=facts))
        if not (cell.at.down or cell.at.right) and (after := repaired(cell.text)) != cell.text:
            facts = {"cell": cell.ref, "read": f"={cell.text}", "after": f"={after}"}
            self.done.problems.append(Problem("ar_formula_repaired", cell.at.sheet, facts=facts))

    def _leave(self, sheet: str, ref: str, text: str, why: NotOurs) -> None:
        self.done.left.append(f"{sheet}!{ref or '*'}")
        facts = {"cell": ref, "read": f"={text}" if text else "", "reason_zh": why.zh, "reason_en": why.en}
        self.done.problems.append(Problem("ar_cell_not_updated", sheet, facts=facts))


def _take_request_back(patcher: Patcher) -> None:
    """A full calculation on opening, asked for earlier, would turn the cells to #NAME? where the add-in is missing."""
    workbook = patcher.package.workbook_part
    before = patcher.part(workbook)
    after = _REQUEST.sub(rb"\1", before)
    if after != before:
        patcher.parts[workbook] = after


class _Reader:
    """Sheets as they stand after the edits so far: changed ones are read by the same reader from the patched bytes."""

    def __init__(self, patcher: Patcher, grid: Callable[[str], Grid]) -> None:
        self.patcher, self.saved = patcher, grid
        self.changed = frozenset(patcher.sheets)
        self._grids: dict[str, Grid] = {}

    def grid(self, sheet: str) -> Grid:
        if sheet not in self._grids:
            self._grids[sheet] = self._patched(sheet) if sheet in self.changed else self.saved(sheet)
        return self._grids[sheet]

    def _patched(self, sheet: str) -> Grid:
        """One changed sheet, read from a package in which the others are blank."""
        package = self.patcher.package
        parts = {each.part: _BLANK for each in package.sheets if each.kind == "worksheet"}
        parts[package.sheet(sheet).part] = self.patcher.sheets[sheet].bytes()
        data = package.rebuilt({**self.patcher.parts, **parts}, level=1)
        return read_package(Package(data, package.name), Path(package.name)).grid(sheet)


_BLANK = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'


class _Occupied:
    """What stands on the sheets beside results of ours: contents, merged cells and tables."""

    def __init__(self, patcher: Patcher, sheets: dict[str, SheetXml], cells: dict[str, list[FormulaCell]]) -> None:
        self.sheets = sheets
        self.tables = list(patcher.tables.values())
        self._merges = {name: merges(sheet.tail) for name, sheet in sheets.items()}
        self._arrays = {name: [cell for cell in mine if cell.form == "dynamic"] for name, mine in cells.items()}
        self._rows: dict[tuple[str, int], dict[int, Cell]] = {}

    def obstacle(self, sheet: str, old: Area, new: Area) -> str:
        """The address of the first obstacle in a new area outside the old one, "" if there is none."""
        for other in (*self._merges[sheet], *(t.area for t in self.tables if t.sheet == sheet)):
            if other.overlaps(new):
                return other.ref
        for row in range(new.first_row, new.last_row + 1):
            for column, cell in self._cells(sheet, row).items():
                inside = new.first_column <= column <= new.last_column
                if inside and cell.has_content and not self._ours(sheet, cell, old):
                    return cell.ref
        return ""

    def _cells(self, sheet: str, row: int) -> dict[int, Cell]:
        if (sheet, row) not in self._rows:
            self._rows[sheet, row] = self.sheets[sheet].cells(row)
        return self._rows[sheet, row]

    def _ours(self, sheet: str, cell: Cell, old: Area) -> bool:
        """Whether a cell holds a spilled value (of this or another array): these come and go with their array."""
        place = Area(cell.row, cell.column, cell.row, cell.column)
        if (cell.row, cell.column) == (old.first_row, old.first_column):
            return True
        if cell.has_formula:
            return False
        return old.contains(place) or any(array.area.contains(place) for array in self._arrays[sheet])
