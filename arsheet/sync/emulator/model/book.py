"""One spreadsheet: its tabs, names, metadata, sharing and limits; forked for each write, which is all or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from arsheet.sync.emulator import a1
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.grid import Box, GridRange
from arsheet.sync.emulator.model.tab import Tab

MAX_CELLS = 10_000_000
SPREADSHEET = "application/vnd.google-apps.spreadsheet"


class Book:
    """A spreadsheet file: content (tabs, names, metadata) and what Drive knows of it (owner, sharing, times)."""

    def __init__(self, book_id: str, title: str, owner: str, *, clock: Callable[[], float]) -> None:
        self.id, self.title, self.owner = book_id, title, owner
        self.locale, self.time_zone, self.properties = "en_US", "Etc/GMT", {"autoRecalc": "ON_CHANGE"}
        self.tabs: list[Tab] = [Tab(0, "Sheet1")]
        self.named: list[dict[str, Any]] = []
        self.metadata: list[dict[str, Any]] = []
        self.roles: dict[str, str] = {owner: "owner"}
        self.parents: list[str] = []
        self.clock = clock
        self.created = self.modified = clock()
        self.version = 1
        self.calculated: dict[Any, Any] = {}

    def fork(self) -> Book:
        """A book that starts equal; commit it with `take`, or let it go."""
        new = Book.__new__(Book)
        new.__dict__.update(self.__dict__)
        new.properties = dict(self.properties)
        new.tabs = [tab.fork() for tab in self.tabs]
        new.named, new.metadata = list(self.named), list(self.metadata)
        new.roles, new.parents, new.calculated = dict(self.roles), list(self.parents), {}
        return new

    def take(self, changed: Book) -> None:
        """Become what the fork has become: the commit of a write. No calculated value is trusted any more."""
        self.__dict__.update(changed.__dict__)
        self.modified, self.version, self.calculated = self.clock(), self.version + 1, {}

    def role(self, who: str) -> str | None:
        """What `who` may do: owner, writer, reader, or None for a book that is not shared with them."""
        ranks = {"owner": 3, "organizer": 3, "fileOrganizer": 3, "writer": 2, "commenter": 1, "reader": 1}
        held = [role for role in (self.roles.get(who), self.roles.get("anyone")) if role]
        return max(held, key=lambda role: ranks.get(role, 0), default=None)

    @property
    def cell_count(self) -> int:
        """Cells of all grids, empty ones too."""
        return sum(tab.size for tab in self.tabs)

    def check_room(self, added: int) -> None:
        """Refuse what would pass Google's limit on cells, empty ones included."""
        if added > 0 and self.cell_count + added > MAX_CELLS:
            raise invalid(
                f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
            )

    def resize(self, tab: Tab, rows: int, columns: int) -> None:
        """Give a tab another size, within the limit."""
        self.check_room(rows * columns - tab.size)
        tab.resize(rows, columns)

    def tab(self, tab_id: int) -> Tab:
        """The tab of an id; 400 when there is none."""
        for tab in self.tabs:
            if tab.id == tab_id:
                return tab
        raise invalid(f"No grid with id: {tab_id}")

    def titled(self, title: str) -> Tab | None:
        """The tab of a title; Google does not tell capitals apart here."""
        wanted = title.lower()
        return next((tab for tab in self.tabs if tab.title.lower() == wanted), None)

    def free_id(self, taken: Callable[[int], bool]) -> int:
        """A random positive 31-bit id that is not taken."""
        while True:
            number = secrets.randbelow(2**31 - 1) + 1
            if not taken(number):
                return number

    def free_tab_id(self) -> int:
        """An id that no tab has."""
        used = {tab.id for tab in self.tabs}
        return self.free_id(used.__contains__)

    def box(self, ranged: GridRange) -> tuple[Tab, Box]:
        """The tab and rectangle of a GridRange that must lie on the grid."""
        tab = self.tab(ranged.get("sheetId", 0))
        box = tab.box(ranged)
        over = ranged.get("endRowIndex", 0) > tab.row_count or ranged.get("endColumnIndex", 0) > tab.column_count
        if over or box.top >= tab.row_count or box.left >= tab.column_count:
            asked = Box(
                box.top, ranged.get("endRowIndex", box.bottom), box.left, ranged.get("endColumnIndex", box.right)
            )
            raise invalid(self.beyond(tab, self.name(tab, asked)))
        return tab, box

    def beyond(self, tab: Tab, text: str) -> str:
        """The words for a range outside the grid."""
        return f"Range ({text}) exceeds grid limits. Max rows: {tab.row_count}, max columns: {tab.column_count}"

    def name(self, tab: Tab, box: Box) -> str:
        """A rectangle in A1 notation with its title."""
        first = f"{a1.column_letters(box.left)}{box.top + 1}"
        last = f"{a1.column_letters(box.right - 1)}{box.bottom}"
        return f"{a1.quoted(tab.title)}!{first}" + ("" if first == last else f":{last}")

    def find(self, text: str, *, clamp: bool = True) -> tuple[Tab, Box]:
        """The rectangle that an A1 text, a title or a named range names; 400 when it names none."""
        unreadable = invalid(f"Unable to parse range: {text}")
        title, rest = a1.split(text)
        if title is not None:
            titled = self.titled(title)
            if titled is None:
                raise unreadable
            tab = titled
            if not rest:
                return tab, tab.whole
        else:
            rest = rest or ""
            bare = self.titled(rest)
            if bare is not None and (a1.corners(rest) is None or rest.isalpha()):
                return bare, bare.whole
            tab = self.tabs[0]
        named = self._named(rest)
        if named is not None:
            owner = self.tab(named["range"].get("sheetId", 0))
            if title is not None and owner is not tab:
                raise unreadable
            return owner, owner.box(named["range"])
        ends = a1.corners(rest)
        if ends is None:
            raise unreadable
        box = _between(ends, tab)
        if box.top >= tab.row_count or box.left >= tab.column_count:
            raise invalid(self.beyond(tab, f"{a1.quoted(tab.title)}!{rest}"))
        if clamp:
            box = Box(box.top, min(box.bottom, tab.row_count), box.left, min(box.right, tab.column_count))
        return tab, box

    def _named(self, name: str) -> dict[str, Any] | None:
        return next((item for item in self.named if item["name"].lower() == name.lower()), None)


def _between(ends: tuple[a1.Corner, a1.Corner], tab: Tab) -> Box:
    """The rectangle of two written ends in either order; an open end reaches the edge of the grid."""
    first, last = ends
    rows = sorted(row for row in (first.row, last.row) if row is not None)
    columns = sorted(column for column in (first.column, last.column) if column is not None)
    # «A2:C» is open downwards, «A:C» is open on both sides, «2:3» is whole rows.
    top = rows[0] if rows else 0
    bottom = rows[1] + 1 if len(rows) == 2 else tab.row_count
    left = columns[0] if columns else 0
    right = columns[1] + 1 if len(columns) == 2 else tab.column_count
    return Box(top, bottom, left, right)
