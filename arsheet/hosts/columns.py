"""The cells of a sheet held by column: arrays of numbers and texts, made Python values where they are asked for."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from arsheet.table import CellError

NUMBER, DATE, BOOL, TEXT, ERROR = range(1, 6)
EPOCH = dt.date(1899, 12, 30).toordinal()
_DAY_MS = 86_400_000


@dataclass(slots=True)
class Column:
    """The filled cells of one column: 0-based rows, what each is, and its number or its place among the texts.

    ``numbers`` holds floats, serial days, 0 and 1, and is empty in a column of texts only; ``texts`` are the texts and
    the names of errors, in the order of rows.
    """

    rows: Any
    kinds: Any
    numbers: Any
    texts: list[str]

    def plain(self) -> tuple[bytes, bytes, bytes, str | list[str]]:
        """The column as values that marshal knows: its texts in one, unless one of them holds a NUL."""
        joined = "\0".join(self.texts)
        texts = joined if joined.count("\0") == max(len(self.texts) - 1, 0) else self.texts
        return self.rows.tobytes(), self.kinds.tobytes(), self.numbers.tobytes(), texts

    @classmethod
    def of(cls, said: Any) -> Column:
        """The column of what ``plain`` gave; ValueError or TypeError for anything else."""
        rows, kinds, numbers = map(np.frombuffer, said[:3], (np.int32, np.uint8, np.float64))
        named = int(np.count_nonzero(kinds >= TEXT))
        texts = said[3] if isinstance(said[3], list) else said[3].split("\0") if named else []
        if not rows.size == kinds.size or numbers.size not in (0, rows.size) or len(texts) != named:
            raise ValueError("column")
        return cls(rows, kinds, numbers, texts)

    def values(self, height: int) -> list[Any]:
        """One Python value a row, None where blank."""
        count = len(self.rows)
        kind = int(self.kinds[0]) if count and (self.kinds == self.kinds[0]).all() else 0
        if kind and count == height:
            return _values(kind, self.numbers, self.texts)
        out = np.full(height, None, object)
        if kind:
            out[self.rows] = _objects(_values(kind, self.numbers, self.texts))
            return list(out.tolist())
        named = self.kinds >= TEXT
        of_texts = self.kinds[named]
        texts = np.array([*self.texts, None], object)[:-1]
        for kind in (NUMBER, DATE, BOOL):
            at = np.flatnonzero(self.kinds == kind)
            if at.size:
                out[self.rows[at]] = _objects(_values(kind, self.numbers[at], []))
        rows = self.rows[named]
        for kind in (TEXT, ERROR):
            at = np.flatnonzero(of_texts == kind)
            if at.size:
                out[rows[at]] = _objects(_values(kind, None, texts[at].tolist()))
        return list(out.tolist())


def _objects(values: list[Any]) -> Any:
    out = np.empty(len(values), object)
    out[:] = values
    return out


def _values(kind: int, numbers: Any, texts: list[str]) -> list[Any]:
    if kind == NUMBER:
        return list(numbers.tolist())
    if kind == DATE:
        return _dates(numbers)
    if kind == BOOL:
        return list((numbers != 0).tolist())
    if kind == ERROR:
        known = {text: CellError(text) for text in set(texts)}
        return [known[text] for text in texts]
    return [text or None for text in texts] if "" in texts else list(texts)


def _dates(serials: Any) -> list[Any]:
    """Dates of the 1900 system from its day 61 on; one object for each day that occurs."""
    days = serials.astype(np.int64)
    if not (days == serials).all():
        return [_moment(serial) for serial in serials.tolist()]
    first = int(days.min())
    made = np.full(int(days.max()) - first + 1, None, object)
    for day in np.unique(days).tolist():
        made[day - first] = dt.date.fromordinal(day + EPOCH)
    return list(made[days - first].tolist())


def _moment(serial: float) -> dt.date:
    """A day, or a day and a time to the millisecond."""
    whole = int(serial)
    if whole == serial:
        return dt.date.fromordinal(whole + EPOCH)
    return dt.datetime.fromordinal(EPOCH) + dt.timedelta(milliseconds=int(serial * _DAY_MS + 0.5))


class ColumnCells(Sequence[Sequence[Any]]):
    """The rows of a sheet, made when the first is asked for; ``column`` gives one column without them."""

    __slots__ = ("_rows", "columns", "height")

    def __init__(self, height: int, columns: Sequence[Column | None]) -> None:
        self.height, self.columns = height, tuple(columns)
        self._rows: list[list[Any]] | None = None

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns)

    def column(self, at: int) -> list[Any]:
        """The values of one column, None where blank: a new list."""
        column = self.columns[at]
        return [None] * self.height if column is None else column.values(self.height)

    def rows(self) -> list[list[Any]]:
        """All rows as lists."""
        if self._rows is None:
            columns = [self.column(at) for at in range(self.width)]
            collecting = gc.isenabled()
            gc.disable()  # as many new lists as rows, none of them garbage
            try:
                self._rows = list(map(list, zip(*columns, strict=True)))
            finally:
                if collecting:
                    gc.enable()
        return self._rows

    def __len__(self) -> int:
        return self.height

    @overload
    def __getitem__(self, at: int) -> Sequence[Any]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[Any]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self.rows()[at]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self.rows())

    def __eq__(self, other: object) -> bool:
        return self.rows() == (other.rows() if isinstance(other, ColumnCells) else other)

    __hash__ = None  # type: ignore[assignment]


def columns_of(rows: Any, columns: Any, kinds: Any, numbers: Any, texts: Any) -> tuple[ColumnCells, int, int]:
    """Cells in the order of the sheet as columns, with their first row and column; rows and columns as on the sheet.

    ``texts`` is an array of the texts and errors among them. Without any cell the first place is (0, 0).
    """
    if not rows.size:
        return ColumnCells(0, ()), 0, 0
    top, left = int(rows[0]), int(columns.min())
    height, width = int(rows[-1]) - top + 1, int(columns.max()) - left + 1
    order = np.argsort(columns, kind="stable")
    bounds = np.searchsorted(columns[order], np.arange(left, left + width + 1))
    named = kinds >= TEXT
    place = np.cumsum(named) - 1
    made: list[Column | None] = []
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        at = order[begin:end]
        if not at.size:
            made.append(None)
            continue
        with_text = named[at]
        its_texts = texts[place[at[with_text]]].tolist()
        its_numbers = numbers[at] if not with_text.all() else np.zeros(0)
        made.append(Column((rows[at] - top).astype(np.int32), kinds[at], its_numbers, its_texts))
    return ColumnCells(height, made), top, left
