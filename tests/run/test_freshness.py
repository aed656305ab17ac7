"""刷新版本: what a refresh notes of its source, what says 数据已变请刷新, and books without the sheet."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from arsheet import run
from arsheet.actions import refresh as refresh_action
from arsheet.actions.registry import actions
from arsheet.functions.invoke import invoke
from arsheet.hosts.template import template_bytes
from arsheet.run.freshness import mark_of
from arsheet.run.session import write_settings
from arsheet.schema import freshness, layout
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import CellError, Table

AS_OF = dt.date(2026, 3, 31)
DAY = dt.date(2026, 1, 5)


def clock(zone: ZoneInfo) -> dt.datetime:
    return dt.datetime(2026, 4, 1, 9, 0, tzinfo=zone)


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed book of two invoices."""
    path = tmp_path_factory.mktemp("fresh") / "book.xlsx"
    path.write_bytes(template_bytes(request.param))
    session = run.open_session(path)
    run.append_records(
        session,
        {
            "customers": [{"customer_id": "C1", "name": "甲公司"}],
            "invoices": [
                {"document_no": "A", "customer_id": "C1", "document_date": DAY, "due_date": DAY, "amount": 100},
                {"document_no": "B", "customer_id": "C1", "document_date": DAY, "due_date": DAY, "amount": 23.45},
            ],
            "limits": [{"customer_id": "C1", "kind": "base", "amount": 1000}],
        },
    )
    run.save(session, "import", clock=clock)
    run.refresh(path, AS_OF, clock=clock)
    return path


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    shutil.copy(made, path)
    shutil.copytree(made.parent / "book.arsheet", tmp_path / "book.arsheet")
    return path


def language(path: Path) -> str:
    return run.open_session(path, only=()).language


def cells(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def says(path: Path) -> set[Any]:
    """What the reports of a book say, from the results that are stored."""
    opened, lang = cells(path), language(path)
    places = {TABLES[key].sheet(lang): freshness.REPORT_CELL for key in refresh_action.WRITES}
    places[TABLES["dashboard"].sheet(lang)] = freshness.DASHBOARD_CELL
    return {opened[sheet][cell].value or None for sheet, cell in places.items()}


def test_a_refresh_notes_what_every_table_held(book: Path) -> None:
    sheet = cells(book)[freshness.SPEC.sheet(language(book))]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=layout.HEADER_ROW + 1, values_only=True)}
    assert set(rows) == {TABLES[key].table_name for key in freshness.WATCHED}
    serial = (DAY - dt.date(1899, 12, 30)).days
    assert rows["Invoices"][2:7] == (10, 4 * serial + 123.45, 10, 4 * serial + 123.45, 0)
    assert rows["Limits"][2:7] == (3, 1000, 3, 1000, 0)
    assert rows["Receipts"][2:7] == (0, 0, 0, 0, 0)
    assert sheet[freshness.FLAG_CELL].value == 0
    assert says(book) == {None}


def test_the_version_of_a_file_knows_its_refresh(book: Path) -> None:
    version = run.version_of(book, clock=clock)
    assert (version.stamp["refreshed_at"], version.stamp["stale"]) == ("2026-04-01 09:00:00", False)
    assert invoke("AR_CREDIT_UTILISATION", ("C1",), version=version).value == 0.12345
    line = invoke("AR_STAMP", (), version=version, language=language(book)).value
    assert label("stale", language(book)) not in line


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [
        ("invoices", "amount", 99),
        ("invoices", "memo", "x"),
        ("customers", "name", "乙公司"),
        ("limits", "amount", 1001),
    ],
)
def test_any_changed_cell_makes_the_file_stale(book: Path, key: str, cell: str, value: Any) -> None:
    lang = language(book)
    opened = openpyxl.load_workbook(book)
    keys = [column.key for column in TABLES[key].columns]
    opened[TABLES[key].sheet(lang)].cell(2, keys.index(cell) + 1).value = value
    opened.save(book)
    version = run.version_of(book, clock=clock)
    assert version.stamp["stale"] is True
    assert invoke("AR_STAMP", (), version=version, language=lang).value.endswith(label("stale", lang))


