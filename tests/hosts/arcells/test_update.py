"""A refresh stores the result of every AR_ cell it can work out, and touches nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from arsheet import run
from arsheet.cli import main
from arsheet.functions.invoke import invoke
from arsheet.functions.registry import Version
from arsheet.hosts.package import Package
from arsheet.hosts.reading import read_file
from arsheet.table import CellError
from tests.hosts.arcells import book as made

ZERO = Decimal("0.005")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, list[str], run.Refreshed]:
    path = tmp_path_factory.mktemp("arcells") / "book.xlsx"
    codes = made.make_book(path)
    before = path.read_bytes()
    return path, before, codes, run.refresh(path, made.AS_OF)


@pytest.fixture(scope="module")
def version(book: Any) -> Version:
    return run.version_of(book[0], made.AS_OF)


def shown(path: Path, sheet: str = made.SHEET) -> Callable[[str], Any]:
    """The stored value of a cell as the reader of the house sees it."""
    grid = read_file(path).grid(sheet)
    from arsheet.hosts.keeping import value_at
    from arsheet.hosts.reading import parse_area

    def at(ref: str) -> Any:
        area = parse_area(ref)
        assert area is not None
        return value_at(grid, area.first_row, area.first_column)

    return at


def same(found: Any, wanted: Any) -> bool:
    """Equal as cells: a date may be its serial, money a float, an error has no reason."""
    if isinstance(wanted, CellError):
        return isinstance(found, CellError) and found.text == wanted.text
    if isinstance(wanted, dt.date) and isinstance(found, (int, float)):
        return dt.date(1899, 12, 30) + dt.timedelta(found) == wanted
    if isinstance(wanted, (int, float, Decimal)) and isinstance(found, (int, float)):
        return abs(Decimal(str(found)) - Decimal(str(wanted))) < ZERO
    return bool(found == wanted)


@pytest.mark.parametrize("case", made.CASES, ids=lambda case: case.ref)
def test_a_plain_cell_shows_what_its_call_answers(book: Any, version: Version, case: made.Case) -> None:
    wanted = made.expected(case, book[2], version)
    found = shown(book[0])(case.ref)
    assert same(found, wanted), (case.formula, found, wanted)


def test_a_cell_that_reads_another_ar_cell_comes_after_it(book: Any) -> None:
    at = shown(book[0])
    for ref, (_, source) in made.READING.items():
        assert at(ref) == invoke("AR_AMOUNT_CN", [at(source)]).value


def test_a_fixed_block_is_filled_and_its_surplus_is_na(book: Any, version: Version) -> None:
    at = shown(book[0])
    rows = invoke("AR_AGING", [[[code] for code in book[2][:3]]], version=version).cells()
    assert len(rows) < 8
    for y in range(8):
        for x, column in enumerate("LMNOPQR"):
            wanted = rows[y][x] if y < len(rows) and x < len(rows[y]) else CellError("#N/A")
            assert same(at(f"{column}{y + 1}"), wanted)


def test_arrays_spill_over_free_cells(book: Any, version: Version) -> None:
    at, codes = shown(book[0]), book[2]
    rows = invoke("AR_BALANCE", [[[code] for code in codes]], version=version).cells()
    assert [at(f"T{row}") for row in range(1, 6)] == [pytest.approx(float(row[0])) for row in rows]
    schedule = invoke("AR_SCHEDULE", [1000, "30% net 10; 70% net 30", dt.date(2026, 1, 5)]).cells()
    assert len(schedule) == 3
    for y, line in enumerate(schedule):
        for x, wanted in enumerate(line):
            assert same(at(f"{'VWXYZ'[x]}{1 + y}"), wanted)
    sheet = openpyxl.load_workbook(book[0])[made.SHEET]
    assert (sheet["T1"].value.ref, sheet["T1"].value.text) == ("T1:T5", made.SPILLS["T1"])


def test_what_only_a_spreadsheet_can_do_is_left_and_told(book: Any) -> None:
    done = book[3]
    told = {item.cell: item for item in done.outcome.findings if item.code == "ar_cell_not_updated"}
    assert set(told) == set(made.LEFT)
    assert told["AB2"].en.endswith("the function INDEX stands in an argument")
    assert done.ar_cells.left == [f"{made.SHEET}!{ref}" for ref in made.LEFT]
    mine = [place for place in done.ar_cells.updated if place.startswith(f"{made.SHEET}!")]
    assert len(mine) == len(made.CASES) + len(made.READING) + 1 + len(made.SPILLS)
    checks = CalamineWorkbook.from_path(book[0]).get_sheet_by_name("检查").to_python()
    assert sum("ar_cell_not_updated" in row for row in checks) == len(made.LEFT)


def test_formulas_styles_and_every_other_part_stay(book: Any) -> None:
    path, before, _, done = book
    assert not done.saved.recalculates
    old, new = Package(before), Package.open(path)
    for name in old.parts:
        if name not in done.saved.changed_parts:
            assert old.raw(name) == new.raw(name), name
    sheet = openpyxl.load_workbook(path)[made.SHEET]
    for case in made.CASES:
        if not case.ref.startswith("B"):
            assert sheet[case.ref].value == case.formula
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    part = new.part(made.part_of(path, made.SHEET))
    assert b'<f t="shared" si="0"/>' in part
    assert b" spans=" not in part


def test_a_request_for_full_calculation_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    made.make_book(path)

    def asked(xml: str) -> str:
        return re.sub(r"<calcPr\b[^>]*>", '<calcPr calcId="1" fullCalcOnLoad="1"/>', xml)

    made.rewrite(path, {"xl/workbook.xml": asked})
    run.refresh(path, made.AS_OF)
    assert b'<calcPr calcId="1"/>' in Package.open(path).part("xl/workbook.xml")


def test_a_second_refresh_changes_nothing_on_the_sheet(book: Any, tmp_path: Path) -> None:
    copy = tmp_path / "again.xlsx"
    copy.write_bytes(book[0].read_bytes())
    part = made.part_of(copy, made.SHEET)
    first = Package.open(copy).part(part)
    run.refresh(copy, made.AS_OF)
    assert Package.open(copy).part(part) == first


def test_both_readers_see_the_same_values(book: Any) -> None:
    at = shown(book[0])
    sheet = openpyxl.load_workbook(book[0], data_only=True)[made.SHEET]
    for row in sheet.iter_rows(max_col=28):
        for cell in row:
            ours = at(cell.coordinate)
            theirs = cell.value
            if isinstance(ours, CellError):
                ours = ours.text
            if isinstance(theirs, dt.datetime) and not isinstance(ours, dt.datetime):
                theirs = theirs.date()
            assert ours == theirs, cell.coordinate


def test_the_dimension_reaches_the_spilled_cells(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    made.make_book(path)
    part = made.part_of(path, made.SHEET)
    made.rewrite(path, {part: lambda xml: xml.replace('ref="A1:AB8"', 'ref="A1:T1"', 1)})
    run.refresh(path, made.AS_OF)
    found = re.search(rb'<dimension ref="([^"]+)"', Package.open(path).part(part))
    assert found is not None
    assert found[1] == b"A1:AB8"


def test_the_file_is_a_whole_zip(book: Any) -> None:
    with zipfile.ZipFile(book[0]) as archive:
        assert archive.testzip() is None


def test_the_command_line_says_how_many(book: Any, tmp_path: Path) -> None:
    copy = tmp_path / "again.xlsx"
    copy.write_bytes(book[0].read_bytes())
    done = CliRunner().invoke(main, ["refresh", str(copy), "--as-of", "2026-03-31", "--json"])
    told = json.loads(done.output)["ar_cells"]
    assert told == {"updated": len(book[3].ar_cells.updated), "not_updated": book[3].ar_cells.left}
    done = CliRunner().invoke(main, ["refresh", str(copy), "--as-of", "2026-03-31"])
    assert f"AR_ 公式：更新 {told['updated']} 个，未更新 {len(made.LEFT)} 个" in done.output
