"""The buttons: preview, confirm, write, record, undo; over a file, and once over xlwings and a real spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arsheet import run
from arsheet.addins.excel import buttons, udfs
from arsheet.addins.excel.front import ExcelFront, local_path
from arsheet.addins.excel.presses import Office, Press
from arsheet.addins.excel.repair import repair
from arsheet.hosts.excel import ExcelHost
from arsheet.hosts.xlsx import XlsxHost
from arsheet.run.desk import Desk
from arsheet.table import ArsheetError


class Person:
    """Answers as a person would, and remembers what was shown."""

    def __init__(self, *, agrees: bool = True) -> None:
        self.agrees, self.told, self.asked, self.places = agrees, list[tuple[str, bool]](), list[str](), list[Any]()

    def tell(self, text: str, *, wrong: bool = False) -> None:
        self.told.append((text, wrong))

    def ask(self, text: str, language: str) -> bool:
        self.asked.append(text)
        return self.agrees

    def select(self, sheet: str, cell: str) -> None:
        self.places.append((sheet, cell))

    def show_table(self, table: str) -> None:
        self.places.append(table)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def press(desk: Desk) -> Callable[..., tuple[Press, Path]]:
    """A click in a book; the host behind it is that of files, which keeps the contract that every host keeps."""
    office = Office(desk)

    def made(path: Path, person: Person, watched: Any = None) -> tuple[Press, Path]:
        one = Press(path.name, XlsxHost(path), path, person, office, lambda _: watched)
        return one, path

    return made


def table(book: Path, name: str) -> list[list[Any]]:
    """The rows of a table of the book."""
    found = XlsxHost(book).read(name)
    return [list(row) for row in found.rows()]


def test_refresh_is_shown_confirmed_written_and_recorded(
    sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]], desk: Desk
) -> None:
    path, person = sample(refreshed=False), Person()
    one, book = press(path, person)
    before = len(table(book, "OpenItems"))
    assert one.run("refresh") is True
    assert len(table(book, "OpenItems")) > before
    (asked,) = person.asked
    assert "将写入" in asked
    assert "未清项" in asked
    assert "不记入操作日志" not in asked
    assert "已写入" in person.told[-1][0]
    version = desk.version(book.name)
    assert version is not None
    assert len(version.ledger.customer_ids) > 0
    action = run.log(path)[-1]
    assert (action.action, action.state, action.before) == ("refresh", "done", action.after)
    assert run.record_broken_at(path) == 0
    assert one.run("undo") is True
    assert len(table(book, "OpenItems")) == before
    assert desk.version(book.name) is None
    assert [each.action for each in run.log(path)][-2:] == ["refresh", "undo"]
    assert one.run("undo") is False
    assert "没有可撤销的操作" in person.told[-1][0]


def test_who_does_not_confirm_changes_nothing(
    sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]], desk: Desk
) -> None:
    path, person = sample(refreshed=False), Person(agrees=False)
    one, book = press(path, person)
    before = table(book, "OpenItems")
    recorded = len(run.log(path))
    assert one.run("refresh") is False
    assert table(book, "OpenItems") == before
    assert desk.version(book.name) is None
    assert len(run.log(path)) == recorded


def test_import_asks_for_the_kind_by_number(
    sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]], tmp_path: Path
) -> None:
    path, person = sample(refreshed=False), Person()
    wb = openpyxl.Workbook()
    for row in (["客户编码", "客户名称"], ["K900001", "新来的公司"], ["K900002", "又来一家"]):
        wb.active.append(row)
    wb.save(tmp_path / "新客户.xlsx")
    one, book = press(path, person)
    before = len(table(book, "Customers"))
    assert one.run("import", f"1\t{tmp_path / '新客户.xlsx'}") is True, person.told
    assert len(table(book, "Customers")) == before + 2
    assert one.run("import", f"99\t{tmp_path / '新客户.xlsx'}") is False
    assert person.told[-1][1]
    assert "99" in person.told[-1][0]
    assert one.run("import", f"1\t{tmp_path / '没有.xlsx'}") is False
    assert "没有.xlsx" in person.told[-1][0]
    assert len(table(book, "Customers")) == before + 2


def test_the_answer_of_the_selected_formula_is_written_as_values(
    sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]]
) -> None:
    path, person = sample(refreshed=False), Person()
    wb = openpyxl.load_workbook(path)
    wb.create_sheet("我的表")
    wb.save(path)
    one, book = press(path, person, watched=("AR_SCHEDULE", [1000.0, "月结30天", 46000.0]))
    assert one.run("write_values", "我的表\tB2") is True, person.told
    cells = XlsxHost(book).read_cells("我的表", ["B2", "B3"])
    assert isinstance(cells["B2"], str)
    assert cells["B3"] is not None
    without, _ = press(path, person)
    assert without.run("write_values", "我的表\tB2") is False
    assert "没有 AR_ 公式" in person.told[-1][0]


def test_places_and_help(sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]]) -> None:
    person = Person()
    one, _ = press(sample(refreshed=False), person)
    assert one.run("settings") is False
    assert person.places == ["Settings"]
    assert one.run("help") is False
    assert "AR_AGING" in person.told[-1][0]


def test_data_check_shows_its_findings_before_it_writes_them(
    sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]]
) -> None:
    person = Person()
    one, _ = press(sample(refreshed=False), person)
    one.run("data_check")
    assert "数据检查：" in person.asked[0]
    assert "个错误" in person.asked[0]


def test_a_foreign_workbook_is_refused_in_both_languages(
    tmp_path: Path, press: Callable[..., tuple[Press, Path]]
) -> None:
    path, person = tmp_path / "别的.xlsx", Person()
    openpyxl.Workbook().save(path)
    one, _ = press(path, person)
    assert one.run("refresh") is False
    ((text, wrong),) = person.told
    assert wrong
    assert "不是应收账款工作簿" in text
    assert "no receivables book" in text


def test_a_journal_of_another_book_stops_the_write(
    sample: Callable[..., Path], press: Callable[..., tuple[Press, Path]]
) -> None:
    one_path = sample("一.xlsx")
    other = sample("二.xlsx")
    folder = other.with_name("二.arsheet")
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()
    for file in one_path.with_name("一.arsheet").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    person = Person()
    one, book = press(other, person)
    before = table(book, "OpenItems")
    assert one.run("refresh") is False
    assert person.told[-1][1]
    assert "日志" in person.told[-1][0]
    assert table(book, "OpenItems") == before


@pytest.mark.office
def test_spellings_of_other_applications_are_repaired(tmp_path: Path, excel_open: Callable[[Path], Any]) -> None:
    path = tmp_path / "别家.xlsx"
    wb = openpyxl.Workbook()
    wb.active["A1"], wb.active["B2"], wb.active["C3"] = "=ARSHEET.AR_BALANCE(1)", "=AR_BALANCE(2)", "=1+1"
    wb.save(path)
    book = excel_open(path)
    assert repair(book) >= 1
    assert book.sheets[0].range("A1").formula.upper().startswith("=AR_BALANCE(")
    assert book.sheets[0].range("C3").formula == "=1+1"


@pytest.mark.office
def test_the_entry_shows_what_breaks_and_raises_nothing(
    tmp_path: Path, excel_open: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "空.xlsx"
    openpyxl.Workbook().save(path)
    book, shown = excel_open(path), []
    monkeypatch.setattr(udfs, "calling_book", lambda: book)
    monkeypatch.setattr(ExcelFront, "tell", lambda _, text, wrong=False: shown.append((text, wrong)))
    assert buttons.press("refresh") is False
    assert "不是应收账款工作簿" in shown[-1][0]
    assert buttons.press("nonsense") is False
    assert shown[-1][1]
    monkeypatch.setattr(buttons, "local_path", lambda _: 1 / 0)
    assert buttons.press("refresh") is False
    assert "ZeroDivisionError" in shown[-1][0]


def test_a_book_without_a_file_is_told_that_nothing_is_recorded(sample: Callable[..., Path], desk: Desk) -> None:
    class Web:
        fullname = "https://contoso.sharepoint.com/应收.xlsx"

    class Nowhere:
        @property
        def fullname(self) -> str:
            raise ArsheetError("x", "x", "x")

    assert local_path(Web()) is None
    assert local_path(Nowhere()) is None
    person = Person(agrees=False)
    host = XlsxHost(sample(refreshed=False))
    Press("应收.xlsx", host, None, person, Office(desk), lambda _: None).run("refresh")
    assert "不记入操作日志" in person.asked[0]


@pytest.mark.office
@pytest.mark.slow
def test_refresh_in_an_open_workbook(
    sample: Callable[..., Path], excel_open: Callable[[Path], Any], desk: Desk
) -> None:
    path, person = sample(refreshed=False), Person()
    book = excel_open(path)
    one = Press(book.name, ExcelHost(book), local_path(book), person, Office(desk), lambda _: None)
    before = len(ExcelHost(book).read("OpenItems"))
    assert one.run("refresh") is True, person.told
    assert len(ExcelHost(book).read("OpenItems")) > before
    assert run.log(path)[-1].action == "refresh"
    assert run.log(path)[-1].state == "done"