def test_a_setting_makes_the_file_stale_and_a_refresh_fresh_again(book: Path) -> None:
    session = run.open_session(book)
    write_settings(session, {"buckets": "15,45"})
    session.host.save()
    assert run.version_of(book, clock=clock).stamp["stale"] is True
    run.refresh(book, AS_OF, clock=clock)
    assert run.version_of(book, clock=clock).stamp["stale"] is False


def test_rows_that_arrive_make_every_report_say_so_until_the_next_refresh(book: Path) -> None:
    session = run.open_session(book)
    row = {"document_no": "C", "customer_id": "C1", "document_date": DAY, "amount": 1}
    run.append_records(session, {"invoices": [row]})
    run.save(session, "import", clock=clock)
    assert says(book) == {label("stale", language(book))}
    assert run.version_of(book, clock=clock).stamp["stale"] is True
    run.refresh(book, AS_OF, clock=clock)
    assert says(book) == {None}


def test_the_formulas_stay(book: Path) -> None:
    opened, lang = openpyxl.load_workbook(book), language(book)
    sheet = opened[freshness.SPEC.sheet(lang)]
    row = freshness.row_of("invoices")
    assert sheet.cell(row, 5).value == "=COUNTA(Invoices[])"
    assert sheet[freshness.FLAG_CELL].value == freshness.flag_formula()
    for key in refresh_action.WRITES:
        cell = freshness.DASHBOARD_CELL if key == "dashboard" else freshness.REPORT_CELL
        assert opened[TABLES[key].sheet(lang)][cell].value == freshness.report_formula(lang)


def test_nothing_asks_for_a_calculation(book: Path) -> None:
    done = run.refresh(book, AS_OF, clock=clock)
    assert done.saved is not None
    assert not done.saved.recalculates
    assert done.saved.dependents == ()


def test_a_book_without_the_sheet_works_as_before(book: Path) -> None:
    opened, lang = openpyxl.load_workbook(book), language(book)
    del opened[freshness.SPEC.sheet(lang)]
    for key in refresh_action.WRITES:
        cell = freshness.DASHBOARD_CELL if key == "dashboard" else freshness.REPORT_CELL
        opened[TABLES[key].sheet(lang)][cell].value = None
    opened.save(book)
    assert run.version_of(book, clock=clock).stamp["stale"] is None
    run.refresh(book, AS_OF, clock=clock)
    assert run.version_of(book, clock=clock).stamp["stale"] is None


def test_marks_count_as_a_spreadsheet_does() -> None:
    raw = Table("t", ("a", "b"), ([1, 2.5, True, CellError("#N/A"), None, "7"], [DAY, None, None, None, None, None]))
    mark = mark_of(raw, (0, 1), (0, 1))
    assert mark.filled == 6
    assert mark.total == 3.5 + (DAY - dt.date(1899, 12, 30)).days
    assert mark_of(raw, (0, 1), (0, 1), date1904=True).total == mark.total - 1462
    same = Table("t", ("a", "b"), ([1.0, 2.5, True, CellError("#N/A"), None, "7"], raw.columns[1]))
    assert mark_of(same, (0, 1), (0, 1)).digest == mark.digest
    other = Table("t", ("a", "b"), ([1.0, 2.5, True, CellError("#N/A"), None, "8"], raw.columns[1]))
    assert mark_of(other, (0, 1), (0, 1)).digest != mark.digest
    assert mark_of(other, (1,), (0, 1)).digest == mark_of(raw, (1,), (0, 1)).digest, "a column of the user's own"


def test_every_table_that_a_refresh_reads_is_watched() -> None:
    assert set(refresh_action.READS) <= set(freshness.WATCHED)


def test_the_data_check_writes_only_its_findings(book: Path) -> None:
    session = run.open_session(book)
    assembly = run.assemble_session(session)
    declared = actions()["data_check"]
    outcome = declared.call(assembly, session.tables, session.settings, 20_543, language=session.language)
    assert [table.name for table in outcome.tables] == ["checks"] == list(declared.writes)
    whole = refresh_action.refresh(assembly, session.tables, session.settings, 20_543, language=session.language)
    assert outcome.findings == whole.findings
