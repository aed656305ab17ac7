"""Give a table or a sheet of a closed workbook new rows; where that is not safe, write them into a copy beside it."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.hosts.package import Package, replace_file
from arsheet.hosts.patching import Patcher, PatchReport, ReplaceRows
from arsheet.hosts.reading import Area, TableInfo, read_package
from arsheet.hosts.sheetxml import SheetXml, refusal
from arsheet.table import ArsheetError, WorkbookError, column_letter

if TYPE_CHECKING:
    from arsheet.table import Grid


@dataclass(frozen=True, slots=True)
class Report:
    """What a copy holds on one sheet: the title of the sheet, the name of its table, headers and rows."""

    sheet: str
    table: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]


def patch_rows(
    book: str | Path,
    target: str,
    rows: Sequence[Sequence[Any]],
    *,
    header: Sequence[str] = (),
    key: Sequence[str] = (),
    out: str | Path | None = None,
) -> PatchReport:
    """Replace the rows of an Excel table, or of a sheet without one below its header row; nothing else changes.

    ``key`` names the columns that tell a row (by default the first): comments and links follow their row. Writes to
    ``book`` itself or to ``out``. Raises WorkbookError for what cannot be done safely; then nothing is written.
    """
    path = Path(book)
    place = Path(out) if out is not None else path
    package = Package.open(path)
    patcher = Patcher(package)
    name = target
    if target.casefold() not in patcher.tables:
        info = _rows_of_sheet(patcher, target, header)
        patcher.tables[info.name.casefold()] = info
        name = info.name
    patcher.apply([ReplaceRows(name, rows, header, key)])
    data = patcher.data()
    same = path.resolve() == place.resolve()
    replace_file(place, data, expect=package.digest if same else None)
    return patcher.report


def _rows_of_sheet(patcher: Patcher, target: str, header: Sequence[str]) -> TableInfo:
    """The rows of a sheet without a table, from its header row down to the first wholly blank row."""
    from arsheet.hosts.xlsx import header_row

    sheet = patcher.sheet(patcher.package.sheet(target).name)
    inside = [table.name for table in patcher.tables.values() if table.sheet == sheet.name]
    if inside:
        raise refusal(
            "sheet_has_tables",
            f"“{sheet.name}”上有表 {'、'.join(inside)}，请指明表名；未修改",
            f"{sheet.name!r} holds the tables {', '.join(inside)}; name the table instead. Not patched",
            tables=inside,
        )
    grid = read_package(patcher.package, Path(patcher.package.name)).grid(sheet.name)
    at = header_row(grid, header)
    if at is None:
        raise refusal(
            "header_row_not_found",
            f"“{sheet.name}”没有表头行；未修改",
            f"{sheet.name!r} has no header row; not patched",
        )
    labels = grid.cells[at]
    filled = [i for i, value in enumerate(labels) if value is not None and str(value).strip()]
    first = grid.first_column + filled[0]
    names: list[str] = []
    for i in range(filled[0], filled[-1] + 1):
        text = "" if labels[i] is None else str(labels[i]).strip()
        letter = column_letter(grid.first_column + i)
        names.append(text if text and text.casefold() not in {n.casefold() for n in names} else f"{text}#{letter}")
    top = grid.first_row + at
    area = Area(top, first, _last_row(sheet, grid, top, first, len(names)), first + len(names) - 1)
    return TableInfo(sheet.name, sheet.name, area, tuple(names))


def _last_row(sheet: SheetXml, grid: Grid, top: int, first: int, width: int) -> int:
    """The last row of data: a blank row ends it, and rows of totals at its end (formulas) do not belong to it."""
    columns = range(first, first + width)
    last = top
    while any(c in columns and cell.has_content for c, cell in sheet.cells(last + 1).items()):
        last += 1
    usual = {c for c, cell in sheet.cells(top + 1).items() if cell.has_formula}
    while last > top + 1 and any(
        c in columns and cell.has_formula and c not in usual for c, cell in sheet.cells(last).items()
    ):
        last -= 1
    return max(last, top + 1)


def write_copy_beside(book: str | Path, reports: Sequence[Report], reason: ArsheetError) -> Path:
    """Write reports into a new plain workbook beside ``book``, with the reason on its first sheet; gives its path.

    The name is NAME-arsheet.xlsx; a file that is there already is left alone, and a number is added.
    """
    path = Path(book)
    number, copy = 1, path.with_name(f"{path.stem}-arsheet.xlsx")
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.stem}-arsheet-{number}.xlsx")
    patcher = Patcher(Package(_empty_book(reports), copy.name))
    patcher.apply([ReplaceRows("AR_WHY", [[reason.zh], [reason.en]])])
    patcher.apply([ReplaceRows(report.table, report.rows) for report in reports])
    replace_file(copy, patcher.data())
    return copy


def _empty_book(reports: Sequence[Report]) -> bytes:
    """A workbook with a table for each report, headers only."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.worksheet.table import Table, TableStyleInfo

    wb = openpyxl.Workbook()
    wb.remove(wb.active)
    for report in (Report("arsheet", "AR_WHY", ["说明 / Why this copy"], [[""]]), *reports):
        ws = wb.create_sheet(report.sheet[:31])
        for j, text in enumerate(report.header, 1):
            cell = ws.cell(1, j)
            cell.value, cell.data_type, cell.font = text, "s", Font(bold=True)
            ws.column_dimensions[cell.column_letter].width = 100 if len(report.header) == 1 else 16
            ws.cell(2, j).number_format = _format([row[j - 1] for row in report.rows])
        table = Table(displayName=report.table, ref=f"A1:{column_letter(len(report.header) - 1)}2")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        ws.add_table(table)
        ws.freeze_panes = "A2"
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()


def _format(values: Sequence[Any]) -> str:
    import datetime as dt
    from decimal import Decimal

    kinds = {type(value) for value in values if value is not None}
    if kinds & {dt.date, dt.datetime}:
        return "yyyy-mm-dd"
    return "#,##0.00" if kinds & {Decimal, float} else "@" if kinds == {str} else "General"


def written_to_copy(book: str | Path, reports: Sequence[Report], refused: WorkbookError) -> WorkbookError:
    """Write the copy; gives the error that says so and why."""
    copy = write_copy_beside(book, reports, refused)
    name = os.path.basename(book)
    return WorkbookError(
        "report_written_to_copy",
        f"{name} 未修改，报表已写入 {copy.name}。原因：{refused.zh}",
        f"{name} was not changed; the reports are in {copy.name}. The reason: {refused.en}",
        exit_code=refused.exit_code,
        facts={"copy": str(copy), "reason": refused.code, **refused.facts},
    )
