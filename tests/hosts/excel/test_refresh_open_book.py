"""A refresh of the workbook that is open: the same reports as the refresh of its file, and it can be taken back."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arsheet import run
from arsheet.hosts.excel import ExcelHost
from arsheet.hosts.protocol import Host
from arsheet.hosts.xlsx import XlsxHost
from arsheet.run import live
from arsheet.run.session import session_of
from arsheet.schema.tables import TABLES

pytestmark = pytest.mark.office
AS_OF = dt.date(2026, 3, 31)
REPORTS = ("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification", "checks")


def clock(zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime(2026, 4, 1, 9, 30, tzinfo=zone)


def reports(host: Host) -> dict[str, Any]:
    found = {}
    for name in REPORTS:
        table = host.read(TABLES[name].table_name)
        found[name] = (table.header, list(table.rows()))
    return found


def at_15_digits(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: at_15_digits(value) for name, value in found.items()}
    if isinstance(found, (list, tuple)):
        return [at_15_digits(value) for value in found]
    return float(f"{found:.15g}") if type(found) is float else found


@pytest.mark.slow
def test_an_open_book_refreshes_as_its_file_does(tmp_path: Path, excel_open: Callable[[Path], Any]) -> None:
    file, opened = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    run.new_book(file, "zh")
    run.fill_sample(file, invoices=100, customers=30)
    shutil.copy(file, opened)
    run.refresh(file, AS_OF, clock=clock)
    wanted = reports(XlsxHost(file))

    book = excel_open(opened)
    host = ExcelHost(book)
    session = session_of(host)
    assert session.language == "zh"
    former = reports(host)
    seen = live.preview(host, "refresh", {"as_of": AS_OF.isoformat()}, clock=clock)
    assert reports(host) == former
    done = live.confirm(seen, clock=clock)
    assert reports(host) == wanted
    assert any(len(rows) for _, rows in wanted.values())

    book.save(str(opened))
    assert at_15_digits(reports(XlsxHost(opened))) == at_15_digits(wanted)  # which is what LibreOffice saves

    live.undo(host, done)
    assert reports(host) == former


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_open_book_whose_reports_are_gone_is_refreshed_without_them(
    tmp_path: Path, excel_open: Callable[[Path], Any], language: str
) -> None:
    """Without the sheet 首页, and with 逾期账龄 and 信用 turned into ranges: said, and the others written."""
    path = tmp_path / f"reports-gone-{language}.xlsx"  # Excel opens no two of one name
    run.new_book(path, language)
    run.fill_sample(path, invoices=100, customers=30)
    run.refresh(path, AS_OF, clock=clock)
    aging, credit, home = (TABLES[key] for key in ("overdue_aging", "credit", "dashboard"))
    opened = openpyxl.load_workbook(path)
    opened.remove(opened[home.sheet(language)])
    for spec in (aging, credit):
        del opened[spec.sheet(language)].tables[spec.table_name]
    opened.save(path)

    host = ExcelHost(excel_open(path))
    seen = live.preview(host, "refresh", {"as_of": AS_OF.isoformat()}, clock=lambda zone: clock(zone).replace(hour=11))
    codes = {(found.code, found.sheet) for found in seen.findings if found.code.startswith("report_")}
    assert codes == {
        ("report_not_found", home.sheet(language)),
        ("report_table_missing", aging.sheet(language)),
        ("report_table_missing", credit.sheet(language)),
    }
    live.confirm(seen, clock=clock)
    for spec, words in ((aging, aging.table_name), (credit, credit.table_name), (TABLES["balances"], "11:30:00")):
        assert words in str(host.read_cells(spec.sheet(language), ["A2"])["A2"])
