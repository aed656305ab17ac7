"""A large sheet read by column is what calamine reads, cell for cell; what is not written plainly is left to it."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from arsheet.hosts import reading, sheetcells
from arsheet.hosts.child import read_guarded
from arsheet.hosts.columns import Column
from arsheet.hosts.digits import Unusual, numbers_of, words
from arsheet.hosts.package import Package
from arsheet.hosts.probing import DATED, OTHER, PLAIN, Lookups, number_formats
from arsheet.hosts.sheettags import Tags
from arsheet.table import CellError, Grid, WorkbookError

FORMATS = ["General", "0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", '[$-804]yyyy"年"m"月"d"日"', "[h]:mm", "@", '"d"0']
SHARED = [
    "<t>共享</t>",
    "<t>a &amp; b</t>",
    '<t xml:space="preserve">  两边  </t>',
    "<t>  修剪  </t>",
    '<t>文字</t><phoneticPr fontId="1" type="noConversion"/>',
    '<r><t>富</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 文本</t></r><rPh sb="0" eb="1"><t>fu</t></rPh>',
    "<t>_x000D_回车</t>",
    "<t></t>",
    "<t>000123</t>",
]
"""Shared texts as Excel writes them: trimmed or not, with marks of pronunciation, in several fonts."""
HEAD = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="%s" xmlns:x="urn:x"><sheetData>' % (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
)
TAIL = b'</sheetData><mergeCells count="1"><mergeCell ref="B2:C3"/></mergeCells></worksheet>'


def base_book(*, from_1904: bool = False) -> dict[str, bytes]:
    """The parts of a book with the formats and shared texts above."""
    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for at, format_ in enumerate(FORMATS, 1):
        book.active.cell(at, 1, 1).number_format = format_
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    relations = "xl/_rels/workbook.xml.rels"
    base = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = b'<Relationship Id="rId99" Type="%s/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>' % base
    parts[relations] = parts[relations].replace(b"</Relationships>", link)
    texts = "".join(f"<si>{text}</si>" for text in SHARED)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<?xml version="1.0"?><sst xmlns="{main}">{texts}</sst>'.encode()
    return parts


PARTS = base_book()


def package_of(rows: bytes, parts: dict[str, bytes] = PARTS, *, head: bytes = HEAD, tail: bytes = TAIL) -> Package:
    """The book with other rows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(name, head + rows + tail if name == "xl/worksheets/sheet1.xml" else data)
    return Package(out.getvalue(), "t.xlsx")


def by_calamine(package: Package) -> Any:
    """A grid, or the code of a refusal."""
    try:
        book = reading.read_package(package, Path("t.xlsx"))
        with reading._coded("t.xlsx"):
            return reading._grid(book._reader, "Sheet", package.part("xl/worksheets/sheet1.xml"), "t.xlsx", None)
    except WorkbookError as error:
        return error.code


def by_column(package: Package) -> Any:
    """A grid, the code of a refusal, or None where it is left to calamine."""
    xml = package.part("xl/worksheets/sheet1.xml")
    try:
        found = reading._grid_by_column("Sheet", xml, "t.xlsx", Lookups(package))
    except WorkbookError as error:
        return error.code
    return found and found[0]


def same(mine: Any, truth: Any) -> None:
    """Both readings hold the same, to the type and the address."""
    if not isinstance(mine, Grid) or not isinstance(truth, Grid):
        assert mine == truth
        return
    rows = [list(row) for row in mine.cells]
    assert rows == [list(row) for row in truth.cells]
    for row, other in zip(rows, truth.cells, strict=True):
        assert list(map(type, row)) == list(map(type, other))
    if rows:
        assert (mine.first_row, mine.first_column) == (truth.first_row, truth.first_column)
    assert (mine.hidden_rows, mine.merged) == (truth.hidden_rows, truth.merged)


NUMBERS = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-(10**12), 10**12, places=2).map(str),
    st.integers(61, 60_000).map(str),
    st.floats(61, 60_000).map(repr),
    st.sampled_from(["0", "-0", "1E5", "1e-7", "5.", ".5", "+5", "1E+400", "0.1", "94128.64999999999", "00012"]),
)
PLAIN_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12
) | st.sampled_from(["C000123", "应收单", "1E5", "#N/A", "<a>", "&amp;", "a\tb", "_x000D_", "　全角　"])


