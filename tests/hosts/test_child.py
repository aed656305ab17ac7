"""A foreign file is read in a process of its own: the same book, or a refusal with a code."""

from __future__ import annotations

import datetime as dt
import io
import marshal
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from arsheet.hosts import child
from arsheet.hosts.child import read_guarded
from arsheet.hosts.reading import read_file
from arsheet.table import WorkbookError

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no memory limit on this platform")


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """One book with a cell of every kind, hidden rows, merged cells and a formula without a result."""
    book = openpyxl.Workbook()
    sheet = book.active
    values = ["文本", 1, 1.5, True, dt.date(2026, 3, 31), dt.datetime(2026, 3, 31, 8, 30, 15), dt.time(8, 30)]
    sheet["C3"] = "上"
    for at, value in enumerate([*values, dt.timedelta(hours=30, minutes=5), "#N/A", None, "=A1+1"]):
        sheet.cell(5, 3 + at, value)
    sheet.merge_cells("C7:C9")
    sheet.row_dimensions[5].hidden = True
    book.create_sheet("空")
    path = tmp_path / "所有.xlsx"
    book.save(path)
    return path


def test_the_book_is_the_same_as_read_here(everything: Path, tmp_path: Path, books: SimpleNamespace) -> None:
    report = books.make_report(tmp_path / "表.xlsx", totals=True, rows=5)
    for path in (everything, report):
        here, there = read_file(path), read_guarded(path)
        assert there.package is None
        assert (there.kind, there.sheets, there.tables) == (here.kind, here.sheets, here.tables)
        for name in here.sheet_names:
            mine, theirs = here.grid(name), there.grid(name)
            assert mine == theirs
            kinds = [[type(value) for value in row] for row in mine.cells]
            assert kinds == [[type(value) for value in row] for row in theirs.cells]
            assert there.uncomputed(name) == here.uncomputed(name)
    grid = read_guarded(everything).grid("Sheet")
    assert (grid.hidden_rows, grid.merged) == ({5}, ((7, 2, 9, 2),))


def test_text_files_too(tmp_path: Path) -> None:
    path = tmp_path / "流水.csv"
    path.write_text("客户,金额\n甲,1\n", encoding="gb18030")
    assert read_guarded(path).grid("流水.csv").cells == [["客户", "金额"], ["甲", "1"]]


def test_a_refusal_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\3\4garbage")
    with pytest.raises(WorkbookError) as here:
        read_file(path)
    with pytest.raises(WorkbookError) as there:
        read_guarded(path)
    a, b = here.value, there.value
    assert (a.code, a.zh, a.en, a.exit_code, a.facts) == (b.code, b.zh, b.en, b.exit_code, b.facts)
    with pytest.raises(WorkbookError) as missing:
        read_guarded(tmp_path / "没有.xlsx")
    assert missing.value.code == "file_not_found"


def test_too_long(everything: Path) -> None:
    with pytest.raises(WorkbookError) as error:
        read_guarded(everything, seconds=0.001)
    assert error.value.code == "file_reading_too_long"


@linux
def test_too_much_memory(tmp_path: Path) -> None:
    """The aborting kind: calamine asks for a rectangle that the limit refuses, which ends its process."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["R1000000"] = 1, 2
    path = tmp_path / "远.xlsx"
    book.save(path)
    with pytest.raises(WorkbookError) as error:
        read_guarded(path, megabytes=300)
    assert error.value.code == "file_needs_too_much_memory"
    assert error.value.facts == {"megabytes": 300}


@pytest.mark.parametrize(("code", "said", "expected"), [
    (-6, b"", "file_reading_crashed"),
    (-11, b"", "file_reading_crashed"),
    (1, b"Traceback", "file_reading_crashed"),
    (0, b"", "file_reading_crashed"),
    (-9, b"", "file_needs_too_much_memory"),
    (-6, b"memory allocation of 9 bytes failed", "file_needs_too_much_memory"),
    (-24, b"", "file_reading_too_long"),
])  # fmt: skip
@linux
def test_every_end_has_a_code(code: int, said: bytes, expected: str) -> None:
    error = child._ended("a.xlsx", code, said, 30, 800)
    assert error.code == expected
    assert "a.xlsx" in error.zh
    assert "a.xlsx" in error.en


def framed(content: object) -> bytes:
    data = marshal.dumps(content)
    return child._MAGIC + struct.pack("<Q", len(data)) + data


def test_only_a_whole_answer_counts() -> None:
    whole = framed(("memory", None))
    assert child._content(whole) == ("memory", None)
    for broken in (b"", whole[:-1], whole + b"x", b"X" + whole[1:], whole[:16], framed(1)[:8] + bytes(8)):
        assert child._content(broken) is None


@pytest.mark.parametrize(
    "content", [1, ("book", 1), ("book", ("exe", [], [], [], [], [])), ("refused", (1,)), ("other", None),
                ("book", ("csv", [("a", "visible")], [], [([[("z", 1)]], 1, 0, [], [])], [], []))],
)  # fmt: skip
def test_an_answer_of_another_shape_is_a_crash(content: object) -> None:
    with pytest.raises(WorkbookError) as error:
        child._opened(Path("a.xlsx"), content, 800)
    assert error.value.code == "file_reading_crashed"


def test_nothing_of_the_folder_is_run(everything: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module laid beside the file must not be imported by the child."""
    for name in ("marshal", "lxml", "python_calamine", "csv"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert read_guarded(everything).sheet_names == ("Sheet", "空")


def test_where_python_cannot_be_started_the_file_is_read_here(
    everything: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in ("", "/opt/office/program/soffice.bin"):
        monkeypatch.setattr(sys, "executable", program)
        assert read_guarded(everything).package is not None


def test_the_caller_stays_light() -> None:
    code = "import sys, arsheet.hosts.child; print({'lxml', 'python_calamine', 'openpyxl', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=True)
    assert done.stdout.strip() == "set()"


def test_a_sheet_that_is_not_whole_is_refused(everything: Path) -> None:
    """calamine reads on past a tag that is never closed, and would leave rows out without a word."""
    out = io.BytesIO()
    with zipfile.ZipFile(everything) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"</row>", b"</raw>", 1) if name.endswith("sheet1.xml") else data)
    everything.write_bytes(out.getvalue())
    with pytest.raises(WorkbookError) as error:
        read_guarded(everything)
    assert error.value.code == "file_damaged"
