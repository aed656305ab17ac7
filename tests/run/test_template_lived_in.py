"""The template after people and programs lived in it: every refresh shows the figures of the untouched book."""

from __future__ import annotations

import copy
import datetime as dt
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.filters import AutoFilter, FilterColumn
from openpyxl.worksheet.table import TableColumn

from arsheet import run
from arsheet.cli import main
from arsheet.hosts.reading import read_workbook
from arsheet.schema.tables import TABLES
from arsheet.table import WorkbookError
from tests.run.helping import AS_OF, clock_at, folder_of, make_book, whole

REPORTS = ("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification")
Figures = dict[str, list[dict[str, Any]]]


def figures(path: Path) -> Figures:
    """Every report by its headers, without the columns that a person added."""
    book = read_workbook(path)
    found: Figures = {}
    for key in REPORTS:
        info = book.table(TABLES[key].table_name)
        assert info is not None
        grid = book.grid(info.sheet)
        left, top = info.area.first_column - grid.first_column, info.first_data_row - grid.first_row
        lines = grid.cells[top : info.last_data_row + 1 - grid.first_row]
        names = info.columns
        rows = [dict(zip(names, line[left : left + len(names)], strict=True)) for line in lines]
        found[key] = [{k: v for k, v in row.items() if not k.startswith("我的")} for row in rows]
    return found


@cache
def untouched() -> tuple[bytes, Figures]:
    """The refreshed sample and its figures."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = make_book(Path(folder), 120)
        run.refresh(path, AS_OF, clock=clock_at())
        return path.read_bytes(), figures(path)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The refreshed sample with its journal."""
    path = make_book(tmp_path, 120)
    run.refresh(path, AS_OF, clock=clock_at())
    return path


def edited(path: Path, change: Callable[[Any], None]) -> None:
    """What a person does in a spreadsheet program."""
    opened = openpyxl.load_workbook(path)
    change(opened)
    opened.save(path)


def table_of(opened: Any, key: str) -> tuple[Any, Any]:
    """A sheet and its table."""
    spec = TABLES[key]
    sheet = opened[spec.zh]
    return sheet, sheet.tables[spec.table_name]


def insert_column(opened: Any, key: str, at: int, name: str) -> None:
    """A column of the person's own in the middle of a table."""
    sheet, table = table_of(opened, key)
    left, top, right, bottom = range_boundaries(table.ref)
    for row in range(top, bottom + 1):
        for column in range(right, left + at - 1, -1):
            old, new = sheet.cell(row, column), sheet.cell(row, column + 1)
            new.value, new._style, new.data_type = old.value, copy.copy(old._style), old.data_type
        sheet.cell(row, left + at).value = name if row == top else f"{name}{row}"
    table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right + 1)}{bottom}"
    if table.autoFilter is not None:
        table.autoFilter.ref = table.ref
    names = [sheet.cell(top, column).value for column in range(left, right + 2)]
    table.tableColumns = [TableColumn(id=i, name=text) for i, text in enumerate(names, 1)]


def refreshed(path: Path) -> None:
    """A refresh after which the figures are those of the untouched book."""
    run.refresh(path, AS_OF, clock=clock_at(5))
    after, before = figures(path), untouched()[1]
    for key in REPORTS:
        assert after[key] == before[key], key
    whole(path)


def by_office(path: Path) -> None:
    """LibreOffice opens the file and saves it in its own way."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")
    out = path.parent / "office"
    command = [office, f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=240)
    shutil.copyfile(out / path.name, path)


@pytest.mark.office
@pytest.mark.slow
def test_after_libreoffice_saved_it(book: Path) -> None:
    by_office(book)
    refreshed(book)


@pytest.mark.office
@pytest.mark.slow
def test_after_a_person_and_then_libreoffice(book: Path) -> None:
    edited(book, lambda opened: insert_column(opened, "overdue_aging", 2, "我的备注"))
    by_office(book)
    before = own_column(book, "overdue_aging", "我的备注")
    refreshed(book)
    assert own_column(book, "overdue_aging", "我的备注") == before


def own_column(path: Path, key: str, name: str) -> dict[tuple[Any, ...], Any]:
    """What stands in a person's column, by key and currency of the row."""
    book = read_workbook(path)
    info = book.table(TABLES[key].table_name)
    assert info is not None
    grid = book.grid(info.sheet)
    at = [info.columns.index(text) for text in (info.columns[0], name)]
    money = [i for i, text in enumerate(info.columns) if text == "币种"]
    lines = grid.cells[info.first_data_row - grid.first_row : info.last_data_row + 1 - grid.first_row]
    return {(line[at[0]], *(line[i] for i in money)): line[at[1]] for line in lines}


def test_rows_sorted_by_amount(book: Path) -> None:
    def sort(opened: Any) -> None:
        sheet, table = table_of(opened, "invoices")
        left, top, right, bottom = range_boundaries(table.ref)
        names = [sheet.cell(top, column).value for column in range(left, right + 1)]
        amount = names.index("价税合计")
        held = [
            [(c.value, copy.copy(c._style), c.data_type) for c in sheet[row][left - 1 : right]]
            for row in range(top + 1, bottom + 1)
        ]
        number = names.index("单据号")
        seen = Counter(row[number][0] for row in held)

        def rank(row: list[Any]) -> tuple[bool, float]:
            """By amount, largest first. Of a number that stands twice the first row counts: those keep their order."""
            value, twice = row[amount][0], seen[row[number][0]] > 1
            return twice, 0.0 if twice or not isinstance(value, (int, float)) else -value

        held.sort(key=rank)
        for y, row in enumerate(held, top + 1):
            for x, (value, style, kind) in enumerate(row, left):
                cell = sheet.cell(y, x)
                cell.value, cell._style, cell.data_type = value, style, kind

    edited(book, sort)
    run.refresh(book, AS_OF, clock=clock_at(5))
    after, before = figures(book), untouched()[1]
    for key in REPORTS:  # rows of equal rank may change places
        assert sorted(after[key], key=repr) == sorted(before[key], key=repr), key


