"""Hostile files end in a coded refusal or a right read, within five seconds of work and 500 MB."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arsheet.hosts.child import read_guarded
from arsheet.table import WorkbookError
from tests.hosts.hostile import Hostile, hostile

SECONDS, MEGABYTES = 5, 500
FILES = hostile()
"""The child is held to both limits by the system: seconds of processor time, and address space."""


def test_there_are_forty_of_them() -> None:
    assert len(FILES) >= 40
    assert len({each.name for each in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=[each.name for each in FILES])
def test_a_hostile_file_is_refused_or_read_right(file: Hostile, tmp_path: Path) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)
    try:
        book = read_guarded(path, seconds=SECONDS, megabytes=MEGABYTES)
    except WorkbookError as error:
        assert error.code in file.codes, (error.code, error.en)
        assert re.search(r"[\u4e00-\u9fff]", error.zh)
        assert file.name in error.en
        return
    cells = [value for name in book.sheet_names for row in book.grid(name).cells for value in row]
    assert sum(value is not None for value in cells) == file.cells
    assert not any(isinstance(value, str) and "root:" in value for value in cells)
