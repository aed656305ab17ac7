"""The part of the extension that speaks to the service, against a real one, without LibreOffice."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.addins.libreoffice.calc import declared as calc_declared
from arsheet.addins.libreoffice.calc.answers import Answers, Book
from arsheet.addins.libreoffice.calc.cells import address, argument, cut, error_name, error_value, packed, place, up
from arsheet.addins.libreoffice.calc.link import Link, ServiceError
from arsheet.addins.libreoffice.declared import declared
from arsheet.addins.libreoffice.install import start_command, write_config
from arsheet.addins.service import runfile
from tests.addins.service.open_book import tables_of
from tests.addins.service.serving import running


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Run and config folders of this test; a service that was started is ended."""
    monkeypatch.setenv("ARSHEET_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("ARSHEET_CONFIG_DIR", str(tmp_path / "config"))
    calc_declared.use(declared())
    yield tmp_path
    calc_declared.use(None)
    found = runfile.read()
    if found is not None and found.pid != os.getpid():
        os.kill(found.pid, signal.SIGTERM)


class Served:
    """A service in this process, told of in the run file, and the extension's end of the line."""

    def __init__(self, served: Any) -> None:
        runfile.write(runfile.Running(served.port, served.token, os.getpid()))
        self.link = Link()
        self.answers = Answers(self.link)
        self.asked: list[str] = []
        post = self.link.post

        def counted(name: str, body: dict[str, Any], **more: Any) -> Any:
            self.asked.append(name)
            return post(name, body, **more)

        self.link.post = counted  # type: ignore[method-assign]


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    with running() as service:
        found = Served(service)
        yield found
        found.link.close()
        (home / "run" / "service.json").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("book") / "应收.xlsx"
    run.new_book(path)
    run.fill_sample(path, invoices=100, customers=30)
    return tables_of(path)


def book_of(tables: dict[str, Any]) -> Book:
    return Book("b1", lambda: tables, name="应收.xlsx", language="zh")


def customers(tables: dict[str, Any]) -> list[str]:
    return [row[0] for row in tables["Customers"]["rows"] if isinstance(row[0], str) and row[0]]


def test_one_request_answers_every_customer(served: Served, tables: dict[str, Any]) -> None:
    book = book_of(tables)
    codes = customers(tables)
    shown = [served.answers.cell(book, "AR_BALANCE", [code]) for code in codes for _ in range(20)]
    assert all(len(rows) == 1 for rows in shown)
    assert served.asked == ["book", "table"] or served.asked == ["hello", "book", "table"]
    one = served.answers.call(book, "AR_BALANCE", [codes[3]])
    assert served.answers.cell(book, "AR_BALANCE", [codes[3]])[0][0] == pytest.approx(float(one["v"]))
    served.asked.clear()
    assert error_of(served.answers.cell(book, "AR_BALANCE", ["没有这家"])) == "#N/A"
    assert error_of(served.answers.cell(book, "AR_BALANCE", ["没有这家"])) == "#N/A"
    assert served.asked == ["call"]
    book.forget()
    served.answers.cell(book, "AR_BALANCE", [codes[0]])
    assert served.asked == ["call", "table"]


def error_of(rows: Any) -> str:
    """The error in an answer of one cell."""
    import struct

    (bits,) = struct.unpack("<Q", struct.pack("<d", rows[0][0]))
    return error_name(bits & 0xFFFF)


def test_a_range_travels_once_and_again_when_the_service_has_lost_it(served: Served, tables: dict[str, Any]) -> None:
    book = Book("b2", dict, language="zh")
    rows = [["客户编码", "到期日", "金额"], *([f"X{at}", 46000, 10.5] for at in range(50))]
    first = served.answers.cell(book, "AR_AGING_OF", [rows, 46082])
    assert first[0][0] == "客户编码"
    served.answers._known[packed([["never", "sent"]])[0]] = None
    again = served.answers.cell(book, "AR_AGING_OF", [[["客户", "到期日", "金额"], ["a", 46000, 1]], 46082])
    assert len(again) == 2
    served.answers._known[packed([["客户", "到期日", "金额"], ["b", 46000, 1]])[0]] = None
    lost = served.answers.cell(book, "AR_AGING_OF", [[["客户", "到期日", "金额"], ["b", 46000, 1]], 46082])
    assert lost[1][0] == "b"


def test_an_old_extension_is_told_to_update(served: Served, tables: dict[str, Any]) -> None:
    calc_declared.use({**declared(), "protocol": 0})
    book = book_of(tables)
    assert error_of(served.answers.cell(book, "AR_BALANCE", ["X"])) == "#N/A"
    assert "请更新加载项" in served.answers.latest_error(book)[0][0]
    with pytest.raises(ServiceError) as refused:
        served.link.post("hello", {})
    assert refused.value.status == 426
    assert "Update the add-in" in refused.value.en


def test_another_service_gets_the_book_again(home: Path, tables: dict[str, Any]) -> None:
    book = book_of(tables)
    code = customers(tables)[0]
    with running() as service:
        first = Served(service)
        shown = first.answers.cell(book, "AR_BALANCE", [code])
    with running() as service:
        runfile.write(runfile.Running(service.port, service.token, os.getpid()))
        book.forget()
        assert first.answers.cell(book, "AR_BALANCE", [code]) == shown
        assert first.asked.count("book") == 2
        first.link.close()
    (home / "run" / "service.json").unlink()


def test_a_service_is_started_when_none_runs_and_needs_none_of_our_python(
    home: Path, monkeypatch: pytest.MonkeyPatch, tables: dict[str, Any]
) -> None:
    for name in ("PYTHONHOME", "PYTHONPATH"):
        monkeypatch.setenv(name, "/nowhere")
    write_config(start_command("en"))
    link = Link()
    said = link.post("hello", {})
    assert said["protocol"] == 1
    found = runfile.read()
    assert found is not None
    assert found.pid != os.getpid()
    os.kill(found.pid, signal.SIGTERM)
    for _ in range(200):
        if runfile.read() is None:
            break
        time.sleep(0.05)
    assert link.post("hello", {})["protocol"] == 1, "a service that went away is started once more"
    link.close()
    assert len(link._children) in (1, 2)
    for child in link._children:
        child.terminate()
        child.wait(20)


def test_no_service_and_none_to_start_is_said_at_once_in_words(home: Path, tables: dict[str, Any]) -> None:
    write_config([str(home / "nothing-here")])
    book, answers = book_of(tables), Answers(Link())
    start = time.monotonic()
    for _ in range(500):
        assert error_of(answers.cell(book, "AR_BALANCE", ["X"])) == "#N/A"
    assert time.monotonic() - start < 2, "cells do not wait one after the other"
    assert "arsheet libreoffice install" in answers.latest_error(book)[0][0]
    book.language = "en"
    assert "was not found" in answers.latest_error(book)[0][0]


def test_a_service_that_ends_as_soon_as_it_starts_is_told_with_its_exit_code(home: Path) -> None:
    write_config([sys.executable, "-c", "raise SystemExit(8)"])
    with pytest.raises(ServiceError) as refused:
        Link().post("hello", {})
    assert refused.value.code == "service_ended"
    assert "8" in refused.value.zh


def test_a_run_file_that_others_can_read_is_not_believed(home: Path) -> None:
    (home / "run").mkdir()
    file = home / "run" / "service.json"
    file.write_text(json.dumps({"port": 1, "token": "x", "pid": 1, "protocol": 1, "version": ""}))
    file.chmod(0o644)
    write_config([str(home / "nothing-here")])
    with pytest.raises(ServiceError) as refused:
        Link().post("hello", {})
    assert refused.value.code == "service_not_startable"


def test_a_source_table_that_reads_the_book_does_not_turn_in_circles(served: Served, tables: dict[str, Any]) -> None:
    shown: list[Any] = []
    book = Book("b3", lambda: shown.append(served.answers.cell(book, "AR_BALANCE", ["X"])) or tables)
    served.answers.cell(book, "AR_BALANCE", [customers(tables)[0]])
    assert [error_of(rows) for rows in shown] == ["#N/A"]


def test_values_of_calc_on_the_wire() -> None:
    assert up("") is None
    assert up(3.0) == 3
    assert isinstance(up(3.0), int)
    assert up(3.25) == 3.25
    assert argument(0.0, "customer") is None
    assert argument(0.0, "money") == 0
    assert argument("", "customer") is None
    assert argument((("x",),), "customer") == "x"
    assert cut((("a", ""), ("", 1.0), ("", ""), ("", ""))) == [["a", None], [None, 1]]
    for text in ("#N/A", "#VALUE!", "#DIV/0!"):
        assert error_of(((error_value(text),),)) == text
    assert [address(0, 0), address(27, 9), address(16383, 1048575)] == ["A1", "AB10", "XFD1048576"]
    assert [place("A1"), place("AB10")] == [(0, 0), (27, 9)]
