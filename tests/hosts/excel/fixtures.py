"""Books opened through xlwings in a LibreOffice of the tests' own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def excel_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application behind xlwings, as its implementation: faults can be asked of it."""
    from tests.hosts.excel.office import NotHere, Office

    if sys.platform.startswith(("win", "darwin")):
        pytest.skip("xlwings has an engine of its own here")
    try:
        office = Office(tmp_path_factory.mktemp("office"))
    except NotHere as reason:
        pytest.skip(str(reason))
    import xlwings as xw

    from tests.hosts.excel.engine import install

    before = xw.engines.active
    engine = install(office)
    yield next(iter(engine.impl.apps))
    xw.engines.active = before
    xw.engines.engines.remove(engine)
    office.end()


@pytest.fixture
def excel_open(excel_app: Any) -> Iterator[Callable[[Path], Any]]:
    """Open a file as an xlwings Book; closed again after the test."""
    import xlwings as xw

    yield lambda path: xw.Book(str(path))
    excel_app.fail_after, excel_app.editing = None, False
    for book in list(excel_app.books):
        book.close()
