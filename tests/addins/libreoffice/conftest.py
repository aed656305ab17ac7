"""One LibreOffice with the extension for a worker, and one book that the tests of functions share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from arsheet import run
from arsheet.addins.libreoffice.calc import declared as calc_declared
from arsheet.addins.libreoffice.declared import declared
from tests.addins.libreoffice.calc import Calc, Document, office
from tests.hosts.arcells.book import AS_OF, make_book
from tests.hosts.excel.office import NotHere


@pytest.fixture(scope="session")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """LibreOffice; skips where it is not installed."""
    try:
        with office(tmp_path_factory.mktemp("calc")) as found:
            yield found
    except NotHere as reason:
        pytest.skip(str(reason))


@dataclass
class Refreshed:
    """A book with AR_ cells of every kind, refreshed: its file, and five of its customers."""

    path: Path
    codes: list[str]
    as_of: dt.date = AS_OF


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    path = tmp_path_factory.mktemp("book") / "应收.xlsx"
    codes = make_book(path)
    run.refresh(path, as_of=AS_OF)
    return Refreshed(path, codes)


@pytest.fixture(scope="session")
def shared(calc: Calc, refreshed: Refreshed) -> Iterator[Document]:
    """The book, open; its tables are not changed."""
    document = calc.open(refreshed.path)
    yield document
    document.close()


@pytest.fixture
def working(calc: Calc, refreshed: Refreshed) -> Iterator[Document]:
    """The book, open for one test alone."""
    document = calc.open(refreshed.path)
    yield document
    document.close()


@pytest.fixture
def declared_here() -> Iterator[None]:
    """The declarations of the registries, for modules that find them in a file when they run in LibreOffice."""
    calc_declared.use(declared())
    yield
    calc_declared.use(None)
