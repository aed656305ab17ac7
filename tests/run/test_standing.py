"""Reports and settings that people deleted, renamed or turned into ranges: said, never shown as fresh."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table as ExcelTable

from arsheet import run
from arsheet.functions.invoke import invoke
from arsheet.hosts.memory import MemoryHost
from arsheet.hosts.xlsx import XlsxHost
from arsheet.run import live
from arsheet.run.refreshing import Refreshed
from arsheet.schema import layout
from arsheet.schema.tables import TABLES
from arsheet.table import Finding, WorkbookError
from tests.run.helping import AS_OF, clock_at, make_book, sha

AGING = TABLES["overdue_aging"]
GONE = ("report_table_missing", "report_not_found", "settings_not_found")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed book."""
    path = make_book(tmp_path_factory.mktemp("standing"))
    run.refresh(path, AS_OF, clock=clock_at())
    return path


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    shutil.copy(made, path)
    shutil.copytree(made.with_suffix(".arsheet"), path.with_suffix(".arsheet"))
    return path


def change(path: Path, how: Callable[[Any], object]) -> None:
    """What a person does to the workbook."""
    opened = openpyxl.load_workbook(path)
    how(opened)
    opened.save(path)


def told(done: Refreshed) -> list[Finding]:
    """What is said of reports and settings that are gone."""
    return [found for found in done.outcome.findings if found.code in GONE]


def again(path: Path, minute: int = 30) -> Refreshed:
    """The refresh of half an hour later."""
    return run.refresh(path, AS_OF, clock=clock_at(minute))


def stamp(path: Path, key: str) -> str:
    """The stamp of a report, as it is stored."""
    return str(openpyxl.load_workbook(path, data_only=True)[TABLES[key].zh][layout.STAMP_CELL].value)


def without_table(opened: Any) -> None:
    """转换为区域 on 逾期账龄."""
    del opened[AGING.zh].tables[AGING.table_name]


def test_a_report_turned_into_a_range_says_that_it_is_old(book: Path) -> None:
    before = stamp(book, "overdue_aging")
    change(book, without_table)
    done = again(book)
    (found,) = told(done)
    assert (found.code, found.severity, found.sheet, found.cell) == (
        "report_table_missing", "error", AGING.zh, layout.STAMP_CELL
    )  # fmt: skip
    said = f"未刷新，以下是旧数据（Excel 表 OverdueAging 已不存在）    {before}"
    assert stamp(book, "overdue_aging") == said
    assert "09:30:00" in stamp(book, "balances")
    listed = openpyxl.load_workbook(book, data_only=True)[TABLES["checks"].zh]
    assert "report_table_missing" in {row[1] for row in listed.iter_rows(min_row=6, values_only=True)}
    again(book, 40)
    assert stamp(book, "overdue_aging") == said, "said once"
    assert [found.code for found in told(run.look(book, AS_OF, clock_at())[1])] == ["report_table_missing"]


def test_the_cure_for_a_range_works(book: Path) -> None:
    place = openpyxl.load_workbook(book)[AGING.zh].tables[AGING.table_name].ref
    change(book, without_table)
    again(book)
    change(book, lambda opened: opened[AGING.zh].add_table(ExcelTable(displayName=AGING.table_name, ref=place)))
    assert told(again(book, 40)) == []
    assert stamp(book, "overdue_aging").startswith("截止日期：2026-03-31    刷新时间：2026-04-01 09:40:00")


@pytest.mark.parametrize("key", ["overdue_aging", "checks", "dashboard"])
def test_a_deleted_report_is_said_and_stops_no_other(book: Path, key: str) -> None:
    change(book, lambda opened: opened.remove(opened[TABLES[key].zh]))
    done = again(book)
    (found,) = told(done)
    assert (found.code, found.severity, found.sheet, found.cell) == ("report_not_found", "warning", TABLES[key].zh, "")
    assert TABLES[key].zh in found.zh
    assert "09:30:00" in stamp(book, "balances")
    assert done.outcome.summary["findings"]["warning"] == sum(
        found.severity == "warning" for found in done.outcome.findings
    )


def test_a_sheet_of_a_persons_own_under_the_name_of_a_report_is_left_alone(book: Path) -> None:
    def replaced(opened: Any) -> None:
        opened.remove(opened[AGING.zh])
        opened.create_sheet(AGING.zh).append(["我的表"])
        opened[AGING.zh].append(["我的第二行"])

    change(book, replaced)
    assert [found.code for found in told(again(book))] == ["report_not_found"]
    assert stamp(book, "overdue_aging") == "我的第二行"


