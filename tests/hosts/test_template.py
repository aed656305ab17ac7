"""The templates open in every reader, hold every table and rule, and are the same to the byte each time."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from arsheet.functions.catalogue import functions
from arsheet.hosts.template import NAMES, build_template, formulas, template_bytes
from arsheet.hosts.template.style import text_width
from arsheet.schema import freshness, layout
from arsheet.schema.layout import CHARTS, DASHBOARD
from arsheet.schema.model import TableSpec
from arsheet.schema.settings import SETTINGS, defaults, read_setting_value
from arsheet.schema.tables import TABLES, expand

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
WITH_TABLE = [spec for spec in layout.sheets() if spec.key not in layout.PAGES]
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def raw(language: str) -> bytes:
    return template_bytes(language)


@pytest.fixture(scope="module")
def book(raw: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(raw))


def test_two_builds_are_equal(raw: bytes, language: str, tmp_path: Path) -> None:
    build_template(tmp_path / "again.xlsx", language)
    assert (tmp_path / "again.xlsx").read_bytes() == raw


def test_nothing_in_the_file_depends_on_the_clock(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        assert {info.date_time for info in package.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        names = package.namelist()
        assert names[0] == "[Content_Types].xml"
        assert names[5:] == sorted(names[5:])
        core = package.read("docProps/core.xml").decode()
    assert core.count("2026-01-01T00:00:00Z") == 2


def test_sheets_and_their_order(book: Any, language: str) -> None:
    assert book.sheetnames == [spec.sheet(language) for spec in layout.sheets()]
    visible = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert visible == [TABLES[key].sheet(language) for key in layout.ORDER]
    assert book.active.title == TABLES["start"].sheet(language)


@pytest.mark.parametrize("spec", WITH_TABLE, ids=lambda spec: spec.key)
def test_every_table_is_an_excel_table_under_its_own_header(book: Any, language: str, spec: TableSpec) -> None:
    sheet = book[spec.sheet(language)]
    table = sheet.tables[spec.table_name]
    headers = [column.header(language) for column in expand(spec)]
    assert [column.name for column in table.tableColumns] == headers
    top = layout.header_row(spec)
    assert [sheet.cell(top, index + 1).value for index in range(len(headers))] == headers
    last = openpyxl.utils.get_column_letter(len(headers))
    bottom = sheet.max_row if spec.key in ("settings", "refresh_version") else top + 1
    assert table.ref == f"A{top}:{last}{bottom}"
    assert sheet.freeze_panes.endswith(str(top + 1))
    assert sheet.print_title_rows == f"${top}:${top}"
    assert sheet.print_title_cols is None, "LibreOffice takes twice as long to open a book with them"


@pytest.mark.parametrize("spec", WITH_TABLE, ids=lambda spec: spec.key)
def test_columns_show_their_headers_and_values(book: Any, language: str, spec: TableSpec) -> None:
    sheet = book[spec.sheet(language)]
    for index, column in enumerate(expand(spec)):
        width = sheet.column_dimensions[openpyxl.utils.get_column_letter(index + 1)].width
        assert width >= text_width(column.header(language)) + 3, column
        if column.kind == "money":
            assert width >= len("-999,999,999.99") + 1, column
        if column.kind == "date":
            assert width >= len("2026-03-31") + 2, column


def test_number_formats_follow_the_kind(book: Any, language: str) -> None:
    spec = TABLES["invoices"]
    sheet = book[spec.sheet(language)]
    formats = {column.key: sheet.cell(2, index + 1).number_format for index, column in enumerate(spec.columns)}
    assert formats["document_no"] == formats["customer_id"] == formats["tax_invoice_no"] == "@"
    assert formats["amount"].startswith("#,##0.00")
    assert formats["due_date"] == "yyyy-mm-dd"


@pytest.mark.parametrize("spec", [spec for spec in WITH_TABLE if spec.role != "view"], ids=lambda spec: spec.key)
def test_validations(book: Any, language: str, spec: TableSpec) -> None:
    if spec.key == "settings":
        pytest.skip("settings have one rule per row")
    rules = {str(rule.sqref): rule for rule in book[spec.sheet(language)].data_validations.dataValidation}
    for index, column in enumerate(spec.columns):
        letter = openpyxl.utils.get_column_letter(index + 1)
        rule = rules.get(f"{letter}2:{letter}1048576")
        if column.choices:
            assert rule.type == "list"
            assert rule.formula1 == '"' + ",".join(choice.word(language) for choice in column.choices) + '"'
            assert len(rule.formula1) <= 257
        elif column.kind == "date":
            assert rule.type == "date"
        elif column.kind in ("money", "rate", "percent"):
            assert rule.type == "decimal"


def test_conditional_formats(book: Any, language: str) -> None:
    for key in ("invoices", "receipts", "applications", "checks", "overdue_aging", "balances", "open_items"):
        assert len(book[TABLES[key].sheet(language)].conditional_formatting), key


def test_settings_are_read_back_as_their_defaults(book: Any, language: str) -> None:
    rows = list(book[TABLES["settings"].sheet(language)].iter_rows(min_row=2, values_only=True))
    found = {key: read_setting_value(str(key), value) for _, value, _, _, key in rows if key}
    assert found == defaults(language)
    assert len([row for row in rows if row[4] is None]) == len({setting.group for setting in SETTINGS})


def test_the_dashboard_has_its_charts_where_the_refresh_writes(book: Any, raw: bytes, language: str) -> None:
    sheet = TABLES["dashboard"].sheet(language)
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == len(CHARTS)
    for _, key in CHARTS.values():
        block = DASHBOARD[key]
        values = openpyxl.utils.get_column_letter(block.column_of(block.keys[1]) + 1)
        place = f"'{sheet}'!${values}${block.row}:${values}${block.row + block.rows - 1}"
        assert sum(place in chart for chart in charts) == 1


def test_blocks_of_the_dashboard_do_not_overlap() -> None:
    cells = [
        (row, column)
        for block in DASHBOARD.blocks
        for row in range(block.row - 1, block.row + block.rows)
        for column in range(block.column, block.column + len(block.keys))
    ]
    assert len(cells) == len(set(cells))
    assert DASHBOARD["buckets"].cell(0, "amount") == "C42"
    with pytest.raises(IndexError):
        DASHBOARD["buckets"].cell(6, "amount")


def test_calamine_reads_the_same_headers(raw: bytes, language: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    assert book.sheet_names == [spec.sheet(language) for spec in layout.sheets()]
    for key in ("customers", "invoices", "receipts", "applications"):
        spec = TABLES[key]
        rows = book.get_sheet_by_name(spec.sheet(language)).to_python()
        assert rows[0] == [column.header(language) for column in spec.columns]


def test_the_english_book_is_english(language: str, book: Any) -> None:
    if language != "en":
        pytest.skip("only of the English book")
    allowed = {"月结 N days means"}
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                if isinstance(value, str) and CHINESE.search(value) and value not in allowed:
                    assert "月结" in value or "不催" in value, (sheet.title, value)


def test_nothing_asks_for_a_recalculation(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        workbook = package.read("xl/workbook.xml").decode()
    assert 'fullCalcOnLoad="1"' not in workbook
    assert 'calcId="191029"' in workbook


def test_formulas_stand_only_where_they_are_declared(raw: bytes, book: Any, language: str) -> None:
    """On 刷新版本 and 公式示例, and one cell of each report; every one has a stored result, so nothing shows blank."""
    own = {TABLES[key].sheet(language) for key in ("refresh_version", "formulas")}
    for sheet in book:
        found = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        if sheet.title not in own:
            assert found in ([], [freshness.REPORT_CELL], [freshness.DASHBOARD_CELL]), sheet.title
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        sheets = [package.read(name) for name in package.namelist() if "worksheets/" in name]
    cells = [cell for xml in sheets for cell in re.findall(rb"<c [^>]*>(?:(?!</c>).)*<f.*?</c>", xml)]
    assert cells
    assert all(re.search(rb"<v>.*</v>", cell) for cell in cells)


def test_the_examples_use_every_function(book: Any, language: str) -> None:
    sheet = book[TABLES["formulas"].sheet(language)]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    said = [getattr(value, "text", value) for value in cells]
    used = {re.match(r"=(AR_\w+)\(", text)[1] for text in said if text.startswith("=AR_")}
    assert used == set(functions())


def test_the_examples_have_nothing_below_them_that_blocks_a_spill(book: Any, language: str) -> None:
    sheet = book[TABLES["formulas"].sheet(language)]
    for row in sheet.iter_rows(min_row=formulas.HEADER + 1, min_col=formulas.FIRST_BLOCK + 1):
        assert all(cell.value is None for cell in row)


def test_openpyxl_is_not_needed_to_import_the_module() -> None:
    code = "import sys, arsheet.hosts.template; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_published_files_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/publish.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_a_stale_file_is_named(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'scripts'); import publish; from pathlib import Path; "
        f"root = Path({str(tmp_path)!r}); print(publish.stale(publish.ARTEFACTS, root))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert all(name in done.stdout for name in NAMES.values())
