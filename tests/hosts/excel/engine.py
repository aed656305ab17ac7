"""An xlwings engine over a live LibreOffice: the front end is xlwings' own, the cells are a real spreadsheet's.

It has what ``ExcelHost`` uses and nothing more, so that a new need is noticed. What Excel shows through COM it shows
the same way: see ``com.py``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import xlwings as xw
from xlwings import base_classes, utils

from tests.hosts.excel.com import BookObject, RangeObject, SheetObject, TableObject, translated
from tests.hosts.excel.office import Office

CONTENTS = 1 | 2 | 4 | 16
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


class Engine:
    """The engine: type "desktop" keeps the front end off the paths that need a licence."""

    name, type = "libreoffice", "desktop"

    def __init__(self, office: Office) -> None:
        self.apps = Apps(self, office)

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any = None) -> Any:
        return "" if x is None else x

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        raise NotImplementedError("the host reads no converted values")


class Apps(base_classes.Apps):
    def __init__(self, engine: Engine, office: Office) -> None:
        self.engine = engine
        self._all = [App(self, office)]

    def __iter__(self) -> Iterator[App]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def keys(self) -> list[int]:
        return [app.pid for app in self._all]

    def __getitem__(self, pid: int) -> App:
        return self._all[0]


class App(base_classes.App):
    """The application. ``fail_after``: how many more writes it takes before it refuses with ``answer``."""

    def __init__(self, apps: Apps, office: Office) -> None:
        self.apps, self.office = apps, office
        self.switches: dict[str, Any] = {
            "screen_updating": True, "enable_events": True, "display_alerts": True, "calculation": "automatic",
        }  # fmt: skip
        self.fail_after: int | None = None
        self.answer: BaseException = RuntimeError()
        self.editing = False
        self.writes = 0
        self._books = Books(self)

    engine = property(lambda self: self.apps.engine)
    api = property(lambda self: self)
    pid = property(lambda self: self.office.process.pid)
    books = property(lambda self: self._books)
    visible = property(lambda self: False)

    def touch(self) -> None:
        """Called before each write."""
        self.writes += 1
        if self.fail_after is not None:
            self.fail_after -= 1
            if self.fail_after < 0:
                self.fail_after = None
                raise self.answer

    @property
    def calculation(self) -> str:
        return str(self.switches["calculation"])

    @calculation.setter
    def calculation(self, value: str) -> None:
        """As in Excel, nothing is calculated while this is manual, and everything due when it no longer is."""
        self.switches["calculation"] = value
        for book in self._books:
            book.doc.enableAutomaticCalculation(value == "automatic")
            if value == "automatic":
                book.doc.calculateAll()

    def calculate(self) -> None:
        for book in self._books:
            book.doc.calculate()


def _switch(name: str) -> property:
    return property(lambda self: self.switches[name], lambda self, value: self.switches.__setitem__(name, value))


for _name in ("screen_updating", "enable_events", "display_alerts"):
    setattr(App, _name, _switch(_name))


class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app, self.open_books = app, []

    api = property(lambda self: self.app)
    active = property(lambda self: self.open_books[-1])

    def __call__(self, key: Any) -> Book:
        for at, book in enumerate(self.open_books, 1):
            if key in (at, book.name):
                return book
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self.open_books)

    def __iter__(self) -> Iterator[Book]:
        return iter(self.open_books)

    def open(self, fullname: str, *_: Any, **__: Any) -> Book:
        office = self.app.office
        hidden = office.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        hidden.Name, hidden.Value = "Hidden", True
        url = office.uno.systemPathToFileUrl(os.path.realpath(fullname))
        doc = office.desktop.loadComponentFromURL(url, "_blank", 0, (hidden,))
        if doc is None:  # a lock file of a process that was killed
            raise RuntimeError(f"LibreOffice does not open {fullname}")
        book = Book(self.app, doc, str(fullname))
        self.open_books.append(book)
        return book


class Book(base_classes.Book):
    def __init__(self, app: App, doc: Any, path: str) -> None:
        self._app, self.doc, self.path = app, doc, path
        self._tables: dict[str, list[str]] = {}

    def tables_of(self, sheet: str) -> list[str]:
        """The names of the tables on a sheet, asked once: no test makes a table in an open book."""
        if not self._tables:
            sheets, ranges = self.doc.Sheets.ElementNames, self.doc.DatabaseRanges
            self._tables = {name: [] for name in sheets}
            for name in ranges.ElementNames:
                self._tables[sheets[ranges.getByName(name).DataArea.Sheet]].append(name)
        return self._tables[sheet]

    api = property(BookObject)
    app = property(lambda self: self._app)
    fullname = property(lambda self: self.path)
    name = property(lambda self: os.path.basename(self.path))
    sheets = property(lambda self: Sheets(self))

    def close(self) -> None:
        self.doc.close(True)
        self._app.books.open_books.remove(self)

    def save(self, path: Any = None, password: Any = None) -> None:
        uno = self._app.office.uno
        target = str(path or self.path)
        kind = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        kind.Name, kind.Value = "FilterName", FILTERS[os.path.splitext(target)[1]]
        self.doc.storeToURL(uno.systemPathToFileUrl(os.path.realpath(target)), (kind,))


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    api = property(lambda self: self.book.doc.Sheets)

    def __call__(self, key: Any) -> Sheet:
        names = self.api.ElementNames
        name = names[key - 1] if isinstance(key, int) else key
        if name not in names:
            raise KeyError(key)
        return Sheet(self.book, name)

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, name) for name in self.api.ElementNames)


class Sheet(base_classes.Sheet):
    def __init__(self, book: Book, name: str) -> None:
        self._book, self._name = book, name

    @property
    def uno(self) -> Any:
        """Asked for anew each time: LibreOffice's sheet object falls apart when cells are deleted from under it."""
        return self._book.doc.Sheets.getByName(self._name)

    api = property(SheetObject)
    book = property(lambda self: self._book)
    app = property(lambda self: self._book.app)
    name = property(lambda self: self._name)
    index = property(lambda self: self.uno.RangeAddress.Sheet + 1)
    tables = property(lambda self: Tables(self))

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        with translated(self.app):
            if isinstance(arg1, tuple):
                (top, left), (bottom, right) = arg1, arg2 or arg1
                return Range(self, min(top, bottom), min(left, right), max(top, bottom), max(left, right))
            if isinstance(arg1, int):
                return Range(self, arg1, arg2, arg1, arg2)
            at = self.uno.getCellRangeByName(arg1 if arg2 is None else f"{arg1}:{arg2}").RangeAddress
            return Range(self, at.StartRow + 1, at.StartColumn + 1, at.EndRow + 1, at.EndColumn + 1)

    @property
    def used_range(self) -> Range:
        cursor = self.uno.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return Range(self, 1, 1, end.EndRow + 1, end.EndColumn + 1)