def test_columns_put_into_a_list_and_a_report(book: Path) -> None:
    def insert(opened: Any) -> None:
        insert_column(opened, "invoices", 3, "我的列")
        insert_column(opened, "overdue_aging", 3, "我的备注")

    edited(book, insert)
    mine, remarks = own_column(book, "invoices", "我的列"), own_column(book, "overdue_aging", "我的备注")
    assert len(remarks) > 5
    refreshed(book)
    assert own_column(book, "invoices", "我的列") == mine
    assert own_column(book, "overdue_aging", "我的备注") == remarks


def test_a_totals_row_and_a_filter(book: Path) -> None:
    def total(opened: Any) -> None:
        sheet, table = table_of(opened, "overdue_aging")
        left, top, right, bottom = range_boundaries(table.ref)
        names = [sheet.cell(top, column).value for column in range(left, right + 1)]
        at = names.index("应收合计")
        sheet.cell(bottom + 1, left).value = "汇总"
        sheet.cell(bottom + 1, left + at).value = f"=SUBTOTAL(109,{table.displayName}[应收合计])"
        table.autoFilter = AutoFilter(ref=table.ref, filterColumn=[FilterColumn(colId=at, hiddenButton=False)])
        table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom + 1}"
        table.totalsRowCount = 1
        table.tableColumns[at].totalsRowFunction = "sum"
        sheet.row_dimensions[top + 2].hidden = True

    edited(book, total)
    refreshed(book)
    info = read_workbook(book).table(TABLES["overdue_aging"].table_name)
    assert info is not None
    assert info.totals_rows == 1
    sheet, _ = table_of(openpyxl.load_workbook(book), "overdue_aging")
    last = [cell.value for cell in sheet[info.area.last_row]]
    assert last[0] == "汇总"
    assert any(str(value).startswith("=SUBTOTAL(109,") for value in last)
    assert not sheet.row_dimensions[info.first_data_row + 1].hidden
    grid = read_workbook(book).grid(info.sheet)
    stored = grid.cells[info.area.last_row - grid.first_row][info.columns.index("应收合计")]
    shown = untouched()[1]["overdue_aging"]
    assert stored == pytest.approx(sum(row["应收合计"] or 0 for row in shown))


def test_an_own_sheet_with_formulas_and_a_pivot(book: Path) -> None:
    name = TABLES["overdue_aging"].table_name

    def add(opened: Any) -> None:
        sheet = opened.create_sheet("我的分析")
        sheet["A1"], sheet["B1"], sheet["A2"] = "合计", f"=SUM({name}[应收合计])", "手工备注"
        sheet["A3"] = dt.date(2026, 3, 1)

    edited(book, add)
    with zipfile.ZipFile(book, "a") as package:
        package.writestr("xl/pivotTables/pivotTable9.xml", b"<pivotTableDefinition/>")
    refreshed(book)
    sheet = openpyxl.load_workbook(book)["我的分析"]
    assert (sheet["B1"].value, sheet["A2"].value) == (f"=SUM({name}[应收合计])", "手工备注")
    with zipfile.ZipFile(book) as package:
        assert package.read("xl/pivotTables/pivotTable9.xml") == b"<pivotTableDefinition/>"


def test_a_shape_that_cannot_be_patched_gives_a_copy_that_says_why(book: Path) -> None:
    def block(opened: Any) -> None:
        sheet, table = table_of(opened, "overdue_aging")
        _, _, right, bottom = range_boundaries(table.ref)
        sheet.merge_cells(start_row=bottom - 1, end_row=bottom, start_column=right - 1, end_column=right)

    edited(book, block)
    before, versions = book.read_bytes(), sorted(folder_of(book).rglob("*"))
    with pytest.raises(WorkbookError) as error:
        run.refresh(book, AS_OF, clock=clock_at(5))
    assert error.value.code == "report_written_to_copy"
    assert error.value.facts["reason"] == "merge_in_replaced_rows"
    assert book.read_bytes() == before
    assert sorted(folder_of(book).rglob("*")) == versions
    whole(book)
    copied = book.with_name("book-arsheet.xlsx")
    assert Path(error.value.facts["copy"]).name == copied.name
    assert copied.name in error.value.en
    found, shown = figures(copied), untouched()[1]
    for key in REPORTS:
        assert found[key] == shown[key], key
    reason = openpyxl.load_workbook(copied)["arsheet"]
    assert "合并" in reason["A2"].value


def test_the_command_line_says_it_in_both_languages(book: Path) -> None:
    def block(opened: Any) -> None:
        sheet, table = table_of(opened, "balances")
        _, _, right, bottom = range_boundaries(table.ref)
        sheet.merge_cells(start_row=bottom - 1, end_row=bottom, start_column=right - 1, end_column=right)

    edited(book, block)
    done = CliRunner().invoke(main, ["refresh", str(book), "--as-of", "2020-01-01"])
    assert done.exit_code == 3
    assert "book-arsheet.xlsx" in done.output
    assert book.with_name("book-arsheet.xlsx").exists()


def test_a_lock_gives_no_copy(book: Path) -> None:
    book.with_name(f"~${book.name}").write_bytes(b"")
    with pytest.raises(WorkbookError) as error:
        run.refresh(book, AS_OF, clock=clock_at(5))
    assert error.value.code == "workbook_open_elsewhere"
    assert not book.with_name("book-arsheet.xlsx").exists()
