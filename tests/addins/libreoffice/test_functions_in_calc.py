"""Every function in a cell of a real LibreOffice, against the command line and against the stored results."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from arsheet.cli import main
from arsheet.functions.catalogue import functions
from tests.addins.libreoffice.calc import Calc, Document, shown
from tests.addins.libreoffice.conftest import Refreshed
from tests.hosts.arcells.book import CASES, LEFT, READING, SHEET, SPILLS

pytestmark = pytest.mark.office
ROWS = [
    ["客户编码", "到期日", "金额"],
    ["X1", "2025-11-30", 12000],
    ["X1", "2026-01-20", 8000],
    ["X2", "2026-02-28", 5000],
]
CALLS: dict[str, tuple[str, list[Any]]] = {
    "AR_AGING": ('"{c}";DATE(2026;3;31);"due";"30,60"', ["{c}", "2026-03-31", "due", "30,60"]),
    "AR_AGING_OF": ("AH1:AJ4;DATE(2026;3;31)", [ROWS, "2026-03-31"]),
    "AR_AGING_BUCKET": ('"{c}";"1-30"', ["{c}", "1-30"]),
    "AR_AGING_DERIVED": ("5000;9000;AH6:AI7", [5000, 9000, [["1年以内", 3000], ["1-2年", 1000]]]),
    "AR_OPEN_ITEMS": ('"{c}"', ["{c}"]),
    "AR_BALANCE": ('"{c}"', ["{c}"]),
    "AR_OVERDUE": ('"{c}";;10', ["{c}", "", 10]),
    "AR_OLDEST_DAYS": ('"{c}"', ["{c}"]),
    "AR_ACCOUNT": ('"{c}";DATE(2026;1;1);DATE(2026;3;31)', ["{c}", "2026-01-01", "2026-03-31"]),
    "AR_RECLASS": ("", []),
    "AR_UNAPPLIED": ('"*"', ["*"]),
    "AR_DUE_DATE": ('"月结30天";DATE(2025;1;31)', ["月结30天", "2025-01-31"]),
    "AR_SCHEDULE": ('1000;"30% net 10; 70% net 30";DATE(2026;1;5)', [1000, "30% net 10; 70% net 30", "2026-01-05"]),
    "AR_TERM_EXPLAIN": ('"月结30天";"en"', ["月结30天", "en"]),
    "AR_DISCOUNT": (
        '113000;"2/10 net 30";DATE(2026;1;15);DATE(2026;1;25)', [113000, "2/10 net 30", "2026-01-15", "2026-01-25"]
    ),
    "AR_AMOUNT_CN": ("-1234.5", [-1234.5]),
    "AR_DATA_CHECK": ("", []),
    "AR_CREDIT_LIMIT": ('"{c}"', ["{c}"]),
    "AR_EXPOSURE": ('"{c}"', ["{c}"]),
    "AR_CREDIT_UTILISATION": ('"{c}"', ["{c}"]),
    "AR_CREDIT_AVAILABLE": ('"{c}"', ["{c}"]),
    "AR_REMINDERS": (";;;TRUE()", ["", "", "", True]),
    "AR_RECON_STATUS": ('"{c}"', ["{c}"]),
    "AR_DSO": ("", []),
}  # fmt: skip
"""Function -> its arguments in a cell, and on the command line; {c} is a customer."""
APART = {"AR_STAMP": "tells of the moment", "AR_LAST_ERROR": "tells of other cells"}
BLANK_IS_ZERO = {"D7"}
"""Calc hands a reference to one blank cell over as 0, as it does for functions of its own."""


def test_every_function_is_tried() -> None:
    assert set(CALLS) | set(APART) == set(functions())


def said(book: Path, name: str, args: list[Any]) -> list[list[Any]]:
    """The answer of ``arsheet call`` as cells."""
    given = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in args]
    done = CliRunner().invoke(main, ["call", "--book", str(book), "--as-of", "2026-03-31", name, "--", *given])
    answer = json.loads(done.output)
    if isinstance(answer, dict) and "error" in answer:
        return [[answer["error"]]]
    if isinstance(answer, dict) and "header" in answer:
        return answer["rows"] if functions()[name].returns == "row" else [answer["header"], *answer["rows"]]
    if isinstance(answer, dict) and "value" in answer:
        return [[answer["value"]]]
    return answer if isinstance(answer, list) and answer and isinstance(answer[0], list) else [[answer]]


def alike(value: Any) -> Any:
    """A cell of Calc, of JSON or of a file as one form: numbers rounded, dates as days, blank as None."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.date):
        return float(value.toordinal() - dt.date(1899, 12, 30).toordinal())
    if isinstance(value, dict):
        return value.get("error") or value.get("e")
    if isinstance(value, str):
        try:
            return (
                alike(dt.date.fromisoformat(value)) if len(value) == 10 and value[4] == "-" else round(float(value), 6)
            )
        except ValueError:
            return value
    return round(float(value), 6)


