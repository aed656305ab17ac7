"""Files that must not be written: open elsewhere, read-only, no room, a name too long, somebody's save in between."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from arsheet import run
from arsheet.journal import lock
from arsheet.run.session import append_records, open_session
from arsheet.table import ArsheetError
from tests.run.helping import (
    AS_OF,
    add_receipt,
    clock_at,
    folder_of,
    make_book,
    receipts,
    refusal,
    set_cell,
    sha,
    whole,
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A small book."""
    return make_book(tmp_path, 0)


def refused(path: Path, code: str, exit_code: int, do: str = "append") -> ArsheetError:
    """Writing is refused with this code and words in both languages, and the file is as it was."""
    old = sha(path)
    work = {"append": lambda: add_receipt(path, "X"), "refresh": lambda: run.refresh(path, AS_OF, clock=clock_at())}
    error = refusal(work[do])
    assert error is not None
    assert (error.code, error.exit_code) == (code, exit_code)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error.zh)
    assert error.en.isascii() or path.name in error.en
    assert sha(path) == old
    assert not list(path.parent.rglob("*.tmp"))
    return error


@pytest.mark.parametrize(
    ("marker", "content", "owner"),
    [
        ("~${}", b"\x08Wang Fanx" + b" " * 40, "Wang Fan"),
        (".~lock.{}#", b",wang,PC-7,01.04.2026 09:00,file:///x;", "wang @ PC-7"),
    ],
)
def test_a_marker_of_another_program(book: Path, marker: str, content: bytes, owner: str) -> None:
    add_receipt(book, "R1")
    place = book.with_name(marker.format(book.name))
    place.write_bytes(content)
    for do in ("append", "refresh"):
        error = refused(book, "workbook_open_elsewhere", 7, do)
        assert error.facts["owner"] == owner
        assert owner in error.zh
        assert owner in error.en
    with pytest.raises(ArsheetError, match="open in another program"):
        run.undo(book, clock=clock_at())
    place.unlink()
    run.undo(book, clock=clock_at())
    assert receipts(book) == []


