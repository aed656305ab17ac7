"""Workbooks made for the tests of the hosts, and the applications that open them again."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn

from tests.hosts.excel.fixtures import excel_app as excel_app
from tests.hosts.excel.fixtures import excel_open as excel_open

HEADER = ["客户", "单号", "到期日", "金额"]
RECORDS = [[f"客户{i % 7}", f"{i:06d}", dt.date(2026, 1, 1) + dt.timedelta(days=i), i + 0.25] for i in range(200)]


def add_table(ws: Any, name: str, ref: str, totals: bool = False) -> Table:
    """An Excel table on a sheet of openpyxl; with totals, the last row of ``ref`` sums the last column."""
    table = Table(displayName=name, ref=ref)
    if totals:
        table._initialise_columns()
        first = openpyxl.utils.range_boundaries(ref)
        for column, cell in zip(table.tableColumns, ws[ref][0], strict=True):
            column.name = str(cell.value)
        table.totalsRowCount = 1
        table.autoFilter.ref = f"{ref.split(':')[0]}:{ref.split(':')[1].rstrip('0123456789')}{first[3] - 1}"
        last: TableColumn = table.tableColumns[-1]
        last.totalsRowFunction = "sum"
    ws.add_table(table)
    return table


def make_report(path: Path, *, totals: bool = False, note_below: str = "", rows: int = 200) -> Path:
    """A report at B4 of 逾期账龄 with styles, validation, formats and chart; a ledger and a dashboard beside it."""
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = "逾期账龄"
    ws["B1"] = "逾期账龄表"
    ws["B1"].font = Font(bold=True, size=16)
    ws["B2"] = dt.date(2026, 3, 1)
    ws["B2"].number_format = "yyyy-mm-dd"
    for j, name in enumerate(HEADER):
        ws.cell(4, 2 + j, name).font = Font(bold=True)
    for i, record in enumerate(RECORDS[:rows]):
        for j, value in enumerate(record):
            cell = ws.cell(5 + i, 2 + j, value)
            cell.number_format = ("General", "@", "yyyy-mm-dd", "#,##0.00")[j]
        ws.cell(5 + i, 8, f"备注{i}")
    last = 4 + rows
    ref = f"B4:E{last + totals}"
    if totals:
        ws.cell(last + 1, 2, "合计").font = Font(bold=True)
        ws.cell(last + 1, 5, "=SUBTOTAL(109,T_AGING[金额])")
    add_table(ws, "T_AGING", ref, totals)
    if note_below:
        ws.cell(last + totals + 3, 2, note_below)
    check = DataValidation(type="decimal", operator="greaterThan", formula1="0")
    ws.add_data_validation(check)
    check.add(f"E5:E{last}")
    ws.conditional_formatting.add(
        f"E5:E{last}", CellIsRule(operator="lessThan", formula=["0"], fill=PatternFill("solid"))
    )
    ledger = wb.create_sheet("应收单")
    ledger.append(["单号", "金额"])
    for i in range(50):
        ledger.append([f"{i:04d}", i * 1.5])
    board = wb.create_sheet("看板")
    board["A1"] = "=SUM(T_AGING[金额])"
    board["B1"] = "=SUM(应收单!B2:B51)"
    board["A2"] = "标题"
    chart = BarChart()
    chart.add_data(Reference(ws, min_col=5, min_row=5, max_row=last))
    board.add_chart(chart, "D2")
    wb.save(path)
    return path


def parts(path: Path) -> dict[str, bytes]:
    """All parts of a package."""
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        return {name: z.read(name) for name in z.namelist()}


def rewrite(path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> Path:
    """Change parts of a package by hand."""
    held = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in (held | (extra or {})).items():
            z.writestr(name, change(name, data))
    return path


def values(path: Path, sheet: str) -> dict[str, Any]:
    """The non-blank cells of a sheet as openpyxl sees them."""
    wb = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.value for row in wb[sheet].iter_rows() for cell in row if cell.value is not None}


@pytest.fixture(scope="session")
def books() -> SimpleNamespace:
    """The makers of workbooks and the ways to look into them."""
    return SimpleNamespace(
        header=HEADER, records=RECORDS, add_table=add_table, make_report=make_report, parts=parts, rewrite=rewrite,
        values=values,
    )  # fmt: skip


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of 200 rows."""
    return make_report(tmp_path / "应收.xlsx")


@pytest.fixture
def libreoffice(tmp_path: Path) -> Callable[..., Path]:
    """Let LibreOffice open a file and save it again, as .xlsx or in another format."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")

    def convert(path: Path, kind: str = "xlsx") -> Path:
        out = tmp_path / "office"
        command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
        return out / f"{path.stem}.{kind}"

    return convert
