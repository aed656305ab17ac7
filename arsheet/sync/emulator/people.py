"""People at the spreadsheet: what a person in the browser does, in Python, under the same rules as in Google."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from arsheet.sync.emulator import a1, guards
from arsheet.sync.emulator.entering import entered_cell
from arsheet.sync.emulator.errors import GoogleError
from arsheet.sync.emulator.formats import serial
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import Cell, Value, with_value
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import read_box, value_at
from arsheet.sync.emulator.requests import dimensions
from arsheet.sync.emulator.requests.cells import sort_rows
from arsheet.sync.emulator.requests.tabs import delete_sheet, duplicate, update_sheet_properties
from arsheet.sync.emulator.world import World

Typed = Value | dt.date
Place = str | tuple[int, int]


class Refusal(Exception):
    """What the browser would refuse: the words for it."""


class Person:
    """One person with one spreadsheet open. Places are A1 texts or (row, column), 0-based."""

    def __init__(self, world: World, book: Book, who: str) -> None:
        self.world, self.book, self.who = world, book, who

    @property
    def id(self) -> str:
        """The spreadsheet's id, as in its address."""
        return self.book.id

    @property
    def title(self) -> str:
        """The spreadsheet's title."""
        return self.book.title

    @property
    def url(self) -> str:
        """The address that Google would give it."""
        return f"https://docs.google.com/spreadsheets/d/{self.book.id}/edit"

    @property
    def tabs(self) -> list[str]:
        """Titles in order, hidden ones too."""
        return [tab.title for tab in self.book.tabs]

    def as_(self, who: str) -> Person:
        """The same spreadsheet in the hands of somebody else."""
        return Person(self.world, self.book, who)

    def share(self, email: str, role: str = "writer") -> Person:
        """Share the spreadsheet; `anyone` shares it with everybody."""
        with self.world.lock:
            self.book.roles[email] = role
        return self

    def unshare(self, email: str) -> Person:
        """Stop sharing with an address."""
        with self.world.lock:
            self.book.roles.pop(email, None)
        return self

    def role_of(self, email: str) -> str | None:
        """What an address may do: owner, writer, reader, or None."""
        return self.book.role(email)

    def delete_file(self) -> None:
        """Throw the whole spreadsheet away."""
        with self.world.lock:
            self.world.books.pop(self.book.id, None)

    # ------------------------------------------------------------------ reading

    def _tab(self, title: str, book: Book | None = None) -> Tab:
        tab = (book or self.book).titled(title)
        if tab is None:
            raise KeyError(f"no tab {title!r}; there are {', '.join(self.tabs)}")
        return tab

    def size(self, title: str) -> tuple[int, int]:
        """(rows, columns) of a tab's grid."""
        tab = self._tab(title)
        return tab.row_count, tab.column_count

    def values(self, title: str) -> list[list[Value]]:
        """All values of a tab as stored (dates as serials), trailing blanks cut, inner blanks as ''."""
        with self.world.lock:
            tab = self._tab(title)
            return read_box(self.book, tab, tab.whole, how="UNFORMATTED_VALUE")

    def shown(self, title: str) -> list[list[Value]]:
        """All texts of a tab as they are seen."""
        with self.world.lock:
            tab = self._tab(title)
            return read_box(self.book, tab, tab.whole, how="FORMATTED_VALUE")

    def value(self, title: str, place: Place) -> Value:
        """One value as stored or calculated; None for a blank cell."""
        with self.world.lock:
            row, column = _place(place)
            return value_at(self.book, self._tab(title), row, column)

    def cell(self, title: str, place: Place) -> Cell:
        """One cell with its format, note and validation."""
        with self.world.lock:
            return self._tab(title).get(*_place(place)) or Cell()

    def find(self, title: str, wanted: Value, column: int | None = None) -> tuple[int, int] | None:
        """The first (row, column) that holds `wanted`, in one column or anywhere."""
        with self.world.lock:
            tab = self._tab(title)
            for row, at, _ in tab.cells():
                if (column is None or at == column) and value_at(self.book, tab, row, at) == wanted:
                    return row, at
        return None

    # ------------------------------------------------------------------ writing

    @contextmanager
    def _editing(self, title: str) -> Iterator[tuple[Book, Tab]]:
        with self.world.lock:
            role = self.book.role(self.who)
            if role in (None, "reader", "commenter"):
                raise Refusal(f"{self.who} may not edit {self.book.title!r}")
            try:
                with self.world.writing(self.book) as changed:
                    yield changed, self._tab(title, changed)
            except GoogleError as problem:
                raise Refusal(problem.message) from None

    def _room(self, book: Book, tab: Tab, box: Box) -> None:
        if box.bottom > tab.row_count or box.right > tab.column_count:
            book.resize(tab, max(tab.row_count, box.bottom), max(tab.column_count, box.right))
        guards.check(book, tab, box, self.who)

    def type(self, title: str, place: Place, typed: Typed) -> None:
        """Type into one cell, as the browser reads it; a date goes in as a date, None empties the cell."""
        self.paste(title, place, [[typed]])

    def paste(self, title: str, place: Place, rows: Sequence[Sequence[Typed]]) -> None:
        """Paste a block from its top-left cell, each text read as if typed; formats and notes stay."""
        top, left = _place(place)
        width = max((len(row) for row in rows), default=0)
        year = dt.datetime.fromtimestamp(self.world.clock(), dt.UTC).year
        with self._editing(title) as (book, tab):
            self._room(book, tab, Box(top, top + len(rows), left, left + width))
            for i, row in enumerate(rows):
                for j, typed in enumerate(row):
                    old = tab.get(top + i, left + j)
                    tab.put(top + i, left + j, _typed(old, typed, book.locale, year))

    def put(self, title: str, place: Place, value: Value, **parts: Any) -> None:
        """Store a value exactly as given, with `note=`, `format=` or `rule=` if wanted: for building a sheet."""
        row, column = _place(place)
        with self._editing(title) as (book, tab):
            self._room(book, tab, Box(row, row + 1, column, column + 1))
            made = with_value(tab.get(row, column), value)
            tab.put(row, column, Cell(made.value, "", **{"format": made.format, "note": made.note, **parts}))

    def note(self, title: str, place: Place, text: str) -> None:
        """Put a note on a cell; an empty text takes it away."""
        row, column = _place(place)
        with self._editing(title) as (book, tab):
            self._room(book, tab, Box(row, row + 1, column, column + 1))
            old = tab.get(row, column) or Cell()
            tab.put(row, column, Cell(old.value, old.formula, old.format, text, old.rule))

    def clear(self, title: str, area: str | Place) -> None:
        """Empty the values of a cell or an area such as `C2:D30`."""
        with self._editing(title) as (book, tab):
            if isinstance(area, tuple):
                box = Box(area[0], area[0] + 1, area[1], area[1] + 1)
            else:
                _, box = book.find(f"{a1.quoted(tab.title)}!{area}")
            guards.check(book, tab, box, self.who)
            for row, column, cell in list(tab.cells(box)):
                tab.put(row, column, with_value(cell, None))

    def sort(self, title: str, column: int | str, *, descending: bool = False, header_rows: int = 1) -> None:
        """Sort all rows below the header by a column, over the whole width."""
        at = a1.column_number(column) if isinstance(column, str) else column
        with self._editing(title) as (book, tab):
            box = Box(header_rows, tab.row_count, 0, tab.column_count)
            guards.check(book, tab, box, self.who)
            last = max(tab.rows, default=-1) + 1
            sort_rows(book, tab, Box(box.top, max(box.top, last), 0, tab.column_count), [(at, descending)])

    def insert_row_above(self, title: str, row: int, count: int = 1) -> None:
        """Insert empty rows above the 0-based `row`."""
        with self._editing(title) as (book, tab):
            dimensions.insert(book, tab, rows=True, at=row, count=count, inherit=row)

    def insert_column_left(self, title: str, column: int, count: int = 1) -> None:
        """Insert empty columns left of the 0-based `column`."""
        with self._editing(title) as (book, tab):
            dimensions.insert(book, tab, rows=False, at=column, count=count, inherit=column)

    def delete_rows(self, title: str, row: int, count: int = 1) -> None:
        """Delete rows."""
        with self._editing(title) as (book, tab):
            guards.check(book, tab, Box(row, row + count, 0, tab.column_count), self.who)
            dimensions.delete(book, tab, rows=True, start=row, end=row + count)

    def delete_columns(self, title: str, column: int, count: int = 1) -> None:
        """Delete columns."""
        with self._editing(title) as (book, tab):
            guards.check(book, tab, Box(0, tab.row_count, column, column + count), self.who)
            dimensions.delete(book, tab, rows=False, start=column, end=column + count)

    def duplicate_row(self, title: str, row: int) -> None:
        """Copy a row below itself, as people do who need «one more like this»."""
        with self._editing(title) as (book, tab):
            guards.check(book, tab, Box(row + 1, row + 2, 0, tab.column_count), self.who)
            dimensions.insert(book, tab, rows=True, at=row + 1, count=1)
            for column, cell in list(tab.rows.get(row, {}).items()):
                tab.put(row + 1, column, cell)

    def move_row(self, title: str, row: int, to: int) -> None:
        """Drag a row to before row `to` (both counted before the move)."""
        with self._editing(title) as (_, tab):
            tab.move(rows=True, start=row, end=row + 1, to=to)

    def rename_tab(self, title: str, new: str) -> None:
        """Give a tab another title."""
        with self._editing(title) as (book, tab):
            asked = {"properties": {"sheetId": tab.id, "title": new}, "fields": "title"}
            update_sheet_properties(book, asked, self.who)

    def add_tab(self, title: str, rows: int = 1000, columns: int = 26) -> None:
        """Add an empty tab at the end."""
        with self._editing(self.tabs[0]) as (book, _):
            book.check_room(rows * columns)
            book.tabs.append(Tab(book.free_tab_id(), title, rows, columns))

    def delete_tab(self, title: str) -> None:
        """Delete a tab with all that is on it."""
        with self._editing(title) as (book, tab):
            delete_sheet(book, {"sheetId": tab.id}, self.who)

    def duplicate_tab(self, title: str, new: str) -> None:
        """Copy a tab to the end under a new title."""
        with self._editing(title) as (book, tab):
            duplicate(book, tab, title=new, tab_id=book.free_tab_id(), at=len(book.tabs))


