"""A workbook open in a real spreadsheet program: what an open one adds to the contract of every host."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from arsheet.hosts.comments import NOTE
from arsheet.hosts.excel import ExcelHost
from arsheet.hosts.excel.looks import looks
from arsheet.hosts.reading import Area
from arsheet.table import CellError, WorkbookError
from tests.hosts.excel.com import ComError

pytestmark = pytest.mark.office
Open = Callable[[Path], Any]
HEADER = ["客户", "1-30", "合计", "我的备注"]
YELLOW = PatternFill("solid", fgColor="FFFF00")


@pytest.fixture
def make(tmp_path: Path, books: SimpleNamespace) -> Callable[..., Path]:
    """A report V at B3 of a sheet with four customers; ``change`` does the rest before it is saved."""

    def made(change: Callable[[Any], None] = lambda ws: None, *, totals: bool = False) -> Path:
        wb = openpyxl.Workbook()
        if change.__name__ == "in_1904":
            wb.epoch = CALENDAR_MAC_1904
        ws = wb.active
        ws.title = "报表"
        ws["B1"] = "标题"
        for x, text in enumerate(HEADER, 2):
            ws.cell(3, x, text)
        for y, name in enumerate("甲乙丙丁", 4):
            for x, value in enumerate([name, y * 1.5, y * 2.5, f"记{name}"], 2):
                ws.cell(y, x, value)
            ws.cell(y, 3).number_format = "#,##0.00"
        if totals:
            ws["B8"], ws["D8"] = "合计", "=SUBTOTAL(109,V[合计])"
        books.add_table(ws, "V", "B3:E8" if totals else "B3:E7", totals)
        change(ws)
        path = tmp_path / "表.xlsx"
        wb.save(path)
        return path

    return made


def cells(book: Any, corners: str) -> list[list[Any]]:
    """What stands in the sheet now, formulas as texts."""
    return [list(row) for row in book.sheets["报表"].range(corners).formula2]


def refused(host: ExcelHost) -> WorkbookError:
    with pytest.raises(WorkbookError) as error:
        host.save()
    assert error.value.zh != error.value.en
    assert "{" not in error.value.zh + error.value.en
    return error.value


def test_a_smaller_report_leaves_no_old_row(make: Callable[..., Path], excel_open: Open) -> None:
    def below(ws: Any) -> None:
        ws["B10"] = "说明"
        ws["H4"] = "=D7"

    book = excel_open(make(below))
    host = ExcelHost(book)
    host.write("V", HEADER[:3], [["丙", 1, 2]], key=["客户"], keep=["我的备注"])
    done = host.save()
    assert done.tables == {"V": "B3:E4"}
    assert cells(book, "B4:E7") == [["丙", "1", "2", "记丙"], *[[""] * 4] * 3]
    assert cells(book, "B10:B10") == "说明" or book.sheets["报表"].range("B10").formula2 == "说明"
    assert book.sheets["报表"].range("H4").formula2 == "=D7"
    assert done.waiting["V"] == {(key,): {"我的备注": f"记{key}"} for key in "甲乙丁"}


def test_a_larger_report_uses_blank_rows_and_looks_like_the_old_ones(
    make: Callable[..., Path], excel_open: Open
) -> None:
    book = excel_open(make())
    host = ExcelHost(book)
    host.write("V", HEADER[:3], [[f"客{i}", i, i] for i in range(9)], key=["客户"], keep=["我的备注"])
    assert host.save().tables == {"V": "B3:E12"}
    sheet = book.sheets["报表"]
    assert [sheet.range(row, 3).number_format for row in (4, 9, 12)] == ["#,##0.00"] * 3
    assert len(host.read("V")) == 9


def test_what_stands_below_moves_down_whole(make: Callable[..., Path], excel_open: Open) -> None:
    def below(ws: Any) -> None:
        ws["B9"], ws["D9"] = "手工合计", "=SUM(D4:D7)"
        ws["A1"] = "=D9"

    book = excel_open(make(below))
    host = ExcelHost(book)
    host.write("V", HEADER[:3], [[f"客{i}", 1, i] for i in range(10)], key=["客户"], keep=["我的备注"])
    host.save()
    sheet = book.sheets["报表"]
    assert sheet.range("B15").formula2 == "手工合计"
    assert sheet.range("D15").formula2 == "=SUM(D4:D13)"
    assert sheet.range("A1").formula2 == "=D15"
    assert sheet.range("A1").api.Value2 == 45


def test_totals_row_follows(make: Callable[..., Path], excel_open: Open) -> None:
    book = excel_open(make(totals=True))
    host = ExcelHost(book)
    assert len(host.read("V")) == 4
    for count in (7, 2, 1, 3):
        host.write("V", HEADER[:3], [[f"客{i}", 1, 10 + i] for i in range(count)], key=["客户"], keep=["我的备注"])
        assert host.save().tables == {"V": f"B3:E{count + 4}"}
        total = book.sheets["报表"].range(f"D{count + 4}")
        assert total.api.Value2 == sum(10 + i for i in range(count))
        assert len(host.read("V")) == count


def test_below_and_beside_is_refused(make: Callable[..., Path], excel_open: Open) -> None:
    def below(ws: Any) -> None:
        ws["B10"], ws["G10"] = "甲", "乙"

    book = excel_open(make(below))
    host = ExcelHost(book)
    before = cells(book, "A1:H12")
    host.write("V", HEADER[:3], [[f"客{i}", 1, i] for i in range(10)], key=["客户"], keep=["我的备注"])
    assert refused(host).code == "cells_below_table"
    assert cells(book, "A1:H12") == before


def test_columns_come_and_go_and_formulas_follow_theirs(make: Callable[..., Path], excel_open: Open) -> None:
    def beside(ws: Any) -> None:
        ws["H4"] = "=SUM(D4:D7)"
        ws["G5"] = "旁注"

    book = excel_open(make(beside))
    host = ExcelHost(book)
    rows = [["甲", 7, 8], ["乙", 9, 10], ["丙", 1, 2], ["丁", 3, 4]]
    host.write("V", ["客户", "1-15", "合计"], rows, key=["客户"], keep=["我的备注"])
    host.save()
    assert cells(book, "B3:E5") == [
        ["客户", "1-15", "合计", "我的备注"], ["甲", "7", "8", "记甲"], ["乙", "9", "10", "记乙"],
    ]  # fmt: skip
    sheet = book.sheets["报表"]
    assert sheet.range("H4").formula2 == "=SUM(D4:D7)"
    assert sheet.range("G5").formula2 == "旁注"
    host.write("V", ["客户", "合计"], [row[::2] for row in rows], key=["客户"], keep=["我的备注"])
    host.save()
    assert sheet.range("H4").formula2 == "=SUM(C4:C7)"
    assert sheet.range("G5").formula2 == "旁注"
    wide = ["客户", "a", "b", "c", "合计"]
    host.write("V", wide, [[row[0], 1, 2, 3, 8] for row in rows], key=["客户"], keep=["我的备注"])
    assert refused(host).code == "cells_right_of_table"
    assert host.read("V").header == ("客户", "合计", "我的备注")


def test_own_formulas_looks_and_notes_go_with_their_row(make: Callable[..., Path], excel_open: Open) -> None:
    def own(ws: Any) -> None:
        ws["E5"] = "=D5*2"
        ws["E6"].fill = YELLOW
        ws["E6"].font = Font(bold=True)
        ws["C6"].comment = Comment("约好月底付", "我")

    book = excel_open(make(own))
    host = ExcelHost(book)
    rows = [["新1", 0, 1], ["丙", 1, 2], ["新2", 0, 3], ["新3", 0, 4], ["新4", 0, 5], ["乙", 5, 6]]
    host.write("V", HEADER[:3], rows, key=["客户"], keep=["我的备注"])
    done = host.save()
    sheet = book.sheets["报表"]
    assert sheet.range("E9").formula2 == "=D9*2"
    assert sheet.range("E9").api.Value2 == 12
    assert sheet.range("E5").formula2 == "记丙"
    assert sheet.range("E5").api.Interior.Color == 0x00FFFF
    assert sheet.range("E5").api.Font.Bold is True
    assert sheet.range("E6").api.Interior.ColorIndex == -4142
    assert [(n.Parent.Row, n.Parent.Column, n.Text()) for n in sheet.api.Comments] == [(5, 3, "约好月底付")]
    assert done.waiting["V"] == {("甲",): {"我的备注": "记甲"}, ("丁",): {"我的备注": "记丁"}}
    gone = ((HEADER[:3], [["乙", 1, 2]]), (["客户", "合计"], [[row[0], 1] for row in rows]))
    for header, fewer in gone:
        host.write("V", header, fewer, key=["客户"], keep=["我的备注"])
        assert refused(host).code == "comment_of_absent_row"
        host.discard()
    assert len(host.read("V")) == 6
    few: list[list[Any]] = [["甲", 1, 2]]
    host.write("V", HEADER[:3], few, key=["客户"], keep=["我的备注"], restored={})
    waiting = host.save().waiting["V"]
    assert json.loads(waiting["丙",][NOTE + HEADER[1]]) == {"text": "约好月底付"}
    assert not list(sheet.api.Comments)
    host.write("V", HEADER[:3], [*few, ["丙", 3, 4]], key=["客户"], keep=["我的备注"], restored=waiting)
    assert ("丙",) not in host.save().waiting["V"]
    assert [(n.Parent.Row, n.Parent.Column, n.Text()) for n in sheet.api.Comments] == [(5, 3, "约好月底付")]


@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@SUM(1)", "000123", "1-2", "3/4", "1e5", "12%", "TRUE", "'引号", "2026-01-31", "(5)", "#N/A",
    "DEC-1", "5月3日", " 7", "10:30",
])  # fmt: skip
def test_text_stays_text(make: Callable[..., Path], excel_open: Open, text: str) -> None:
    def as_text(ws: Any) -> None:
        for row in range(4, 8):
            ws.cell(row, 5).number_format = "@"

    host = ExcelHost(excel_open(make(as_text)))
    host.append("V", [{"客户": text, "我的备注": text}])
    host.set_cells("报表", {"H1": text})
    host.save()
    assert list(host.read("V").rows())[-1] == (text, None, None, text)
    assert host.read_cells("报表", ["H1"]) == {"H1": text}


def test_years_from_1904(make: Callable[..., Path], excel_open: Open) -> None:
    def in_1904(ws: Any) -> None:
        ws["H1"] = dt.date(2026, 3, 1)

    path = make(in_1904)
    book = excel_open(path)
    host = ExcelHost(book)
    assert host.date1904
    assert host.read_cells("报表", ["H1"]) == {"H1": dt.date(2026, 3, 1)}
    host.set_cells("报表", {"H2": dt.date(2026, 3, 2), "H3": dt.datetime(2026, 3, 2, 8, 30)})
    host.save()
    assert host.read_cells("报表", ["H2", "H3"]) == {"H2": dt.date(2026, 3, 2), "H3": dt.datetime(2026, 3, 2, 8, 30)}
    book.save(str(path.with_name("neu.xlsx")))
    again = openpyxl.load_workbook(path.with_name("neu.xlsx"))
    assert again["报表"]["H2"].value.date() == dt.date(2026, 3, 2)


def test_money_and_dates_without_value2(
    make: Callable[..., Path], excel_open: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that shows only Value: datetimes of its own class and Decimals."""
    from tests.hosts.excel.com import RangeObject

    def mixed(ws: Any) -> None:
        ws["C4"], ws["C5"], ws["C6"] = dt.date(2026, 1, 31), 12.5, dt.datetime(2026, 1, 31, 8, 30)
        ws["C4"].number_format = "yyyy-mm-dd"
        ws["C5"].number_format = '"¥"#,##0.00'
        ws["C6"].number_format = 'yyyy"年"m"月"d"日" hh:mm'
        ws["C7"] = "=NA()"

    host = ExcelHost(excel_open(make(mixed)))
    right = [dt.date(2026, 1, 31), 12.5, dt.datetime(2026, 1, 31, 8, 30), CellError("#N/A")]
    assert host.read("V").column("1-30") == right
    plain = RangeObject.Value2.fget
    monkeypatch.setattr(RangeObject, "Value2", property(lambda self: (_ for _ in ()).throw(AttributeError("Value2"))))
    monkeypatch.setattr(RangeObject, "Value", property(lambda self: _with_error_texts(self, plain)))
    assert host.read("V").column("1-30") == right


