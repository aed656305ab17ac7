"""Read a file that arsheet did not write in a process of its own, with limits on time and memory.

A reader that aborts, hangs or eats the memory takes the child down, never the caller: it becomes a WorkbookError. The
child sends back plain values only (marshal: no classes, no code to run), with their length before them.
"""

from __future__ import annotations

import datetime as dt
import gc
import marshal
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from arsheet.hosts.contents import Content
from arsheet.hosts.reading import Area, Book, SheetInfo, TableInfo, read_file
from arsheet.table import ArsheetError, CellError, Grid, WorkbookError

SECONDS, MEGABYTES = 30, 800
SECONDS_PER_MEGABYTE, MEGABYTES_PER_MEGABYTE = 3, 100
"""What a large honest file may take: 100,000 rows of 12 columns are 7 MB, and need 300 MB and two seconds."""

_MAGIC = b"ARSBOOK1"
_PLAIN = frozenset((type(None), bool, int, float, str))
_DAY_SECONDS = 86_400


def read_guarded(path: str | Path, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> Book:
    """Read any file that can be read, all sheets of it. A book so read holds its values and no package.

    The limits rise with the size of the file. WorkbookError: those of ``read_file``, and ``file_reading_crashed``,
    ``file_reading_too_long``, ``file_needs_too_much_memory``. Where the platform limits no memory (Windows, macOS) the
    time limit and the reader's look at the used range remain; where there is no interpreter to start (a frozen
    program, an office suite that embeds Python) the file is read in this process.
    """
    path = Path(path)
    program = _interpreter()
    if program is None or not path.is_file():
        return read_file(path)
    size = path.stat().st_size / 1024**2
    seconds, megabytes = max(seconds, size * SECONDS_PER_MEGABYTE), max(megabytes, int(size * MEGABYTES_PER_MEGABYTE))
    command = [program, "-P", "-m", "arsheet.hosts.child", str(path), str(seconds), str(megabytes)]
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=_environment(),
                timeout=seconds, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _too_long(path.name, seconds) from None
        said.seek(0)
        last_words = said.read(20_000)
    collecting = gc.isenabled()
    gc.disable()  # a million new objects, none of them garbage
    try:
        content = _content(done.stdout)
        if content is None:
            raise _ended(path.name, done.returncode, last_words, seconds, megabytes)
        return _opened(path, content, megabytes)
    finally:
        if collecting:
            gc.enable()


def _interpreter() -> str | None:
    """The Python to start, if this process is one."""
    program = sys.executable or ""
    if getattr(sys, "frozen", False) or "python" not in os.path.basename(program).lower():
        return None
    return program


def _environment() -> dict[str, str]:
    """The child finds this very package, wherever it stands, and nothing of the folder it is started in."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "1", "PYTHONIOENCODING": "utf-8"}


def _content(data: bytes) -> Any:
    """What the child sent, None unless it is whole."""
    head = len(_MAGIC) + 8
    if data[: len(_MAGIC)] != _MAGIC or len(data) < head:
        return None
    if struct.unpack("<Q", data[len(_MAGIC) : head])[0] != len(data) - head:
        return None
    try:
        return marshal.loads(memoryview(data)[head:])
    except (ValueError, EOFError, TypeError):
        return None


def _opened(path: Path, content: Any, megabytes: int) -> Book:
    """The book of what the child sent, or its refusal raised."""
    try:
        what, said = content
        if what == "memory":
            raise _too_much_memory(path.name, megabytes)
        if what == "refused":
            code, zh, en, exit_code, facts = said
            raise WorkbookError(str(code), str(zh), str(en), exit_code=int(exit_code), facts=dict(facts))
        return _book(path, said)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise _crashed(path.name, f"{type(error).__name__}: {error}") from None


def _ended(name: str, code: int, said: bytes, seconds: float, megabytes: int) -> WorkbookError:
    """Why a child ended without an answer."""
    if -code in (getattr(signal, "SIGXCPU", 0), 0) and code:
        return _too_long(name, seconds)
    if b"memory allocation of" in said or b"MemoryError" in said or code == -getattr(signal, "SIGKILL", 9):
        return _too_much_memory(name, megabytes)
    return _crashed(name, f"exit {code}")


def _crashed(name: str, what: str) -> WorkbookError:
    return WorkbookError(
        "file_reading_crashed",
        f"读取 {name} 时程序意外中止，未作任何改动；请在 Excel 中打开，另存为新的 .xlsx 后再试",
        f"Reading {name} made the reader abort; nothing was changed. Open it in Excel, save it as a new .xlsx and "
        "try again",
        facts={"what": what},
    )


def _too_long(name: str, seconds: float) -> WorkbookError:
    return WorkbookError(
        "file_reading_too_long",
        f"{seconds:g} 秒内没有读完 {name}，已停止；请只保留需要的工作表，另存后再试",
        f"{name} was not read within {seconds:g} seconds and was given up; keep only the sheet that is needed, save "
        "and try again",
        facts={"seconds": seconds},
    )


def _too_much_memory(name: str, megabytes: int) -> WorkbookError:
    return WorkbookError(
        "file_needs_too_much_memory",
        f"读取 {name} 需要超过 {megabytes} MB 内存，已停止；请清除远处的单元格和多余的工作表，或拆分文件",
        f"Reading {name} needs more than {megabytes} MB of memory and was given up; clear cells far away and sheets "
        "that are not needed, or split the file",
        facts={"megabytes": megabytes},
    )


def _plain_book(book: Book) -> tuple[Any, ...]:
    """A book as plain values, all its sheets read."""
    grids, uncomputed = [], []
    for name in book.sheet_names:
        grid = book.grid(name)
        uncomputed.append((name, book.uncomputed(name)))
        book.forget(name)
        grids.append(
            (_plain_cells(grid), grid.first_row, grid.first_column, sorted(grid.hidden_rows), list(grid.merged))
        )
    areas = [(t.area.first_row, t.area.first_column, t.area.last_row, t.area.last_column) for t in book.tables]
    tables = [
        (t.name, t.sheet, area, t.columns, t.header, t.totals_rows, t.part)
        for t, area in zip(book.tables, areas, strict=True)
    ]
    return (
        book.kind,
        [(sheet.name, sheet.visibility) for sheet in book.sheets],
        tables,
        grids,
        [tuple(content) for content in book.active()],
        uncomputed,
    )


def _plain_cells(grid: Grid) -> Any:
    """Rows of plain values, or the height and the columns of a sheet that was read by column."""
    if isinstance(grid.cells, list):
        return [[v if type(v) in _PLAIN else _packed(v) for v in row] for row in grid.cells]
    from arsheet.hosts.columns import ColumnCells

    assert isinstance(grid.cells, ColumnCells)
    return grid.cells.height, [column and column.plain() for column in grid.cells.columns]


def _cells(said: Any) -> Any:
    if type(said) is tuple:
        from arsheet.hosts.columns import Column, ColumnCells

        height, columns = said
        made = [column and Column.of(column) for column in columns]
        if any(column is not None and column.rows.max() >= height for column in made):
            raise ValueError("rows")
        return ColumnCells(height, made)
    for row in said:
        for at, value in enumerate(row):
            if type(value) is tuple:
                row[at] = _unpacked(value)
    return said


def _book(path: Path, said: Any) -> Book:
    kind, sheets, tables, grids, contents, uncomputed = said
    if kind not in ("xlsx", "xls", "csv", "html"):
        raise ValueError(f"kind {kind!r}")
    made: dict[str, Grid] = {}
    for (name, _), (rows, first_row, first_column, hidden, merged) in zip(sheets, grids, strict=True):
        ranges = tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in merged)
        made[str(name)] = Grid(str(name), _cells(rows), int(first_row), int(first_column), frozenset(hidden), ranges)
    return Book(
        path,
        kind,
        tuple(SheetInfo(str(name), visibility) for name, visibility in sheets),
        tuple(TableInfo(t[0], t[1], Area(*t[2]), tuple(t[3]), t[4], t[5], t[6]) for t in tables),
        contents=tuple(Content(*map(str, content)) for content in contents),
        _grids=made,
        _uncomputed={str(name): tuple(cells) for name, cells in uncomputed},
    )


def _packed(value: Any) -> tuple[Any, ...]:
    """A value that marshal does not know, as a tuple of ints or texts."""
    if isinstance(value, dt.datetime):
        return ("m", value.toordinal(), value.hour, value.minute, value.second, value.microsecond)
    if isinstance(value, dt.date):
        return ("d", value.toordinal())
    if isinstance(value, dt.time):
        return ("t", value.hour, value.minute, value.second, value.microsecond)
    if isinstance(value, dt.timedelta):
        return ("p", value.days, value.seconds, value.microseconds)
    if isinstance(value, CellError):
        return ("e", value.text)
    raise TypeError(f"a cell of type {type(value).__name__}")


def _unpacked(value: tuple[Any, ...]) -> Any:
    kind, rest = value[0], value[1:]
    if kind == "d":
        return dt.date.fromordinal(*rest)
    if kind == "m":
        return dt.datetime.combine(dt.date.fromordinal(rest[0]), dt.time(*rest[1:]))
    if kind == "t":
        return dt.time(*rest)
    if kind == "p":
        return dt.timedelta(days=rest[0], seconds=rest[1], microseconds=rest[2])
    if kind == "e":
        return CellError(str(rest[0]))
    raise ValueError(f"a cell {kind!r}")


def _limit(seconds: float, megabytes: int) -> None:
    """Limits of this process, as far as the platform has them."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (
        ("RLIMIT_AS", megabytes * 1024**2),
        ("RLIMIT_CPU", int(seconds) + 2),
        ("RLIMIT_CORE", 0),
    ):
        try:
            kind = getattr(resource, name)
            _, most = resource.getrlimit(kind)
            resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))
        except (AttributeError, ValueError, OSError):
            continue


def _answer(path: Path) -> tuple[str, Any]:
    try:
        book = read_file(path)
        if book.package is not None:  # three looks at each sheet: it is inflated once
            book.package.part = lru_cache(maxsize=1)(book.package.part)  # type: ignore[method-assign]
        return "book", _plain_book(book)
    except ArsheetError as error:
        facts = {key: value if type(value) in _PLAIN else str(value) for key, value in error.facts.items()}
        return "refused", (error.code, error.zh, error.en, error.exit_code, facts)
    except MemoryError:
        return "memory", None


def main(arguments: Sequence[str]) -> int:
    """The child: PATH SECONDS MEGABYTES; the answer goes to standard output, whatever a library prints does not."""
    path, seconds, megabytes = Path(arguments[0]), float(arguments[1]), int(arguments[2])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(seconds, megabytes)
    gc.disable()  # nothing made here is cyclic, and all of it ends with the process
    answer = _answer(path)
    try:
        data = marshal.dumps(answer)
    except MemoryError:
        del answer
        data = marshal.dumps(("memory", None))
    with out:
        out.write(_MAGIC + struct.pack("<Q", len(data)))
        out.write(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