def _place(place: Place) -> tuple[int, int]:
    if isinstance(place, tuple):
        return place
    ends = a1.corners(place)
    if ends is None or ends[0].row is None or ends[0].column is None:
        raise ValueError(f"{place!r} is not a cell")
    return ends[0].row, ends[0].column


def _typed(old: Cell | None, typed: Typed, locale: str, year: int) -> Cell:
    if isinstance(typed, dt.date):
        at = typed if isinstance(typed, dt.datetime) else dt.datetime(typed.year, typed.month, typed.day)
        made = with_value(old, serial(at))
        if made.number_format and made.number_format.get("type") != "TEXT":
            return made
        style = {**(made.format or {}), "numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
        return Cell(made.value, "", style, made.note, made.rule)
    if typed is None:
        return with_value(old, None)
    return entered_cell(old, typed, locale=locale, year=year)


class Books:
    """The spreadsheets by id, each in the hands of its owner."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __getitem__(self, book_id: str) -> Person:
        book = self.world.books[book_id]
        return Person(self.world, book, book.owner)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.world.books))

    def __len__(self) -> int:
        return len(self.world.books)

    def __contains__(self, book_id: object) -> bool:
        return book_id in self.world.books

    def create(
        self,
        title: str,
        *,
        owner: str = "wang.fang@example.com",
        share: Sequence[str] = (),
        locale: str = "zh_CN",
        time_zone: str = "Asia/Shanghai",
    ) -> Person:
        """A new spreadsheet as a person makes it in the browser, shared with `share` as editors."""
        with self.world.lock:
            book = self.world.create(title, owner)
            book.locale, book.time_zone = locale, time_zone
            book.roles.update(dict.fromkeys(share, "writer"))
            return Person(self.world, book, owner)
