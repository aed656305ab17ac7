"""Patches change what they name and nothing else."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from arsheet.hosts.keeping import translate
from arsheet.hosts.patching import AppendRows, ReplaceRows, SetCells, patch
from arsheet.hosts.reading import read_workbook
from arsheet.table import Grid, WorkbookError


def new_rows(count: int) -> list[list[object]]:
    return [[f"新{i}", f"{i:05d}", dt.date(2027, 1, 1), Decimal(i) + Decimal("0.01")] for i in range(count)]


def table_ref(path: Path, name: str = "T_AGING") -> str:
    info = read_workbook(path).table(name)
    assert info is not None
    return info.area.ref


def other_parts_same(books: SimpleNamespace, before: Path, after: Path, changed: set[str]) -> None:
    old, new = books.parts(before), books.parts(after)
    assert {n for n in old if old[n] != new.get(n)} == changed
    assert set(new) <= set(old)


@pytest.mark.parametrize("count", [500, 200, 3, 1])
def test_replace_follows_the_row_count(books: SimpleNamespace, report: Path, tmp_path: Path, count: int) -> None:
    out = tmp_path / "out.xlsx"
    done = patch(report, out, [ReplaceRows("T_AGING", new_rows(count))])
    last = 4 + count
    assert table_ref(out) == f"B4:E{last}"
    assert done.tables == {"T_AGING": f"B4:E{last}"}
    ws = openpyxl.load_workbook(out)["逾期账龄"]
    assert ws.tables["T_AGING"].autoFilter.ref == f"B4:E{last}"
    assert str(ws.data_validations.dataValidation[0].sqref) == f"E5:E{last}" if count > 1 else True
    assert next(str(r.sqref) for r in ws.conditional_formatting).startswith("E5")
    assert [c.value for c in ws[last]][1:5] == [
        f"新{count - 1}",
        f"{count - 1:05d}",
        dt.datetime(2027, 1, 1),
        float(new_rows(count)[-1][3]),
    ]
    assert ws.cell(last, 4).number_format == "yyyy-mm-dd"
    assert ws.cell(last, 3).number_format == "@"
    assert all(ws.cell(last + 1, c).value is None for c in range(2, 6))
    assert [ws.cell(5 + i, 8).value for i in range(200)] == [f"备注{i}" for i in range(200)]
    assert ws["B1"].value == "逾期账龄表"
    other_parts_same(books, report, out, {"xl/worksheets/sheet1.xml", *done.changed_parts})
    assert not {p for p in done.changed_parts if "sheet2" in p or "sheet3" in p or "styles" in p}


def test_grow_and_shrink_in_turn(report: Path) -> None:
    for count in (500, 3, 0, 7):
        patch(report, report, [ReplaceRows("T_AGING", new_rows(count))])
        assert table_ref(report) == f"B4:E{4 + max(count, 1)}"
    assert read_workbook(report).grid("逾期账龄").cells[3 + 7][0] == "新6"


def test_totals_row_moves_and_its_result_is_right(books: SimpleNamespace, tmp_path: Path) -> None:
    book = books.make_report(tmp_path / "t.xlsx", totals=True, rows=20)
    for count in (30, 4):
        patch(book, book, [ReplaceRows("T_AGING", new_rows(count))])
        assert table_ref(book) == f"B4:E{5 + count}"
        grid = read_workbook(book).grid("逾期账龄")
        total = grid.cells[5 + count - grid.first_row][4 - grid.first_column]
        assert total == pytest.approx(sum(float(r[3]) for r in new_rows(count)))  # type: ignore[arg-type]
        assert books.values(book, "逾期账龄")[f"E{5 + count}"] == "=SUBTOTAL(109,T_AGING[金额])"
        assert books.values(book, "逾期账龄")[f"B{5 + count}"] == "合计"
    patch(book, book, [AppendRows("T_AGING", ["客户", "金额"], [["甲", 1], ["乙", 2]])])
    held = books.values(book, "逾期账龄")
    assert (held["B9"], held["B10"], held["B11"]) == ("甲", "乙", "合计")


def test_a_note_below_moves_with_the_table(books: SimpleNamespace, tmp_path: Path) -> None:
    book = books.make_report(tmp_path / "n.xlsx", note_below="以上金额未审计", rows=20)
    patch(book, book, [ReplaceRows("T_AGING", new_rows(50))])
    assert books.values(book, "逾期账龄")["B57"] == "以上金额未审计"
    patch(book, book, [ReplaceRows("T_AGING", new_rows(2))])
    assert books.values(book, "逾期账龄")["B9"] == "以上金额未审计"


def test_a_formula_below_is_never_run_over(books: SimpleNamespace, tmp_path: Path) -> None:
    book = books.make_report(tmp_path / "f.xlsx", note_below="=SUM(E5:E24)", rows=20)
    before = book.read_bytes()
    with pytest.raises(WorkbookError) as error:
        patch(book, book, [ReplaceRows("T_AGING", new_rows(50))])
    assert error.value.code == "cells_below_table"
    assert book.read_bytes() == before
    patch(book, book, [ReplaceRows("T_AGING", new_rows(22))])
    patch(book, book, [ReplaceRows("T_AGING", new_rows(2))])
    assert books.values(book, "逾期账龄")["B27"] == "=SUM(E5:E24)"


def test_bucket_columns_change_and_own_columns_stay_with_their_row(books: SimpleNamespace, tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = "账龄"
    ws.append(["客户", "1-30", "31-60", "合计", "我的备注", "一半"])
    for i in range(5):
        ws.append([f"C{i}", i, i, 2 * i, f"记{i}", f"=D{i + 2}/2"])
        ws.cell(i + 2, 5).font = openpyxl.styles.Font(italic=True)
    books.add_table(ws, "A", "A1:F6")
    book = tmp_path / "b.xlsx"
    wb.save(book)
    edit = ReplaceRows(
        "A",
        [["C9", 1, 2, 3, 6], ["C3", 3, 3, 3, 9], ["C1", 1, 1, 1, 3]],
        header=["客户", "1-15", "16-45", "46+", "合计"],
        key=["客户"],
        keep=["我的备注", "一半"],
    )
    done = patch(book, book, [edit])
    ws = openpyxl.load_workbook(book)["账龄"]
    assert [[c.value for c in row] for row in ws.iter_rows()] == [
        ["客户", "1-15", "16-45", "46+", "合计", "我的备注", "一半"],
        ["C9", 1, 2, 3, 6, None, None],
        ["C3", 3, 3, 3, 9, "记3", "=E3/2"],
        ["C1", 1, 1, 1, 3, "记1", "=E4/2"],
    ]
    assert ws["F3"].font.italic
    assert [c.name for c in ws.tables["A"].tableColumns] == [c.value for c in ws[1]]
    assert done.dropped_columns == {"A": ("1-30", "31-60")}
    assert {k[0]: v["我的备注"] for k, v in done.waiting["A"].items()} == {"C0": "记0", "C2": "记2", "C4": "记4"}


def test_the_users_column_order_stays(books: SimpleNamespace, tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    wb.active.append(["金额", "客户"])
    wb.active.append([1, "甲"])
    books.add_table(wb.active, "A", "A1:B2")
    wb.save(tmp_path / "b.xlsx")
    patch(tmp_path / "b.xlsx", tmp_path / "b.xlsx", [ReplaceRows("A", [["乙", 5]], header=["客户", "金额"])])
    assert books.values(tmp_path / "b.xlsx", "Sheet") == {"A1": "金额", "B1": "客户", "A2": 5, "B2": "乙"}


def test_wider_table_never_runs_over_what_stands_beside_it(books: SimpleNamespace, report: Path) -> None:
    wide = ReplaceRows("T_AGING", [[1, 2, 3, 4, 5, 6, 7]], header=[*books.header, "x", "y", "z"])
    with pytest.raises(WorkbookError) as error:
        patch(report, report, [wide])
    assert error.value.code == "cells_right_of_table"


def test_append_fills_blank_rows_then_grows_and_copies_formulas(books: SimpleNamespace, tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.append(["单号", "用户列", "金额", "含税"])
    ws.append(["0001", "x", 10, "=C2*1.06"])
    ws.append([None, None, None, "=C3*1.06"])
    ws["C2"].number_format = ws["C3"].number_format = "0.00"
    books.add_table(ws, "S", "A1:D3")
    book = tmp_path / "s.xlsx"
    wb.save(book)
    patch(book, book, [AppendRows("S", ["金额", "单号"], [[20, "0002"], [Decimal("30.5"), "0003"]])])
    assert books.values(book, "Sheet") == {
        "A1": "单号", "B1": "用户列", "C1": "金额", "D1": "含税",
        "A2": "0001", "B2": "x", "C2": 10, "D2": "=C2*1.06",
        "A3": "0002", "C3": 20, "D3": "=C3*1.06", "A4": "0003", "C4": 30.5, "D4": "=C4*1.06",
    }  # fmt: skip
    assert openpyxl.load_workbook(book).active["C4"].number_format == "0.00"
    assert table_ref(book, "S") == "A1:D4"
    with pytest.raises(WorkbookError) as error:
        patch(book, book, [AppendRows("S", ["没有"], [[1]])])
    assert error.value.code == "column_not_found"


def test_formulas_move_by_the_names_of_their_columns() -> None:
    assert translate('SUM(B5:D5)*$F$1+其他!A5&"B5"', 2, {3: 4, 1: -1}, other_sheets=False) == (
        'SUM(#REF!:E7)*$F$1+其他!A5&"B5"'
    )
    assert translate("B5*'表 1'!A5+T[@金额]", 1, {}) == "B6*'表 1'!A6+T[@金额]"


def test_shared_formulas_are_filled_down_as_texts(books: SimpleNamespace, tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    for row in (["a", "b"], [1, "=A2*2"], [2, "=A3*2"], [3, "=A4*2"]):
        ws.append(row)
    books.add_table(ws, "T", "A1:B4")
    path = tmp_path / "s.xlsx"
    wb.save(path)

    def share(name: str, data: bytes) -> bytes:
        data = data.replace(b"<f>A2*2</f>", b'<f t="shared" ref="B2:B4" si="0">A2*2</f>')
        return re.sub(rb"<f>A[34]\*2</f>", b'<f t="shared" si="0"/>', data) if name.endswith("sheet1.xml") else data

    books.rewrite(path, share)
    patch(path, path, [AppendRows("T", ["a"], [[9]])])
    held = books.values(path, "Sheet")
    assert (held["A5"], held["B5"], held["B4"]) == (9, "=A5*2", "=A4*2")


def test_set_cells_keep_their_style(report: Path) -> None:
    done = patch(report, report, [SetCells("逾期账龄", {"B1": "=1+1 标题", "B2": dt.date(2026, 4, 1), "Z99": 5})])
    ws = openpyxl.load_workbook(report)["逾期账龄"]
    assert (ws["B1"].value, ws["B1"].data_type, ws["B1"].font.size) == ("=1+1 标题", "s", 16) or ws[
        "B1"
    ].data_type == "f"
    assert read_workbook(report).grid("逾期账龄").cells[0][0] == "=1+1 标题"
    assert ws["B2"].value == dt.datetime(2026, 4, 1)
    assert ws["Z99"].value == 5
    assert "xl/worksheets/sheet1.xml" in done.changed_parts
    patch(report, report, [SetCells("看板", {"A2": "新标题", "A9": Decimal("1.10")}, {"A9": "逾期账龄!B2"})])
    assert openpyxl.load_workbook(report)["看板"]["A9"].number_format == "yyyy-mm-dd"


def test_a_sheet_without_rows_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    openpyxl.Workbook().save(path)
    patch(path, path, [SetCells("Sheet", {"C3": "一", "A1": None})])
    grid = read_workbook(path).grid("Sheet")
    assert (grid.cells, grid.first_row, grid.first_column) == ([["一"]], 3, 2)


@pytest.mark.parametrize(("edit", "code"), [
    (SetCells("逾期账龄", {"B4": "x"}), "cell_is_table_header"),
    (SetCells("没有", {"B4": "x"}), "sheet_not_found"),
    (SetCells("看板", {"A1:B2": "x"}), "address_not_valid"),
    (SetCells("看板", {"A1": object()}), "value_not_writable"),
    (SetCells("看板", {"A1": math.nan}), "value_not_writable"),
    (SetCells("看板", {"A1": "长" * 40_000}), "text_too_long"),
    (ReplaceRows("没有", []), "table_not_found"),
])  # fmt: skip
def test_refusals_leave_the_file_alone(report: Path, edit: object, code: str) -> None:
    before = report.read_bytes()
    with pytest.raises(WorkbookError) as error:
        patch(report, report, [edit])  # type: ignore[list-item]
    assert error.value.code == code
    assert error.value.zh
    assert report.read_bytes() == before


@pytest.mark.parametrize(("old", "new", "code"), [
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main",
     "strict_ooxml"),
    (b"<sheetData>", b"<x:sheetData>", "sheet_xml_unusual"),
    (b'<row r="6"', b"<row", "row_without_address"),
    (b'<c r="B6"', b"<c", "cell_without_address"),
])  # fmt: skip
def test_unusual_sheets_are_refused(books: SimpleNamespace, report: Path, old: bytes, new: bytes, code: str) -> None:
    books.rewrite(report, lambda n, d: d.replace(old, new) if n == "xl/worksheets/sheet1.xml" else d)
    with pytest.raises(WorkbookError) as error:
        patch(report, report, [ReplaceRows("T_AGING", new_rows(3))])
    assert error.value.code == code


def test_signed_books_are_refused(books: SimpleNamespace, report: Path) -> None:
    books.rewrite(report, lambda n, d: d, {"_xmlsignatures/sig1.xml": b"<x/>"})
    with pytest.raises(WorkbookError) as error:
        patch(report, report, [SetCells("看板", {"A2": 1})])
    assert error.value.code == "workbook_signed"


def test_shared_formula_anchored_in_replaced_rows_is_refused(books: SimpleNamespace, report: Path) -> None:
    def share(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        data = re.sub(
            rb'<c r="E5"([^>]*)>.*?</c>', rb'<c r="E5"\1><f t="shared" ref="E5:G5" si="0">A1+1</f><v>1</v></c>', data
        )
        return re.sub(rb'<c r="H5"', rb'<c r="G5"><f t="shared" si="0"/><v>2</v></c><c r="H5"', data)

    books.rewrite(report, share)
    with pytest.raises(WorkbookError) as error:
        patch(report, report, [ReplaceRows("T_AGING", new_rows(3))])
    assert error.value.code == "formula_block_crosses_edit"


def test_calculation_chain_loses_only_replaced_formulas(books: SimpleNamespace, report: Path) -> None:
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<c r="A1" i="3"/><c r="B1"/></calcChain>'
    )
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"

    def link(name: str, data: bytes) -> bytes:
        if name == "xl/_rels/workbook.xml.rels":
            add = b'<Relationship Id="rId99" Type="' + kind + b'" Target="calcChain.xml"/></Relationships>'
            return data.replace(b"</Relationships>", add)
        if name == "[Content_Types].xml":
            return data.replace(b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="x"/></Types>')
        return data

    books.rewrite(report, link, {"xl/calcChain.xml": chain})
    patch(report, report, [SetCells("看板", {"A2": "没有公式"})])
    assert books.parts(report)["xl/calcChain.xml"] == chain
    patch(report, report, [SetCells("看板", {"A1": 1})])
    assert books.parts(report)["xl/calcChain.xml"].endswith(b'<c r="B1" i="3"/></calcChain>')
    patch(report, report, [SetCells("看板", {"B1": 1})])
    held = books.parts(report)
    assert "xl/calcChain.xml" not in held
    assert b"calcChain" not in held["[Content_Types].xml"] + held["xl/_rels/workbook.xml.rels"]
    openpyxl.load_workbook(report)


def test_recalculation_is_asked_only_without_addin_formulas(books: SimpleNamespace, report: Path) -> None:
    done = patch(report, report, [ReplaceRows("T_AGING", new_rows(3))])
    assert done.recalculates
    assert done.dependents == ("看板!A1",)
    assert b"fullCalcOnLoad" in books.parts(report)["xl/workbook.xml"]
    wb = openpyxl.load_workbook(report)
    wb["看板"]["A3"] = "=AR_BALANCE(A2)"
    wb.calculation.fullCalcOnLoad = False
    wb.save(report)
    before = books.parts(report)["xl/workbook.xml"]
    done = patch(report, report, [ReplaceRows("T_AGING", new_rows(3))])
    assert not done.recalculates
    assert "看板!A1" in done.dependents
    assert books.parts(report)["xl/workbook.xml"] == before


def test_charts_follow_their_table_and_forget_old_points(books: SimpleNamespace, report: Path) -> None:
    cache = b"<numCache><formatCode>General</formatCode><ptCount val='1'/><pt idx='0'><v>1</v></pt></numCache>"
    books.rewrite(report, lambda n, d: d.replace(b"</f>", b"</f>" + cache) if "charts/chart" in n else d)
    assert b"numCache" in books.parts(report)["xl/charts/chart1.xml"]
    patch(report, report, [SetCells("应收单", {"A1": "单据号"})])
    assert b"numCache" in books.parts(report)["xl/charts/chart1.xml"]
    patch(report, report, [ReplaceRows("T_AGING", new_rows(12))])
    chart = books.parts(report)["xl/charts/chart1.xml"]
    assert b"numCache" not in chart
    assert "'逾期账龄'!$E$5:$E$16".encode() in chart


def test_dates_of_a_1904_book(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    wb.epoch = CALENDAR_MAC_1904
    wb.active["A1"] = dt.date(2025, 12, 31)
    book = tmp_path / "mac.xlsx"
    wb.save(book)
    patch(book, book, [SetCells("Sheet", {"A2": dt.date(2026, 1, 1)}, {"A2": "A1"})])
    assert [row[0] for row in read_workbook(book).grid("Sheet").cells] == [dt.date(2025, 12, 31), dt.date(2026, 1, 1)]


def test_filters_are_cleared_and_rows_shown(books: SimpleNamespace, report: Path) -> None:
    def hide(name: str, data: bytes) -> bytes:
        return data.replace(b'<row r="7"', b'<row r="7" hidden="1"') if name.endswith("sheet1.xml") else data.replace(
            b'<autoFilter ref="B4:E204"/>', b'<autoFilter ref="B4:E204"><filterColumn colId="0"/></autoFilter>'
        )  # fmt: skip

    books.rewrite(report, hide)
    assert read_workbook(report).grid("逾期账龄").hidden_rows == {7}
    done = patch(report, report, [ReplaceRows("T_AGING", new_rows(9))])
    assert read_workbook(report).grid("逾期账龄").hidden_rows == frozenset()
    assert done.cleared_filters == ("T_AGING",)


@pytest.fixture(scope="module")
def narrow(books: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    wb = openpyxl.Workbook()
    wb.active.append(["a", "b"])
    wb.active.append(["x", 1])
    books.add_table(wb.active, "T", "A1:B2")
    path = tmp_path_factory.mktemp("narrow") / "n.xlsx"
    wb.save(path)
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
            st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**15), 10**15), st.booleans()),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_round_trip(narrow: Path, tmp_path: Path, rows: list[tuple[str, float]]) -> None:
    out = tmp_path / "out.xlsx"
    patch(narrow, out, [ReplaceRows("T", [*rows, ("end", 1)])])
    grid = read_workbook(out).grid("Sheet")
    assert [row[0] for row in grid.cells[1:-1]] == [text for text, _ in rows]
    assert [row[1] for row in grid.cells[1:-1]] == [number for _, number in rows]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "_x000D_", "a\rb", " 前后 ", "\x01", "<&>\"'", "_x5F_", "\t", "😀", "000123"]
)
def test_texts_stay_texts(narrow: Path, tmp_path: Path, text: str) -> None:
    out = tmp_path / "out.xlsx"
    patch(narrow, out, [SetCells("Sheet", {"D5": text})])
    grid = read_workbook(out).grid("Sheet")
    assert grid.cells[4][3] == text


WORKBOOKS = next(
    (p for up in Path(__file__).resolve().parents if (p := up.parent / "shared/data/workbooks").is_dir()), None
)


@pytest.mark.slow
@pytest.mark.skipif(WORKBOOKS is None, reason="the collection of public workbooks is not here")
def test_public_workbooks_are_patched_or_refused(tmp_path: Path) -> None:
    assert WORKBOOKS is not None
    out, done, refused = tmp_path / "out.xlsx", 0, 0
    for path in sorted(WORKBOOKS.rglob("*.xls[xm]")):
        try:
            book = read_workbook(path)
            before = {name: cells_of(book.grid(name)) for name in book.sheet_names}
        except WorkbookError:
            continue
        for name in book.sheet_names[:3]:
            try:
                patch(path, out, [SetCells(name, {"AZ60": "=文本 _x000D_"})])
            except WorkbookError:
                refused += 1
                continue
            after = read_workbook(out)
            for other in book.sheet_names:
                expected = before[other] | ({(60, 51): "=文本 _x000D_"} if other == name else {})
                assert cells_of(after.grid(other)) == expected, (path.name, name, other)
            done += 1
    assert done > 300
    assert refused < 0.1 * done


def cells_of(grid: Grid) -> dict[tuple[int, int], object]:
    return {
        (grid.first_row + y, grid.first_column + x): value
        for y, row in enumerate(grid.cells)
        for x, value in enumerate(row)
        if value is not None
    }


@pytest.mark.office
@pytest.mark.slow
def test_libreoffice_reads_the_same(report: Path, libreoffice: Callable[[Path], Path]) -> None:
    patch(report, report, [ReplaceRows("T_AGING", new_rows(300)), SetCells("看板", {"A2": "=不是公式 _x000D_"})])
    ours, theirs = read_workbook(report), read_workbook(libreoffice(report))
    for sheet in ours.sheet_names:
        mine, other = ours.grid(sheet), theirs.grid(sheet)
        assert (other.first_row, other.first_column) == (mine.first_row, mine.first_column) or sheet == "看板"
        if sheet != "看板":
            assert [list(r) for r in other.cells] == [list(r) for r in mine.cells]
    board = theirs.grid("看板").cells
    assert board[0][0] == pytest.approx(sum(float(r[3]) for r in new_rows(300)))  # type: ignore[arg-type]
    assert board[0][1] == sum(i * 1.5 for i in range(50))
    assert board[1][0] == "=不是公式 _x000D_"


def test_the_old_rows_are_what_the_fixture_says(books: SimpleNamespace, report: Path) -> None:
    grid = read_workbook(report).grid("逾期账龄")
    assert [list(row[:4]) for row in grid.cells[4:204]] == books.records
