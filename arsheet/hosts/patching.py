"""Patch a user's workbook: only the sheets and tables that an edit names change, every other part stays as it was.

An edit that cannot be done safely is refused with a coded WorkbookError and nothing is written; the caller may then
write a copy instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arsheet.hosts.cells import EPOCH_1900, EPOCH_1904, encode
from arsheet.hosts.following import Change, chart_xml, follow_filter, follow_tail, table_xml
from arsheet.hosts.package import Package, replace_file
from arsheet.hosts.protocol import Restored
from arsheet.hosts.reading import Area, TableInfo, parse_area, read_table_info
from arsheet.hosts.recalculation import ask_recalculation, find_dependents, trim_chain
from arsheet.hosts.sheetxml import SheetXml, refusal
from arsheet.table import WorkbookError, column_letter


@dataclass(frozen=True, slots=True)
class ReplaceRows:
    """Give an Excel table new data rows, and new columns if ``header`` says so.

    The table's columns that ``header`` does not name go away, except those in ``keep``: these are the user's own and
    move with the row whose ``key`` columns are equal. ``styles`` names a cell ("D5" or "Sheet!D5") whose look a
    column takes; by default a column looks as its first data row did. ``restored`` are values that waited.
    """

    table: str
    rows: Sequence[Sequence[Any]]
    header: Sequence[str] = ()
    key: Sequence[str] = ()
    keep: Sequence[str] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    restored: Restored = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Add rows to an Excel table under the headers given: into the blank rows at its end first, then below it."""

    table: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    styles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetCells:
    """Set single cells of a sheet; each keeps its style unless ``styles`` names another cell to look like."""

    sheet: str
    values: Mapping[str, Any]
    styles: Mapping[str, str] = field(default_factory=dict)


Edit = ReplaceRows | AppendRows | SetCells


@dataclass(slots=True)
class PatchReport:
    """What a patch changed, and what the caller should tell the user."""

    changed_parts: tuple[str, ...] = ()
    removed_parts: tuple[str, ...] = ()
    tables: dict[str, str] = field(default_factory=dict)
    dropped_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waiting: dict[str, dict[tuple[str, ...], dict[str, Any]]] = field(default_factory=dict)
    cleared_filters: tuple[str, ...] = ()
    dropped_links: int = 0
    dependents: tuple[str, ...] = ()
    recalculates: bool = False


