"""A refresh of the workbook that is open: the same reports as the refresh of its file, and it can be taken back."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