@st.composite
def cells(draw: st.DrawFn) -> tuple[str, str]:
    """What stands in a cell's tag after its address, and what the cell holds."""
    style = draw(st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="3"', ' s="4"', ' s="6"', ' s="7"', ' s="99"']))
    kind = draw(st.sampled_from(["n", "n", "n", "inline", "inline", "shared", "formula", "text", "b", "e", "blank"]))
    formula = draw(st.sampled_from(["<f>A1&amp;B2</f>", '<f t="shared" si="0"/>', '<f t="array" ref="A1">1</f>']))
    if kind == "n":
        held = f"<v>{draw(NUMBERS)}</v>"
        return style + draw(st.sampled_from(["", ' t="n"'])), draw(st.sampled_from(["", formula])) + held
    if kind == "inline":
        space = draw(st.sampled_from(["", ' xml:space="preserve"']))
        return style + ' t="inlineStr"', f"<is><t{space}>{escape(draw(PLAIN_TEXT))}</t></is>"
    if kind == "shared":
        return style + ' t="s"', f"<v>{draw(st.integers(0, len(SHARED) - 1))}</v>"
    if kind == "text":
        return style + ' t="str"', f"{formula}<v>{escape(draw(PLAIN_TEXT))}</v>"
    if kind == "b":
        return style + ' t="b"', f"<v>{draw(st.sampled_from('01'))}</v>"
    if kind == "e":
        return style + ' t="e"', f"<f>NA()</f><v>{draw(st.sampled_from(['#N/A', '#REF!', '#DIV/0!']))}</v>"
    if kind == "formula":
        return style, formula + draw(st.sampled_from(["", "<v/>", "<v></v>", "<v />"]))
    return style + draw(st.sampled_from(["", ' t="n"', ' t="inlineStr"', ' t="str"'])), ""


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """Rows as programs write them: gaps, hidden rows, styled blanks."""
    out = []
    number = 0
    for _ in range(draw(st.integers(1, 6))):
        number += draw(st.sampled_from([1, 1, 1, 2, 95, 100_000]))
        mark = draw(st.sampled_from(["", "", ' hidden="1"', ' spans="1:3" ht="15" x:y="0"', ' hidden="0"']))
        column, row = 0, []
        for _ in range(draw(st.integers(0, 5))):
            column += draw(st.sampled_from([1, 1, 1, 2, 26]))
            at = f"{openpyxl.utils.get_column_letter(column)}{number}"
            rest, held = draw(cells())
            row.append(f'<c r="{at}"{rest}>{held}</c>' if held or draw(st.booleans()) else f'<c r="{at}"{rest}/>')
        out.append(f'<row r="{number}"{mark}>{"".join(row)}</row>' if row else f'<row r="{number}"{mark}/>')
    return "".join(out).encode()


TOLERANT = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@TOLERANT
@given(sheets())
def test_columns_are_what_calamine_reads(rows: bytes) -> None:
    package = package_of(rows)
    mine = by_column(package)
    if mine is not None:
        same(mine, by_calamine(package))


def test_most_sheets_are_read_by_column() -> None:
    """Else the equality above would say little."""
    read: list[bool] = []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(sheets())
    def look(rows: bytes) -> None:
        read.append(isinstance(by_column(package_of(rows)), Grid))

    look()
    assert sum(read) > len(read) / 3


CELLS = (
    b'<row r="1"><c r="A1" s="2"><v>45000</v></c><c r="B1" t="s"><v>3</v></c><c r="C1" s="1"/></row>'
    b'<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> a&amp;b </t></is></c>'
    b'<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c><c r="C2"><f>A1</f><v>12.50</v></c></row>'
)


MARKS = [b"", b"<", b">", b'"', b"/", b"&", b" ", b"9", b"<v>", b"</c>", b"\0", b"\xff"]


@TOLERANT
@given(st.data())
def test_no_damage_is_read_over(data: st.DataObject) -> None:
    """Bytes changed, lost or doubled anywhere: read as calamine reads it, refused as it refuses, or left to it."""
    rows = bytearray(CELLS)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(rows) - 1))
        length = data.draw(st.integers(0, 12))
        new = data.draw(st.sampled_from(MARKS) | st.binary(max_size=3) | st.just(bytes(rows[at : at + 20])))
        rows[at : at + length] = new
        if not rows:
            break
    package = package_of(bytes(rows))
    mine = by_column(package)
    if mine is not None:
        same(mine, by_calamine(package))


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        b'<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        b'<row r="2"><c r="A3"><v>1</v></c></row>',
        b'<row r="2"><c><v>1</v></c></row>',
        b'<row><c r="A1"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1,5</v></c></row>',
        b'<row r="1"><c r="A1"><v> 5</v></c></row>',
        b'<row r="1"><c r="A1"><v>nan</v></c></row>',
        b'<row r="1"><c r="A1" s="5"><v>1.5</v></c></row>',
        b'<row r="1"><c r="A1" s="2"><v>0.5</v></c></row>',
        b'<row r="1"><c r="A1" t="s"><v>9999</v></c></row>',
        b'<row r="1"><c r="A1" t="d"><v>2026-01-01</v></c></row>',
        b'<row r="1"><c r="A1" t="e"><v>#NEW!</v></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r></is></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_b</t></is></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><t> a</t></is></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>a\r\nb</t></is></c></row>',
        b'<row r="1"> <c r="A1"><v>1</v></c></row>',
        b'<row r="1"><c r="AAA1"><v>1</v></c></row>',
        b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        b"<row r='1'><c r='A1'><v>1</v></c></row>",
        b'<!-- --><row r="1"><c r="A1"><v>1</v></c></row>',
    ],
)
def test_what_is_not_plain_is_left_to_calamine(rows: bytes) -> None:
    package = package_of(rows)
    assert by_column(package) is None
    by_calamine(package)


