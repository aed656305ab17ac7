"""Patch a user's workbook: only the sheets and tables that an edit names change, every other part stays as it was.

An edit that cannot be done safely is refused with a coded WorkbookError and nothing is written; the caller may then
write a copy instead.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from arsheet.hosts.cells import encode
from arsheet.hosts.drafting import Draft, one_cell
from arsheet.hosts.edits import AppendRows, PatchReport, ReplaceRows, SetCells
from arsheet.hosts.following import chart_xml, merges
from arsheet.hosts.package import Package, replace_file
from arsheet.hosts.reading import Area
from arsheet.hosts.recalculation import ask_recalculation, find_dependents, trim_chain
from arsheet.hosts.sheetxml import SheetXml, refusal
from arsheet.hosts.tabling import append_rows, replace_rows
from arsheet.table import column_letter

__all__ = ["AppendRows", "Edit", "OwnEdit", "PatchReport", "Patcher", "ReplaceRows", "SetCells", "patch"]


class OwnEdit(ABC):
    """An edit that another room declares and carries out itself."""

    __slots__ = ()

    @abstractmethod
    def apply_to(self, patcher: Patcher) -> None:
        """Do the edit in memory; raises WorkbookError if it cannot be done safely."""


Edit = ReplaceRows | AppendRows | SetCells | OwnEdit


class Patcher(Draft):
    """The edits of one package, gathered in memory and written by ``data``."""

    def apply(self, edits: Sequence[Edit]) -> None:
        """Do the edits in memory; raises WorkbookError for the first that cannot be done safely."""
        for edit in edits:
            if isinstance(edit, OwnEdit):
                edit.apply_to(self)
            elif isinstance(edit, SetCells):
                self._set_cells(edit)
            elif isinstance(edit, AppendRows):
                append_rows(self, edit)
            else:
                replace_rows(self, edit)

    def _set_cells(self, edit: SetCells) -> None:
        sheet = self.sheet(edit.sheet)
        by_row: dict[int, dict[int, Any]] = {}
        for ref, value in edit.values.items():
            area = one_cell(ref)
            self._check_single(sheet, ref, area)
            by_row.setdefault(area.first_row, {})[area.first_column] = value
            sheet.widen(area)
        for row, values in by_row.items():
            cells = sheet.cells(row)
            out = {column: cell.raw for column, cell in cells.items()}
            for column, value in values.items():
                ref = f"{column_letter(column)}{row}"
                cell = cells.get(column)
                if cell is not None and cell.has_formula:
                    self.forget_formula(sheet.name, ref)
                if ref in edit.styles:
                    style = self.style_of(sheet.name, edit.styles[ref])
                else:
                    style = cell.style if cell else sheet.default_style(row, column)
                out[column] = encode(value, ref, style, self.epoch).encode()
            sheet.put(row, out)

    def _check_single(self, sheet: SheetXml, ref: str, area: Area) -> None:
        sheet.check_blocks([area])
        for merged in merges(sheet.tail):
            if merged.overlaps(area) and (merged.first_row, merged.first_column) != (area.first_row, area.first_column):
                raise refusal(
                    "cell_inside_merge",
                    f"“{sheet.name}”{ref} 在合并单元格 {merged.ref} 之内，未写入",
                    f"{sheet.name!r} {ref} is hidden inside the merged cells {merged.ref}; not written",
                    cell=ref,
                )
        for table in self.tables.values():
            if (
                table.header
                and table.sheet == sheet.name
                and area.first_row == table.area.first_row
                and table.area.overlaps(area)
            ):
                raise refusal(
                    "cell_is_table_header",
                    f"“{sheet.name}”{ref} 是表“{table.name}”的表头，不能单独修改",
                    f"{sheet.name!r} {ref} is a header of table {table.name!r} and cannot be set by itself",
                    cell=ref,
                )

    def data(self, level: int = 6) -> bytes:
        """The patched package; ``report`` is complete afterwards, and the patcher spent."""
        parts = dict(self.parts)
        chain, removed = trim_chain(self.package, self.removed_formulas)
        parts |= chain
        patched = frozenset(name.casefold() for name in self.sheets)
        for part in self.package.parts:
            if re.fullmatch(r"xl/charts/chart\d*\.xml", part, re.I):
                parts[part] = chart_xml(self.package.part(part), patched, self.changes)
        self._recalculation(parts)
        while self.sheets:  # a large sheet is not held twice
            name, sheet = self.sheets.popitem()
            parts[self.package.sheet(name).part] = sheet.bytes()
        parts = {name: xml for name, xml in parts.items() if not self.package.holds(name, xml)}
        self.report.changed_parts, self.report.removed_parts = tuple(sorted(parts)), tuple(sorted(removed))
        return self.package.rebuilt(parts, removed, level)

    def _recalculation(self, parts: dict[str, bytes]) -> None:
        found = find_dependents(self.package, self.sheets, self.tables.values(), self.accounted)
        self.report.dependents = found.cells
        if found.cells and not found.has_addin:
            parts |= ask_recalculation(self.package, parts.get(self.package.workbook_part))
            self.report.recalculates = True


def patch(
    path: str | Path,
    out: str | Path,
    edits: Sequence[Edit],
    *,
    package: Package | None = None,
    level: int = 6,
) -> PatchReport:
    """Write ``path`` with the edits to ``out`` (which may be ``path``), at once or not at all.

    ``package`` is the file as it was read earlier: a file that changed since is refused. Raises WorkbookError.
    """
    path, out = Path(path), Path(out)
    package = package or Package.open(path)
    patcher = Patcher(package)
    patcher.apply(edits)
    data = patcher.data(level)
    same = path.resolve() == out.resolve()
    replace_file(out, data, expect=package.digest if same else None)
    return patcher.report
