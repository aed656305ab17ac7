"""Print areas and names over a table's rows follow the table; all other names stay as they are."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from arsheet.hosts.package import Package
from arsheet.hosts.patching import AppendRows, ReplaceRows, patch
from arsheet.hosts.xlsx import XlsxHost

SHEET = "O'Brien, 账龄"
FOLLOW = {
    "whole": ("$B$4:$D$9", "$B$4:$D${last}"),
    "body": ("$B$5:$D$9", "$B$5:$D${last}"),
    "one_column": ("$D$5:$D$9", "$D$5:$D${last}"),
}
STAY = {"cell": "$B$4", "part": "$B$5:$D$8", "above": "$B$1:$D$9", "beside": "$G$5:$G$9", "beyond": "$B$4:$E$9"}


def book(path: Path, books: SimpleNamespace, printed: str) -> Path:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = SHEET
    ws["B1"] = "标题"
    for column, name in zip("BCD", ("客户", "名称", "金额"), strict=True):
        ws[f"{column}4"] = name
        for row in range(5, 10):
            ws[f"{column}{row}"] = row
    books.add_table(ws, "T_A", "B4:D9")
    ws.print_area = printed
    ws.print_title_rows = "4:4"
    other = wb.create_sheet("别处")
    other.print_area = "B4:D9"
    quoted = "'" + SHEET.replace("'", "''") + "'!"
    ranges = {name: ref for name, (ref, _) in FOLLOW.items()} | STAY
    texts = {name: quoted + ref for name, ref in ranges.items()} | {
        "two": f"{quoted}$B$5:$B$9,{quoted}$D$5:$D$9",
        "formula": f"SUMIFS({quoted}$D$5:$D$9,{quoted}$B$5:$B$9,1)",
        "elsewhere": "别处!$B$4:$D$9",
    }
    for name, text in texts.items():
        wb.defined_names[name] = DefinedName(name, attr_text=text)
    wb.save(path)
    return path


def names(path: Path) -> dict[str, str]:
    """The names of the workbook; those of a sheet with its number."""
    workbook = Package.open(path).part("xl/workbook.xml").decode()
    found = re.findall(r'<definedName name="([^"]+)"(?: localSheetId="(\d)")?[^>]*>([^<]*)<', workbook)
    return {name + sheet: text.replace("'O''Brien, 账龄'!", "") for name, sheet, text in found}


@pytest.mark.parametrize("count", [12, 2])
def test_names_over_the_rows_follow(tmp_path: Path, books: SimpleNamespace, count: int) -> None:
    path = book(tmp_path / "n.xlsx", books, "A1:D9")
    before = names(path)
    patch(path, path, [ReplaceRows("T_A", [[i, i, i] for i in range(count)])])
    after, last = names(path), str(4 + count)
    for name, (_, ref) in FOLLOW.items():
        assert after[name] == ref.replace("{last}", last)
    assert after["two"] == f"$B$5:$B${last},$D$5:$D${last}"
    assert after["_xlnm.Print_Area0"] == f"$A$1:$D${last}"
    for name in (*STAY, "formula", "elsewhere", "_xlnm.Print_Titles0", "_xlnm.Print_Area1"):
        assert after[name] == before[name]
    assert openpyxl.load_workbook(path)[SHEET].print_area.endswith(f"$A$1:$D${last}")


def test_more_columns_and_appended_rows(tmp_path: Path, books: SimpleNamespace) -> None:
    path = book(tmp_path / "c.xlsx", books, "B4:D9")
    patch(path, path, [ReplaceRows("T_A", [[i] * 4 for i in range(6)], ["客户", "名称", "逾期", "金额"])])
    after = names(path)
    assert (after["whole"], after["_xlnm.Print_Area0"]) == ("$B$4:$E$10", "$B$4:$E$10")
    assert after["one_column"] == "$D$5:$D$9"
    patch(path, path, [AppendRows("T_A", ["客户"], [["x"], ["y"]])])
    assert names(path)["whole"] == "$B$4:$E$12"


def test_a_print_area_wider_than_the_table(tmp_path: Path, books: SimpleNamespace) -> None:
    path = book(tmp_path / "w.xlsx", books, "A1:H9")
    patch(path, path, [ReplaceRows("T_A", [[i] * 4 for i in range(6)], ["客户", "名称", "逾期", "金额"])])
    assert names(path)["_xlnm.Print_Area0"] == "$A$1:$H$10"


def test_the_same_number_of_rows_leaves_the_workbook_part(tmp_path: Path, books: SimpleNamespace) -> None:
    path = book(tmp_path / "s.xlsx", books, "B4:D9")
    raw = Package.open(path).part("xl/workbook.xml")
    patch(path, tmp_path / "out.xlsx", [ReplaceRows("T_A", [[i, i, i] for i in range(5)])])
    assert Package.open(tmp_path / "out.xlsx").part("xl/workbook.xml") == raw


def test_a_dropped_link_is_named_by_the_save(tmp_path: Path, books: SimpleNamespace) -> None:
    path = book(tmp_path / "l.xlsx", books, "B4:D9")
    wb = openpyxl.load_workbook(path)
    wb[SHEET]["C8"].hyperlink = "https://example.com/"
    wb.save(path)
    host = XlsxHost(path)
    host.write("T_A", ["客户", "名称", "金额"], [[5, "a", 1]], key=["客户"])
    assert host.save().dropped_links == (f"{SHEET}!C8",)
