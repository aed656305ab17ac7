"""Options of the whole test run, and the repository on the path so that tests can share their helpers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", action="append", default=[], metavar="DIR", help="a folder of peer cases; repeatable")
    parser.addoption(
        "--workbooks", action="append", default=[], metavar="DIR", help="a folder of workbooks to read; repeatable"
    )
    parser.addoption(
        "--cassettes", action="append", default=[], metavar="DIR", help="a folder of recorded exchanges; repeatable"
    )