class Patcher:
    """The edits of one package, gathered in memory and written by ``data``."""

    def __init__(self, package: Package) -> None:
        self.package = package
        if any(name.startswith("_xmlsignatures/") for name in package.parts):
            raise refusal(
                "workbook_signed",
                f"{package.name} 带有数字签名，修改会使签名失效；未修改",
                f"{package.name} carries a digital signature that a change would break; not patched",
            )
        self.sheets: dict[str, SheetXml] = {}
        self.tables = {
            table.name.casefold(): table
            for sheet in package.sheets
            if sheet.kind == "worksheet"
            for table in (read_table_info(package, sheet, part) for part in package.table_parts(sheet))
        }
        workbook = package.part(package.workbook_part)
        date1904 = re.search(rb"""<workbookPr\b[^>]*\bdate1904=["'](?:1|true)["']""", workbook)
        self.epoch = EPOCH_1904 if date1904 else EPOCH_1900
        self.changes: list[Change] = []
        self.removed_formulas: set[tuple[int, str]] = set()
        self.parts: dict[str, bytes] = {}
        self.report = PatchReport()

    def apply(self, edits: Sequence[Edit]) -> None:
        """Do the edits in memory; raises WorkbookError for the first that cannot be done safely."""
        from arsheet.hosts import tabling

        for edit in edits:
            if isinstance(edit, SetCells):
                self._set_cells(edit)
            elif isinstance(edit, AppendRows):
                tabling.append_rows(self, edit)
            else:
                tabling.replace_rows(self, edit)

    def table(self, name: str) -> TableInfo:
        """An Excel table as it stands after the edits so far."""
        found = self.tables.get(name.casefold())
        if found is None:
            raise WorkbookError(
                "table_not_found",
                f"{self.package.name} 中没有名为“{name}”的表",
                f"{self.package.name} has no table {name!r}",
                facts={"table": name, "tables": [t.name for t in self.tables.values()]},
            )
        return found

    def sheet(self, name: str) -> SheetXml:
        """A sheet as it stands after the edits so far."""
        part = self.package.sheet(name)
        if part.name not in self.sheets:
            if part.kind != "worksheet":
                raise refusal("not_a_worksheet", f"“{name}”不是普通工作表", f"{name!r} is not a worksheet")
            self.sheets[part.name] = SheetXml(self.package.part(part.part), part.name)
        return self.sheets[part.name]

    def forget_formula(self, sheet: str, ref: str) -> None:
        """Note that a formula has left its cell."""
        self.removed_formulas.add((self.package.sheet(sheet).sheet_id, ref))

    def style_of(self, sheet: str, ref: str) -> str:
        """The style attribute of a named cell, such as "D5" or "Sheet!D5"."""
        if "!" in ref:
            sheet, ref = ref.rsplit("!", 1)
            sheet = sheet.strip("'").replace("''", "'")
        area = _one_cell(ref)
        return self.sheet(sheet).style(area.first_row, area.first_column)

    def finish(self, change: Change, columns: Sequence[str], written: frozenset[str]) -> None:
        """Let everything that describes the table follow its change."""
        table = change.before
        sheet = self.sheet(table.sheet)
        cleared = False
        if table.part:
            xml, cleared = table_xml(
                self.parts.get(table.part) or self.package.part(table.part), change, columns, written, self.package.name
            )
            self.parts[table.part] = xml
        else:
            workbook = self.package.workbook_part
            before = self.parts.get(workbook) or self.package.part(workbook)
            position = [each.name for each in self.package.sheets].index(sheet.name)
            sheet.tail, after, cleared = follow_filter(sheet.tail, before, position, change)
            if after != before:
                self.parts[workbook] = after
        sheet.tail = follow_tail(sheet.tail, change)
        if cleared:
            self.report.cleared_filters += (table.name,)
        sheet.widen(change.area)
        self.changes.append(change)
        self.tables[table.name.casefold()] = TableInfo(
            table.name, table.sheet, change.area, tuple(columns), table.header, table.totals_rows, table.part
        )
        self.report.tables[table.name] = change.area.ref

    def _set_cells(self, edit: SetCells) -> None:
        sheet = self.sheet(edit.sheet)
        by_row: dict[int, dict[int, Any]] = {}
        for ref, value in edit.values.items():
            area = _one_cell(ref)
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
        from arsheet.hosts.following import merges

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
        """The patched package; ``report`` is complete afterwards."""
        parts = dict(self.parts)
        for name, sheet in self.sheets.items():
            xml = sheet.bytes()
            if xml != self.package.part(self.package.sheet(name).part):
                parts[self.package.sheet(name).part] = xml
        chain, removed = trim_chain(self.package, self.removed_formulas)
        parts |= chain
        patched = frozenset(name.casefold() for name in self.sheets)
        for part in self.package.parts:
            if re.fullmatch(r"xl/charts/chart\d*\.xml", part, re.I):
                before = self.package.part(part)
                if (after := chart_xml(before, patched, self.changes)) != before:
                    parts[part] = after
        self._recalculation(parts)
        self.report.changed_parts, self.report.removed_parts = tuple(sorted(parts)), tuple(sorted(removed))
        return self.package.rebuilt(parts, removed, level)

    def _recalculation(self, parts: dict[str, bytes]) -> None:
        found = find_dependents(self.package, self.sheets, self.tables.values())
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


def _one_cell(ref: str) -> Area:
    area = parse_area(ref.upper())
    if area is None or (area.first_row, area.first_column) != (area.last_row, area.last_column):
        raise WorkbookError(
            "address_not_valid", f"{ref} 不是单元格地址", f"{ref!r} is not the address of one cell", exit_code=2
        )
    return area
