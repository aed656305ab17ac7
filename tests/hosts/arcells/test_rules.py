"""Each rule by itself: references of every form, names, order, spills, blocks, what is left alone."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from arsheet.functions.invoke import invoke
from arsheet.hosts.package import Package
from arsheet.hosts.xlsx import XlsxHost
from tests.hosts.arcells.book import part_of, rewrite
from tests.hosts.arcells.small import Fixed, Spill, make, reasons, type_in, update, values

TWO = "30% net 10; 70% net 30"
THREE = "30% net 10; 30% net 20; 40% net 30"
SCHEDULE = "=AR_SCHEDULE(1000,A1,DATE(2026,1,5))"
WORDS = "壹拾贰元整"


def words(amount: Any) -> Any:
    """AR_AMOUNT_CN as a cell shows it."""
    found = invoke("AR_AMOUNT_CN", [amount])
    return found.error.error if found.error else found.value


@pytest.mark.parametrize(
    ("formula", "amount"),
    [
        ("=AR_AMOUNT_CN(12)", 12),
        ("=+AR_AMOUNT_CN(12)", 12),
        ("=AR_AMOUNT_CN(--12)", 12),
        ("=AR_AMOUNT_CN(-A1)", -7.5),
        ("=AR_AMOUNT_CN(1.2E3)", 1200),
        ("=AR_AMOUNT_CN(50%)", 0.5),
        ('=AR_AMOUNT_CN("1,234.5")', 1234.5),
        ("=AR_AMOUNT_CN( $A$1 )", 7.5),
        ("=AR_AMOUNT_CN(Other!B2)", 88),
        ("=AR_AMOUNT_CN('o''x !'!A1)", 99),
        ("=AR_AMOUNT_CN(total)", 7.5),
        ("=AR_AMOUNT_CN(TOTAL)", 7.5),
        ("=AR_AMOUNT_CN(fixed)", 3.25),
        ("=AR_AMOUNT_CN(again)", 7.5),
        ("=AR_AMOUNT_CN(own)", 88),
        ("=AR_AMOUNT_CN(Other!own)", 5),
        ("=AR_AMOUNT_CN(left)", 7.5),
        ("=AR_AMOUNT_CN(T[[#Totals],[b c]])", 30),
        ("=AR_AMOUNT_CN(Z9)", None),
        ("=AR_AMOUNT_CN(#N/A)", "#N/A"),
        ("=_xll.AR_AMOUNT_CN(12)", 12),
        ("=[1]!AR_AMOUNT_CN(12)", 12),
        (r"='C:\add ins\arsheet.xlam'!ar_amount_cn(12)", 12),
        ("=_xldudf_ARSHEET_AR_AMOUNT_CN(12)", 12),
    ],
)
def test_an_argument_means_what_excel_means(tmp_path: Path, formula: str, amount: Any) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": 7.5, "B1": formula}, others={"Other": {"B2": 88}, "o'x !": {"A1": 99}})
    book = openpyxl.load_workbook(path)
    for name, text in (("total", "S!$A$1"), ("fixed", "3.25"), ("again", "total"), ("left", "S!XFD1")):
        book.defined_names[name] = DefinedName(name, attr_text=text)
    book["S"].defined_names["own"] = DefinedName("own", attr_text="Other!$B$2")
    book["Other"].defined_names["own"] = DefinedName("own", attr_text="5")
    for line in (["a", "b c"], [1, 10], [2, 20], [3, 30]):
        book["Other"].append(line)
    table = Table(displayName="T", ref="A3:B6")
    table._initialise_columns()
    for column, name in zip(table.tableColumns, ("a", "b c"), strict=True):
        column.name = name
    table.totalsRowCount = 1
    table.autoFilter = None
    book["Other"].add_table(table)
    book.save(path)
    done, _ = update(path)
    assert not done.left, reasons(done)
    wanted = amount if amount == "#N/A" else words(amount)
    assert values(path, "B1:B1") == [[wanted]]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("=AR_AMOUNT_CN(1)+1", "part of a larger formula"),
        ("=-AR_AMOUNT_CN(1)", "part of a larger formula"),
        ("=SUM(AR_AMOUNT_CN(1))", "part of a larger formula"),
        ("=IF(A1,AR_AMOUNT_CN(1))", "part of a larger formula"),
        ("=IFERROR(AR_AMOUNT_CN(1),A1)", "no constant"),
        ("=AR_AMOUNT_CN(A1+1)", "an argument is a formula"),
        ("=AR_AMOUNT_CN(TODAY())", "the function TODAY"),
        ("=AR_AMOUNT_CN(INDEX(A:A,2))", "the function INDEX"),
        ("=AR_AMOUNT_CN(Nowhere!A1)", "no sheet 'Nowhere'"),
        ("=AR_AMOUNT_CN(nobody)", "no name 'nobody'"),
        ("=AR_AMOUNT_CN(N[x])", "no table 'N'"),
        ("=AR_NO_SUCH(1)", "no function"),
        ("=AR_AMOUNT_CN(AR_AMOUNT_CN(1))", "the function AR_AMOUNT_CN"),
        ("=AR_AMOUNT_CN(S:S2!A1)", "not supported"),
        ("=AR_AMOUNT_CN([2]S!A1)", "not supported"),
        ("=AR_AMOUNT_CN(B1)", "circle"),
        ("=AR_AMOUNT_CN(B:B)", "circle"),
    ],
)
def test_everything_else_is_left_as_it_was(tmp_path: Path, formula: str, why: str) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": 7.5, "B1": formula})
    part = part_of(path, "S")
    rewrite(path, {part: lambda xml: re.sub(r"</f><v\s*/>|</f><v></v>", "</f><v>123</v>", xml)})
    before = Package.open(path).part(part)
    done, saved = update(path)
    assert why in reasons(done)["B1"]
    assert done.updated == []
    assert Package.open(path).part(part) == before
    assert saved.changed_parts == ()
    assert saved.dependents == ()


def test_table_references_of_every_form(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    forms = {
        "T": [[1, 10], [2, 20]],
        "T[]": [[1, 10], [2, 20]],
        "T[#Data]": [[1, 10], [2, 20]],
        "T[#All]": [["a", "b c"], [1, 10], [2, 20], [None, 30]],
        "T[#Headers]": [["a", "b c"]],
        "T[[#Headers],[#Data],[b c]]": [["b c"], [10], [20]],
        "T[b c]": [[10], [20]],
        "T[[#All],[a]:[b c]]": [["a", "b c"], [1, 10], [2, 20], [None, 30]],
        "T[[#Data],[#Totals],[b c]]": [[10], [20], [30]],
        "t[B C]": [[10], [20]],
        "A:B": [["a", "b c"], [1, 10], [2, 20], [None, 30]],
        "$A$2:$B$3": [[1, 10], [2, 20]],
        "B3:A2": [[1, 10], [2, 20]],
        "2:2": [[1, 10]],
        "{1,2;3,4}": [[1, 2], [3, 4]],
    }
    for text, rows in forms.items():
        there = text if text[0] in "Tt{" else f"S!{text}"
        cells = {"A1": "a", "B1": "b c", "A2": 1, "B2": 10, "A3": 2, "B3": 20, "B4": 30}
        make(path, cells, others={"F": {"A1": f"=AR_AGING_OF({there})"}})
        book = openpyxl.load_workbook(path)
        table = Table(displayName="T", ref="A1:B4")
        table._initialise_columns()
        for column, name in zip(table.tableColumns, ("a", "b c"), strict=True):
            column.name = name
        table.totalsRowCount = 1
        book["S"].add_table(table)
        book.save(path)
        asked: list[Any] = []

        def answer(name: str, args: Any, asked: list[Any] = asked) -> Any:
            asked.extend(args)
            return invoke(name, args)

        done = XlsxHost(path).update_formulas(answer)
        assert not done.left, (text, reasons(done))
        (rows_asked,) = asked
        assert [row[: len(rows[0])] for row in rows_asked] == rows, text


def test_a_spill_grows_and_shrinks_with_its_result(tmp_path: Path) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": THREE, "C2": Spill(SCHEDULE, "C2")})
    update(path)
    rows = invoke("AR_SCHEDULE", [1000, THREE, dt.date(2026, 1, 5)]).cells()
    last = "CDEFGH"[len(rows[0]) - 1]
    assert values(path, "C2:C6") == [[rows[0][0]], [1], [2], [3], [None]]
    assert values(path, "E2:E5") == [[rows[0][2]], *([float(row[2])] for row in rows[1:])]
    assert openpyxl.load_workbook(path)["S"]["C2"].value.ref == f"C2:{last}5"
    type_in(path, "A1", TWO)
    update(path)
    assert values(path, "C2:C6") == [[rows[0][0]], [1], [2], [None], [None]]
    assert values(path, "C5:G5") == [[None] * 5]
    assert openpyxl.load_workbook(path)["S"]["C2"].value.ref == f"C2:{last}4"
    assert b'r="C5"' not in Package.open(path).part(part_of(path, "S"))


def test_new_neighbours_look_like_the_anchor(tmp_path: Path) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": TWO, "C2": Spill(SCHEDULE, "C2")})
    book = tmp_path / "styled.xlsx"
    opened = openpyxl.load_workbook(path)
    opened["S"]["C2"].number_format = "0.000"
    opened.save(book)
    part = part_of(book, "S")
    rewrite(book, {part: lambda xml: xml.replace('<c r="C2"', '<c r="C2" cm="1"')}, metadata=True)
    update(book)
    sheet = openpyxl.load_workbook(book)["S"]
    assert {sheet[ref].number_format for ref in ("C2", "C3", "D4", "E2")} == {"0.000"}


@pytest.mark.parametrize("obstacle", ["text", "formula", "merge", "table", "spill"])
def test_a_blocked_spill_is_an_error_that_tells_what_is_in_its_way(tmp_path: Path, obstacle: str) -> None:
    cells: dict[str, Any] = {"A1": TWO, "C2": Spill(SCHEDULE, "C2")}
    if obstacle == "text":
        cells["D3"] = "mine"
    elif obstacle == "formula":
        cells["C4"] = "=1+1"
    elif obstacle == "spill":
        cells["B3"] = Spill(SCHEDULE.replace("A1", '"net 30"'), "B3:D4")
        cells |= {"C3": 5, "D3": 5, "B4": 5}
    path = make(tmp_path / "b.xlsx", cells)
    book = openpyxl.load_workbook(path)
    if obstacle == "merge":
        book["S"].merge_cells("D4:E5")
        book.save(path)
    elif obstacle == "table":
        book["S"]["D4"], book["S"]["E4"] = "x", "y"
        book["S"].add_table(Table(displayName="T", ref="D4:E5"))
        book.save(path)
    if obstacle in ("merge", "table"):
        rewrite(path, {part_of(path, "S"): lambda xml: xml.replace('<c r="C2"', '<c r="C2" cm="1"')})
    done, _ = update(path)
    (found,) = (each for each in done.problems if each.code == "spill_blocked")
    assert found.facts["cell"] == "C2"
    way = {"text": "D3", "formula": "C4", "merge": "D4:E5", "table": "D4:E5", "spill": "C3"}
    assert found.facts["blocked_by"] == way[obstacle]
    assert values(path, "C2:C2") == [["#VALUE!"]]
    assert openpyxl.load_workbook(path)["S"]["C2"].value.ref == "C2"
    if obstacle == "text":
        assert values(path, "D3:D3") == [["mine"]]


def test_room_that_another_array_leaves_is_taken(tmp_path: Path) -> None:
    """The lower array shrinks from three rows to two, so that the upper one has room, whichever is worked out first."""
    cells: dict[str, Any] = {
        "A1": TWO, "A2": THREE, "B2": Spill(SCHEDULE.replace("A1", "A2"), "B2:B3"), "B3": 0, "C9": 1,
    }  # fmt: skip
    path = make(tmp_path / "b.xlsx", cells)
    done, _ = update(path)
    assert not [each for each in done.problems if each.code == "spill_blocked"]
    assert values(path, "B3:B5") == [[1], [2], [3]]


def test_a_fixed_block_repeats_a_row_a_column_and_a_single_value(tmp_path: Path) -> None:
    cells = {
        "A1": Fixed("=AR_AMOUNT_CN(12)", "A1:B2"),
        "D1": Fixed('=AR_AMOUNT_CN("x")', "D1:E1"),
        "G1": Fixed('=IFERROR(AR_AMOUNT_CN("x"),0)', "G1:G2"),
        "A5": Fixed("=AR_AMOUNT_CN(#N/A)", "A5:A6"),
    }
    path = make(tmp_path / "b.xlsx", cells)
    update(path)
    assert values(path, "A1:B2") == [[WORDS, WORDS], [WORDS, WORDS]]
    assert values(path, "D1:E1") == [["#VALUE!", "#VALUE!"]]
    assert values(path, "G1:G2") == [[0], [0]]
    assert values(path, "A5:A6") == [["#N/A"], ["#N/A"]]


def test_cells_are_worked_out_in_the_order_in_which_they_read_each_other(tmp_path: Path) -> None:
    cells = {
        "A1": '=AR_DUE_DATE("net 10",A2)',
        "A2": '=AR_DUE_DATE("net 10",A3)',
        "A3": '=AR_DUE_DATE("net 10",DATE(2026,1,1))',
        "B1": '=AR_DUE_DATE("net 1",B2)',
        "B2": '=AR_DUE_DATE("net 1",B1)',
        "B3": '=AR_DUE_DATE("net 1",B2)',
        "C1": '=AR_DUE_DATE("net 1",C2)',
        "C2": "=AR_DUE_DATE()&1",
    }
    path = make(tmp_path / "b.xlsx", cells)
    done, _ = update(path)
    first = dt.date(2026, 1, 1).toordinal() - dt.date(1899, 12, 30).toordinal()
    assert values(path, "A1:A3") == [[first + 30], [first + 20], [first + 10]]
    told = reasons(done)
    assert set(told) == {"B1", "B2", "B3", "C1", "C2"}
    assert told["C1"] == "it reads S!C2, which was not updated"
    assert "circle" in told["B1"]


def test_who_reads_a_spill_reads_its_new_cells(tmp_path: Path) -> None:
    cells = {"A1": TWO, "C2": Spill(SCHEDULE, "C2"), "A5": "=AR_AMOUNT_CN(C4)", "A6": "=AR_AMOUNT_CN(C5)"}
    path = make(tmp_path / "b.xlsx", cells)
    update(path)
    assert values(path, "A5:A6") == [[words(2)], [words(None)]]


def test_a_book_of_1904_has_its_own_days(tmp_path: Path) -> None:
    path = make(
        tmp_path / "b.xlsx",
        {"A1": '=AR_DUE_DATE("net 10",DATE(2026,1,1))', "A2": '=AR_DUE_DATE("net 10",44561)', "B3": 44561,
         "A3": '=AR_DUE_DATE("net 10",B3)'},
    )  # fmt: skip
    rewrite(path, {"xl/workbook.xml": lambda xml: re.sub(r"<workbookPr\b[^>]*/>", '<workbookPr date1904="1"/>', xml)})
    update(path)
    first = dt.date(2026, 1, 11).toordinal() - dt.date(1904, 1, 1).toordinal()
    assert first - 10 == 44561
    xml = Package.open(path).part(part_of(path, "S"))
    assert xml.count(f"<v>{first}</v>".encode()) == 3


def test_the_chain_keeps_every_formula_and_loses_none(tmp_path: Path) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": THREE, "C2": Spill(SCHEDULE, "C2:C4"), "C3": 1, "C4": 2, "D9": "=1+1"})
    chain = (
        '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="C2" i="1" a="1"/>'
        '<c r="D9" i="1"/></calcChain>'
    )

    def add(xml: str) -> str:
        return xml.replace(
            "</Relationships>",
            '<Relationship Id="rIdC" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"'
            ' Target="calcChain.xml"/></Relationships>',
        )

    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/calcChain.xml", chain)
    rewrite(path, {"xl/_rels/workbook.xml.rels": add})
    done, saved = update(path)
    assert done.updated == ["S!C2"]
    text = Package.open(path).part("xl/calcChain.xml").decode()
    assert 'r="C2"' in text
    assert 'r="D9"' in text
    assert saved.dependents == ()


def test_names_of_libreoffice_are_put_right_and_told(tmp_path: Path) -> None:
    cells = {
        "A1": "=COM.ARSHEET.CALCFUNCTIONS.ARAMOUNTCN(12)",
        "A2": '=COM.ARSHEET.CALCFUNCTIONS.ARAMOUNTCN(12)&"<a>"',
        "A3": "=_xll.AR_AMOUNT_CN(12)",
    }
    path = make(tmp_path / "b.xlsx", cells)
    done, saved = update(path)
    sheet = openpyxl.load_workbook(path)["S"]
    assert [sheet[ref].value for ref in ("A1", "A2", "A3")] == [
        "=AR_AMOUNT_CN(12)", '=AR_AMOUNT_CN(12)&"<a>"', "=_xll.AR_AMOUNT_CN(12)",
    ]  # fmt: skip
    assert values(path, "A1:A1") == [[WORDS]]
    assert [each.facts["cell"] for each in done.problems if each.code == "ar_formula_repaired"] == ["A1", "A2"]
    assert reasons(done).keys() == {"A2"}
    assert not saved.recalculates


def test_a_sheet_that_cannot_be_edited_is_told_and_left(tmp_path: Path) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": "=AR_AMOUNT_CN(12)"}, others={"T": {"A1": "=AR_AMOUNT_CN(12)"}})
    part = part_of(path, "S")
    rewrite(path, {part: lambda xml: xml.replace("<sheetData>", "<!-- a comment --><sheetData>")})
    done, _ = update(path)
    assert done.left == ["S!*"]
    assert done.updated == ["T!A1"]


def test_a_book_without_such_cells_is_not_touched(tmp_path: Path) -> None:
    path = make(tmp_path / "b.xlsx", {"A1": 1, "A2": "=A1+1", "A3": '="AR_AMOUNT_CN(1)"'})
    before = Package.open(path)
    done, saved = update(path)
    assert not done.updated
    assert saved.changed_parts == ()
    assert before.part(part_of(path, "S")) == Package.open(path).part(part_of(path, "S"))
