"""The one module that the function server of Excel loads: each declared function, answered from the desk."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from typing import Any

from arsheet.addins.excel.answers import answer, arguments, failure
from arsheet.addins.excel.wrappers import LAST_ERROR, parameter_name
from arsheet.functions.catalogue import functions
from arsheet.functions.registry import Declaration
from arsheet.run.desk import Desk, desk
from arsheet.table import ArsheetError

CELL = "asking_cell"
"""The last parameter of each function: the cell that asks, as ArsheetCell of the VBA module writes it."""
Open = Callable[[str], Any]
_watched: dict[str, tuple[str, list[Any]] | None] = {}
"""Book -> the first call that came from it since it is watched."""
_log = logging.getLogger(__name__)


def call(name: str, values: Sequence[Any], asking: str, *, at: Desk | None = None, host_of: Open | None = None) -> Any:
    """The answer of a function to a cell as rows for VBA; nothing is ever raised into Excel.

    ``asking`` is "book TAB sheet!cell" with a third part 1 for dates from 1904, blank where no cell asks. A book that
    has no version yet in this process is read as it stands, once.
    """
    book, cell, from_1904 = [*asking.split("\t"), "", ""][:3]
    mine = at or desk()
    try:
        declaration = functions()[name]
        taken = arguments(declaration, values, from_1904=from_1904 == "1")
        if book in _watched and _watched[book] is None:
            _watched[book] = (name, taken)
        if book and "version" in declaration.needs and mine.version(book) is None:
            _read(mine, book, host_of or open_host)
        if name == LAST_ERROR and mine.version(book) is None:  # the book's language is not known: both are told
            told = [mine.call(book, name, taken, language=each) for each in ("zh", "en")]
            if all(each.error is None for each in told):
                return [[" / ".join(str(each.cells()[0][0]) for each in told)]]
        result = mine.call(book, name, taken, cell=cell)
        return answer(result, from_1904=from_1904 == "1")
    except Exception:
        _log.exception("%s", name)
        return failure("#VALUE!")


def _read(at: Desk, book: str, host_of: Open) -> None:
    """The version of a book that was not refreshed since Excel started; one that cannot be read has none: #N/A."""
    try:
        at.refresh(book, host_of(book))
    except ArsheetError as error:
        _log.info("%s: %s", book, error.code)
    except Exception as error:  # whatever COM says while Excel is busy
        _log.warning("%s: %r", book, error)


def watch(book: str) -> None:
    """From now on the first call from a book is kept: the one behind the selected cell."""
    _watched[book] = None


def watched(book: str) -> tuple[str, list[Any]] | None:
    """The function and arguments of the call that was kept; forgotten once asked for."""
    return _watched.pop(book, None)


def mark_stale(book: str) -> None:
    """A source table of an open book changed since its refresh."""
    desk().mark_stale(book)


def forget(book: str) -> None:
    """A book of this name was opened anew: what was known of another of the name is not its version."""
    desk().forget(book)
    _watched.pop(book, None)


def calling_book() -> Any:
    """The workbook whose button was pressed, as xlwings' Book."""
    import xlwings

    return xlwings.Book.caller()


def open_host(book: str) -> Any:
    """The host of a workbook by its name, among those open in the Excel that calls."""
    from arsheet.hosts.excel.host import ExcelHost

    return ExcelHost(calling_book().app.books[book])


def exposed(declaration: Declaration) -> Callable[..., Any]:
    """A function as xlwings takes it: named parameters, then the asking cell, which VBA fills in by itself."""

    def asked(*values: Any) -> Any:
        *given, asking = values
        return call(declaration.name, given, asking or "")

    optional = False
    parameters = []
    for param in declaration.params:
        optional = optional or param.optional
        default = None if optional else inspect.Parameter.empty
        parameters.append(
            inspect.Parameter(parameter_name(param), inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)
        )
    nothing = None if optional else inspect.Parameter.empty
    last = inspect.Parameter(CELL, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=nothing)
    asked.__signature__ = inspect.Signature([*parameters, last])  # type: ignore[attr-defined]
    asked.__name__ = asked.__qualname__ = declaration.name
    asked.__doc__ = declaration.en
    return asked


def _register() -> None:
    """Gives this module one attribute per function, which is how xlwings finds them; plain functions off Windows."""
    import xlwings

    for name, declaration in functions().items():
        function = xlwings.func(category="arsheet")(exposed(declaration))
        for param in declaration.params:
            function = xlwings.arg(parameter_name(param), convert="raw", doc=param.en)(function)
        function = xlwings.arg(CELL, convert="raw", vba="ArsheetCell()")(function)
        globals()[name] = xlwings.ret(convert="raw")(function)


_register()