def test_a_tag_that_no_parser_takes_is_refused() -> None:
    doubled = package_of(CELLS.replace(b' hidden="1"', b' hidden="1" hidden="1"'))
    assert by_column(doubled) == by_calamine(doubled) == "file_damaged"
    assert by_column(package_of(CELLS, tail=TAIL.replace(b"</mergeCells>", b""))) == "file_damaged"


def test_dates_of_1904_are_left_to_calamine() -> None:
    parts = base_book(from_1904=True)
    assert by_column(package_of(CELLS, parts)) is None
    assert by_calamine(package_of(CELLS, parts)).cells[0][0] == dt.date(2027, 3, 16)


def test_number_formats_are_judged_by_calamine() -> None:
    assert number_formats(package_of(CELLS)).tolist() == [PLAIN, PLAIN, DATED, DATED, DATED, OTHER, PLAIN, PLAIN]


def test_stretches_join(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet cut anywhere between its rows is the same sheet."""
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>{at}.25</v></c><c r="AB{at}" t="inlineStr"><is><t>客{at}</t></is></c></row>'
        for at in range(1, 400)
    ).encode()
    whole = by_column(package_of(rows))
    for size in (40, 333, 4096):
        monkeypatch.setattr(sheetcells, "STRETCH", size)
        same(by_column(package_of(rows)), whole)
    same(whole, by_calamine(package_of(rows)))


def test_through_files_and_the_child(tmp_path: Path) -> None:
    """Large enough to be read by column, in this process and in the child."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for at in range(2_000):
        sheet.append([f"K{at:06d}", dt.date(2025, 1, 1) + dt.timedelta(at), at + 0.25, None, at % 3 == 0 or "待确认"])
    sheet["C5"] = "#REF!"
    sheet["D9"] = "=1+1"
    sheet["B7"] = dt.datetime(2026, 1, 2, 3, 4, 5)
    sheet.row_dimensions[9].hidden = True
    book.save(tmp_path / "a.xlsx")
    here, there = reading.read_workbook(tmp_path / "a.xlsx"), read_guarded(tmp_path / "a.xlsx")
    grid = here.grid("Data")
    assert not isinstance(grid.cells, list), "read by column"
    same(grid, there.grid("Data"))
    assert grid.cells[4][2] == CellError("#REF!")
    assert grid.cells[6][1] == dt.datetime(2026, 1, 2, 3, 4, 5)
    assert here.uncomputed("Data") == there.uncomputed("Data") == ("D9",)
    assert grid.hidden_rows == {9}
    reader = reading._open_reader((tmp_path / "a.xlsx").read_bytes(), "a.xlsx")
    xml = here.package.part("xl/worksheets/sheet1.xml")  # type: ignore[union-attr]
    same(grid, reading._grid(reader, "Data", xml, "a.xlsx", None))


@pytest.mark.parametrize("texts", [["a", None, "b"], ["a\0b", "c"], ["", "x"], [1.5, None], [None, True, "客户", 2.0]])
def test_a_column_is_the_same_on_the_other_side(texts: list[Any]) -> None:
    kinds = {str: 4, float: 1, bool: 3}
    filled = [(row, value) for row, value in enumerate(texts) if value is not None]
    column = Column(
        np.array([row for row, _ in filled], np.int32),
        np.array([kinds[type(value)] for _, value in filled], np.uint8),
        np.array([0.0 if isinstance(value, str) else float(value) for _, value in filled]),
        [value for _, value in filled if isinstance(value, str)],
    )
    wanted = [value or None if isinstance(value, str) else value for value in texts]
    assert column.values(len(texts)) == wanted
    assert Column.of(column.plain()).values(len(texts)) == wanted


@TOLERANT
@given(st.lists(NUMBERS, min_size=1, max_size=8))
@example(["9007199254740993", "0.3", "1234567.89", "12345678.9", "123456789.123456", "-.5", "999999999999999.9"])
def test_numbers_are_the_nearest_to_what_is_written(written: list[str]) -> None:
    data = (" " * 20 + "<".join(written) + "<").encode()
    ends = np.array([at for at, byte in enumerate(data) if byte == ord("<")])
    starts = np.concatenate(([20], ends[:-1] + 1))
    read = numbers_of(data + bytes(8), words(data + bytes(8)), starts, ends)
    assert list(map(repr, read.tolist())) == [repr(float(text)) for text in written]


@pytest.mark.parametrize("text", ["", ".", "-", "1.2.3", "1-2", "0x1", "1_000", "inf", "１"])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    data = (" " * 20 + text + "<").encode() + bytes(8)
    with pytest.raises(Unusual):
        numbers_of(data, words(data), np.array([20]), np.array([20 + len(text.encode())]))


def test_tags_stand_alone() -> None:
    """Rows are looked at without what stands beside them."""
    around = b"<!<<" + CELLS + b">>"
    assert Tags(around, 4, 4 + len(CELLS)).kinds.size == Tags(CELLS, 0, len(CELLS)).kinds.size
