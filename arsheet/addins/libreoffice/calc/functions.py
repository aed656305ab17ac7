"""The worksheet functions as Calc calls them: every one is made from its declaration, none computes anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import uno
import unohelper
from com.arsheet import XCalcFunctions
from com.sun.star.lang import XLocalizable, XServiceInfo
from com.sun.star.sheet import XAddIn

from . import formula, hub
from .answers import Book
from .cells import Rows, argument, block, error_block
from .declared import declared
from .link import ServiceError
from .sheets import cell_at, place_of, read_argument

SERVICE = "com.arsheet.CalcFunctions"


class CalcFunctions(unohelper.Base, XCalcFunctions, XAddIn, XServiceInfo, XLocalizable):  # type: ignore[misc]
    """The add-in. Names and descriptions stand in CalcAddIns.xcu; the functions are added below."""

    def __init__(self, context: Any, *args: Any) -> None:
        self.locale: Any = None
        hub.context = context

    def setLocale(self, locale: Any) -> None:
        """Calc says in which language it runs."""
        self.locale = locale
        hub.ui_language = "zh" if locale.Language == "zh" else "en"

    def getLocale(self) -> Any:
        """The language last set."""
        return self.locale or uno.createUnoStruct("com.sun.star.lang.Locale")

    def getProgrammaticFuntionName(self, display: str) -> str:
        """Answered by CalcAddIns.xcu; the name is misspelled in the interface."""
        return ""

    def getDisplayFunctionName(self, programmatic: str) -> str:
        """Answered by CalcAddIns.xcu."""
        return ""

    def getFunctionDescription(self, programmatic: str) -> str:
        """Answered by CalcAddIns.xcu."""
        return ""

    def getDisplayArgumentName(self, programmatic: str, argument: int) -> str:
        """Answered by CalcAddIns.xcu."""
        return ""

    def getArgumentDescription(self, programmatic: str, argument: int) -> str:
        """Answered by CalcAddIns.xcu."""
        return ""

    def getProgrammaticCategoryName(self, programmatic: str) -> str:
        """The category of every add-in."""
        return "Add-In"

    def getDisplayCategoryName(self, programmatic: str) -> str:
        """The category of every add-in."""
        return "Add-In"

    def getServiceName(self) -> str:
        """The service that Calc looks the functions up under."""
        return SERVICE

    def getImplementationName(self) -> str:
        """The same name."""
        return SERVICE

    def supportsService(self, name: str) -> bool:
        """Whether this is that service."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """The add-in, and what it is for Calc."""
        return (SERVICE, "com.sun.star.sheet.AddIn")


def answered(document: Any, fn: str, kinds: list[str], given: tuple[Any, ...]) -> Rows:
    """One call of one cell; no exception leaves it."""
    try:
        book = hub.book_of(document)
        if fn == "AR_LAST_ERROR":
            return _last_error(document, book, argument(given[0], "text"))
        args = [
            read_argument(value) if hasattr(value, "RangeAddress") else argument(value, kind)
            for value, kind in zip(given, kinds)  # noqa: B905 - Python 3.8 has no strict
        ]
        return hub.answers.cell(book, fn, args)
    except ServiceError as error:
        asked = fn == "AR_LAST_ERROR"
        return block(((error.words(hub.ui_language),),)) if asked else error_block("#VALUE!")
    except Exception:
        hub.note_failure()
        return error_block("#VALUE!")


def _last_error(document: Any, book: Book, said: Any) -> Rows:
    """The reason behind an error: of the cell whose address is given, else the latest one of the book.

    An address is written in quotes: a reference to an error cell ends in Calc before this is called.
    """
    cell = cell_at(document, said) if isinstance(said, str) else None
    if cell is not None:
        call = formula.call_of(cell.getFormula(), cell.Spreadsheet)
        fn, args = call if call is not None else ("", None)
        return hub.answers.last_error(book, place_of(cell), fn, args)
    return hub.answers.latest_error(book) if said is None else hub.answers.last_error(book, str(said), "", None)


def _method(fn: str, kinds: list[str]) -> Callable[..., Rows]:
    def method(self: CalcFunctions, document: Any, *given: Any) -> Rows:
        return answered(document, fn, kinds, given)

    method.__doc__ = fn
    return method


for _fn, _about in declared()["functions"].items():
    setattr(CalcFunctions, _about["method"], _method(_fn, _about["kinds"]))