def _with_error_texts(rng: Any, plain: Callable[[Any], Any]) -> Any:
    from tests.hosts.excel.com import CODES

    texts = {code: text for text, code in CODES.items()}
    rows, kinds = rng._values()
    found = rng._as_value(rows, kinds)
    return tuple(tuple(texts.get(v, v) if type(v) is int else v for v in row) for row in found)


def test_a_protected_sheet(make: Callable[..., Path], excel_open: Open) -> None:
    book = excel_open(make())
    book.sheets["报表"].impl.uno.protect("")
    for queue in (lambda h: h.set_cells("报表", {"A1": 1}), lambda h: h.append("V", [{"客户": "戊"}])):
        host = ExcelHost(book)
        queue(host)
        error = refused(host)
        assert error.code == "sheet_protected"
        assert "“报表”" in error.zh


def test_a_filtered_table(make: Callable[..., Path], excel_open: Open) -> None:
    book = excel_open(make())
    _filter(book)
    host = ExcelHost(book)
    host.write("V", HEADER, [["甲", 1, 2, "x"]])
    assert refused(host).code == "table_filtered"
    assert len(host.read("V")) == 4


def _filter(book: Any) -> None:
    import uno

    table = book.sheets["报表"].tables["V"].impl.uno
    how = table.getFilterDescriptor()
    field = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
    field.Field, field.IsNumeric, field.StringValue = 0, False, "甲"
    field.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
    how.setFilterFields((field,))
    table.refresh()