def shown_in(place: Any, row: int, column: int) -> Any:
    """A cell of a block."""
    return shown(place.getCellByPosition(column, row))


@pytest.fixture(scope="module")
def numbers(shared: Document) -> Document:
    """The book with the ranges that some calls refer to."""
    for at, row in enumerate(ROWS, 1):
        for column, value in zip(("AH", "AI", "AJ"), row, strict=True):
            cell = shared.cell(f"{column}{at}", SHEET)
            if isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)
    for at, (name, value) in enumerate((("1年以内", 3000), ("1-2年", 1000)), 6):
        shared.cell(f"AH{at}", SHEET).setString(name)
        shared.cell(f"AI{at}", SHEET).setValue(value)
    return shared


@pytest.mark.parametrize("name", CALLS)
def test_a_function_in_a_cell_says_what_the_command_line_says(
    numbers: Document, refreshed: Refreshed, name: str
) -> None:
    given, args = CALLS[name]
    code = refreshed.codes[1]
    wanted = said(refreshed.path, name, [a.format(c=code) if isinstance(a, str) else a for a in args])
    formula = f"={name}({given.format(c=code)})"
    assert alike(numbers.enter(formula, "BA1", SHEET)) == alike(wanted[0][0])
    numbers.cell("BA1", SHEET).setFormula("")
    place = numbers.sheet(SHEET).getCellRangeByPosition(53, 9, 53 + len(wanted[0]) - 1, 9 + len(wanted) - 1)
    place.setArrayFormula(formula)
    found = [[shown_in(place, row, column) for column in range(len(wanted[0]))] for row in range(len(wanted))]
    place.clearContents(16)
    assert [[alike(cell) for cell in row] for row in found] == [[alike(cell) for cell in row] for row in wanted]


def test_the_book_shows_in_calc_what_was_stored_in_it(shared: Document, refreshed: Refreshed) -> None:
    stored = openpyxl.load_workbook(refreshed.path, data_only=True)[SHEET]
    different = {}
    for ref in [*(case.ref for case in CASES), *READING, *SPILLS]:
        here, kept = alike(shared.value(ref, SHEET)), alike(stored[ref].value)
        if here != kept and ref not in BLANK_IS_ZERO:
            different[ref] = (here, kept)
    assert not different
    block = [[alike(cell) for cell in row] for row in shared.values("L1:R8", SHEET)]
    assert block == [[alike(cell.value) for cell in row] for row in stored["L1:R8"]]
    assert shared.value("D7", SHEET) == "零元整"
    assert shared.value("AB1", SHEET) == pytest.approx(2 * shared.value("B2", SHEET))
    assert all(isinstance(shared.value(ref, SHEET), float) for ref in LEFT)


def test_the_sheet_of_examples_shows_in_calc_what_was_stored_in_it(shared: Document, refreshed: Refreshed) -> None:
    name = "公式示例"
    stored = openpyxl.load_workbook(refreshed.path, data_only=True)[name]
    formulas = openpyxl.load_workbook(refreshed.path)[name]
    different, seen = {}, 0
    for row in formulas:
        for cell in row:
            text = getattr(cell.value, "text", cell.value)
            if not isinstance(text, str) or "AR_" not in text or not text.startswith("="):
                continue
            block = getattr(cell.value, "ref", cell.coordinate)
            if any(each in text for each in APART):
                continue
            seen += 1
            places = stored[block] if ":" in block else ((stored[block],),)
            for line in places:
                for kept in line:
                    here = alike(shared.value(kept.coordinate, name))
                    if here != alike(kept.value):
                        different[kept.coordinate] = (text, here, alike(kept.value))
    assert not different
    assert seen > 20


