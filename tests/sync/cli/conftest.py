"""A small workbook, a spreadsheet in the emulator that a person shared, and the command line between them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from arsheet import run
from arsheet.cli import main
from arsheet.run.session import open_session
from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator, Person

NAME, WHO, CANARY = "应收.xlsx", "审计员赵敏", "金丝雀医疗器械有限公司"
INVOICE: dict[str, Any] = {"document_date": dt.date(2026, 1, 5), "due_date": dt.date(2026, 2, 4)}
TABLES: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {"customer_id": "C1", "name": CANARY, "salesperson": "张三", "phone": "13812345678"},
        {"customer_id": "C2", "name": "乙公司", "salesperson": "李四"},
    ],
    "invoices": [
        {**INVOICE, "document_no": "000123", "customer_id": "C1", "amount": 50000},
        {**INVOICE, "document_no": "A2", "customer_id": "C1", "amount": 8000},
        {**INVOICE, "document_no": "B1", "customer_id": "C2", "amount": 1200.5},
    ],
}


class Desk:
    """The files of one test, and what a person does at them."""

    def __init__(self, folder: Path, google: Emulator, sheet: Person) -> None:
        self.folder, self.google, self.sheet = folder, google, sheet
        self.book, self.key = folder / "work" / NAME, folder / "safe" / "key.json"
        self.key.parent.mkdir()
        self.write_key(google.service_account_info())

    @property
    def log(self) -> Path:
        return self.book.with_suffix(".arsheet") / "sync.jsonl"

    def write_key(self, info: dict[str, str]) -> None:
        self.key.touch(0o600)
        self.key.write_text(json.dumps(info), "utf-8")

    def ask(self, command: str, *args: Any, input: str | None = None) -> Result:
        """A sync command; anything but an exit is a failure."""
        result = CliRunner().invoke(main, ["sync", command, str(self.book), *map(str, args)], input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def answer(self, command: str, *args: Any, code: int = 0) -> Any:
        """The JSON of a sync command, which prompts nothing."""
        result = self.ask(command, *args, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def init(self, *args: Any, code: int = 0) -> Any:
        """Sets the sync up."""
        return self.answer(
            "init", "--spreadsheet", self.sheet.url, "--credentials", self.key, "--relay", self.google.base_url,
            "--agree", WHO, *args, code=code,
        )  # fmt: skip

    def digest(self) -> str:
        return hashlib.sha256(self.book.read_bytes()).hexdigest()

    def at(self, key: str, column: str, tab: str = "AR_跟进") -> tuple[int, int]:
        """Where a document's cell stands on the sheet."""
        found = self.sheet.find(tab, key, 0)
        assert found is not None, key
        return found[0], self.sheet.values(tab)[0].index(column)

    def type(self, key: str, column: str, value: Any) -> None:
        """What a salesperson types."""
        self.sheet.as_("sales@example.com").type("AR_跟进", self.at(key, column), value)

    def value(self, key: str, column: str) -> Any:
        return self.sheet.value("AR_跟进", self.at(key, column))

    def everything(self) -> dict[str, Any]:
        """All values of the spreadsheet."""
        return {tab: self.sheet.values(tab) for tab in self.sheet.tabs}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table of the workbook."""
        found = open_session(self.book, only=(table,)).tables[table]
        return [dict(zip(found.header, row, strict=True)) for row in zip(*found.columns, strict=True)]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with its journal, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    book = folder / NAME
    run.new_book(book, "zh")
    session = open_session(book)
    run.append_records(session, TABLES)
    run.save(session, "import", {})
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[Emulator]:
    with Emulator() as google:
        yield google


@pytest.fixture
def google(server: Emulator) -> Iterator[Emulator]:
    server.faults.clear()
    server.requests.clear()
    server.before.clear()
    yield server
    server.faults.clear()
    server.before.clear()


@pytest.fixture
def desk(tmp_path: Path, made: Path, google: Emulator) -> Desk:
    """Not set up yet."""
    shutil.copytree(made, tmp_path / "work")
    return Desk(tmp_path, google, google.books.create("应收跟进", share=[SERVICE_ACCOUNT, "sales@example.com"]))


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Set up and published once."""
    desk.init()
    desk.answer("apply")
    desk.google.requests.clear()
    return desk