@pytest.mark.office
@pytest.mark.slow
def test_libreoffice_holds_the_file(book: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--norestore", str(book)]
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    marker = book.with_name(f".~lock.{book.name}#")
    try:
        until = time.monotonic() + 60
        while not marker.exists() and time.monotonic() < until:
            time.sleep(0.2)
        assert marker.exists(), "LibreOffice opened the file"
        error = refused(book, "workbook_open_elsewhere", 7)
        assert marker.name in error.zh
        refused(book, "workbook_open_elsewhere", 7, "refresh")
    finally:
        os.killpg(program.pid, 15)
        program.wait(timeout=30)
    marker.unlink(missing_ok=True)
    add_receipt(book, "R1")
    assert receipts(book) == ["R1"]
    whole(book)


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nobody, not even root, can make or change a file."""
    folder = tmp_path / "frozen"
    path = make_book(folder, 0)
    if os.geteuid():
        folder.chmod(0o555)
        yield path
        folder.chmod(0o755)
        return
    tool = shutil.which("chattr")
    if tool is None or subprocess.run([tool, "+i", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("root may write everywhere and this file system has no immutable folders")
    yield path
    subprocess.run([tool, "-i", str(folder)], check=True)


def test_a_folder_that_cannot_be_written(frozen: Path) -> None:
    refused(frozen, "folder_read_only", 5)
    refused(frozen, "folder_read_only", 5, "refresh")
    assert [each.name for each in frozen.parent.iterdir()] == [frozen.name]


def test_a_journal_that_cannot_be_written(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_receipt(book, "R1")

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(ArsheetError) as caught:
        add_receipt(book, "R2")
    monkeypatch.undo()
    assert (caught.value.code, caught.value.exit_code) == ("folder_read_only", 5)
    assert receipts(book) == ["R1"]


def test_a_read_only_file(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).suffix != ".xlsx")
    error = refused(book, "file_read_only", 5)
    assert "副本" in error.zh or "另存" in error.zh


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 700 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)]
    if os.geteuid() or shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    """The disk fills up at each place in turn; wherever it does, the workbook and its journal stay whole."""
    path = make_book(small_disk, 0)
    said = set()
    for free in (2, 30, 70, 120, 170, 190, 220, 300, 350):
        shutil.rmtree(folder_of(path), ignore_errors=True)
        filler = small_disk / "filler"
        filler.unlink(missing_ok=True)
        room = shutil.disk_usage(small_disk).free - free * 1024
        if room > 0:
            filler.write_bytes(b"x" * room)
        old = sha(path)
        error = refusal(partial(add_receipt, path, f"R{free}"))
        filler.unlink(missing_ok=True)
        if error is None:
            continue
        assert (error.code, error.exit_code) == ("disk_full", 5), (free, error)
        said.add(error.zh)
        assert sha(path) == old
        assert not list(small_disk.glob(".*.tmp"))
        add_receipt(path, f"S{free}")
        whole(path)
    assert said


@pytest.mark.parametrize("name", ["应" * 84, "x" * 250, "r" * 247])
def test_a_name_too_long(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.xlsx"
    try:
        os.stat(path)
    except FileNotFoundError:
        path = make_book(tmp_path, 0, name)
        if len(path.with_suffix(".arsheet").name.encode()) <= 255:
            add_receipt(path, "R1")
            return whole(path)
        error = refused(path, "name_too_long", 5)
        assert "改短" in error.zh
        return None
    except OSError:
        with pytest.raises(ArsheetError) as caught:
            run.new_book(path)
        assert (caught.value.code, caught.value.exit_code) == ("name_too_long", 5)
        assert not list(tmp_path.iterdir())
    return None


@pytest.mark.parametrize("name", ["应收 账款", "a[1]*?", "📒 book", ".hidden", "it's 50% #1"])
def test_any_name(tmp_path: Path, name: str) -> None:
    path = make_book(tmp_path / "一 个", 0, name)
    add_receipt(path, "R1")
    (path.parent / f".{path.stem[:40]}.zzzzzzzz.abc.tmp").write_bytes(b"another book's")
    add_receipt(path, "R2")
    run.undo(path, clock=clock_at())
    assert receipts(path) == ["R1"]
    assert [each.name for each in path.parent.glob(".*.tmp")], "only its own leftovers are swept"


def test_somebody_saved_in_between(book: Path) -> None:
    add_receipt(book, "R1")
    session = open_session(book, only=("receipts",))
    append_records(session, {"receipts": [{"receipt_no": "R2", "date": AS_OF, "customer_id": "C1", "amount": 2}]})
    set_cell(book, "应收单", {"B2": "别人"})
    theirs = sha(book)
    with pytest.raises(ArsheetError) as caught:
        run.save(session, "import", clock=clock_at())
    assert (caught.value.code, caught.value.exit_code) == ("workbook_changed_meanwhile", 4)
    assert sha(book) == theirs
    assert [each.state for each in run.log(book)] == ["done", "not_done"]
    whole(book)


def test_another_run_holds_the_lock(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_receipt(book, "R1")
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    at = dt.datetime(2026, 4, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with lock.held(folder_of(book), at):
        error = refused(book, "book_locked", 7)
        assert error.facts["pid"] == os.getpid()
        assert str(os.getpid()) in error.zh
    add_receipt(book, "R2")


@pytest.mark.parametrize(("host", "minutes", "free"), [("elsewhere", 5, False), ("elsewhere", 16, True), ("", 0, True)])
def test_a_lock_left_behind(book: Path, host: str, minutes: int, free: bool) -> None:
    """On a drive that does not carry locks an owner elsewhere counts for 15 minutes; one here has ended."""
    import json
    import socket

    add_receipt(book, "R1")
    at = dt.datetime(2026, 4, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))) - dt.timedelta(minutes=minutes)
    said = {"pid": 1, "host": host or socket.gethostname(), "user": "wang", "at": at.isoformat()}
    (folder_of(book) / "lock").write_text(json.dumps(said))
    if free:
        add_receipt(book, "R2")
        whole(book)
    else:
        assert "wang" in refused(book, "book_locked", 7).en
