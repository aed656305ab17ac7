"""Books for the tests of saving, and what must hold of a book and its journal after anything."""

from __future__ import annotations

import atexit
import datetime as dt
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from arsheet import run
from arsheet.journal import record
from arsheet.journal.store import FILE, Journal
from arsheet.run.session import append_records, open_session
from arsheet.table import ArsheetError

AS_OF = dt.date(2026, 3, 31)


def clock_at(minute: int = 0) -> Callable[[ZoneInfo], dt.datetime]:
    """A clock that stands still on 2026-04-01."""
    return lambda zone: dt.datetime(2026, 4, 1, 9 + minute // 60, minute % 60, tzinfo=zone)


@cache
def _made(invoices: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="arsheet-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "book.xlsx"
    run.new_book(path)
    if invoices:
        run.fill_sample(path, invoices=invoices, customers=30)
    return path


def make_book(folder: Path, invoices: int = 100, name: str = "book") -> Path:
    """A copy of a small book with its journal, if it has one."""
    source = _made(invoices)
    path = folder / f"{name}.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
    if invoices:
        shutil.copytree(source.with_suffix(".arsheet"), path.with_suffix(".arsheet"))
    return path


def sha(path: Path) -> str:
    """The digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def add_receipt(path: Path, number: str, day: dt.date = AS_OF, minute: int = 0) -> None:
    """Appends one receipt, as an action of its own."""
    session = open_session(path, only=("receipts",))
    rows = {"receipts": [{"receipt_no": number, "date": day, "customer_id": "C001", "amount": 1}]}
    append_records(session, rows)
    run.save(session, "import", {"no": number}, clock=clock_at(minute))


def refusal(do: Callable[[], Any]) -> ArsheetError | None:
    """What is refused, if anything is."""
    try:
        do()
    except ArsheetError as error:
        return error
    return None


def receipts(path: Path) -> list[str]:
    """The numbers of the receipts in a book."""
    return [str(each) for each in open_session(path, only=("receipts",)).tables["receipts"].column("receipt_no")]


def set_cell(path: Path, sheet: str, values: dict[str, Any]) -> None:
    """Somebody else's save: not through the journal."""
    from arsheet.hosts.xlsx import XlsxHost

    host = XlsxHost(path)
    host.set_cells(sheet, values)
    host.save(lambda pending: path)


def folder_of(path: Path) -> Path:
    """The folder of the journal."""
    return path.with_suffix(".arsheet")


def whole(path: Path) -> None:
    """The workbook opens; the journal is sound, its record unbroken, nothing is open, and no temporary file is left."""
    open_session(path, only=())
    folder = folder_of(path)
    with sqlite3.connect(folder / FILE) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    with Journal(folder) as journal:
        assert journal.sound()
        assert record.broken_at(journal) == 0
        assert record.open_action(journal) is None
    assert not [found.name for found in path.parent.rglob("*.tmp")]
    assert not (folder / "lock").read_bytes()
