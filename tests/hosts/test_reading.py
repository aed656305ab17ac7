"""What a file holds is what the reader says, at the address where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from arsheet.hosts.reading import parse_area, read_csv, read_file, read_workbook
from arsheet.table import CellError, Grid, WorkbookError


def at(grid: Grid, address: str) -> Any:
    area = parse_area(address)
    assert area is not None
    y, x = area.first_row - grid.first_row, area.first_column - grid.first_column
    assert grid.address(y, x) == address
    return grid.cells[y][x]


def test_values_and_addresses_with_leading_blanks(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    cells = {
        "C4": "000123",
        "D4": 123,
        "E4": 1234.56,
        "F4": dt.date(2025, 12, 31),
        "G4": dt.datetime(2025, 12, 31, 8, 30, 15),
        "H4": dt.time(8, 30),
        "I4": dt.timedelta(hours=30),
        "J4": True,
        "C6": "#N/A",
        "L9": "#REF!",
        "K5": 1.234567890123457e16,
        "C7": "123456789012345678",
    }
    for address, value in cells.items():
        ws[address] = value
    ws.row_dimensions[6].hidden = True
    ws.row_dimensions[7].hidden = True
    wb.create_sheet("空")
    wb.create_sheet("藏").sheet_state = "hidden"
    wb.create_sheet("深").sheet_state = "veryHidden"
    path = tmp_path / "v.xlsx"
    wb.save(path)
    book = read_workbook(path)
    assert [(s.name, s.visibility) for s in book.sheets][1:] == [
        ("空", "visible"), ("藏", "hidden"), ("深", "veryHidden"),
    ]  # fmt: skip
    grid = book.grid("Sheet")
    for address, value in cells.items():
        if isinstance(value, str) and value.startswith("#"):
            assert at(grid, address) == CellError(value)
        else:
            assert at(grid, address) == value
            assert type(at(grid, address)) is type(value) or isinstance(value, int)
    assert isinstance(at(grid, "J4"), bool)
    assert grid.hidden_rows == {6, 7}
    assert sum(v is not None for row in grid.cells for v in row) == len(cells)
    assert book.grid("空").cells == []
    with pytest.raises(WorkbookError) as error:
        book.grid("没有")
    assert error.value.code == "sheet_not_found"


def test_error_cells_alone(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    wb.active["D9"] = "#DIV/0!"
    wb.save(tmp_path / "e.xlsx")
    assert at(read_workbook(tmp_path / "e.xlsx").grid("Sheet"), "D9") == CellError("#DIV/0!")


def test_1904(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    wb.epoch = CALENDAR_MAC_1904
    wb.active["A1"] = dt.date(2030, 1, 1)
    wb.save(tmp_path / "m.xlsx")
    assert read_workbook(tmp_path / "m.xlsx").grid("Sheet").cells == [[dt.date(2030, 1, 1)]]


def test_tables_and_uncomputed_formulas(tmp_path: Path, books: SimpleNamespace) -> None:
    path = books.make_report(tmp_path / "t.xlsx", totals=True, rows=5)
    book = read_workbook(path)
    (table,) = book.tables
    assert (table.name, table.sheet, table.area.ref, table.totals_rows) == ("T_AGING", "逾期账龄", "B4:E10", 1)
    assert (table.first_data_row, table.last_data_row, list(table.columns)) == (5, 9, books.header)
    assert book.uncomputed("看板") == ("A1", "B1")
    assert book.uncomputed("逾期账龄") == ("E10",)


def test_a_stray_cell_far_away_is_named(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    wb.active["A1"] = 1
    wb.active["XFD1048576"] = 1
    wb.save(tmp_path / "s.xlsx")
    with pytest.raises(WorkbookError) as error:
        read_workbook(tmp_path / "s.xlsx").grid("Sheet")
    assert (error.value.code, error.value.facts["cell"]) == ("used_range_too_large", "XFD1048576")


ROWS = [["客户", "金额", "备注"], ["北京甲公司", "1,234.50", None], ["上海乙公司", "(2.00)", "多\n行"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [delimiter.join(f'"{v}"' if v else "" for v in row) for row in ROWS]
    path = tmp_path / "流水.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    grid = read_csv(path)
    assert [list(row) for row in grid.cells] == ROWS
    assert grid.sheet == "流水.csv"


def test_content_decides_not_the_extension(tmp_path: Path, books: SimpleNamespace) -> None:
    path = tmp_path / "其实是.xlsx"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    book = read_file(path)
    assert (book.kind, book.grid(book.sheet_names[0]).cells[1]) == ("csv", ["1", "2"])
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert error.value.code == "file_not_workbook"
    page = tmp_path / "网银.xls"
    page.write_bytes(
        "<html><table><tr><th colspan=2>流水</th></tr><tr><td>1</td><td>&nbsp;</td></tr></table></html>".encode(
            "gb18030"
        )
    )
    book = read_file(page)
    assert book.grid(book.sheet_names[0]).cells == [["流水", None], ["1", None]]
    real = books.make_report(tmp_path / "r.xlsx", rows=3).rename(tmp_path / "真.csv")
    assert read_file(real).kind == "xlsx"


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"),
    (b"PK\x03\x04garbage", "file_damaged"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_damaged"),
    (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xml_spreadsheet_2003"),
    (b"<html><p>no table</p></html>", "html_without_table"),
    (b"\x89PNG\0\0\0", "file_kind_unknown"),
    (b"\xff\xfe\xff\xd8\x00", "text_encoding_unknown"),
])  # fmt: skip
def test_refused_files(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    with pytest.raises(WorkbookError) as error:
        read_file(path)
    assert error.value.code == code


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError) as error:
        read_file(tmp_path / "没有.xlsx")
    assert error.value.code == "file_not_found"


@pytest.mark.office
@pytest.mark.slow
def test_old_xls(tmp_path: Path, books: SimpleNamespace, libreoffice: Callable[..., Path]) -> None:
    path = books.make_report(tmp_path / "r.xlsx", rows=8)
    old = libreoffice(path, "xls")
    book = read_workbook(old)
    assert book.kind == "xls"
    grid = book.grid("逾期账龄")
    assert at(grid, "D5") == dt.date(2026, 1, 1)
    assert at(grid, "C6") == "000001"