def test_settings_turned_into_a_range_still_count(book: Path) -> None:
    def changed(opened: Any) -> None:
        sheet = opened[TABLES["settings"].zh]
        del sheet.tables["Settings"]
        row = next(row for row in sheet.iter_rows() if any(cell.value == "as_of" for cell in row))
        keys = [column.key for column in TABLES["settings"].columns]
        row[keys.index("value")].value = "2026-01-31"

    change(book, changed)
    done = run.refresh(book, clock=clock_at(30))
    assert told(done) == []
    assert stamp(book, "balances").startswith("截止日期：2026-01-31")


def copy_settings(book: Path, source: Path) -> None:
    """The cure: the sheet 设置 of another workbook, its cells copied."""
    cells = openpyxl.load_workbook(source)[TABLES["settings"].zh].iter_rows(values_only=True)
    rows = list(cells)

    def put(opened: Any) -> None:
        sheet = opened.create_sheet(TABLES["settings"].zh)
        for row in rows:
            sheet.append(row)

    change(book, put)


def test_without_settings_nothing_is_written_and_the_cure_works(book: Path, tmp_path: Path) -> None:
    change(book, lambda opened: opened.remove(opened[TABLES["settings"].zh]))
    before = sha(book)
    with pytest.raises(WorkbookError) as refused:
        again(book)
    assert (refused.value.code, refused.value.exit_code) == ("settings_not_found", 3)
    for text in (refused.value.zh, refused.value.en):
        assert "arsheet restore" in text
        assert "arsheet new" in text
        assert "OverdueAging" not in text
    assert sha(book) == before
    assert [found.code for found in told(run.checked(book, AS_OF, clock_at()))] == ["settings_not_found"]
    session = run.open_session(book)
    run.append_records(session, {"customers": [{"customer_id": "C9", "name": "乙公司"}]})
    with pytest.raises(WorkbookError) as refused:
        run.save(session, "import", clock=clock_at())
    assert refused.value.code == "settings_not_found"
    assert sha(book) == before

    other = tmp_path / "other.xlsx"
    run.new_book(other)
    copy_settings(book, other)
    assert told(again(book)) == []
    assert "09:30:00" in stamp(book, "balances")


def in_memory(path: Path, without: str) -> MemoryHost:
    """The tables that a client sends, one of them gone."""
    host = XlsxHost(path)
    infos = [info for info in host.book.tables if info.name != without]
    tables: dict[str, Any] = {}
    for info in infos:
        raw = host.read(info.name)
        tables[info.name] = (raw.header, list(raw.rows()))
    places = {info.name: (info.sheet, info.first_data_row - 1, info.area.first_column) for info in infos}
    return MemoryHost(tables, None, places)


@pytest.mark.parametrize(("without", "code"), [("OverdueAging", "report_not_found"), ("Checks", "report_not_found")])
def test_an_open_book_says_the_same(book: Path, without: str, code: str) -> None:
    seen = live.preview(in_memory(book, without), "refresh", {"as_of": AS_OF.isoformat()}, clock=clock_at())
    assert [found.code for found in seen.findings if found.code in GONE] == [code]
    assert without not in {write.table for write in seen.writes}
    assert "Balances" in {write.table for write in seen.writes}


def test_an_open_book_without_settings_is_refused(book: Path) -> None:
    with pytest.raises(WorkbookError) as refused:
        live.preview(in_memory(book, "Settings"), "refresh", {"as_of": AS_OF.isoformat()}, clock=clock_at())
    assert refused.value.code == "settings_not_found"


def test_every_stamp_counts_the_same_rows(book: Path) -> None:
    """AR_STAMP() and the cells of the reports: rows that count, with the totals of these rows."""

    def broken(opened: Any) -> None:
        sheet = opened[TABLES["invoices"].zh]
        keys = [column.key for column in TABLES["invoices"].columns]
        sheet.cell(3, keys.index("amount") + 1).value = "看备注"
        sheet.cell(4, keys.index("customer_id") + 1).value = None

    change(book, broken)
    done = again(book)
    version = run.version_of(book, AS_OF, clock_at(30))
    line = invoke("AR_STAMP", (), version=version, language="zh").value
    assert line == stamp(book, "overdue_aging") == openpyxl.load_workbook(book)[TABLES["dashboard"].zh]["B2"].value
    used = sum(control.rows_used for control in done.assembly.controls if control.table == "invoices")
    assert int(re.findall(r"应收单 (\d+) 行", line)[0]) == used == version.stamp["rows"]["invoices"]
    assert used < len(run.open_session(book).tables["invoices"])
