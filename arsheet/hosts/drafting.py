"""A workbook under edit: its package as it was read, and the sheets, tables and parts as they stand so far."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arsheet.hosts.cells import EPOCH_1900, EPOCH_1904
from arsheet.hosts.edits import PatchReport
from arsheet.hosts.following import Change, follow_filter, follow_tail, table_xml
from arsheet.hosts.named import follow_names
from arsheet.hosts.package import Package
from arsheet.hosts.reading import Area, TableInfo, parse_area, read_table_info
from arsheet.hosts.sheetxml import SheetXml, refusal
from arsheet.table import WorkbookError


class Draft:
    """The state that edits work on; raises WorkbookError for a workbook that must not be changed at all."""

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
        self.accounted: set[str] = set()
        """Formula cells (Sheet!A1) whose results are given, or which are told of otherwise."""

    def part(self, name: str) -> bytes:
        """A part as it stands after the edits so far; a sheet's own part as it was read."""
        return self.parts.get(name) or self.package.part(name)

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
        area = one_cell(ref)
        return self.sheet(sheet).style(area.first_row, area.first_column)

    def finish(self, change: Change, columns: Sequence[str], written: frozenset[str]) -> None:
        """Let everything that describes the table follow its change."""
        table, workbook = change.before, self.package.workbook_part
        sheet = self.sheet(table.sheet)
        cleared = False
        if table.part:
            self.parts[table.part], cleared = table_xml(
                self.part(table.part), change, columns, written, self.package.name
            )
        else:
            position = [each.name for each in self.package.sheets].index(sheet.name)
            sheet.tail, after, cleared = follow_filter(sheet.tail, self.part(workbook), position, change)
            self.parts[workbook] = after
        self.parts[workbook] = follow_names(self.part(workbook), change, same_columns=tuple(columns) == table.columns)
        sheet.tail = follow_tail(sheet.tail, change)
        if cleared:
            self.report.cleared_filters += (table.name,)
        sheet.widen(change.area)
        self.changes.append(change)
        self.tables[table.name.casefold()] = TableInfo(
            table.name, table.sheet, change.area, tuple(columns), table.header, table.totals_rows, table.part
        )
        self.report.tables[table.name] = change.area.ref


def one_cell(ref: str) -> Area:
    """The place of a single cell; WorkbookError ``address_not_valid`` for anything else."""
    area = parse_area(ref.upper())
    if area is None or (area.first_row, area.first_column) != (area.last_row, area.last_column):
        raise WorkbookError(
            "address_not_valid", f"{ref} 不是单元格地址", f"{ref!r} is not the address of one cell", exit_code=2
        )
    return area