class Range(base_classes.Range):
    """Cells by 1-based corners; like Excel's, it is asked for anew after cells moved."""

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self._sheet, self.y1, self.x1, self.y2, self.x2 = sheet, top, left, bottom, right
        self.options: dict[str, Any] = {}

    api = property(RangeObject)
    sheet = property(lambda self: self._sheet)
    row = property(lambda self: self.y1)
    column = property(lambda self: self.x1)
    shape = property(lambda self: (self.y2 - self.y1 + 1, self.x2 - self.x1 + 1))
    coords = property(lambda self: (self._sheet.name, self.y1, self.x1, *self.shape))
    max_cells_per_read = max_cells_per_write = None

    @property
    def uno(self) -> Any:
        return self._sheet.uno.getCellRangeByPosition(self.x1 - 1, self.y1 - 1, self.x2 - 1, self.y2 - 1)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        def corner(row: int, column: int) -> str:
            return f"{'$' * col_absolute}{utils.col_name(column)}{'$' * row_absolute}{row}"

        first, last = corner(self.y1, self.x1), corner(self.y2, self.x2)
        return first if first == last else f"{first}:{last}"

    @property
    def raw_value(self) -> Any:
        return self.api.Value

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self.api.Value2 = data

    @property
    def formula2(self) -> Any:
        with translated(self._sheet.app):
            found = self.uno.getFormulaArray()
        rows = tuple(tuple(map(_as_excel_formula, row)) for row in found)
        return rows[0][0] if len(self) == 1 else rows

    @formula2.setter
    def formula2(self, value: Any) -> None:
        with translated(self._sheet.app, write=True):
            rows = ((value,) * self.shape[1],) * self.shape[0] if isinstance(value, str) else value
            self.uno.setFormulaArray(tuple(tuple(map(_as_office_formula, row)) for row in rows))

    formula = formula2

    @property
    def number_format(self) -> str | None:
        from tests.hosts.excel.com import is_mixed

        with translated(self._sheet.app):
            cells = self.uno
            if is_mixed(cells, "NumberFormat"):
                return None
            text = str(self._sheet.book.doc.NumberFormats.getByKey(cells.NumberFormat).FormatString)
            return "General" if text in ("BOOLEAN", "Standard", "GENERAL") else text

    @number_format.setter
    def number_format(self, value: str) -> None:
        with translated(self._sheet.app, write=True):
            formats = self._sheet.book.doc.NumberFormats
            english = self._sheet.app.office.uno.createUnoStruct("com.sun.star.lang.Locale")
            english.Language, english.Country = "en", "US"
            key = formats.queryKey(value, english, False)
            self.uno.NumberFormat = formats.addNew(value, english) if key == -1 else key

    def insert(self, shift: str, copy_origin: str = "") -> None:
        self._move(shift, 1)

    def delete(self, shift: str) -> None:
        self._move({"up": "down", "left": "right"}[shift], -1)

    def _move(self, direction: str, sign: int) -> None:
        """Insert or delete cells as Excel does: a table spanned by them grows or shrinks, none is torn apart."""
        uno = self._sheet.app.office.uno
        with translated(self._sheet.app, write=True):
            grown = [(table, table.after(self, direction, sign)) for table in self._sheet.tables]
            kind = "com.sun.star.sheet.CellInsertMode" if sign > 0 else "com.sun.star.sheet.CellDeleteMode"
            mode = {("down", 1): "DOWN", ("right", 1): "RIGHT", ("down", -1): "UP", ("right", -1): "LEFT"}[
                direction, sign
            ]
            call = self._sheet.uno.insertCells if sign > 0 else self._sheet.uno.removeRange
            call(self.uno.RangeAddress, uno.Enum(kind, mode))
            for table, corners in grown:
                table.stand(*corners)

    def autofill(self, destination: xw.Range, type_: str) -> None:
        if type_ != "fill_formats":
            raise NotImplementedError(type_)
        with translated(self._sheet.app, write=True):
            target = destination.impl
            for column in range(self.x1, self.x2 + 1):
                model = Range(self._sheet, self.y1, column, self.y1, column).uno
                cells = Range(self._sheet, target.y1, column, target.y2, column).uno
                for name in ("NumberFormat", "CellBackColor", "CharColor", "CharWeight", "CharPosture", "HoriJustify"):
                    cells.setPropertyValue(name, model.getPropertyValue(name))


