"""The zip layer: what is let in, what is copied, and a save that leaves the old file or the new one."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from arsheet.hosts import package as module
from arsheet.hosts.package import Package, replace_file
from arsheet.table import WorkbookError


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["../a.xml", "/a.xml", "a/../../b.xml", "C:/a.xml", "..\\a.xml"])
def test_names_that_leave_the_package(name: str) -> None:
    with pytest.raises(WorkbookError) as error:
        Package(zipped({name: b"x"}))
    assert error.value.code == "file_unsafe"


def test_a_bomb_is_not_opened() -> None:
    with pytest.raises(WorkbookError) as error:
        Package(zipped({"xl/worksheets/sheet1.xml": bytes(30 * 1024**2)}))
    assert error.value.code == "file_unsafe"
    Package(zipped({"small.xml": bytes(900_000)}))


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    with pytest.raises(WorkbookError) as error:
        Package(zipped({f"{i}": b"x" for i in range(4)}))
    assert error.value.code == "file_unsafe"


def test_too_large(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE", 1000)
    with pytest.raises(WorkbookError) as error:
        Package.open(report)
    assert error.value.code == "file_too_large"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_truncated_files_are_damaged(report: Path, share: float) -> None:
    data = report.read_bytes()
    with pytest.raises(WorkbookError) as error:
        Package(data[: int(len(data) * share)])
    assert error.value.code == "file_damaged"


def test_a_missing_sheet_is_not_an_empty_sheet(report: Path, books: SimpleNamespace) -> None:
    held = books.parts(report)
    held.pop("xl/worksheets/sheet2.xml")
    with pytest.raises(WorkbookError) as error:
        _ = Package(zipped(held)).sheets
    assert error.value.code == "file_damaged"


def test_document_types_are_refused() -> None:
    with pytest.raises(WorkbookError) as error:
        module.parse_xml(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert error.value.code == "file_damaged"


def test_unchanged_parts_keep_their_compressed_bytes(report: Path) -> None:
    package = Package.open(report)
    part = package.sheet("看板").part
    once = package.rebuilt({part: package.part(part).replace(b"<v", b"<v")})
    assert once == package.rebuilt({part: package.part(part)})
    again = Package(once)
    assert again.parts == package.parts
    for name in package.parts:
        if name != part:
            assert again.raw(name) == package.raw(name)
        assert again._infos[name].date_time == package._infos[name].date_time
        assert again._infos[name].external_attr == package._infos[name].external_attr
    with zipfile.ZipFile(io.BytesIO(once)) as z:
        assert z.testzip() is None
    openpyxl.load_workbook(io.BytesIO(once))


def test_sheets_and_tables_are_found_by_relationship(report: Path) -> None:
    package = Package.open(report)
    assert [s.name for s in package.sheets] == ["逾期账龄", "应收单", "看板"]
    assert package.table_parts(package.sheet("逾期账龄")) == ("xl/tables/table1.xml",)
    with pytest.raises(WorkbookError) as error:
        package.sheet("没有")
    assert error.value.code == "sheet_not_found"


@pytest.mark.parametrize("owner", ["~${}", ".~lock.{}#"])
def test_a_file_open_elsewhere_is_left_alone(tmp_path: Path, owner: str) -> None:
    path = tmp_path / "应收.xlsx"
    path.write_bytes(b"old")
    path.with_name(owner.format(path.name)).write_bytes(b"")
    with pytest.raises(WorkbookError) as error:
        replace_file(path, b"new")
    assert (error.value.code, error.value.exit_code, path.read_bytes()) == ("workbook_open_elsewhere", 7, b"old")


def test_a_file_saved_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "应收.xlsx"
    path.write_bytes(b"theirs")
    with pytest.raises(WorkbookError) as error:
        replace_file(path, b"ours", expect=hashlib.sha256(b"before").hexdigest())
    assert (error.value.code, error.value.exit_code) == ("workbook_changed_meanwhile", 4)
    assert [p.name for p in tmp_path.iterdir()] == ["应收.xlsx"]
    assert path.read_bytes() == b"theirs"


@pytest.mark.parametrize(("step", "number", "code"), [
    ("replace", errno.EACCES, "file_in_use"),
    ("fsync", errno.ENOSPC, "disk_full"),
    ("fsync", errno.EIO, "save_failed"),
])  # fmt: skip
def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, code: str
) -> None:
    path = tmp_path / "应收.xlsx"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(WorkbookError) as error:
        replace_file(path, b"new")
    monkeypatch.undo()
    assert error.value.code == code
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("应收.xlsx", b"old")]


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(module.tempfile, "mkstemp", fail)
    with pytest.raises(WorkbookError) as error:
        replace_file(tmp_path / "x.xlsx", b"new")
    assert (error.value.code, error.value.exit_code) == ("folder_read_only", 5)
    monkeypatch.undo()
    with pytest.raises(WorkbookError) as error:
        replace_file(tmp_path / "no" / "x.xlsx", b"new")
    assert error.value.code == "folder_not_found"


def test_mode_and_links_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a posix word")
def test_a_killed_save_leaves_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    old = b"o" * 3_000_000
    path.write_bytes(old)
    code = (
        "import sys; from arsheet.hosts.package import replace_file\n"
        "print('go', flush=True)\n"
        "for i in range(10**6): replace_file(sys.argv[1], bytes([65 + i % 26]) * 3_000_000)"
    )
    for delay in (0.0, 0.003, 0.007, 0.011, 0.02, 0.03):
        child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        data = path.read_bytes()
        assert len(data) == len(old)
        assert len(set(data)) == 1
