"""Excel's own objects as COM shows them, where ``ExcelHost`` looks: Value and Value2, looks, notes, what refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

CODES = {
    "#DIV/0!": -2146826281, "#N/A": -2146826246, "#NAME?": -2146826259, "#NULL!": -2146826288,
    "#NUM!": -2146826252, "#REF!": -2146826265, "#VALUE!": -2146826273,
}  # fmt: skip
OFFICE_ERRORS = {502: "#VALUE!", 503: "#NUM!", 504: "#VALUE!", 519: "#VALUE!", 521: "#NULL!", 524: "#REF!",
                 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}  # fmt: skip
DATE, CURRENCY, LOGICAL = 2, 8, 1024
NO_FILL = -4142
EDITING = -2147418111


class ComError(Exception):
    """What pywintypes.com_error is: an error with a number."""

    def __init__(self, hresult: int, text: str) -> None:
        super().__init__(hresult, text, None, None)
        self.hresult, self.strerror, self.excepinfo = hresult, text, None


class ComTime(dt.datetime):
    """A date as COM hands it out: its own class, with a time zone that says nothing."""


@contextmanager
def translated(app: Any, *, write: bool = False) -> Iterator[None]:
    """Errors of UNO become errors of COM; what the test asks for is refused."""
    if app.editing:
        raise ComError(EDITING, "Call was rejected by callee.")
    if write:
        app.touch()
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("com.sun.star") or "com.sun.star" in str(type(error)):
            raise ComError(-2147352567, str(error)) from error
        raise


def is_mixed(cells: Any, name: str) -> bool:
    """Whether cells differ in a property."""
    return bool(cells.getPropertyState(name).value == "AMBIGUOUS_VALUE")


class BookObject:
    def __init__(self, book: Any) -> None:
        self._book = book

    @property
    def Date1904(self) -> bool:
        return bool(self._book.doc.NullDate.Year == 1904)


class SheetObject:
    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    @property
    def ProtectContents(self) -> bool:
        return bool(self._sheet.uno.isProtected())

    @property
    def Comments(self) -> list[CommentObject]:
        notes = self._sheet.uno.Annotations
        return [CommentObject(self._sheet, notes.getByIndex(at)) for at in range(notes.Count)]


class CommentObject:
    """A note: its cell, its text, and how to be rid of it."""

    def __init__(self, sheet: Any, note: Any) -> None:
        self._sheet, self._note = sheet, note
        self._at = note.Position

    @property
    def Parent(self) -> Any:
        return self._sheet.range((self._at.Row + 1, self._at.Column + 1)).api

    def Text(self) -> str:
        return str(self._note.String)

    def Delete(self) -> None:
        with translated(self._sheet.app, write=True):
            notes = self._sheet.uno.Annotations
            for at in range(notes.Count):
                where = notes.getByIndex(at).Position
                if (where.Row, where.Column) == (self._at.Row, self._at.Column):
                    notes.removeByIndex(at)
                    return


class TableObject:
    """A ListObject over a range of cells."""

    SourceType = 1

    def __init__(self, table: Any) -> None:
        self._table = table
        self.AutoFilter = self

    @property
    def FilterMode(self) -> bool:
        cells = self._table.range.uno
        visible = sum(a.EndRow - a.StartRow + 1 for a in cells.queryVisibleCells().RangeAddresses)
        return bool(visible < cells.Rows.Count)


class RangeObject:
    """A Range."""

    def __init__(self, rng: Any) -> None:
        self._rng = rng

    Row = property(lambda self: self._rng.y1)
    Column = property(lambda self: self._rng.x1)

    @property
    def Value2(self) -> Any:
        """Numbers for dates and money, error numbers, booleans."""
        with translated(self._rng.sheet.app):
            return self._shaped(self._values()[0])

    @Value2.setter
    def Value2(self, data: Any) -> None:
        with translated(self._rng.sheet.app, write=True):
            rows = data if isinstance(data, tuple) else ((data,) * self._rng.shape[1],) * self._rng.shape[0]
            assert (len(rows), len(rows[0])) == self._rng.shape
            cells = self._rng.uno
            cells.clearContents(1 | 2 | 4 | 16)
            as_it_is = _as_it_is if self._rng.number_format not in ("@", None) else _number_only
            cells.setDataArray(tuple(tuple(map(as_it_is, row)) for row in rows))
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    if value is not None and as_it_is(value) == "":
                        self._type_in(cells.getCellByPosition(x, y), value)

    @property
    def Value(self) -> Any:
        """As Value2, but datetimes where the format is a date's and Decimal where it is a currency's."""
        with translated(self._rng.sheet.app):
            return self._shaped(self._as_value(*self._values()))

    def _as_value(self, rows: list[list[Any]], kinds: list[tuple[int, int, int]]) -> list[list[Any]]:
        null = self._rng.sheet.book.doc.NullDate
        zero = ComTime(null.Year, null.Month, null.Day, tzinfo=dt.UTC)
        for y, x, kind in kinds:
            if type(rows[y][x]) is float and kind & DATE:
                rows[y][x] = zero + dt.timedelta(days=rows[y][x])
            elif type(rows[y][x]) is float and kind & CURRENCY:
                rows[y][x] = Decimal(f"{rows[y][x]:.4f}")
        return rows

    def _shaped(self, rows: list[list[Any]]) -> Any:
        return rows[0][0] if self._rng.shape == (1, 1) else tuple(map(tuple, rows))

    def _values(self) -> tuple[list[list[Any]], list[tuple[int, int, int]]]:
        cells = self._rng.uno
        top, left = self._rng.y1 - 1, self._rng.x1 - 1
        rows = [[None if value == "" else value for value in row] for row in cells.getDataArray()]
        for at in cells.queryFormulaCells(4).RangeAddresses:
            for y in range(at.StartRow, at.EndRow + 1):
                for x in range(at.StartColumn, at.EndColumn + 1):
                    number = self._rng.sheet.uno.getCellByPosition(x, y).getError()
                    rows[y - top][x - left] = CODES[OFFICE_ERRORS.get(number, "#VALUE!")]
        kinds = []
        formats = self._rng.sheet.book.doc.NumberFormats
        for stretch in cells.CellFormatRanges:
            kind, at = formats.getByKey(stretch.NumberFormat).Type, stretch.RangeAddress
            if not kind & (DATE | CURRENCY | LOGICAL):
                continue
            for y in range(at.StartRow - top, at.EndRow - top + 1):
                for x in range(at.StartColumn - left, at.EndColumn - left + 1):
                    if kind & LOGICAL and type(rows[y][x]) is float:
                        rows[y][x] = bool(rows[y][x])
                    kinds.append((y, x, kind))
        return rows, kinds

    def _type_in(self, cell: Any, value: Any) -> None:
        """As if typed: read as formula, number or date, unless the cell has the text format or a ' stands first."""
        formats, key = self._rng.sheet.book.doc.NumberFormats, cell.NumberFormat
        if type(value) is bool:
            cell.setFormula("TRUE" if value else "FALSE")
        elif formats.getByKey(key).FormatString == "@" or value.startswith("'"):
            cell.setString(value if formats.getByKey(key).FormatString == "@" else value[1:])
            cell.NumberFormat = key  # LibreOffice gives a text that looks like a number the text format
        elif value in CODES:
            cell.setFormula({"#N/A": "=NA()", "#DIV/0!": "=1/0"}.get(value, "=" + value))
        else:
            cell.setFormula("=" + value if value[0] in "+-@" else value)

    @property
    def MergeCells(self) -> bool | None:
        stretches = list(self._rng.uno.CellFormatRanges)
        merged = [stretch.getCellByPosition(0, 0).IsMerged for stretch in stretches]
        return None if any(merged) and len(self._rng) > 1 else any(merged)

    @property
    def Comment(self) -> CommentObject:
        for note in self._rng.sheet.api.Comments:
            if (note.Parent.Row, note.Parent.Column) == (self._rng.y1, self._rng.x1):
                return note
        raise ComError(-2146827864, "Object required")

    def AddComment(self, text: str) -> None:
        with translated(self._rng.sheet.app, write=True):
            at = self._rng.uno.getCellByPosition(0, 0).CellAddress
            self._rng.sheet.uno.Annotations.insertNew(at, text)

    def Dirty(self) -> None:
        """Mark the cells for the next calculation: LibreOffice does so when a formula is entered."""
        with translated(self._rng.sheet.app, write=True):
            cells = self._rng.uno
            cells.setFormulaArray(cells.getFormulaArray())

    @property
    def Interior(self) -> Interior:
        return Interior(self._rng)

    @property
    def Font(self) -> Font:
        return Font(self._rng)