class Tables(base_classes.Tables):
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    api = property(lambda self: self.sheet.book.doc.DatabaseRanges)

    def _names(self) -> list[str]:
        return self.sheet.book.tables_of(self.sheet.name)

    def __call__(self, key: Any) -> Table:
        names = self._names()
        name = names[key - 1] if isinstance(key, int) else key
        if name not in names:
            raise KeyError(key)
        return Table(self.sheet, name)

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[Table]:
        return (Table(self.sheet, name) for name in self._names())

    def __contains__(self, key: Any) -> bool:
        return key in self._names()


class Table(base_classes.Table):
    """A table is a database range of LibreOffice."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.sheet, self._name = sheet, name

    uno = property(lambda self: self.sheet.book.doc.DatabaseRanges.getByName(self._name))
    api = property(TableObject)
    parent = property(lambda self: self.sheet)
    name = property(lambda self: self._name)
    show_headers = property(lambda self: bool(self.uno.ContainsHeader))
    show_totals = property(lambda self: bool(self.uno.TotalsRow))

    @property
    def range(self) -> Range:
        at = self.uno.DataArea
        return Range(self.sheet, at.StartRow + 1, at.StartColumn + 1, at.EndRow + 1, at.EndColumn + 1)

    def resize(self, range: xw.Range) -> None:
        with translated(self.sheet.app, write=True):
            new = range.impl
            if new.y1 != self.range.y1:
                raise ValueError("a table keeps its header row when it is resized")
            self.stand(new.y1, new.x1, new.y2, new.x2)

    def stand(self, top: int, left: int, bottom: int, right: int) -> None:
        """Give the database range this place."""
        at = self.uno.DataArea
        at.StartRow, at.StartColumn, at.EndRow, at.EndColumn = top - 1, left - 1, bottom - 1, right - 1
        self.uno.DataArea = at

    def after(self, moved: Range, direction: str, sign: int) -> tuple[int, int, int, int]:
        """Where the table stands after cells were inserted or deleted; raises where Excel refuses to tear it apart."""
        from tests.hosts.excel.com import ComError

        at = self.range
        place = [at.y1, at.x1, at.y2, at.x2]
        across, along = (1, 0) if direction == "down" else (0, 1)
        low, high = ((moved.x1, moved.x2), (moved.y1, moved.y2))[1 - across]
        start, end = ((moved.y1, moved.y2), (moved.x1, moved.x2))[along]
        if high < place[across] or low > place[across + 2] or start > place[along + 2]:
            return at.y1, at.x1, at.y2, at.x2
        if low > place[across] or high < place[across + 2]:
            raise ComError(
                -2147352567, "This operation is not allowed. The operation is attempting to shift cells in a table"
            )
        count = (end - start + 1) * sign
        if start <= place[along] - (sign < 0):
            place[along] += count
        place[along + 2] += count
        return place[0], place[1], place[2], place[3]


def _as_excel_formula(text: str) -> str:
    return _swap(text, ";", ",")


def _as_office_formula(text: Any) -> Any:
    return _swap(text, ",", ";") if isinstance(text, str) else text


def _swap(text: str, old: str, new: str) -> str:
    """A formula with the other separator between its arguments; quoted text stays."""
    if not text.startswith("="):
        return text
    return "".join(part if part.startswith('"') else part.replace(old, new) for part in re.split(r'("[^"]*")', text))


def install(office: Office) -> xw.main.Engine:
    """Make it an engine of xlwings."""
    engine = xw.main.Engine(impl=Engine(office))
    xw.engines.add(engine)
    engine.activate()
    return engine
