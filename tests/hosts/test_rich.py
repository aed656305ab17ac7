"""A workbook with everything in it keeps everything but the rows that are patched."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arsheet.hosts.comments import NOTE
from arsheet.hosts.package import Package
from arsheet.hosts.reading import read_workbook
from arsheet.hosts.rows import Report, patch_rows, write_copy_beside
from arsheet.hosts.xlsx import XlsxHost
from arsheet.table import WorkbookError
from tests.hosts.rich import DASH, HEADER, REPORT, make_rich, rows

SHARED = Path(__file__).resolve().parents[3] / "shared" / "prototypes"
COUNTS = [0, 1, 500, 620, 3]


def loaded(path: Path) -> Any:
    """The book as openpyxl sees it, without its warnings about what it would lose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def raw_parts(path: Path) -> dict[str, bytes]:
    """The compressed bytes of every part."""
    package = Package.open(path)
    return {name: package.raw(name) for name in package.parts}


def changed(before: Path, after: Path) -> set[str]:
    """The parts whose compressed bytes differ, or that are there on one side only."""
    old, new = raw_parts(before), raw_parts(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def elsewhere(path: Path, *but: str) -> dict[str, Any]:
    """All values of the other sheets."""
    book = read_workbook(path)
    return {name: book.grid(name).cells for name in book.sheet_names if name not in but}


def ref_of(path: Path, table: str) -> str:
    """The range of a table."""
    info = read_workbook(path).table(table)
    assert info is not None
    return info.area.ref


def code_of(do: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(WorkbookError) as error:
        do()
    return error.value.code


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    return make_rich(tmp_path / "rich.xlsm")


ALLOWED = {REPORT, "xl/tables/table1.xml", "xl/charts/chart1.xml", "xl/workbook.xml"}
"""workbook.xml asks for a recalculation, because formulas elsewhere read the report."""


@pytest.mark.parametrize("count", COUNTS)
def test_only_the_report_changes(rich: Path, tmp_path: Path, count: int) -> None:
    out = tmp_path / "out.xlsm"
    done = patch_rows(rich, "tblAging", rows(count, "新"), out=out)
    assert changed(rich, out) <= ALLOWED
    assert set(done.changed_parts) <= ALLOWED
    assert not done.removed_parts
    with zipfile.ZipFile(out) as z:
        assert z.testzip() is None
        workbook = z.read("xl/workbook.xml")
    ask = rb' fullCalcOnLoad="1"'
    assert re.sub(ask, b"", workbook) == re.sub(ask, b"", Package.open(rich).part("xl/workbook.xml"))
    assert elsewhere(rich, "Report") == elsewhere(out, "Report")
    last = 1 + max(count, 1)
    assert ref_of(out, "tblAging") == f"A1:F{last}"
    sheet = loaded(out)["Report"]
    assert [[c.value for c in row[:6]] for row in sheet.iter_rows(2, 1 + count)] == rows(count, "新")
    assert all(sheet.cell(row, column).value is None for row in range(last + 1, 700) for column in range(1, 7))
    assert sheet["I5"].value == "=E5*2"
    assert [sheet.cell(row, 10).value for row in range(2, 41)] == [f"remark {row}" for row in range(2, 41)]


def test_what_describes_the_rows_follows_and_the_rest_stays(rich: Path) -> None:
    for count in (620, 3):
        patch_rows(rich, "tblAging", rows(count))
        sheet = loaded(rich)["Report"]
        rules = {str(rule.sqref) for rule in sheet.data_validations.dataValidation}
        assert rules == {f"F2:F{count + 1}", "L2:L9"}
        assert {str(each.sqref) for each in sheet.conditional_formatting} == {f"E2:E{count + 1}", "L2:L9"}
        assert [str(area) for area in sheet.merged_cells.ranges] == ["L12:M13"]
        assert sheet["L15"].hyperlink.target == "https://example.com/outside"
        assert sheet["L16"].comment.text == "a note outside the table"
        assert (
            sheet.tables["tblAging"].autoFilter is None or sheet.tables["tblAging"].autoFilter.ref == f"A1:F{count + 1}"
        )
        chart = Package.open(rich).part("xl/charts/chart1.xml").decode()
        assert f"$E$2:$E${count + 1}" in chart
        assert "numCache" not in chart


def test_comment_and_link_go_where_their_customer_goes(tmp_path: Path) -> None:
    book = make_rich(tmp_path / "c.xlsm", 20, comment_at="B4", link_at="A5")
    new = list(reversed(rows(20)))
    patch_rows(book, "tblAging", new)
    sheet = loaded(book)["Report"]
    assert sheet["A19"].value == "C00003"
    assert sheet["B19"].comment.text == "a note inside the table"
    assert sheet["B4"].comment is None
    assert (sheet["A18"].value, sheet["A18"].hyperlink.target) == ("C00004", "https://example.com/inside")
    thread = Package.open(book).part("xl/threadedComments/threadedComment1.xml").decode()
    assert 'ref="B19"' in thread
    assert 'ref="B4"' not in thread
    shapes = Package.open(book).part("xl/drawings/commentsDrawing1.vml").decode()
    assert re.findall(r"Row>(\d+)</", shapes) == ["18", "15"]


def test_a_comment_of_a_row_that_is_gone_is_refused(tmp_path: Path) -> None:
    book = make_rich(tmp_path / "c.xlsm", 20, comment_at="B4")
    before = book.read_bytes()
    assert code_of(lambda: patch_rows(book, "tblAging", rows(2))) == "comment_of_absent_row"
    assert book.read_bytes() == before


def test_a_link_of_a_row_that_is_gone_goes_and_is_named(tmp_path: Path) -> None:
    book = make_rich(tmp_path / "l.xlsm", 20, link_at="A5")
    assert patch_rows(book, "tblAging", rows(2)).dropped_links == ("Report!A5",)


def test_merged_cells_inside_are_refused(tmp_path: Path) -> None:
    book = make_rich(tmp_path / "m.xlsm", 20, merge="B4:C5")
    before = book.read_bytes()
    assert code_of(lambda: patch_rows(book, "tblAging", rows(30))) == "merge_in_replaced_rows"
    assert book.read_bytes() == before


def test_formulas_in_replaced_rows_leave_the_calculation_chain(rich: Path) -> None:
    package = Package.open(rich)
    xml = package.part(REPORT)
    formula = re.sub(rb'<c r="E3"([^>]*?)><v>[^<]*</v></c>', rb'<c r="E3"\1><f>C3+D3</f><v>1</v></c>', xml)
    chain = package.part("xl/calcChain.xml").replace(b"</calcChain>", b'<c r="E3" i="1"/></calcChain>')
    rich.write_bytes(package.rebuilt({REPORT: formula, "xl/calcChain.xml": chain}))
    patch_rows(rich, "tblAging", rows(3))
    after = Package.open(rich).part("xl/calcChain.xml")
    assert b'r="E3"' not in after
    assert after.count(b"<c ") == 41
    assert Package.open(rich).part(DASH).count(b"<f") == 3


def test_zip64_in_is_read_and_written_small(rich: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.xlsm"
    with zipfile.ZipFile(rich) as old, zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            with new.open(info.filename, "w", force_zip64=True) as stream:
                stream.write(old.read(info.filename))
    assert b"\x01\x00" in big.read_bytes()[:100]
    before = elsewhere(big, "Report")
    out = tmp_path / "out.xlsm"
    patch_rows(big, "tblAging", rows(7), out=out)
    assert changed(big, out) <= ALLOWED
    assert elsewhere(out, "Report") == before
    with zipfile.ZipFile(out) as z:
        assert z.testzip() is None
        assert all(info.extract_version <= 20 for info in z.infolist())


def test_a_sheet_without_a_table(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = "欠款"
    ws["B2"] = "欠款表"
    for j, name in enumerate(["客户", "金额", "日期"]):
        ws.cell(4, 2 + j, name)
    for i in range(5):
        ws.cell(5 + i, 2, f"C{i}")
        ws.cell(5 + i, 3, i).number_format = "#,##0.00"
        ws.cell(5 + i, 7, f"mine {i}")
    ws["C10"] = "=SUM(C5:C9)"
    path = tmp_path / "s.xlsx"
    wb.save(path)
    assert code_of(lambda: patch_rows(path, "欠款", [["X", i, None] for i in range(9)])) == "cells_below_table"
    patch_rows(path, "欠款", [["=X", 5, None], ["Y", 6, None]])
    ws = loaded(path)["欠款"]
    assert [[c.value for c in row] for row in ws["B5:C7"]] == [["=X", 5], ["Y", 6], [None, None]]
    assert ws["B5"].data_type == "s"
    assert (ws["C10"].value, ws["C6"].number_format, ws["G9"].value) == ("=SUM(C5:C9)", "#,##0.00", "mine 4")
    assert code_of(lambda: patch_rows(path, "没有", [])) == "sheet_not_found"


def test_the_filter_of_a_sheet_without_a_table_follows(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    wb.create_sheet("别处").auto_filter.ref = "A1:B3"
    ws.append(["客户", "金额"])
    for i in range(5):
        ws.append([f"C{i}", i])
    ws.row_dimensions[3].hidden = True
    ws.auto_filter.ref = "A1:B6"
    ws.auto_filter.add_filter_column(0, ["C0"])
    path = tmp_path / "f.xlsx"
    wb.save(path)
    done = patch_rows(path, "Sheet", [[f"N{i}", i] for i in range(40)])
    assert done.cleared_filters == ("Sheet",)
    book = loaded(path)
    assert book["Sheet"].auto_filter.ref == "A1:B41"
    assert not book["Sheet"].auto_filter.filterColumn
    assert not book["Sheet"].row_dimensions[3].hidden
    workbook = Package.open(path).part("xl/workbook.xml").decode()
    assert re.findall(r"_FilterDatabase[^>]*>([^<]*)<", workbook) == ["'Sheet'!$A$1:$B$41", "'别处'!$A$1:$B$3"]


def test_dates_of_a_book_that_counts_from_1904(rich: Path) -> None:
    book = Package.open(rich)
    xml = book.part("xl/workbook.xml").replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)
    rich.write_bytes(book.rebuilt({"xl/workbook.xml": xml}))
    day = dt.date(2026, 3, 31)
    patch_rows(rich, "tblAging", [["C1", "n", day, 2, 3, "OK"]])
    assert f"<v>{(day - dt.date(1904, 1, 1)).days}</v>".encode() in Package.open(rich).part(REPORT)


def test_the_totals_row_and_its_comment_move(tmp_path: Path) -> None:
    book = make_rich(tmp_path / "t.xlsm", 20, comment_at="B22", totals=True)
    for count in (60, 4):
        patch_rows(book, "tblAging", rows(count))
        sheet = loaded(book)["Report"]
        last = count + 2
        assert ref_of(book, "tblAging") == f"A1:F{last}"
        assert sheet[f"E{last}"].value == "=SUBTOTAL(109,tblAging[合计])"
        assert sheet[f"B{last}"].comment.text == "a note inside the table"
        assert sheet.tables["tblAging"].autoFilter.ref == f"A1:F{last - 1}"
        grid = read_workbook(book).grid("Report").cells
        assert grid[last - 1][4] == pytest.approx(sum(row[4] for row in rows(count)))


def test_a_sheet_that_holds_tables_is_not_guessed_at(rich: Path) -> None:
    assert code_of(lambda: patch_rows(rich, "Report", rows(3))) == "sheet_has_tables"


def test_the_copy_beside_says_why_and_never_overwrites(rich: Path) -> None:
    reason = WorkbookError("cells_below_table", "下方有内容", "The cells below are in use")
    reports = [Report("账龄", "AR_AGING", HEADER, [["=1+1", "名", 1.5, None, 2, "x"]])]
    first, second = (write_copy_beside(rich, reports, reason) for _ in range(2))
    assert (first.name, second.name) == ("rich-arsheet.xlsx", "rich-arsheet-2.xlsx")
    book = loaded(first)
    assert [c.value for c in book["账龄"][2]] == ["=1+1", "名", 1.5, None, 2, "x"]
    assert book["账龄"]["A2"].data_type == "s"
    assert [book["arsheet"]["A2"].value, book["arsheet"]["A3"].value] == [reason.zh, reason.en]


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 620])
def test_libreoffice_opens_the_patched_book(rich: Path, libreoffice: Callable[[Path], Path], count: int) -> None:
    before = elsewhere(libreoffice(rich), "Report")
    patch_rows(rich, "tblAging", rows(count, "新"))
    again = libreoffice(rich)
    after = elsewhere(again, "Report")
    for grid in (before, after):
        grid["Dash"] = [row[1:] for row in grid["Dash"]]  # its sums of the report are another figure now
    assert after == before
    cells = read_workbook(again).grid("Report").cells
    assert [row[0] for row in cells[1 : 1 + count]] == [record[0] for record in rows(count)]


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of 53 parts of the prototype, where it is at hand."""
    script = SHARED / "xlsx_patch" / "mkrich.py"
    if not script.exists():
        pytest.skip("the prototype is not here")
    folder = tmp_path_factory.mktemp("rich53")
    (folder / "xl").mkdir()
    done = subprocess.run(
        [sys.executable, str(script), str(folder / "rich.xlsm")], cwd=folder, check=False, capture_output=True,
        text=True, env={**os.environ, "PYTHONPATH": str(SHARED / "engine")},
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"the prototype does not run here: {done.stderr.splitlines()[-1]}")
    return folder / "rich.xlsm"


@pytest.mark.parametrize("count", COUNTS[1:])
def test_the_workbook_of_53_parts(prototype: Path, tmp_path: Path, count: int) -> None:
    out = tmp_path / "out.xlsm"
    new = [[f"C{i:05d}", f"客户{i}", *[i / 4] * 7, 0.5, 33, "OK"] for i in range(1, count + 1)]
    patch_rows(prototype, "tblAging", new, out=out)
    differ = changed(prototype, out)
    assert len(raw_parts(prototype)) >= 53
    assert REPORT in differ
    assert all(re.fullmatch(r"xl/(worksheets/sheet1|tables/table1|charts/chart\d+|workbook)\.xml", n) for n in differ)
    assert elsewhere(out, "Report") == elsewhere(prototype, "Report")
    assert [c.value for c in loaded(out)["Report"][count + 1]][:12] == new[-1]


def written(book: Path, table: list[list[Any]], restored: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    """The report written by somebody who keeps what waits; what waits afterwards."""
    host = XlsxHost(book)
    host.write("tblAging", HEADER, table, key=["客户"], restored=restored)
    return host.save().waiting.get("tblAging", {})


def test_a_comment_waits_with_its_thread_and_comes_back(tmp_path: Path) -> None:
    """Words, author, thread and box are gone while the row is; all are there again with it, at its new place."""
    book = make_rich(tmp_path / "c.xlsm", 20, comment_at="B4")
    thread = "xl/threadedComments/threadedComment1.xml"
    before = [Package.open(book).part(part).decode() for part in (thread, "xl/drawings/commentsDrawing1.vml")]
    waiting = written(book, rows(2), {})
    assert list(waiting) == [("C00003",)]
    assert loaded(book)["Report"]["B4"].comment is None
    assert (
        before[0].count("<threadedComment ") - Package.open(book).part(thread).decode().count("<threadedComment ") == 1
    )
    assert written(book, rows(1), waiting) == waiting
    assert written(book, list(reversed(rows(20))), waiting) == {}
    sheet = loaded(book)["Report"]
    assert (sheet["A19"].value, sheet["B19"].comment.text) == ("C00003", "a note inside the table")
    after = [Package.open(book).part(part).decode() for part in (thread, "xl/drawings/commentsDrawing1.vml")]
    assert sorted(re.findall("<threadedComment .*?</threadedComment>", after[0])) == sorted(
        re.findall("<threadedComment .*?</threadedComment>", before[0].replace('ref="B4"', 'ref="B19"'))
    )
    assert sorted(re.findall(r"Row>(\d+)</", after[1])) == ["15", "18"]
    assert len(set(re.findall(r'id="(_x0000_s\d+)"', after[1]))) == 2


def test_words_alone_come_back_as_a_comment(tmp_path: Path) -> None:
    """What an open application could tell of a comment is its words."""
    book = make_rich(tmp_path / "c.xlsm", 20)
    assert written(book, rows(20), {("C00005",): {f"{NOTE}名称": '{"text": "答应周五付 <500> & 余款"}'}}) == {}
    assert loaded(book)["Report"]["B6"].comment.text == "答应周五付 <500> & 余款"
    assert written(book, rows(20), {("C00099",): {f"{NOTE}名称": '{"text": "x"}'}}) == {
        ("C00099",): {f"{NOTE}名称": '{"text": "x"}'}
    }


def test_the_comment_of_the_53_parts_is_not_lost(prototype: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsm"
    assert code_of(lambda: patch_rows(prototype, "tblAging", [], out=out)) == "comment_of_absent_row"
    assert not out.exists()
