"""The books of the command line's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.books import blank, filled


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The example ledger's book."""
    path = tmp_path / "应收.xlsx"
    path.write_bytes(filled())
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new Chinese book."""
    path = tmp_path / "空.xlsx"
    path.write_bytes(blank("zh"))
    return path