def test_a_cell_being_edited(make: Callable[..., Path], excel_open: Open, excel_app: Any) -> None:
    host = ExcelHost(excel_open(make()))
    host.set_cells("报表", {"A1": 1})
    excel_app.editing = True
    error = refused(host)
    assert (error.code, error.exit_code) == ("cell_in_edit_mode", 7)
    with pytest.raises(WorkbookError) as read:
        host.read("V")
    assert read.value.code == "cell_in_edit_mode"
    excel_app.editing = False
    host.save()
    assert host.read_cells("报表", ["A1"]) == {"A1": 1}


def test_a_closed_workbook(make: Callable[..., Path], excel_open: Open, excel_app: Any) -> None:
    host = ExcelHost(excel_open(make()))
    host.set_cells("报表", {"A1": 1})
    excel_app.fail_after, excel_app.answer = 0, ComError(-2147417848, "The object invoked has disconnected")
    assert refused(host).code == "workbook_closed"


def test_merged_cells_in_the_rows(make: Callable[..., Path], excel_open: Open) -> None:
    host = ExcelHost(excel_open(make(lambda ws: ws.merge_cells("C5:D5"))))
    host.write("V", HEADER, [["甲", 1, 2, "x"], ["乙", 1, 2, "x"]])
    assert refused(host).code == "merge_in_replaced_rows"