def test_names_left_by_an_older_calc_are_repaired_on_load(shared: Document) -> None:
    assert shared.cell("B2", SHEET).getFormula() == "=COM.ARSHEET.CALCFUNCTIONS.ARBALANCE(A2)"
    assert shared.cell("L1", SHEET).getFormula() == "{=COM.ARSHEET.CALCFUNCTIONS.ARAGING(A2:A4)}"
    assert shared.cell("C3", SHEET).getFormula() == '=IFERROR(COM.ARSHEET.CALCFUNCTIONS.ARBALANCE(A7);"无")'


def test_errors_are_errors_and_their_reason_can_be_asked_for(shared: Document) -> None:
    assert shared.enter('=AR_BALANCE("没有这家")', "BB1", SHEET) == "#N/A"
    assert shared.enter(f'=AR_LAST_ERROR("{SHEET}!BB1")', "BB2", SHEET) == "没有客户“没有这家”"
    assert shared.enter("=AR_DUE_DATE()", "BB1", SHEET) == "#VALUE!"
    assert "账期条款" in shared.enter(f'=AR_LAST_ERROR("{SHEET}!BB1")', "BB2", SHEET)
    assert shared.enter("=AR_LAST_ERROR()", "BB2", SHEET) == shared.value("BB2", SHEET)
    assert shared.enter(f'=AR_LAST_ERROR("{SHEET}!B2")', "BB2", SHEET) == "#N/A"
    assert shared.enter('=AR_BALANCE("KH";"不是日期")', "BB1", SHEET) == "#VALUE!"
    assert shared.enter("=AR_BALANCE(1/0)", "BB1", SHEET) == "#DIV/0!"
    assert shared.enter("=AR_AGING_OF(AK1:AL1)", "BB1", SHEET) == "#VALUE!"
    for cell in ("BB1", "BB2"):
        shared.cell(cell, SHEET).setFormula("")


def test_a_range_with_an_error_and_a_whole_column(numbers: Document) -> None:
    whole = numbers.block("=AR_AGING_OF(AH1:AJ4;DATE(2026;3;31))", "BD1:BH4", SHEET)
    columns = numbers.block("=AR_AGING_OF(AH:AJ;DATE(2026;3;31))", "BD1:BH4", SHEET)
    assert columns[0] == whole[0]
    numbers.cell("AJ3", SHEET).setFormula("=1/0")
    assert numbers.values("BD1:BH4", SHEET) != whole  # the row is told or left out, and its amount is never 0
    assert "Err:504" not in str(numbers.values("BD1:BH4", SHEET))
    numbers.cell("AJ3", SHEET).setValue(8000)
    assert numbers.values("BD1:BH4", SHEET)[1] == whole[1]
    numbers.cell("BD1:BH4", SHEET).clearContents(16)


def test_a_live_range_follows_its_cells(numbers: Document) -> None:
    before = numbers.block("=AR_AGING_OF(AH1:AJ4;DATE(2026;3;31))", "BD1:BI4", SHEET)
    numbers.cell("AJ4", SHEET).setValue(6000)
    after = numbers.values("BD1:BI4", SHEET)
    numbers.cell("AJ4", SHEET).setValue(5000)
    assert before[2] != after[2]
    numbers.cell("BD1:BI4", SHEET).clearContents(16)


def test_a_document_without_tables_answers_what_needs_no_data(calc: Calc) -> None:
    document = calc.new()
    assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))') == 46067
    assert document.enter('=AR_BALANCE("X")') == "#N/A"
    assert "refresh first" in document.enter('=AR_LAST_ERROR("Sheet1!A1")', "A2")
    assert document.enter('=AR_CREDIT_UTILIZATION("X")') == "#N/A"
    document.close()


def test_the_function_wizard_names_functions_and_arguments_in_order(calc: Calc) -> None:
    make = calc.context.ServiceManager.createInstanceWithContext
    described = make("com.sun.star.sheet.FunctionDescriptions", calc.context)
    facts = {each.Name: each.Value for each in described.getByName("AR_BALANCE")}
    params = functions()["AR_BALANCE"].params
    assert [each.Name for each in facts["Arguments"]] == [param.key for param in params]
    assert facts["Description"] == functions()["AR_BALANCE"].en
    assert [each.IsOptional for each in facts["Arguments"]][1:] == [True] * (len(params) - 1)
