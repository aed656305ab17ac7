"""Stored results: the formula, its style and its address stay; only the value beside them changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from python_calamine import CalamineWorkbook

from arsheet.hosts.arcells.results import stored
from arsheet.hosts.cells import EPOCH_1904
from arsheet.hosts.package import Package
from arsheet.hosts.xlsx import XlsxHost
from arsheet.table import CellError, WorkbookError


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "S"
    sheet["A1"], sheet["B1"], sheet["C1"] = 1, "=A1+1", '=A1&"x"'
    sheet["B1"].font = Font(bold=True)
    made.create_sheet("Other")["A1"] = "=S!B1"
    made.save(tmp_path / "b.xlsx")
    return tmp_path / "b.xlsx"


def test_a_result_is_stored_and_the_formula_stays(book: Path) -> None:
    host = XlsxHost(book)
    host.set_results("S", {"B1": 42.5, "C1": " 甲<乙> ", "A1": 9, "Z9": 1})
    report = host.save()
    values = CalamineWorkbook.from_path(book).get_sheet_by_name("S").to_python()
    assert values == [[1.0, 42.5, " 甲<乙> "]]  # A1 and Z9 hold no formula
    sheet = openpyxl.load_workbook(book)["S"]
    assert (sheet["B1"].value, sheet["B1"].font.bold, sheet["C1"].value) == ("=A1+1", True, '=A1&"x"')
    assert report.dependents == ("Other!A1",)


def test_the_same_results_again_change_no_byte_of_the_sheet(book: Path) -> None:
    for _ in range(2):
        host = XlsxHost(book)
        host.set_results("S", {"B1": Decimal("12.50"), "C1": None})
        host.save()
        part = Package.open(book).part("xl/worksheets/sheet1.xml")
    host = XlsxHost(book)
    host.set_results("S", {"B1": Decimal("12.50"), "C1": None})
    host.save()
    assert Package.open(book).part("xl/worksheets/sheet1.xml") == part


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, b"", b""),
        (True, b' t="b"', b"<v>1</v>"),
        (7, b"", b"<v>7</v>"),
        (2.0, b"", b"<v>2</v>"),
        (0.1, b"", b"<v>0.1</v>"),
        (Decimal("1234.50"), b"", b"<v>1234.50</v>"),
        (Decimal("1E+3"), b"", b"<v>1000</v>"),
        (dt.date(2026, 3, 31), b"", b"<v>46112</v>"),
        (dt.datetime(2026, 3, 31, 12), b"", b"<v>46112.5</v>"),
        (dt.date(1850, 1, 1), b' t="str"', b"<v>1850-01-01</v>"),
        (CellError("#N/A"), b' t="e"', b"<v>#N/A</v>"),
        ("a\x01_x0041_", b' t="str"', b"<v>a_x0001__x005F_x0041_</v>"),
        ("a ", b' t="str"', b'<v xml:space="preserve">a </v>'),
    ],
)
def test_each_kind_of_value(value: Any, kind: bytes, text: bytes) -> None:
    assert stored(value) == (kind, text)


def test_a_book_of_1904_counts_from_there() -> None:
    assert stored(dt.date(1904, 1, 2), epoch=EPOCH_1904) == (b"", b"<v>1</v>")


def test_what_no_cell_can_hold_is_refused(book: Path) -> None:
    with pytest.raises(WorkbookError, match="cannot be written"):
        stored(object())
    host = XlsxHost(book)
    host.set_results("S", {"B": 1})
    with pytest.raises(WorkbookError, match="not the address"):
        host.save()