def test_whatever_fails_everything_is_as_it_was(make: Callable[..., Path], excel_open: Open, excel_app: Any) -> None:
    """Excel refuses after the first write, the second and so on until the save gets through: each time all is back."""

    def rich(ws: Any) -> None:
        ws["B9"], ws["D9"] = "手工合计", "=SUM(D4:D7)"
        ws["H4"], ws["H5"], ws["H6"] = "=C5*2", "=SUM(D4:D7)", "'=文本"
        ws["E5"] = "=D5*2"
        ws["E6"].fill = YELLOW
        ws["E7"] = "007"
        ws["D6"].comment = Comment("约好月底付", "我")

    book = excel_open(make(rich))
    sheet = book.sheets["报表"]

    def state() -> Any:
        shown = [looks(sheet, Area(3, column, 12, column)) for column in range(1, 6)]
        notes = [(n.Parent.Row, n.Parent.Column, n.Text()) for n in sheet.api.Comments]
        return cells(book, "A1:J16"), sheet.range("A1:J16").api.Value2, shown, notes, sheet.tables["V"].range.address

    before, switches, failures = state(), dict(excel_app.switches), 0
    while True:
        host = ExcelHost(book)
        rows = [
            ["新1", 0, dt.date(2026, 1, 1), 1],
            ["丙", 1, 2, 3],
            *[[f"新{i}", 0, 3, 4] for i in range(2, 6)],
            ["乙", 5, 6, 7],
        ]
        host.write("V", ["客户", "1-15", "16+", "合计"], rows, cells={"B1": "新"}, key=["客户"], keep=["我的备注"])
        host.set_cells("报表", {"A1": dt.date(2026, 1, 1)})
        excel_app.fail_after, excel_app.answer = failures, ComError(-2147352567, "Exception occurred.")
        code = ""
        try:
            host.save()
        except WorkbookError as error:
            code = error.code
        if not code:
            break
        assert code == "workbook_write_failed"
        assert state() == before, failures
        assert excel_app.switches == switches
        failures += 1 if failures < 6 else 9
    assert failures > 20
    excel_app.fail_after = None
    assert sheet.range("E3:F3").formula2 == (("合计", "我的备注"),)
    assert sheet.range("H5").formula2 == "=SUM(E4:E10)"


