"""数据已变请刷新 in LibreOffice: the formulas of 刷新版本 give what Refresh stored, and tell of an edit."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arsheet import run
from arsheet.hosts.template import template_bytes
from arsheet.schema import freshness, layout
from arsheet.schema.settings import BY_KEY
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from tests.hosts.excel.office import NotHere, Office

AS_OF = dt.date(2026, 6, 30)
COLUMNS = [column.key for column in freshness.SPEC.columns]

pytestmark = [pytest.mark.office]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    try:
        found = Office(tmp_path_factory.mktemp("office"))
    except NotHere as reason:
        pytest.skip(str(reason))
    yield found
    found.process.kill()
    found.process.wait(20)


def rows_of(count: int) -> dict[str, list[dict[str, Any]]]:
    """Ordinary rows, and cells of every odd kind that a person leaves in a table."""
    days = [dt.date(2026, 1, 1) + dt.timedelta(at % 170) for at in range(count)]
    invoices: list[dict[str, Any]] = [
        {
            "document_no": f"XS-2026-{at:06d}",
            "customer_id": f"KH{at % 9:05d}",
            "document_date": days[at],
            "due_date": days[at] + dt.timedelta(30),
            "amount": 1_000.37 * at + 0.01,
            "net": -3.105 * at,
            "currency": "CNY" if at % 3 else "USD",
            "rate": 1 if at % 3 else 7.1234,
            "terms": "月结30天",
            "salesperson": ("张三", "李四 ", " O'Neil é")[at % 3],
            "memo": "备注",
        }
        for at in range(count)
    ]
    invoices[3] |= {"customer_id": 1001, "amount": "一百", "terms": "net 30"}
    receipts: list[dict[str, Any]] = [
        {"receipt_no": f"R{at}", "date": days[at], "customer_id": f"KH{at % 9:05d}", "amount": 5.5 * at + 1}
        for at in range(count // 2)
    ]
    for at, row in enumerate(receipts):
        row["payer"] = f"第{at}有限公司"
    customers = [{"customer_id": f"KH{at:05d}", "name": f"甲{at}\n公司"} for at in range(9)]
    return {"customers": customers, "invoices": invoices, "receipts": receipts}


def refreshed(folder: Path, language: str, count: int = 30) -> Path:
    path = folder / "book.xlsx"
    path.write_bytes(template_bytes(language))
    session = run.open_session(path)
    run.append_records(session, rows_of(count))
    run.save(session, "import")
    run.refresh(path, AS_OF)
    return path


@dataclass
class Open:
    """A book open in LibreOffice."""

    document: Any
    language: str

    def cell(self, key: str, column: str, row: int = 1) -> Any:
        """A cell of a table that begins in A1, by column key and 0-based row."""
        keys = [each.key for each in TABLES[key].columns]
        return self.document.Sheets.getByName(TABLES[key].sheet(self.language)).getCellByPosition(
            keys.index(column), row
        )

    def version(self, key: str, column: str) -> Any:
        """What the sheet 刷新版本 says of a table."""
        sheet = self.document.Sheets.getByName(freshness.SPEC.sheet(self.language))
        return sheet.getCellByPosition(COLUMNS.index(column), freshness.row_of(key) - 1)

    def says(self) -> str:
        """The words on a report."""
        sheet = self.document.Sheets.getByName(TABLES["overdue_aging"].sheet(self.language))
        return str(sheet.getCellRangeByName(freshness.REPORT_CELL).String)

    def differing(self) -> dict[str, list[tuple[str, str]]]:
        """The tables of which a formula gives something else than Refresh stored."""
        pairs = [(name, f"{name}_now") for name in ("filled", "numbers", "texts")]
        found = {}
        for key in freshness.WATCHED:
            shown = [(self.version(key, then).String, self.version(key, now).String) for then, now in pairs]
            if any(then != now for then, now in shown) or self.version(key, "changed").Value:
                found[key] = shown
        return found


def opened(office: Office, path: Path, language: str) -> Open:
    hidden = office.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    hidden.Name, hidden.Value = "Hidden", True
    return Open(office.desktop.loadComponentFromURL(f"file://{path}", "_blank", 0, (hidden,)), language)


@pytest.fixture(scope="module", params=["zh", "en"])
def book(office: Office, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    found = opened(office, refreshed(tmp_path_factory.mktemp("fresh"), request.param), request.param)
    yield found
    found.document.close(True)


def test_the_formulas_give_what_refresh_stored(book: Open) -> None:
    for key, columns in (
        ("invoices", ("numbers", "texts")),
        ("receipts", ("numbers", "texts")),
        ("settings", ("texts",)),
    ):
        assert all(book.version(key, column).String for column in columns), key
    book.document.calculateAll()
    assert book.differing() == {}
    assert book.says() == ""


@pytest.mark.parametrize(
    ("key", "column", "now"),
    [
        ("invoices", "customer_id", "KH00005"),
        ("invoices", "currency", "EUR"),
        ("invoices", "terms", "月结60天"),
        ("invoices", "salesperson", "王五"),
        ("invoices", "document_no", "XS-2026-000901"),
        ("invoices", "kind", "红字"),
        ("customers", "name", "乙0\n公司"),
        ("receipts", "payer", "第9有限公司"),
    ],
)
def test_a_text_typed_over_another_lights_the_words(book: Open, key: str, column: str, now: str) -> None:
    cell = book.cell(key, column)
    then = cell.String
    cell.String = now
    lit = book.says()
    cell.String = then
    assert (lit, book.says()) == (label("stale", book.language), "")


@pytest.mark.parametrize("column", ["amount", "due_date", "document_date", "rate"])
def test_two_numbers_that_swap_places_light_the_words(book: Open, column: str) -> None:
    one, other = book.cell("invoices", column, 1), book.cell("invoices", column, 2)
    first, second = one.Value, other.Value
    assert first != second
    one.Value, other.Value = second, first
    lit = book.says()
    one.Value, other.Value = first, second
    assert (lit, book.says()) == (label("stale", book.language), "")


@pytest.mark.parametrize("name", ["as_of", "buckets", "company", "base_currency"])
def test_a_setting_lights_the_words(book: Open, name: str) -> None:
    assert name in BY_KEY
    row = next(row for row in range(1, 200) if book.cell("settings", "key", row).String == name)
    cell = book.cell("settings", "value", row)
    then = cell.Formula
    cell.String = "2026-05-31x"
    lit = book.says()
    cell.Formula = then
    assert (lit, book.says()) == (label("stale", book.language), "")


@pytest.mark.parametrize("formula", ["=1/0", "=NA()", "many"])
@pytest.mark.parametrize("column", ["amount", "customer_id", "due_date"])
def test_an_error_or_a_text_in_a_cell_is_a_change_and_no_error(book: Open, column: str, formula: str) -> None:
    cell = book.cell("invoices", column, 5)
    then = cell.Formula
    cell.Formula = formula
    lit, error = book.says(), book.version("invoices", "changed").getError()
    if column == "customer_id":
        cell.String = then
    else:
        cell.Value = float(then)
    assert (lit, error, book.says()) == (label("stale", book.language), 0, "")


def test_rows_in_another_order_light_the_words(book: Open) -> None:
    sheet = book.document.Sheets.getByName(TABLES["invoices"].sheet(book.language))
    last = len(TABLES["invoices"].columns) - 1
    first, second = (sheet.getCellRangeByPosition(0, row, last, row) for row in (1, 2))
    then = first.getDataArray(), second.getDataArray()
    first.setDataArray(then[1])
    second.setDataArray(then[0])
    lit = book.says()
    first.setDataArray(then[0])
    second.setDataArray(then[1])
    assert (lit, book.says()) == (label("stale", book.language), "")


def test_errors_and_rare_characters_at_the_refresh_never_say_changed_by_themselves(
    office: Office, tmp_path: Path
) -> None:
    """Applications count characters such as 𠮷 as one or as two: the texts of that table are then not watched."""
    path = refreshed(tmp_path, "zh")
    file = openpyxl.load_workbook(path)
    keys = [column.key for column in TABLES["invoices"].columns]
    for row, column in ((4, "amount"), (5, "customer_id"), (6, "due_date")):
        cell = file["应收单"].cell(row, keys.index(column) + 1)
        cell.value, cell.data_type = "#N/A", "e"
    file["客户"]["B2"].value = "𠮷野家"
    file.save(path)
    run.refresh(path, AS_OF)
    book = opened(office, path, "zh")
    book.document.calculateAll()
    kept = [book.version(*place).String for place in (("invoices", "numbers"), ("invoices", "texts"))]
    words, found, rare = book.says(), book.differing(), book.version("customers", "texts").String
    book.document.close(True)
    assert (words, set(found), rare) == ("", {"customers"}, "")
    assert all(kept)


def without_check_numbers(path: Path) -> None:
    """The sheet 刷新版本 as an earlier version made it."""
    file = openpyxl.load_workbook(path)
    sheet = file["刷新版本"]
    table = sheet.tables[freshness.SPEC.table_name]
    kept = [column for column in table.tableColumns if "校验" not in column.name]
    changed = COLUMNS.index("changed") + 1
    for row in sheet.iter_rows(min_row=layout.HEADER_ROW, min_col=len(kept) + 1):
        for cell in row:
            cell.value = None
    for key in freshness.COUNTED:
        row = freshness.row_of(key)
        close = f"ABS(D{row}-F{row})<=MAX(0.005,1E-13*ABS(D{row}))"
        sheet.cell(row, changed).value = f'=IF(C{row}="",0,IF(AND(C{row}=E{row},{close}),0,1))'
    sheet.cell(freshness.row_of("settings"), changed).value = None
    table.tableColumns = kept
    table.ref = f"A{layout.HEADER_ROW}:H{sheet.max_row}"
    file.save(path)


def test_a_book_of_an_earlier_version_goes_on_as_before(office: Office, tmp_path: Path) -> None:
    path = refreshed(tmp_path, "zh")
    without_check_numbers(path)
    run.refresh(path, AS_OF)
    assert run.version_of(path).stamp["stale"] is False
    book = opened(office, path, "zh")
    book.document.calculateAll()
    fresh = book.says()
    book.cell("invoices", "amount").Value = 5
    said = fresh, book.says()
    book.document.close(True)
    assert said == ("", label("stale", "zh"))


@pytest.mark.slow
def test_an_edit_in_a_table_of_20_000_rows_is_told_at_once(office: Office, tmp_path: Path) -> None:
    book = opened(office, refreshed(tmp_path, "zh", 20_000), "zh")
    took = []
    for column, now in (("amount", 5.0), ("customer_id", "KH00008")):
        cell = book.cell("invoices", column)
        started = time.perf_counter()
        if isinstance(now, float):
            cell.Value = now
        else:
            cell.String = now
        assert book.says()
        took.append(time.perf_counter() - started)
    book.document.close(True)
    assert max(took) < 5, took  # 0.1 s and 0.4 s on a quiet machine