def _as_it_is(value: Any) -> Any:
    """What needs no typing in: numbers, and words that no program takes for anything else."""
    if type(value) is float:
        return value
    if type(value) is not str or value.upper() in ("TRUE", "FALSE"):
        return ""
    marked = value.startswith("'")
    text = value[marked:]
    return text if text[:1].isalpha() and (marked or not any(map(str.isdigit, text))) else ""


def _number_only(value: Any) -> Any:
    return value if type(value) is float else ""


def _swapped(colour: int) -> int:
    """LibreOffice's red-green-blue as Excel's blue-green-red, and back."""
    return (colour & 0xFF) << 16 | colour & 0xFF00 | colour >> 16 & 0xFF


class Interior:
    def __init__(self, rng: Any) -> None:
        self._rng = rng

    @property
    def ColorIndex(self) -> int | None:
        cells = self._rng.uno
        if is_mixed(cells, "CellBackColor"):
            return None
        return NO_FILL if cells.CellBackColor == -1 else 6

    @ColorIndex.setter
    def ColorIndex(self, value: int) -> None:
        assert value == NO_FILL
        with translated(self._rng.sheet.app, write=True):
            self._rng.uno.CellBackColor = -1

    @property
    def Color(self) -> float | None:
        cells = self._rng.uno
        return None if is_mixed(cells, "CellBackColor") else float(_swapped(cells.CellBackColor & 0xFFFFFF))

    @Color.setter
    def Color(self, value: int) -> None:
        with translated(self._rng.sheet.app, write=True):
            self._rng.uno.CellBackColor = _swapped(value)


class Font:
    def __init__(self, rng: Any) -> None:
        self._rng = rng

    def _get(self, name: str) -> Any:
        cells = self._rng.uno
        return None if is_mixed(cells, name) else cells.getPropertyValue(name)

    @property
    def Color(self) -> float | None:
        found = self._get("CharColor")
        return None if found is None else float(0 if found == -1 else _swapped(found))

    @Color.setter
    def Color(self, value: int) -> None:
        with translated(self._rng.sheet.app, write=True):
            self._rng.uno.CharColor = _swapped(value) if value else -1

    @property
    def Bold(self) -> bool | None:
        found = self._get("CharWeight")
        return None if found is None else found > 100

    @Bold.setter
    def Bold(self, value: bool) -> None:
        with translated(self._rng.sheet.app, write=True):
            self._rng.uno.CharWeight = 150.0 if value else 100.0

    @property
    def Italic(self) -> bool | None:
        found = self._get("CharPosture")
        return None if found is None else found.value == "ITALIC"

    @Italic.setter
    def Italic(self, value: bool) -> None:
        with translated(self._rng.sheet.app, write=True):
            uno = self._rng.sheet.app.office.uno
            self._rng.uno.CharPosture = uno.Enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE")