def test_only_cells_with_ar_functions_are_calculated(make: Callable[..., Path], excel_open: Open) -> None:
    def formulas(ws: Any) -> None:
        for row in range(1, 4):
            ws.cell(row, 10, "=RAND()")
        ws["J4"] = "x"

    book = excel_open(make(formulas))
    sheet = book.sheets["报表"]
    for row, text in enumerate(
        ["=IF(1,RAND.NV(),AR_AGING(1))", "=RAND.NV()", '=IF(1,RAND.NV(),"AR_AGING(1)")', "=J1*2"], 1
    ):
        sheet.range(row, 10).formula2 = text
    sheet.range("K1").formula2 = "=IF(1,RAND.NV(),ARSHEET.AR_X(1))"
    before = [row[0] for row in sheet.range("J1:J4").api.Value2]
    assert ExcelHost(book).recalculate_ar() == 2
    after = [row[0] for row in sheet.range("J1:J4").api.Value2]
    assert after[0] != before[0]
    assert after[1:3] == before[1:3]
    assert after[3] == after[0] * 2


def test_appending_fills_own_formulas_down(make: Callable[..., Path], excel_open: Open) -> None:
    def formula(ws: Any) -> None:
        for row in range(4, 8):
            ws.cell(row, 5, f"=D{row}*2")

    book = excel_open(make(formula))
    host = ExcelHost(book)
    assert host.append("V", [{"客户": "戊", "合计": 5}, {"客户": "己", "合计": 6, "我的备注": "手填"}]) == 2
    assert host.save().tables == {"V": "B3:E9"}
    assert cells(book, "B8:E9") == [["戊", "", "5", "=D8*2"], ["己", "", "6", "手填"]]


def test_a_sheet_without_a_table(make: Callable[..., Path], excel_open: Open) -> None:
    def page(ws: Any) -> None:
        other = ws.parent.create_sheet("流水")
        for row in (["某某公司"], [], [None, "日期", "金额", "对方"], [None, "x", 1, "甲"], [], [None, "y", 2, "乙"]):
            other.append(row)

    host = ExcelHost(excel_open(make(page)))
    table = host.read("流水", header=["金额", "日期"])
    assert table.column("金额") == [1, 2]
    assert table.place is not None
    assert table.place.cell(1, table.header.index("金额")) == "C6"
    assert host.tables() == ("V", "流水")
    with pytest.raises(WorkbookError) as error:
        host.read_cells("没有", ["A1"])
    assert error.value.code == "sheet_not_found"
