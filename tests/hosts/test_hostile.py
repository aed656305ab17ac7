"""Hostile files end in a coded refusal or a right read, within five seconds of work and 500 MB.

The child is held to the memory by the system; of time the work is measured, not the clock of a machine that is shared.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arsheet.hosts.child import read_guarded
from arsheet.hosts.reading import Book
from arsheet.table import WorkbookError
from tests.hosts.hostile import Hostile, hostile

resource = pytest.importorskip("resource", reason="the platform does not measure or limit a child")
SECONDS, MEGABYTES = 5, 500
FILES = hostile()


def test_there_are_forty_of_them() -> None:
    assert len(FILES) >= 40
    assert len({each.name for each in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=[each.name for each in FILES])
def test_a_hostile_file_is_refused_or_read_right(file: Hostile, tmp_path: Path) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.make())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    book, refusal = guarded(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS
    if book is None:
        assert refusal is not None
        assert refusal.code in file.codes, (refusal.code, refusal.en)
        assert re.search(r"[\u4e00-\u9fff]", refusal.zh)
        assert file.name in refusal.en
        return
    cells = [value for name in book.sheet_names for row in book.grid(name).cells for value in row]
    assert sum(value is not None for value in cells) == file.cells
    assert not any(isinstance(value, str) and "root:" in value for value in cells)


def guarded(path: Path) -> tuple[Book | None, WorkbookError | None]:
    """The book, or the refusal; any other exception fails the test."""
    try:
        return read_guarded(path, seconds=6 * SECONDS, megabytes=MEGABYTES), None
    except WorkbookError as error:
        return None, error
