"""Rectangles of a tab, and how they move when rows or columns are inserted, deleted or moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

GridRange = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """Half-open rectangle of one tab, 0-based."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        """Columns."""
        return max(0, self.right - self.left)

    def meets(self, other: Box) -> bool:
        """Whether the two share a cell."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        """Whether `other` lies inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def shown(grid_range: GridRange) -> GridRange:
    """A GridRange as answers print it: tab 0 is left out, as proto3 leaves out every zero there."""
    return {key: value for key, value in grid_range.items() if key != "sheetId" or value}


def grid_range(tab_id: int, box: Box) -> GridRange:
    """The full GridRange of a box."""
    return {
        "sheetId": tab_id,
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }


def edges(rows: bool) -> tuple[str, str]:
    """The names of the first and last edge of a GridRange along one dimension."""
    return ("startRowIndex", "endRowIndex") if rows else ("startColumnIndex", "endColumnIndex")


def index_after_insert(at: int, count: int) -> Callable[[int], int | None]:
    """Where an index goes when `count` lines are inserted before `at`."""
    return lambda index: index + count if index >= at else index


def index_after_delete(at: int, end: int) -> Callable[[int], int | None]:
    """Where an index goes when the lines [at, end) are deleted; None when it is one of them."""
    return lambda index: index if index < at else None if index < end else index - (end - at)


def inserted(old: GridRange, *, rows: bool, at: int, count: int) -> GridRange:
    """A range after an insert: it moves when the insert is at or before its start, grows when inside."""
    first, last = edges(rows)
    new = dict(old)
    if first in old and old[first] >= at:
        new[first] = old[first] + count
    if last in old and old[last] > at:
        new[last] = old[last] + count
    return new


def deleted(old: GridRange, *, rows: bool, at: int, end: int) -> GridRange | None:
    """A range after a deletion; None when nothing of it is left."""
    first, last = edges(rows)
    new = dict(old)
    for edge in (first, last):
        if edge in old:
            new[edge] = old[edge] - max(0, min(old[edge], end) - at)
    if first in new and last in new and new[first] >= new[last]:
        return None
    return new
