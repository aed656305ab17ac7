"""Every change to an open workbook goes through one pen, which knows how to take all of it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from arsheet.hosts.excel.formats import kind_of
from arsheet.hosts.excel.looks import Look, looks, put_look
from arsheet.hosts.excel.native import ERRORS, put_raw, raw_rows
from arsheet.hosts.excel.values import raw
from arsheet.hosts.reading import Area
from arsheet.table import column_letter

Matrix = Sequence[Sequence[Any]]


def cells(sheet: Any, area: Area) -> Any:
    """The range of an area. Asked for anew each time: Excel's range objects move along with what is inserted."""
    return sheet.range((area.first_row, area.first_column + 1), (area.last_row, area.last_column + 1))


def size(area: Area) -> tuple[int, int]:
    """How many rows and columns."""
    return area.last_row - area.first_row + 1, area.last_column - area.first_column + 1


def column_of(area: Area, column: int) -> Area:
    """One column of an area."""
    return Area(area.first_row, column, area.last_row, column)


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in an area: raw values, and the formula of each cell that has one (else None)."""

    values: Matrix
    formulas: Matrix


class Pen:
    """Writes values, formulas, formats and looks, inserts and deletes; ``take_back`` undoes it in reverse order.

    How to take back what moves cells is noted once it happened; contents are noted before, as they may be half written.
    """

    def __init__(self, *, date1904: bool) -> None:
        self.date1904 = date1904
        self.plain = True
        """Whether what was read last was Value2; every write follows a read."""
        self._formula = "formula2"
        self._back: list[Callable[[], None]] = []

    def take_back(self) -> None:
        """Put back all former contents."""
        while self._back:
            self._back.pop()()

    def formula_texts(self, sheet: Any, area: Area) -> Matrix:
        """Formulas as Excel writes them, and constants as texts, by row."""
        rng, (height, width) = cells(sheet, area), size(area)
        try:
            found = getattr(rng, self._formula)
        except Exception:
            if self._formula == "formula":
                raise
            self._formula = "formula"  # Excel before dynamic arrays
            found = rng.formula
        if height == 1 and width == 1:
            return ((found[0][0] if isinstance(found, (list, tuple)) else found,),)
        if not isinstance(found[0], (list, tuple)):
            return (found,) if height == 1 else [(text,) for text in found]
        rows: Matrix = found
        return rows

    def read(self, sheet: Any, area: Area) -> Content:
        """What stands in an area, so that it can be put back."""
        values, self.plain = raw_rows(cells(sheet, area), *size(area))
        texts = self.formula_texts(sheet, area)
        return Content(values, [list(map(_formula, *pair)) for pair in zip(texts, values, strict=True)])

    def put(self, sheet: Any, area: Area, rows: Matrix) -> None:
        """Write values as every host takes them; a date gets a date format where the cell has none."""
        before = self.read(sheet, area)
        self._back.append(lambda: self._restore(sheet, area, before))
        for column in range(area.first_column, area.last_column + 1):
            self._date_format(sheet, column_of(area, column), [row[column - area.first_column] for row in rows])
        self._put(sheet, area, rows)

    def clear(self, sheet: Any, area: Area) -> None:
        """Empty cells; their formats stay."""
        height, width = size(area)
        self.put(sheet, area, [[None] * width] * height)

    def put_formula(self, sheet: Any, row: int, column: int, formulas: Sequence[str]) -> None:
        """Write formulas into cells one below the other."""
        area = Area(row, column, row + len(formulas) - 1, column)
        before = self.read(sheet, area)
        self._back.append(lambda: self._restore(sheet, area, before))
        self._put_formulas(sheet, area, [(text,) for text in formulas])

    def enter_again(self, sheet: Any, area: Area) -> None:
        """Write the formulas of one column as they are, so that they are calculated anew."""
        self._put_formulas(sheet, area, self.read(sheet, area).formulas)

    def put_look(self, sheet: Any, area: Area, look: Look) -> None:
        """Make the cells of one column look like this."""
        self._keep_looks(sheet, area)
        put_look(cells(sheet, area), look)

    def fill_looks(self, sheet: Any, row: Area, last: int) -> None:
        """Give the rows below one row, down to ``last``, its formats; conditional ones follow."""
        below = Area(row.first_row + 1, row.first_column, last, row.last_column)
        for column in range(row.first_column, row.last_column + 1):
            self._keep_looks(sheet, column_of(below, column))
        whole = Area(row.first_row, row.first_column, last, row.last_column)
        cells(sheet, row).autofill(cells(sheet, whole), "fill_formats")

    def insert(self, sheet: Any, area: Area, shift: str) -> None:
        """Insert cells, shifting what is there ``down`` or ``right``."""
        cells(sheet, area).insert(shift)
        self._back.append(lambda: cells(sheet, area).delete("up" if shift == "down" else "left"))

    def delete(self, sheet: Any, area: Area, shift: str) -> None:
        """Delete cells, closing the gap ``up`` or to the ``left``; formulas anywhere that named them are remembered."""
        held = self.read(sheet, area)
        shown = {c: looks(sheet, column_of(area, c)) for c in range(area.first_column, area.last_column + 1)}
        pages = [(page, used, self.read(page, used)) for page in sheet.book.sheets if (used := used_area(page))]

        def back() -> None:
            cells(sheet, area).insert("down" if shift == "up" else "right")
            self._restore(sheet, area, held)
            for column, stretches in shown.items():
                for first, last, look in stretches:
                    put_look(cells(sheet, Area(first, column, last, column)), look)
            for page, used, content in pages:
                self._mend(page, used, content)

        cells(sheet, area).delete(shift)
        self._back.append(back)

    def resize(self, sheet: Any, table: str, area: Area) -> None:
        """Give a table another range."""
        was = cells(sheet, table_area(sheet.tables[table]))
        corners = was.address
        sheet.tables[table].resize(cells(sheet, area))
        self._back.append(lambda: sheet.tables[table].resize(sheet.range(corners)))

    def take_note(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Take the note off a cell (1-based row, 0-based column)."""
        sheet.range(row, column + 1).api.Comment.Delete()
        self._back.append(lambda: sheet.range(row, column + 1).api.AddComment(text))

    def add_note(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Put a note on a cell."""
        sheet.range(row, column + 1).api.AddComment(text)
        self._back.append(lambda: sheet.range(row, column + 1).api.Comment.Delete())

    def _put(self, sheet: Any, area: Area, rows: Matrix) -> None:
        width = size(area)[1]
        texts = [self._has_text_format(sheet, column_of(area, area.first_column + i), rows, i) for i in range(width)]
        out = [
            [
                value
                if value is None
                else raw(
                    value,
                    f"{column_letter(area.first_column + i)}{row}",
                    date1904=self.date1904,
                    as_text=texts[i],
                )
                for i, value in enumerate(values)
            ]
            for row, values in enumerate(rows, area.first_row)
        ]
        put_raw(cells(sheet, area), out, plain=self.plain)

    def _has_text_format(self, sheet: Any, area: Area, rows: Matrix, at: int) -> bool:
        return any(type(row[at]) is str for row in rows) and cells(sheet, area).number_format == "@"

    def _date_format(self, sheet: Any, area: Area, values: Sequence[Any]) -> None:
        import datetime as dt

        days = [value for value in values if isinstance(value, dt.date)]
        if not days:
            return
        found = cells(sheet, area).number_format
        if found is None or kind_of(found) == "date":
            return
        timed = any(isinstance(value, dt.datetime) and value.time() != dt.time.min for value in days)
        self._keep_looks(sheet, area)
        cells(sheet, area).number_format = "yyyy-mm-dd hh:mm" if timed else "yyyy-mm-dd"

    def _keep_looks(self, sheet: Any, area: Area) -> None:
        shown = looks(sheet, area)

        def back() -> None:
            for first, last, look in shown:
                put_look(cells(sheet, Area(first, area.first_column, last, area.last_column)), look)

        self._back.append(back)

    def _restore(self, sheet: Any, area: Area, content: Content) -> None:
        from arsheet.table import CellError

        def constant(value: Any, formula: Any) -> Any:
            if formula is not None:
                return None
            return CellError(ERRORS.get(value, "#N/A")) if type(value) is int and value < 0 else value

        rows = [list(map(constant, *pair)) for pair in zip(content.values, content.formulas, strict=True)]
        self._put(sheet, area, rows)
        self._put_formulas(sheet, area, content.formulas)

    def _put_formulas(self, sheet: Any, area: Area, formulas: Matrix) -> None:
        """Formulas where there are any, a stretch of a column at a time."""
        for i in range(size(area)[1]):
            stretch: list[str] = []
            for row, line in enumerate([*formulas, (None,) * size(area)[1]], area.first_row):
                if line[i] is not None:
                    stretch.append(line[i])
                elif stretch:
                    column = area.first_column + i
                    target = cells(sheet, Area(row - len(stretch), column, row - 1, column))
                    setattr(target, self._formula, stretch[0] if len(stretch) == 1 else [[text] for text in stretch])
                    stretch = []

    def _mend(self, page: Any, used: Area, before: Content) -> None:
        """Formulas that lost their cells to a deletion get their text back."""
        now = self.formula_texts(page, used)
        for y, (was, texts) in enumerate(zip(before.formulas, now, strict=True)):
            for x, (old, text) in enumerate(zip(was, texts, strict=True)):
                if old is not None and text != old and "#REF!" in str(text):
                    at = Area(used.first_row + y, used.first_column + x, used.first_row + y, used.first_column + x)
                    with suppress(Exception):  # a part of an array formula cannot be written by itself
                        setattr(cells(page, at), self._formula, old)


def _formula(text: Any, value: Any) -> str | None:
    """A cell's formula; a text that only looks like one is its own value."""
    return text if type(text) is str and text.startswith("=") and text != value else None


def table_area(table: Any) -> Area:
    """Where a table stands, header and totals included."""
    from arsheet.hosts.reading import parse_area

    area = parse_area(table.range.address)
    assert area is not None
    return area


def used_area(sheet: Any) -> Area | None:
    """From A1 to the last cell in use; None where a sheet has none."""
    from arsheet.hosts.reading import parse_area

    area = parse_area(sheet.used_range.address)
    return None if area is None else Area(1, 0, area.last_row, area.last_column)
